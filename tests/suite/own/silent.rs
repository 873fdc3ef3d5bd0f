//! Programs that do nothing, and the way out of a buffer.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{own, run_own};
use crate::common::*;

/// A run of a program that goes on when there is a file `go`: there is when `wait` returns. Python
/// decides by itself whether it uses a buffer.
fn with_go(
    folder: &TempDir,
    args: &[&str],
    patience: &str,
    wait: impl FnOnce(&mut Running),
) -> (Ended, Vec<Value>) {
    let go = folder.path().join("go");
    let _ = fs::remove_file(&go);
    let mut command = mp_demo(args);
    command.args(["--patience", patience, "--json"]).env_remove("PYTHONUNBUFFERED");
    let mut run = Running::start(command.current_dir(folder.path()));
    wait(&mut run);
    fs::write(go, "").unwrap();
    run.finish_with_log()
}

/// Prints a value, and waits until a file is there.
const PRINTS_AND_WAITS: &str =
    "import os, time\nprint(1)\nwhile not os.path.exists('go'):\n    time.sleep(0.01)\n";

#[test]
fn a_child_whose_output_stays_in_its_buffer_is_told_the_way_out() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("w.py"), PRINTS_AND_WAITS).unwrap();
    for command in ["python3 w.py", "sh -c 'python3 w.py; :'"] {
        let (ended, log) = with_go(&folder, &["queue", "--writer", command], "0.5", |run| {
            let idle = run.wait_for("idle", "writer");
            assert!(named(&run.log, "put").is_empty());
            let why = &idle["why"][0];
            assert_eq!((&why["seconds"], &why["runtime"]), (&json!(0.5), &json!("python")));
            assert_eq!(idle["child"], *child_as(&run.log, "writer-command"));
        });
        // It goes on, and its output comes when it exits.
        assert_eq!(ended.code(), 0);
        for part in
            ["has written nothing for 0.5 s", "python3 -u", "PYTHONUNBUFFERED=1", "flush=True"]
        {
            assert!(ended.stderr.contains(part), "{ended:?}");
        }
        assert_eq!(values(&log, "get"), [&json!(1)]);
    }
    // A program that flushes gets no such sentence: its value comes at once, and it goes on.
    for command in ["env PYTHONUNBUFFERED=1 python3 w.py", "python3 -u w.py"] {
        let (ended, _) = with_go(&folder, &["queue", "--writer", command], "never", |run| {
            run.wait_for("get", "reader");
        });
        ended.succeeded();
    }
}

#[test]
fn the_way_out_is_that_of_the_language() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("w.c"),
        "#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts(\"1\"); while (access(\"go\", F_OK)) usleep(10000); }\n",
    )
    .unwrap();
    let perl = "print \"1\\n\"; select undef, undef, undef, 0.01 until -e \"go\"";
    let perl = format!("perl -e '{perl}'");
    let mut cases = vec![(perl.as_str(), "perl", "$| = 1")];
    if has("cc") {
        let compile = run(shell("cc -o w w.c").current_dir(folder.path()));
        assert_eq!(compile.code(), 0, "{compile:?}");
        cases.push(("./w", "cc", "in C with fflush(stdout), or run it with `stdbuf -oL`"));
    }
    for (command, program, way) in cases {
        if has(program) {
            let (ended, _) = with_go(&folder, &["queue", "--writer", command], "0.5", |run| {
                run.wait_for("idle", "writer");
            });
            assert!(ended.code() == 0 && ended.stderr.contains(way), "{ended:?}");
        }
    }
}

#[test]
fn nothing_is_set_behind_the_users_back() {
    let writer = "sh -c 'echo ${PYTHONUNBUFFERED-unset}'";
    let ended = run(own(&["queue", "--writer", writer]).env_remove("PYTHONUNBUFFERED"));
    assert!(ended.lines().contains(&"Get unset from queue."), "{ended:?}");
}

#[test]
fn what_a_silent_program_does_is_told_and_so_is_how_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    for (option, command, kind, code, told) in [
        (
            "--reader",
            "sh -c 'while [ ! -e go ]; do sleep 0.01; done'",
            "reads_nothing",
            1,
            "has read nothing for 0.3 s, and a value waits on its stdin\nmp-demo: NAME ended with \
             exit status 0 before it had read all that it was given\n",
        ),
        (
            "--writer",
            "sh -c 'printf 12; while [ ! -e go ]; do sleep 0.01; done'",
            "no_newline",
            0,
            "has written 2 bytes, and for 0.3 s no newline: a value is a whole line, of which the \
             rest may still be in its own buffer\n",
        ),
        (
            "--writer",
            "sh -c 'echo 12; exec >&-; while [ ! -e go ]; do sleep 0.01; done'",
            "lives_on",
            0,
            "has closed its stdout and lives on: the run waits for its end\n",
        ),
    ] {
        let role = &option[2..];
        let (ended, log) = with_go(&folder, &["queue", option, command], "0.3", |run| {
            let idle = run.wait_for("idle", role);
            assert_eq!(idle["why"][0]["kind"], kind);
        });
        let pid = child_as(&log, &format!("{role}-command"));
        let name = format!("{role}-command (PID {pid}, `{command}`)");
        let stderr = ended.stderr.replace(&name, "NAME");
        assert_eq!(ended.code(), code, "{ended:?}");
        assert!(stderr.contains(&format!("mp-demo: NAME {told}")), "{told} {stderr}");
        if role == "writer" {
            assert_eq!(values(&log, "get"), [&json!(12)]);
        }
    }
    // A child without a message is of no use, however long it lives.
    let ended = run_own(&["pipe", "--child", "sh -c 'exec >&-; exec sleep 1000'"]);
    assert!(
        ended.code() == 1 && ended.stderr.contains("has closed its stdout without a message"),
        "{ended:?}"
    );
}

#[test]
fn where_a_repeated_run_waits_for_a_command_that_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let reader = "sh -c 'while [ ! -e go ]; do sleep 0.01; done; cat'";
    let mut command = own(&["queue", "--reader", reader, "--patience", "0.3", "--repeat", "2"]);
    let mut child = command
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    assert!(line.contains("has read nothing for 0.3 s"), "{line}");
    fs::write(folder.path().join("go"), "").unwrap();
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(rest, "");
}

#[test]
fn a_reader_that_reads_nothing_and_does_nothing_is_given_up() {
    let ended = run_own(&["queue", "--reader", "sleep 1000", "--patience", "0.2"]);
    assert_eq!(ended.code(), 1, "{ended:?}");
    let told = letters(&ended.stderr);
    let name = "mp-demo: reader-command (PID A, `sleep 1000`) has read nothing for";
    let expected = [
        format!("{name} 0.2 s, and a value waits on its stdin"),
        format!(
            "{name} 1.2 s, and a value waits on its stdin; it does nothing at all, so it is ended (a longer patience waits longer)"
        ),
    ];
    assert_eq!(told.lines().take(2).collect::<Vec<_>>(), expected);
    let child = "sh -c 'echo 1; exec sleep 1000'";
    let ended = run_own(&["pipe", "--child", child, "--reply", "--patience", "0.2"]);
    assert!(ended.code() == 1 && ended.stderr.contains("so it is ended"), "{ended:?}");
}

#[test]
fn whoever_has_no_buffer_gets_no_advice_about_one() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("w.py"), PRINTS_AND_WAITS).unwrap();
    for writer in [
        "sh -c 'while [ ! -e go ]; do sleep 0.01; done; echo 1'",
        "sh -c 'echo 1; while [ ! -e go ]; do sleep 0.01; done'",
        "sh -c 'while [ ! -e go ]; do sleep 0.01; done; exec python3 -u w.py'",
    ] {
        let (ended, log) = with_go(&folder, &["queue", "--writer", writer], "0.1", |run| {
            run.wait_for("started", "writer");
            // Long enough for a sentence to come; the test is that none does.
            thread::sleep(Duration::from_millis(500));
        });
        assert_eq!((ended.code(), named(&log, "idle").len()), (0, 0), "{writer}: {ended:?}");
        assert_eq!(values(&log, "get"), [&json!(1)]);
    }
}

#[test]
fn nobody_waits_for_the_patience_where_all_is_well() {
    for _ in 0..20 {
        run_own(&["queue", "--writer", "seq 2", "--reader", "cat", "--patience", "1000"])
            .succeeded();
    }
    run_own(&["pipe", "--child", "echo 1", "--patience", "1000"]).succeeded();
}

#[test]
fn no_patience_at_all_ends_nobody_who_does_his_part() {
    for number in 0..10 {
        let args = ["queue", "--writer", "seq 5", "--reader", "cat", "--patience", "0", "--json"];
        let ended = run_own(&args);
        assert_eq!(ended.code(), 0, "{number}: {ended:?}");
        assert_eq!(values(&ended.events(), "get").len(), 5);
    }
}

#[test]
fn a_busy_reader_whose_prints_stay_in_its_buffer_is_told_the_way_out_too() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let reader = "import os, sys, time\nfor line in sys.stdin:\n    print(line.strip())\n    while not os.path.exists('go'):\n        time.sleep(0.01)\n";
    fs::write(folder.path().join("r.py"), reader).unwrap();
    let is_told = |log: &[Value]| {
        let reasons = fields(log, "idle", "why").into_iter().map(|why| &why[0]);
        reasons.into_iter().any(|why| why["kind"] == "writes_nothing" && why["runtime"] == "python")
    };
    let args = ["queue", "--writer", "seq 3", "--reader", "python3 r.py"];
    let (ended, log) = with_go(&folder, &args, "0.5", |run| {
        while !is_told(&run.log) {
            let line = run.line().unwrap();
            run.log.push(event(&line));
        }
        assert!(named(&run.log, "output").is_empty());
    });
    assert_eq!(ended.code(), 0);
    assert_eq!(fields(&log, "output", "text"), ["1", "2", "3"]);
    // One that flushes is not told, however long it works.
    let args = ["queue", "--writer", "seq 3", "--reader", "python3 -u r.py"];
    let (ended, log) = with_go(&folder, &args, "0.5", |run| {
        run.wait_for("output", "reader");
    });
    assert!(ended.code() == 0 && !is_told(&log), "{ended:?}");
}
