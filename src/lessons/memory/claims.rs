//! What can be said of a run of the `memory` lesson.

use std::collections::BTreeMap;

use super::events::MemoryEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, Seen, judge, of_values, tell};
use crate::events::Event;

/// Looks at counters, in order: whether the parent looked, whether it had received something by
/// then, the value, and where that was.
type CounterLooks = Vec<(bool, bool, i64, String)>;

fn look(looks: &mut (bool, CounterLooks), seen: &Seen) {
    let (is_received, looks) = looks;
    *is_received |= matches!(seen.record.event, Event::Recv { .. });
    if let Some(MemoryEvent::Counter { value, address }) = seen.record.event.own() {
        let is_parent = seen.state.is_parent(seen.record.pid);
        looks.push((is_parent, *is_received, value, address));
    }
}

/// What the parent saw before it had received anything, or after.
fn of_parent(looks: &CounterLooks, received: bool) -> impl Iterator<Item = i64> {
    let looks = looks.iter().filter(move |look| look.0 && look.1 == received);
    looks.map(|look| look.2)
}

fn of_child(looks: &CounterLooks) -> impl Iterator<Item = i64> {
    looks.iter().filter(|look| !look.0).map(|look| look.2)
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "parent-changes",
        sentence: || {
            both!(
                "the parent's counter changes when the child counts",
                "子进程计数时，父进程的计数器也会变"
            )
        },
        judge: || {
            judge::<(bool, CounterLooks)>(look, |(_, looks), _| {
                let mut values = of_parent(looks, false);
                let first = values.next()?;
                of_child(looks).next()?;
                Some(values.last()? != first)
            })
        },
    },
    Claim {
        name: "message-changes",
        sentence: || {
            both!(
                "the parent's counter changes once it has the child's message",
                "收到子进程的消息之后，父进程的计数器变了"
            )
        },
        judge: || {
            judge::<(bool, CounterLooks)>(look, |(_, looks), _| {
                Some(of_parent(looks, false).last()? != of_parent(looks, true).last()?)
            })
        },
    },
    Claim {
        name: "child-starts-equal",
        sentence: || {
            both!(
                "the child's counter starts where the parent's is",
                "子进程的计数器从父进程当时的值开始"
            )
        },
        judge: || {
            judge::<(bool, CounterLooks)>(look, |(_, looks), _| {
                Some(of_parent(looks, false).next()? == of_child(looks).next()?)
            })
        },
    },
    Claim {
        name: "same-address",
        sentence: || both!("both counters lie at the same address", "两个计数器的地址相同"),
        judge: || {
            judge::<(bool, CounterLooks)>(look, |(_, looks), _| {
                let address = |is_parent| {
                    let look = looks.iter().find(|look| look.0 == is_parent)?;
                    Some(&look.3)
                };
                Some(address(true)? == address(false)?)
            })
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("what the counters were", "计数器的值"),
    teller: || {
        tell::<BTreeMap<String, Vec<String>>>(
            |counters, seen| {
                if let Some(MemoryEvent::Counter { value, .. }) = seen.record.event.own() {
                    let role = seen.record.role.clone().into_owned();
                    counters.entry(role).or_default().push(value.to_string());
                }
            },
            |counters, _| of_values(counters),
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    const APART: &str = r#"
        1 parent counter "value":10,"address":"0x1"
        2 child counter "value":0,"address":"0x2"
        2 child counter "value":5,"address":"0x2"
        1 parent counter "value":10,"address":"0x1"
        1 parent recv "value":5
        1 parent counter "value":5,"address":"0x1""#;

    /// As threads of one process would.
    const SHARED: &str = r#"
        1 parent counter "value":10,"address":"0x1"
        2 child counter "value":10,"address":"0x1"
        2 child counter "value":15,"address":"0x1"
        1 parent counter "value":15,"address":"0x1"
        1 parent recv "value":15
        1 parent counter "value":15,"address":"0x1""#;

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "memory",
            CLAIMS,
            &[
                ("parent-changes", SHARED, APART),
                ("message-changes", APART, SHARED),
                ("child-starts-equal", SHARED, APART),
                ("same-address", SHARED, APART),
            ],
        );
    }

    #[test]
    fn an_outcome_is_what_everybody_saw() {
        let of = |events| outcome(&OUTCOMES, &log("memory", events)).in_english();
        assert_eq!(of(APART), "child: 0 5; parent: 10 10 5");
    }
}
