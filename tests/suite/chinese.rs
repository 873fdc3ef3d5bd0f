//! With --lang zh no English sentence is on the screen, whatever happens.

use std::sync::LazyLock;

use rustix::process::Signal;

use crate::common::*;
use crate::predict::commands_of_experiments;
use crate::programs::read::english_in;

/// The lessons that measure nothing: they print the article's lines, or lines of a program like it,
/// which are not translated.
static PRINT_AS_PYTHON: LazyLock<Vec<String>> = LazyLock::new(|| {
    let log = |lesson: &str| run(&mut shell(&format!("{} --json", short_run_of(lesson)))).events();
    let mut lessons = lessons();
    lessons.retain(|lesson| log(lesson).iter().all(|e| e["event"] != "measured"));
    lessons
});

/// Lines that may have three English words in a row: commands, examples, headings of the article's
/// program.
fn is_excused(line: &str) -> bool {
    let line = line.trim_start();
    let is_process = |line: &str| {
        let (pid, command) = line.split_once("  ").unwrap_or_default();
        pid.parse::<u32>().is_ok() && !command.is_empty()
    };
    is_process(line)
        || line.starts_with("mp-demo ")
        || line.starts_with("taskset ")
        || line.starts_with("source ")
        || line.starts_with("用法：")
}

/// Runs it in Chinese, asked for by option and by locale, and looks for English in what it says.
fn says_nothing_in_english(words: &[&str]) {
    let by_option = {
        let mut command = mp_demo(words);
        command.args(["--lang", "zh"]);
        command
    };
    let mut by_locale = mp_demo(words);
    by_locale.env("LANG", "zh_CN.UTF-8");
    let prints_as_python = words.first().is_some_and(|it| PRINT_AS_PYTHON.iter().any(|l| l == it));
    // Lessons that measure are slow: asked once is enough.
    let times = if !prints_as_python && words.contains(&"--explain") { 1 } else { 2 };
    for mut command in [by_option, by_locale].into_iter().take(times) {
        check(&run(&mut command), prints_as_python, &words.join(" "));
    }
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
        let view = if lesson == "cost" { "" } else { " --timeline" };
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

#[test]
fn no_refusal_is_in_english() {
    for words in [
        "quue",
        "queue --stp",
        "queue --stop x",
        "queue --speed 0",
        "queue --speed",
        "queue --pause -1",
        "queue --readers 0",
        "queue --readers 2000",
        "queue --seed x",
        "queue --patience x",
        "queue --json --labels",
        "queue --sentinels 9",
        "queue --kill x",
        "queue --keep-end",
        "pipe --bytes 1",
        "pipe --bytes 9 A",
        "queue --trace",
        "queue --trace /nowhere/x",
        "queue --trace /",
        "view",
        "view /nowhere",
        "view /",
        "view --seed 1 x",
        "show",
        "show x",
        "man x",
        "man --json",
        "completions x",
        "queue --explain=x",
        "spawn --sleep 1,x",
    ] {
        says_nothing_in_english(&words.split_whitespace().collect::<Vec<_>>());
    }
    let long = "x".repeat(5000);
    says_nothing_in_english(&["queue", &long]);
    let deep = "[".repeat(120) + &"]".repeat(120);
    says_nothing_in_english(&["queue", &deep]);
}

#[test]
fn no_failure_is_told_in_english() {
    for (words, event, role) in [
        ("queue --pause 80000", "wait", "reader"),
        ("queue --pause 80000", "sleep", "writer"),
        ("spawn --sleep 80000", "sleep", "child-1"),
        ("pipe --reply --join first --patience never", "wait", "writer"),
        ("bound --kind io --speed 0.001 --workers 2", "task_start", "worker-1"),
        ("async --wait 80000", "request", "in-line"),
    ] {
        let mut run =
            Running::start(mp_demo(words.split_whitespace()).args(["--json", "--lang", "zh"]));
        let pid = run.wait_for(event, role)["pid"].clone();
        kill(&pid, Signal::KILL);
        let ended = run.finish();
        assert_eq!(ended.code(), 1);
        check(&ended, true, words);
    }
    for script in [
        "ulimit -n 12; mp-demo spawn --children 50 --lang zh",
        "ulimit -v 8000; mp-demo bound --kind compute --with threads --tasks 2 --workers 2 --lang zh",
        "ulimit -n 100; mp-demo async --customers 1000 --lang zh",
        "mp-demo pipe --lang zh 1</dev/null",
        "mp-demo help queue --lang zh 1</dev/null",
        "echo x | mp-demo view - --lang zh",
        "echo '{\"v\":1,\"t\":0,\"pid\":1,\"role\":\"r\",\"event\":\"put\"}' | mp-demo view - --lang zh",
        "mp-demo queue --json --speed 50 | head -4 | mp-demo view - --lang zh --explain",
        "trap '' TERM; exec mp-demo queue --speed 100 --seed 7 --lang zh",
    ] {
        let ended = run(shell(script).env("LANG", "zh_CN.UTF-8"));
        check(&ended, true, script);
    }
}

#[test]
fn english_would_be_found() {
    assert!(english_in("mp-demo: cannot open that file").is_some());
    assert!(english_in("mp-demo：无法打开 `not any file` 这个 foo").is_none());
}
