//! `mp-demo cost`

use std::collections::HashMap;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::*;
use crate::programs::{lines_of_rust, python};

const ROWS: [&str; 7] =
    ["process", "process_spawn", "thread", "queue", "round_trip", "mebibyte", "compute"];

#[test]
fn each_row_has_figures_and_ratios_of_this_run_and_nobody_is_left() {
    let mut run = Running::with_log("cost --quick");
    let mut helpers = Vec::new();
    while let Some(line) = run.line() {
        let event = event(&line);
        if event["event"] == "started" && event["child_role"] == "python" {
            helpers.push(pid_in(&event["child"]));
        }
        run.log.push(event);
        if let Some(python) = helpers.first() {
            helpers.extend(children_of(*python));
        }
    }
    let (ended, events) = run.finish_with_log();
    ended.succeeded();
    let rows = named(&events, "measured");
    let names: Vec<_> = rows.iter().map(|row| row["row"].as_str().unwrap()).collect();
    assert_eq!(names, ROWS);
    for row in &rows {
        assert!(number(row, "mp_demo_seconds") > 0.0);
        assert!(number(row, "mp_demo_spread_seconds") >= 0.0);
        assert!(row["line"].as_str().unwrap().chars().count() <= 78, "{row}");
        // For threads and computing mp-demo adds no layer, so these rows have no limit row below.
        let is_bare = row["row"] == "thread" || row["row"] == "compute";
        assert_eq!(row["limit_ratio"].is_null(), is_bare);
    }
    if !events.iter().any(|e| e["line"].as_str().is_some_and(|it| it.contains("; CPython 3."))) {
        skipped("there is no python3 that answers in time");
    } else {
        for row in &rows {
            // The ratio is a median of ratios, near the ratio of the medians.
            let ratio = number(row, "cpython_seconds") / number(row, "mp_demo_seconds");
            let shown = number(row, "cpython_ratio");
            assert!(shown / ratio > 0.2 && shown / ratio < 5.0, "{row}");
        }
        // A new interpreter against a process of ours: so far apart that no noise reverses their
        // order.
        assert!(number(rows[1], "cpython_ratio") > 3.0);
        // Python's own children are left to nobody.
        assert!(helpers.len() > 1);
        assert!(helpers.iter().all(|helper| !exists(*helper)));
    }
    let explained = "half the interquartile range";
    assert!(lines_in(&events).iter().any(|line| line.contains(explained)), "{events:#?}");
    let progress = named(&events, "progress");
    assert!(progress.len() >= 2);
    assert_eq!(progress[0]["done"], 1);
}

#[test]
fn whoever_is_measured_stays_on_one_core_and_nobody_else() {
    let cores = |pid: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("Cpus_allowed_list:"));
        line.unwrap().split_once('\t').unwrap().1.to_owned()
    };
    let all = cores("self");
    if !all.contains(['-', ',']) {
        skipped("there is only one core");
        return;
    }
    let mut run = Running::with_log("cost");
    let child = run.wait_for("started", "parent")["child"].to_string();
    let of_child = cores(&child);
    let parent = run.pid().as_raw_pid().to_string();
    let of_parent = cores(&parent);
    run.signal(Signal::KILL);
    run.finish();
    assert!(of_child.parse::<u32>().is_ok(), "{of_child}");
    // The thread that draws the run is not measured.
    assert_eq!(of_parent, all);
}

#[test]
fn without_python_its_column_is_empty() {
    let ended = run(mp_demo(["cost", "--quick", "--json"]).env("PATH", "/nowhere")).succeeded();
    assert!(ended.stdout.contains("no python3 found"), "{ended:?}");
    for row in named(&ended.events(), "measured") {
        assert!(row["cpython_seconds"].is_null());
        assert!(number(row, "mp_demo_seconds") > 0.0);
    }
}

#[test]
fn its_programs_print_what_one_of_each_takes() {
    // In Rust a process is always a new program: std has no fork.
    let of_rust = ROWS.into_iter().filter(|name| *name != "process_spawn");
    let mut outputs = vec![(lines_of_rust("cost"), of_rust.collect::<Vec<_>>())];
    if has("python3") {
        let ended = run(&mut python("cost")).succeeded();
        let lines = ended.stdout.lines().map(str::to_owned).collect();
        outputs.push((lines, ROWS.to_vec()));
    }
    for (lines, names) in outputs {
        assert_eq!(lines.len(), names.len(), "{lines:?}");
        let mut costs = HashMap::new();
        for (line, name) in lines.iter().zip(names) {
            let figure = line.split_whitespace().nth(1).unwrap();
            let microseconds: f64 = figure.parse().unwrap();
            assert_eq!(*line, format!("{name:14} {microseconds:12.2} us"));
            assert!(microseconds > 0.0, "{line}");
            costs.insert(name, microseconds);
        }
        // So far apart that no noise reverses their order.
        assert!(costs["process"] > costs["thread"], "{lines:?}");
        assert!(costs["mebibyte"] > costs["queue"], "{lines:?}");
    }
}

/// A run that measures Python, and is in the middle of it: Python's PID, and that of the child that
/// it has forked.
fn with_a_forked_child(run: &mut Running) -> (Pid, Pid) {
    // By then it has answered, so it is Python itself: python3 may be a shell script that finds one.
    // One that was too slow has been left out before.
    run.wait_for("progress", "parent");
    let is_python = |e: &&&Value| e["child_role"] == "python" && e["foreign"] == true;
    let started = named(&run.log, "started");
    let python = pid_in(&started.iter().rfind(is_python).unwrap()["child"]);
    loop {
        // Most of its children are short-lived; the queue's child lives longer.
        let forked = children_of(python).into_iter().find(|child| {
            let is_python = command_line(*child).contains("--turns");
            is_python && children_of(python).contains(child)
        });
        if let Some(forked) = forked {
            return (python, forked);
        }
        assert!(exists(python), "Python has ended");
        std::thread::yield_now();
    }
}

fn command_line(pid: Pid) -> String {
    let path = format!("/proc/{}/cmdline", pid.as_raw_pid());
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}

#[test]
fn whoever_of_python_is_killed_the_run_ends_and_nobody_is_left() {
    if !has("python3") {
        return;
    }
    for kills_the_child in [true, false] {
        let mut run = Running::start(&mut mp_demo(["cost", "--quick", "--json"]));
        let (python, forked) = with_a_forked_child(&mut run);
        let victim = if kills_the_child { forked } else { python };
        kill_process(victim, Signal::KILL).unwrap();
        let ended = run.finish();
        // The child may have been about to end, which is no failure.
        if ended.code() != 0 || !kills_the_child {
            assert_eq!(ended.code(), 1, "{ended:?}");
            let victim = victim.as_raw_pid();
            assert!(
                ended.stderr.contains(&format!("(PID {victim}) was killed by SIGKILL (9)")),
                "{ended:?}"
            );
        }
        assert!(!exists(python) && !exists(forked), "{ended:?}");
    }
}

#[test]
fn python_and_its_children_die_with_the_parent_even_if_they_are_stopped() {
    if !has("python3") {
        return;
    }
    for signal in [Signal::KILL, Signal::INT] {
        let mut run = Running::start(&mut mp_demo(["cost", "--quick", "--json"]));
        let (python, forked) = with_a_forked_child(&mut run);
        kill_process(python, Signal::STOP).unwrap();
        run.signal(signal);
        run.finish();
        assert!(ends(python), "{python:?} is left");
        assert!(ends(forked), "{forked:?} is left");
    }
}

#[test]
fn a_python_that_does_not_answer_is_left_out_and_the_next_one_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let program = |name: &str, text: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        script(&folder.join("python3"), text);
        folder.to_str().unwrap().to_owned()
    };
    let silent = program("silent", "exec sleep 1000");
    let broken = program("broken", "exit 3");
    let locked = program("locked", "exit 0");
    let may_not_be_run = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(format!("{locked}/python3"), may_not_be_run).unwrap();
    let talking = program("talking", "echo hello\nexec sleep 1000");

    let tried = |path: String| {
        let mut run = Running::start(mp_demo(["cost", "--quick"]).env("PATH", path));
        let first = run.line().unwrap();
        run.signal(Signal::TERM);
        (first, run.finish().stderr)
    };
    let (first, stderr) = tried(format!("{silent}:{broken}:{locked}:{talking}"));
    assert!(first.ends_with("; python3 does not answer"), "{first}");
    for folder in [&silent, &broken, &locked, &talking] {
        let told = format!("mp-demo: {folder}/python3 does not answer; it is left out");
        assert!(stderr.contains(&told), "{stderr}");
    }
    if has("python3") {
        let (first, _) = tried(format!("{broken}:{}", std::env::var("PATH").unwrap()));
        assert!(first.contains("; CPython 3."), "{first}");
    }
}
