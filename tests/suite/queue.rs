//! `mp-demo queue`

use std::collections::BTreeSet;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::common::*;

#[test]
fn the_parent_joins_the_writer_then_terminates_the_reader() {
    // With this seed its pauses are long: the reader surely has begun when it is terminated.
    let events = log_of("queue --seed 7");
    let of_parent = events.iter().filter(|e| !e["child"].is_null());
    let of_parent = of_parent.map(|e| format!("{} {}", e["event"], e["child_role"]));
    assert_eq!(
        of_parent.collect::<Vec<_>>().join(", ").replace('"', ""),
        "started writer, started reader, join writer, exited writer, joined writer, \
         terminate reader, join reader, exited reader, joined reader"
    );
    let reader = named(&events, "exited")[1];
    assert_eq!(reader["status"], json!({"signal": 15}));
}

/// So many numbers from 0, as arguments.
pub fn numbers(count: usize) -> String {
    let numbers = (0..count).map(|n| n.to_string());
    numbers.collect::<Vec<_>>().join(" ")
}

#[test]
fn values_put_and_never_got_are_told_and_stand_in_the_log() {
    // The reader can't get all of these before it is stopped: the log has no room for so many lines
    // while this test doesn't read it.
    let mut run = Running::with_log(&format!("queue --pause 0 {}", numbers(5000)));
    let reader = &run.wait_for("get", "reader")["pid"];
    kill(reader, Signal::STOP);
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 0, "{}", ended.stderr);

    assert_eq!(values(&log, "put"), (0..5000).collect::<Vec<i32>>());
    let got = values(&log, "get").len();
    assert_eq!(values(&log, "get"), values(&log, "put")[..got]);
    let (lost, more) = (5000 - got, 5000 - got - 5);
    let first: Vec<_> = (got..got + 5).map(|n| n.to_string()).collect();
    let first = first.join(", ");
    assert_eq!(
        ended.stderr,
        format!(
            "mp-demo: reader (PID {reader}) did not end within a second of SIGTERM, so it gets SIGKILL\n\
             mp-demo: {lost} values were put and never got: {first} and {more} more\n"
        )
    );
}

#[test]
fn sentinel_and_eof_lose_nothing() {
    for stop in ["sentinel", "eof"] {
        for (writers, readers) in [("1", "1"), ("3", "1"), ("1", "3"), ("4", "7")] {
            let options = format!("queue --stop {stop} --writers {writers} --readers {readers}");
            let count = if is_soak() { 2000 } else { 500 };
            let events = log_of(&format!("{options} --pause 0 {}", numbers(count)));
            let mut got = values(&events, "get");
            got.sort_by_key(|value| value.as_u64());
            assert_eq!(got, (0..count).collect::<Vec<_>>(), "{options}");

            let (name, other) = match stop {
                "sentinel" => ("get_sentinel", "end_of_file"),
                _ => ("end_of_file", "get_sentinel"),
            };
            assert_eq!(named(&events, name).len().to_string(), readers);
            assert_eq!(named(&events, other).len(), 0);
        }
    }
}

#[test]
fn writers_share_the_values_out_in_turn() {
    let events = log_of("queue --writers 3 --stop eof --pause 0 a b c d e f g");
    let puts_of = |role: &str| -> Vec<&Value> {
        let of_role = named(&events, "put").into_iter().filter(|e| e["role"] == role);
        of_role.map(|e| &e["value"]).collect()
    };
    assert_eq!(puts_of("writer-1"), ["a", "d", "g"]);
    assert_eq!(puts_of("writer-2"), ["b", "e"]);
    assert_eq!(puts_of("writer-3"), ["c", "f"]);
}

#[test]
fn no_value_equals_the_end_mark() {
    let candidates = ["null", "\u{4}", "\"\\u0004\"", "", "\n", "None", "sentinel"];
    let words = "queue --stop sentinel --pause 0 --json --".split(' ');
    let events = run(mp_demo(words).args(candidates)).succeeded().events();
    let expected = json!([null, "\u{4}", "\u{4}", "", "\n", "None", "sentinel"]);
    assert_eq!(json!(values(&events, "get")), expected);
}

#[test]
fn the_longest_value_passes_and_a_longer_one_is_refused_before_anything_starts() {
    // With its quotes and newline the line of JSON has 4,096 bytes.
    let longest = "a".repeat(4093);
    let ended = run_words(&format!("queue --stop eof --pause 0 --readers 2 {longest}"));
    let got = format!("\nGet {longest} from queue.\n");
    assert!(ended.succeeded().stdout.contains(&got));
    for bytes in ["4097 bytes", "4096 bytes"] {
        assert_refused(&format!("queue a{longest}"), bytes);
    }
}

#[test]
fn a_seed_repeats_the_pauses_and_every_log_has_one() {
    let pauses = |seed: &str| -> (String, BTreeSet<String>) {
        let events = log_of(&format!("queue --stop eof --writers 2 --speed 1000 {seed}"));
        let sleeps = named(&events, "sleep").into_iter();
        let shown = sleeps.map(|e| format!("{} {}", e["role"], e["seconds"]));
        (format!("--seed {}", events[0]["seed"]), shown.collect())
    };
    let (seed, first) = pauses("");
    assert_eq!(first.len(), 3);
    assert_eq!(pauses(&seed), (seed, first));
    assert_ne!(pauses("--seed 1"), pauses("--seed 2"));
}
