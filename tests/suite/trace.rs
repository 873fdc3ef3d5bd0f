//! `--trace`: the run as a Chrome trace.

mod check;
mod place;

use std::fs;
use std::path::Path;

use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::*;
use check::{check, check_form, drawn, events_of, ts};
use place::names_in;

/// The trace of a recorded run.
fn trace_of(recording: impl AsRef<Path>) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace.json");
    let mut view = mp_demo(["view"]);
    view.arg(recording.as_ref()).arg("--trace").arg(&file);
    run(&mut view);
    fs::read_to_string(file).unwrap()
}

fn recorded(name: &str) -> String {
    format!("{}/tests/logs/{name}.jsonl", env!("CARGO_MANIFEST_DIR"))
}

/// The trace of a recording with these lines behind `run`: who (`PID role` or `PID role thread`), when in
/// microseconds, and what.
fn trace_of_events(events: &[(&str, u64, Value)]) -> String {
    let folder = TempDir::new().unwrap();
    let run = json!({
        "event": "run", "lesson": "queue", "options": {}, "seed": 1, "cores": 2, "version": "0.1.0"
    });
    let mut text = String::new();
    for (who, micros, what) in [("1 parent", 0, run)].iter().chain(events) {
        let mut who = who.split(' ');
        let pid: u64 = who.next().unwrap().parse().unwrap();
        let mut event = json!({
            "v": 1, "t": *micros as f64 / 1e6, "pid": pid, "role": who.next().unwrap()
        });
        let event = event.as_object_mut().unwrap();
        if let Some(thread) = who.next() {
            event.insert("thread".into(), thread.into());
        }
        event.extend(what.as_object().unwrap().clone());
        text += &format!("{}\n", Value::from(event.clone()));
    }
    let file = folder.path().join("log.jsonl");
    fs::write(&file, &text).unwrap();
    trace_of(file)
}

#[test]
fn a_run_is_drawn_like_this() {
    snapbox::assert_data_eq!(
        trace_of(recorded("queue-lost")),
        snapbox::str![[r#"
{"displayTimeUnit":"ms","otherData":{"event":"run","lesson":"queue","options":{"values":["A","B","C"],"writers":1,"readers":1,"pause":0.0,"stop":"terminate","speed":1.0},"seed":7,"cores":2,"version":"0.1.0"},"traceEvents":[
{"name":"process_name","ph":"M","pid":43784,"tid":43784,"args":{"name":"parent 43784"}},
{"name":"process_sort_index","ph":"M","pid":43784,"tid":43784,"args":{"sort_index":0}},
{"name":"thread_name","ph":"M","pid":43784,"tid":43784,"args":{"name":"MainThread"}},
{"name":"run","cat":"event","ph":"i","ts":0,"pid":43784,"tid":43784,"s":"t","args":{"event":"run","lesson":"queue","options":{"values":["A","B","C"],"writers":1,"readers":1,"pause":0.0,"stop":"terminate","speed":1.0},"seed":7,"cores":2,"version":"0.1.0"}},
{"name":"running","cat":"event","ph":"i","ts":100,"pid":43784,"tid":43784,"s":"t","args":{"event":"running","line":"Parent process 43784"}},
{"name":"started","cat":"event","ph":"i","ts":400,"pid":43784,"tid":43784,"s":"t","args":{"event":"started","child":43785,"child_role":"writer"}},
{"name":"process_name","ph":"M","pid":43785,"tid":43785,"args":{"name":"writer 43785"}},
{"name":"process_sort_index","ph":"M","pid":43785,"tid":43785,"args":{"sort_index":1}},
{"name":"thread_name","ph":"M","pid":43785,"tid":43785,"args":{"name":"MainThread"}},
{"name":"started","cat":"event","ph":"i","ts":800,"pid":43784,"tid":43784,"s":"t","args":{"event":"started","child":43786,"child_role":"reader"}},
{"name":"process_name","ph":"M","pid":43786,"tid":43786,"args":{"name":"reader 43786"}},
{"name":"process_sort_index","ph":"M","pid":43786,"tid":43786,"args":{"sort_index":2}},
{"name":"thread_name","ph":"M","pid":43786,"tid":43786,"args":{"name":"MainThread"}},
{"name":"running","cat":"activity","ph":"X","ts":0,"dur":810,"pid":43784,"tid":43784},
{"name":"running","cat":"event","ph":"i","ts":1100,"pid":43785,"tid":43785,"s":"t","args":{"event":"running","line":"Process to write: 43785"}},
{"name":"values in the queue","ph":"C","ts":0,"pid":43784,"tid":43784,"args":{"now":0}},
{"name":"values in the queue","ph":"C","ts":1200,"pid":43784,"tid":43784,"args":{"now":1}},
{"name":"running","cat":"activity","ph":"X","ts":1100,"dur":150,"pid":43785,"tid":43785},
{"name":"put A","cat":"call","ph":"X","ts":1200,"dur":50,"pid":43785,"tid":43785,"args":{"event":"put","value":"A","line":"Put A to queue..."}},
{"name":"sleep","cat":"activity","ph":"X","ts":1250,"dur":50,"pid":43785,"tid":43785,"args":{"event":"sleep","seconds":0.0}},
{"name":"values in the queue","ph":"C","ts":1300,"pid":43784,"tid":43784,"args":{"now":2}},
{"name":"running","cat":"activity","ph":"X","ts":1300,"dur":50,"pid":43785,"tid":43785},
{"name":"put B","cat":"call","ph":"X","ts":1300,"dur":50,"pid":43785,"tid":43785,"args":{"event":"put","value":"B","line":"Put B to queue..."}},
{"name":"running","cat":"event","ph":"i","ts":1400,"pid":43786,"tid":43786,"s":"t","args":{"event":"running","line":"Process to read: 43786"}},
{"name":"running","cat":"activity","ph":"X","ts":1400,"dur":20,"pid":43786,"tid":43786},
{"name":"get (waiting)","cat":"activity","ph":"X","ts":1420,"dur":30,"pid":43786,"tid":43786,"args":{"event":"wait","call":"get"}},
{"name":"value","cat":"queue","ph":"s","ts":1200,"pid":43785,"tid":43785,"id":0},
{"name":"value","cat":"queue","ph":"f","ts":1450,"pid":43786,"tid":43786,"id":0,"bp":"e"},
{"name":"values in the queue","ph":"C","ts":1450,"pid":43784,"tid":43784,"args":{"now":1}},
{"name":"running","cat":"activity","ph":"X","ts":1450,"dur":50,"pid":43786,"tid":43786},
{"name":"get A","cat":"call","ph":"X","ts":1450,"dur":50,"pid":43786,"tid":43786,"args":{"event":"get","value":"A","line":"Get A from queue."}},
{"name":"sleep","cat":"activity","ph":"X","ts":1350,"dur":160,"pid":43785,"tid":43785,"args":{"event":"sleep","seconds":0.0}},
{"name":"values in the queue","ph":"C","ts":1510,"pid":43784,"tid":43784,"args":{"now":2}},
{"name":"running","cat":"activity","ph":"X","ts":1510,"dur":40,"pid":43785,"tid":43785},
{"name":"put C","cat":"call","ph":"X","ts":1510,"dur":40,"pid":43785,"tid":43785,"args":{"event":"put","value":"C","line":"Put C to queue..."}},
{"name":"exited","cat":"event","ph":"i","ts":1800,"pid":43784,"tid":43784,"s":"t","args":{"event":"exited","child":43785,"child_role":"writer","status":{"code":0}}},
{"name":"writer","cat":"process","ph":"X","ts":400,"dur":1400,"pid":43785,"tid":43785,"args":{"status":"exit 0"}},
{"name":"sleep","cat":"activity","ph":"X","ts":1550,"dur":250,"pid":43785,"tid":43785,"args":{"event":"sleep","seconds":0.0}},
{"name":"join writer 43785","cat":"activity","ph":"X","ts":810,"dur":1010,"pid":43784,"tid":43784,"args":{"event":"join","child":43785,"child_role":"writer"}},
{"name":"joined","cat":"event","ph":"i","ts":1820,"pid":43784,"tid":43784,"s":"t","args":{"event":"joined","child":43785,"child_role":"writer"}},
{"name":"terminate","cat":"event","ph":"i","ts":1830,"pid":43784,"tid":43784,"s":"t","args":{"event":"terminate","child":43786,"child_role":"reader"}},
{"name":"running","cat":"activity","ph":"X","ts":1820,"dur":30,"pid":43784,"tid":43784},
{"name":"exited","cat":"event","ph":"i","ts":2000,"pid":43784,"tid":43784,"s":"t","args":{"event":"exited","child":43786,"child_role":"reader","status":{"signal":15}}},
{"name":"reader","cat":"process","ph":"X","ts":800,"dur":1200,"pid":43786,"tid":43786,"args":{"status":"killed by SIGTERM (15)"}},
{"name":"get (waiting)","cat":"activity","ph":"X","ts":1500,"dur":500,"pid":43786,"tid":43786,"args":{"event":"wait","call":"get"}},
{"name":"join reader 43786","cat":"activity","ph":"X","ts":1850,"dur":160,"pid":43784,"tid":43784,"args":{"event":"join","child":43786,"child_role":"reader"}},
{"name":"joined","cat":"event","ph":"i","ts":2010,"pid":43784,"tid":43784,"s":"t","args":{"event":"joined","child":43786,"child_role":"reader"}},
{"name":"parent","cat":"process","ph":"X","ts":0,"dur":2010,"pid":43784,"tid":43784}
]}

"#]]
    );
}

#[test]
fn whatever_happens_in_a_recorded_run_is_told() {
    for entry in fs::read_dir(format!("{}/tests/logs", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let file = entry.unwrap().path();
        let log: Vec<_> = fs::read_to_string(&file)
            .unwrap()
            .lines()
            .map(event)
            .collect();
        check(&trace_of(&file), &log);
    }
}

#[test]
fn whatever_happens_in_a_lesson_is_told() {
    for words in [
        "spawn --children 2 --threads 2 --speed 50",
        "queue --writers 2 --readers 2 --pause 0 1 2 3 4 5 6",
        "queue --writers 2 --readers 2 --speed 50 --stop sentinel",
        "queue --stop eof --speed 50",
        "pipe --reply --speed 100",
        "pipe --simplex --reply --speed 100",
        "memory",
        "bound --with both --tasks 3 --workers 1,2 --speed 20",
        "async --customers 4 --speed 20",
        "cost --quick",
    ] {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("trace.json");
        let words = format!("{words} --json --trace {}", file.display());
        let ended = run_words(&words);
        assert_eq!(ended.code(), 0, "{ended:?}");
        check(&fs::read_to_string(&file).unwrap(), &ended.events());
        assert_eq!(names_in(folder.path()), ["trace.json"]);
    }
}

#[test]
fn slices_lie_inside_each_other() {
    snapbox::assert_data_eq!(
        drawn(&trace_of(recorded("every-event"))),
        snapbox::str![[r#"
parent 100, MainThread (100/100)
  parent: 0 to 1150000
    running: 0 to 100000
    join writer 101: 100000 to 111000
    running: 111000 to 1150000
      send ['A', 1]: 115000 to 116000
      recv ['A', 1]: 121000 to 122000
writer 101, MainThread (101/101)
  writer: 2000 to 110000
    running: 3000 to 6000
      put A: 4000 to 6000
    sleep: 6000 to 105000
    running: 105000 to 110000
      put None: 105000 to 106000
reader 102, MainThread (102/102)
  reader: 5000 to 1131000
    running: 7000 to 8000
    get (waiting): 8000 to 9000
    running: 9000 to 1131000
      get A: 9000 to 107000
child 103, Thread-1 (103/2)
  Thread-1: 13000 to 1150000
    running: 13000 to 14000
    task 1 (io): 14000 to 50000
      running: 14000 to 50000
    running: 50000 to 1150000
child 103, MainThread (103/103)
  child: 10000 to 1150000
    running: 11000 to 80000
    recv (waiting): 80000 to 90000
    running: 90000 to 1150000
      send ['A', 1]: 120000 to 1140000

"#]]
    );
}

#[test]
fn how_a_process_ended_stands_at_its_slice() {
    let events = events_of(&trace_of(recorded("every-event")));
    let lives = events.iter().filter(|e| e["cat"] == "process");
    let status = |life: &Value| (life["name"].clone(), life["args"]["status"].clone());
    let ends: Vec<_> = lives.map(status).collect();
    let expected = [
        ("writer", json!("exit 0")),
        ("reader", json!("killed by SIGKILL (9)")),
        ("child", json!("exit 1")),
        // Who reaps the parent writes no log.
        ("parent", json!(null)),
    ];
    assert_eq!(ends, expected.map(|(name, status)| (json!(name), status)));
}

#[test]
fn who_is_there_at_the_end_of_the_log_is_drawn_up_to_there() {
    let trace = trace_of_events(&[
        (
            "1 parent",
            10,
            json!({"event": "started", "child": 2, "child_role": "child"}),
        ),
        (
            "2 child",
            20,
            json!({"event": "task_start", "task": 1, "kind": "io"}),
        ),
        ("2 child", 30, json!({"event": "wait", "call": "recv"})),
        (
            "1 parent",
            90,
            json!({"event": "error", "message": "no more"}),
        ),
    ]);
    snapbox::assert_data_eq!(
        drawn(&trace),
        snapbox::str![[r#"
parent 1, MainThread (1/1)
  parent: 0 to 90
    running: 0 to 90
child 2, MainThread (2/2)
  child: 10 to 90
    task 1 (io): 20 to 90
      running: 20 to 30
      recv (waiting): 30 to 90

"#]]
    );
}

#[test]
fn a_pid_that_comes_again_gets_a_track_of_its_own() {
    let life = |from| {
        [
            (
                "1 parent",
                from,
                json!({"event": "started", "child": 2, "child_role": "child"}),
            ),
            (
                "2 child",
                from + 10,
                json!({"event": "sleep", "seconds": 0.1}),
            ),
            (
                "1 parent",
                from + 20,
                json!({
                    "event": "exited", "child": 2, "child_role": "child", "status": {"code": 0}
                }),
            ),
        ]
    };
    let trace = trace_of_events(&[life(100), life(200)].concat());
    snapbox::assert_data_eq!(
        drawn(&trace),
        snapbox::str![[r#"
parent 1, MainThread (1/1)
  parent: 0 to 220
    running: 0 to 220
child 2, MainThread (2/2)
  child: 100 to 120
    sleep: 110 to 120
child 2, MainThread (4194306/4194306)
  child: 200 to 220
    sleep: 210 to 220

"#]]
    );
}

#[test]
fn a_child_lives_from_its_start_or_its_first_event_whichever_was_earlier() {
    for (started, first) in [(100, 105), (105, 100)] {
        let started = (
            "1 parent",
            started,
            json!({
                "event": "started", "child": 2, "child_role": "child"
            }),
        );
        let first = ("2 child", first, json!({"event": "running"}));
        for events in [[&started, &first], [&first, &started]] {
            let trace = trace_of_events(&events.map(Clone::clone));
            let events = check_form(&trace);
            let life = events
                .iter()
                .find(|e| e["cat"] == "process" && e["pid"] == 2);
            assert_eq!(ts(life.unwrap()), 100);
        }
    }
}

#[test]
fn times_that_somebody_has_turned_round_still_make_a_picture() {
    let started = json!({"event": "started", "child": 2, "child_role": "writer"});
    let exited = json!({
        "event": "exited", "child": 2, "child_role": "writer", "status": {"code": 0}
    });
    let put = json!({"event": "put", "value": 1});
    let sleep = json!({"event": "sleep", "seconds": 1});
    let get = json!({"event": "get", "value": 1});
    check_form(&trace_of_events(&[
        ("1 parent", 900, started.clone()),
        ("2 writer", 800, json!({"event": "running"})),
        ("2 writer", 700, put.clone()),
        ("2 writer Thread-1", 100, sleep.clone()),
        ("2 writer Thread-1", 50, put.clone()),
        ("1 parent", 60, get.clone()),
        ("2 writer", 10, sleep.clone()),
        ("1 parent", 0, get),
        ("1 parent", 5, exited.clone()),
        // And events that can't be: of who has ended, and the end of who was never there.
        ("2 writer", 3, put),
        (
            "1 parent",
            2,
            json!({"event": "task_done", "task": 1, "kind": "io", "seconds": 0, "processor_seconds": 0}),
        ),
        ("1 parent", 1, exited.clone()),
        ("1 parent", 1, exited),
        (
            "1 parent",
            1,
            json!({"event": "get", "value": "nobody put it"}),
        ),
        ("1 parent Thread-1", u64::MAX, sleep),
    ]));
}

#[test]
fn a_refused_send_has_no_arrow() {
    let trace = run_words("pipe --simplex --reply --speed 100 --trace /dev/stdout").stdout;
    let (_, trace) = trace.split_once("['A', 'B', 'C']\n").unwrap();
    let events = check_form(trace);
    let sends = events
        .iter()
        .filter(|e| e["args"]["event"] == "send")
        .count();
    let arrows = events.iter().filter(|e| e["ph"] == "s").count();
    assert_eq!((sends, arrows), (2, 1));
    // There is no queue in this lesson, so there is nothing to count.
    assert!(events.iter().all(|e| e["ph"] != "C"));
}

#[test]
fn a_trace_has_what_repeats_the_run() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace.json");
    run_words(&format!(
        "queue --stop eof --speed 100 --seed 9 --trace {}",
        file.display()
    ))
    .succeeded();
    let trace: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
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
    let words = [
        "queue", "--pause", "1000", "--seed", "7", "--json", "--trace",
    ];
    let mut run = Running::start(mp_demo(words).arg(&file));
    let writer = run.wait_for("sleep", "writer");
    kill_process(pid_in(&writer["pid"]), Signal::KILL).unwrap();
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 1);
    let trace = fs::read_to_string(file).unwrap();
    check(&trace, &log);
    assert!(trace.contains("killed by SIGKILL (9)"));
}
