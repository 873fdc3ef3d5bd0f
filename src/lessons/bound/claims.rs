//! What can be said of a run of the `bound` lesson.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::events::BoundEvent;
use super::table::{PoolFigures, Table, TaskKind, WorkerKind};
use crate::claims::{Both, Claim, Judge, Seen, is_over};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct BoundJudge {
    tasks: usize,
    /// Of each pool what it is, and the tasks that it has done.
    pools: Vec<(String, Vec<u16>)>,
    begun: usize,
    done: usize,
    overlap: bool,
    /// How many cores the run might use.
    cores: usize,
    /// The tables, by kind of task and of worker.
    tables: BTreeMap<String, Table>,
}

/// A line of a table, as it is logged.
#[derive(Deserialize)]
struct Row {
    kind: TaskKind,
    /// Older recordings don't say it.
    #[serde(default)]
    with: WorkerKind,
    #[serde(default)]
    tasks: u16,
    #[serde(flatten)]
    pool: PoolFigures,
}

/// The claim about one table: what its tasks are, and what its workers.
macro_rules! is_faster {
    ($kind:literal $with:literal, $en:literal, $zh:literal $workers:literal) => {
        Claim {
            name: concat!($kind, "-", $with, "-more-is-faster"),
            sentence: [
                concat!($en, " is at least 20 % faster with the most workers than with the fewest"),
                concat!($zh, "任务，", $workers, "最多的一组比最少的一组至少快 20%"),
            ],
            holds: |run, _| {
                run.tables.get(concat!($kind, " ", $with))?.is_faster_with_most(run.cores)
            },
        }
    };
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
        is_faster!("compute" "processes", "computing", "计算密集型" "工作进程"),
        is_faster!("compute" "threads", "computing in threads", "计算密集型" "工作线程"),
        is_faster!("io" "processes", "IO", "IO 密集型" "工作进程"),
        is_faster!("io" "threads", "IO in threads", "IO 密集型" "工作线程"),
        is_faster!("disk" "processes", "disk work", "磁盘读写" "工作进程"),
        is_faster!("disk" "threads", "disk work in threads", "磁盘读写" "工作线程"),
    ];

    const WORDS: &'static [Both] = &[
        ["compute ", "计算密集型 "],
        ["io ", "IO 密集型 "],
        ["disk ", "磁盘读写 "],
        ["threads", "线程"],
    ];

    const HEADING: Both = [
        "kind and workers: in which order the tasks were done",
        "任务种类和工作进程（线程）数：任务以什么顺序做完",
    ];

    fn see(&mut self, seen: &Seen) {
        match &seen.record.event {
            Event::Run { cores, .. } => self.cores = *cores,
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
                if let Ok(Row { kind, with, tasks, pool }) =
                    serde_json::from_value(Value::Object(figures.0.clone()))
                {
                    let name: [&str; 2] = [kind.into(), with.into()];
                    let new = Table { kind, with, tasks, pools: Vec::new() };
                    self.tables.entry(name.join(" ")).or_insert(new).pools.push(pool);
                }
            }
            event => {
                if let Some(BoundEvent::Pool { kind, with, workers, tasks }) = event.own() {
                    self.tasks += usize::from(tasks);
                    let threads = if with == WorkerKind::Threads { " threads" } else { "" };
                    let kind: &str = kind.into();
                    self.pools.push((format!("{kind} {workers}{threads}"), Vec::new()));
                }
            }
        }
    }

    fn outcome(&self, _: &State) -> String {
        let texts = self.pools.iter().map(|(pool, done)| {
            let done: Vec<_> = done.iter().map(u16::to_string).collect();
            format!("{pool}: {}", done.join(" "))
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

    fn measured(table: &str, seconds: [f64; 2]) -> String {
        let line = |workers, seconds| {
            format!(r#"1 parent measured {table},"workers":{workers},"wall_seconds":{seconds}"#)
        };
        format!("{}\n{}", line(1, seconds[0]), line(2, seconds[1]))
    }

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        let (in_order, disordered) = (pool([1, 2], false), pool([2, 1], true));
        let (undone, both) = (in_order.replace(&done(2), ""), format!("{in_order}\n{disordered}"));
        let in_threads = disordered.replace("processes", "threads").replacen("io", "compute", 1);
        let all = format!("{both}\n{in_threads}");
        let tasks =
            |in_order, overlap, done| format!("{done} {in_order} {overlap} {} false", NO_TIMES);
        const NO_TIMES: &str = "- - - - - -";
        let mut cases = vec![
            (in_order, tasks("true", "false", "true"), "io 2: 1 2"),
            (disordered, tasks("false", "true", "true"), "io 2: 2 1"),
            (undone, tasks("-", "false", "false"), "io 2: 1"),
            (both, tasks("false", "true", "true"), "io 2: 1 2; io 2: 2 1"),
            (all, tasks("false", "true", "true"), "io 2: 1 2; io 2: 2 1; compute 2 threads: 2 1"),
        ];
        // Of each table by itself.
        let tables =
            ["compute", "io", "disk"].map(|kind| ["processes", "threads"].map(|it| (kind, it)));
        for (place, (kind, with)) in tables.into_iter().flatten().enumerate() {
            let table = format!(r#""kind":"{kind}","with":"{with}""#);
            for (seconds, verdict) in [([2.0, 1.0], "true"), ([1.0, 2.0], "false")] {
                let mut verdicts = ["-"; 10];
                verdicts[3 + place] = verdict;
                verdicts[9] = "false";
                cases.push((measured(&table, seconds), verdicts.join(" "), "nothing"));
            }
        }
        let cases: Vec<_> =
            cases.iter().map(|(log, told, came)| (&**log, &**told, *came)).collect();
        check("bound", &cases);
    }
}
