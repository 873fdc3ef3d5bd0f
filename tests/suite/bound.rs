//! The `bound` lesson: pools of workers, and what is made of their measurement. No test knows how
//! fast a machine is.

mod disk;
mod starts;

use std::collections::HashSet;

use rustix::process::Signal;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::common::*;
use crate::programs::{lines_of_rust, python};

/// The log, cut where a pool begins.
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

fn sum(events: &[&Value], field: &str) -> f64 {
    events.iter().map(|event| number(event, field)).sum()
}

/// Whether two sums are equal but for rounding.
fn assert_same(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * a.abs().max(b.abs()), "{a} {b}");
}

/// The first row that is as fast as the fastest but for chance, by the speed-ups shown; and its
/// speed-up.
fn knee(rows: &[&Value]) -> (usize, f64) {
    let shown = |row: &Value| -> f64 {
        let shown = format!("{:.2}", number(row, "speed_up"));
        shown.parse::<f64>().unwrap() * 100.0
    };
    let best = rows.iter().map(|row| shown(row)).fold(0.0, f64::max);
    let is_as_fast = |row: &&Value| 10.0 * best.round() < 11.0 * shown(row).round();
    let knee = rows.iter().position(is_as_fast).unwrap();
    (knee, number(rows[knee], "speed_up"))
}

/// The wall time of the fastest pool of a kind.
fn fastest(rows: &[&Value], kind: &str, with: &str) -> f64 {
    rows.iter()
        .filter(|row| row["kind"] == kind && row["with"] == with)
        .map(|row| number(row, "wall_seconds"))
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn every_task_is_done_once_in_each_pool_and_the_rows_add_up() {
    let events = log_of("bound --with both --tasks 3 --workers 1,2 --speed 20");
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
            assert_eq!(tasks, (1..=3).map(Some).collect::<Vec<_>>());
            assert!(of_pool(name).iter().all(|e| e["kind"] == *kind));
        }
        let workers = pool[0]["workers"].as_u64().unwrap() as usize;
        let done = of_pool("task_done");
        let worker = |e: &Value| (e["pid"].to_string(), e["thread"].to_string());
        let who: HashSet<_> = done.iter().map(|e| worker(e)).collect();
        let processes: HashSet<_> = who.iter().map(|(pid, _)| pid).collect();
        assert!(who.len() <= workers);
        match with.as_str() {
            Some("threads") => assert_eq!(processes.len(), 1),
            _ => assert_eq!(processes.len(), who.len()),
        }
        // A worker has one task at a time.
        for who in &who {
            let is_task = |e: &&Value| e["event"].as_str().unwrap().starts_with("task_");
            let of_worker = pool.iter().filter(|e| worker(e) == *who).filter(is_task);
            for (index, event) in of_worker.enumerate() {
                assert_eq!(event["event"] == "task_done", index % 2 == 1, "{event}");
            }
        }

        let of_row = |e: &&&Value| {
            (&e["kind"], &e["with"], &e["workers"]) == (kind, with, &pool[0]["workers"])
        };
        let row = rows.iter().find(of_row).unwrap();
        assert_same(sum(&done, "seconds"), number(row, "tasks_seconds"));
        let used = number(row, "processor_seconds");
        assert_same(sum(&done, "processor_seconds"), used);
        let wall = number(row, "wall_seconds");
        assert_same(number(row, "processor_percent"), 100.0 * used / wall);
        assert!(done.iter().all(|e| number(e, "seconds") <= wall));
        let used = |e: &Value| number(e, "processor_seconds");
        assert!(done.iter().all(|e| used(e) <= number(e, "seconds")));
        assert!(number(row, "tasks_seconds") <= wall * workers as f64);
    }
}

#[test]
fn progress_counts_to_the_last_task_of_all_pools() {
    let events = log_of("bound --kind io --tasks 4 --workers 1,2,4 --speed 50");
    let done = fields(&events, "progress", "done");
    assert_eq!(done, (0..=12).collect::<Vec<i32>>());
    assert_eq!(fields(&events, "progress", "of"), [12; 13]);
}

#[test]
fn verdicts_follow_from_the_rows_in_each_language() {
    for (language, kind, name) in [
        ("en", "compute", "Compute"),
        ("en", "io", "IO"),
        ("zh", "compute", "计算密集型"),
        ("zh", "io", "IO 密集型"),
    ] {
        let words = "bound --tasks 3 --workers 1,2,3 --speed 5";
        let events = log_of(&format!("{words} --kind {kind} --lang {language}"));
        let cores = events[0]["cores"].as_u64().unwrap();
        let rows = named(&events, "measured");
        assert_eq!(rows.len(), 3);
        let wall = |row: &Value| number(row, "wall_seconds");
        let best = fastest(&rows, kind, "processes");
        let (knee, speed_up) = knee(&rows);
        let lines = lines_in(&events);
        // Others may have used the cores.
        let is_disturbed = rows.iter().any(|row| {
            let might = (cores as f64 / number(row, "workers")).min(1.0);
            let had = number(row, "processor_seconds") / number(row, "tasks_seconds");
            kind == "compute" && had < 0.9 * might
        });
        let says_little = ["Other programs (or a quota) were", "其他程序占用了核心"];
        let is_said = |line: &&str| says_little.iter().any(|it| line.starts_with(it));
        assert_eq!(lines.iter().any(is_said), is_disturbed, "{lines:#?}");
        if is_disturbed {
            let concludes = |line: &&str| line.contains(" gains ") || line.contains("收益");
            assert!(!lines.iter().any(concludes), "{lines:#?}");
            continue;
        }
        let verdict = match (language, knee) {
            ("en", 0) => format!("{name} gains nothing from more than 1 worker (less than 10 %)."),
            ("en", 1) => format!(
                "{name} gains up to 2 workers (speed-up {speed_up:.2}); more gain less than 10 %."
            ),
            ("en", _) => {
                format!(
                    "{name} gains up to 3 workers, the most that was tried (speed-up {speed_up:.2})."
                )
            }
            (_, 0) => format!("{name}：超过 1 个工作进程后没有收益（不到 10%）。"),
            (_, 1) => format!(
                "{name}：增加到 2 个工作进程为止都有收益（加速比 {speed_up:.2}），再增加则不到 10%。"
            ),
            (_, _) => format!(
                "{name}：一直增加到最多的一组（3 个工作进程）仍有收益（加速比 {speed_up:.2}）。"
            ),
        };
        let at = lines.iter().position(|line| *line == verdict);
        let at = at.unwrap_or_else(|| panic!("not {verdict} in {lines:#?}"));
        let of_cores = match language {
            "en" => format!("This program may use {cores} core"),
            _ => format!("本程序能用 {cores} 个核心，"),
        };
        assert!(lines[at..].iter().any(|line| line.starts_with(&of_cores)), "{lines:#?}");

        for row in &rows {
            assert_same(number(row, "speed_up"), wall(rows[0]) / wall(row));
            // The longest bar is the fastest pool's.
            let bar = row["line"].as_str().unwrap().matches('#').count();
            assert_eq!(bar, (28.0 * best / wall(row)).round() as usize);
        }
        if name == "IO" {
            let used = sum(&rows, "processor_seconds") / sum(&rows, "tasks_seconds");
            let waited = 100.0 * (1.0 - used);
            let last = format!("An IO worker waited {waited:.1} % of its tasks' time.");
            assert_eq!(lines.last(), Some(&last.as_str()));
        }
    }
}

#[test]
fn workers_are_measured_from_few_to_many_and_once() {
    let events = log_of("bound --kind io --tasks 3 --workers 3,2,3 --speed 50");
    assert_eq!(fields(&events, "measured", "workers"), [2, 3]);
    assert!(lines_in(&events).contains(&"Speed-up is over 2 workers, the fewest measured."));
}

#[test]
fn one_number_of_workers_is_no_comparison() {
    let words = "bound --kind io --tasks 3 --workers 2 --speed 50 --with both";
    let ended = run_words(words).succeeded();
    let verdict = "IO: only 2 workers measured, so nothing shows what others gain.";
    assert_eq!(ended.stdout.matches(verdict).count(), 2, "{ended:?}");
}

#[test]
fn threads_are_compared_with_processes() {
    let words = "bound --kind io --tasks 4 --workers 1,4 --speed 5 --with both --json";
    let events = run_words(words).succeeded().events();
    let rows = named(&events, "measured");
    let times = fastest(&rows, "io", "threads") / fastest(&rows, "io", "processes");
    let verdict = format!("IO: threads took {times:.2} times as long as processes; they gained ");
    let lines = lines_in(&events);
    assert!(lines.iter().any(|line| line.starts_with(&verdict)), "{lines:#?}");
    assert!(lines[lines.len() - 2].starts_with("Rust's threads have no GIL."));
    let command = "  mp-demo show bound --python | python3 - fork";
    assert_eq!(lines[lines.len() - 1], command);
}

#[test]
fn many_workers_and_tasks_are_no_trouble() {
    for with in ["processes", "threads"] {
        let words = "bound --kind io --workers 64 --tasks 200 --speed 50 --with";
        let events = log_of(&format!("{words} {with}"));
        assert_eq!(named(&events, "task_done").len(), 200);
        let lines = lines_in(&events);
        let widths = lines.iter().map(|line| line.chars().count());
        assert!((60..=78).contains(&widths.max().unwrap()), "{lines:#?}");
    }
}

#[test]
fn when_all_workers_are_killed_nobody_waits_at_the_full_pipe_of_tasks() {
    let mut running = Running::with_log("bound --kind io --tasks 1000 --workers 2");
    running.wait_for_several(2, "task_start");
    let mut started = named(&running.log, "started");
    started.retain(|e| e["role"] == "parent");
    assert_eq!(started.len(), 2);
    for worker in started {
        kill(&worker["child"], Signal::KILL);
    }
    let (ended, log) = running.finish_with_log();
    assert_eq!(ended.code(), 1);
    assert!(ended.stderr.starts_with("mp-demo: worker-"), "{ended:?}");
    assert!(named(&log, "task_done").len() < 100);
    assert!(children(&log).iter().all(|child| !exists(*child)));
}

/// Whether no word crosses the edge of a terminal with this many columns.
pub fn breaks_between_words_at(columns: usize, line: &str) -> bool {
    let mut width = 0;
    let mut last = ' ';
    for c in line.chars() {
        if width == columns {
            return last == ' ' || c == ' ' || (last == '#' && c == '#');
        }
        width += c.to_string().width();
        last = c;
    }
    true
}

#[test]
fn columns_stand_below_their_heads_and_fill_a_narrow_terminal() {
    for language in ["en", "zh"] {
        let words = format!("bound --kind io --tasks 2 --workers 1,2 --speed 5 --lang {language}");
        let ended = run_words(&words).succeeded();
        let lines = ended.lines();
        assert_eq!(lines[1].width(), 38, "{ended:?}");
        for row in &lines[2..4] {
            let figures = row.trim_end_matches('#');
            assert_eq!(figures.width(), 40, "{ended:?}");
            assert_eq!(figures.trim_end().width(), 38, "{ended:?}");
            assert!(breaks_between_words_at(40, row), "{ended:?}");
        }
    }
}

#[test]
fn children_may_be_started_by_hand() {
    let task = r#"{"task":1,"work":{"await_answer":0.01}}"#;
    let script = format!("echo '{task}' | mp-demo child bound-worker --kind io");
    let ended = run(&mut shell(&script)).succeeded();
    let lines = ended.lines();
    assert_eq!(lines[0], "\"ready\"");
    assert_eq!(event(lines[1])["done"]["answer"], 0.01);

    let ended = run(&mut shell("echo -1 | mp-demo child bound-answerer"));
    assert_eq!(ended.code(), 1);
    let expected = "mp-demo: a request is a number of seconds, not -1\n";
    assert_eq!(ended.stderr, expected);
}

/// Checks the rows that a program prints of both kinds of tasks, below its first line. Whether four
/// workers gained with tasks that wait; how many can compute at the same time is another matter.
pub fn io_gains(lines: &[String]) -> bool {
    let mut lines = lines.iter();
    let mut gains = true;
    for kind in ["compute", "io"] {
        let heading = format!("{kind:<9}workers    wall  speed-up");
        assert_eq!(*lines.next().unwrap(), heading);
        for name in ["processes", "threads"] {
            let speed_ups = [1, 2, 4].map(|workers| {
                let line = lines.next().unwrap();
                let numbers = line.split(' ').filter_map(|word| word.parse().ok());
                let numbers: Vec<f64> = numbers.collect();
                let (wall, speed_up) = (numbers[1], numbers[2]);
                let row = format!("{name:<9}{workers:>7}{wall:>6.2} s{speed_up:>10.2}");
                assert_eq!(*line, row);
                speed_up
            });
            assert_eq!(speed_ups[0], 1.0);
            gains &= kind == "compute" || speed_ups[2] > 1.5;
        }
    }
    assert_eq!(lines.next(), None);
    gains
}

/// What the Rust program prints below its first line.
pub fn rows_of_rust() -> Vec<String> {
    let mut lines = lines_of_rust("bound");
    let first = lines.remove(0);
    let cores = first.strip_prefix("Rust has no GIL; cores: ");
    assert!(cores.unwrap().parse::<usize>().unwrap() > 0);
    lines
}

/// What the Python program prints below its first line.
pub fn rows_of_python(start_method: &str) -> Vec<String> {
    let mut python = python("bound");
    python.arg(start_method).env("PYTHONWARNINGS", "error");
    let ended = run(&mut python).succeeded();
    assert!(ended.stdout.starts_with("Python 3."), "{ended:?}");
    ended.stdout.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn its_programs_measure_both_kinds() {
    io_gains(&rows_of_rust());
    if has("python3") {
        io_gains(&rows_of_python("spawn"));
    }
}
