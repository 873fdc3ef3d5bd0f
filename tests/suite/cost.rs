//! `mp-demo cost`

use std::collections::HashMap;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::*;
use crate::programs::{lines_of_rust, python};

const ROWS: [&str; 6] = [
    "process",
    "process_spawn",
    "thread",
    "queue",
    "round_trip",
    "mebibyte",
];

fn figure(row: &Value, name: &str) -> f64 {
    row[name]
        .as_f64()
        .unwrap_or_else(|| panic!("no {name} in {row}"))
}

#[test]
fn each_row_has_figures_and_ratios_of_this_run() {
    let events = log_of("cost --quick");
    let rows = named(&events, "measured");
    let names: Vec<_> = rows
        .iter()
        .map(|row| row["row"].as_str().unwrap())
        .collect();
    assert_eq!(names, ROWS);
    for row in &rows {
        assert!(figure(row, "mp_demo_seconds") > 0.0);
        assert!(figure(row, "mp_demo_spread_seconds") >= 0.0);
        assert!(row["line"].as_str().unwrap().chars().count() <= 78, "{row}");
        // Threads have no layer of ours, so there is nothing below it.
        assert_eq!(row["limit_ratio"].is_null(), row["row"] == "thread");
    }
    if has("python3") {
        for row in &rows {
            // The ratio is a median of ratios, near the ratio of the medians.
            let ratio = figure(row, "cpython_seconds") / figure(row, "mp_demo_seconds");
            let shown = figure(row, "cpython_ratio");
            assert!(shown / ratio > 0.2 && shown / ratio < 5.0, "{row}");
        }
        // So far apart that no noise turns them round: a new interpreter against a process of ours.
        assert!(figure(rows[1], "cpython_ratio") > 3.0);
    }
    let progress = named(&events, "progress");
    assert!(progress.len() >= 2);
    assert_eq!(progress[0]["done"], 1);
}

#[test]
fn without_python_its_column_is_empty() {
    let events = run(mp_demo(["cost", "--quick", "--json"]).env("PATH", "/nowhere"))
        .succeeded()
        .events();
    assert!(events.iter().any(|e| {
        e["line"]
            .as_str()
            .is_some_and(|l| l.contains("no python3 found"))
    }));
    for row in named(&events, "measured") {
        assert!(row["cpython_seconds"].is_null());
        assert!(figure(row, "mp_demo_seconds") > 0.0);
    }
}

fn start_with_python() -> (Running, Pid) {
    let mut run = Running::with_log("cost");
    run.wait_for("progress", "parent");
    let python = run
        .log
        .iter()
        .find(|e| e["child_role"] == "python")
        .unwrap();
    let python = pid_in(&python["child"]);
    (run, python)
}

#[test]
fn a_python_that_is_killed_is_named() {
    if !has("python3") {
        return;
    }
    let (run, python) = start_with_python();
    kill_process(python, Signal::KILL).unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    let named = format!(
        "mp-demo: python (PID {}) was killed by SIGKILL (9)",
        python.as_raw_pid()
    );
    assert!(ended.stderr.starts_with(&named), "{}", ended.stderr);
    assert!(!exists(python));
}

#[test]
fn python_goes_when_the_parent_is_killed() {
    if !has("python3") {
        return;
    }
    let (run, python) = start_with_python();
    run.signal(Signal::KILL);
    run.finish();
    assert!(ends(python));
}

#[test]
fn its_programs_print_what_one_of_each_takes() {
    // A new process is a process anew in Rust: it has no fork.
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
        // So far apart that no noise turns them round.
        assert!(costs["process"] > costs["thread"], "{lines:?}");
        assert!(costs["mebibyte"] > costs["queue"], "{lines:?}");
    }
}
