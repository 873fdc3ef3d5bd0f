//! Who waits for whom, in programs that are not ours.

mod programs;
mod screens;
mod settings;

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::common::*;
use programs::{Program, Started, conditions, graph, has_edge, report};

/// Runs `check` for each program of a folder, several at a time, and names all that failed.
fn for_each_program(folder: &str, check: impl Fn(&Program, Started) -> Result<(), String> + Sync) {
    for_each(Program::all_in(folder), check);
}

fn for_each(
    programs: Vec<Program>,
    check: impl Fn(&Program, Started) -> Result<(), String> + Sync,
) {
    let built = tempfile::tempdir().unwrap();
    let failed = Mutex::new(Vec::new());
    at_once(programs, |program| {
        let Some(mut command) = program.command(built.path()) else { return };
        let started = Started::start(&mut command);
        if let Err(why) = check(&program, started) {
            failed.lock().unwrap().push(format!("{}: {why}", program.name));
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Looks until the verdict is that one. It never says that somebody is stuck who isn't.
fn graph_with(started: &Started, verdict: &str) -> Result<serde_json::Value, String> {
    for _ in 0..60 {
        let graph = graph(started.pid());
        if graph["verdict"] == verdict {
            return Ok(graph);
        }
        if verdict != "stuck" && graph["verdict"] == "stuck" {
            break;
        }
    }
    Err(format!("it is not called {verdict}:\n{}", report(started.pid())))
}

#[test]
fn whoever_hangs_is_called_stuck_and_waits_for_whom_he_says() {
    assert!(Program::all_in("stuck").len() >= 20);
    for_each_program("stuck", |program, started| {
        let verdict = program.said("verdict").next().unwrap_or("stuck");
        let graph = graph_with(&started, verdict)?;
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
fn whoever_most_likely_hangs_is_told_with_what_could_end_it() {
    for_each_program("likely", |program, mut started| {
        if !started.gets_ready() {
            return Err("it never gets ready".into());
        }
        let graph = graph_with(&started, "likely_stuck")?;
        let expected: Vec<_> = program.said("unless").flat_map(str::split_whitespace).collect();
        match conditions(&graph) == BTreeSet::from_iter(expected.iter().map(|it| (*it).into())) {
            true => Ok(()),
            false => Err(format!("{} instead of {expected:?}", graph["unless"])),
        }
    });
}

#[test]
fn each_kind_of_wait_has_its_verdict() {
    let modes = Program::modes("modes.c");
    assert!(modes.len() > 100 || !has("cc"));
    for_each(modes, |program, mut started| {
        if !started.gets_ready() {
            // This kernel or sandbox doesn't have it.
            return if started.status() == Some(77) { Ok(()) } else { Err("it ended".into()) };
        }
        let verdict = program.said("verdict").next().unwrap();
        let graph = graph_with(&started, verdict)?;
        let expected: Vec<_> = program.said("unless").flat_map(str::split_whitespace).collect();
        match conditions(&graph) == BTreeSet::from_iter(expected.iter().map(|it| (*it).into())) {
            true => Ok(()),
            false => Err(format!("{} instead of {expected:?}", graph["unless"])),
        }
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
