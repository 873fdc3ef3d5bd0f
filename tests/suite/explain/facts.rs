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

/// The brief notes of a run of the lesson, on one line.
fn brief_notes_of(words: &str, language: &str) -> String {
    let words = words.split_whitespace().chain(["--speed", "20", "--explain=brief", "--lang"]);
    let ended = run(mp_demo(words.chain([language])).env("COLUMNS", "10000"));
    assert_eq!(ended.code(), 0, "{ended:?}");
    words_of(&ended.stderr)
}

#[test]
fn a_grandchild_sends_to_the_parent_and_is_no_reader() {
    for (language, told) in
        [("en", ["other end of this pipe", "waitpid()"]), ("zh", ["管道的另一端", "waitpid()"])]
    {
        let orphan = brief_notes_of("zombie --orphan", language);
        let grandchild = brief_notes_of("terminate --grandchild", language);
        for wrong in [
            "64 KiB",
            "reader",
            "读进程",
            "endless",
            "无限循环",
            "join() has taken",
            "父进程父进程",
            "parent, the parent",
        ] {
            assert!(!orphan.contains(wrong), "{wrong} in {orphan}");
            assert!(!grandchild.contains(wrong), "{wrong} in {grandchild}");
        }
        assert!(told.iter().all(|it| orphan.contains(it)), "{orphan}");
        assert!(grandchild.contains(told[0]), "{grandchild}");
        assert!(grandchild.contains("`finally`"), "{grandchild}");
    }
}

#[test]
fn a_child_without_a_loop_waits_for_a_value_that_nobody_puts() {
    for (language, told) in [
        ("en", ["waits in get() for a value, and no process has put one", "start() reap it, too"]),
        ("zh", ["在 get() 里等一个值，却没有哪个进程放入过值", "start() 也会回收"]),
    ] {
        let notes = brief_notes_of("zombie --join", language);
        assert!(told.iter().all(|it| notes.contains(it)), "{notes}");
        assert!(notes.contains(if language == "en" {
            "join() has reaped"
        } else {
            "join() 回收"
        }));
        assert!(!notes.contains("endless") && !notes.contains("无限循环"), "{notes}");
    }
}

#[test]
fn a_reader_that_passes_values_on_is_not_said_to_be_passed_over() {
    let reader = ["queue", "--reader", "cat", "--explain=brief", "--speed", "20", "--lang"];
    for (language, told) in [
        ("en", "between these two, no other process has passed the value on"),
        ("zh", "从前者到后者，中间不经过别的进程"),
    ] {
        let ended = run(mp_demo(reader).arg(language).env("COLUMNS", "10000"));
        assert!(ended.code() == 0 && ended.stderr.contains(told), "{ended:?}");
    }
}

#[test]
fn only_who_could_receive_it_joins_before_receiving() {
    let send = "\n0.1 3 grandchild send \"value\":[1]";
    let join = "\n0.1 2 child join \"child\":3,\"child_role\":\"grandchild\"";
    // The grandchild has the end of its parent, or that of a pipe between the two.
    for (pipe, is_told) in [("pipe", false), ("pipe-2", true)] {
        for events in [format!("{send}{join}"), format!("{join}{send}")] {
            let first = r#"0 1 parent started "child":2,"child_role":"child","stdout":"pipe""#;
            let rest = format!(
                r#"0 2 child started "child":3,"child_role":"grandchild","stdout":"{pipe}"{events}"#
            );
            let is_told_in = |events: String| {
                let notes = view_log(made_up(&events), &["--explain=brief"]).stderr;
                notes.contains("64 KiB")
            };
            assert_eq!(is_told_in(format!("{first}\n{rest}")), is_told, "{rest}");
            // A child runs before its parent has told of its start: too early to know.
            assert!(!is_told_in(format!("{rest}\n{first}")), "{rest}");
            // A number always fits.
            assert!(!is_told_in(format!("{first}\n{rest}").replace("[1]", "1")), "{rest}");
        }
    }
}
