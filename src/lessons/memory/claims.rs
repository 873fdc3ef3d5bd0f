//! What can be said of a run of the `memory` lesson.

use std::collections::BTreeMap;

use super::events::MemoryEvent;
use crate::claims::{Both, Claim, Judge, Seen, of_values};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct MemoryJudge {
    is_received: bool,
    looks: Vec<CounterLook>,
}

struct CounterLook {
    role: String,
    is_parents: bool,
    /// Whether the child's result had been received by then.
    is_received: bool,
    value: i64,
    address: String,
}

impl MemoryJudge {
    /// The values that the parent saw before the child's result was received, or after.
    fn of_parent(&self, received: bool) -> impl Iterator<Item = i64> {
        let looks = self.looks.iter().filter(|look| look.is_parents);
        looks.filter(move |look| look.is_received == received).map(|look| look.value)
    }

    /// The first look of the parent, or of the child.
    fn first(&self, is_parents: bool) -> Option<&CounterLook> {
        self.looks.iter().find(|look| look.is_parents == is_parents)
    }
}

impl Judge for MemoryJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "parent-changes",
            sentence: [
                "the parent's counter changes when the child counts",
                "子进程计数时，父进程的计数器也会变",
            ],
            holds: |run, _| {
                let mut values = run.of_parent(false);
                let first = values.next()?;
                run.first(false)?;
                Some(values.last()? != first)
            },
        },
        Claim {
            name: "message-changes",
            sentence: [
                "the parent's counter changes once it has the child's message",
                "收到子进程的消息之后，父进程的计数器变了",
            ],
            holds: |run, _| Some(run.of_parent(false).last()? != run.of_parent(true).last()?),
        },
        Claim {
            name: "child-starts-equal",
            sentence: [
                "the child's counter starts where the parent's is",
                "子进程的计数器从父进程当时的值开始",
            ],
            holds: |run, _| Some(run.of_parent(false).next()? == run.first(false)?.value),
        },
        Claim {
            name: "same-address",
            sentence: ["both counters lie at the same address", "两个计数器的地址相同"],
            holds: |run, _| Some(run.first(true)?.address == run.first(false)?.address),
        },
    ];

    const HEADING: Both = ["what the counters were", "计数器的值"];

    fn see(&mut self, seen: &Seen) {
        self.is_received |= matches!(seen.record.event, Event::Recv { .. });
        if let Some(MemoryEvent::Counter { value, address }) = seen.record.event.own() {
            self.looks.push(CounterLook {
                role: seen.record.role.clone().into_owned(),
                is_parents: seen.state.is_parent(seen.record.pid),
                is_received: self.is_received,
                value,
                address,
            });
        }
    }

    fn outcome(&self, _: &State) -> String {
        let mut counters = BTreeMap::<_, Vec<_>>::new();
        for look in &self.looks {
            counters.entry(look.role.clone()).or_default().push(look.value.to_string());
        }
        of_values(&counters)
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    const APART: &str = r#"
        1 parent counter "value":10,"address":"0x1"
        2 child counter "value":0,"address":"0x2"
        2 child counter "value":5,"address":"0x2"
        1 parent counter "value":10,"address":"0x1"
        1 parent recv "value":5
        1 parent counter "value":5,"address":"0x1""#;

    /// Shared memory, as threads of one process have it.
    const SHARED: &str = r#"
        1 parent counter "value":10,"address":"0x1"
        2 child counter "value":10,"address":"0x1"
        2 child counter "value":15,"address":"0x1"
        1 parent counter "value":15,"address":"0x1"
        1 parent recv "value":15
        1 parent counter "value":15,"address":"0x1""#;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "memory",
            &[
                (APART, "false true false false false", "child: 0 5; parent: 10 10 5"),
                (SHARED, "true false true true false", "child: 10 15; parent: 10 15 15"),
            ],
        );
    }
}
