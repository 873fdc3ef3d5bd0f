//! The programs in `demos/`, in Python and in Rust, held against the lessons.

pub mod read;
mod rust;
mod speakers;

use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;

use crate::common::*;
use crate::lessons::for_each_lesson;
pub use read::{english_in, is_han};
pub use rust::{lines_of_rust, program as program_of_rust};
use speakers::{Said, assert_said, speakers};

/// The log of a lesson, unless it measures: figures differ from run to run.
fn log_without_figures(lesson: &str) -> Option<Vec<Value>> {
    // With this seed random pauses are long: a reader that is terminated after one has got
    // everything.
    let mut run = Running::with_log(&format!("{lesson} --seed 7"));
    while let Some(line) = run.line() {
        let event = event(&line);
        // How much a counter has lost is a figure, too.
        if ["progress", "measured", "total"].iter().any(|it| event["event"] == *it) {
            run.signal(Signal::TERM);
            run.finish();
            return None;
        }
        run.log.push(event);
    }
    let (ended, log) = run.finish_with_log();
    ended.succeeded();
    Some(log)
}

/// A lesson's Python program.
pub fn python(lesson: &str) -> Command {
    let mut python = command("python3");
    python.arg(path_of(&format!("demos/{lesson}/program.py")));
    python
}

/// The lines of a lesson's Python program, each with the PID of its process.
fn said_by_python(lesson: &str, start_method: &str) -> Vec<Said> {
    let mut python = python(lesson);
    python.arg(start_method);
    python.env("PYTHONPATH", path_of("tests/python"));
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    python.env("PYTHONIOENCODING", "utf-8");
    let ended = run(&mut python).succeeded();
    let said = ended.stdout.lines().map(|line| {
        let (pid, line) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
        (Some(pid.to_owned()), without_address(line))
    });
    said.collect()
}

fn said_by_rust(lesson: &str) -> Vec<Said> {
    let lines = lines_of_rust(lesson).into_iter();
    lines.map(|line| (None, without_address(&line))).collect()
}

#[test]
fn each_rust_program_prints_what_its_lesson_prints() {
    for_each_lesson(|lesson| {
        let said = said_by_rust(lesson);
        assert!(!said.is_empty());
        if let Some(log) = log_without_figures(lesson) {
            assert_said(&said, &speakers(&log));
        }
    });
}

#[test]
fn each_python_program_prints_what_its_lesson_prints() {
    if !has("python3") {
        return;
    }
    for_each_lesson(|lesson| {
        // A program that measures is run by the command in its head.
        let Some(log) = log_without_figures(lesson) else { return };
        let shows_the_same = |start_method: &str| match start_method {
            // The children are the server's, so the program can't see their zombies.
            "forkserver" => lesson != "zombie",
            // The other lessons' lines may depend on it: a forked child begins with a copy of its
            // parent's memory, ours do not.
            "fork" => ["spawn", "queue", "pipe"].contains(&lesson),
            _ => true,
        };
        for start_method in start_methods().iter().filter(|it| shows_the_same(it)) {
            assert_said(&said_by_python(lesson, start_method), &speakers(&log));
        }
    });
}

#[test]
fn the_python_queue_gets_everything_when_its_pauses_are_long() {
    if !has("python3") {
        return;
    }
    let program = path_of("demos/queue/program.py");
    // Under fork the writer has the long pauses of this script.
    let script = format!(
        "import multiprocessing, random, runpy; random.random = lambda: 0.9; \
         multiprocessing.set_start_method('fork'); \
         runpy.run_path('{program}', run_name='__main__')"
    );
    let ended = run(command("python3").args(["-c", &script])).succeeded();
    let ours = run_words("queue --seed 7").succeeded();
    // One letter for all PIDs, as any child may be started first.
    let screen = |ended: &Ended| {
        let lines: Vec<_> = ended.lines().into_iter().map(letters).collect();
        sorted(&lines.join("\n"))
    };
    assert_eq!(screen(&ended), screen(&ours));
}
