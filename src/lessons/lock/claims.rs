//! What can be said of a run of the `lock` lesson.

use std::collections::HashSet;

use super::events::LockEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, tell};
use crate::events::Event;

/// Who counts at the moment, who has been seen to count, and who has done all turns.
#[derive(Default)]
struct Counters {
    now: HashSet<u32>,
    begun: usize,
    done: usize,
    killed: usize,
    is_together: bool,
}

impl Counters {
    fn see(&mut self, pid: u32, event: &Event) {
        match event.own() {
            Some(LockEvent::Counting { .. }) => {
                self.begun += 1;
                self.now.insert(pid);
                self.is_together |= self.now.len() > 1;
            }
            Some(LockEvent::Counted { .. }) => {
                self.done += 1;
                self.now.remove(&pid);
            }
            _ => {}
        }
        if let Event::Kill { child, .. } = event {
            self.killed += usize::from(self.now.remove(child));
        }
    }
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "none-lost",
        sentence: || both!("no addition is lost", "每次加一都没有丢失"),
        judge: || {
            judge::<Option<bool>>(
                |all, seen| {
                    if let Some(LockEvent::Total { value, of }) = seen.record.event.own() {
                        *all = Some(value == of);
                    }
                },
                |all, _| *all,
            )
        },
    },
    Claim {
        name: "all-count",
        sentence: || {
            both!(
                "every process that is not killed on purpose does all its turns",
                "没有被故意杀死的进程都数完了"
            )
        },
        judge: || {
            judge::<(Counters, bool)>(
                |(counters, is_stuck), seen| {
                    *is_stuck |= matches!(seen.record.event, Event::Stuck { .. });
                    // Who is killed when nobody can go on, is not killed on purpose.
                    if !*is_stuck {
                        counters.see(seen.record.pid, &seen.record.event);
                    }
                },
                |(counters, _), state| {
                    let all = counters.done + counters.killed == counters.begun;
                    (counters.begun > 0 && is_over(state)).then_some(all)
                },
            )
        },
    },
    Claim {
        name: "together",
        sentence: || both!("two processes count at the same time", "有两个进程同时在数"),
        judge: || {
            judge::<Counters>(
                |counters, seen| counters.see(seen.record.pid, &seen.record.event),
                |counters, _| (counters.begun > 1).then_some(counters.is_together),
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("the counter, compared with what was added", "计数器与加上的总数相比"),
    teller: || {
        tell::<String>(
            |text, seen| {
                if let Some(LockEvent::Total { value, of }) = seen.record.event.own() {
                    // By how much it is less, is another number each time.
                    let sign = if value == of { "=" } else { "<" };
                    *text = format!("{sign} {of}");
                }
            },
            |text, _| text.clone(),
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

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
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "lock",
            CLAIMS,
            &[
                ("none-lost", ONE_AFTER_ANOTHER, LOST),
                ("all-count", LOST, STUCK),
                ("together", LOST, ONE_AFTER_ANOTHER),
            ],
        );
    }

    #[test]
    fn an_outcome_is_whether_the_counter_has_all() {
        let of = |events| outcome(&OUTCOMES, &log("lock", events)).in_english();
        assert_eq!(of(LOST), "< 18");
        assert_eq!(of(ONE_AFTER_ANOTHER), "= 18");
        assert_eq!(of(STUCK), "nothing; stuck");
    }
}
