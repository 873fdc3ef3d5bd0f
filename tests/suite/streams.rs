//! Streams that are closed, full or not ready, and text that could harm a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::common::*;

/// All commands that write to stdout.
const COMMANDS: [&str; 12] = [
    "queue --speed 100",
    "queue --speed 100 --json",
    "memory --timeline --explain",
    "pipe --speed 100 --trace /dev/null",
    "view tests/logs/memory.jsonl",
    "show queue",
    "show queue --python",
    "help queue",
    "--help",
    "--version",
    "completions bash",
    "man",
];

#[test]
fn a_stdout_that_nothing_can_be_written_to_is_an_error_for_every_command() {
    let read_only = |words: &str| shell(&format!("mp-demo {words} 1</etc/passwd"));
    let end_of_pipe = |words: &str| shell(&format!(": | mp-demo {words} 1<&0"));
    for words in COMMANDS {
        for mut command in [read_only(words), end_of_pipe(words)] {
            let ended = run(command.current_dir(env!("CARGO_MANIFEST_DIR")));
            assert_eq!((ended.code(), ended.stdout.as_str()), (1, ""), "{words}");
            let sentence = "mp-demo: cannot write to stdout: Bad file descriptor\n";
            assert_eq!(ended.stderr, sentence, "{words}");
        }
    }
    // A child by hand notices when it puts.
    let ended = run(&mut shell("mp-demo child queue-writer A 1</etc/passwd"));
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stderr.ends_with("Bad file descriptor\n"));
}

#[test]
fn a_stdout_that_somebody_throws_away_is_none() {
    // As Python's `subprocess.DEVNULL` opens it, and as std replaces closed streams.
    let null = || File::options().read(true).write(true).open("/dev/null");
    for words in COMMANDS {
        let mut command = mp_demo(words.split(' '));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let status = command.stdout(null().unwrap()).stderr(null().unwrap());
        assert!(status.status().unwrap().success(), "{words}");
    }
}

#[test]
fn a_stderr_that_takes_nothing_is_no_error() {
    for stderr in ["2>&-", "2</etc/passwd", "2>/dev/full", "2> >(:)"] {
        for words in [
            "pipe --simplex --reply --explain --speed 100",
            "view tests/logs/queue-lost.jsonl",
            "spawn --speed 100 <&-",
        ] {
            let mut command = shell(&format!("mp-demo {words} {stderr}"));
            let ended = run(command.current_dir(env!("CARGO_MANIFEST_DIR")));
            assert_eq!(ended.code(), 0, "{words} {stderr}");
            assert!(ended.lines().len() > 1, "{words} {stderr}");
        }
        assert_eq!(run(&mut shell(&format!("mp-demo quue {stderr}"))).code(), 2);
    }
    let by_hand = run(&mut shell("mp-demo child queue-writer A 2>&-"));
    assert_eq!(by_hand.succeeded().stdout, "\"A\"\n");
}

#[test]
fn closed_streams_are_empty_and_take_everything_as_in_other_programs() {
    for words in COMMANDS {
        let mut command = shell(&format!("mp-demo {words} <&- >&-"));
        let ended = run(command.current_dir(env!("CARGO_MANIFEST_DIR")));
        assert_eq!((ended.code(), ended.stdout.as_str()), (0, ""), "{words}: {ended:?}");
    }
    let ended = run(&mut shell("mp-demo view - <&-"));
    assert!(ended.stderr.contains("standard input is empty"), "{ended:?}");
}

/// The output of a command to a pipe that is full at first, as stdout or stderr.
fn through_full_pipe(args: &[&str], is_stderr: bool) -> String {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    let mut filled = 0;
    while let Ok(length) = writer.write(&[b'\n'; 4096]) {
        filled += length;
    }
    assert!(filled > 0);
    let mut command = mp_demo(args);
    match is_stderr {
        true => command.stdout(Stdio::null()).stderr(writer),
        false => command.stdout(writer).stderr(Stdio::null()),
    };
    let mut child = command.spawn().unwrap();
    // It keeps its end of the pipe.
    drop(command);
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success());
    output.split_off(filled)
}

#[test]
fn an_output_that_is_not_ready_is_waited_for() {
    let [long, lost] = ["bound-io", "queue-lost"].map(recorded);
    for (args, is_stderr) in [
        (&["view", &long, "--json"][..], false),
        (&["view", &long, "--timeline"], false),
        (&["view", &long, "--trace", "/dev/stdout"], false),
        (&["help", "queue"], false),
        (&["show", "queue"], false),
        (&["completions", "bash"], false),
        (&["view", &lost, "--explain"], true),
        (&["child", "queue-writer", "--pause", "0", "A", "B"], true),
    ] {
        let ended = run(&mut mp_demo(args));
        let expected = if is_stderr { ended.stderr } else { ended.stdout };
        let output = through_full_pipe(args, is_stderr);
        let is_same = output == expected || letters(&output) == letters(&expected);
        assert!(is_same, "{args:?}: {output}");
    }
}

#[test]
fn a_stdin_that_is_not_ready_is_waited_for() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&reader).unwrap();
    fcntl_setfl(&reader, flags | OFlags::NONBLOCK).unwrap();
    let mut running = Running::start(mp_demo(["view", "-"]).stdin(reader));
    let log = text_of("tests/logs/queue-terminate.jsonl");
    // The first line is read before the rest is written, so the program waited for room.
    let (begin, rest) = log.split_at(log.find("Put A").unwrap());
    writer.write_all(begin.as_bytes()).unwrap();
    assert_eq!(running.line().unwrap(), "Parent process 43784");
    writer.write_all(rest.as_bytes()).unwrap();
    drop(writer);
    let ended = running.finish().succeeded();
    assert_eq!(ended.lines().last(), Some(&"Get C from queue."));
}

/// A forged recording with text that could harm a terminal.
const HOSTILE: &str = "x\\nmp-demo: all is well\\u001b[2J\\u202e\\u200b";

fn event_with(fields: &str) -> String {
    event_of("queue", fields)
}

fn event_of(lesson: &str, fields: &str) -> String {
    let run = r#""role":"parent","event":"run","options":{},"seed":1,"cores":2,"version":"0""#;
    let run = format!(r#"{{"v":1,"t":0,"pid":1,{run},"lesson":"{lesson}"}}"#);
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
    // A lesson's own event is one in that lesson's logs only.
    let pool = format!(
        r#""role":"parent","event":"pool","kind":"{HOSTILE}","with":"{HOSTILE}","workers":1,"tasks":1"#
    );
    let pool = event_of("bound", &pool);
    for log in damaged.iter().map(|fields| event_with(fields)).chain([pool]) {
        let ended = run(&mut view(log, &["--timeline", "--explain"]));
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert_harmless(&ended.stderr);
        let last = ended.stderr.lines().last().unwrap();
        assert!(last.starts_with("mp-demo: "), "{ended:?}");
    }
    let told = [
        format!(r#""role":"writer","event":"error","message":"{HOSTILE}""#),
        format!(r#""role":"writer","event":"refused","call":"send","message":"{HOSTILE}""#),
        format!(r#""role":"writer","event":"put","value":"{HOSTILE}""#),
    ];
    let own = format!(r#""role":"writer","event":"counter","value":1,"address":"{HOSTILE}""#);
    let own = event_of("memory", &own);
    for log in told.iter().map(|fields| event_with(fields)).chain([own]) {
        let options = ["--timeline", "--explain"];
        let ended = run(view(log, &options).env("LC_ALL", "C.UTF-8"));
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
    let forged = text.lines().any(|line| line.starts_with("mp-demo: all is well"));
    let is_obeyed = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
    assert!(!forged && !text.contains(is_obeyed), "{text:?}");
}

/// A value that would clear the screen, forge a line and reverse the direction of writing.
const VALUE: &str = "\u{1b}[2J\rmp-demo: all is well\u{7f}\u{9b}1m\u{202e}";

#[test]
fn a_line_of_the_article_is_as_it_is_in_a_pipe_and_shown_on_a_terminal() {
    let args = ["queue", "--stop", "eof", "--speed", "1000", VALUE, "a\n\tb"];
    let piped = run(&mut mp_demo(args)).succeeded().stdout;
    assert!(piped.contains(&format!("Put {VALUE} to queue...\n")), "{piped:?}");
    let shown = r"\x1b[2J\rmp-demo: all is well\x7f\x9b1m\u202e";
    for options in [&[][..], &["--labels"]] {
        let args = [&args[..], options].concat();
        let screen = on_terminal(&args, &[("NO_COLOR", "1")], (24, 80));
        let line = format!("Put {shown} to queue...\n");
        assert!(screen.contains(&line), "{screen:?}");
        // Newlines and tabs do no harm.
        assert!(screen.contains("Put a\n"), "{screen:?}");
        assert!(screen.contains("\tb to queue...\n"), "{screen:?}");
        assert!(!screen.contains(['\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}']));
    }
    // The same holds for a child by hand.
    let by_hand = ["child", "queue-writer", VALUE];
    let piped = run(&mut mp_demo(by_hand)).stderr;
    assert!(piped.contains(&format!("Put {VALUE} to queue...\n")));
    let screen = on_terminal(&by_hand, &[], (24, 80));
    let line = format!("Put {shown} to queue...\n");
    assert!(screen.contains(&line), "{screen:?}");
}

#[test]
fn a_log_and_a_trace_on_a_terminal_are_the_same_json_without_what_it_would_obey() {
    // JSON allows all of these characters.
    let value = "\u{7f}\u{9b}1m\u{202e}\u{e0001}你";
    let fields = format!("\t\"role\":\"writer\",\"event\":\"put\",\"value\":\"{value}\"");
    let mut log = tempfile::NamedTempFile::new().unwrap();
    log.write_all(event_with(&fields).as_bytes()).unwrap();
    let file = log.path().to_str().unwrap();
    let piped = run(&mut mp_demo(["view", file, "--json"])).stdout;
    assert_eq!(piped, event_with(&fields));

    let no_colour = [("NO_COLOR", "1")];
    let is_obeyed = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{e0001}".contains(c));
    let screen = on_terminal(&["view", file, "--json"], &no_colour, (24, 80));
    assert!(!screen.contains(is_obeyed), "{screen:?}");
    let events = |log: &str| -> Vec<_> {
        let lines = log.lines().filter(|line| line.starts_with('{'));
        lines.map(event).collect()
    };
    assert_eq!(events(&screen), events(&piped));

    let screen = on_terminal(&["view", file, "--trace", "-"], &no_colour, (24, 80));
    assert!(!screen.contains(is_obeyed), "{screen:?}");
    let lines = screen.lines().map(|line| line.trim_end_matches(','));
    let mut lines = lines.filter(|line| line.starts_with("{\"name\":"));
    assert!(lines.any(|line| event(line)["args"]["value"] == value), "{screen}");
}

#[test]
fn what_a_child_says_besides_its_events_is_shown_on_a_terminal() {
    // A python3 that prints something, and is none.
    let folder = tempfile::tempdir().unwrap();
    script(
        &folder.path().join("python3"),
        "printf '\\033]0;title\\007\\233' >&2; echo >&2; exit 1",
    );
    let variables = [("PATH", folder.path().to_str().unwrap()), ("NO_COLOR", "1")];
    let screen = on_terminal(&["cost", "--quick"], &variables, (24, 80));
    assert!(screen.contains("\\x1b]0;title\\x07\\x9b\n"), "{screen:?}");
    assert!(!screen.contains("\u{1b}]0;"), "{screen:?}");
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
fn a_pager_that_cannot_be_started_is_done_without() {
    let page = on_terminal(&["show", "memory"], &[("PAGER", "")], (24, 80));
    assert!(page.lines().count() > 40, "{page}");
    for pager in ["cat", " ", "less 'unclosed", "less |", "no-such-pager", "/", "exit 127"] {
        let screen = on_terminal(&["show", "memory"], &[("PAGER", pager)], (24, 80));
        // The shell may print a message before.
        assert!(screen.ends_with(&page), "{pager}: {screen}");
    }
    // The default pager may be missing, too.
    assert_eq!(on_terminal(&["show", "memory"], &[("PATH", "/nowhere")], (24, 80)), page);
    // Whatever its exit status, it has shown the page.
    let screen = on_terminal(&["show", "memory"], &[("PAGER", "cat; exit 2")], (24, 80));
    assert_eq!(screen, page);
}

#[test]
fn less_gets_colours_through_whatever_options_the_user_has() {
    if !has("less") {
        return;
    }
    for pager in ["less", "less -i", "/usr/bin/less -i -j10"] {
        let variables = [("PAGER", pager), ("LESS", "-FX -j10"), ("CLICOLOR_FORCE", "1")];
        let screen = on_terminal(&["show", "memory"], &variables, (2000, 80));
        // The characters themselves must not be there.
        assert!(!screen.contains("ESC"), "{screen}");
        assert!(screen.contains("\u{1b}["), "{screen}");
    }
}

#[test]
fn a_terminal_obeys_nothing_that_a_refused_command_line_has_in_it() {
    let hostile = "x\u{1b}]0;t\u{7}\u{1b}[31m\u{7f}\u{9b}\u{202e}";
    for language in ["en", "zh"] {
        for words in [
            vec![hostile],
            vec!["queue", "--kill", hostile],
            vec!["queue", "--stop", hostile],
            vec!["queue", "--reader", hostile, "--readers", hostile],
            vec!["spawn", "--sleep", hostile],
            vec!["show", hostile],
            vec!["help", hostile],
            vec!["man", hostile],
            vec!["why", hostile],
            vec!["predict", hostile],
            vec!["completions", hostile],
            vec!["child", hostile],
            vec!["child", "queue-reader", hostile],
            vec!["queue", "--color", hostile],
            vec!["queue", &format!("--{hostile}")],
        ] {
            let all = [&words[..], &["--lang", language]].concat();
            let (code, screen) = code_and_screen(&all, &[], (24, 400));
            assert_eq!(code, Some(2), "{screen}");
            let is_obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
            assert!(!screen.contains(is_obeyed), "{words:?}: {screen:?}");
            assert!(screen.contains("x\\x1b]0;t\\x07\\x1b[31m\\x7f\\x9b\\u202e"), "{screen:?}");
        }
    }
    // Without such words, it is in colour.
    let (_, screen) = code_and_screen(&["quue"], &[], (24, 80));
    assert!(screen.contains("\u{1b}["), "{screen:?}");
}
