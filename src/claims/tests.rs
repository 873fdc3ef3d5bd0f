//! Helpers for the tests of the lessons' claims, and tests of what all lessons share.

use super::*;
use crate::events::{Event, Vocabulary};
use crate::python::{claims_of, events_of};

/// A log of these events, a line each: PID, role or `role/thread`, event, fields without braces.
pub fn log(lesson: &str, events: &str) -> String {
    let run = format!(
        r#"1 parent run "lesson":"{lesson}","options":{{}},"seed":1,"cores":2,"version":"0""#
    );
    let lines = [run.as_str()].into_iter().chain(events.lines()).map(str::trim);
    let lines = lines.filter(|line| !line.is_empty()).enumerate().map(|(t, line)| {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        let [pid, who, name, fields @ ..] = &words[..] else { panic!("{line}") };
        let (role, thread) = who.split_once('/').unwrap_or((who, ""));
        let thread = match thread {
            "" => String::new(),
            thread => format!(r#","thread":"{thread}""#),
        };
        let fields: String = fields.iter().map(|it| format!(",{it}")).collect();
        format!(r#"{{"v":1,"t":{t},"pid":{pid},"role":"{role}"{thread},"event":"{name}"{fields}}}"#)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Lets the lesson's judge see a log, and `say` something of it.
fn judged<T>(lesson: &str, events: &str, say: fn(&OfRun, &State) -> T) -> T {
    let of_lesson = claims_of(lesson).unwrap_or(OfLesson::of::<()>());
    let (mut judged, mut state) = (OfRun::of(&of_lesson), State::default());
    see_all(&log(lesson, events), &mut state, |seen| judged.see(seen));
    say(&judged, &state)
}

/// Each claim's verdict on a log, and the outcome.
fn told(lesson: &str, events: &str) -> (String, String) {
    judged(lesson, events, |judged, state| {
        let verdicts = judged.verdicts(state).map(|(_, verdict)| match verdict {
            Some(verdict) => verdict.to_string(),
            None => "-".to_owned(),
        });
        let verdicts: Vec<_> = verdicts.collect();
        (verdicts.join(" "), judged.outcome(state).in_english())
    })
}

pub(crate) fn see_all(log: &str, state: &mut State, mut see: impl FnMut(&Seen)) {
    let mut own = Vocabulary::default();
    for line in log.lines() {
        let record = Record::read(line, own).unwrap_or_else(|error| panic!("{error:?} in {line}"));
        if let Event::Run { lesson, .. } = &record.event {
            own = events_of(lesson);
        }
        let change = state.apply(&record);
        see(&Seen { record: &record, state, change: &change });
    }
}

/// Checks what each of a lesson's claims says of these logs, and what came out; and that each is
/// true of one log and false of another. That it gets stuck is checked once for all.
#[track_caller]
pub fn check(lesson: &str, logs: &[(&str, &str, &str)]) {
    for (events, verdicts, outcome) in logs {
        let (told, came_out) = told(lesson, events);
        assert_eq!((told.as_str(), came_out.as_str()), (*verdicts, *outcome), "{events}");
    }
    let (of_nothing, _) = told(lesson, "");
    let (own, is_stuck) = of_nothing.rsplit_once(' ').expect("claims");
    // A lesson's log without processes is over; that of a program has not begun.
    assert_eq!(is_stuck, if lesson == crate::python::NAME { "-" } else { "false" });
    for (index, verdict) in own.split_whitespace().enumerate() {
        assert_eq!(verdict, "-");
        for expected in ["true", "false"] {
            let mut verdicts = logs.iter().map(|(_, verdicts, _)| verdicts.split(' ').nth(index));
            assert!(verdicts.any(|it| it == Some(expected)), "claim {index} is never {expected}");
        }
    }
}

#[test]
fn a_run_that_got_stuck_is_known_and_one_that_was_cut_off_is_not_judged() {
    let started = r#"1 parent started "child":2,"child_role":"reader""#;
    let exited = r#"1 parent exited "child":2,"child_role":"reader","status":{"signal":9}"#;
    let stuck = r#"1 parent stuck "waits":[],"circle":[]"#;
    let said = |events: &[&str]| told("none", &events.join("\n")).0;
    assert_eq!(said(&[started, exited]), "false");
    assert_eq!(said(&[started, stuck, exited]), "true");
    assert_eq!(said(&[started, stuck]), "true");
    assert_eq!(said(&[started]), "-");
}

#[test]
fn a_role_plays_its_part_whatever_its_number() {
    assert!(plays("reader", "reader") && plays("reader-12", "reader"));
    assert!(
        !plays("readers", "reader") && !plays("reader-x", "reader") && !plays("writer", "reader")
    );
}

#[test]
fn an_outcome_is_the_same_whoever_types_it() {
    let state = State::default();
    const WORDS: &[Both] = &[["recv refused", "recv 被拒绝"]];
    let got = |text: &str| Outcome::new(text, WORDS, &state);
    let typed = |text: &str| Outcome::typed(text, WORDS);
    assert_eq!(typed("A B C"), got("A B C"));
    assert_eq!(typed(" nothing "), got(""));
    assert_eq!(typed("没有"), got(""));
    assert_eq!(typed("A recv 被拒绝"), got("A recv refused"));
    // What a program printed may be anything.
    assert_eq!(Outcome::typed("recv 被拒绝", &[]).in_english(), "recv 被拒绝");
    for stuck in ["r: A; s: B; stuck", "r: A; s: B；卡住"] {
        assert_eq!(typed(stuck).in_english(), "r: A; s: B; stuck");
    }
    assert_eq!(typed("unstuck").in_english(), "unstuck");
    for stuck in ["stuck", "卡住", "nothing; stuck"] {
        assert_eq!(typed(stuck).in_english(), "nothing; stuck");
    }
}

#[test]
fn a_value_is_a_word_that_cannot_be_mistaken() {
    for (value, expected) in [
        (r#""A""#, "A"),
        (r#""你好""#, "你好"),
        ("1", "1"),
        (r#""1""#, r#""1""#),
        (r#""null""#, r#""null""#),
        (r#""two words""#, r#""two words""#),
        (r#""nothing""#, r#""nothing""#),
        (r#""stuck""#, r#""stuck""#),
        (r#""""#, r#""""#),
        (r#"[1,"x"]"#, r#"[1,"x"]"#),
    ] {
        assert_eq!(word(&serde_json::from_str(value).expect(value)), expected);
    }
}

#[test]
fn a_long_outcome_is_shortened_and_still_told_apart() {
    let state = State::default();
    let long = |last: &str| Outcome::new(&("长".repeat(1_000) + last), &[], &state);
    assert_eq!(long("a"), long("a"));
    assert_ne!(long("a"), long("b"));
    // A shortened outcome can be typed as it is shown, in this version and in the next one.
    assert_eq!(Outcome::typed(&long("a").to_string(), &[]), long("a"));
    let expected = "x".repeat(388) + "...#147523c0";
    assert_eq!(Outcome::new(&"x".repeat(1_000), &[], &state).in_english(), expected);
}

#[test]
fn who_ended_how_is_told_by_part() {
    let ended = r#"
        1 parent exited "child":2,"child_role":"worker-1","status":{"code":0}
        1 parent exited "child":3,"child_role":"worker-2","status":{"code":0}
        1 parent exited "child":4,"child_role":"blocked-loop","status":{"code":0}
        1 parent exited "child":5,"child_role":"office","status":{"signal":15}"#;
    let expected = "blocked-loop 0, office SIGTERM, worker*2 0";
    assert_eq!(told("none", ended).1, expected);
}

#[test]
fn the_first_and_the_last_of_what_comes_again_are_turns() {
    let events = r#"
        2 writer running
        2 writer put "value":"A"
        3 reader get "value":"A"
        2 writer put "value":"B"
        1 parent terminate "child":3,"child_role":"reader"
        2 writer/Thread-1 running
        "#;
    let (mut turns, mut state) = (Turns::default(), State::default());
    see_all(&log("queue", events), &mut state, |seen| turns.see(seen));
    let turns = turns.take().into_iter();
    let turns: Vec<_> = turns.map(|(turn, at)| (turn.to_string(), at)).collect();
    let expected = [
        ("writer running", 2),
        ("writer's first put", 3),
        ("writer's last put", 5),
        ("reader's first get", 4),
        ("reader's last get", 4),
        ("parent terminate reader", 6),
    ];
    assert_eq!(turns, expected.map(|(turn, at)| (turn.to_owned(), at)));
}

#[test]
fn a_sequence_counts_repetitions() {
    let mut sequence = Sequence::default();
    assert_eq!(sequence.text(), "");
    ["a", "a", "b", "a"].iter().for_each(|word| sequence.push(word));
    assert_eq!(sequence.text(), "a*2 b a");
}

#[test]
fn the_end_by_force_of_a_stuck_run_is_no_turn() {
    let events = r#"
        1 parent started "child":2,"child_role":"reader"
        1 parent put "value":1
        1 parent stuck "waits":[],"circle":[]
        1 parent exited "child":2,"child_role":"reader","status":{"signal":15}"#;
    let (mut turns, mut state) = (Turns::default(), State::default());
    see_all(&log("queue", events), &mut state, |seen| turns.see(seen));
    let turns: Vec<_> = turns.take().iter().map(|(turn, _)| turn.in_english()).collect();
    assert_eq!(turns, ["parent's first put", "parent's last put"]);
}
