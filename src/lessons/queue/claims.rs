//! What can be said of a run of the `queue` lesson.

use std::collections::BTreeMap;

use crate::claims::{Both, Claim, Judge, Seen, is_over, of_values, plays, word};
use crate::events::{Event, Status, Way};
use crate::state::State;

const READER: &str = "reader";

#[derive(Default)]
pub(super) struct QueueJudge {
    is_put: bool,
    is_reader_first: Option<bool>,
    /// The numbers of the values that were got, in the order of their puts.
    arrived: Vec<u64>,
    got: BTreeMap<String, Vec<String>>,
    end_by_themselves: Option<bool>,
}

impl Judge for QueueJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-got",
            sentence: ["every value that is put is got", "放入的每个值都被取走"],
            holds: |run, state| {
                (run.is_put && is_over(state))
                    .then(|| state.on_its_way(Way::Queue).next().is_none())
            },
        },
        Claim {
            name: "reader-first",
            sentence: [
                "a reader begins before the first put",
                "第一次 put 之前，已有读进程开始运行",
            ],
            holds: |run, _| run.is_reader_first,
        },
        Claim {
            name: "in-order",
            sentence: ["values are got in the order of their puts", "各个值按放入的先后被取走"],
            holds: |run, _| (run.arrived.len() > 1).then(|| run.arrived.is_sorted()),
        },
        Claim {
            name: "each-reader-gets",
            sentence: ["every reader gets a value", "每个读进程都取到值"],
            holds: |run, state| {
                let all = run.got.values().all(|values| !values.is_empty());
                (!run.got.is_empty() && is_over(state)).then_some(all)
            },
        },
        Claim {
            name: "readers-end",
            sentence: ["every reader ends by itself", "每个读进程都自行退出"],
            holds: |run, state| run.end_by_themselves.filter(|all| !all || is_over(state)),
        },
    ];

    const HEADING: Both = ["what was got", "取到了什么"];

    fn see(&mut self, seen: &Seen) {
        self.arrived.extend(seen.change.arrived.map(|parcel| parcel.id));
        match &seen.record.event {
            Event::Started { child_role, .. } if plays(child_role, READER) => {
                self.got.entry(child_role.clone().into_owned()).or_default();
            }
            Event::Running {} if plays(&seen.record.role, READER) => {
                self.is_reader_first.get_or_insert(true);
            }
            Event::Put { .. } => {
                self.is_put = true;
                self.is_reader_first.get_or_insert(false);
            }
            Event::Get { value, .. } => {
                let role = seen.record.role.clone().into_owned();
                self.got.entry(role).or_default().push(word(value));
            }
            Event::Exited { child_role, status, .. } if plays(child_role, READER) => {
                *self.end_by_themselves.get_or_insert(true) &= matches!(status, Status::Code(_));
            }
            _ => {}
        }
    }

    fn outcome(&self, _: &State) -> String {
        of_values(&self.got)
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

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
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "queue",
            &[
                (ALL_GOT, "true true true true true false", "A B"),
                (NONE_GOT, "false false - false false false", "nothing"),
                (TWO_READERS, "true false false true - false", "reader-1: A; reader-2: [1,2]"),
            ],
        );
    }
}
