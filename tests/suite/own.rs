//! Writers, readers and children that are programs of the user's.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use rustix::process::{Signal, test_kill_process_group};
use serde_json::{Value, json};

use crate::common::*;
use crate::programs::is_han;

/// The languages of programs to begin with: their endings, and the program that each needs.
const LANGUAGES: [(&str, &str, &str); 6] = [
    ("python", "py", "python3"),
    ("rust", "rs", "rustc"),
    ("c", "c", "cc"),
    ("go", "go", "go"),
    ("javascript", "js", "node"),
    ("sh", "sh", "sh"),
];

/// `mp-demo` with these arguments and no pauses. On a busy machine a program may take long to begin, and nothing is to be said
/// of that unless a test is about it.
fn own(args: &[&str]) -> Command {
    let mut command = mp_demo(args);
    command.args(["--speed", "50"]);
    if !args.contains(&"--patience") {
        command.args(["--patience", "1000"]);
    }
    command
}

/// Runs it to its end, after which nobody that it has started is left.
#[track_caller]
fn run_own(args: &[&str]) -> Ended {
    let running = Running::start(&mut own(args));
    let pid = running.pid();
    let ended = running.finish();
    assert!(test_kill_process_group(pid).is_err(), "{args:?}: {ended:?}");
    ended
}

/// The lessons with programs to begin with, and the parts that they play.
const PARTS: [(&str, &str); 3] = [("queue", "writer"), ("queue", "reader"), ("pipe", "child")];

#[test]
fn a_program_to_begin_with_runs_in_each_language() {
    // At the same time, because most of them wait.
    thread::scope(|scope| {
        for (language, ending, program) in LANGUAGES {
            for (lesson, part) in PARTS {
                if has(program) {
                    scope.spawn(move || check_beginning(lesson, part, language, ending));
                }
            }
        }
    });
}

fn check_beginning(lesson: &str, part: &str, language: &str, ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    let show = format!("show {lesson} --{part}-in {language} --lang en");
    let text = run_words(&show).succeeded().stdout;
    let commands: Vec<_> = text.lines().filter_map(command_in_head).collect();
    assert_eq!(
        commands.len(),
        if part == "child" { 2 } else { 1 },
        "{text}"
    );
    fs::write(folder.path().join(format!("{part}.{ending}")), &text).unwrap();
    for command in commands {
        let mut shell = shell(&format!("{command} --speed 50 --patience 1000"));
        // What a compiler keeps for the next time.
        shell.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"));
        let ended = run(shell.current_dir(folder.path()));
        assert_eq!(ended.code(), 0, "{command}: {ended:?}");
        let lines = ended.lines();
        let count = |start: &str| lines.iter().filter(|it| it.starts_with(start)).count();
        match part {
            "writer" => {
                assert_eq!(count("Get "), 3, "{command}: {ended:?}");
                assert!(lines.contains(&"Get {'n': 3} from queue."), "{ended:?}");
            }
            "reader" => {
                assert_eq!(count("got "), 3, "{command}: {ended:?}");
                assert_eq!(lines.last(), Some(&"the queue has ended"), "{ended:?}");
            }
            _ => assert!(lines.contains(&"['A', 'B', 'C']"), "{command}: {ended:?}"),
        }
        let reply = match command.ends_with("--reply") {
            true => "the reply: ",
            false => "",
        };
        assert!(ended.stderr.starts_with(reply), "{command}: {ended:?}");
        assert_eq!(ended.stderr.is_empty(), reply.is_empty(), "{ended:?}");
    }
}

/// The command that a line in the head of a program shows.
fn command_in_head(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['#', '/']).trim();
    let is_command = line.contains("mp-demo ") && (line.contains(" --")) && !line.contains('`');
    // The first command compiles the program for the second one, too.
    is_command.then(|| line.to_owned())
}

#[test]
fn a_chinese_program_to_begin_with_is_the_english_one_with_chinese_comments() {
    for (language, ..) in LANGUAGES {
        for (lesson, part) in PARTS {
            let text = |lang: &str| {
                let show = format!("show {lesson} --{part}-in {language} --lang {lang}");
                run_words(&show).succeeded().stdout
            };
            let is_comment = |line: &&str| {
                line.trim_start().starts_with(['#', '/']) && !line.contains("include")
            };
            let code = |text: &str| -> Vec<String> {
                let code = text.lines().filter(|line| !is_comment(line));
                code.map(str::to_owned).collect()
            };
            let (english, chinese) = (text("en"), text("zh"));
            assert_eq!(code(&english), code(&chinese), "{lesson} {part} {language}");
            for comment in chinese.lines().filter(is_comment) {
                let is_command = comment.contains("mp-demo ") && comment.contains(" --");
                let is_empty = comment.trim_matches(['#', '/', ' ']).is_empty();
                assert!(
                    is_command || is_empty || comment.contains(is_han),
                    "{comment}"
                );
            }
            assert!(english.is_ascii(), "{english}");
        }
    }
}

#[test]
fn only_the_lessons_that_take_commands_have_programs_to_begin_with() {
    for words in [
        "show spawn --writer-in c",
        "show pipe --reader-in c",
        "show queue --child-in c",
    ] {
        assert_refused(
            words,
            "queue has --writer-in and --reader-in, pipe has --child-in",
        );
    }
    assert_refused(
        "show queue --writer-in cobol",
        "possible values: python, rust, c, go",
    );
    // The child of `pipe` is its writer.
    let of_pipe = |part: &str| {
        run_words(&format!("show pipe --{part}-in sh"))
            .succeeded()
            .stdout
    };
    assert_eq!(of_pipe("writer"), of_pipe("child"));
}

#[test]
fn what_passes_is_a_value_whatever_the_line_is() {
    let writer = r#"printf '%s\n' '"A"' 2.50 '{"k": [null]}' 'not json' '' '[1' 12345678901234567890 "x\r" | tr -d '\\'"#;
    let writer = format!("sh -c {}", shell_word(writer));
    let ended = run_own(&["queue", "--writer", &writer, "--json"]);
    let log = ended.events();
    let expected = [
        json!("A"),
        serde_json::from_str("2.50").unwrap(),
        json!({"k": [null]}),
        json!("not json"),
        json!(""),
        json!("[1"),
        serde_json::from_str("12345678901234567890").unwrap(),
        json!("xr"),
    ];
    assert_eq!(values(&log, "put"), expected.iter().collect::<Vec<_>>());
    assert_eq!(values(&log, "get"), expected.iter().collect::<Vec<_>>());
    // A line may end as in DOS, and the last one not at all.
    let ended = run_own(&["queue", "--writer", r"printf 'A\r\nB'"]);
    assert!(ended.lines().contains(&"Get A from queue."), "{ended:?}");
    assert!(ended.lines().contains(&"Get B from queue."), "{ended:?}");
}

fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn a_process_of_ours_stands_between_and_tells_what_passes() {
    let args = ["queue", "--writer", "echo A", "--reader", "cat", "--json"];
    let log = run_own(&args).events();
    let started = |role: &str| {
        let of_role = |it: &&&Value| it["child_role"] == role;
        let started = named(&log, "started");
        (*started
            .iter()
            .find(of_role)
            .unwrap_or_else(|| panic!("{role}")))
        .clone()
    };
    for (role, command, way, event) in [
        ("writer", "echo A", "stdout", "put"),
        ("reader", "cat", "stdin", "get"),
    ] {
        let (between, program) = (started(role), started(&format!("{role}-command")));
        assert_eq!(between[way], "queue");
        assert_eq!(between["pid"], log[0]["pid"]);
        assert_eq!(program["pid"], between["child"]);
        assert_eq!(
            (&program["command"], &program["foreign"]),
            (&json!(command), &json!(true))
        );
        let passed = named(&log, event);
        assert_eq!(passed[0]["pid"], between["child"]);
        // The line has the PID of the program, as the program itself would print it.
        let running = named(&log, "running");
        let line = running
            .iter()
            .find(|it| it["pid"] == between["child"])
            .unwrap();
        let pid = program["child"].to_string();
        assert!(line["line"].as_str().unwrap().ends_with(&pid), "{line}");
    }
    // What the reader prints is shown.
    let output = named(&log, "output");
    assert_eq!(
        (&output[0]["text"], &output[0]["line"]),
        (&json!("\"A\""), &json!("\"A\""))
    );
    let notes = run_own(&["queue", "--writer", "echo A", "--explain"]).stderr;
    let notes = words_of(&notes);
    assert!(
        notes.contains("your command `echo A`, which knows nothing of mp-demo. So writer"),
        "{notes}"
    );
}

#[test]
fn whoever_fails_is_named_with_the_command_and_nobody_is_left() {
    let w = |command: &'static str| ("queue", "--writer", "writer", command);
    let r = |command: &'static str| ("queue", "--reader", "reader", command);
    let c = |command: &'static str| ("pipe", "--child", "writer", command);
    let cases = [
        (
            w("nosuch"),
            "NAME did not start: no folder in PATH has `nosuch`",
        ),
        (
            r("./no/such"),
            "NAME did not start: there is no `./no/such`, or the interpreter in its first line is missing",
        ),
        (
            c("/"),
            "NAME did not start: cannot run `/`: Permission denied (os error 13)",
        ),
        (w("sh -c 'echo A; exit 3'"), "NAME ended with exit status 3"),
        (
            r("sh -c 'read line; exit 3'"),
            "NAME ended with exit status 3",
        ),
        (c("sh -c 'echo A; exit 3'"), "NAME ended with exit status 3"),
        (
            w("sh -c 'echo A; kill -9 $$'"),
            "NAME was killed by SIGKILL (9)",
        ),
        (
            r("sh -c 'read line; kill -SEGV $$'"),
            "NAME was killed by SIGSEGV (11)",
        ),
        (
            r("true"),
            "NAME ended with exit status 0 before it had read all that it was given",
        ),
        (
            r("head -n 1"),
            "NAME ended with exit status 0 before it had read all that it was given",
        ),
        (
            r("sh -c 'exec <&-; sleep 1000'"),
            "NAME has closed its stdin before it had read all that it was given",
        ),
        (c("true"), "NAME ended with exit status 0 without a message"),
        (
            w("printf '\\377\\n'"),
            "line 1 of NAME is not text in UTF-8",
        ),
        (
            w("head -c 70000 /dev/zero"),
            "line 1 of NAME is longer than 65536 bytes",
        ),
        (
            w("cat /dev/zero"),
            "line 1 of NAME is longer than 65536 bytes",
        ),
        (
            w("sh -c 'echo 1; yes x | tr -d \"\\n\"'"),
            "line 2 of NAME is longer than 65536 bytes",
        ),
        (
            c("cat /dev/zero"),
            "line 1 of NAME is longer than 10000000 bytes",
        ),
    ];
    thread::scope(|scope| {
        for (command, expected) in cases {
            scope.spawn(move || check_failure(command, expected));
        }
    });
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
    // Others may have lost their partner, but nobody says it twice.
    let names = ended.stderr.lines().filter(|line| line.contains(&name));
    assert_eq!(names.count(), 1, "{ended:?}");
    assert!(test_kill_process_group(pid).is_err(), "{args:?}");
}

#[test]
fn a_process_that_a_command_leaves_behind_is_named_if_it_has_an_end_and_ended_anyway() {
    for (option, command, stream) in [
        ("--writer", "sh -c 'echo A; sleep 1000 &'", "stdout"),
        (
            "--reader",
            "sh -c 'exec 3<&0; sleep 1000 <&3 & read line'",
            "stdin",
        ),
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
    // One that has no end of ours is in nobody's way, but doesn't outlive the run either.
    let command = "sh -c 'echo A; sleep 1000 >/dev/null 2>&1 &'";
    let ended = run_own(&["queue", "--writer", command]).succeeded();
    assert!(ended.lines().contains(&"Get A from queue."));
}

#[test]
fn a_writer_that_writes_for_ever_ends_with_the_run() {
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        // Its child ignores SIGINT, as whatever a shell starts with &.
        let writer = "sh -c 'sleep 1000 & exec yes'";
        let mut run = Running::start(&mut own(&["queue", "--writer", writer, "--json"]));
        run.wait_for("get", "reader");
        let pid = run.pid();
        run.signal(signal);
        let ended = run.finish();
        assert_eq!(ended.code(), 128 + signal.as_raw());
        // The others see it by themselves when the parent was killed.
        while test_kill_process_group(pid).is_ok() {
            thread::yield_now();
        }
    }
    let ended = run(&mut shell(
        "mp-demo queue --writer yes | head -n 3; echo ${PIPESTATUS[0]}",
    ));
    assert_eq!(ended.lines().last(), Some(&"0"), "{ended:?}");
}

#[test]
fn whoever_is_killed_ends_the_run_and_leaves_nobody() {
    // One that ignores SIGTERM, and has a child of its own.
    let writer = "sh -c 'trap \"\" TERM; sleep 1000 & echo A; sleep 1000'";
    for role in ["writer", "writer-command", "reader"] {
        let mut run = Running::start(&mut own(&["queue", "--writer", writer, "--json"]));
        run.wait_for("get", "reader");
        // A child may get before its parent has told of it.
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
fn each_value_goes_to_exactly_one_reader() {
    let args = [
        "queue",
        "--writer",
        "seq 300",
        "--reader",
        "cat",
        "--readers",
        "3",
        "--json",
    ];
    let log = run_own(&args).events();
    let numbers = |values: Vec<&Value>| {
        let mut numbers: Vec<u64> = values.iter().map(|it| it.as_u64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    let all: Vec<u64> = (1..=300).collect();
    assert_eq!(numbers(values(&log, "get")), all);
    let printed = fields(&log, "output", "text");
    let printed: Vec<Value> = printed
        .iter()
        .map(|it| it.as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers(printed.iter().collect()), all);
}

#[test]
fn no_value_is_taken_for_a_reader_that_has_not_read_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let reader = folder.path().join("reader");
    // The first one reads one value and waits for the other to end.
    script(
        &reader,
        "if mkdir first 2>/dev/null; then\n  read -r line\n  while [ ! -e done ]; do sleep 0.01; done\n  cat\nelse\n  cat; touch done\nfi",
    );
    let mut command = own(&[
        "queue",
        "--writer",
        "seq 40",
        "--reader",
        "./reader",
        "--readers",
        "2",
        "--json",
    ]);
    let log = run(command.current_dir(folder.path())).events();
    let count = |role: &str| {
        named(&log, "get")
            .iter()
            .filter(|it| it["role"] == role)
            .count()
    };
    let counts = [count("reader-1"), count("reader-2")];
    assert_eq!(counts[0] + counts[1], 40);
    // One that it has read, and one that waits for it.
    assert!(counts.iter().any(|count| *count <= 2), "{counts:?}");
}

#[test]
fn a_line_of_stderr_stays_whole() {
    // In two writes, with time for others in between.
    let writer =
        "sh -c 'for i in 1 2 3 4 5; do printf ab >&2; echo $i; printf \"cd\\n\" >&2; done'";
    let args = ["queue", "--writer", writer, "--writers", "3"];
    let ended = run_own(&args);
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.stderr, "abcd\n".repeat(15));
    assert_eq!(
        ended
            .lines()
            .iter()
            .filter(|line| line.starts_with("Get "))
            .count(),
        15
    );
    // It stands in the log, so that a recorded run has it, too. What looks like an event there is none.
    let forged = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"error","message":"forged"}"#;
    let writer = format!("sh -c 'echo {forged} >&2; echo A'").replace('"', "\\\"");
    let recorded = run_own(&["queue", "--writer", &writer, "--json"]);
    let log = recorded.events();
    assert_eq!(named(&log, "output").len(), 1);
    let shown = view_log(&recorded.stdout, &[]);
    assert_eq!(shown.code(), 0);
    assert!(
        shown.stderr.contains("forged") && !shown.stderr.contains("in this run"),
        "{shown:?}"
    );
    let long = run_own(&[
        "queue",
        "--writer",
        "sh -c 'head -c 200000 /dev/zero | tr \"\\0\" x >&2; echo A'",
    ]);
    assert_eq!(long.stderr.matches('x').count(), 200_000);
}

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
        let message = idle["message"].as_str().unwrap();
        for part in [
            "has written nothing for 0.5 s",
            "python3 -u",
            "PYTHONUNBUFFERED=1",
            "flush=True",
        ] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(idle["child"], *child_as(&run.log, "writer-command"));
        // It goes on, and what it has printed comes when it exits.
        fs::write(&go, "").unwrap();
        let (ended, log) = run.finish_with_log();
        assert_eq!(ended.code(), 0);
        assert!(ended.stderr.contains(message), "{ended:?}");
        assert_eq!(values(&log, "get"), [&json!(1)]);
    }
    // Whoever has it written at once gets no such sentence: first the value comes, then the program goes on.
    for (variable, command) in [
        ("PYTHONUNBUFFERED", "python3 w.py"),
        ("X", "python3 -u w.py"),
    ] {
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
        cases.push((
            "./w",
            "cc",
            "in C with fflush(stdout), or run it with `stdbuf -oL`",
        ));
    }
    for (command, program, way) in cases {
        if !has(program) {
            continue;
        }
        let _ = fs::remove_file(folder.path().join("go"));
        let mut of_command = with_patience(&["queue", "--writer", command], "0.5");
        let mut run = Running::start(of_command.current_dir(folder.path()));
        let idle = run.wait_for("idle", "writer");
        assert!(idle["message"].as_str().unwrap().contains(way), "{idle}");
        fs::write(folder.path().join("go"), "").unwrap();
        assert_eq!(run.finish().code(), 0);
    }
}

#[test]
fn nothing_is_set_behind_the_users_back() {
    let writer = "sh -c 'echo ${PYTHONUNBUFFERED-unset}'";
    let ended = run(own(&["queue", "--writer", writer]).env_remove("PYTHONUNBUFFERED"));
    assert!(
        ended.lines().contains(&"Get unset from queue."),
        "{ended:?}"
    );
}

#[test]
fn a_reader_that_reads_nothing_is_told_and_so_is_how_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let reader = "sh -c 'while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--reader", reader, "--speed", "50"], "0.5");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "reader");
    let message = idle["message"].as_str().unwrap();
    assert!(
        message.contains("has read nothing for 0.5 s, and a value waits on its stdin"),
        "{message}"
    );
    fs::write(folder.path().join("go"), "").unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    let ends = "ended with exit status 0 before it had read all that it was given";
    assert!(ended.stderr.contains(ends), "{ended:?}");
}

#[test]
fn a_child_that_should_speak_first_and_waits_is_stuck_and_not_called_silent() {
    let child = "sh -c 'read -r line; echo 1'";
    let mut command = mp_demo(["pipe", "--child", child, "--reply", "--patience", "0.3"]);
    let ended = run(&mut command);
    assert_eq!(ended.code(), 1, "{ended:?}");
    let pid = |role: &str| {
        let line = ended
            .stderr
            .lines()
            .find(|line| line.starts_with(&format!("  {role} ")));
        line.unwrap_or_default()
            .split_whitespace()
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    };
    let (writer, program) = (pid("writer"), pid("writer-command"));
    for expected in [
        format!("only writer-command {program} could bring\n"),
        format!(
            "only writer {writer} could bring\nA circle: writer -> writer-command -> writer.\n"
        ),
        "The message has to be written before the reply is read, and flushed.\n".to_owned(),
        format!(
            "mp-demo: the run got stuck: look at what writer-command (PID {program}, `{child}`) waits for, "
        ),
    ] {
        assert!(
            ended.stderr.contains(&expected),
            "{expected} {}",
            ended.stderr
        );
    }
}

#[test]
fn a_lesson_that_gets_stuck_does_so_with_a_command_too() {
    for (args, expected) in [
        (
            &["queue", "--reader", "cat", "--stop", "none"][..],
            "mp-demo queue --reader cat --stop sentinel",
        ),
        (
            &[
                "queue",
                "--reader",
                "cat",
                "--readers",
                "2",
                "--stop",
                "eof",
                "--keep-end",
            ],
            "mp-demo queue --readers 2 --reader cat --stop eof",
        ),
        (
            &["pipe", "--child", "seq 20000"],
            "mp-demo pipe --child 'seq 20000' --join last --receive all",
        ),
    ] {
        let ended = run_own(&[args, &["--patience", "0.3"]].concat());
        assert_eq!(ended.code(), 0, "{ended:?}");
        assert!(
            ended.stderr.contains(&format!(": {expected}\n")),
            "{ended:?}"
        );
        // What another language would do with this program, nobody knows.
        assert!(!ended.stderr.contains("CPython"), "{ended:?}");
    }
}

/// A run in which the reader is terminated, but not before it has said that it is ready.
fn terminated(reader: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo A; while [ ! -e ready ]; do sleep 0.01; done'";
    let mut command = own(&[
        "queue",
        "--writer",
        writer,
        "--reader",
        reader,
        "--stop",
        "terminate",
        "--json",
    ]);
    let ended = run(command.current_dir(folder.path()));
    assert_eq!(ended.code(), 0, "{ended:?}");
    ended
}

#[test]
fn sigterm_reaches_the_reader_itself() {
    let ended = terminated(
        "sh -c 'trap \"echo cleaning up >&2; exit 0\" TERM; touch ready; while read -r line; do echo $line; done'",
    );
    let log = ended.events();
    let signals = named(&log, "terminate");
    let roles: Vec<_> = signals
        .iter()
        .map(|it| it["child_role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["reader", "reader-command"]);
    assert!(
        ended.stderr.lines().any(|it| it == "cleaning up"),
        "{ended:?}"
    );
    // Whoever stands between dies of it as the article's reader does.
    let exits = named(&log, "exited");
    let of =
        |role: &str| exits.iter().find(|it| it["child_role"] == role).unwrap()["status"].clone();
    assert_eq!(
        (of("reader"), of("reader-command")),
        (json!({"signal": 15}), json!({"code": 0}))
    );
}

#[test]
fn a_reader_that_ignores_sigterm_gets_sigkill_and_its_name() {
    let reader = "sh -c 'trap \"\" TERM; touch ready; while :; do sleep 1; done'";
    let told = letters(&terminated(reader).stderr);
    let expected = format!(
        "mp-demo: reader-command (PID A, `{reader}`) did not end within a second of SIGTERM, so it gets SIGKILL\n"
    );
    assert!(told.contains(&expected), "{told}");
}

#[test]
fn a_message_of_a_child_goes_through_the_pipe_and_the_reply_comes_back() {
    let child = "sh -c 'echo \"[1, 2]\"; read -r line; echo \"got $line\" >&2'";
    let ended = run_own(&["pipe", "--child", child, "--reply"]);
    assert_eq!(
        (ended.code(), ended.stderr.as_str()),
        (0, "got [2,1]\n"),
        "{ended:?}"
    );
    assert_eq!(ended.lines().last(), Some(&"[1, 2]"));
    let ended = run_own(&["pipe", "--child", "seq 3", "--receive", "all", "--json"]);
    assert_eq!(
        values(&ended.events(), "recv"),
        [&json!(1), &json!(2), &json!(3)]
    );
    let long = "sh -c 'head -c 300000 /dev/zero | tr \"\\0\" x'";
    let log = run_own(&["pipe", "--child", long, "--join", "last", "--json"]).events();
    assert_eq!(values(&log, "recv")[0].as_str().unwrap().len(), 300_000);
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
        (
            &["queue", "--writer", "w", "--pause", "1"],
            "cannot be used with",
        ),
        (
            &["queue", "--reader", "r", "--take", "1"],
            "cannot be used with",
        ),
        (&["queue", "--reader", "r", "--lock"], "cannot be used with"),
        (
            &["queue", "--reader", "r", "--kill", "reader"],
            "cannot be used with",
        ),
        (
            &["pipe", "--child", "c", "--bytes", "9"],
            "cannot be used with",
        ),
        (
            &["queue", "--writer", "'open"],
            "a quote in it is not closed",
        ),
        (
            &["pipe", "--child", " "],
            "expected a program and its arguments",
        ),
        (
            &["queue", "--writer", "3"],
            "how many there are is --writers 3",
        ),
    ] {
        let ended = run(&mut mp_demo(args));
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            ended.stderr.contains(expected),
            "{args:?}: {}",
            ended.stderr
        );
    }
}

#[test]
fn every_view_works_with_commands() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.json");
    let base = ["queue", "--writer", "seq 2", "--reader", "cat"];
    let with = |more: &[&str]| run_own(&[&base[..], more].concat());
    let timeline = with(&["--timeline"]).succeeded().stdout;
    for role in ["writer ", "reader ", "writer-command ", "reader-command "] {
        assert!(
            timeline.lines().any(|line| line.starts_with(role)),
            "{timeline}"
        );
    }
    let claims = with(&["--claims"]).succeeded().stdout;
    assert!(
        claims.contains("what was got: 1 2")
            && claims.contains("true   every value that is put is got"),
        "{claims}"
    );
    let repeated = with(&["--repeat", "5"]);
    assert!(
        repeated.stdout.contains("\n1 2") && repeated.stdout.contains(" 5 of 5 "),
        "{repeated:?}"
    );
    with(&["--trace", trace.to_str().unwrap()]).succeeded();
    let trace: Value = serde_json::from_str(&fs::read_to_string(trace).unwrap()).unwrap();
    assert!(trace.to_string().contains("writer-command"));
    let failed = run_own(&["queue", "--writer", "false", "--repeat", "2"]);
    assert_eq!(failed.code(), 1);
    assert!(
        failed.stderr.contains("`false`) ended with exit status 1"),
        "{failed:?}"
    );
    let labels = with(&["--labels"]).succeeded().stdout;
    assert!(labels.contains("  writer     "), "{labels}");
}

#[test]
fn who_stands_between_can_be_started_by_hand() {
    let script = "mp-demo child queue-command-writer --command 'seq 2' | \
                  mp-demo child queue-command-reader --command cat";
    let ended = run(&mut shell(script));
    assert_eq!(ended.code(), 0, "{ended:?}");
    for line in ["Put 1 to queue...", "Get 1 from queue.", "2"] {
        assert!(
            ended.stderr.lines().any(|it| it == line),
            "{line}: {ended:?}"
        );
    }
}

#[test]
fn a_recorded_run_names_the_command_that_failed() {
    let run = run_own(&["queue", "--writer", "sh -c 'exit 3'", "--json"]);
    let shown = view_log(&run.stdout, &[]);
    assert!(
        shown.stderr.contains("in this run writer-command (PID "),
        "{shown:?}"
    );
    assert!(
        shown
            .stderr
            .contains(", `sh -c 'exit 3'`) ended with exit status 3"),
        "{shown:?}"
    );
    let chinese = view_log(&run.stdout, &["--lang", "zh"]).stderr;
    assert!(
        chinese.contains("，`sh -c 'exit 3'`）结束了，退出状态是 3"),
        "{chinese}"
    );
}

#[test]
fn several_commands_run_at_the_same_time() {
    let args = [
        "queue",
        "--writer",
        "echo A",
        "--writers",
        "20",
        "--reader",
        "cat",
        "--readers",
        "10",
        "--json",
    ];
    let ended = run_own(&args);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let log = ended.events();
    assert_eq!(values(&log, "get").len(), 20);
    assert_eq!(named(&log, "exited").len(), 60);
}

#[test]
fn a_program_to_begin_with_stands_in_the_lessons_folder() {
    for (language, ending, _) in LANGUAGES {
        for (lesson, part) in PARTS {
            let file = path_of(&format!("demos/{lesson}/{part}.{ending}"));
            let shown = run_words(&format!("show {lesson} --{part}-in {language}")).succeeded();
            assert_eq!(shown.stdout, fs::read_to_string(Path::new(&file)).unwrap());
        }
    }
}

#[test]
fn a_program_in_another_session_is_reaped_and_ended_like_any_other() {
    let ended = run_own(&["queue", "--writer", "setsid seq 2", "--json"]).succeeded();
    assert_eq!(values(&ended.events(), "get"), [&json!(1), &json!(2)]);
    // What it leaves behind there belongs to the run all the same.
    let writer =
        "sh -c 'setsid sh -c \"echo \\$\\$ >&2; exec sleep 1000\" >/dev/null & sleep 0.3; echo A'";
    let ended = run_own(&["queue", "--writer", writer]);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let pid: i32 = ended.stderr.trim().parse().unwrap();
    assert!(!exists(rustix::process::Pid::from_raw(pid).unwrap()));
}

#[test]
fn a_line_without_its_end_is_another_thing_than_a_buffer() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'printf 12; while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--writer", writer], "0.3");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "writer");
    let message = idle["message"].as_str().unwrap();
    assert!(
        message.ends_with("has written 2 bytes, and for 0.3 s no newline: a value is a whole line, of which the rest may still be in its own buffer"),
        "{message}"
    );
    fs::write(folder.path().join("go"), "").unwrap();
    let (ended, log) = run.finish_with_log();
    assert_eq!((ended.code(), values(&log, "get")), (0, vec![&json!(12)]));
}

#[test]
fn messages_that_nobody_receives_are_named_and_with_all_each_is_printed() {
    let ended = run_own(&["pipe", "--child", "seq 3"]);
    assert_eq!(ended.lines().last(), Some(&"1"));
    assert_eq!(
        ended.stderr,
        "mp-demo: 2 values were sent and never received: 2, 3\n"
    );
    let ended = run_own(&["pipe", "--child", "seq 3", "--receive", "all"]).succeeded();
    assert_eq!(ended.lines()[2..], ["1", "2", "3"]);
}

#[test]
fn a_value_that_is_too_long_was_never_put() {
    let writer = "sh -c 'echo 1; head -c 4094 /dev/zero | tr \"\\0\" x; echo'";
    let ended = run_own(&["queue", "--writer", writer, "--json"]);
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(
        ended
            .stderr
            .contains(": a value of 4097 bytes is too long for a queue"),
        "{ended:?}"
    );
    assert_eq!(values(&ended.events(), "put"), [&json!(1)]);
    assert!(!ended.stderr.contains("never got: \"x"), "{ended:?}");
}

#[test]
fn a_value_that_a_terminated_reader_has_not_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo A; while [ ! -e ready ]; do sleep 0.01; done'";
    let reader = "sh -c 'touch ready; sleep 1000'";
    let mut command = own(&[
        "queue",
        "--writer",
        writer,
        "--reader",
        reader,
        "--stop",
        "terminate",
    ]);
    let ended = run(command.current_dir(folder.path()));
    let told = "`) was sent SIGTERM before it had read the value that waits on its stdin\n";
    assert!(
        ended.code() == 0 && ended.stderr.contains(told),
        "{ended:?}"
    );
}

#[test]
fn a_program_that_is_there_but_cannot_be_run_gets_advice() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("r.py"), "").unwrap();
    for (command, advice) in [
        ("r.py", "the one in this folder is ./r.py"),
        (
            "./r.py",
            "`chmod +x` makes it a program, or put its interpreter before it",
        ),
    ] {
        let mut of_command = own(&["queue", "--reader", command]);
        let ended = run(of_command.current_dir(folder.path()));
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(
            ended.stderr.lines().next().unwrap().ends_with(advice),
            "{ended:?}"
        );
    }
}

#[test]
fn where_a_repeated_run_waits_for_a_command_that_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let reader = "sh -c 'while [ ! -e go ]; do sleep 0.01; done; cat'";
    let mut command = own(&[
        "queue",
        "--reader",
        reader,
        "--patience",
        "0.3",
        "--repeat",
        "2",
    ]);
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
fn the_notes_say_who_passes_a_signal_on() {
    let log = made_up(
        r#"0.1 1 parent started "child":2,"child_role":"reader","stdin":"queue"
        0.2 2 reader started "child":3,"child_role":"reader-command","foreign":true,"command":"cat"
        0.3 1 parent terminate "child":2,"child_role":"reader"
        0.4 2 reader terminate "child":3,"child_role":"reader-command""#,
    );
    let notes = words_of(&view_log(log, &["--explain", "--lang", "en"]).stderr);
    for note in [
        "reader (PID 2) passes it on to the command that it has started",
        "reader (PID 2) passes SIGTERM on to reader-command (PID 3)",
    ] {
        assert!(notes.contains(note), "{notes}");
    }
    assert!(!notes.contains("loop is endless"), "{notes}");
    let notes = run_own(&["queue", "--reader", "true", "X", "--explain"]).stderr;
    assert!(!words_of(&notes).contains("--kill"), "{notes}");
}

#[test]
fn a_stuck_child_gets_advice_that_helps_or_none() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder.path().join("child"), "read -r line");
    let advice = |child: &str| {
        let mut command = mp_demo(["pipe", "--child", child, "--reply", "--patience", "0.3"]);
        let ended = run(command.current_dir(folder.path()));
        assert_eq!(ended.code(), 1, "{ended:?}");
        ended.stderr.lines().rev().nth(2).unwrap().to_owned()
    };
    let flushed = "The message has to be written before the reply is read, and flushed";
    let expected = format!("{flushed}: mp-demo pipe --child 'stdbuf -oL ./child' --reply");
    assert_eq!(advice("./child"), expected);
    assert_eq!(advice("stdbuf -oL ./child"), format!("{flushed}."));
    // This one has written its message, so nothing is wrong with that.
    assert_eq!(
        advice("yes"),
        "A circle: writer -> writer-command -> writer."
    );
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
    assert!(
        ended.code() == 1 && ended.stderr.contains("so it is ended"),
        "{ended:?}"
    );
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
        // Long enough for anything to be said; that nothing is, is what is tested.
        thread::sleep(std::time::Duration::from_millis(500));
        fs::write(&go, "").unwrap();
        let (ended, log) = run.finish_with_log();
        assert_eq!(
            (ended.code(), named(&log, "idle").len()),
            (0, 0),
            "{writer}: {ended:?}"
        );
        assert_eq!(values(&log, "get"), [&json!(1)]);
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
fn a_program_that_closes_its_stdout_early_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo 1; exec >&-; while [ ! -e go ]; do sleep 0.01; done'";
    let mut command = with_patience(&["queue", "--writer", writer], "0.2");
    let mut run = Running::start(command.current_dir(folder.path()));
    let idle = run.wait_for("idle", "writer");
    let message = idle["message"].as_str().unwrap();
    assert!(
        message.ends_with("has closed its stdout and lives on: the run waits for its end"),
        "{message}"
    );
    fs::write(folder.path().join("go"), "").unwrap();
    assert_eq!(run.finish().code(), 0);
    // A child without a message is of no use, however long it lives.
    let ended = run_own(&["pipe", "--child", "sh -c 'exec >&-; exec sleep 1000'"]);
    assert!(
        ended.code() == 1
            && ended
                .stderr
                .contains("has closed its stdout without a message"),
        "{ended:?}"
    );
}

#[test]
fn nobody_waits_for_the_patience_where_all_is_well() {
    for _ in 0..20 {
        run_own(&[
            "queue",
            "--writer",
            "seq 2",
            "--reader",
            "cat",
            "--patience",
            "1000",
        ])
        .succeeded();
    }
    run_own(&["pipe", "--child", "echo 1", "--patience", "1000"]).succeeded();
}

#[test]
fn no_patience_at_all_ends_nobody_who_does_his_part() {
    for number in 0..10 {
        let args = [
            "queue",
            "--writer",
            "seq 5",
            "--reader",
            "cat",
            "--patience",
            "0",
            "--json",
        ];
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
    let mut command = with_patience(
        &["queue", "--writer", "seq 3", "--reader", "python3 r.py"],
        "0.5",
    );
    let mut run = Running::start(command.current_dir(folder.path()));
    let is_told = |e: &Value| {
        e["message"]
            .as_str()
            .is_some_and(|it| it.contains("has written nothing") && it.contains("flush=True"))
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
    assert!(
        ended.code() == 0 && !named(&log, "idle").iter().any(|e| is_told(e)),
        "{ended:?}"
    );
}
