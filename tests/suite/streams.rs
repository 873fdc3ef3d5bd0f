//! Streams that are not what they should be, and text that is not ours.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::common::*;

#[test]
fn a_stdout_that_nothing_can_be_written_to_is_an_error_for_every_command() {
    let log = recorded("memory");
    for words in [
        "queue --speed 100",
        "queue --speed 100 --json",
        "memory --timeline",
        &format!("view {log}"),
        "show queue",
        "show queue --python",
        "help queue",
        "--help",
        "--version",
        "completions bash",
        "man",
    ] {
        let mut command = mp_demo(words.split(' '));
        command.stdout(File::open("/etc/passwd").unwrap());
        let ended = command.output().unwrap();
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{words}: {stderr}");
        assert!(stderr.contains("Bad file descriptor"), "{words}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{words}: {stderr}");
    }
}

#[test]
fn a_stdout_that_is_not_ready_is_waited_for() {
    let log = recorded("bound-io");
    let expected = run(&mut mp_demo(["view", &log, "--json"])).stdout;
    let (mut reader, writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    // As full as it gets.
    let filler = [b'\n'; 4096];
    let mut filled = 0;
    while let Ok(length) = (&writer).write(&filler) {
        filled += length;
    }
    let mut command = mp_demo(["view", &log, "--json"]);
    let mut child = command
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(command);
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(filled > 0);
    assert_eq!(&output[filled..], expected);
}

/// A recording in which somebody else has written whatever could do harm on a terminal.
const HOSTILE: &str = "x\\nmp-demo: all is well\\u001b[2J\\u202e\\u200b";

fn event_with(fields: &str) -> String {
    let run = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"run","lesson":"queue","options":{},"seed":1,"cores":2,"version":"0"}"#;
    format!("{run}\n{{\"v\":1,\"t\":1,\"pid\":2,{fields}}}\n")
}

#[test]
fn nothing_foreign_reaches_the_screen_raw() {
    let damaged = [
        format!(r#""role":"writer","event":"{HOSTILE}""#),
        format!(r#""role":"{HOSTILE}","event":"ended""#),
        format!(r#""role":"writer","thread":"{HOSTILE}","event":"ended""#),
        format!(r#""role":"writer","event":"wait","call":"{HOSTILE}""#),
        format!(
            r#""role":"parent","event":"exited","child":3,"child_role":"x","status":{{"{HOSTILE}":1}}"#
        ),
        format!(
            r#""role":"parent","event":"exited","child":3,"child_role":"{HOSTILE}","status":{{"code":1}}"#
        ),
    ];
    for fields in damaged {
        let ended = run(&mut view(event_with(&fields), &["--timeline", "--explain"]));
        assert_eq!(ended.code(), 1, "{fields}");
        assert_harmless(&ended.stderr);
        let last = ended.stderr.lines().last().unwrap();
        assert!(last.starts_with("mp-demo: "), "{ended:?}");
    }
    let told = [
        format!(r#""role":"writer","event":"error","message":"{HOSTILE}""#),
        format!(r#""role":"writer","event":"refused","call":"send","message":"{HOSTILE}""#),
        format!(r#""role":"writer","event":"put","value":"{HOSTILE}""#),
        format!(r#""role":"writer","event":"counter","value":1,"address":"{HOSTILE}""#),
        format!(
            r#""role":"writer","event":"pool","kind":"{HOSTILE}","with":"{HOSTILE}","workers":1,"tasks":1"#
        ),
    ];
    for fields in told {
        let options = ["--timeline", "--explain"];
        let ended = run(view(event_with(&fields), &options).env("LC_ALL", "C.UTF-8"));
        assert_eq!(ended.code(), 0, "{ended:?}");
        assert_harmless(&ended.stderr);
        assert_harmless(&ended.stdout);
    }
    let name = "a\n\u{1b}[2J\u{202e}";
    for args in [
        vec!["view", name],
        vec!["pipe", "--speed", "1000", "--trace", "/nowhere/\n\u{1b}[2J"],
        vec![name],
        vec!["queue", "--stop", name],
    ] {
        let ended = run(&mut mp_demo(args));
        assert_harmless(&ended.stderr);
    }
}

#[track_caller]
fn assert_harmless(text: &str) {
    let forged = text
        .lines()
        .any(|line| line.starts_with("mp-demo: all is well"));
    let is_obeyed = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
    assert!(!forged && !text.contains(is_obeyed), "{text:?}");
}

#[test]
fn a_line_of_the_article_is_as_it_is_in_a_pipe_and_shown_on_a_terminal() {
    let value = "\u{1b}[31mred\u{202e}";
    let args = ["queue", "--stop", "eof", "--speed", "1000", value];
    let piped = run(&mut mp_demo(args)).succeeded().stdout;
    assert!(
        piped.contains(&format!("Put {value} to queue...\n")),
        "{piped:?}"
    );
    let screen = on_terminal(&args, &[("NO_COLOR", "1")], (24, 80));
    assert!(
        screen.contains("Put \\x1b[31mred\\u202e to queue...\n"),
        "{screen:?}"
    );
}

#[test]
fn a_mark_at_the_start_and_empty_lines_are_no_damage() {
    let log = text_of("tests/logs/memory.jsonl");
    let expected = run(&mut view(&log, &["--timeline"]));
    let edited = format!("\u{feff}{}\n\n", log.replace('\n', "\r\n\n"));
    let ended = run(&mut view(edited, &["--timeline"]));
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert_eq!(ended.stdout, expected.stdout);
    let empty = run(&mut view("\n\n", &[]));
    assert!(empty.stderr.contains("is empty"), "{empty:?}");
}

#[test]
fn a_pager_that_cannot_be_read_or_has_options_of_its_own_shows_the_page() {
    for pager in ["less 'unclosed", "exit 2", "no-such-pager --x", "exit 127"] {
        let screen = on_terminal(&["show", "memory"], &[("PAGER", pager)], (24, 80));
        assert!(
            screen.contains("mp-demo show memory") || screen.contains("Memory"),
            "{pager}: {screen}"
        );
        assert!(screen.lines().count() > 40, "{pager}: {screen}");
    }
    if !has("less") {
        return;
    }
    // Colours, not what they are made of.
    let screen = on_terminal(
        &["show", "memory"],
        &[
            ("PAGER", "less"),
            ("LESS", "-FX -j10"),
            ("CLICOLOR_FORCE", "1"),
        ],
        (2000, 80),
    );
    assert!(!screen.contains("ESC"), "{screen}");
    assert!(screen.contains("\u{1b}["), "{screen}");
}
