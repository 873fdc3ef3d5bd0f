//! `--json`: the log, whose form is public.

use serde_json::json;

use crate::common::*;

#[test]
fn a_run_begins_with_what_repeats_it() {
    let events = log_of("queue --stop eof --speed 100 --seed 9 1 [2]");
    let run = &events[0];
    assert_eq!(run["role"], "parent");
    assert_eq!(run["lesson"], "queue");
    assert_eq!(run["seed"], 9);
    assert_eq!(run["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        run["options"],
        json!({
            "values": [1, [2]], "writers": 1, "readers": 1, "pause": 1.0, "take": 0.0, "stop": "eof",
            "keep_end": false, "lock": false, "speed": 100.0
        })
    );
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(run["cores"], cores);
}

#[test]
fn the_usable_cores_are_counted_not_the_machines() {
    let ended = run(&mut shell("taskset -c 0 mp-demo pipe --speed 100 --json"));
    assert_eq!(ended.succeeded().events()[0]["cores"], 1);
}

#[test]
fn events_longer_than_a_pipe_write_come_out_whole() {
    // Several writers at a time, each event longer than PIPE_BUF because value and line have it
    // both.
    let mut values: Vec<_> = (0..40).map(|n| format!("{n}{}", "z".repeat(3000))).collect();
    let words = "queue --pause 0 --stop eof --writers 4 --readers 4";
    let events = log_of(&format!("{words} {}", values.join(" ")));
    let mut got = named(&events, "get");
    got.sort_by_key(|event| event["value"].as_str());
    values.sort();
    assert_eq!(got.len(), values.len());
    for (event, value) in got.into_iter().zip(values) {
        assert_eq!(event["line"], format!("Get {value} from queue."));
        assert_eq!(event["value"], value);
    }
}

#[test]
fn numbers_of_any_length_and_the_order_of_keys_are_kept() {
    let value = r#"{"z":123456789012345678901234567890,"a":1.50,"m":[1E400]}"#;
    let ended = run(&mut mp_demo(["pipe", "--json", "--speed", "100", value])).succeeded();
    let is_recv = |line: &&str| line.contains("\"event\":\"recv\"");
    let log = ended.stdout.lines().find(is_recv).unwrap();
    let kept = r#""z":123456789012345678901234567890,"a":1.50,"#;
    assert!(log.contains(kept), "{log}");
    let line = r#"[{'z': 123456789012345678901234567890, 'a': 1.5, 'm': [inf]}]"#;
    assert!(ended.stdout.contains(line), "{}", ended.stdout);
}

#[test]
fn a_reason_is_worded_in_the_language_of_its_reader() {
    let log = text_of("tests/logs/every-reason.jsonl");
    // These are foreign: nobody translates them.
    let is_foreign = |line: &&str| line.ends_with(": x");
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let english = view_log(&log, &["--lang", "en"]).stderr;
    let chinese = view_log(&log, &["--lang", "zh"]).stderr;
    for line in english.lines() {
        assert!(!line.contains(is_chinese), "{line}");
    }
    let is_reason = |line: &&str| line.starts_with("mp-demo: ");
    for line in chinese.lines().filter(is_reason).filter(|line| !is_foreign(line)) {
        assert!(line.contains(is_chinese), "{line}");
        assert_eq!(crate::programs::read::english_in(line), None, "{line}");
    }
    let count = |said: &str| said.lines().filter(is_reason).count();
    assert_eq!(count(&english), count(&chinese));
    assert!(count(&english) >= log.lines().count() - 1, "{english}");
}

#[test]
fn a_recording_does_not_keep_the_language_it_was_made_in() {
    for words in [
        "pipe --simplex --reply --speed 100",
        "queue --writer nobody-has-this",
        "queue --writer false --reader cat",
        "pipe --child true",
    ] {
        let said = |made: &str, shown: &str| {
            let made = run_words(&format!("{words} --json --lang {made}"));
            let said = view_log(&made.stdout, &["--lang", shown]).stderr;
            // Two runs have other PIDs, and their children end in another order.
            sorted(&said.replace(|c: char| c.is_ascii_digit(), ""))
        };
        assert_eq!(said("zh", "en"), said("en", "en"), "{words}");
        assert_eq!(said("en", "zh"), said("zh", "zh"), "{words}");
    }
}
