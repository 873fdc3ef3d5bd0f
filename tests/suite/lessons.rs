//! What holds for every lesson; a new lesson is here as soon as it has a folder in `demos/`.

use rustix::process::Signal;

use crate::common::*;
use crate::ends::{close_output, kill_child, kill_parent};
use crate::trace::{check, events_of, run_with_trace};

/// Runs `check` for all lessons, some at the same time, as most of them wait.
pub fn for_each_lesson(check: impl Fn(&str) + Sync) {
    at_once(lessons(), |lesson| check(&lesson));
}

#[test]
fn whatever_happens_is_told_by_its_trace_and_its_recording() {
    for_each_lesson(|lesson| {
        let runs = match measures(lesson) && !is_soak() {
            true => vec![short_run_of(lesson)],
            false => runs_of(lesson),
        };
        for run in runs {
            let (ended, trace) = run_with_trace(&format!("{run} --json"));
            let log = ended.events();
            check(&trace, &log);

            let shown = view_log(&ended.stdout, &[]);
            let lines: Vec<_> = log.iter().filter_map(|e| e["line"].as_str()).collect();
            assert!(!lines.is_empty(), "{run}");
            assert_eq!(shown.stdout, format!("{}\n", lines.join("\n")), "{run}");
            // The same values are lost, the same calls are refused.
            assert_eq!(shown.stderr, ended.stderr, "{run}");
            assert_eq!(shown.code(), 0);
            for table in [named(&log, "measured"), named(&log, "say")].concat() {
                let width = table["line"].as_str().unwrap().chars().count();
                assert!(width <= 78, "{run}: {table}");
            }
        }
    });
}

#[test]
fn the_lines_that_are_shown_are_those_of_the_log_and_are_explained() {
    for_each_lesson(|lesson| {
        if measures(lesson) && !is_soak() {
            return;
        }
        let (ended, trace) = run_with_trace(&format!("{} --explain", short_run_of(lesson)));
        let told = events_of(&trace).into_iter();
        let lines = told.filter_map(|e| e["args"]["line"].as_str().map(str::to_owned));
        let lines = lines.collect::<Vec<_>>().join("\n");
        assert_ne!(lines, "", "{lesson}");
        assert_eq!(sorted(&ended.stdout), sorted(&lines), "{lesson}");
        assert!(ended.stderr.starts_with("    "), "{ended:?}");
        for line in ended.stderr.lines() {
            let is_note = line.starts_with("    ") || line.starts_with("mp-demo: ");
            assert!(is_note && line.len() <= 100, "{lesson}: {line}");
        }
    });
}

#[test]
fn a_child_that_is_killed_is_named_and_nobody_is_left() {
    for_each_lesson(|lesson| {
        assert!(kill_child(lesson, |log| named(log, "started").first().copied()));
        kill_child(lesson, |log| named(log, "started").get(1).copied());
    });
}

#[test]
fn the_parents_death_takes_all_children_along() {
    for_each_lesson(|lesson| {
        for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
            let mut run = Running::with_log(&format!("{lesson} --speed 0.001"));
            run.wait_for_several(1, "started");
            let code = kill_parent(run, signal);
            // A lesson without pauses may have ended before.
            assert!([0, 128 + signal.as_raw()].contains(&code), "{lesson}: {code}");
        }
    });
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run() {
    for_each_lesson(|lesson| {
        let mut run = Running::with_log(&format!("{lesson} --speed 0.001"));
        run.wait_for_several(1, "started");
        close_output(run);
    });
}

#[test]
fn where_sigchld_is_ignored_or_blocked_the_end_of_each_child_is_learnt_all_the_same() {
    let blocks = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD]); \
                  os.execvp('mp-demo', sys.argv[1:])";
    for_each_lesson(|lesson| {
        if measures(lesson) && !is_soak() {
            return;
        }
        let words = format!("{} --speed 20 --json", short_run_of(lesson));
        for script in
            [format!("trap '' CHLD; exec {words}"), format!("exec python3 -c \"{blocks}\" {words}")]
        {
            // Lost values may be reported on stderr.
            let ended = run(&mut shell(&script));
            assert_eq!(ended.code(), 0, "{script}: {ended:?}");
            let events = ended.events();
            let children = |name| fields(&events, name, "child").len();
            assert!(children("started") > 0, "{script}");
            assert_eq!(children("started"), children("exited"), "{script}");
        }
    });
}
