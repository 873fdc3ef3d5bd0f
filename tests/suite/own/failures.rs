//! Programs that fail, and what is left of them.

use std::fs;
use std::thread;

use rustix::process::{Signal, test_kill_process_group};
use serde_json::json;

use super::{own, run_own};
use crate::common::*;

#[test]
fn whoever_fails_is_named_with_the_command_and_nobody_is_left() {
    let w = |command: &'static str| ("queue", "--writer", "writer", command);
    let r = |command: &'static str| ("queue", "--reader", "reader", command);
    let c = |command: &'static str| ("pipe", "--child", "writer", command);
    let cases = [
        (w("nosuch"), "NAME did not start: no folder in PATH has `nosuch`"),
        (
            r("./no/such"),
            "NAME did not start: there is no `./no/such`, or the interpreter in its first line is missing",
        ),
        (c("/"), "NAME did not start: cannot run `/`: Permission denied"),
        (w("sh -c 'echo A; exit 3'"), "NAME ended with exit status 3"),
        (r("sh -c 'read line; exit 3'"), "NAME ended with exit status 3"),
        (c("sh -c 'echo A; exit 3'"), "NAME ended with exit status 3"),
        (w("sh -c 'echo A; kill -9 $$'"), "NAME was killed by SIGKILL (9)"),
        (r("sh -c 'read line; kill -SEGV $$'"), "NAME was killed by SIGSEGV (11)"),
        (r("true"), "NAME ended with exit status 0 before it had read all that it was given"),
        (r("head -n 1"), "NAME ended with exit status 0 before it had read all that it was given"),
        (
            r("sh -c 'exec <&-; sleep 1000'"),
            "NAME has closed its stdin before it had read all that it was given",
        ),
        (c("true"), "NAME ended with exit status 0 without a message"),
        (w("printf '\\377\\n'"), "line 1 of NAME is not text in UTF-8"),
        (w("head -c 70000 /dev/zero"), "line 1 of NAME is longer than 65536 bytes"),
        (w("cat /dev/zero"), "line 1 of NAME is longer than 65536 bytes"),
        (w("sh -c 'echo 1; yes x | tr -d \"\\n\"'"), "line 2 of NAME is longer than 65536 bytes"),
        (c("cat /dev/zero"), "line 1 of NAME is longer than 10000000 bytes"),
    ];
    at_once(cases, |(command, expected)| check_failure(command, expected));
}

fn check_failure((lesson, option, role, command): (&str, &str, &str, &str), expected: &str) {
    let args = [lesson, option, command, "--json"];
    let mut running = Running::start(&mut own(&args));
    let pid = running.pid();
    running.wait_for("started", role);
    let program = child_as(&running.log, &format!("{role}-command")).clone();
    let ended = running.finish();
    assert_eq!(ended.code(), 1, "{args:?} {ended:?}");
    let name = format!("{role}-command (PID {program}, `{command}`)");
    let first = ended.stderr.lines().next().unwrap_or_default();
    let first = first.replace(&name, "NAME");
    assert_eq!(first, format!("mp-demo: {expected}"), "{args:?} {ended:?}");
    // Others may have lost their partner, which is not told a second time.
    let names = ended.stderr.lines().filter(|line| line.contains(&name));
    assert_eq!(names.count(), 1, "{ended:?}");
    assert!(test_kill_process_group(pid).is_err(), "{args:?}");
}

#[test]
fn a_process_that_a_command_leaves_behind_is_named_if_it_has_an_end_and_ended_anyway() {
    for (option, command, stream) in [
        ("--writer", "sh -c 'echo A; sleep 1000 &'", "stdout"),
        ("--reader", "sh -c 'exec 3<&0; sleep 1000 <&3 & read line'", "stdin"),
    ] {
        let ended = run_own(&["queue", option, command]);
        assert_eq!(ended.code(), 1, "{ended:?}");
        let first = letters(ended.stderr.lines().next().unwrap());
        let expected = format!(
            "mp-demo: {}-command (PID A, `{command}`) ended with exit status 0, but sleep (PID B) still has its {stream} open",
            &option[2..]
        );
        assert!(first.starts_with(&expected), "{ended:?}");
    }
    // A process that holds none of our pipe ends blocks nobody, but must not outlive the run.
    let command = "sh -c 'echo A; sleep 1000 >/dev/null 2>&1 &'";
    let ended = run_own(&["queue", "--writer", command]).succeeded();
    assert!(ended.lines().contains(&"Get A from queue."));
}

#[test]
fn a_writer_that_writes_for_ever_ends_with_the_run() {
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        // Its child ignores SIGINT, as all that a shell starts with & does.
        let writer = "sh -c 'sleep 1000 & exec yes'";
        let mut run = Running::start(&mut own(&["queue", "--writer", writer, "--json"]));
        run.wait_for("get", "reader");
        let pid = run.pid();
        run.signal(signal);
        let ended = run.finish();
        assert_eq!(ended.code(), 128 + signal.as_raw());
        // The others notice by themselves that the parent was killed.
        while test_kill_process_group(pid).is_ok() {
            thread::yield_now();
        }
    }
    let ended = run(&mut shell("mp-demo queue --writer yes | head -n 3; echo ${PIPESTATUS[0]}"));
    assert_eq!(ended.lines().last(), Some(&"0"), "{ended:?}");
}

#[test]
fn whoever_is_killed_ends_the_run_and_leaves_nobody() {
    // One that ignores SIGTERM, and has a child of its own.
    let writer = "sh -c 'trap \"\" TERM; sleep 1000 & echo A; sleep 1000'";
    for role in ["writer", "writer-command", "reader"] {
        let mut run = Running::start(&mut own(&["queue", "--writer", writer, "--json"]));
        run.wait_for("get", "reader");
        // A child's `get` may come before its parent's `started`.
        run.wait_for_several(3, "started");
        let victim = child_as(&run.log, role).clone();
        let pid = run.pid();
        kill(&victim, Signal::KILL);
        let ended = run.finish();
        assert_eq!(ended.code(), 1, "{role}: {ended:?}");
        let first = ended.stderr.lines().next().unwrap();
        let command = match role {
            "writer-command" => format!(", `{writer}`"),
            _ => String::new(),
        };
        let expected = format!("mp-demo: {role} (PID {victim}{command}) was killed by SIGKILL (9)");
        assert_eq!(first, expected, "{ended:?}");
        assert!(test_kill_process_group(pid).is_err(), "{role}");
    }
}

#[test]
fn options_that_a_command_makes_meaningless_are_refused() {
    for (args, expected) in [
        (
            &["queue", "--writer", "python3", "w.py"][..],
            "stands in quotes, like --writer 'python3 w.py'",
        ),
        (
            &["queue", "--reader", "cat", "/etc/passwd"],
            "stands in quotes, like --reader 'python3 /etc/passwd'",
        ),
        (
            &["queue", "--writer", "seq 3 | tac"],
            "it is run without a shell, which `|` needs: write \"sh -c '...'\"",
        ),
        (&["queue", "--writer", "w", "--pause", "1"], "cannot be used with"),
        (&["queue", "--reader", "r", "--take", "1"], "cannot be used with"),
        (&["queue", "--reader", "r", "--lock"], "cannot be used with"),
        (&["queue", "--reader", "r", "--kill", "reader"], "cannot be used with"),
        (&["pipe", "--child", "c", "--bytes", "9"], "cannot be used with"),
        (&["queue", "--writer", "'open"], "a quote in it is not closed"),
        (&["pipe", "--child", " "], "expected a program and its arguments"),
        (&["queue", "--writer", "3"], "--writers 3 sets how many there are"),
    ] {
        let ended = run(&mut mp_demo(args));
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ended.stderr.contains(expected), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn a_recorded_run_names_the_command_that_failed() {
    let run = run_own(&["queue", "--writer", "sh -c 'exit 3'", "--json"]);
    let shown = view_log(&run.stdout, &[]);
    assert!(shown.stderr.contains("in this run writer-command (PID "), "{shown:?}");
    assert!(shown.stderr.contains(", `sh -c 'exit 3'`) ended with exit status 3"), "{shown:?}");
    let chinese = view_log(&run.stdout, &["--lang", "zh"]).stderr;
    assert!(chinese.contains("，`sh -c 'exit 3'`）结束了，退出状态是 3"), "{chinese}");
}

#[test]
fn a_program_in_another_session_is_reaped_and_ended_like_any_other() {
    let ended = run_own(&["queue", "--writer", "setsid seq 2", "--json"]).succeeded();
    assert_eq!(values(&ended.events(), "get"), [&json!(1), &json!(2)]);
    // Processes that it leaves behind belong to the run, too.
    let writer =
        "sh -c 'setsid sh -c \"echo \\$\\$ >&2; exec sleep 1000\" >/dev/null & sleep 0.3; echo A'";
    let ended = run_own(&["queue", "--writer", writer]);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let pid: i32 = ended.stderr.trim().parse().unwrap();
    assert!(!exists(rustix::process::Pid::from_raw(pid).unwrap()));
}

#[test]
fn a_value_that_is_too_long_was_never_put() {
    let writer = "sh -c 'echo 1; head -c 4094 /dev/zero | tr \"\\0\" x; echo'";
    let ended = run_own(&["queue", "--writer", writer, "--json"]);
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stderr.contains(": a value of 4097 bytes is too long for a queue"), "{ended:?}");
    assert_eq!(values(&ended.events(), "put"), [&json!(1)]);
    assert!(!ended.stderr.contains("never got: \"x"), "{ended:?}");
}

#[test]
fn a_program_that_is_there_but_cannot_be_run_gets_advice() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("r.py"), "").unwrap();
    for (command, advice) in [
        ("r.py", "the one in this folder is ./r.py"),
        ("./r.py", "`chmod +x` makes it a program, or put its interpreter before it"),
    ] {
        let mut of_command = own(&["queue", "--reader", command]);
        let ended = run(of_command.current_dir(folder.path()));
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(ended.stderr.lines().next().unwrap().ends_with(advice), "{ended:?}");
    }
}

#[test]
fn half_a_line_of_a_killed_program_is_no_value() {
    let writer = "sh -c 'echo 1; printf half; kill -9 $$'";
    let ended = run_own(&["queue", "--writer", writer, "--json"]);
    assert_eq!(ended.code(), 1);
    assert_eq!(values(&ended.events(), "put"), [&json!(1)]);
}

#[test]
fn a_value_that_was_taken_for_a_program_that_did_not_read_it_is_named() {
    let cases = [
        ("queue", "--reader", "nosuchprog", false),
        ("queue", "--reader", "sh -c 'exec <&-; sleep 1000'", false),
        ("queue", "--reader", "sh -c 'read -r line; exit 3'", true),
        ("pipe", "--child", "echo 1", false),
    ];
    at_once(cases, |(lesson, option, command, is_read)| {
        let more = if lesson == "pipe" { "--reply" } else { "A" };
        let ended = run_own(&[lesson, option, command, "--json", more]);
        let log = ended.events();
        // One that ends at once may do so before anything is taken for it.
        let taken = values(&log, if lesson == "pipe" { "recv" } else { "get" });
        let expected = taken.last().filter(|_| !is_read).map(|it| it.to_string());
        let came = values(&log, "unread").first().map(|it| it.to_string());
        assert_eq!((ended.code(), &came), (1, &expected), "{command}: {ended:?}");
        for (language, told) in [
            ("en", format!("taken from the {lesson}, and not read by the program: ")),
            ("zh", "取出，程序却没有读取：".to_owned()),
        ] {
            let shown = view_log(&ended.stdout, &["--lang", language]).stderr;
            let told = told + &expected.clone().unwrap_or_default();
            assert_eq!(shown.contains(&told), expected.is_some(), "{shown}");
        }
    });
    let never_reads = "sh -c 'kill -STOP $$'";
    // The process between, which could say so, is killed.
    let mut run = Running::start(&mut own(&["queue", "--reader", never_reads, "A", "--json"]));
    let mut waits = 1;
    while named(&run.log, "wait").last().is_none_or(|it| it["call"] != "write") {
        run.wait_for_several(waits, "wait");
        waits += 1;
    }
    // A child's event may come before its parent's `started`.
    run.wait_for_several(3, "started");
    kill(&child_as(&run.log, "reader").clone(), Signal::KILL);
    let ended = run.finish();
    let told = "1 value was taken from the queue, and not read by the program: \"A\"";
    assert!(ended.stderr.contains(told), "{ended:?}");
}
