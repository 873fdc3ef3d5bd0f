//! Who waits for whom, in programs that are not ours.

mod programs;
mod screens;

use std::sync::Mutex;

use crate::common::*;
use programs::{Program, Started, graph, has_edge, report};

/// Runs `check` for each program of a folder, several at a time, and names all that failed.
fn for_each_program(folder: &str, check: impl Fn(&Program, Started) -> Result<(), String> + Sync) {
    let built = tempfile::tempdir().unwrap();
    let failed = Mutex::new(Vec::new());
    at_once(Program::all_in(folder), |program| {
        let Some(mut command) = program.command(built.path()) else { return };
        let started = Started::start(&mut command);
        if let Err(why) = check(&program, started) {
            failed.lock().unwrap().push(format!("{}: {why}", program.name));
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn whoever_hangs_is_called_stuck_and_waits_for_whom_he_says() {
    assert!(Program::all_in("stuck").len() >= 20);
    for_each_program("stuck", |program, started| {
        let is_stuck = |verdict: &str| ["stuck", "likely_stuck"].contains(&verdict);
        let mut looks = 0;
        let graph = loop {
            let graph = graph(started.pid());
            if is_stuck(graph["verdict"].as_str().unwrap()) {
                break graph;
            }
            looks += 1;
            if looks > 60 {
                return Err(format!("it is never called stuck:\n{}", report(started.pid())));
            }
        };
        for edge in program.said("edge") {
            if !has_edge(&graph, edge, started.pid()) {
                return Err(format!("no edge `{edge}`:\n{}", report(started.pid())));
            }
        }
        let circle = graph["circle"].as_array().unwrap().len();
        for shape in program.said("shape") {
            let expected =
                shape.strip_prefix("circle").map_or(0, |it| it.split_whitespace().count());
            if circle != expected {
                let report = report(started.pid());
                return Err(format!("a circle of {circle}, not `{shape}`:\n{report}"));
            }
        }
        let mut in_chinese = mp_demo(["why", "--lang", "zh", &started.pid().to_string()]);
        crate::chinese::check(&run(&mut in_chinese), false, &program.name);
        let repairs: Vec<_> = program.said("repair").collect();
        if graph["repairs"] != serde_json::json!(repairs) {
            return Err(format!("{} instead of {repairs:?}", graph["repairs"]));
        }
        Ok(())
    });
}

#[test]
fn whoever_goes_on_is_never_called_stuck() {
    assert!(Program::all_in("goes_on").len() >= 20);
    for_each_program("goes_on", |_, mut started| {
        if !started.gets_ready() {
            return Err("it never gets ready".into());
        }
        for _ in 0..3 {
            let graph = graph(started.pid());
            if graph["verdict"] != "go_on" {
                return Err(report(started.pid()));
            }
        }
        Ok(())
    });
}
