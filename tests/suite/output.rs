//! Where the output goes: pipes, terminals, devices that are full, streams that are closed.

use std::io::Read;

use pty_process::blocking::{Command, open};

use crate::common::*;

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_at_once() {
    // The lesson writes nothing for a thousand seconds, so it has to notice without a write that
    // the reader is gone.
    for words in ["spawn --sleep 1000", "queue --pause 5000 --seed 7", "spawn --sleep 1000 --json"]
    {
        for cores in ["0", "0-1"] {
            let run_words = format!("taskset -c {cores} mp-demo {words}");
            let script = format!("{run_words} | head -1; echo ${{PIPESTATUS[0]}}");
            let ended = run(&mut shell(&script)).succeeded();
            assert_eq!(ended.lines().len(), 2, "{ended:?}");
            assert_eq!(ended.lines()[1], "0");
        }
    }
}

#[test]
fn a_full_device_is_one_error() {
    for words in ["queue --speed 100", "spawn --sleep 1000", "pipe --json", "--help", "--version"] {
        let ended = run(&mut shell(&format!("mp-demo {words} >/dev/full")));
        assert_eq!(ended.code(), 1, "{words}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        assert!(ended.stderr.starts_with("mp-demo: cannot write "), "{ended:?}");
        assert!(ended.stderr.contains("No space left on device"), "{ended:?}");
    }
}

#[test]
fn stdin_is_never_read() {
    let ended =
        run(&mut shell("printf 'one\ntwo\n' | { mp-demo queue --speed 100 >/dev/null; cat; }"));
    assert_eq!(ended.stdout, "one\ntwo\n");
}

const QUEUE: [&str; 6] = ["queue", "--stop", "eof", "--speed", "50", "--readers=2"];

#[test]
fn a_terminal_shows_each_process_in_a_colour_of_its_own() {
    let screen = on_terminal(&QUEUE, &[], (24, 80));
    let mut colours = std::collections::HashMap::new();
    for line in screen.lines() {
        let (colour, rest) = line.split_once('m').unwrap();
        assert!(colour.starts_with("\x1b[38;5;"), "{line:?}");
        let text = rest.strip_suffix("\x1b[0m").or(rest.strip_suffix("\x1b[39m")).unwrap();
        colours.entry(colour.to_owned()).or_insert_with(Vec::new).push(text.to_owned());
    }
    assert_eq!(colours.len(), 4, "{colours:?}");
    for lines in colours.values() {
        let starts: Vec<_> = lines.iter().map(|line| &line[..7]).collect();
        let expected: &[&str] = match starts[0] {
            "Parent " => &["Parent "],
            "Process" if lines[0].contains("write") => {
                &["Process", "Put A t", "Put B t", "Put C t"]
            }
            _ => {
                assert!(starts[1..].iter().all(|start| start.starts_with("Get ")));
                continue;
            }
        };
        assert_eq!(starts, expected);
    }
}

#[test]
fn without_colour_a_terminal_and_a_pipe_show_the_same() {
    let through_pipe = run(&mut mp_demo(QUEUE)).succeeded().stdout;
    assert!(!through_pipe.contains('\x1b'));
    let of_each = |screen: &str| {
        let lines = screen.lines().map(letters);
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        lines
    };
    let never = [&QUEUE[..], &["--color", "never"]].concat();
    for (args, variables) in [
        (&QUEUE[..], &[("NO_COLOR", "1")]),
        (&QUEUE[..], &[("TERM", "dumb")]),
        (&QUEUE[..], &[("CLICOLOR", "0")]),
        (&never[..], &[("CLICOLOR_FORCE", "1")]),
    ] {
        let screen = on_terminal(args, variables, (24, 80));
        assert_eq!(of_each(&screen), of_each(&through_pipe), "{args:?} {variables:?}");
    }
}

#[test]
fn colour_can_be_forced() {
    let pipe = ["pipe", "--speed", "100"];
    let forced = run(mp_demo(pipe).env("CLICOLOR_FORCE", "1")).succeeded();
    let always = run(&mut mp_demo(["pipe", "--speed", "100", "--color", "always"])).succeeded();
    let against = run(mp_demo(pipe).args(["--color=always"]).env("NO_COLOR", "1")).succeeded();
    for ended in [forced, always, against] {
        assert_eq!(ended.stdout.matches("\x1b[38;5;").count(), 3, "{ended:?}");
    }
    let json = run(mp_demo(pipe).args(["--json", "--color=always"])).succeeded();
    assert!(!json.stdout.contains('\x1b'));
}

#[test]
fn ctrl_c_ends_everybody() {
    use std::io::Write;
    let (mut terminal, other_side) = open().unwrap();
    let command = Command::new(PROGRAM).args(["spawn", "--sleep", "1000", "--json"]);
    let mut child = command.spawn(other_side).unwrap();
    let mut screen = String::new();
    let mut buffer = [0; 4096];
    while screen.matches("\"started\"").count() < 5 || screen.matches("\"sleep\"").count() < 5 {
        let length = terminal.read(&mut buffer).unwrap();
        screen += str::from_utf8(&buffer[..length]).unwrap();
    }
    terminal.write_all(b"\x03").unwrap();
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    for line in screen.lines().filter(|line| line.contains("\"started\"")) {
        assert!(ends(pid_in(&event(line)["child"])), "{line} is left");
    }
}

#[test]
fn a_bar_shows_progress_on_a_terminal_and_is_gone_before_a_failure_is_told() {
    let (mut terminal, other_side) = open().unwrap();
    let args = ["bound", "--kind", "io", "--tasks", "50", "--workers=2", "--json"];
    let command = Command::new(PROGRAM).args(args).env("TERM", "xterm-256color");
    let mut child = command.spawn(other_side).unwrap();
    let mut screen = String::new();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let mut is_killed = false;
    // On Linux a terminal whose other side is closed says EIO, not end-of-file.
    while let Ok(length @ 1..) = terminal.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..length]);
        screen = String::from_utf8_lossy(&bytes).into_owned();
        if !is_killed && screen.contains('\u{2591}') && screen.contains("\"task_done\"") {
            let started = screen.lines().find_map(|line| {
                let start = line.find("{\"v\":2").filter(|_| line.ends_with('}'))?;
                let event: serde_json::Value = serde_json::from_str(&line[start..]).ok()?;
                (event["child_role"] == "worker-1").then_some(event)
            });
            let worker = pid_in(&started.unwrap()["child"]);
            rustix::process::kill_process(worker, rustix::process::Signal::KILL).unwrap();
            is_killed = true;
        }
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let (before, told) = screen.split_once("mp-demo: worker-1").unwrap();
    assert!(told.contains("was killed by SIGKILL (9)"), "{told}");
    // These draw the bar; the last of them clears its line.
    let (_, behind_the_bar) = before.rsplit_once('\u{2591}').unwrap();
    assert!(behind_the_bar.contains("\x1b[2K"), "{behind_the_bar:?}");
    assert!(!told.contains('\u{2591}'), "{told:?}");
}

#[test]
fn on_a_narrow_terminal_a_line_ends_between_words() {
    let screen = |words: &str| {
        let words: Vec<_> = words.split(' ').collect();
        on_terminal(&words, &[("NO_COLOR", "1"), UTF_8], (24, 40))
    };
    let zombie = screen("zombie --speed 50");
    assert!(
        zombie.contains("\nThe child: S (sleeping), memory of its\n    own, my child\n"),
        "{zombie}"
    );
    let spawn = screen("spawn --children 1 --threads 1 --speed 50 --labels");
    assert!(spawn.contains("  Child\n    process will start.\n"), "{spawn}");
    // A row of a table keeps its column.
    let bound = screen("bound --kind io --tasks 1 --workers 1 --speed 50");
    assert!(bound.contains("\n      1 0."), "{bound}");
    for line in [zombie, spawn].iter().flat_map(|it| it.lines()) {
        assert!(line.chars().count() <= 40, "{line}");
    }
}
