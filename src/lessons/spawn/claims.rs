//! What can be said of a run of the `spawn` lesson.

use std::collections::{BTreeMap, HashSet};

use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, Sequence, is_over, judge, tell};
use crate::events::Event;
use crate::multiprocessing::numbered;

const PARENT: &str = "parent";

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "end-is-last",
        sentence: || {
            both!("`Child process end.` is the last line", "`Child process end.` 是最后一行")
        },
        judge: || {
            judge::<Option<bool>>(
                |is_last, seen| match seen.record.event {
                    Event::AfterJoin {} => *is_last = Some(true),
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
                    if let Event::AfterJoin {} = seen.record.event {
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
                |(ended, is_thread, is_late), seen| match seen.record.event {
                    Event::Ended {} => {
                        ended.insert(seen.record.pid);
                    }
                    Event::Running {} if seen.record.thread.is_some() => {
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

/// Why the lines of so many children with so many threads each can't come in this order: everybody
/// has a number of lines, and nobody has one before its start.
pub(super) fn why_never(outcome: &str, children: u16, threads: u16) -> Option<String> {
    if outcome.contains("...#") {
        return None;
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let roles: Vec<String> =
        (1..=children).map(|number| numbered("child", number, children)).collect();
    for word in outcome.split_whitespace() {
        let (role, count) = match word.split_once('*') {
            Some((role, count)) => (role, count.parse().unwrap_or(0)),
            None => (word, 1),
        };
        let place = roles.iter().position(|it| it == role);
        if place.is_none() && role != PARENT {
            return Some(both!("there is no {role}", "没有 {role}"));
        }
        // The parent's first line, and one before each start.
        let parents = counts.get(PARENT).copied().unwrap_or_default();
        if place.is_some_and(|place| parents < place as u64 + 2) {
            return Some(both!(
                "{role} would print before it is started",
                "{role} 不会在启动之前打印"
            ));
        }
        *counts.entry(role).or_default() += count;
    }
    let parent = (PARENT, u64::from(children) + 2);
    let of_child = 2 + 2 * u64::from(threads);
    let all = roles.iter().map(|role| (role.as_str(), of_child));
    let mut all = all.chain([parent]);
    let (role, lines) = all.find(|(role, lines)| counts.get(role) != Some(lines))?;
    Some(both!("{role} prints {lines} lines in every run", "{role} 每次都打印 {lines} 行"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};
    use crate::words::locale::{Language, choose};

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

    #[test]
    fn lines_that_cannot_come_are_known() {
        choose(Language::En);
        let of_two = |outcome| why_never(outcome, 2, 1).unwrap_or_default();
        for possible in [
            "parent*3 child-1*4 child-2*4 parent",
            "parent*2 child-1*3 parent child-2*4 parent child-1",
        ] {
            assert_eq!(of_two(possible), "");
        }
        assert_eq!(why_never("parent*2 child*4 parent", 1, 1), None);
        for (impossible, reason) in [
            ("parent*3 child-1*4 child-2*4", "parent prints 4 lines in every run"),
            ("parent*3 child-1*5 child-2*3 parent", "child-1 prints 4 lines in every run"),
            (
                "parent*2 child-2*4 parent child-1*4 parent",
                "child-2 would print before it is started",
            ),
            ("parent*3 child-3*4", "there is no child-3"),
            ("", "child-1 prints 4 lines in every run"),
        ] {
            assert_eq!(of_two(impossible), reason, "{impossible}");
        }
    }
}
