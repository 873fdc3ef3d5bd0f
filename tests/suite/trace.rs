//! `--trace`: the run as a Chrome trace.

mod check;
mod place;

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::*;
pub use check::{check, events_of};
use check::{check_form, drawn, ts};
use place::names_in;

/// The trace of a log.
fn trace_of(log: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace.json");
    view_log(log, &["--trace", file.to_str().unwrap()]);
    fs::read_to_string(file).unwrap()
}

/// The trace of a recorded run.
fn trace_of_recorded(name: &str) -> String {
    trace_of(&fs::read_to_string(recorded(name)).unwrap())
}

/// Runs a lesson in a folder that has nothing but the trace afterwards; returns the run and the
/// trace.
pub fn run_with_trace(run_of_lesson: &str) -> (Ended, String) {
    let folder = TempDir::new().unwrap();
    let mut shell = shell(&format!("{run_of_lesson} --trace trace.json"));
    let ended = run(shell.current_dir(&folder));
    assert_eq!(ended.code(), 0, "{run_of_lesson}: {ended:?}");
    assert_eq!(names_in(folder.path()), ["trace.json"]);
    let trace = fs::read_to_string(folder.path().join("trace.json"));
    (ended, trace.unwrap())
}

#[test]
fn an_event_is_a_line_like_this() {
    let log = made_up(
        r#"0.00001 2 writer put "value":"A"
        0.00002 1 parent get "value":"A""#,
    );
    let trace = trace_of(&log);
    let parent = r#""pid":1,"tid":1"#;
    let writer = r#""pid":2,"tid":2"#;
    for line in [
        format!(r#"{{"name":"process_name","ph":"M",{writer},"args":{{"name":"writer"}}}}"#),
        format!(
            r#"{{"name":"put A","ph":"X",{writer},"cat":"call","ts":10,"dur":10,"args":{{"event":"put","value":"A"}}}}"#
        ),
        format!(r#"{{"name":"value","ph":"s",{writer},"cat":"queue","ts":10,"id":0}}"#),
        format!(r#"{{"name":"value","ph":"f",{parent},"cat":"queue","ts":20,"id":0,"bp":"e"}}"#),
        format!(r#"{{"name":"values in the queue","ph":"C",{parent},"ts":10,"args":{{"now":1}}}}"#),
    ] {
        let is_it = |it: &str| it.trim_end_matches(',') == line;
        assert!(trace.lines().any(is_it), "{line} in {trace}");
    }
}

#[test]
fn whatever_happens_in_a_recorded_run_is_told() {
    for file in names_in(Path::new(&path_of("tests/logs"))) {
        let log = text_of(&format!("tests/logs/{file}"));
        let events: Vec<_> = log.lines().map(event).collect();
        check(&trace_of(&log), &events);
    }
}

#[test]
fn slices_lie_inside_each_other() {
    snapbox::assert_data_eq!(
        drawn(&trace_of_recorded("every-event")),
        snapbox::str![[r#"
parent, stderr (100/2)
  stderr: 1133000 to 1150000
    running: 1133000 to 1150000
parent, MainThread (100/100)
  parent: 0 to 1150000
    running: 0 to 100000
    join writer 101: 100000 to 111000
    running: 111000 to 1150000
      send ['A', 1]: 115000 to 116000
      recv ['A', 1]: 121000 to 122000
writer, MainThread (101/101)
  writer: 2000 to 110000
    running: 3000 to 6000
      put A: 4000 to 6000
    sleep: 6000 to 105000
    running: 105000 to 110000
      put None: 105000 to 106000
reader, MainThread (102/102)
  reader: 5000 to 1131000
    running: 7000 to 7500
    acquire (waiting): 7500 to 7600
    running: 7600 to 8000
    get (waiting): 8000 to 9000
    running: 9000 to 1131000
      get A: 9000 to 9500
child, Thread-1 (103/2)
  Thread-1: 13000 to 1150000
    running: 13000 to 14000
    task 1 (io): 14000 to 50000
      running: 14000 to 50000
    running: 50000 to 1150000
child, MainThread (103/103)
  child: 10000 to 1150000
    running: 11000 to 1150000
      send ['A', 1]: 120000 to 1130060
child-command, MainThread (104/104)
  child-command: 1132000 to 1135000

"#]]
    );
}

#[test]
fn how_a_process_ended_stands_at_its_slice() {
    let events = events_of(&trace_of_recorded("every-event"));
    let lives = events.iter().filter(|e| e["cat"] == "process");
    let status = |life: &Value| (life["name"].clone(), life["args"]["status"].clone());
    let ends: Vec<_> = lives.map(status).collect();
    let expected = [
        ("writer", json!("exit 0")),
        ("reader", json!("killed by SIGKILL (9)")),
        ("child-command", json!("exit 0")),
        ("child", json!("exit 1")),
        // Nobody logs the end of the parent.
        ("parent", json!(null)),
    ];
    assert_eq!(ends, expected.map(|(name, status)| (json!(name), status)));
}

#[test]
fn who_is_there_at_the_end_of_the_log_is_drawn_up_to_there() {
    let log = made_up(
        r#"0.00001 1 parent started "child":2,"child_role":"child"
        0.00002 2 child task_start "task":1,"kind":"io"
        0.00003 2 child wait "call":"recv"
        0.00009 1 parent error "message":"no more""#,
    );
    snapbox::assert_data_eq!(
        drawn(&trace_of(&log)),
        snapbox::str![[r#"
parent, MainThread (1/1)
  parent: 0 to 90
    running: 0 to 90
child, MainThread (2/2)
  child: 10 to 90
    task 1 (io): 20 to 90
      running: 20 to 30
      recv (waiting): 30 to 90

"#]]
    );
}

#[test]
fn a_pid_that_comes_again_gets_a_track_of_its_own() {
    let log = made_up(
        r#"0.0001 1 parent started "child":2,"child_role":"child"
        0.00011 2 child sleep "seconds":0.1
        0.00012 1 parent exited "child":2,"child_role":"child","status":{"code":0}
        0.0002 1 parent started "child":2,"child_role":"child"
        0.00021 2 child sleep "seconds":0.1
        0.00022 1 parent exited "child":2,"child_role":"child","status":{"code":0}"#,
    );
    snapbox::assert_data_eq!(
        drawn(&trace_of(&log)),
        snapbox::str![[r#"
parent, MainThread (1/1)
  parent: 0 to 220
    running: 0 to 220
child, MainThread (2/2)
  child: 100 to 120
    sleep: 110 to 120
child (PID 2), MainThread (4194306/4194306)
  child: 200 to 220
    sleep: 210 to 220

"#]]
    );
}

#[test]
fn a_child_lives_from_its_start_or_its_first_event_whichever_was_earlier() {
    for (started, first) in [("0.0001", "0.000105"), ("0.000105", "0.0001")] {
        let started = format!(r#"{started} 1 parent started "child":2,"child_role":"child""#);
        let first = format!("{first} 2 child running");
        for log in [[&*started, &*first], [&*first, &*started]] {
            let events = check_form(&trace_of(&made_up(&log.join("\n"))));
            let is_life = |e: &&Value| e["cat"] == "process" && e["pid"] == 2;
            assert_eq!(ts(events.iter().find(is_life).unwrap()), 100);
        }
    }
}

#[test]
fn times_that_somebody_has_turned_round_still_make_a_picture() {
    // With impossible events: one of a process that has ended, and the end of a process that never
    // started.
    let log = made_up(
        r#"0.0009 1 parent started "child":2,"child_role":"writer"
        0.0008 2 writer running
        0.0007 2 writer put "value":1
        0.0001 2 writer/Thread-1 sleep "seconds":1
        0.00005 2 writer/Thread-1 put "value":1
        0.00006 1 parent get "value":1
        0.00001 2 writer sleep "seconds":1
        0 1 parent get "value":1
        0.000005 1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        0.000003 2 writer put "value":1
        0.000002 1 parent task_done "task":1,"kind":"io","seconds":0,"processor_seconds":0
        0.000001 1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        0.000001 1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        0.000001 1 parent get "value":"nobody put it"
        18446744073709.551615 1 parent/Thread-1 sleep "seconds":1"#,
    );
    check_form(&trace_of(&log));
}

#[test]
fn a_refused_send_has_no_arrow() {
    let trace = run_words("pipe --simplex --reply --speed 100 --trace /dev/stdout").stdout;
    let (_, trace) = trace.split_once("['A', 'B', 'C']\n").unwrap();
    let events = check_form(trace);
    let sends = events.iter().filter(|e| e["args"]["event"] == "send").count();
    let arrows = events.iter().filter(|e| e["ph"] == "s").count();
    assert_eq!((sends, arrows), (2, 1));
    // There is no queue in this lesson, so there is nothing to count.
    assert!(events.iter().all(|e| e["ph"] != "C"));
}

#[test]
fn a_trace_has_what_repeats_the_run() {
    let (_, trace) = run_with_trace("mp-demo queue --stop eof --speed 100 --seed 9");
    let trace: Value = serde_json::from_str(&trace).unwrap();
    let about = &trace["otherData"];
    assert_eq!(about["lesson"], "queue");
    assert_eq!(about["seed"], 9);
    assert_eq!(about["options"]["speed"], 100.0);
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn how_a_run_failed_is_drawn_too() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace.json");
    let words = format!("queue --pause 1000 --seed 7 --trace {}", file.display());
    let mut run = Running::with_log(&words);
    let writer = run.wait_for("sleep", "writer");
    kill(&writer["pid"], Signal::KILL);
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 1);
    let trace = fs::read_to_string(file).unwrap();
    check(&trace, &log);
    assert!(trace.contains("killed by SIGKILL (9)"));
}

#[test]
fn a_backslash_is_written_as_perfetto_reads_it() {
    let put = |value: &str| {
        let run = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"run","lesson":"queue","options":{"a\\":"b\\"},"seed":1,"cores":2,"version":"0"}"#;
        trace_of(&format!(
            "{run}\n{{\"v\":1,\"t\":1,\"pid\":2,\"role\":\"writer\",\"event\":\"put\",\"value\":{value}}}\n"
        ))
    };
    for value in [r#""\\""#, r#""a\\\"b\\\\""#, r#"["\n\\","\"\\\""]"#, r#"{"k\\":"\\u0041"}"#] {
        let trace = put(value);
        assert!(!trace.contains(r"\\"), "{trace}");
        let events = check::events_of(&trace);
        let told = events.iter().find(|e| e["args"].get("value").is_some()).unwrap();
        let expected: serde_json::Value = serde_json::from_str(value).unwrap();
        assert_eq!(told["args"]["value"], expected);
    }
}
