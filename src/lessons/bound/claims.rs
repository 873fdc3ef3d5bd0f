//! What can be said of a run of the `bound` lesson.

use std::collections::BTreeMap;

use serde_json::Value;

use super::events::BoundEvent;
use crate::claims::{Both, Claim, Judge, Seen, is_over};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct BoundJudge {
    tasks: usize,
    /// The workers of each pool, and the tasks that they have done.
    pools: Vec<(u16, Vec<u16>)>,
    begun: usize,
    done: usize,
    overlap: bool,
    /// The wall times by number of workers, for each kind of task and of worker.
    times: BTreeMap<String, BTreeMap<u64, f64>>,
}

impl Judge for BoundJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-done",
            sentence: ["every task is done", "每个任务都做完"],
            holds: |run, state| (run.tasks > 0 && is_over(state)).then_some(run.tasks == run.done),
        },
        Claim {
            name: "in-order",
            sentence: [
                "in every pool the tasks are done in the order of their numbers",
                "每个池里的任务都按编号依次做完",
            ],
            holds: |run, _| {
                (run.done > 1).then(|| run.pools.iter().all(|(_, done)| done.is_sorted()))
            },
        },
        Claim {
            name: "overlap",
            sentence: ["two tasks are in work at the same time", "有两个任务同时在做"],
            holds: |run, state| {
                let is_said = run.overlap || is_over(state);
                (run.begun > 1 && is_said).then_some(run.overlap)
            },
        },
        Claim {
            name: "more-is-faster",
            sentence: [
                "the most workers take less time than the fewest",
                "工作者最多时用的时间比最少时短",
            ],
            holds: |run, _| {
                let mut several = run.times.values().filter(|it| it.len() > 1).peekable();
                several.peek()?;
                Some(several.all(|times| times.values().last() < times.values().next()))
            },
        },
    ];

    const HEADING: Both =
        ["workers: in which order the tasks were done", "工作者数：任务以什么顺序做完"];

    fn see(&mut self, seen: &Seen) {
        match &seen.record.event {
            Event::TaskStart { .. } => {
                self.begun += 1;
                self.overlap |= self.begun > self.done + 1;
            }
            Event::TaskDone { task, .. } => {
                self.done += 1;
                if let Some((_, done)) = self.pools.last_mut() {
                    done.push(*task);
                }
            }
            Event::Measured { figures } => {
                let workers = figures.0.get("workers").and_then(Value::as_u64);
                if let (Some(workers), Some(seconds)) = (workers, figures.number("wall_seconds")) {
                    let table = format!("{:?} {:?}", figures.word("kind"), figures.word("with"));
                    self.times.entry(table).or_default().insert(workers, seconds);
                }
            }
            event => {
                if let Some(BoundEvent::Pool { workers, tasks, .. }) = event.own() {
                    self.tasks += usize::from(tasks);
                    self.pools.push((workers, Vec::new()));
                }
            }
        }
    }

    fn outcome(&self, _: &State) -> String {
        let texts = self.pools.iter().map(|(workers, done)| {
            let done: Vec<_> = done.iter().map(u16::to_string).collect();
            format!("{workers}: {}", done.join(" "))
        });
        texts.collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

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
    fn claims_and_outcomes_follow_from_the_log() {
        let (in_order, disordered) = (pool([1, 2], false), pool([2, 1], true));
        let (undone, both) = (in_order.replace(&done(2), ""), format!("{in_order}\n{disordered}"));
        check(
            "bound",
            &[
                (&in_order, "true true false - true", "2: 1 2"),
                (&disordered, "true false true - true", "2: 2 1"),
                (&undone, "false - false - true", "2: 1"),
                (&measured([2.0, 1.0]), "- - - true true", "nothing"),
                (&measured([1.0, 2.0]), "- - - false true", "nothing"),
                (&both, "true false true - true", "2: 1 2; 2: 2 1"),
            ],
        );
    }
}
