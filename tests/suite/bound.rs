//! The `bound` lesson: pools of workers, and what is made of their measurement. No test knows how fast a machine is.

use std::collections::HashSet;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::common::*;
use crate::ends::{children, kill_at_every_moment};

/// The part of the log that belongs to each pool, and to what comes after it.
fn pools(events: &[Value]) -> Vec<&[Value]> {
    let begins = |e: &Value| e["event"] == "pool";
    let mut parts = Vec::new();
    let mut rest = &events[position(events, begins)..];
    while !rest.is_empty() {
        let end = rest[1..].iter().position(begins);
        let (pool, others) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        parts.push(pool);
        rest = others;
    }
    parts
}

fn number(event: &Value, field: &str) -> f64 {
    let number = event[field].as_f64();
    number.unwrap_or_else(|| panic!("no {field} in {event}"))
}

fn sum(events: &[&Value], field: &str) -> f64 {
    events.iter().map(|event| number(event, field)).sum()
}

fn lines(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|e| e["line"].as_str()).collect()
}

/// Whether two sums of the same numbers are the same, whatever the order of adding.
fn assert_same(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * a.abs().max(b.abs()), "{a} {b}");
}

#[test]
fn every_task_is_done_once_in_each_pool_and_the_rows_add_up() {
    let words = "bound --json --with both --tasks 5 --workers 1,3 --speed 20";
    let events = run_words(words).succeeded().events();
    let pools = pools(&events);
    assert_eq!(pools.len(), 8);
    let rows = named(&events, "measured");
    assert_eq!(rows.len(), 8);
    for pool in pools {
        let of_pool = |name| named(pool, name);
        let (kind, with) = (&pool[0]["kind"], &pool[0]["with"]);
        for name in ["task_start", "task_done"] {
            let mut tasks: Vec<_> = of_pool(name).iter().map(|e| e["task"].as_i64()).collect();
            tasks.sort();
            assert_eq!(tasks, (1..=5).map(Some).collect::<Vec<_>>());
            assert!(of_pool(name).iter().all(|e| e["kind"] == *kind));
        }
        let workers = pool[0]["workers"].as_u64().unwrap() as usize;
        let done = of_pool("task_done");
        let who: HashSet<_> = done
            .iter()
            .map(|e| (e["pid"].to_string(), e["thread"].to_string()))
            .collect();
        let processes: HashSet<_> = done.iter().map(|e| e["pid"].to_string()).collect();
        assert!(who.len() <= workers);
        match with.as_str() {
            Some("threads") => assert_eq!(processes.len(), 1),
            _ => assert_eq!(processes.len(), who.len()),
        }
        // A worker has one task at a time.
        for worker in &who {
            let of_worker = pool.iter().filter(|e| {
                (e["pid"].to_string(), e["thread"].to_string()) == *worker
                    && e["event"].as_str().unwrap().starts_with("task_")
            });
            for (index, event) in of_worker.enumerate() {
                assert_eq!(event["event"] == "task_done", index % 2 == 1, "{event}");
            }
        }

        let of_row = |e: &&&Value| {
            (&e["kind"], &e["with"], &e["workers"]) == (kind, with, &pool[0]["workers"])
        };
        let row = rows.iter().find(of_row).unwrap();
        assert_same(sum(&done, "seconds"), number(row, "tasks_seconds"));
        assert_same(
            sum(&done, "processor_seconds"),
            number(row, "processor_seconds"),
        );
        let wall = number(row, "wall_seconds");
        assert_same(
            number(row, "processor_percent"),
            100.0 * number(row, "processor_seconds") / wall,
        );
        assert!(done.iter().all(|e| number(e, "seconds") <= wall));
        assert!(number(row, "tasks_seconds") <= wall * workers as f64);
    }
}

#[test]
fn progress_counts_to_the_last_task_of_all_pools() {
    let words = "bound --json --kind io --tasks 4 --workers 1,2,4 --speed 50";
    let events = run_words(words).succeeded().events();
    let progress: Vec<_> = named(&events, "progress")
        .iter()
        .map(|e| (e["done"].as_u64().unwrap(), e["of"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        progress,
        (0..=12).map(|done| (done, 12)).collect::<Vec<_>>()
    );
}

#[test]
fn verdicts_follow_from_the_rows() {
    let words = "bound --json --tasks 6 --workers 1,2,6 --speed 5";
    let events = run_words(words).succeeded().events();
    let cores = events[0]["cores"].as_u64().unwrap();
    let all_rows = named(&events, "measured");
    for (kind, name) in [("compute", "Compute"), ("io", "IO")] {
        let rows: Vec<_> = all_rows.iter().filter(|e| e["kind"] == kind).collect();
        assert_eq!(rows.len(), 3);
        let wall = |row: &Value| number(row, "wall_seconds");
        let best = rows
            .iter()
            .map(|row| wall(row))
            .fold(f64::INFINITY, f64::min);
        let knee = rows.iter().position(|row| wall(row) <= best * 1.1).unwrap();
        let speed_up = wall(rows[0]) / wall(rows[knee]);
        let verdict = match knee {
            0 => format!("{name} gains nothing from more than 1 worker (less than 10 %)."),
            1 => format!(
                "{name} gains up to 2 workers (speed-up {speed_up:.2}); more gain less than 10 %."
            ),
            _ => {
                format!("{name} gains up to 6 workers, the most measured (speed-up {speed_up:.2}).")
            }
        };
        let lines = lines(&events);
        let at = lines.iter().position(|line| *line == verdict);
        let at = at.unwrap_or_else(|| panic!("not {verdict} in {lines:#?}"));
        let plural = if cores == 1 { "" } else { "s" };
        let of_cores = format!("This program may use {cores} core{plural}");
        assert!(
            lines[at..].iter().any(|line| line.starts_with(&of_cores)),
            "{lines:#?}"
        );

        for row in rows.iter() {
            assert_same(number(row, "speed_up"), wall(rows[0]) / wall(row));
            // The longest bar is the fastest pool's.
            let bar = row["line"].as_str().unwrap().matches('#').count();
            assert_eq!(bar, (28.0 * best / wall(row)).round() as usize);
        }
    }
    let io: Vec<_> = all_rows
        .iter()
        .copied()
        .filter(|e| e["kind"] == "io")
        .collect();
    let used = sum(&io, "processor_seconds") / sum(&io, "tasks_seconds");
    let waited = format!(
        "An IO worker waited {:.1} % of its tasks' time.",
        100.0 * (1.0 - used)
    );
    assert_eq!(lines(&events).last(), Some(&waited.as_str()));
}

#[test]
fn the_usable_cores_change_the_answer() {
    let words = "taskset -c 0 mp-demo bound --kind compute --tasks 2 --workers 1,2";
    let ended = run(&mut shell(words)).succeeded();
    let of_cores = ended
        .lines()
        .into_iter()
        .find(|line| line.starts_with("This program may use 1 core"));
    assert!(of_cores.is_some(), "{ended:?}");
}

#[test]
fn io_gains_from_more_workers_than_cores_and_hardly_computes() {
    for with in ["processes", "threads"] {
        let words = format!("bound --json --with {with} --tasks 8 --workers 1,8");
        let events = run_words(&words).succeeded().events();
        let rows = named(&events, "measured");
        let (one, eight) = (rows[2], rows[3]);
        assert_eq!(one["kind"], "io");
        assert!(number(eight, "speed_up") > 2.0, "{eight}");
        let share = |row| number(row, "processor_seconds") / number(row, "tasks_seconds");
        assert!(share(one) < 0.3, "{one}");
        assert!(share(rows[0]) > 2.0 * share(one), "{} {one}", rows[0]);
    }
}

#[test]
fn the_measuring_costs_little() {
    // Not how long a task takes, but what comes on top of it. The best of some: another program may come in between
    // two tasks.
    let costs = (0..5).map(|_| {
        let words = "bound --json --kind compute --tasks 4 --workers 1";
        let events = run_words(words).succeeded().events();
        let row = named(&events, "measured")[0];
        number(row, "wall_seconds") / number(row, "tasks_seconds")
    });
    let least = costs.fold(f64::INFINITY, f64::min);
    assert!(least <= 1.05, "{least}");
}

#[test]
fn workers_are_measured_from_few_to_many_and_once() {
    let words = "bound --kind io --tasks 3 --workers 3,2,3 --speed 50 --json";
    let events = run_words(words).succeeded().events();
    let rows = named(&events, "measured");
    let workers: Vec<_> = rows.iter().map(|row| row["workers"].as_u64()).collect();
    assert_eq!(workers, [Some(2), Some(3)]);
    assert!(lines(&events).contains(&"Speed-up is over 2 workers, the fewest measured."));
}

#[test]
fn one_number_of_workers_is_no_comparison() {
    let words = "bound --kind io --tasks 3 --workers 2 --speed 50 --with both";
    let ended = run_words(words).succeeded();
    let verdict = "IO: only 2 workers measured, so nothing shows what others gain.";
    let verdicts = ended
        .lines()
        .iter()
        .filter(|line| **line == verdict)
        .count();
    assert_eq!(verdicts, 2, "{ended:?}");
}

#[test]
fn threads_are_compared_with_processes() {
    let words = "bound --kind io --tasks 4 --workers 1,4 --speed 5 --with both --json";
    let events = run_words(words).succeeded().events();
    let best = |with| {
        let rows = named(&events, "measured");
        let rows = rows.iter().filter(|row| row["with"] == with);
        rows.map(|row| number(row, "wall_seconds"))
            .fold(f64::INFINITY, f64::min)
    };
    let times = best("threads") / best("processes");
    let verdict = format!("IO: threads took {times:.2} times as long as processes; they gained ");
    let lines = lines(&events);
    assert!(
        lines.iter().any(|line| line.starts_with(&verdict)),
        "{lines:#?}"
    );
    assert!(lines[lines.len() - 1].starts_with("Rust's threads have no GIL."));
}

#[test]
fn many_workers_and_tasks_are_no_trouble() {
    for with in ["processes", "threads"] {
        let words =
            format!("bound --json --kind io --workers 64 --tasks 200 --speed 50 --with {with}");
        let events = run_words(&words).succeeded().events();
        assert_eq!(named(&events, "task_done").len(), 200);
        let lines = lines(&events);
        assert!(lines.iter().all(|line| line.len() <= 78), "{lines:#?}");
    }
}

#[test]
fn a_worker_or_its_answerer_may_be_killed_at_any_moment() {
    let compute = "bound --json --kind compute --tasks 2 --workers 2";
    kill_at_every_moment(compute, "worker-2");
    let io = "bound --json --kind io --tasks 3 --workers 2 --speed 50";
    kill_at_every_moment(io, "worker-2");
    kill_at_every_moment(io, "answerer-2");
}

#[test]
fn a_process_of_threads_or_its_answerer_may_be_killed_at_any_moment() {
    let io = "bound --json --kind io --tasks 3 --workers 2 --speed 50 --with threads";
    kill_at_every_moment(io, "worker");
    kill_at_every_moment(io, "answerer-1");
}

#[test]
fn when_all_workers_are_killed_nobody_waits_at_the_full_pipe_of_tasks() {
    let words = "bound --json --kind io --tasks 1000 --workers 2";
    let mut running = Running::start(&mut mp_demo(words.split(' ')));
    running.wait_for_several(2, "task_start");
    let workers: Vec<_> = named(&running.log, "started")
        .iter()
        .filter(|e| e["role"] == "parent")
        .map(|e| pid_in(&e["child"]))
        .collect();
    assert_eq!(workers.len(), 2);
    for worker in workers {
        kill_process(worker, Signal::KILL).unwrap();
    }
    let (ended, log) = running.finish_with_log();
    assert_eq!(ended.code(), 1);
    assert!(ended.stderr.starts_with("mp-demo: worker-"), "{ended:?}");
    assert!(named(&log, "task_done").len() < 100);
    assert!(children(&log).iter().all(|child| !exists(*child)));
}

#[test]
fn the_parents_death_takes_workers_and_answerers_along() {
    for (signal, code) in [(Signal::INT, 130), (Signal::KILL, 137)] {
        let words = "bound --json --kind io --tasks 1000 --workers 3";
        let mut running = Running::start(&mut mp_demo(words.split(' ')));
        running.wait_for_several(3, "task_start");
        let children = children(&running.log);
        assert_eq!(children.len(), 6);
        running.signal(signal);
        assert_eq!(running.finish().code(), code);
        for child in children {
            assert!(ends(child), "{child:?} is left");
        }
    }
}

#[test]
fn nobody_is_left_when_the_output_is_closed() {
    let words = "bound --json --kind io --tasks 1000 --workers 3";
    let mut running = Running::start(&mut mp_demo(words.split(' ')));
    running.wait_for_several(3, "task_start");
    let children = children(&running.log);
    let (mut child, stderr) = running.close_stdout();
    assert!(child.wait().unwrap().success());
    assert_eq!(stderr.join().unwrap(), "");
    assert!(children.iter().all(|child| !exists(*child)));
}

#[test]
fn bad_usage_is_one_clear_line() {
    for (words, expected) in [
        (
            "--tasks 0",
            "'0' for '--tasks <N>': expected a whole number from 1 to 1000",
        ),
        (
            "--tasks -1",
            "'-1' for '--tasks <N>': expected a whole number from 1 to 1000",
        ),
        (
            "--workers 0",
            "'0' for '--workers <N,...>': expected a whole number from 1 to 1000",
        ),
        (
            "--workers 1,x",
            "'x' for '--workers <N,...>': expected a whole number from 1 to 1000",
        ),
        (
            "--workers 1001",
            "'1001' for '--workers <N,...>': expected a whole number from 1 to 1000",
        ),
        (
            "--workers 1,",
            "'' for '--workers <N,...>': expected a whole number from 1 to 1000",
        ),
        ("--kind foo", "[possible values: compute, io, both]"),
        ("--with foo", "[possible values: processes, threads, both]"),
    ] {
        let ended = run_words(&format!("bound {words}"));
        assert_eq!(ended.code(), 2, "{words}: {ended:?}");
        assert_eq!(ended.stdout, "", "{words}");
        assert!(ended.stderr.contains(expected), "{words}: {}", ended.stderr);
    }
}

#[test]
fn children_may_be_started_by_hand() {
    let task = r#"{"task":1,"work":{"await_answer":0.01}}"#;
    let ended = run(&mut shell(&format!(
        "echo '{task}' | mp-demo child bound-worker --kind io"
    )));
    let ended = ended.succeeded();
    let lines = ended.lines();
    assert_eq!(lines[0], "\"ready\"");
    assert_eq!(event(lines[1])["done"]["answer"], 0.01);

    let ended = run(&mut shell("echo -1 | mp-demo child bound-answerer"));
    assert_eq!(ended.code(), 1);
    assert_eq!(
        ended.stderr,
        "mp-demo: a request is a number of seconds, not -1\n"
    );
}

#[test]
fn the_python_program_measures_both_kinds_under_every_start_method() {
    if !crate::demos::python_is_there() {
        return;
    }
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/demos/bound/program.py");
    for start_method in ["fork", "spawn", "forkserver"] {
        let mut python = command("python3");
        python.args(["-W", "error", program, start_method]);
        let ended = run(&mut python).succeeded();
        let lines = ended.lines();
        assert!(lines[0].starts_with("Python 3."), "{ended:?}");
        for name in ["processes", "threads"] {
            let rows = lines.iter().filter(|line| line.starts_with(name));
            assert_eq!(rows.count(), 6, "{ended:?}");
        }
    }
}
