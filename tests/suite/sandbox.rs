//! Runs in a sandbox, on an old kernel, or in a container.

use std::fs;
use std::process::Command;

use rustix::process::Signal;

use crate::common::*;

/// The program, to which the kernel refuses these calls with this error number.
fn refused(errno: i32, calls: &str, words: &str) -> Command {
    let mut python = command("python3");
    python.arg(path_of("tests/python/refuse.py"));
    python.args([&errno.to_string(), calls, PROGRAM]);
    python.args(words.split_whitespace());
    python
}

const ENOSYS: i32 = 38;
const EPERM: i32 = 1;

/// Calls that a run can do without, by their numbers on x86-64.
const CALLS: [(&str, &str); 6] = [
    ("pidfd_open", "434"),
    ("prctl", "157"),
    ("waitid", "247"),
    ("close_range", "436"),
    ("preadv2", "327"),
    ("clone3", "435"),
];

fn can_refuse() -> bool {
    if !cfg!(target_arch = "x86_64") || !has("python3") {
        return false;
    }
    let tried = run(&mut refused(ENOSYS, "434", "--version"));
    let can = tried.code() == 0;
    if !can {
        skipped(&format!("no filter for system calls: {}", tried.stderr));
    }
    can
}

#[test]
fn every_lesson_works_without_the_calls_that_a_sandbox_may_refuse() {
    if !can_refuse() {
        return;
    }
    let calls = [ENOSYS, EPERM].into_iter().flat_map(|errno| CALLS.map(|call| (errno, call)));
    // std reports a refused clone3 as the reason why it can't start a process, unless the error is
    // ENOSYS.
    let calls = calls.filter(|(errno, (name, _))| (*name, *errno) != ("clone3", EPERM));
    at_once(calls, |(errno, (name, number))| {
        for words in [
            "queue --speed 100 --stop sentinel --readers 3 --writers 2",
            "spawn --speed 100 --children 2",
            "async --speed 100 --customers 2",
            "bound --kind io --tasks 1 --workers 1 --speed 100",
        ] {
            let ended = run(&mut refused(errno, number, words));
            assert_eq!(ended.code(), 0, "{name}, {errno}, {words}: {ended:?}");
            assert!(ended.stdout.lines().count() > 2, "{name}: {ended:?}");
            let lost = ended.stderr.lines().all(|line| line.contains("never got"));
            assert!(lost, "{name}, {errno}, {words}: {ended:?}");
        }
    });
}

#[test]
fn without_packet_mode_several_readers_are_refused_with_what_they_need() {
    if !can_refuse() {
        return;
    }
    for errno in [ENOSYS, EPERM] {
        // fcntl with F_SETFL
        let ended = run(&mut refused(errno, "72:1=4", "queue --readers 2 --speed 100"));
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(ended.stderr.contains("packet mode"), "{ended:?}");
        assert!(ended.stderr.contains("ask for one reader"), "{ended:?}");
        let one = run(&mut refused(errno, "72:1=4", "queue --stop eof --speed 100"));
        assert_eq!(one.code(), 0, "{one:?}");
    }
}

#[test]
fn as_the_first_process_of_a_container_it_ends_on_signals_and_can_terminate_its_children() {
    let in_container = |program: &str, words: &str| {
        let mut unshare = command("unshare");
        unshare.args(["--pid", "--fork", "--mount-proc", "--kill-child", program]);
        unshare.args(words.split_whitespace());
        unshare
    };
    let can = run(&mut in_container("true", ""));
    if can.code() != 0 {
        skipped(&format!("no new PID namespace: {}", can.stderr));
        return;
    }
    for (signal, name, code) in [(Signal::TERM, "term", 143), (Signal::INT, "int", 130)] {
        let mut run = Running::start(&mut in_container(PROGRAM, "spawn --sleep 1000 --json"));
        run.wait_for_several(5, "sleep");
        // `unshare` has one child: PID 1 of the namespace.
        let first = children_of(run.pid())[0];
        let children = children_of(first);
        assert_eq!(children.len(), 5);
        rustix::process::kill_process(first, signal).unwrap();
        assert_eq!(run.finish().code(), code);
        for child in children {
            assert!(ends(child), "{child:?} is left");
        }
        let words = format!("terminate --signal {name}");
        let ended = crate::common::run(&mut in_container(PROGRAM, &words)).succeeded();
        assert!(ended.stdout.contains(&format!("Shell: $? {code}\n")), "{ended:?}");
    }
}

#[test]
fn a_run_goes_on_with_the_program_that_it_is() {
    for replacement in [None, Some("/bin/true"), Some("/bin/sleep")] {
        let folder = tempfile::tempdir().unwrap();
        let program = copied(&folder);
        // While nobody reads, the log fills up and the parent waits, long before it has started all
        // children.
        let args = "spawn --children 300 --threads 1 --sleep 0 --json".split(' ');
        let mut run = Running::start(command(&program).args(args));
        run.wait_for_several(2, "started");
        fs::remove_file(&program).unwrap();
        if let Some(other) = replacement {
            fs::copy(other, &program).unwrap();
        }
        let (ended, log) = run.finish_with_log();
        assert_eq!(ended.code(), 0, "{ended:?}");
        assert_eq!(named(&log, "exited").len(), 300);
        let of_threads = log.iter().filter(|e| e["line"] == "这是多线程启动的");
        assert_eq!(of_threads.count(), 300);
    }
}

#[test]
fn an_empty_dev_is_named() {
    let in_it = |words: &str| {
        let script = format!("mount -t tmpfs none /dev && exec {PROGRAM} {words}");
        run(command("unshare").args(["--mount", "sh", "-c", &script]))
    };
    let can = in_it("--version");
    if can.code() != 0 {
        skipped(&format!("no new mount namespace: {}", can.stderr));
        return;
    }
    for words in ["queue", "queue --reader cat"] {
        let ended = in_it(words);
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(ended.stderr.contains("; there is no /dev/null: mount /dev\n"), "{ended:?}");
    }
}
