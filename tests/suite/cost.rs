//! `mp-demo cost`

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::common::*;

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
    let events = run_words("cost --quick --json").succeeded().events();
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
    if crate::demos::python_is_there() {
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

fn start_with_python() -> (Running, rustix::process::Pid) {
    let mut run = Running::start(&mut mp_demo(["cost", "--json"]));
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
    if !crate::demos::python_is_there() {
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
    if !crate::demos::python_is_there() {
        return;
    }
    let (run, python) = start_with_python();
    run.signal(Signal::KILL);
    run.finish();
    assert!(ends(python));
}
