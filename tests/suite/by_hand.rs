//! `mp-demo child`, started by a person in a shell.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::{fs, thread};

use rustix::io::ioctl_fionread;
use rustix::pipe::fcntl_setpipe_size;
use rustix::process::{Pid, Signal, kill_process};

use crate::common::*;

#[test]
fn a_shell_pipeline_is_the_queue_lesson() {
    let ended = run(&mut shell(
        "mp-demo child queue-writer --speed 100 A B C | mp-demo child queue-reader; \
         echo ${PIPESTATUS[@]}",
    ));
    assert_eq!(ended.stdout, "0 0\n");
    // The page on usage shows its other lines.
    assert!(ended.stderr.ends_with("Get C from queue.\n"), "{ended:?}");
}

#[test]
fn rubbish_on_a_childs_stdin_is_one_error_that_names_the_line() {
    for (script, expected) in [
        (
            r"printf '1\n[2,\n3\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 2 is no JSON value: EOF while parsing a value at column 0",
        ),
        (
            r"printf '\377\376\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 1 is no JSON value: expected value at column 1",
        ),
        (
            "printf '1\\n2' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 2 ends before its newline",
        ),
        (
            "yes | tr -d '\\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 1 is longer than 4096 bytes",
        ),
        (
            "echo oops | mp-demo child pipe-writer --reply >/dev/null",
            "mp-demo: cannot receive from the pipe: line 1 is no JSON value: expected value at column 1",
        ),
        (
            "mp-demo child pipe-writer --reply </dev/null >/dev/null",
            "mp-demo: cannot receive: the other end of the pipe is closed (EOFError in Python)",
        ),
        (
            "mp-demo child queue-writer A B | :",
            "mp-demo: cannot put into the queue: it has no reader any more",
        ),
    ] {
        let ended = run(&mut shell(&format!("set -o pipefail; {script}")));
        assert_eq!(ended.stderr.lines().last(), Some(expected), "{script}");
        assert_eq!(ended.stderr.matches("mp-demo: ").count(), 1, "{script}");
        assert_eq!(ended.stdout, "", "{script}");
        assert_eq!(ended.code(), 1, "{script}");
    }
}

#[test]
fn what_is_no_lock_is_not_taken_for_one() {
    for null in ["1<>/dev/null", ">/dev/null"] {
        let ended = run(&mut shell(&format!("echo 1 | mp-demo child queue-reader --lock {null}")));
        assert_eq!(ended.code(), 1, "{null}: {ended:?}");
        assert!(ended.stderr.contains("cannot use the lock"), "{ended:?}");
    }
}

#[test]
fn a_child_with_a_parent_that_is_not_its_own_refuses_to_run() {
    let ended = run(&mut shell("mp-demo child queue-reader --parent 1 --epoch 0 < /dev/null"));
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert_eq!(event(&ended.stderr)["why"][0]["kind"], "not_the_parent");
}

#[test]
fn a_value_that_was_taken_is_told_even_if_sigterm_comes_before_its_line() {
    let (stdin, mut queue) = os_pipe::pipe().unwrap();
    let (stderr, mut log) = os_pipe::pipe().unwrap();
    // So small that one line more than it holds has to wait.
    let size = fcntl_setpipe_size(&log, 4096).unwrap();
    let mut command = mp_demo(["child", "queue-reader"]);
    command.stdin(stdin.try_clone().unwrap()).stderr(log.try_clone().unwrap());
    let mut reader = command.stdout(Stdio::null()).spawn().unwrap();
    // It has copies of the pipes' ends.
    drop(command);
    let pid = Pid::from_child(&reader);
    let mut stderr = BufReader::new(stderr);
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("Process to read: "), "{line}");

    // It takes the value, and can't tell so. Then SIGTERM comes, and has to wait.
    log.write_all(&vec![b'\n'; size]).unwrap();
    drop(log);
    queue.write_all(b"\"A\"\n").unwrap();
    while ioctl_fionread(&stdin).unwrap() > 0 {
        thread::yield_now();
    }
    kill_process(pid, Signal::TERM).unwrap();
    while !is_held_back_or_dead(pid) {
        thread::yield_now();
    }
    let mut told = String::new();
    stderr.read_to_string(&mut told).unwrap();
    assert_eq!(told.trim(), "Get A from queue.");
    assert_eq!(reader.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
}

/// Whether this process holds SIGTERM back, or has ended.
fn is_held_back_or_dead(pid: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_pid())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().to_owned()
    };
    let signals = |name: &str| u64::from_str_radix(&field(name), 16).unwrap();
    let held_back = signals("ShdPnd:") & signals("SigBlk:");
    held_back & 1 << (Signal::TERM.as_raw() - 1) != 0 || field("State:").starts_with('Z')
}
