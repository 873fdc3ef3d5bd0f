//! What can be said of a run of the `spawn` lesson.

use std::collections::HashSet;

use super::events::SpawnEvent;
use crate::claims::{Both, Claim, Judge, Seen, Sequence, is_over};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct SpawnJudge {
    /// Whether the parent's line after its join was the last one.
    is_last: Option<bool>,
    /// Whether all children had ended by then.
    had_ended: Option<bool>,
    started: Vec<u32>,
    ended: Vec<u32>,
    is_beside: bool,
    left_loop: HashSet<u32>,
    has_threads: bool,
    is_thread_late: bool,
    lines: Sequence,
}

impl Judge for SpawnJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "end-is-last",
            sentence: ["`Child process end.` is the last line", "`Child process end.` 是最后一行"],
            holds: |run, state| run.is_last.filter(|is_last| !is_last || is_over(state)),
        },
        Claim {
            name: "all-ended",
            sentence: [
                "every child has ended before `Child process end.`",
                "打印 `Child process end.` 之前，所有子进程都已结束",
            ],
            holds: |run, _| run.had_ended,
        },
        Claim {
            name: "ends-in-order",
            sentence: ["children end in the order of their starts", "子进程按启动的先后结束"],
            holds: |run, state| {
                (run.ended.len() > 1 && is_over(state)).then(|| run.started == run.ended)
            },
        },
        Claim {
            name: "together",
            sentence: ["two children are there at the same time", "有两个子进程同时存在"],
            holds: |run, _| (run.started.len() > 1).then_some(run.is_beside),
        },
        Claim {
            name: "thread-after-ended",
            sentence: [
                "a thread's line comes after its child's `ended.`",
                "有线程的行出现在所属子进程的 `ended.` 之后",
            ],
            holds: |run, state| {
                let is_said = run.is_thread_late || is_over(state);
                let has_both = run.has_threads && !run.left_loop.is_empty();
                (has_both && is_said).then_some(run.is_thread_late)
            },
        },
    ];

    const HEADING: Both = ["whose lines came in which order", "各进程的行以什么顺序出现"];

    fn see(&mut self, seen: &Seen) {
        let record = seen.record;
        if record.line.is_some() {
            self.lines.push(&record.role);
            self.is_last = self.is_last.map(|_| false);
        }
        match &record.event {
            Event::Started { child, .. } => {
                self.started.push(*child);
                self.is_beside |= seen.state.alive().count() > 1;
            }
            Event::Exited { child, .. } => self.ended.push(*child),
            Event::Running {} if record.thread.is_some() => {
                self.has_threads = true;
                self.is_thread_late |= self.left_loop.contains(&record.pid);
            }
            event => match event.own() {
                Some(SpawnEvent::Ended {}) => drop(self.left_loop.insert(record.pid)),
                Some(SpawnEvent::AfterJoin {}) => {
                    self.is_last = Some(true);
                    self.had_ended = Some(is_over(seen.state));
                }
                _ => {}
            },
        }
    }

    fn outcome(&self, _: &State) -> String {
        self.lines.text()
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    const IN_TURN: &str = r#"
        1 parent started "child":2,"child_role":"child-1"
        2 child-1/Thread-1 running "line":"x"
        2 child-1 ended "line":"x"
        1 parent exited "child":2,"child_role":"child-1","status":{"code":0}
        1 parent started "child":3,"child_role":"child-2"
        3 child-2/Thread-1 running "line":"x"
        3 child-2 ended "line":"x"
        1 parent exited "child":3,"child_role":"child-2","status":{"code":0}
        1 parent after_join "line":"x""#;

    const TOGETHER: &str = r#"
        1 parent started "child":2,"child_role":"child-1"
        1 parent started "child":3,"child_role":"child-2"
        3 child-2 ended "line":"x"
        3 child-2/Thread-1 running "line":"x"
        1 parent exited "child":3,"child_role":"child-2","status":{"code":0}
        1 parent after_join "line":"x"
        2 child-1 ended "line":"x"
        2 child-1/Thread-1 running "line":"x"
        1 parent exited "child":2,"child_role":"child-1","status":{"code":0}"#;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "spawn",
            &[
                (IN_TURN, "true true true false false false", "child-1*2 child-2*2 parent"),
                (TOGETHER, "false false false true true false", "child-2*2 parent child-1*2"),
            ],
        );
    }
}
