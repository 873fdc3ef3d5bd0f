//! `--explain`

mod facts;
mod whole;

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::common::*;

/// The notes on stderr for a recorded run in `tests/logs/`. stdout has the same lines as without
/// notes.
fn notes_of(log: &str, language: &str, columns: usize) -> String {
    let path = format!("{}/tests/logs/{log}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let plain = run(&mut mp_demo(["view", &path]));
    let args = ["view", &path, "--explain", "--lang", language];
    let explained = run(mp_demo(args).env("COLUMNS", columns.to_string()));
    assert_eq!(explained.code(), 0, "{explained:?}");
    assert_eq!(explained.stdout, plain.stdout);
    explained.stderr
}

/// The same as one text, with ASCII brackets.
fn text_of(log: &str, language: &str) -> String {
    let text = notes_of(log, language, 10_000);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('（', " (").replace('）', ")")
}

/// The lines that are notes: those of the program itself begin with its name.
fn notes(stderr: &str) -> Vec<&str> {
    let lines = stderr.lines();
    lines.filter(|line| !line.starts_with("mp-demo: ")).collect()
}

#[test]
fn no_note_is_wider_than_the_terminal_and_all_are_indented() {
    for log in ["async", "bound-io", "queue-four-lost", "spawn-each"] {
        for language in ["en", "zh"] {
            for columns in [20, 40, 80, 200] {
                let stderr = notes_of(log, language, columns);
                for line in notes(&stderr) {
                    assert!(line.width() <= columns, "{columns}: {line}");
                    assert!(line.starts_with("  "), "{line:?}");
                    assert!(!line.trim().is_empty(), "{stderr}");
                }
            }
        }
    }
}

#[test]
fn notes_name_the_processes_of_this_run() {
    let ended = run_words("queue --speed 20 --stop eof --explain");
    let mut named = 0;
    for line in ended.lines() {
        for (label, role) in [("Process to write: ", "writer"), ("Process to read: ", "reader")] {
            if let Some(pid) = line.strip_prefix(label) {
                let name = format!("{role} (PID {pid})");
                // A note may be wrapped.
                let text = notes(&ended.stderr).join(" ");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(text.contains(&name), "{name} in {text}");
                named += 1;
            }
        }
    }
    assert_eq!(named, 2, "{ended:?}");
}

#[test]
fn colour_makes_notes_dim() {
    let ended = run(mp_demo(["memory", "--explain"]).env("CLICOLOR_FORCE", "1"));
    assert!(ended.stderr.lines().count() > 5, "{ended:?}");
    for line in ended.stderr.lines() {
        assert!(line.starts_with("    \x1b[2m") && line.ends_with("\x1b[0m"), "{line:?}");
    }
}

#[test]
fn a_long_recording_is_explained_in_few_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let mut log = String::from(
        r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"run","lesson":"queue","options":{},"seed":1,"cores":2,"version":"0"}"#,
    );
    log.push('\n');
    let mut write = |event: String| writeln!(log, "{{\"v\":1,\"t\":1,{event}}}").unwrap();
    for child in 2..302 {
        write(format!(
            r#""pid":1,"role":"parent","event":"started","child":{child},"child_role":"child-{child}""#
        ));
    }
    for n in 0..3_000 {
        for event in
            [format!(r#""event":"put","value":{n}"#), format!(r#""event":"sleep","seconds":{n}"#)]
        {
            write(format!(r#""pid":2,"role":"child-2",{event}"#));
        }
        write(format!(r#""pid":3,"role":"child-3","event":"get","value":{n}"#));
    }
    for child in 2..302 {
        for event in
            [r#""event":"join""#, r#""event":"exited","status":{"code":0}"#, r#""event":"joined""#]
        {
            write(format!(
                r#""pid":1,"role":"parent",{event},"child":{child},"child_role":"child-{child}""#
            ));
        }
    }
    std::fs::write(&path, log).unwrap();
    let ended = run(mp_demo(["view"]).arg(&path).arg("--explain"));
    assert_eq!(ended.code(), 0);
    assert!(ended.stderr.lines().count() < 80, "{}", ended.stderr);
}

#[test]
fn a_log_that_stops_before_its_run_does_not_say_that_values_are_lost() {
    let log = include_str!("../../logs/queue-four-lost.jsonl");
    let has_put = |line: &&str| line.contains(r#""event":"put""#);
    let puts = log.lines().filter(has_put).count();
    let lines: Vec<_> = log.split_inclusive('\n').collect();
    let first_put = lines.iter().position(has_put).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let told = |lines: &[&str], language| {
        std::fs::write(&path, lines.concat()).unwrap();
        let args = ["view", path.to_str().unwrap(), "--explain", "--lang"];
        let ended = run(mp_demo(args).arg(language).env("COLUMNS", "200"));
        assert_eq!(ended.code(), 0, "{ended:?}");
        ended.stderr
    };
    let stopped = told(&lines[..=first_put], "en");
    for expected in [
        "mp-demo: 1 value was put and not received by the end of this log: \"A\"\n",
        "    1 value was put and not received by the end of this log.\n",
    ] {
        assert!(stopped.contains(expected), "{stopped}");
    }
    assert!(!stopped.contains("lost"), "{stopped}");
    let stopped = told(&lines[..=first_put], "zh");
    for expected in [
        "mp-demo: 就这份日志来看，1 个值放进了队列却没有被取走：\"A\"\n",
        "    就这份日志来看，有 1 个值放入后没有被取走。\n",
    ] {
        assert!(stopped.contains(expected), "{stopped}");
    }
    let whole = told(&lines, "en");
    assert!(whole.contains(&format!("Of {puts} values that were put")), "{whole}");
}
