//! What is said of programs, with logs written by hand; and the page that has their events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::claims::tests::{check, log, see_all};
use crate::claims::{Judge as _, OfRun};
use crate::events::Record;
use crate::lessons::tests::{fields_in, names_in, rows_of};
use crate::python::claims::ProgramJudge;
use crate::python::{Facts, PythonEvent, claims_of, events_of};
use crate::state::State;
use crate::views::Remarker as _;

const PAGE: &str = include_str!("../../demos/docs/run.md");
const CHINESE_PAGE: &str = include_str!("../../demos/docs/run.zh.md");

/// The article's program: the parent joins the writer and then terminates the reader. Its output
/// goes into a pipe.
const ARTICLES: &str = r#"
    1 parent printed "stream":"stdout","text":"Parent process 1"
    1 parent written "stream":"stdout","line":"Parent process 1"
    1 parent made "on":"q","kind":"Queue"
    2 write put "value":"A","on":"q","number":1,"at":{"file":"q.py","line":10}
    1 parent started "child":2,"child_role":"write","method":"fork"
    1 parent started "child":3,"child_role":"read","method":"fork"
    2 write fed "on":"q","number":1
    2 write put "value":"B","on":"q","number":2,"at":{"file":"q.py","line":10}
    2 write fed "on":"q","number":2
    1 parent join "child":2,"child_role":"write"
    3 read printed "stream":"stdout","text":"Process to read: 3"
    3 read wait "call":"get","on":"q","at":{"file":"q.py","line":13}
    3 read get "value":"A","on":"q","number":1,"at":{"file":"q.py","line":13}
    1 parent exited "child":2,"child_role":"write","status":{"code":0}
    1 parent joined "child":2,"child_role":"write"
    1 parent terminate "child":3,"child_role":"read","at":{"file":"q.py","line":26}
    3 read unwritten "stream":"stdout","lines":4,"places":["q.py:12","q.py:14","q.py:14"]
    1 parent ended "child":3,"status":{"signal":15}
    1 parent exited "child":1,"child_role":"parent","status":{"code":0}"#;

/// All that can go wrong.
const BAD: &str = r#"
    1 parent made "on":"jobs","kind":"JoinableQueue"
    1 parent started "child":2,"child_role":"w","method":"spawn"
    1 parent started "child":3,"child_role":"x","method":"spawn"
    1 parent started "child":4,"child_role":"y","method":"spawn"
    1 parent started "child":5,"child_role":"server","method":"fork"
    1 parent started "child":6,"child_role":"fork"
    1 parent started "child":7,"child_role":"ForkPoolWorker-1","method":"fork","library":true
    1 parent started "child":8,"child_role":"d","method":"fork","daemon":true
    2 w put "value":[1],"on":"jobs","number":1,"at":{"file":"b.py","line":4}
    2 w fed "on":"jobs","number":1,"value":[1,2]
    2 w put "value":2,"on":"jobs","number":2,"at":{"file":"b.py","line":5}
    2 w put "value":3,"on":"jobs","number":3,"at":{"file":"b.py","line":6}
    2 w fed "on":"jobs","number":3
    2 w acquired "lock":"l","at":{"file":"b.py","line":7}
    3 x acquired "lock":"first"
    3 x acquired "lock":"second"
    3 x release "lock":"second"
    3 x release "lock":"first"
    4 y acquired "lock":"second"
    4 y acquired "lock":"first","at":{"file":"b.py","line":8}
    4 y release "lock":"first"
    4 y release "lock":"second"
    1 parent get "value":3,"on":"jobs","number":3
    1 parent get "value":[1,2],"on":"jobs","number":1,"at":{"file":"b.py","line":30}
    6 fork written "stream":"stdout","line":"hello","of":1
    1 parent submit "pool":"pool","job":"1","tasks":2,"function":"f","call":"apply_async","at":{"file":"b.py","line":40}
    7 ForkPoolWorker-1 begin "pool":"pool","job":"1","task":0,"function":"f","values":1
    7 ForkPoolWorker-1 end "pool":"pool","job":"1","task":0,"exception":"ValueError","message":"no"
    4 y raised "exception":"KeyError","message":"'k'","at":{"file":"b.py","line":9}
    4 y/T-1 raised "exception":"OSError","message":"","at":{"file":"b.py","line":8}
    1 parent exited "child":2,"child_role":"w","status":{"signal":9}
    1 parent exited "child":3,"child_role":"x","status":{"code":3}
    1 parent exited "child":4,"child_role":"y","status":{"code":1}
    1 parent exited "child":6,"child_role":"fork","status":{"code":0}
    1 parent exited "child":7,"child_role":"ForkPoolWorker-1","status":{"signal":15}
    1 parent exited "child":8,"child_role":"d","status":{"signal":15}
    1 parent exited "child":1,"child_role":"parent","status":{"code":2}"#;

/// The remarks on a run.
fn remarks(events: &str) -> Vec<String> {
    let (mut facts, mut state) = (Facts::default(), State::default());
    see_all(&log("run", events), &mut state, |seen| facts.see(seen.record, seen.state));
    facts.remarks(&state)
}

#[test]
fn each_thing_that_has_gone_wrong_is_told_in_a_sentence() {
    let expected = [
        "w (2) was killed by SIGKILL (9)",
        "x (3) ended with exit status 3",
        "thread T-1 of y (4) ended by OSError (b.py:8)",
        "y (4) ended by KeyError: 'k' (b.py:9)",
        "1 value that w (2) put into jobs was never got: 2 (b.py:5); it was still in its buffer \
         when SIGKILL ended it",
        "what w (2) put into jobs was changed before it was pickled (b.py:4): [1, 2] went into \
         the pipe",
        "fork (6) wrote 1 line that parent (1) had printed before the fork: a fork copies the \
         buffer",
        "w (2) had the lock l, acquired at b.py:7, when SIGKILL ended it, and did not release it",
        "1 of 2 tasks f, given to pool by apply_async() (b.py:40), not done",
        "a task f, given to pool by apply_async() (b.py:40), ended by ValueError: no, and its \
         result was never asked for",
        "3 processes were never joined: w (2), x (3), y (4)",
        "server (5) goes on after the program's end",
    ];
    assert_eq!(remarks(BAD), expected);
}

#[test]
fn claims_and_outcomes_of_a_program_follow_from_the_log() {
    check(
        "run",
        &[
            (
                ARTICLES,
                "false - false false true false - - false false - - false",
                "Parent process parent; exit 0",
            ),
            (
                BAD,
                "false false false false - true true true true true true true false",
                "hello; exit 2",
            ),
            (
                r#"
                1 parent started "child":2,"child_role":"w","method":"fork"
                1 parent printed "stream":"stdout","text":"2 begins"
                1 parent written "stream":"stdout","line":"2 beg","open":true
                2 w written "stream":"stdout","line":"b"
                1 parent written "stream":"stdout","line":"ins, 22"
                1 parent put "value":1,"on":"q","number":1
                1 parent put "value":2,"on":"q","number":2
                2 w get "value":1,"on":"q","number":1
                2 w get "value":2,"on":"q","number":2
                2 w acquired "lock":"l"
                2 w release "lock":"l"
                1 parent submit "pool":"p","job":"1","tasks":1,"function":"f","call":"apply"
                2 w begin "pool":"p","job":"1","task":0,"function":"f","values":1
                2 w end "pool":"p","job":"1","task":0
                1 parent exited "child":2,"child_role":"w","status":{"code":0}
                1 parent joined "child":2,"child_role":"w"
                1 parent exited "child":1,"child_role":"parent","status":{"code":0}"#,
                "true true true true false false false false false false false false false",
                "w begb / ins, 22; exit 0",
            ),
        ],
    );
}

#[test]
fn a_claim_has_its_evidence_by_line() {
    let mut run = OfRun::of(&claims_of("run").expect("claims of programs"));
    let mut state = State::default();
    see_all(&log("run", BAD), &mut state, |seen| run.see(seen));
    for claim in ProgramJudge::CLAIMS {
        let has_evidence = !run.evidence(claim.name, &state).is_empty();
        assert_eq!(has_evidence, claim.name != "line-lost", "{}", claim.name);
    }
    let of_order = run.evidence("in-order", &state);
    let expected = "parent (1) got [1, 2] from jobs after a value that was put later (b.py:30)";
    assert_eq!(of_order, [expected]);
}

/// Each event stands in the page's table with the fields that it has in the page's log.
#[test]
fn the_page_about_programs_has_their_events_with_their_fields() {
    let (_, example) = PAGE.split_once("```json\n").expect("a log");
    let mut fields = BTreeMap::<_, BTreeSet<String>>::new();
    for text in example.split("```").next().expect("a log").lines() {
        let record =
            Record::read(text, events_of("run")).unwrap_or_else(|e| panic!("{e:?}: {text}"));
        let Some(event) = record.event.own::<PythonEvent>() else { continue };
        let name = record.event.name();
        let Value::Object(of) = serde_json::to_value(&event).expect("JSON")[name].take() else {
            panic!("{text}");
        };
        let all: Map<String, Value> = serde_json::from_str(text).expect("JSON");
        for (field, value) in &of {
            assert_eq!(all.get(field), Some(value), "{text}");
        }
        fields.entry(name).or_default().extend(of.into_iter().map(|(field, _)| field));
    }
    for (page, head) in [(PAGE, "event"), (CHINESE_PAGE, "事件")] {
        let rows = rows_of(page, head);
        assert_eq!(names_in(&rows), BTreeSet::from_iter(events_of("run").names.iter().copied()));
        for (names, with) in &rows {
            let told = fields_in(with).into_iter().map(str::to_owned).collect();
            for name in names {
                assert_eq!(fields.get(name).cloned().unwrap_or_default(), told, "{name}");
            }
        }
    }
}

#[test]
fn the_page_about_programs_has_their_claims_as_they_are_said() {
    for (language, page) in [PAGE, CHINESE_PAGE].into_iter().enumerate() {
        for claim in ProgramJudge::CLAIMS {
            let row = format!("\n| `{}` | {}", claim.name, claim.sentence[language]);
            assert!(page.contains(&row), "{row}");
        }
    }
}
