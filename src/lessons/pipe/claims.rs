//! What can be said of a run of the `pipe` lesson.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::both;
use crate::claims::{
    Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, of_values, shortened, tell, word,
};
use crate::events::{Event, Way};

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "all-received",
        sentence: || both!("every list that is sent is received", "发送的每个列表都被收到"),
        judge: || {
            judge::<bool>(
                |is_sent, seen| *is_sent |= matches!(seen.record.event, Event::Send { .. }),
                |is_sent, state| {
                    let all = state.on_its_way(Way::Pipe).is_empty();
                    (*is_sent && is_over(state)).then_some(all)
                },
            )
        },
    },
    Claim {
        name: "child-ends-first",
        sentence: || {
            both!("the child ends before the parent receives", "子进程在父进程接收之前结束")
        },
        judge: || {
            judge::<Option<bool>>(
                |is_first, seen| match seen.record.event {
                    Event::Exited { .. } if seen.state.stuck().is_none() => {
                        is_first.get_or_insert(true);
                    }
                    Event::Recv { .. } if seen.state.is_parent(seen.record.pid) => {
                        is_first.get_or_insert(false);
                    }
                    _ => {}
                },
                |is_first, _| *is_first,
            )
        },
    },
    Claim {
        name: "none-refused",
        sentence: || both!("no call is refused", "没有调用被拒绝"),
        judge: || {
            judge::<(bool, bool)>(
                |(is_sent, is_refused), seen| match seen.record.event {
                    Event::Send { .. } => *is_sent = true,
                    Event::Refused { .. } => *is_refused = true,
                    _ => {}
                },
                |(is_sent, is_refused), state| {
                    (*is_sent && (*is_refused || is_over(state))).then_some(!is_refused)
                },
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("what was received", "收到了什么"),
    teller: || {
        tell::<BTreeMap<String, Vec<String>>>(
            |received, seen| {
                let what = match &seen.record.event {
                    Event::Recv { value, .. } => short(value),
                    Event::Refused { call, .. } => format!("{} refused", call.name()),
                    _ => return,
                };
                let role = seen.record.role.clone().into_owned();
                received.entry(role).or_default().push(what);
            },
            |received, _| of_values(received),
        )
    },
};

/// A list as one word. A long one may be one of many whose beginnings are the same.
fn short(list: &Value) -> String {
    shortened(&word(list), 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    const RECEIVED: &str = r#"
        1 parent started "child":2,"child_role":"writer"
        2 writer send "value":["A"]
        1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        1 parent recv "value":["A"]"#;

    const RECEIVED_FIRST: &str = r#"
        1 parent started "child":2,"child_role":"writer"
        2 writer send "value":["A"]
        1 parent recv "value":["A"]
        1 parent send "value":["A"]
        1 parent refused "call":"send","message":"x"
        1 parent exited "child":2,"child_role":"writer","status":{"code":0}"#;

    const STUCK: &str = r#"
        1 parent started "child":2,"child_role":"writer"
        2 writer send "value":["A"]
        1 parent stuck "waits":[],"circle":[]
        1 parent exited "child":2,"child_role":"writer","status":{"signal":9}"#;

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "pipe",
            CLAIMS,
            &[
                ("all-received", RECEIVED, STUCK),
                ("child-ends-first", RECEIVED, RECEIVED_FIRST),
                ("none-refused", RECEIVED, RECEIVED_FIRST),
            ],
        );
    }

    #[test]
    fn an_outcome_is_what_was_received_and_what_was_refused() {
        let of = |events: &str| outcome(&OUTCOMES, &log("pipe", events)).in_english();
        assert_eq!(of(RECEIVED), r#"["A"]"#);
        assert_eq!(of(RECEIVED_FIRST), r#"["A"] send refused"#);
        assert_eq!(of(STUCK), "nothing; stuck");
        let of_long = |last: char| {
            let list = format!(r#"["{}{last}"]"#, "x".repeat(100));
            of(&RECEIVED.replace(r#"["A"]"#, &list))
        };
        assert!(of_long('y').starts_with(r#"["xxxxxxxxxx"#) && of_long('y').len() < 80);
        assert_ne!(of_long('y'), of_long('z'));
    }
}
