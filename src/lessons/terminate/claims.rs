//! What can be said of a run of the `terminate` lesson.

use super::events::TerminateEvent;
use crate::claims::{Both, Claim, Judge, Seen, how, is_over, plays};
use crate::events::{Event, Status};
use crate::state::State;

#[derive(Default)]
pub(super) struct TerminateJudge {
    has_to_clean: bool,
    has_cleaned: bool,
    /// How the child ended.
    status: Option<Status>,
    has_grandchild: bool,
    /// Whether the grandchild has printed a line after the child's end.
    lives_on: bool,
}

impl Judge for TerminateJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "cleanup-runs",
            sentence: ["the child cleans up before its end", "子进程在结束之前做了清理"],
            holds: |run, state| {
                let is_said = run.has_cleaned || is_over(state);
                (run.has_to_clean && is_said).then_some(run.has_cleaned)
            },
        },
        Claim {
            name: "ended-by-signal",
            sentence: ["the child's status names a signal", "子进程的状态里是一个信号"],
            holds: |run, _| run.status.map(|status| matches!(status, Status::Signal(_))),
        },
        Claim {
            name: "grandchild-lives-on",
            sentence: ["the grandchild outlives the child", "孙进程比子进程活得久"],
            holds: |run, state| {
                let is_said = run.lives_on || is_over(state);
                (run.has_grandchild && is_said).then_some(run.lives_on)
            },
        },
    ];

    const HEADING: Both = ["how the child ended", "子进程怎样结束"];

    const WORDS: &'static [Both] = &[["cleaned up, ", "做了清理，"], ["exit", "退出状态"]];

    fn see(&mut self, seen: &Seen) {
        match &seen.record.event {
            Event::Parent { .. } => {
                self.has_grandchild = true;
                self.lives_on |= self.status.is_some();
            }
            Event::Exited { child_role, status, .. } if plays(child_role, "child") => {
                self.status = Some(*status);
            }
            event => match event.own() {
                Some(TerminateEvent::Try {}) => self.has_to_clean = true,
                Some(TerminateEvent::Finally {}) => self.has_cleaned = true,
                None => {}
            },
        }
    }

    fn outcome(&self, _: &State) -> String {
        let cleaned = if self.has_cleaned { "cleaned up, " } else { "" };
        match self.status {
            Some(Status::Code(code)) => format!("{cleaned}exit {code}"),
            Some(status) => format!("{cleaned}{}", how(status)),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        let ended = |status: &str| {
            format!(r#"1 parent exited "child":2,"child_role":"child","status":{{{status}}}"#)
        };
        let (signal, code) = (ended(r#""signal":15"#), ended(r#""code":0"#));
        let cleans = format!("2 child try\n2 child finally\n{code}");
        let dies = format!("2 child try\n{signal}");
        let alive = r#"3 grandchild parent "parent":1"#;
        check(
            "terminate",
            &[
                (&cleans, "true false - false", "cleaned up, exit 0"),
                (&dies, "false true - false", "SIGTERM"),
                (&format!("{signal}\n{alive}"), "- true true false", "SIGTERM"),
                (&format!("{alive}\n{signal}"), "- true false false", "SIGTERM"),
            ],
        );
    }
}
