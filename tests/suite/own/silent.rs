//! Programs that do nothing, and the way out of a buffer.

use std::fs;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use super::{own, run_own};
use crate::common::*;

/// A run with this patience, in which Python decides by itself whether it uses a buffer.
fn with_patience(args: &[&str], patience: &str) -> Command {
    let mut command = mp_demo(args);
    command.args(["--patience", patience, "--json"]);
    command.env_remove("PYTHONUNBUFFERED");
    command
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
    let go = folder.path().join("go");
    for command in ["python3 w.py", "sh -c 'python3 w.py; :'"] {
        let _ = fs::remove_file(&go);
        let mut command = with_patience(&["queue", "--writer", command], "0.5");
        let mut run = Running::start(command.current_dir(folder.path()));
        let idle = run.wait_for("idle", "writer");
        assert!(named(&run.log, "put").is_empty());
        let why = &idle["why"][0];
        assert_eq!((&why["seconds"], &why["runtime"]), (&json!(0.5), &json!("python")));
        assert_eq!(idle["child"], *child_as(&run.log, "writer-command"));
        // It goes on, and its output comes when it exits.
        fs::write(&go, "").unwrap();
        let (ended, log) = run.finish_with_log();
        assert_eq!(ended.code(), 0);
        for part in
            ["has written nothing for 0.5 s", "python3 -u", "PYTHONUNBUFFERED=1", "flush=True"]
        {
            assert!(ended.stderr.contains(part), "{ended:?}");
        }
        assert_eq!(values(&log, "get"), [&json!(1)]);
    }
    // A program that flushes gets no such sentence: its value comes at once, and it goes on.
    for (variable, command) in [("PYTHONUNBUFFERED", "python3 w.py"), ("X", "python3 -u w.py")] {
        let _ = fs::remove_file(&go);
        let mut command = with_patience(&["queue", "--writer", command], "never");
        let mut run = Running::start(command.current_dir(folder.path()).env(variable, "1"));
        run.wait_for("get", "reader");
        fs::write(&go, "").unwrap();
        assert_eq!(run.finish().succeeded().code(), 0);
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
        if !has(program) {
            continue;
        }
        let _ = fs::remove_file(folder.path().join("go"));
        let mut of_command = with_patience(&["queue", "--writer", command], "0.5");
        let mut run = Running::start(of_command.current_dir(folder.path()));
        run.wait_for("idle", "writer");
        fs::write(folder.path().join("go"), "").unwrap();
        let ended = run.finish();
        assert!(ended.code() == 0 && ended.stderr.contains(way), "{ended:?}");
    }
}

#[test]
fn nothing_is_set_behind_the_users_back() {
    let writer = "sh -c 'echo ${PYTHONUNBUFFERED-unset}'";
    let ended = run(own(&["queue", "--writer", writer]).env_remove("PYTHONUNBUFFERED"));
    assert!(ended.lines().contains(&"Get unset from queue."), "{ended:?}");
}

#[test]
fn a_reader_that_reads_nothing_is_told_and_so_is_how_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let reader = "sh -c 'while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--reader", reader, "--speed", "50"], "0.5");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "reader");
    assert_eq!(idle["why"][0]["kind"], "reads_nothing");
    fs::write(folder.path().join("go"), "").unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    let told = "has read nothing for 0.5 s, and a value waits on its stdin";
    assert!(ended.stderr.contains(told), "{ended:?}");
    let ends = "ended with exit status 0 before it had read all that it was given";
    assert!(ended.stderr.contains(ends), "{ended:?}");
}

#[test]
fn a_line_without_its_end_is_another_thing_than_a_buffer() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'printf 12; while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--writer", writer], "0.3");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "writer");
    let why = &idle["why"][0];
    assert_eq!((&why["kind"], &why["bytes"]), (&json!("no_newline"), &json!(2)));
    fs::write(folder.path().join("go"), "").unwrap();
    let (ended, log) = run.finish_with_log();
    let told = "has written 2 bytes, and for 0.3 s no newline: a value is a whole line, of which the rest may still be in its own buffer\n";
    assert!(ended.stderr.contains(told), "{ended:?}");
    assert_eq!((ended.code(), values(&log, "get")), (0, vec![&json!(12)]));
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
            "{name} 1.2 s, and a value waits on its stdin; it does nothing at all, so it is ended (a longer --patience waits longer)"
        ),
    ];
    assert_eq!(told.lines().take(2).collect::<Vec<_>>(), expected);
    let child = "sh -c 'echo 1; exec sleep 1000'";
    let ended = run_own(&["pipe", "--child", child, "--reply", "--patience", "0.2"]);
    assert!(ended.code() == 1 && ended.stderr.contains("so it is ended"), "{ended:?}");
}

#[test]
fn whoever_has_no_buffer_gets_no_advice_about_one() {
    let folder = tempfile::tempdir().unwrap();
    let waits = "while [ ! -e go ]; do sleep 0.01; done";
    let mut cases = vec![
        ("sh", format!("sh -c '{waits}; echo 1'")),
        ("sh", format!("sh -c 'echo 1; {waits}'")),
    ];
    let python =
        "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.01)\nprint(1)\n";
    fs::write(folder.path().join("w.py"), python).unwrap();
    cases.push(("python3", "python3 -u w.py".into()));
    for (program, writer) in cases {
        if !has(program) {
            continue;
        }
        let go = folder.path().join("go");
        let _ = fs::remove_file(&go);
        let mut command = with_patience(&["queue", "--writer", &writer], "0.1");
        let run = Running::start(command.current_dir(folder.path()));
        // Long enough for a sentence to come; the test is that none does.
        thread::sleep(std::time::Duration::from_millis(500));
        fs::write(&go, "").unwrap();
        let (ended, log) = run.finish_with_log();
        assert_eq!((ended.code(), named(&log, "idle").len()), (0, 0), "{writer}: {ended:?}");
        assert_eq!(values(&log, "get"), [&json!(1)]);
    }
}

#[test]
fn a_program_that_closes_its_stdout_early_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo 1; exec >&-; while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--writer", writer], "0.2");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "writer");
    assert_eq!(idle["why"][0]["kind"], "lives_on");
    fs::write(folder.path().join("go"), "").unwrap();
    let ended = run.finish();
    let told = "has closed its stdout and lives on: the run waits for its end\n";
    assert!(ended.code() == 0 && ended.stderr.ends_with(told), "{ended:?}");
    // A child without a message is of no use, however long it lives.
    let ended = run_own(&["pipe", "--child", "sh -c 'exec >&-; exec sleep 1000'"]);
    assert!(
        ended.code() == 1 && ended.stderr.contains("has closed its stdout without a message"),
        "{ended:?}"
    );
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
    let mut command =
        with_patience(&["queue", "--writer", "seq 3", "--reader", "python3 r.py"], "0.5");
    let mut run = Running::start(command.current_dir(folder.path()));
    let is_told = |e: &Value| {
        let why = &e["why"][0];
        why["kind"] == "writes_nothing" && why["runtime"] == "python"
    };
    while !named(&run.log, "idle").iter().any(|e| is_told(e)) {
        let line = run.line().unwrap();
        run.log.push(event(&line));
    }
    assert!(named(&run.log, "output").is_empty());
    fs::write(folder.path().join("go"), "").unwrap();
    let (ended, log) = run.finish_with_log();
    assert_eq!(
        (ended.code(), fields(&log, "output", "text")),
        (0, vec![&json!("1"), &json!("2"), &json!("3")])
    );
    // One that flushes is not told, however long it works.
    let _ = fs::remove_file(folder.path().join("go"));
    let args = ["queue", "--writer", "seq 3", "--reader", "python3 -u r.py"];
    let mut command = with_patience(&args, "0.5");
    let mut run = Running::start(command.current_dir(folder.path()));
    run.wait_for("output", "reader");
    fs::write(folder.path().join("go"), "").unwrap();
    let (ended, log) = run.finish_with_log();
    assert!(ended.code() == 0 && !named(&log, "idle").iter().any(|e| is_told(e)), "{ended:?}");
}
