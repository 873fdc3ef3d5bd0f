//! `at`: where in a lesson's program each event happened.

use serde_json::Value;

use crate::common::*;

/// What nobody's line does: the run begins; children end, and are heard of or found stopped; and a
/// child that the program does not join is joined when it returns.
const WITHOUT_A_PLACE: [&str; 7] = ["run", "exited", "output", "idle", "unread", "join", "joined"];

/// The source line of an event, without what is around it.
fn source_line(event: &Value) -> String {
    let file = event["at"]["file"].as_str().unwrap_or_else(|| panic!("{event}"));
    let number = event["at"]["line"].as_u64().unwrap() as usize;
    let text = text_of(file);
    text.lines().nth(number - 1).unwrap_or_else(|| panic!("{event}")).trim().to_owned()
}

#[test]
fn every_event_that_a_lessons_own_code_causes_says_where() {
    for lesson in lessons() {
        for event in short_log_of(&lesson).lines().map(event) {
            let name = event["event"].as_str().unwrap();
            if event["at"].is_null() {
                assert!(WITHOUT_A_PLACE.contains(&name), "{lesson}: {event}");
                continue;
            }
            let file = event["at"]["file"].as_str().unwrap();
            assert!(file.starts_with("src/lessons/"), "{event}");
            // A call, or a later line of one.
            let line = source_line(&event);
            assert!(line.contains(['(', ')', '.', '"', ';']), "{line}: {event}");
        }
    }
}

#[test]
fn the_place_is_the_line_of_the_call() {
    for (words, event, role, call) in [
        ("queue --stop eof", "running", "writer", "process.running(format!(\"Process to write"),
        ("queue --stop eof", "put", "writer", "queue.print_and_put("),
        ("queue --stop eof", "sleep", "writer", "process.sleep_at_most("),
        ("queue --stop eof", "wait", "reader", "queue.get_and_print("),
        ("queue --stop eof", "get", "reader", "queue.get_and_print("),
        ("queue --stop eof", "end_of_file", "reader", "queue.get_and_print("),
        ("queue --stop eof", "started", "parent", "mp.start_all("),
        ("queue --stop eof", "join", "parent", "writers.join()?"),
        ("queue --stop sentinel", "put_sentinel", "parent", "put_end.put_sentinel()"),
        ("terminate", "terminate", "parent", "terminate()?"),
        ("queue --lock --stop sentinel", "acquired", "reader", "lock.acquire()?"),
        ("queue --lock --stop sentinel", "release", "reader", "lock.release()?"),
        ("pipe", "send", "writer", "connection.send("),
        ("pipe", "recv", "parent", "connection.recv()"),
        ("pipe", "print", "parent", "print("),
    ] {
        let log = log_of(&format!("{words} --speed 1000 --seed 3"));
        let is_it = |e: &&Value| e["event"] == event && e["role"] == role;
        let Some(event) = log.iter().find(is_it) else { panic!("{words}: no {event}: {log:#?}") };
        let line = source_line(event);
        assert!(line.contains(call), "{words}: {call} is not in {line}: {event}");
    }
}

#[test]
fn labels_show_the_place_behind_time_role_and_pid() {
    let ended = run_words("pipe --speed 1000 --labels=lines").succeeded();
    let log = log_of("pipe --speed 1000");
    for event in log.iter().filter(|event| !event["line"].is_null()) {
        let at = &event["at"];
        let place = format!("{}:{}", at["file"].as_str().unwrap(), at["line"]);
        let role = event["role"].as_str().unwrap();
        let shown = ended.lines().into_iter().filter(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words[1] == role && words[3] == place
        });
        assert_eq!(shown.count(), 1, "{place}: {ended:?}");
    }
    // A Python program's function is kept, and what a terminal would obey is not.
    let log = r#"{"v":2,"t":0,"pid":1,"role":"parent","event":"run","lesson":"queue","options":{},"seed":1,"cores":2,"version":"0"}
{"v":2,"t":1,"pid":1,"role":"parent","at":{"file":"a b.py","line":7,"function":"main"},"event":"say","line":"x"}
"#;
    let shown = view_log(log, &["--labels=lines"]).succeeded();
    assert_eq!(shown.stdout, "1.000000  parent         1  a b.py:7  x\n");
    assert_eq!(view_log(log, &["--json"]).succeeded().stdout, log);
}
