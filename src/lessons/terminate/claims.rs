//! What can be said of a run of the `terminate` lesson.

use super::events::TerminateEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, plays, tell};
use crate::events::{Event, Status};

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "cleanup-runs",
        sentence: || both!("the child cleans up before its end", "子进程在结束之前做了清理"),
        judge: || {
            judge::<(bool, bool)>(
                |(begun, done), seen| match seen.record.event.own() {
                    Some(TerminateEvent::Try {}) => *begun = true,
                    Some(TerminateEvent::Finally {}) => *done = true,
                    None => {}
                },
                |(begun, done), state| (*begun && (*done || is_over(state))).then_some(*done),
            )
        },
    },
    Claim {
        name: "ended-by-signal",
        sentence: || both!("the child's status names a signal", "子进程的状态里是一个信号"),
        judge: || {
            judge::<Option<bool>>(
                |is_signal, seen| {
                    if let Event::Exited { child_role, status, .. } = &seen.record.event
                        && plays(child_role, "child")
                    {
                        *is_signal = Some(matches!(status, Status::Signal(_)));
                    }
                },
                |is_signal, _| *is_signal,
            )
        },
    },
    Claim {
        name: "grandchild-lives-on",
        sentence: || both!("the grandchild outlives the child", "孙进程比子进程活得久"),
        judge: || {
            // Whether there is one, and whether it said something after the end of the child.
            judge::<(bool, bool, bool)>(
                |(is_there, is_alone, lives_on), seen| match &seen.record.event {
                    Event::Parent { .. } => {
                        *is_there = true;
                        *lives_on |= *is_alone;
                    }
                    Event::Exited { child_role, .. } => *is_alone |= plays(child_role, "child"),
                    _ => {}
                },
                |(is_there, _, lives_on), state| {
                    (*is_there && (*lives_on || is_over(state))).then_some(*lives_on)
                },
            )
        },
    },
    NOBODY_GETS_STUCK,
];

/// The child's exit status or signal, as in the log; behind `finally` if it has cleaned up.
pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("how the child ended", "子进程怎样结束"),
    teller: || {
        tell::<(String, bool)>(
            |(how, cleans), seen| {
                *cleans |= matches!(seen.record.event.own(), Some(TerminateEvent::Finally {}));
                if let Event::Exited { child_role, status, .. } = &seen.record.event
                    && plays(child_role, "child")
                {
                    *how = match status {
                        Status::Code(code) => code.to_string(),
                        Status::Signal(_) => status.signal_name(),
                    };
                }
            },
            |(how, cleans), _| match cleans {
                true => format!("finally {how}"),
                false => how.clone(),
            },
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    #[test]
    fn each_claim_is_true_of_one_log_and_false_of_another() {
        let begin = "2 child try\n";
        let ended = |status: &str| {
            format!(r#"1 parent exited "child":2,"child_role":"child","status":{{{status}}}"#)
                + "\n"
        };
        let (signal, code) = (ended(r#""signal":15"#), ended(r#""code":0"#));
        let cleans = format!("{begin}2 child finally\n{code}");
        let dies = format!("{begin}{signal}");
        let alive = r#"3 grandchild parent "parent":1"#;
        check(
            "terminate",
            CLAIMS,
            &[
                ("cleanup-runs", &cleans, &dies),
                ("ended-by-signal", &dies, &cleans),
                ("grandchild-lives-on", &format!("{signal}{alive}"), &format!("{alive}\n{signal}")),
            ],
        );
        let outcome_of = |text: &str| outcome(&OUTCOMES, &log("terminate", text)).in_english();
        assert_eq!(outcome_of(&cleans), "finally 0");
        assert_eq!(outcome_of(&dies), "SIGTERM");
    }
}
