//! `why -- COMMAND` is as if the command were run without it.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::screens::why;
use crate::common::*;

/// What a shell does before it starts a command.
const SETTINGS: [&str; 11] = [
    "",
    "trap '' HUP;",
    "trap '' INT QUIT;",
    "trap '' TERM;",
    "trap '' CHLD;",
    "trap '' USR1 USR2 ALRM CONT TSTP;",
    "umask 027;",
    "cd /;",
    "exec 7</dev/null;",
    "ulimit -n 100;",
    "ulimit -s 1024;",
];

#[test]
fn in_each_setting_the_program_sees_the_same() {
    const SEEN: [&str; 4] = ["SigBlk", "SigIgn", "SigCgt", "Umask"];
    at_once(SETTINGS, |setting| {
        let seen = |before: &[&str]| {
            // (dash holds signals back while it forks, so not of `$$`.)
            let look = "cat /proc/self/status; pwd; ulimit -a; ls /proc/$$/fd";
            let mut command = command("sh");
            command.args(["-c", &format!("{setting} exec \"$@\""), "sh"]).args(before);
            let all = run(command.args(["sh", "-c", look])).stdout;
            let (status, rest) = all.split_once("nonvoluntary").unwrap();
            let status = status.lines().filter(|line| SEEN.iter().any(|it| line.starts_with(it)));
            // Of the rest, the first line is a count.
            let rest = rest.lines().skip(1);
            status.chain(rest).map(Into::into).collect::<Vec<String>>()
        };
        let without = seen(&[]);
        assert!(without.len() > SEEN.len(), "{without:?}");
        assert_eq!(seen(&[PROGRAM, "why", "--"]), without, "{setting}");
    });
}

#[test]
fn what_would_end_it_reaches_the_program() {
    use Signal as S;
    for (name, signal) in [
        ("HUP", S::HUP),
        ("INT", S::INT),
        ("QUIT", S::QUIT),
        ("USR1", S::USR1),
        ("USR2", S::USR2),
        ("ALRM", S::ALARM),
        ("TERM", S::TERM),
        ("VTALRM", S::VTALARM),
        ("PROF", S::PROF),
        ("IO", S::IO),
        ("PWR", S::POWER),
    ] {
        let script = format!("trap 'exit 3' {name}; echo ready; while :; do sleep 0.1; done");
        let mut run = Running::start(&mut why(&[], &["sh", "-c", &script]));
        assert_eq!(run.line().as_deref(), Some("ready"));
        run.signal(signal);
        assert_eq!(run.finish().code(), 3, "{name}");
    }
}

#[test]
fn when_it_is_killed_the_program_runs_on() {
    let mut run = Running::start(&mut why(&[], &["sh", "-c", "echo $$; exec sleep 1000"]));
    let program = Pid::from_raw(run.line().unwrap().parse().unwrap()).unwrap();
    run.signal(Signal::KILL);
    // The program has its stdout.
    let (mut child, _) = run.close_stdout();
    child.wait().unwrap();
    assert!(exists(program));
    kill_process(program, Signal::KILL).unwrap();
}

#[test]
fn a_program_that_stops_itself_gives_the_prompt_back() {
    let (mut terminal, other_side) = pty_process::blocking::open().unwrap();
    terminal.resize(pty_process::Size::new(24, 200)).unwrap();
    let command = pty_process::blocking::Command::new("bash");
    let command = command.args(["--norc", "--noprofile", "-i"]).env("PS1", "prompt ");
    let Ok(mut shell) = command.spawn(other_side) else {
        return skipped("there is no bash");
    };
    let mut screen = String::new();
    let mut until = |terminal: &mut pty_process::blocking::Pty, text: &str| {
        let mut some = [0; 4096];
        let end = loop {
            if let Some(found) = screen.find(text) {
                break found + text.len();
            }
            let length = terminal.read(&mut some).unwrap();
            screen += &String::from_utf8_lossy(&some[..length]);
        };
        // What came behind it may be all that comes.
        screen.drain(..end);
    };
    until(&mut terminal, "prompt ");
    let line = format!("{PROGRAM} why -- sh -c 'kill -STOP $$; echo went on'; echo st''opped\n");
    terminal.write_all(line.as_bytes()).unwrap();
    until(&mut terminal, "stopped\r");
    terminal.write_all(b"fg; echo status $?\n").unwrap();
    until(&mut terminal, "went on");
    until(&mut terminal, "status 0");
    terminal.write_all(b"exit\n").unwrap();
    shell.wait().unwrap();
}

/// What it says of a program on stderr, with its exit status.
fn told(program: &[&str]) -> (i32, String) {
    let ended = run(why(&["--patience", "0.6", "--end"], program).stdin(Stdio::null()));
    (ended.code(), ended.stderr)
}

#[test]
fn one_that_is_most_likely_stuck_is_ended_later_which_is_said_beforehand() {
    let script = "import signal, threading; event = threading.Event(); \
                  signal.signal(signal.SIGTERM, lambda *it: event.set()); event.wait()";
    let (code, said) = told(&["python3", "-c", script]);
    let has = |text: &str| said.contains(text);
    assert!(has("Most likely stuck: this process can't go on, unless "), "{said}");
    assert!(has(" gets SIGTERM, which it handles.\n"), "{said}");
    assert!(has(" s if nothing happens.\nmp-demo ends it.\n"), "{said}");
    // It ends by itself, as SIGTERM is what it waits for.
    assert_eq!(code, 0);
}

#[test]
fn a_circle_is_told_and_ended_whatever_a_daemon_beside_it_does() {
    let script = "import os, time\n\
                  if os.fork() == 0: time.sleep(1000)\n\
                  ours, child = os.pipe(), os.fork()\n\
                  if child == 0: os.close(ours[1]); os.read(ours[0], 1); os._exit(0)\n\
                  os.waitpid(child, 0)";
    let (code, said) = told(&["python3", "-c", script]);
    assert!(said.starts_with("Some are stuck: 2 of these 3 processes can't go on.\n"), "{said}");
    assert!(said.ends_with("mp-demo ends it.\n"), "{said}");
    assert_eq!(code, 128 + 15);
}

#[test]
fn a_child_that_was_killed_is_named_first() {
    let script = "import os, signal, time\n\
                  ours = os.pipe()\n\
                  child = os.fork()\n\
                  if child == 0: time.sleep(1000)\n\
                  os.kill(child, signal.SIGKILL)\n\
                  os.read(ours[0], 1)";
    let (_, said) = told(&["python3", "-c", script]);
    let lines: Vec<&str> = said.lines().collect();
    let words: Vec<&str> = lines[2].split(' ').collect();
    assert_eq!(words[1..4], ["its", "child", words[3]], "{said}");
    assert!(lines[2].ends_with(" was killed by SIGKILL (9)."), "{said}");
}

#[test]
fn a_full_pipe_whose_reader_only_polls_is_told_and_never_ended() {
    let script = "import subprocess, sys, time\n\
                  child = subprocess.Popen(['seq', '100000'], stdout=subprocess.PIPE)\n\
                  while child.poll() is None: time.sleep(0.05)";
    let mut command: Command = why(&["--patience", "0.5", "--end"], &["python3", "-c", script]);
    let mut run = super::screens::Watched::start(command.stdin(Stdio::null()));
    let line = run.line();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1..3], ["has", "waited"], "{line}");
    assert!(line.contains(" s in write() for room in a pipe that only "), "{line}");
}

#[test]
fn what_cannot_be_told_is_told_once_with_its_reason() {
    if !has("cc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let modes = super::programs::Program::modes("modes.c").into_iter();
    let semop = modes.into_iter().find(|it| it.name == "modes.c semop").unwrap();
    let semop = semop.command(folder.path()).unwrap();
    let program = semop.get_program().to_string_lossy().into_owned();
    let mut command = why(&["--patience", "0.5"], &[&program, "semop"]);
    let mut run = super::screens::Watched::start(&mut command);
    run.line_with("Whether they are stuck can't be told");
    run.line_with("The kernel doesn't tell who could end semop()");
    run.line_with("It is left as it is");
}
