//! What was measured, as a table.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strum::IntoStaticStr;

use crate::both;
use crate::words::figures::{count, right, seconds};
use crate::words::locale::{self, Language};

const BAR_COLUMNS: f64 = 28.0;

/// What a task does. Its name in the log, and on a child's command line, is its variant's.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, ValueEnum, Serialize, Deserialize, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TaskKind {
    /// It counts primes
    Compute,
    /// It waits for an answer
    Io,
    /// It writes to a file and waits until the disk has it
    Disk,
}

impl TaskKind {
    pub(super) fn in_words(self) -> String {
        match self {
            TaskKind::Compute => both!("Compute", "计算密集型"),
            TaskKind::Io => both!("IO", "IO 密集型"),
            TaskKind::Disk => both!("Disk", "磁盘读写"),
        }
    }
}

/// What a worker is. Its name in the log is its variant's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WorkerKind {
    #[default]
    Processes,
    Threads,
}

/// What a pool needed for all its tasks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PoolFigures {
    pub workers: u16,
    /// From the first put to the last result.
    pub wall_seconds: f64,
    /// The sum of the tasks' times. The times of different workers overlap.
    pub tasks_seconds: f64,
    /// The processor time that the workers used for the tasks.
    pub processor_seconds: f64,
}

impl PoolFigures {
    /// Processor use: 100 is one core, busy all the time.
    pub(super) fn processor_percent(&self) -> f64 {
        100.0 * self.processor_seconds / self.wall_seconds
    }

    /// The tasks' processor time as a share of the tasks' time.
    pub(super) fn processor_share(&self) -> f64 {
        self.processor_seconds / self.tasks_seconds
    }
}

/// The pools of one kind, from the one with the fewest workers to the one with the most.
pub struct Table {
    pub kind: TaskKind,
    pub with: WorkerKind,
    /// How many tasks each pool had.
    pub tasks: u16,
    /// The pools' figures: at least one pool, before a method is called.
    pub pools: Vec<PoolFigures>,
}

impl Table {
    pub fn heading(&self) -> Vec<String> {
        let (kind, tasks) = (self.kind.in_words(), self.tasks);
        let in_english = count(tasks, "task");
        let (with, workers) = match self.with {
            WorkerKind::Processes => (both!("processes", "多进程"), both!("workers", "进程数")),
            WorkerKind::Threads => (both!("threads", "多线程"), both!("workers", "线程数")),
        };
        let mut lines = vec![both!(
            "{kind}: {in_english}, workers are {with}",
            "{kind}：{tasks} 个任务，{with}"
        )];
        let fewest = self.first().workers;
        if fewest > 1 {
            let fewest = self.workers(fewest);
            lines.push(both!(
                "Speed-up is over {fewest}, the fewest measured.",
                "加速比以最少的一组（{fewest}）为基准。"
            ));
        }
        let (wall, task) = (both!("wall", "总用时"), both!("a task", "每个任务"));
        let speed_up = both!("speed-up", "加速比");
        lines.push(columns([&workers, &wall, &task, &speed_up, "CPU"]));
        lines
    }

    pub fn figures(&self, pool: &PoolFigures) -> Value {
        json!({
            "kind": self.kind,
            "with": self.with,
            "workers": pool.workers,
            "tasks": self.tasks,
            "wall_seconds": pool.wall_seconds,
            "tasks_seconds": pool.tasks_seconds,
            "processor_seconds": pool.processor_seconds,
            "processor_percent": pool.processor_percent(),
            "speed_up": self.speed_up(pool),
            "speed_up_over": self.first().workers,
        })
    }

    pub fn line(&self, pool: &PoolFigures) -> String {
        let percent = pool.processor_percent();
        let figures = columns([
            &pool.workers.to_string(),
            &seconds(pool.wall_seconds),
            &seconds(pool.tasks_seconds / f64::from(self.tasks)),
            &format!("{:.2}", self.speed_up(pool)),
            &both!("{percent:.0} %", "{percent:.0}%"),
        ]);
        let bar = BAR_COLUMNS * self.fastest().wall_seconds / pool.wall_seconds;
        let bar = "#".repeat(bar.round() as usize);
        format!("{figures}  {bar}").trim_end().to_owned()
    }

    /// How many times as fast as the pool with the fewest workers.
    pub(super) fn speed_up(&self, pool: &PoolFigures) -> f64 {
        self.first().wall_seconds / pool.wall_seconds
    }

    pub(super) fn fastest(&self) -> &PoolFigures {
        fastest_of(&self.pools).unwrap_or(self.first())
    }

    pub(super) fn first(&self) -> &PoolFigures {
        &self.pools[0]
    }

    pub(super) fn last(&self) -> &PoolFigures {
        &self.pools[self.pools.len() - 1]
    }

    pub(super) fn workers(&self, number: u16) -> String {
        let in_english = count(number, "worker");
        match self.with {
            WorkerKind::Processes => both!("{in_english}", "{number} 个工作进程"),
            WorkerKind::Threads => both!("{in_english}", "{number} 个工作线程"),
        }
    }
}

pub(super) fn fastest_of(pools: &[PoolFigures]) -> Option<&PoolFigures> {
    pools.iter().min_by(|a, b| a.wall_seconds.total_cmp(&b.wall_seconds))
}

/// Side by side, 38 columns in all: with the two before the bar they just fill a narrow terminal of
/// 40, which then shows each bar on a line of its own.
fn columns(cells: [&str; 5]) -> String {
    let widths = match locale::chosen() {
        Language::En => [7, 7, 7, 8, 5],
        Language::Zh => [6, 8, 8, 6, 6],
    };
    let cells: Vec<_> = cells.iter().zip(widths).map(|(cell, width)| right(cell, width)).collect();
    cells.join(" ")
}
