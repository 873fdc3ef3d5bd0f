//! What can be said of a run of the `pipe` lesson.

use std::collections::BTreeMap;

use crate::claims::{Both, Claim, Judge, Seen, is_over, of_values, shortened, word};
use crate::events::{Event, Way};
use crate::state::State;

#[derive(Default)]
pub(super) struct PipeJudge {
    is_sent: bool,
    is_refused: bool,
    /// Whether the child has ended before the parent received.
    is_end_first: Option<bool>,
    /// What each process has received, and what was refused.
    received: BTreeMap<String, Vec<String>>,
}

impl Judge for PipeJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-received",
            sentence: ["every list that is sent is received", "发送的每个列表都被收到"],
            holds: |run, state| {
                (run.is_sent && is_over(state))
                    .then(|| state.on_its_way(Way::Pipe).next().is_none())
            },
        },
        Claim {
            name: "child-ends-first",
            sentence: ["the child ends before the parent receives", "子进程在父进程接收之前结束"],
            holds: |run, _| run.is_end_first,
        },
        Claim {
            name: "refused",
            sentence: ["a call is refused", "有调用被拒绝"],
            holds: |run, state| {
                let is_said = run.is_refused || is_over(state);
                (run.is_sent && is_said).then_some(run.is_refused)
            },
        },
    ];

    const HEADING: Both = ["what was received", "收到了什么"];

    const WORDS: &'static [Both] =
        &[["send refused", "send 被拒绝"], ["recv refused", "recv 被拒绝"]];

    fn see(&mut self, seen: &Seen) {
        let record = seen.record;
        let what = match &record.event {
            Event::Send { .. } => {
                self.is_sent = true;
                return;
            }
            Event::Exited { .. } => {
                if seen.state.stuck().is_none() {
                    self.is_end_first.get_or_insert(true);
                }
                return;
            }
            Event::Recv { value, .. } => {
                if seen.state.is_parent(record.pid) {
                    self.is_end_first.get_or_insert(false);
                }
                // Shortened with a hash: many long lists may begin alike.
                shortened(&word(value), 60)
            }
            Event::Refused { call, .. } => {
                self.is_refused = true;
                format!("{} refused", call.name())
            }
            _ => return,
        };
        self.received.entry(record.role.clone().into_owned()).or_default().push(what);
    }

    fn outcome(&self, _: &State) -> String {
        of_values(&self.received)
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

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
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "pipe",
            &[
                (RECEIVED, "true true false false", r#"["A"]"#),
                (RECEIVED_FIRST, "true false true false", r#"["A"] send refused"#),
                (STUCK, "false - false true", "nothing; stuck"),
            ],
        );
    }
}
