//! Who waits for whom, in programs that are not ours.

mod programs;
mod screens;
mod settings;

use std::sync::Mutex;

use crate::common::*;
use programs::{Program, Started, conditions, graph, has_edge, lines_of, pid_of, report};

/// Runs `check` for each program, several at a time, and names all that failed.
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

/// Looks until the verdict is one of those. It never says that somebody is stuck who isn't.
fn graph_with(started: &Started, verdicts: &[&str]) -> Result<serde_json::Value, String> {
    for _ in 0..60 {
        let graph = graph(started.pid());
        let verdict = graph["verdict"].as_str().unwrap();
        if verdicts.contains(&verdict) {
            return Ok(graph);
        }
        if verdict == "stuck" {
            break;
        }
    }
    Err(format!("it is not called {verdicts:?}:\n{}", report(started.pid())))
}

/// Whether it has its verdict, with the conditions that it says.
fn has_its_verdict(program: &Program, mut started: Started) -> Result<(), String> {
    if !started.gets_ready() {
        // This kernel or sandbox doesn't have it.
        return if started.status() == Some(77) { Ok(()) } else { Err("it ended".into()) };
    }
    let graph = graph_with(&started, &[program.said("verdict").next().unwrap_or("likely_stuck")])?;
    let expected: Vec<_> = program.said("unless").flat_map(str::split_whitespace).collect();
    match conditions(&graph) == expected.iter().map(|it| (*it).into()).collect() {
        true => Ok(()),
        false => Err(format!("{} instead of {expected:?}", graph["unless"])),
    }
}

/// Whether each thread of its Python processes is at the line that it says, and nowhere else, in the
/// graph and in the Chinese report.
fn has_its_lines(
    program: &Program,
    graph: &serde_json::Value,
    root: u32,
    shown: &str,
) -> Result<(), String> {
    let mut roles: Vec<_> = program.said("line").filter_map(|it| it.split(' ').next()).collect();
    roles.dedup();
    for role in roles {
        let of_role = program.said("line").filter_map(|it| it.split_once(' '));
        let mut expected: Vec<_> = of_role.filter(|(it, _)| *it == role).map(|it| it.1).collect();
        let lines = lines_of(pid_of(role, root, graph), graph);
        if lines.len() < expected.len() {
            // Some versions of Python do without this thread.
            expected.retain(|it| *it != "-?");
        }
        for line in &mut expected {
            let (place, text) = line.split_once(": ").unwrap_or((line, ""));
            let (at, function) = place.split_once(" in ").unwrap_or((place, ""));
            let (at, end) = (format!("{at}，"), format!("{function}：   {text}"));
            if !text.is_empty() && !shown.lines().any(|it| it.contains(&at) && it.ends_with(&end)) {
                return Err(format!("no line `{line}`:\n{shown}"));
            }
            *line = place.trim_end_matches('?');
        }
        expected.sort();
        if lines != expected {
            return Err(format!("{role} is at {lines:?}, not at {expected:?}:\n{shown}"));
        }
    }
    Ok(())
}

#[test]
fn whoever_hangs_is_called_stuck_and_waits_for_whom_he_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut programs = Program::all_in("stuck");
    assert!(programs.len() >= 20);
    if is_soak() {
        programs.extend(Program::all_in("soak"));
        let also: Vec<_> = programs.iter().flat_map(|it| it.also(folder.path())).collect();
        programs.extend(also);
    }
    for_each(programs, |program, started| {
        let mut verdicts: Vec<_> = program.said("verdict").collect();
        if verdicts.is_empty() {
            verdicts.push("stuck");
        }
        let graph = graph_with(&started, &verdicts)?;
        let missing = |edge: &&str| !has_edge(&graph, edge, started.pid());
        if let Some(edge) = program.said("edge").find(missing) {
            return Err(format!("no edge `{edge}`:\n{}", report(started.pid())));
        }
        let circle = graph["circle"].as_array().unwrap().len();
        let others = |shape: &&str| {
            let roles = shape.strip_prefix("circle").unwrap_or_default();
            roles.split_whitespace().count() != circle
        };
        if let Some(shape) = program.said("shape").find(others) {
            let report = report(started.pid());
            return Err(format!("a circle of {circle}, not `{shape}`:\n{report}"));
        }
        if program.said("says").next().is_some() {
            let report = report(started.pid());
            if !program.said("says").all(|it| report.contains(it)) {
                return Err(report);
            }
        }
        let mut in_chinese = mp_demo(["why", "--lang", "zh", &started.pid().to_string()]);
        let in_chinese = run(&mut in_chinese);
        crate::chinese::check(&in_chinese, false, &program.name);
        has_its_lines(program, &graph, started.pid(), &in_chinese.stdout)?;
        let repairs: Vec<_> = program.said("repair").filter(|it| *it != "none").collect();
        match graph["repairs"] == serde_json::json!(repairs) {
            true => Ok(()),
            false => Err(format!("{} instead of {repairs:?}", graph["repairs"])),
        }
    });
}

#[test]
fn whoever_most_likely_hangs_is_told_with_what_could_end_it() {
    for_each(Program::all_in("likely"), has_its_verdict);
}

#[test]
fn each_kind_of_wait_has_its_verdict() {
    let modes = Program::modes("modes.c");
    assert!(modes.len() > 100);
    for_each(modes, has_its_verdict);
}

#[test]
fn whoever_goes_on_is_never_called_stuck() {
    let programs = Program::all_in("goes_on");
    assert!(programs.len() >= 20);
    for_each(programs, |program, mut started| {
        if !started.gets_ready() {
            return Err("it never gets ready".into());
        }
        let looks = if is_soak() { 5 } else { 1 };
        let goes_on = (0..looks).all(|_| graph(started.pid())["verdict"] == "go_on");
        let report = report(started.pid());
        let is_stuck = report.starts_with("Stuck") || report.starts_with("Some are stuck");
        match goes_on && !is_stuck && program.said("says").all(|it| report.contains(it)) {
            true => Ok(()),
            false => Err(report),
        }
    });
}

/// Starts children all the time that call functions at random, start others, become another program
/// or end. Each function's name stands in each of its lines.
const RESTLESS: &str = r#"
import os, random, sys, time

def first():
    if random.random() < 0.5: second()  # first
    time.sleep(random.random() / 5)  # first

def second():
    if random.random() < 0.5: third()  # second
    time.sleep(random.random() / 5)  # second

def third():
    if random.random() < 0.2 and os.fork() == 0: child()  # third
    if random.random() < 0.1: os.execv(sys.executable, [sys.executable, __file__, "child"])  # third
    sum(range(random.randrange(100000)))  # third

def child():
    for _ in range(random.randrange(5)): first()  # child
    os._exit(0)  # child

if sys.argv[1:]: child()  # <module>
sys.stderr.write("ready\n")
for _ in range(5):  # <module>
    if os.fork() == 0: child()  # <module>
while True:  # <module>
    os.waitpid(-1, 0)  # <module>
    if os.fork() == 0: child()  # <module>
"#;

/// Lines are read while their processes go on: then there is none, or a true one.
#[test]
fn no_line_is_wrong_however_a_program_moves_while_it_is_looked_at() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("restless.py");
    std::fs::write(&file, RESTLESS).unwrap();
    let mut started = Started::start(command("python3").arg(&file));
    assert!(started.gets_ready());
    let mut seen = 0;
    let looks = if is_soak() { 500 } else { 10 };
    // On a busy machine all of the first looks may come at moments at which there is no line.
    for look in 0..50 * looks {
        if look >= looks && seen > 0 {
            break;
        }
        let ended = run(&mut mp_demo(["why", "--json", &started.pid().to_string()]));
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
        let graph: serde_json::Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
        let processes = graph["nodes"].as_array().unwrap().iter();
        let threads = processes.flat_map(|it| it["threads"].as_array().unwrap());
        for frame in threads.flat_map(|it| it["frames"].as_array().into_iter().flatten()) {
            if frame["file"].as_str().unwrap().ends_with("restless.py") {
                let line = frame["line"].as_u64().unwrap() as usize;
                let text = RESTLESS.lines().nth(line - 1).unwrap();
                let function = frame["function"].as_str().unwrap();
                assert!(text.ends_with(&format!("# {function}")), "{frame} {text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}
