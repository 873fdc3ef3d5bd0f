//! What can be said of a run of the `queue` lesson.

use std::collections::BTreeMap;

use crate::both;
use crate::claims::{
    Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, of_values, plays, tell, word,
};
use crate::events::{Event, Status, Way};

const READER: &str = "reader";

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "all-got",
        sentence: || both!("every value that is put is got", "放入的每个值都被取走"),
        judge: || {
            judge::<bool>(
                |is_put, seen| *is_put |= matches!(seen.record.event, Event::Put { .. }),
                |is_put, state| {
                    let all = state.on_its_way(Way::Queue).is_empty();
                    (*is_put && is_over(state)).then_some(all)
                },
            )
        },
    },
    Claim {
        name: "reader-first",
        sentence: || {
            both!("a reader begins before the first put", "第一次 put 之前，已有读进程开始运行")
        },
        judge: || {
            judge::<Option<bool>>(
                |is_reader, seen| match seen.record.event {
                    Event::Running {} if plays(&seen.record.role, READER) => {
                        is_reader.get_or_insert(true);
                    }
                    Event::Put { .. } => {
                        is_reader.get_or_insert(false);
                    }
                    _ => {}
                },
                |is_reader, _| *is_reader,
            )
        },
    },
    Claim {
        name: "in-order",
        sentence: || both!("values are got in the order of their puts", "各个值按放入的先后被取走"),
        judge: || {
            judge::<(Vec<u64>, bool)>(
                |(last, is_disordered), seen| {
                    if let Some(parcel) = seen.change.arrived {
                        *is_disordered |= last.last().is_some_and(|last| *last > parcel.id);
                        // The first and the latest: one alone is in no order.
                        last.truncate(1);
                        last.push(parcel.id);
                    }
                },
                |(last, is_disordered), _| (last.len() > 1).then_some(!is_disordered),
            )
        },
    },
    Claim {
        name: "each-reader-gets",
        sentence: || both!("every reader gets a value", "每个读进程都取到值"),
        judge: || {
            judge::<BTreeMap<String, bool>>(
                |readers, seen| match &seen.record.event {
                    Event::Started { child_role, .. } if plays(child_role, READER) => {
                        readers.entry(child_role.clone().into_owned()).or_default();
                    }
                    Event::Get { .. } => {
                        readers.insert(seen.record.role.clone().into_owned(), true);
                    }
                    _ => {}
                },
                |readers, state| {
                    let all = readers.values().all(|gets| *gets);
                    (!readers.is_empty() && is_over(state)).then_some(all)
                },
            )
        },
    },
    Claim {
        name: "readers-end",
        sentence: || both!("every reader ends by itself", "每个读进程都自行退出"),
        judge: || {
            judge::<Option<bool>>(
                |all, seen| {
                    if let Event::Exited { child_role, status, .. } = &seen.record.event
                        && plays(child_role, READER)
                    {
                        let by_itself = matches!(status, Status::Code(_));
                        *all = Some(all.unwrap_or(true) && by_itself);
                    }
                },
                |all, state| all.filter(|all| !all || is_over(state)),
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("what was got", "取到了什么"),
    teller: || {
        tell::<BTreeMap<String, Vec<String>>>(
            |got, seen| {
                if let Event::Get { value, .. } = &seen.record.event {
                    let role = seen.record.role.clone().into_owned();
                    got.entry(role).or_default().push(word(value));
                }
            },
            |got, _| of_values(got),
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    const ALL_GOT: &str = r#"
        1 parent started "child":2,"child_role":"writer"
        1 parent started "child":3,"child_role":"reader"
        3 reader running
        2 writer put "value":"A"
        2 writer put "value":"B"
        3 reader get "value":"A"
        3 reader get "value":"B"
        1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        1 parent exited "child":3,"child_role":"reader","status":{"code":0}"#;

    const NONE_GOT: &str = r#"
        1 parent started "child":2,"child_role":"writer"
        1 parent started "child":3,"child_role":"reader"
        2 writer put "value":"A"
        3 reader running
        1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        1 parent exited "child":3,"child_role":"reader","status":{"signal":15}"#;

    const TWO_READERS: &str = r#"
        2 writer put "value":"A"
        2 writer put "value":[1, 2]
        4 reader-2 get "value":[1, 2]
        3 reader-1 get "value":"A""#;

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "queue",
            CLAIMS,
            &[
                ("all-got", ALL_GOT, NONE_GOT),
                ("reader-first", ALL_GOT, NONE_GOT),
                ("in-order", ALL_GOT, TWO_READERS),
                ("each-reader-gets", ALL_GOT, NONE_GOT),
                ("readers-end", ALL_GOT, NONE_GOT),
            ],
        );
    }

    #[test]
    fn an_outcome_is_what_was_got_by_whom() {
        let of = |events| outcome(&OUTCOMES, &log("queue", events)).in_english();
        assert_eq!(of(ALL_GOT), "A B");
        assert_eq!(of(NONE_GOT), "nothing");
        assert_eq!(of(TWO_READERS), "reader-1: A; reader-2: [1,2]");
    }
}
