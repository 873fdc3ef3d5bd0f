//! What can be said of a run of the `spawn` lesson.

use std::collections::HashSet;

use super::events::SpawnEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, Sequence, is_over, judge, tell};
use crate::events::Event;

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "end-is-last",
        sentence: || {
            both!("`Child process end.` is the last line", "`Child process end.` 是最后一行")
        },
        judge: || {
            judge::<Option<bool>>(
                |is_last, seen| match seen.record.event.own() {
                    Some(SpawnEvent::AfterJoin {}) => *is_last = Some(true),
                    _ if seen.record.line.is_some() => *is_last = is_last.map(|_| false),
                    _ => {}
                },
                |is_last, state| is_last.filter(|is_last| !is_last || is_over(state)),
            )
        },
    },
    Claim {
        name: "all-ended",
        sentence: || {
            both!(
                "every child has ended before `Child process end.`",
                "打印 `Child process end.` 之前，所有子进程都已结束"
            )
        },
        judge: || {
            judge::<Option<bool>>(
                |all, seen| {
                    if let Some(SpawnEvent::AfterJoin {}) = seen.record.event.own() {
                        *all = Some(is_over(seen.state));
                    }
                },
                |all, _| *all,
            )
        },
    },
    Claim {
        name: "ends-in-order",
        sentence: || both!("children end in the order of their starts", "子进程按启动的先后结束"),
        judge: || {
            judge::<[Vec<u32>; 2]>(
                |[started, ended], seen| match seen.record.event {
                    Event::Started { child, .. } => started.push(child),
                    Event::Exited { child, .. } => ended.push(child),
                    _ => {}
                },
                |[started, ended], state| {
                    (ended.len() > 1 && is_over(state)).then(|| started == ended)
                },
            )
        },
    },
    Claim {
        name: "one-at-a-time",
        sentence: || {
            both!("no two children are there at the same time", "任何时候都至多有一个子进程")
        },
        judge: || {
            judge::<(u32, bool)>(
                |(started, is_beside), seen| {
                    if let Event::Started { .. } = seen.record.event {
                        *started += 1;
                        *is_beside |= seen.state.alive().count() > 1;
                    }
                },
                |(started, is_beside), _| (*started > 1).then_some(!is_beside),
            )
        },
    },
    Claim {
        name: "threads-before-ended",
        sentence: || {
            both!(
                "no thread's line comes after its child's `ended.`",
                "线程的行都在所属子进程的 `ended.` 之前"
            )
        },
        judge: || {
            judge::<(HashSet<u32>, bool, bool)>(
                |(ended, is_thread, is_late), seen| match (
                    &seen.record.event,
                    seen.record.event.own(),
                ) {
                    (_, Some(SpawnEvent::Ended {})) => {
                        ended.insert(seen.record.pid);
                    }
                    (Event::Running {}, _) if seen.record.thread.is_some() => {
                        *is_thread = true;
                        *is_late |= ended.contains(&seen.record.pid);
                    }
                    _ => {}
                },
                |(ended, is_thread, is_late), state| {
                    let is_said = *is_late || is_over(state);
                    (*is_thread && !ended.is_empty() && is_said).then_some(!is_late)
                },
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("whose lines came in which order", "各进程的行以什么顺序出现"),
    teller: || {
        tell::<Sequence>(
            |lines, seen| {
                if seen.record.line.is_some() {
                    lines.push(&seen.record.role);
                }
            },
            |lines, _| lines.text(),
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

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
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "spawn",
            CLAIMS,
            &[
                ("end-is-last", IN_TURN, TOGETHER),
                ("all-ended", IN_TURN, TOGETHER),
                ("ends-in-order", IN_TURN, TOGETHER),
                ("one-at-a-time", IN_TURN, TOGETHER),
                ("threads-before-ended", IN_TURN, TOGETHER),
            ],
        );
    }

    #[test]
    fn an_outcome_is_whose_lines_came_in_which_order() {
        let of = |events| outcome(&OUTCOMES, &log("spawn", events)).in_english();
        assert_eq!(of(IN_TURN), "child-1*2 child-2*2 parent");
        assert_eq!(of(TOGETHER), "child-2*2 parent child-1*2");
    }
}
