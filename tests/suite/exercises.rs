//! `mp-demo exercise`, and `mp-demo check` of the exercises and of repairs, right ones and wrong ones.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::*;

const EXERCISES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demos/exercises");
const REPAIRS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exercises");

/// The names of the exercises.
fn names() -> Vec<String> {
    let entries = fs::read_dir(EXERCISES).unwrap();
    let mut names: Vec<_> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The programs with repairs of an exercise, by what their name begins with.
fn repairs(name: &str, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(REPAIRS).join(name)).unwrap();
    let mut files: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    files.retain(|it| it.file_name().unwrap().to_str().unwrap().starts_with(kind));
    files.sort();
    files
}

/// Checks a program as this exercise, with the default number of runs if none is given.
fn check(name: &str, program: &Path, runs: Option<u32>) -> Ended {
    let mut command = mp_demo(["check", "--exercise", name]);
    command.args(runs.map(|runs| format!("--runs={runs}"))).arg(program);
    run(&mut command)
}

/// What `check` says when a run fails by what the exercise fails by as it is.
fn said_of_fault(name: &str) -> String {
    let task = fs::read_to_string(Path::new(EXERCISES).join(name).join("task.toml")).unwrap();
    let fault = task.lines().find_map(|line| line.strip_prefix("fault = \"")).unwrap();
    let fault = fault.trim_end_matches('"');
    if fault == "parent" {
        return "the first process does not print".to_owned();
    }
    let described = include_str!("../../demos/docs/run.md");
    let row = described.lines().find_map(|line| line.strip_prefix(&format!("| `{fault}` | ")));
    match row {
        Some(row) => row.trim_end_matches(" |").split([';', ',']).next().unwrap().to_owned(),
        None => format!("{fault}()"),
    }
}

#[test]
fn each_program_fails_as_it_is_and_by_its_own_fault() {
    at_once(names(), |name| {
        let program = Path::new(EXERCISES).join(&name).join("program.py");
        for _ in 0..if is_soak() { 5 } else { 1 } {
            let ended = check(&name, &program, (!is_soak()).then_some(2));
            assert_eq!((ended.code(), &*ended.stderr), (1, ""), "{name}: {ended:?}");
            assert!(ended.stdout.starts_with("Not solved:\n"), "{ended:?}");
            let fault = said_of_fault(&name);
            // Lines are wrapped.
            let words = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&fault), "{name}, {fault}: {ended:?}");
        }
    });
}

#[test]
fn right_repairs_pass_and_wrong_ones_fail() {
    at_once(names(), |name| {
        let (right, wrong) = (repairs(&name, "right"), repairs(&name, "wrong"));
        assert!(right.len() >= 2 && wrong.len() >= 3, "{name}");
        let all = if is_soak() { right.len() } else { 1 };
        for program in &right[..all] {
            let ended = check(&name, program, (!is_soak()).then_some(3));
            assert_eq!(ended.code(), 0, "{program:?}: {ended:?}");
            assert!(ended.stdout.starts_with("Solved: "), "{ended:?}");
        }
        for program in wrong.iter().filter(|_| is_soak()) {
            assert_eq!(check(&name, program, None).code(), 1, "{program:?}");
        }
    });
}
