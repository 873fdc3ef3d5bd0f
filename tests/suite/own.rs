//! Writers, readers and children that are programs of the user's.

mod beginnings;
mod failures;
mod left_behind;
mod signals;
mod silent;
mod soak;
mod stuck;

use std::fs;
use std::process::Command;

use rustix::process::test_kill_process_group;
use serde_json::{Value, json};

use crate::common::*;

/// `mp-demo` with these arguments and no pauses. Patience is long, as a program may start slowly on
/// a busy machine.
fn own(args: &[&str]) -> Command {
    let mut command = mp_demo(args);
    command.args(["--speed", "50"]);
    if !args.contains(&"--patience") {
        command.args(["--patience", "1000"]);
    }
    command
}

/// Runs it to its end, and checks that no process of it is left.
#[track_caller]
fn run_own(args: &[&str]) -> Ended {
    let running = Running::start(&mut own(args));
    let pid = running.pid();
    let ended = running.finish();
    assert!(test_kill_process_group(pid).is_err(), "{args:?}: {ended:?}");
    ended
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
        (*started.iter().find(of_role).unwrap_or_else(|| panic!("{role}"))).clone()
    };
    for (role, command, way, event) in
        [("writer", "echo A", "stdout", "put"), ("reader", "cat", "stdin", "get")]
    {
        let (between, program) = (started(role), started(&format!("{role}-command")));
        assert_eq!(between[way], "queue");
        assert_eq!(between["pid"], log[0]["pid"]);
        assert_eq!(program["pid"], between["child"]);
        assert_eq!((&program["command"], &program["foreign"]), (&json!(command), &json!(true)));
        let passed = named(&log, event);
        assert_eq!(passed[0]["pid"], between["child"]);
        // The line has the PID of the program, as the program itself would print it.
        let running = named(&log, "running");
        let line = running.iter().find(|it| it["pid"] == between["child"]).unwrap();
        let pid = program["child"].to_string();
        assert!(line["line"].as_str().unwrap().ends_with(&pid), "{line}");
    }
    // What the reader prints is shown.
    let output = named(&log, "output");
    assert_eq!((&output[0]["text"], &output[0]["line"]), (&json!("\"A\""), &json!("\"A\"")));
    let notes = run_own(&["queue", "--writer", "echo A", "--explain"]).stderr;
    let notes = words_of(&notes);
    assert!(
        notes.contains("your command `echo A`, which knows nothing of mp-demo. So writer"),
        "{notes}"
    );
}

#[test]
fn each_value_goes_to_exactly_one_reader() {
    let args = ["queue", "--writer", "seq 300", "--reader", "cat", "--readers", "3", "--json"];
    let log = run_own(&args).events();
    let numbers = |values: Vec<&Value>| {
        let mut numbers: Vec<u64> = values.iter().map(|it| it.as_u64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    let all: Vec<u64> = (1..=300).collect();
    assert_eq!(numbers(values(&log, "get")), all);
    let printed = fields(&log, "output", "text");
    let printed: Vec<Value> =
        printed.iter().map(|it| it.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers(printed.iter().collect()), all);
}

#[test]
fn no_value_is_taken_for_a_reader_that_has_not_read_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let reader = folder.path().join("reader");
    // The first reader reads one value and waits for the other one's end.
    script(
        &reader,
        "if mkdir first 2>/dev/null; then\n  read -r line\n  while [ ! -e done ]; do sleep 0.01; done\n  cat\nelse\n  cat; touch done\nfi",
    );
    let mut command =
        own(&["queue", "--writer", "seq 40", "--reader", "./reader", "--readers", "2", "--json"]);
    let log = run(command.current_dir(folder.path())).events();
    let count = |role: &str| named(&log, "get").iter().filter(|it| it["role"] == role).count();
    let counts = [count("reader-1"), count("reader-2")];
    assert_eq!(counts[0] + counts[1], 40);
    // One value that it has read, and one that waits for it.
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
    assert_eq!(ended.lines().iter().filter(|line| line.starts_with("Get ")).count(), 15);
    // It is in the log, so that a recorded run has it, too. A line of it that looks like an event
    // is none.
    let forged = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"error","message":"forged"}"#;
    let writer = format!("sh -c 'echo {forged} >&2; echo A'").replace('"', "\\\"");
    let recorded = run_own(&["queue", "--writer", &writer, "--json"]);
    let log = recorded.events();
    assert_eq!(named(&log, "output").len(), 1);
    let shown = view_log(&recorded.stdout, &[]);
    assert_eq!(shown.code(), 0);
    assert!(shown.stderr.contains("forged") && !shown.stderr.contains("in this run"), "{shown:?}");
    let long = run_own(&[
        "queue",
        "--writer",
        "sh -c 'head -c 200000 /dev/zero | tr \"\\0\" x >&2; echo A'",
    ]);
    assert_eq!(long.stderr.matches('x').count(), 200_000);
}

#[test]
fn a_message_of_a_child_goes_through_the_pipe_and_the_reply_comes_back() {
    let child = "sh -c 'echo \"[1, 2]\"; read -r line; echo \"got $line\" >&2'";
    let ended = run_own(&["pipe", "--child", child, "--reply"]);
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, "got [2,1]\n"), "{ended:?}");
    assert_eq!(ended.lines().last(), Some(&"[1, 2]"));
    let ended = run_own(&["pipe", "--child", "seq 3", "--receive", "all", "--json"]);
    assert_eq!(values(&ended.events(), "recv"), [&json!(1), &json!(2), &json!(3)]);
    let long = "sh -c 'head -c 300000 /dev/zero | tr \"\\0\" x'";
    let log = run_own(&["pipe", "--child", long, "--join", "last", "--json"]).events();
    assert_eq!(values(&log, "recv")[0].as_str().unwrap().len(), 300_000);
}

#[test]
fn every_view_works_with_commands() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.json");
    let base = ["queue", "--writer", "seq 2", "--reader", "cat"];
    let with = |more: &[&str]| run_own(&[&base[..], more].concat());
    let timeline = with(&["--timeline"]).succeeded().stdout;
    for role in ["writer ", "reader ", "writer-command ", "reader-command "] {
        assert!(timeline.lines().any(|line| line.starts_with(role)), "{timeline}");
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
    assert!(failed.stderr.contains("`false`) ended with exit status 1"), "{failed:?}");
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
        assert!(ended.stderr.lines().any(|it| it == line), "{line}: {ended:?}");
    }
}

#[test]
fn several_commands_run_at_the_same_time() {
    let words = "queue --writer pwd --writers 20 --reader cat --readers 10 --json";
    let args: Vec<_> = words.split(' ').collect();
    let ended = run_own(&args);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let log = ended.events();
    assert_eq!(values(&log, "get").len(), 20);
    assert_eq!(named(&log, "exited").len(), 60);
}

#[test]
fn messages_that_nobody_receives_are_named_and_with_all_each_is_printed() {
    let ended = run_own(&["pipe", "--child", "seq 3"]);
    assert_eq!(ended.lines().last(), Some(&"1"));
    assert_eq!(ended.stderr, "mp-demo: 2 values were sent and never received: 2, 3\n");
    let ended = run_own(&["pipe", "--child", "seq 3", "--receive", "all"]).succeeded();
    assert_eq!(ended.lines()[2..], ["1", "2", "3"]);
}
