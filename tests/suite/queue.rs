//! `mp-demo queue`

use serde_json::{Value, json};

use crate::common::*;

/// With this seed the pauses of the lesson's three values are long, the last one most of all: the reader has time
/// to get everything before it is terminated, on a busy machine too.
const SEED_OF_LONG_PAUSES: &str = "--seed 7";

#[test]
fn prints_what_the_articles_program_prints() {
    let ended = run_words(&format!("queue {SEED_OF_LONG_PAUSES}")).succeeded();
    let expected = "\
Parent process A
Process to write: B
Put A to queue...
Process to read: C
Get A from queue.
Put B to queue...
Get B from queue.
Put C to queue...
Get C from queue.
";
    // Writer and reader start at the same time: only these two lines may have changed places.
    let screen = letters(&ended.stdout);
    let of_reader = screen.find("Process to read: ").unwrap();
    let of_writer = screen.find("Process to write: ").unwrap();
    if of_writer < of_reader {
        assert_same_lines(&ended.stdout, expected);
    } else {
        assert_same_lines(
            &ended.stdout,
            &expected
                .replace("write: B", "write: C")
                .replace("read: C", "read: B"),
        );
    }
}

#[test]
fn the_parent_joins_the_writer_then_terminates_the_reader() {
    let events = run_words(&format!("queue {SEED_OF_LONG_PAUSES} --json"))
        .succeeded()
        .events();
    let of_parent: Vec<_> = events
        .iter()
        .filter(|e| e["role"] == "parent" && !e["child"].is_null())
        .map(|e| format!("{} {}", e["event"], e["child_role"]).replace('"', ""))
        .collect();
    assert_eq!(
        of_parent,
        [
            "started writer",
            "started reader",
            "join writer",
            "exited writer",
            "joined writer",
            "terminate reader",
            "join reader",
            "exited reader",
            "joined reader",
        ]
    );
    let reader = named(&events, "exited")[1];
    assert_eq!(reader["status"], json!({"signal": 15}));
}

#[test]
fn a_value_put_and_never_got_is_told_and_stands_in_the_log() {
    // Many values and no pauses: the reader is terminated while the pipe still has some.
    let numbers: Vec<_> = (0..5000).map(|n| n.to_string()).collect();
    let args = ["queue", "--pause", "0", "--json"].map(String::from);
    let ended = run(&mut mp_demo(args.iter().chain(&numbers)));
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    let events = ended.events();
    assert_eq!(values(&events, "put").len(), 5000);
    let got = values(&events, "get");
    assert!(got.iter().enumerate().all(|(n, value)| **value == json!(n)));

    let args = ["queue", "--pause", "0"].map(String::from);
    let ended = run(&mut mp_demo(args.iter().chain(&numbers)));
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    let got = ended
        .lines()
        .iter()
        .filter(|line| line.starts_with("Get"))
        .count();
    let expected = match 5000 - got {
        0 => String::new(),
        1 => "mp-demo: 1 value was put and never got: 4999\n".into(),
        lost => {
            let named: Vec<_> = (got..5000).take(5).map(|n| n.to_string()).collect();
            let rest = if lost > 5 {
                format!(" and {} more", lost - 5)
            } else {
                String::new()
            };
            format!(
                "mp-demo: {lost} values were put and never got: {}{rest}\n",
                named.join(", ")
            )
        }
    };
    assert_eq!(ended.stderr, expected);
}

#[test]
fn sentinel_and_eof_lose_nothing() {
    let numbers: Vec<_> = (0..2000).map(|n| n.to_string()).collect();
    for stop in ["sentinel", "eof"] {
        for (writers, readers) in [("1", "1"), ("3", "1"), ("1", "3"), ("4", "7")] {
            let args = [
                "queue",
                "--json",
                "--pause",
                "0",
                "--stop",
                stop,
                "--writers",
                writers,
                "--readers",
                readers,
            ]
            .map(String::from);
            let events = run(&mut mp_demo(args.iter().chain(&numbers)))
                .succeeded()
                .events();
            let mut got: Vec<_> = values(&events, "get")
                .iter()
                .filter_map(|v| v.as_u64())
                .collect();
            got.sort_unstable();
            let all: Vec<u64> = (0..2000).collect();
            assert_eq!(got, all, "{stop}, {writers} writers, {readers} readers");

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
    let events = run_words("queue --writers 3 --stop eof --pause 0 --json a b c d e f g")
        .succeeded()
        .events();
    let puts_of = |role: &str| -> Vec<&str> {
        let puts = named(&events, "put")
            .into_iter()
            .filter(|e| e["role"] == role);
        puts.filter_map(|e| e["value"].as_str()).collect()
    };
    assert_eq!(puts_of("writer-1"), ["a", "d", "g"]);
    assert_eq!(puts_of("writer-2"), ["b", "e"]);
    assert_eq!(puts_of("writer-3"), ["c", "f"]);
}

#[test]
fn no_value_equals_the_end_mark() {
    let candidates = ["null", "\u{4}", "\"\\u0004\"", "", "\n", "None", "sentinel"];
    let args = [
        "queue", "--stop", "sentinel", "--pause", "0", "--json", "--",
    ];
    let events = run(&mut mp_demo(args.iter().chain(&candidates)))
        .succeeded()
        .events();
    let expected = [
        Value::Null,
        json!("\u{4}"),
        json!("\u{4}"),
        json!(""),
        json!("\n"),
        json!("None"),
        json!("sentinel"),
    ];
    assert_eq!(values(&events, "get"), expected.iter().collect::<Vec<_>>());
}

#[test]
fn the_longest_value_passes_and_a_longer_one_is_refused_before_anything_starts() {
    // As a line of JSON it has two quotes and a newline more: 4,096 bytes.
    let longest = "a".repeat(4093);
    let args = ["queue", "--stop", "eof", "--pause", "0", "--readers", "2"];
    let ended = run(&mut mp_demo(args.iter().chain(&[longest.as_str()]))).succeeded();
    assert!(
        ended
            .lines()
            .contains(&format!("Get {longest} from queue.").as_str())
    );

    let ended = run(&mut mp_demo(["queue", &"a".repeat(4094)]));
    assert_eq!(ended.code(), 2);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("4097 bytes"), "{}", ended.stderr);
    assert!(ended.stderr.contains("4096 bytes"), "{}", ended.stderr);
}

#[test]
fn a_seed_repeats_the_pauses() {
    let pauses = |seed: &str| -> Vec<String> {
        let words = format!("queue --stop eof --writers 2 --speed 1000 --json --seed {seed}");
        let events = run_words(&words).succeeded().events();
        assert_eq!(events[0]["seed"].to_string(), seed);
        let sleeps = named(&events, "sleep").into_iter();
        let mut shown: Vec<_> = sleeps
            .map(|e| format!("{} {}", e["role"], e["seconds"]))
            .collect();
        shown.sort();
        shown
    };
    assert_eq!(pauses("1").len(), 3);
    assert_eq!(pauses("1"), pauses("1"));
    assert_ne!(pauses("1"), pauses("2"));
}

#[test]
fn without_a_seed_the_log_has_one_that_repeats_the_run() {
    let first = run_words("queue --stop eof --speed 1000 --json")
        .succeeded()
        .events();
    let seed = &first[0]["seed"];
    let again = run_words(&format!(
        "queue --stop eof --speed 1000 --json --seed {seed}"
    ));
    let pauses = |events: &[Value]| -> Vec<Value> {
        named(events, "sleep")
            .iter()
            .map(|e| e["seconds"].clone())
            .collect()
    };
    assert_eq!(pauses(&first), pauses(&again.succeeded().events()));
}
