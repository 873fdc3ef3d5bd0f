//! `mp-demo spawn`

use crate::common::*;

#[test]
fn prints_what_the_articles_program_prints() {
    let ended = run_words("spawn --speed 20").succeeded();
    let mut expected = String::from("Parent process A\n");
    for _ in 0..5 {
        expected += "Child process will start.
thread MainThread is running...
thread MainThread >>> 0
这是多线程启动的
thread MainThread >>> 1
这是多线程启动的
thread MainThread >>> 2
这是多线程启动的
thread MainThread >>> 3
这是多线程启动的
thread MainThread >>> 4
这是多线程启动的
thread MainThread ended.
";
    }
    expected += "Child process end.";
    assert_same_lines(&ended.stdout, &expected);
    assert!(ended.stdout.starts_with("Parent process "));
}

#[test]
fn each_process_says_its_lines_in_the_programs_order() {
    let events = run_words("spawn --children 3 --threads 2 --sleep 0 --json")
        .succeeded()
        .events();
    for child in named(&events, "started") {
        let lines: Vec<_> = events
            .iter()
            .filter(|e| e["pid"] == child["child"] && e["thread"].is_null())
            .filter_map(|e| e["line"].as_str())
            .collect();
        assert_eq!(
            lines,
            [
                "thread MainThread is running...",
                "thread MainThread >>> 0",
                "thread MainThread >>> 1",
                "thread MainThread ended.",
            ]
        );
        let threads: Vec<_> = events
            .iter()
            .filter(|e| e["pid"] == child["child"] && !e["thread"].is_null())
            .map(|e| e["line"].as_str())
            .collect();
        assert_eq!(threads, [Some("这是多线程启动的"); 2]);
    }
}

#[test]
fn join_last_waits_for_the_last_child_only_and_the_rest_is_joined_at_exit() {
    let events = run_words("spawn --children 3 --threads 1 --sleep 0.01 --json")
        .succeeded()
        .events();
    assert_eq!(joins_before_the_end(&events), ["child-3"]);
    assert_eq!(named(&events, "joined").len(), 1 + left_at_the_end(&events));
}

#[test]
fn join_all_waits_for_every_child() {
    let events = run_words("spawn --join all --children 3 --threads 1 --sleep 0 --json")
        .succeeded()
        .events();
    assert_eq!(
        joins_before_the_end(&events),
        ["child-1", "child-2", "child-3"]
    );
    assert_eq!(left_at_the_end(&events), 0);
}

#[test]
fn join_each_runs_one_child_after_another() {
    let events = run_words("spawn --join each --children 3 --threads 1 --sleep 0 --json")
        .succeeded()
        .events();
    let order: Vec<_> = events
        .iter()
        .filter_map(|e| match e["event"].as_str() {
            Some(name @ ("started" | "joined")) => Some((name, e["child_role"].as_str()?)),
            _ => None,
        })
        .collect();
    assert_eq!(
        order,
        [
            ("started", "child-1"),
            ("joined", "child-1"),
            ("started", "child-2"),
            ("joined", "child-2"),
            ("started", "child-3"),
            ("joined", "child-3"),
        ]
    );
    assert_eq!(named(&events, "after_join").len(), 1);
}

#[test]
fn speed_divides_the_sleep() {
    let events = run_words("spawn --speed 40 --children 1 --json")
        .succeeded()
        .events();
    let sleeps: Vec<_> = named(&events, "sleep")
        .iter()
        .map(|e| e["seconds"].as_f64())
        .collect();
    assert_eq!(sleeps, [Some(0.05)]);
}

#[test]
fn a_thousand_children_are_joined() {
    let events = run_words("spawn --children 1000 --threads 1 --sleep 0 --json")
        .succeeded()
        .events();
    assert_eq!(named(&events, "exited").len(), 1000);
}

fn joins_before_the_end(events: &[serde_json::Value]) -> Vec<&str> {
    let end = position(events, |e| e["event"] == "after_join");
    named(&events[..end], "joined")
        .iter()
        .filter_map(|e| e["child_role"].as_str())
        .collect()
}

fn left_at_the_end(events: &[serde_json::Value]) -> usize {
    let end = position(events, |e| e["event"] == "after_join");
    named(&events[end..], "exited").len()
}
