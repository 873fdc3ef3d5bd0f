//! What can be said of a run of the `lock` lesson.

use std::collections::HashSet;

use super::events::LockEvent;
use crate::claims::{Both, Claim, Judge, Seen, is_over};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct LockJudge {
    counting: HashSet<u32>,
    begun: usize,
    done: usize,
    killed_on_purpose: usize,
    is_together: bool,
    /// What the counter was in the end, and how often 1 was added.
    total: Option<(u64, u64)>,
}

impl Judge for LockJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "lost",
            sentence: ["additions are lost", "有些累加丢失了"],
            holds: |run, _| run.total.map(|(value, of)| value < of),
        },
        Claim {
            name: "all-count",
            sentence: [
                "every process that is left does all its turns",
                "没有被杀死的进程都累加完了",
            ],
            holds: |run, state| {
                let all = run.done + run.killed_on_purpose == run.begun;
                (run.begun > 0 && is_over(state)).then_some(all)
            },
        },
        Claim {
            name: "together",
            sentence: ["two processes count at the same time", "有两个进程同时在累加"],
            holds: |run, _| (run.begun > 1).then_some(run.is_together),
        },
    ];

    const HEADING: Both = ["the counter, compared with what was added", "计数器与加上的总数相比"];

    fn see(&mut self, seen: &Seen) {
        let pid = seen.record.pid;
        match seen.record.event.own() {
            Some(LockEvent::Counting { .. }) => {
                self.begun += 1;
                self.counting.insert(pid);
                self.is_together |= self.counting.len() > 1;
            }
            Some(LockEvent::Counted { .. }) => {
                self.done += 1;
                self.counting.remove(&pid);
            }
            Some(LockEvent::Total { value, of }) => self.total = Some((value, of)),
            None => {}
        }
        // A process killed because the run is stuck was not killed on purpose.
        if let Event::Kill { child, .. } = &seen.record.event
            && seen.state.stuck().is_none()
        {
            self.killed_on_purpose += usize::from(self.counting.remove(child));
        }
    }

    fn outcome(&self, _: &State) -> String {
        // The number of lost updates differs from run to run, so it is no part of the outcome.
        let text = |(value, of)| format!("{} {of}", if value == of { "=" } else { "<" });
        self.total.map(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    const LOST: &str = r#"
        1 parent started "child":2,"child_role":"child-1"
        1 parent started "child":3,"child_role":"child-2"
        2 child-1 counting "turns":9
        3 child-2 counting "turns":9
        2 child-1 counted "last":9
        3 child-2 counted "last":10
        1 parent exited "child":2,"child_role":"child-1","status":{"code":0}
        1 parent exited "child":3,"child_role":"child-2","status":{"code":0}
        1 parent total "value":10,"of":18"#;

    const ONE_AFTER_ANOTHER: &str = r#"
        1 parent started "child":2,"child_role":"child-1"
        2 child-1 counting "turns":9
        2 child-1 counted "last":9
        1 parent exited "child":2,"child_role":"child-1","status":{"code":0}
        1 parent started "child":3,"child_role":"child-2"
        3 child-2 counting "turns":9
        3 child-2 counted "last":18
        1 parent exited "child":3,"child_role":"child-2","status":{"code":0}
        1 parent total "value":18,"of":18"#;

    const STUCK: &str = r#"
        1 parent started "child":2,"child_role":"child-1"
        2 child-1 counting "turns":9,"lock":"semaphore"
        1 parent kill "child":2,"child_role":"child-1"
        1 parent exited "child":2,"child_role":"child-1","status":{"signal":9}
        1 parent started "child":3,"child_role":"child-2"
        3 child-2 counting "turns":9,"lock":"semaphore"
        1 parent stuck "waits":[],"circle":[]
        1 parent kill "child":3,"child_role":"child-2"
        1 parent exited "child":3,"child_role":"child-2","status":{"signal":9}"#;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "lock",
            &[
                (LOST, "true true true false", "< 18"),
                (ONE_AFTER_ANOTHER, "false true false false", "= 18"),
                (STUCK, "- false false true", "nothing; stuck"),
            ],
        );
    }
}
