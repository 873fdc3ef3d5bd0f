//! What can be said of a run of the `bound` lesson.

use std::collections::BTreeMap;

use super::events::BoundEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, tell};
use crate::events::Event;

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "all-done",
        sentence: || both!("every task is done", "每个任务都做完"),
        judge: || {
            judge::<(u64, u64)>(
                |(tasks, done), seen| {
                    if let Some(BoundEvent::Pool { tasks: more, .. }) = seen.record.event.own() {
                        *tasks += u64::from(more);
                    }
                    *done += u64::from(matches!(seen.record.event, Event::TaskDone { .. }));
                },
                |(tasks, done), state| (*tasks > 0 && is_over(state)).then_some(tasks == done),
            )
        },
    },
    Claim {
        name: "in-order",
        sentence: || {
            both!(
                "in every pool the tasks are done in the order of their numbers",
                "每个池里的任务都按编号依次做完"
            )
        },
        judge: || {
            judge::<(u16, u64, bool)>(
                |(last, done, is_disordered), seen| {
                    if let Some(BoundEvent::Pool { .. }) = seen.record.event.own() {
                        *last = 0;
                    }
                    if let Event::TaskDone { task, .. } = seen.record.event {
                        *is_disordered |= task < *last;
                        *last = task;
                        *done += 1;
                    }
                },
                |(_, done, is_disordered), _| (*done > 1).then_some(!is_disordered),
            )
        },
    },
    Claim {
        name: "overlap",
        sentence: || both!("two tasks are in work at the same time", "有两个任务同时在做"),
        judge: || {
            judge::<(u64, u64, bool)>(
                |(open, begun, is_overlapping), seen| match seen.record.event {
                    Event::TaskStart { .. } => {
                        *open += 1;
                        *begun += 1;
                        *is_overlapping |= *open > 1;
                    }
                    Event::TaskDone { .. } => *open = open.saturating_sub(1),
                    _ => {}
                },
                |(_, begun, is_overlapping), state| {
                    (*begun > 1 && (*is_overlapping || is_over(state))).then_some(*is_overlapping)
                },
            )
        },
    },
    Claim {
        name: "more-is-faster",
        sentence: || {
            both!(
                "the most workers take less time than the fewest",
                "工作者最多时用的时间比最少时短"
            )
        },
        judge: || {
            // By kind of task and of worker: the wall time, by the number of workers.
            judge::<BTreeMap<String, BTreeMap<u64, f64>>>(
                |times, seen| {
                    let Event::Measured { figures } = &seen.record.event else {
                        return;
                    };
                    let figure = |name| figures.0.get(name);
                    let workers = figure("workers").and_then(|it| it.as_u64());
                    let seconds = figure("wall_seconds").and_then(|it| it.as_f64());
                    if let (Some(workers), Some(seconds)) = (workers, seconds) {
                        let table = format!("{:?} {:?}", figure("kind"), figure("with"));
                        times.entry(table).or_default().insert(workers, seconds);
                    }
                },
                |times, _| {
                    let faster = times.values().filter(|it| it.len() > 1).map(|of_one| {
                        let fewest = of_one.first_key_value().map(|(_, seconds)| *seconds);
                        let most = of_one.last_key_value().map(|(_, seconds)| *seconds);
                        most < fewest
                    });
                    let faster: Vec<_> = faster.collect();
                    (!faster.is_empty()).then(|| faster.iter().all(|it| *it))
                },
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || {
        both!("workers: in which order the tasks were done", "工作者数：任务以什么顺序做完")
    },
    teller: || {
        tell::<Vec<(u16, Vec<String>)>>(
            |pools, seen| {
                if let Some(BoundEvent::Pool { workers, .. }) = seen.record.event.own() {
                    pools.push((workers, Vec::new()));
                }
                if let Event::TaskDone { task, .. } = seen.record.event
                    && let Some((_, done)) = pools.last_mut()
                {
                    done.push(task.to_string());
                }
            },
            |pools, _| {
                let texts =
                    pools.iter().map(|(workers, done)| format!("{workers}: {}", done.join(" ")));
                texts.collect::<Vec<_>>().join("; ")
            },
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    fn done(task: u16) -> String {
        format!(
            r#"2 worker-1 task_done "task":{task},"kind":"io","seconds":1,"processor_seconds":0"#
        )
    }

    fn pool(tasks: [u16; 2], is_together: bool) -> String {
        let start = |task| format!(r#"2 worker-1 task_start "task":{task},"kind":"io""#);
        let [first, second] = tasks;
        let mut lines = [
            r#"1 parent pool "kind":"io","with":"processes","workers":2,"tasks":2"#.to_owned(),
            start(1),
            start(2),
            done(first),
            done(second),
        ];
        if !is_together {
            lines.swap(2, 3);
        }
        lines.join("\n")
    }

    fn measured(seconds: [f64; 2]) -> String {
        let line = |workers, seconds| {
            format!(r#"1 parent measured "kind":"io","workers":{workers},"wall_seconds":{seconds}"#)
        };
        format!("{}\n{}", line(1, seconds[0]), line(2, seconds[1]))
    }

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        let (in_order, disordered) = (pool([1, 2], false), pool([2, 1], true));
        let undone = in_order.replace(&done(2), "");
        check(
            "bound",
            CLAIMS,
            &[
                ("all-done", &in_order, &undone),
                ("in-order", &in_order, &disordered),
                ("overlap", &disordered, &in_order),
                ("more-is-faster", &measured([2.0, 1.0]), &measured([1.0, 2.0])),
            ],
        );
    }

    #[test]
    fn an_outcome_is_the_order_in_which_each_pool_did_its_tasks() {
        let events = format!("{}\n{}", pool([1, 2], false), pool([2, 1], true));
        let outcome = outcome(&OUTCOMES, &log("bound", &events));
        assert_eq!(outcome.in_english(), "2: 1 2; 2: 2 1");
    }
}
