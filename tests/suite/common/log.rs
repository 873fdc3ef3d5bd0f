//! The log of a run, and searching in it.

use std::collections::HashMap;

use rustix::process::Pid;
use serde_json::Value;

/// A PID in an event.
pub fn pid_in(value: &Value) -> Pid {
    Pid::from_raw(value.as_i64().unwrap().try_into().unwrap()).unwrap()
}

/// A line of the log.
pub fn event(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

/// The events with this name.
pub fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|e| e["event"] == name).collect()
}

/// The values of the events with this name.
pub fn values<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    fields(events, name, "value")
}

/// This field of the events with this name.
pub fn fields<'a>(events: &'a [Value], name: &str, field: &str) -> Vec<&'a Value> {
    named(events, name).iter().map(|e| &e[field]).collect()
}

/// A figure in an event.
#[track_caller]
pub fn number(event: &Value, field: &str) -> f64 {
    event[field].as_f64().unwrap_or_else(|| panic!("no {field} in {event}"))
}

/// A log of these events behind `run`, a line each: seconds, PID, `role` or `role/thread`, event,
/// fields.
pub fn made_up(events: &str) -> String {
    let run = r#"0 1 parent run "lesson":"queue","options":{},"seed":1,"cores":2,"version":"0""#;
    let lines =
        [run].into_iter().chain(events.lines().filter(|line| !line.is_empty())).map(|line| {
            let words: Vec<_> = line.trim_start().splitn(5, ' ').collect();
            let [t, pid, who, name, fields @ ..] = &words[..] else { panic!("{line}") };
            let (role, thread) = who.split_once('/').unwrap_or((who, ""));
            let mut event =
                format!(r#"{{"v":1,"t":{t},"pid":{pid},"role":"{role}","event":"{name}""#);
            if !thread.is_empty() {
                event += &format!(r#","thread":"{thread}""#);
            }
            for fields in fields {
                event += &format!(",{fields}");
            }
            event + "}\n"
        });
    lines.collect()
}

/// The PID of the child with this role, from its parent's `started`, which may stand behind the
/// child's own events.
pub fn child_as<'a>(events: &'a [Value], role: &str) -> &'a Value {
    let is_it = |e: &&Value| e["event"] == "started" && e["child_role"] == role;
    let started = events.iter().find(is_it);
    &started.unwrap_or_else(|| panic!("no {role} in {events:#?}"))["child"]
}

/// All processes that were started.
pub fn children(events: &[Value]) -> Vec<Pid> {
    let started = named(events, "started").into_iter();
    started.map(|e| pid_in(&e["child"])).collect()
}

/// The lines of the default view.
pub fn lines_in(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|e| e["line"].as_str()).collect()
}

/// The index of the first event of which this is true.
pub fn position(events: &[Value], mut is_it: impl FnMut(&Value) -> bool) -> usize {
    events.iter().position(&mut is_it).unwrap_or_else(|| panic!("not in {events:#?}"))
}

/// What holds for the log of every run.
pub fn check_log(events: &[Value]) {
    assert_eq!(events[0]["event"], "run");
    assert_eq!(events[0]["t"], 0.0);
    let mut last_seen: HashMap<(i64, String), f64> = HashMap::new();
    let mut puts = HashMap::new();
    let mut ended = Vec::new();
    for event in events {
        assert_eq!(event["v"], 2, "{event}");
        let pid = event["pid"].as_i64().unwrap();
        let thread = event["thread"].as_str().unwrap_or_default().to_owned();
        let t = event["t"].as_f64().unwrap();
        let before = last_seen.insert((pid, thread), t).unwrap_or(0.0);
        assert!(before <= t, "time goes backwards at {event}");
        assert!(!ended.contains(&pid), "{event} after its process has ended");

        match event["event"].as_str().unwrap() {
            "put" | "send" => *puts.entry(event["value"].to_string()).or_insert(0) += 1,
            "get" | "recv" => {
                let left = puts.entry(event["value"].to_string()).or_insert(0);
                *left -= 1;
                assert!(*left >= 0, "{event} comes before its cause");
            }
            "exited" => ended.push(event["child"].as_i64().unwrap()),
            _ => {}
        }
    }
    // A killed process can't have waited for its own children.
    let killed: Vec<_> = named(events, "exited")
        .iter()
        .filter(|e| e["status"]["signal"].is_i64())
        .map(|e| &e["child"])
        .collect();
    // A process that adopted them may have.
    let is_of_killed = |e: &&Value| killed.contains(&&e["pid"]);
    let started = named(events, "started").into_iter();
    let adopted: Vec<_> = started.filter(is_of_killed).map(|e| &e["child"]).collect();
    let count = |name| {
        let of_it = |e: &&&Value| !is_of_killed(e) && !adopted.contains(&&e["child"]);
        named(events, name).iter().filter(of_it).count()
    };
    assert_eq!(count("exited"), count("started"), "not everybody was waited for");
}
