//! What holds for every trace, checked as Perfetto reads it: `trace_sorter.h` and
//! `slice_tracker.cc` have its rules.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::common::*;

/// PIDs are below this number on Linux. Tracks beyond it belong to processes whose PID was used
/// before.
const PIDS: u64 = 1 << 22;

/// A trace's events, one a line.
pub fn events_of(trace: &str) -> Vec<Value> {
    let whole: Value = serde_json::from_str(trace).unwrap();
    assert_eq!(whole["displayTimeUnit"], "ms");
    let events = whole["traceEvents"].as_array().unwrap().clone();
    assert!(!events.is_empty());
    let lines = trace.lines().skip(1).take(events.len());
    for (line, event) in lines.zip(&events) {
        assert_eq!(&self::event(line.trim_end_matches(',')), event);
    }
    events
}

/// The slices of a trace by track, in the order in which Perfetto takes them: by time, the longest
/// first, and then as they stand in the file.
fn slices(events: &[Value]) -> HashMap<(u64, u64), Vec<&Value>> {
    let mut tracks: HashMap<_, Vec<_>> = HashMap::new();
    for event in events.iter().filter(|e| e["ph"] == "X") {
        tracks.entry(track(event)).or_default().push(event);
    }
    for slices in tracks.values_mut() {
        slices.sort_by_key(|slice| (ts(slice), u64::MAX - slice["dur"].as_u64().unwrap()));
    }
    tracks
}

fn track(event: &Value) -> (u64, u64) {
    let number = |name: &str| event[name].as_u64().unwrap();
    (number("pid"), number("tid"))
}

pub(super) fn ts(event: &Value) -> u64 {
    event["ts"].as_u64().unwrap_or_else(|| panic!("{event}"))
}

fn end(slice: &Value) -> u64 {
    ts(slice) + slice["dur"].as_u64().unwrap()
}

fn micros(event: &Value) -> u64 {
    (event["t"].as_f64().unwrap() * 1e6).round() as u64
}

/// Checks what holds for every trace: its slices are nested.
pub(super) fn check_form(trace: &str) -> Vec<Value> {
    let events = events_of(trace);
    let slices = slices(&events);
    let inside = |outer: &Value, inner: &Value| ts(outer) <= ts(inner) && end(inner) <= end(outer);
    let depths =
        HashMap::from([("process", 0), ("thread", 0), ("task", 1), ("activity", 2), ("call", 3)]);
    for ((pid, _), of_track) in &slices {
        let is_process = |slice: &&&Value| slice["cat"] == "process";
        let life: Vec<_> = slices[&(*pid, *pid)].iter().filter(is_process).collect();
        assert_eq!(life.len(), 1, "{of_track:#?}");
        let depth = |slice: &Value| depths[slice["cat"].as_str().unwrap()];
        let mut open: Vec<&Value> = Vec::new();
        for slice in of_track {
            assert!(inside(life[0], slice), "{slice} is not in {}", life[0]);
            while let Some(outer) = open.last() {
                let is_over = end(outer) <= ts(slice) && depth(outer) >= depth(slice);
                if inside(outer, slice) && !is_over {
                    break;
                }
                assert!(end(outer) <= ts(slice), "{slice} is half in {outer}");
                open.pop();
            }
            // A slice without length is not inside one that begins at its end.
            if let Some(outer) = open.last().filter(|_| end(slice) > ts(slice)) {
                assert!(depth(outer) < depth(slice), "{slice} in {outer}");
            }
            open.push(slice);
        }
    }

    let mut arrows: HashMap<_, Vec<_>> = HashMap::new();
    for event in &events {
        let track = track(event);
        match event["ph"].as_str().unwrap() {
            "s" | "f" => {
                let ends = arrows.entry(event["id"].as_u64().unwrap()).or_default();
                ends.push(event);
                let is_around = |slice: &&Value| slice["cat"] == "call" && ts(slice) == ts(event);
                assert!(slices[&track].iter().any(is_around), "{event}");
            }
            "i" => {
                let life = &slices[&(track.0, track.0)][0];
                assert!(ts(life) <= ts(event) && ts(event) <= end(life), "{event}");
            }
            "M" | "X" | "C" => {}
            _ => panic!("{event}"),
        }
    }
    for ends in arrows.values() {
        let [from, to] = ends[..] else { panic!("{ends:?}") };
        assert_eq!((&from["ph"], &to["ph"]), (&json!("s"), &json!("f")));
        assert_eq!((&from["name"], &from["cat"]), (&to["name"], &to["cat"]));
        assert_eq!(to["bp"], "e");
        assert!(ts(from) <= ts(to), "{ends:?}");
    }

    let counts: Vec<_> = events.iter().filter(|e| e["name"] == "values in the queue").collect();
    assert!(counts.is_sorted_by_key(|count| ts(count)));
    let counts: Vec<_> = counts.iter().map(|e| e["args"]["now"].as_u64().unwrap()).collect();
    assert!(counts.iter().zip(&counts[counts.len().min(1)..]).all(|(a, b)| a.abs_diff(*b) == 1));
    assert_eq!(counts.first().copied().unwrap_or(0), 0);
    events
}

/// Checks the trace of an unedited log: it has each event at the log's time.
pub fn check(trace: &str, log: &[Value]) {
    let events = check_form(trace);
    let count = |name: &str| named(log, name).len();
    let left = events.iter().rfind(|e| e["name"] == "values in the queue");
    let left = left.map_or(0, |left| left["args"]["now"].as_u64().unwrap());
    // A process that ended right after it announced a put has not put.
    let failed = named(log, "error").into_iter().filter(|error| {
        let before = log.iter().take_while(|e| e != error);
        let last = before.filter(|e| e["pid"] == error["pid"]).last();
        last.is_some_and(|last| last["event"] == "put")
    });
    // What a program of the user's could not put, or what could not be pickled.
    let not_put = count("full") + count("dropped");
    let put = count("put") - failed.count() - not_put;
    assert_eq!(left as usize, put - count("get"));
    // The lessons get nothing that was not put, nor receive what was not sent.
    let arrows = events.iter().filter(|e| e["ph"] == "s").count();
    assert_eq!(arrows, count("get") + count("recv"));

    // Slices by the times at which they begin and end, as there are too many to search all of them
    // for each event.
    let mut told: HashMap<_, Vec<_>> = HashMap::new();
    for drawn in events.iter().filter(|e| e["ph"] != "M") {
        let pid = drawn["pid"].as_u64().unwrap() % PIDS;
        let end = drawn["dur"].as_u64().map(|dur| ts(drawn) + dur);
        for time in BTreeSet::from([ts(drawn), end.unwrap_or(ts(drawn))]) {
            told.entry((pid, time)).or_default().push(drawn);
        }
    }
    for event in log {
        let name = event["event"].as_str().unwrap();
        let mut args = event.as_object().unwrap().clone();
        for common in ["v", "t", "pid", "role", "thread"] {
            args.remove(common);
        }
        let args = Value::from(args);
        let begins = |drawn: &Value| ts(drawn) == micros(event);
        let is_it = |drawn: &&Value| match (drawn["ph"].as_str().unwrap(), name) {
            ("C", "progress") => {
                let series = format!("done of {}", event["of"]);
                drawn["args"] == json!({ series: event["done"] })
            }
            ("X", "task_start") => {
                drawn["cat"] == "task" && drawn["args"]["task"] == event["task"] && begins(drawn)
            }
            ("X", "task_done") => drawn["args"] == args && end(drawn) == micros(event),
            ("X" | "i", _) => drawn["args"] == args && begins(drawn),
            _ => false,
        };
        let then = told.get_mut(&(event["pid"].as_u64().unwrap(), micros(event)));
        let then = then.unwrap_or_else(|| panic!("{event} is not told"));
        let found = then.iter().position(is_it);
        let found = found.unwrap_or_else(|| panic!("{event} is not told"));
        if name != "task_start" {
            then.remove(found);
        }
    }
    let is_life = |e: &&Value| e["cat"] == "process";
    let lives: Vec<_> = events.iter().filter(is_life).collect();
    for exited in named(log, "exited") {
        let life = lives.iter().find(|life| life["pid"] == exited["child"]).unwrap();
        assert_eq!(end(life), micros(exited));
        assert_eq!(life["name"], exited["child_role"]);
    }
}

/// The slices of a trace as a text: each track's, one inside the other, with their times in
/// microseconds.
pub(super) fn drawn(trace: &str) -> String {
    let events = check_form(trace);
    let mut tracks: Vec<_> = slices(&events).into_iter().collect();
    tracks.sort_by_key(|(track, _)| *track);
    let name = |of: &str, track: (u64, u64)| {
        let is_it = |e: &&Value| e["name"] == of && self::track(e) == track;
        let named = events.iter().find(is_it).unwrap();
        named["args"]["name"].as_str().unwrap().to_owned()
    };
    let mut text = String::new();
    for (track @ (pid, _), slices) in tracks {
        let names = (name("process_name", (pid, pid)), name("thread_name", track));
        text += &format!("{}, {} ({}/{})\n", names.0, names.1, track.0, track.1);
        let mut open: Vec<u64> = Vec::new();
        for slice in slices {
            open.retain(|outer| *outer > ts(slice) || *outer == end(slice));
            let indent = "  ".repeat(open.len() + 1);
            let (title, start, end) = (slice["name"].as_str().unwrap(), ts(slice), end(slice));
            text += &format!("{indent}{title}: {start} to {end}\n");
            open.push(end);
        }
    }
    text
}
