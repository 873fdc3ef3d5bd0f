//! With --lang zh no English sentence is on the screen, whatever happens.

use rustix::process::Signal;

use crate::common::*;
use crate::predict::commands_of_experiments;
use crate::programs::read::english_in;

/// Lines that may have three English words in a row: commands, examples, headings of the article's
/// program, quoted lines of code.
fn is_excused(line: &str) -> bool {
    let line = line.trim_start();
    let is_process = |line: &str| {
        let (pid, command) = line.split_once("  ").unwrap_or_default();
        pid.parse::<u32>().is_ok() && !command.is_empty()
    };
    is_process(line)
        || line.contains("：   ")
        || line.starts_with("mp-demo ")
        || line.starts_with("taskset ")
        || line.starts_with("source ")
        || line.starts_with("用法：")
}

/// Runs it in Chinese and looks for English in what it says.
pub fn says_nothing_in_english(words: &[&str]) {
    let prints_as_python = words
        .first()
        .is_some_and(|lesson| lessons().iter().any(|it| it == lesson) && !measures(lesson));
    let ended = run(mp_demo(words).env("LANG", "zh_CN.UTF-8"));
    check(&ended, prints_as_python, &words.join(" "));
}

/// Looks for English in a run's output; stdout doesn't count if it has the lines of a Python
/// program.
pub fn check(ended: &Ended, prints_as_python: bool, what: &str) {
    let is_log = ended.stdout.starts_with('{');
    let stdout = if prints_as_python || is_log { "" } else { &ended.stdout };
    // The list of options has their names and values.
    let stderr = match ended.stderr.split_once("本次运行的选项：") {
        Some((before, after)) => format!("{before}{}", after.split_once('。').unwrap().1),
        None => ended.stderr.clone(),
    };
    let lines = stdout.lines().chain(stderr.lines());
    for line in lines.filter(|line| !is_excused(line)) {
        let english = english_in(line);
        assert!(english.is_none(), "{what}: {english:?} in: {line}");
    }
}

#[test]
fn no_lesson_says_anything_in_english() {
    at_once(lessons(), |lesson| {
        // The lanes of those that measure have the names of many processes in a row.
        let view = if measures(&lesson) { "" } else { " --timeline" };
        let run = format!("{} --speed 20 --explain{view}", short_run_of(&lesson));
        says_nothing_in_english(&run.split(' ').skip(1).collect::<Vec<_>>());
        says_nothing_in_english(&["help", &lesson]);
        says_nothing_in_english(&[&lesson, "-h"]);
    });
    for tool in &tools() {
        says_nothing_in_english(&["help", tool]);
    }
    says_nothing_in_english(&["help", "child"]);
    for child in ["queue-reader", "bound-answerer", "async-loop"] {
        let help = run(mp_demo(["child", child, "--help"]).env("LANG", "zh_CN.UTF-8"));
        check(&help, false, child);
    }
    says_nothing_in_english(&[]);
    says_nothing_in_english(&["--help"]);
}

#[test]
fn no_experiment_is_told_in_english() {
    at_once(commands_of_experiments(), |words| {
        let words = format!("{words} --speed 50 --patience 0.1 --explain");
        says_nothing_in_english(&words.split_whitespace().collect::<Vec<_>>());
    });
}

/// All that `assert_refused` is asked about, is looked at in Chinese, too; these are not.
#[test]
fn no_failure_is_told_in_english() {
    let (long, deep) = ("x".repeat(5000), "[".repeat(120) + &"]".repeat(120));
    for value in [long, deep] {
        says_nothing_in_english(&["queue", &value]);
    }
    at_once(lessons(), |lesson| {
        let mut run = Running::with_log(&format!("{lesson} --lang zh"));
        let child = run.wait_for("started", "parent")["child"].clone();
        kill(&child, Signal::KILL);
        check(&run.finish(), true, &lesson);
    });
    for script in [
        "ulimit -n 12; mp-demo spawn --children 50 --lang zh",
        "ulimit -v 8000; mp-demo bound --kind compute --with threads --tasks 2 --workers 2 --lang zh",
        "ulimit -n 100; mp-demo async --customers 1000 --lang zh",
        "mp-demo child async-blocking --lang zh --office nowhere 1",
        "TMPDIR=/nowhere mp-demo bound --kind disk --lang zh",
        "mp-demo queue --json --speed 50 | head -4 | mp-demo view - --lang zh --explain",
        "trap '' TERM; exec mp-demo queue --speed 100 --seed 7 --lang zh",
    ] {
        check(&run(&mut shell(script)), true, script);
    }
}
