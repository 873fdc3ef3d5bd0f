//! `mp-demo spawn`

use rustix::process::Signal;
use serde_json::Value;

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
fn join_last_waits_for_the_last_child_only_and_the_rest_is_joined_at_exit() {
    let mut run = Running::with_log("spawn --children 3 --threads 1 --sleep 1");
    // The first child is stopped until the parent exits, so it is surely left by then.
    let first = &run.wait_for("sleep", "child-1")["pid"];
    kill(first, Signal::STOP);
    run.wait_for("after_join", "parent");
    kill(first, Signal::CONT);
    let (ended, events) = run.finish_with_log();
    assert_eq!(ended.code(), 0);
    assert_eq!(joins_before_the_end(&events), ["child-3"]);
    let left = left_at_the_end(&events);
    assert!((1..=2).contains(&left));
    assert_eq!(named(&events, "joined").len(), 1 + left);
}

#[test]
fn join_all_waits_for_every_child() {
    let events = log_of("spawn --join all --children 3 --threads 1 --sleep 0");
    let joined = joins_before_the_end(&events);
    assert_eq!(joined, ["child-1", "child-2", "child-3"]);
    assert_eq!(left_at_the_end(&events), 0);
}

#[test]
fn join_each_runs_one_child_after_another() {
    let events = log_of("spawn --join each --children 3 --threads 1 --sleep 0");
    let is_it = |e: &&Value| e["event"] == "started" || e["event"] == "joined";
    let order = events.iter().filter(is_it).map(|e| (&e["event"], &e["child_role"]));
    let children = ["child-1", "child-2", "child-3"].map(Value::from);
    let [started, joined] = ["started", "joined"].map(Value::from);
    let expected = children.iter().flat_map(|child| [(&started, child), (&joined, child)]);
    assert!(order.eq(expected), "{events:#?}");
    assert_eq!(named(&events, "after_join").len(), 1);
}

#[test]
fn a_thousand_children_are_joined() {
    let events = log_of("spawn --children 1000 --threads 1 --sleep 0");
    assert_eq!(named(&events, "exited").len(), 1000);
}

fn joins_before_the_end(events: &[Value]) -> Vec<&Value> {
    let end = position(events, |e| e["event"] == "after_join");
    fields(&events[..end], "joined", "child_role")
}

fn left_at_the_end(events: &[Value]) -> usize {
    let end = position(events, |e| e["event"] == "after_join");
    named(&events[end..], "exited").len()
}
