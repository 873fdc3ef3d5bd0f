//! The facts that notes on recorded runs have to contain, in both languages and whatever their
//! words.

use super::text_of;
use crate::common::{made_up, mp_demo, recorded, run, shell, view_log, words_of};

/// Each log, and facts that its notes have in this order, in whatever words.
const FACTS: &[(&str, &[&str])] = &[
    ("queue-all-got", &["--seed 7", "24212", "writer (PID 24214)", "868", "'A'", "'C'", "690"]),
    ("queue-all-got", &["SIGTERM (15)", "join()", "exitcode", "-15", "143 = 128 + 15"]),
    ("queue-late", &["put()", "feeder", "get()", "SIGTERM (15)"]),
    ("queue-one-sentinel", &["reader (PID 24219)", "get()", "258", "writer", "join()", "0", "2"]),
    (
        "queue-eof",
        &["reader-1", "get()", "reader-2 (PID 24224)", "EOF", "reader-1", "EOF", "join()"],
    ),
    ("queue-killed", &["reader (PID 24287)", "SIGKILL (9)", "-9", "137 = 128 + 9"]),
    ("queue-killed", &["writer (PID 24286)", "1", "terminate()", "join()", "124"]),
    ("queue-stopped", &["SIGTERM (15)", "'C'", "SIGKILL (9)", "137 = 128 + 9", "mp-demo: 1"]),
    ("spawn-each", &["child-1", "Thread-1", "202", "child-2 (PID 24245)", "join()", "MainThread"]),
    ("bound-io", &["worker (PID 4265)", "spawn", "get()", "answerer (PID 4266)", "recv()"]),
    ("bound-io", &["10.3", "0.16", "8.60", "2", "answerer-2 (PID 4270)", "worker-2 (PID 4269)"]),
];

#[test]
fn notes_have_the_facts_of_their_run_in_both_languages() {
    for (log, facts) in FACTS {
        for language in ["en", "zh"] {
            let text = text_of(log, language);
            let mut rest = text.as_str();
            for fact in *facts {
                let Some((_, behind)) = rest.split_once(fact) else {
                    panic!("{log}, {language}: no {fact} in {rest}\n{text}");
                };
                rest = behind;
            }
        }
    }
}

#[test]
fn a_reader_that_was_never_ready_is_not_said_to_have_called_get() {
    for language in ["en", "zh"] {
        let text = text_of("queue-four-lost", language);
        let (_, end) = text.rsplit_once("SIGTERM").unwrap();
        assert!(!end.contains("get()"), "{end}");
    }
}

#[test]
fn a_seed_is_told_of_only_where_something_is_random() {
    assert!(text_of("queue-all-got", "en").contains("--seed"));
    assert!(text_of("async", "en").contains("--seed"));
    for log in ["memory", "spawn-last", "bound-io"] {
        assert!(!text_of(log, "en").contains("--seed"), "{log}");
    }
}

#[test]
fn a_brief_explanation_of_a_queue_has_eight_notes_at_most() {
    for log in
        ["queue-all-got", "queue-four-lost", "queue-one-sentinel", "queue-eof", "queue-sentinel"]
    {
        for language in ["en", "zh"] {
            let path = recorded(log);
            let notes_with = |explain| {
                let args = ["view", &path, explain, "--lang", language];
                let ended = run(mp_demo(args).env("COLUMNS", "10000"));
                let notes = super::notes(&ended.stderr).into_iter();
                notes.map(str::to_owned).collect::<Vec<_>>()
            };
            let (brief, full) = (notes_with("--explain=brief"), notes_with("--explain=full"));
            assert!((3..=8).contains(&brief.len()), "{log}: {brief:#?}");
            assert!(full.len() > 2 * brief.len(), "{log}: {full:#?}");
            assert!(brief.iter().all(|note| full.contains(note)), "{log}");
            assert_eq!(full, notes_with("--explain"));
        }
    }
}

#[test]
fn no_note_comes_between_the_lines_of_a_table() {
    let script = format!("mp-demo view {} --explain 2>&1", recorded("bound-io"));
    let both = run(&mut shell(&script)).stdout;
    let table = run(&mut mp_demo(["view", &recorded("bound-io")])).stdout;
    assert!(both.contains(&table), "{both}");
    assert!(both.contains("were measured in this run"), "{both}");
}

#[test]
fn the_same_part_played_again_and_again_is_described_once() {
    let ended = |child: usize| {
        format!(
            r#"0 1 parent started "child":{child},"child_role":"child"
            0 1 parent join "child":{child},"child_role":"child"
            0 1 parent exited "child":{child},"child_role":"child","status":{{"code":0}}
            0 1 parent joined "child":{child},"child_role":"child""#
        )
    };
    let log = made_up(&(2..302).map(ended).collect::<Vec<_>>().join("\n"));
    let text = words_of(&view_log(log, &["--explain"]).stderr);
    for once in ["has started child", "waits in join()", "has ended by itself"] {
        assert_eq!(text.matches(once).count(), 1, "{text}");
    }
    assert!(text.contains("300 processes were started"), "{text}");

    let values = (0..3_000).map(|number| {
        format!(
            r#"1 2 child-2 put "value":{number}
            1 2 child-2 sleep "seconds":{number}
            1 3 child-3 get "value":{number}"#
        )
    });
    let log = made_up(&values.collect::<Vec<_>>().join("\n"));
    let told = view_log(log, &["--explain"]);
    assert_eq!(told.code(), 0);
    assert!(told.stderr.lines().count() < 80, "{}", told.stderr);
}
