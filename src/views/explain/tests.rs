//! Both languages have the same notes, and every event has one.

use std::collections::HashSet;
use std::mem::discriminant;

use strum::{EnumCount, VariantArray, VariantNames};
use textwrap::core::display_width;

use super::notes::{List, Series, Who};
use super::*;
use crate::events::{Call, Event, Fields};

/// Recorded runs in which, together, everything happens.
const LOGS: [&str; 12] = [
    include_str!("../../../tests/suite/explain/logs/async.jsonl"),
    include_str!("../../../tests/suite/explain/logs/bound-io.jsonl"),
    include_str!("../../../tests/suite/explain/logs/killed.jsonl"),
    include_str!("../../../tests/suite/explain/logs/memory.jsonl"),
    include_str!("../../../tests/suite/explain/logs/pipe-refused.jsonl"),
    include_str!("../../../tests/suite/explain/logs/queue-eof.jsonl"),
    include_str!("../../../tests/suite/explain/logs/queue-lost.jsonl"),
    include_str!("../../../tests/suite/explain/logs/queue-sentinel.jsonl"),
    include_str!("../../../tests/suite/explain/logs/queue-terminate.jsonl"),
    include_str!("../../../tests/suite/explain/logs/spawn-each.jsonl"),
    include_str!("../../../tests/suite/explain/logs/spawn-last.jsonl"),
    include_str!("../../../tests/suite/explain/logs/stopped.jsonl"),
];

/// A line that the article's view prints, and which says all that there is to say.
const SAYS_IT_ITSELF: &str = "say";

/// The progress bar shows it; beside a note, it is of no interest how far a measurement is.
const SHOWN_BY_A_BAR: &str = "progress";

/// What is told of a log, without the events of one name.
fn told(log: &str, without: &str) -> String {
    let look = Look {
        colour: false,
        width: 80,
        unicode: true,
        language: Language::En,
    };
    let mut view = Explain::new(Vec::new(), look, Progress::new(false));
    for line in log.lines() {
        let fields = Fields::read(line).expect("an event");
        let record = fields.record(line).expect("an event of this version");
        if record.event.name() != without {
            view.show(&record).expect("memory to write to");
        }
    }
    view.finish().expect("memory to write to");
    String::from_utf8(view.stderr).expect("text")
}

#[test]
fn no_event_goes_unexplained() {
    for name in Event::VARIANTS {
        let is_told = LOGS.iter().any(|log| told(log, "") != told(log, name));
        let is_excused = [SAYS_IT_ITSELF, SHOWN_BY_A_BAR].contains(name);
        assert_eq!(is_told, !is_excused, "{name}");
    }
}

#[test]
fn each_language_has_a_text_for_each_note_and_both_have_the_same_facts() {
    let samples = samples();
    let kinds: HashSet<_> = samples.iter().map(discriminant).collect();
    assert_eq!(kinds.len(), Note::COUNT, "a note has no sample here");
    let mut wrong = String::new();
    for note in &samples {
        let (english, chinese) = (text(note, Language::En), text(note, Language::Zh));
        let has_han = |text: &str| text.chars().filter(|c| is_han(*c)).count() > 2;
        let are_in_their_language = english.replace(NO_BREAK, " ").is_ascii() && has_han(&chinese);
        let are_sentences = english.ends_with('.') && chinese.ends_with(['。', '.']);
        // Whatever stands in Chinese in Latin letters is a name, and the same one in both.
        let mut names = words(&chinese).filter(|word| *word != "CPU");
        let are_the_same_names = names.all(|word| english.contains(word));
        let are_the_same_facts = facts(&english) == facts(&chinese);
        if !(are_in_their_language && are_sentences && are_the_same_names && are_the_same_facts) {
            wrong += &format!("{note:?}\n{english}\n{chinese}\n");
            wrong += &format!("{:?}\n{:?}\n\n", facts(&english), facts(&chinese));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn chinese_has_full_width_punctuation_and_a_space_beside_latin_letters() {
    for note in &samples() {
        let chinese: Vec<char> = text(note, Language::Zh).chars().collect();
        let shown: String = chinese.iter().collect();
        for pair in chinese.windows(2) {
            let (han, other) = match (is_han(pair[0]), is_han(pair[1])) {
                (true, false) => (pair[0], pair[1]),
                (false, true) => (pair[1], pair[0]),
                _ => continue,
            };
            assert!(
                !other.is_ascii_alphanumeric() && !",:;!?".contains(other),
                "{han}{other} in {shown}"
            );
        }
        for (first, second) in chinese.iter().zip(&chinese[1..]) {
            let is_wide = |c: &char| "，。：；、（）".contains(*c);
            let is_gap = |c: &char| *c == ' ';
            assert!(!(is_wide(first) && is_gap(second)), "{shown}");
            assert!(!(is_gap(first) && is_wide(second)), "{shown}");
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for language in [Language::En, Language::Zh] {
        for width in [2, 3, 5, 8, 12, 13, 20, 33, 40, 57, 80, 100] {
            let look = Look {
                colour: false,
                width,
                unicode: true,
                language,
            };
            for note in &samples() {
                for line in lines(&text(note, language), look).lines() {
                    assert!(display_width(line) <= width, "{width}: {line}");
                    assert!(!line.contains(NO_BREAK));
                    // In fewer columns, words break anywhere.
                    assert!(width < 12 || !line.trim().is_empty(), "{width}: {note:?}");
                }
            }
        }
    }
}

#[test]
fn notes_are_dim_line_by_line() {
    let look = Look {
        colour: true,
        width: 20,
        unicode: true,
        language: Language::En,
    };
    assert_eq!(
        lines("one two three four five", look),
        "  \x1b[2mone two three four\x1b[0m\n  \x1b[2mfive\x1b[0m\n"
    );
}

fn is_han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// Words in Latin letters and numbers.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.$".contains(c)))
        .map(|word| word.trim_end_matches(['.', '-']))
        .filter(|word| word.contains(|c: char| c.is_ascii_alphanumeric()))
}

/// Numbers, names of signals and calls, roles, and other words that are the same in every language.
fn facts(text: &str) -> HashSet<&str> {
    const TERMS: [&str; 10] = [
        "Python", "fork", "exec", "spawn", "exitcode", "stdin", "stdout", "shell", "feeder",
        "pickle",
    ];
    let words = words(text).map(|word| word.trim_end_matches("'s").trim_end_matches("-bound"));
    let is_fact = |word: &&str| {
        let has_inner_capital = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let is_name = has_inner_capital && *word != "CPU";
        word.contains(|c: char| c.is_ascii_digit())
            || is_name
            || TERMS.contains(word)
            || is_call(text, word)
    };
    words.filter(is_fact).collect()
}

/// Whether a word stands in a text as `word()`.
fn is_call(text: &str, word: &str) -> bool {
    let call = format!("{word}()");
    text.match_indices(&call).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

fn who(role: &str, pid: u32) -> Who {
    Who {
        role: role.into(),
        pid,
        is_parent: role == "parent",
    }
}

fn list(names: &[&str]) -> List {
    names.iter().copied().collect()
}

/// Each note at least once, and where a text has several forms, each of them.
fn samples() -> Vec<Note> {
    let parent = || who("parent", 100);
    let writer = || who("writer-1", 101);
    let reader = || who("reader-2", 102);
    let two = || list(&["child-1", "child-2"]);
    let many = || list(&["a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7"]);
    let none = List::default;
    let (waited, took, ago, after) = (1.5, 0.00123, 0.012, 0.345);
    let sigterm = || Some("SIGTERM".to_owned());
    let mut samples = vec![
        Note::Run {
            options: "values [1, 2], readers 3".into(),
            seed: 7,
            cores: 2,
        },
        Note::ParentRuns { pid: 100 },
        Note::ChildRunsEarly { who: writer() },
        Note::ChildRuns {
            who: writer(),
            after,
        },
        Note::SameLine {
            who: writer(),
            other: reader(),
        },
        Note::ThreadRuns {
            who: writer(),
            thread: "Thread-3".into(),
        },
        Note::ThreadRunsLate {
            who: writer(),
            thread: "Thread-3".into(),
        },
        Note::NotYetStarted,
        Note::StartsAfterJoin { waited },
        Note::Started {
            by: parent(),
            child: writer(),
        },
        Note::StartedToo {
            by: parent(),
            child: writer(),
        },
        Note::StartedForeign { child: writer() },
        Note::StartedGrandchild {
            by: reader(),
            child: writer(),
        },
        Note::JoinNext {
            by: parent(),
            child: writer(),
        },
        Note::JoinTerminated { child: writer() },
        Note::JoinUnreceived {
            by: parent(),
            child: writer(),
        },
        Note::JoinedAtOnce {
            child: writer(),
            ago,
        },
        Note::JoinedAtOnce {
            child: writer(),
            ago: 0.00004,
        },
        Note::AllEndedAfterJoin {
            joined: 1,
            ended: 0,
        },
        Note::AllEndedAfterJoin {
            joined: 1,
            ended: 1,
        },
        Note::AllEndedAfterJoin {
            joined: 2,
            ended: 3,
        },
        Note::TerminateToo { child: reader() },
        Note::TerminateEnded { child: reader() },
        Note::Kill {
            by: parent(),
            child: reader(),
        },
        Note::KillRest {
            by: parent(),
            child: reader(),
        },
        Note::ExitedWell {
            child: writer(),
            by: parent(),
        },
        Note::ExitedWellToo { child: writer() },
        Note::ExitedUnasked {
            child: writer(),
            by: parent(),
            awaited: reader(),
        },
        Note::ExitedBadly {
            child: writer(),
            code: 3,
        },
        Note::ExitedBySignal {
            child: writer(),
            signal: 15,
            name: sigterm(),
            sent_by: Some(parent()),
        },
        Note::ExitedBySignal {
            child: writer(),
            signal: 40,
            name: None,
            sent_by: None,
        },
        Note::ExitedBySignalToo {
            child: writer(),
            signal: 15,
            name: sigterm(),
        },
        Note::Sleep {
            who: writer(),
            seconds: waited,
        },
        Note::WaitGet { who: reader() },
        Note::WaitRecv { who: reader() },
        Note::WaitSend { who: reader() },
        Note::WaitJoin { who: reader() },
        Note::Put { who: writer() },
        Note::Get {
            who: reader(),
            value: "'A'".into(),
            from: writer(),
            took,
        },
        Note::GetNext {
            who: reader(),
            value: "'A'".into(),
            took,
            waited,
        },
        Note::GetUnknown {
            who: reader(),
            value: "'A'".into(),
        },
        Note::Compete {
            who: reader(),
            value: "'A'".into(),
            readers: 3,
        },
        Note::PutSentinel { by: parent() },
        Note::GetSentinel { who: reader() },
        Note::GetSentinelToo { who: reader() },
        Note::EndOfFile {
            who: reader(),
            writers: none(),
        },
        Note::EndOfFile {
            who: reader(),
            writers: two(),
        },
        Note::EndOfFileToo { who: reader() },
        Note::Send { who: writer() },
        Note::SendBack { who: parent() },
        Note::Recv {
            who: parent(),
            from: writer(),
            took,
        },
        Note::RecvUnknown { who: parent() },
        Note::Print { who: parent() },
        Note::PrintReceived {
            who: parent(),
            from: writer(),
        },
        Note::Refused {
            who: parent(),
            call: Call::Send,
        },
        Note::RefusedToo {
            who: writer(),
            call: Call::Recv,
        },
        Note::GivesUp {
            who: writer(),
            message: "no 3 readers.".into(),
        },
        Note::Turn { who: writer() },
        Note::LoopOver {
            who: writer(),
            threads: 5,
            left: 2,
        },
        Note::LoopOver {
            who: writer(),
            threads: 5,
            left: 5,
        },
        Note::LoopOver {
            who: writer(),
            threads: 1,
            left: 1,
        },
        Note::LoopOverLast {
            who: writer(),
            threads: 5,
        },
        Note::Counter {
            who: parent(),
            value: 10,
            address: "0x92afd0".into(),
        },
        Note::CounterChanged {
            who: writer(),
            from: 0,
            to: 5,
            other: None,
        },
        Note::CounterChanged {
            who: writer(),
            from: 0,
            to: 5,
            other: Some((parent(), 10)),
        },
        Note::CounterUnchanged {
            who: parent(),
            value: 10,
            other: writer(),
            other_value: 5,
        },
        Note::CounterReceived {
            who: parent(),
            from: 10,
            to: 5,
        },
        Note::Measured { cores: 2 },
        Note::PoolNext {
            kind: "io".into(),
            workers: 1,
            with: "threads".into(),
            tasks: 8,
        },
        Note::PoolNext {
            kind: "?".into(),
            workers: 2,
            with: "fibres".into(),
            tasks: 1,
        },
        Note::TaskStart {
            who: writer(),
            task: 3,
            in_thread: false,
        },
        Note::TaskStart {
            who: writer(),
            task: 3,
            in_thread: true,
        },
        Note::TaskDone {
            who: writer(),
            kind: "io".into(),
            task: 3,
            seconds: after,
            processor_seconds: took,
        },
        Note::Customers {
            customers: 3,
            sum: waited,
            longest: after,
        },
        Note::Request {
            who: writer(),
            customer: 3,
        },
        Note::RequestBeside {
            who: writer(),
            open: 2,
        },
        Note::RequestInOthers { processes: 2 },
        Note::Served {
            who: writer(),
            customer: 3,
            took: after,
            delay: ago,
        },
        Note::ServedLate {
            who: writer(),
            customer: 3,
            took: after,
            delay: ago,
        },
        Note::Shares {
            gets: list(&["reader-1: 2", "reader-2: 0"]),
        },
    ];
    for running in [none(), list(&["child-9"]), two(), many()] {
        let child = writer;
        samples.extend([
            Note::Join {
                by: parent(),
                child: child(),
                running: running.clone(),
            },
            Note::Joined {
                by: parent(),
                child: child(),
                waited,
                running: running.clone(),
            },
            Note::Lost {
                lost: 2,
                put: 3,
                terminated: running.clone(),
            },
        ]);
        for put in [0, 9] {
            samples.push(Note::Terminate {
                by: parent(),
                child: child(),
                put,
                left: running.clone(),
            });
        }
        if running.is_empty() {
            continue;
        }
        samples.extend([
            Note::StartsBeside {
                running: running.clone(),
            },
            Note::JoinedNext {
                child: child(),
                waited,
                running: running.clone(),
            },
            Note::AfterJoin {
                joined: 1,
                running: running.clone(),
            },
        ]);
    }
    samples.push(Note::Lost {
        lost: 1,
        put: 1,
        terminated: none(),
    });
    for values in [1, 3] {
        samples.push(Note::NotGot { values });
    }
    for there in [1, 4] {
        let who = reader();
        samples.push(Note::GetsAtOnce { who, there });
    }
    for other_address in ["0x92afd0", "0x7ffc10"] {
        samples.push(Note::CounterElsewhere {
            who: writer(),
            value: 0,
            address: "0x92afd0".into(),
            other: parent(),
            other_value: 10,
            other_address: other_address.into(),
        });
    }
    for (kind, cores) in [("compute", 1), ("compute", 2), ("io", 2), ("?", 2)] {
        samples.push(Note::Pool {
            kind: kind.into(),
            workers: 4,
            with: "processes".into(),
            tasks: 8,
            cores,
        });
    }
    for (started, unseen) in [(1, 0), (3, 0), (4, 1)] {
        samples.push(Note::Summary {
            started,
            codes: vec![(0, 2)],
            signals: vec![(15, sigterm(), 1)],
            unseen,
        });
    }
    for started in [1, 2] {
        samples.push(Note::Summary {
            started,
            codes: Vec::new(),
            signals: Vec::new(),
            unseen: started,
        });
    }
    samples.extend(Series::VARIANTS.iter().map(|of| Note::NoMore { of: *of }));
    samples
}
