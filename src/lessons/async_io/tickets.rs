//! What each way of serving the customers of a ticket office took, and what follows from it.

#[cfg(test)]
mod tests;
mod verdicts;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::both;
use crate::report::statistics::{lower_median, micros};
use crate::words::figures::{left, mebibytes, right, seconds};

pub use verdicts::{announcement, slowest, verdicts};

/// A way of serving the customers. Its name in the log is its variant's.
#[derive(Clone, Copy, Serialize, strum::EnumCount)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// One process, one customer after another.
    OneAfterAnother,
    /// A process for each customer.
    OneProcessEach,
    /// One process, one thread, an event loop.
    EventLoop,
    /// The same, and one customer blocks it.
    BlockedLoop,
}

impl Strategy {
    fn label(self) -> String {
        match self {
            Strategy::OneAfterAnother => both!("one after another", "一个接一个"),
            Strategy::OneProcessEach => both!("one process each", "每人一个进程"),
            Strategy::EventLoop => both!("event loop", "事件循环"),
            Strategy::BlockedLoop => both!("event loop, blocked", "事件循环，被阻塞"),
        }
    }
}

/// What a process has used in its life.
#[derive(Serialize, Deserialize)]
pub struct Usage {
    /// How many threads it has.
    pub threads: u64,
    /// The most memory that it ever had, in KiB.
    pub peak_memory_kib: u64,
    /// How much of that are pages of files, in KiB: above all the program's code.
    pub file_memory_kib: u64,
    /// How often the processor was taken from it, or it gave it up to wait.
    pub context_switches: u64,
}

/// What was measured of one way.
pub struct StrategyFigures {
    way: Strategy,
    /// Seconds from before the first process was started until the last one was joined.
    wall: f64,
    /// Seconds until each customer was served, counted from the same moment.
    served: Vec<Option<f64>>,
    processes: u64,
    threads: u64,
    own_memory_kib: u64,
    shared_memory_kib: u64,
    context_switches: u64,
}

impl StrategyFigures {
    /// Nothing measured yet.
    pub fn new(way: Strategy, customers: u16) -> StrategyFigures {
        StrategyFigures {
            way,
            wall: 0.0,
            served: vec![None; customers.into()],
            processes: 0,
            threads: 0,
            own_memory_kib: 0,
            shared_memory_kib: 0,
            context_switches: 0,
        }
    }

    /// Adds a customer who was served this many seconds after the way began. The first customer is
    /// number 1.
    ///
    /// # Errors
    /// When that customer was served before, or is not expected.
    pub fn add_served(&mut self, customer: u16, seconds: f64) -> Result<()> {
        let index = usize::from(customer).wrapping_sub(1);
        match self.served.get_mut(index) {
            Some(served @ None) => *served = Some(micros(seconds)),
            _ => bail!(both!(
                "customer {customer} got one ticket too many",
                "顾客 {customer} 多拿了一张票"
            )),
        }
        Ok(())
    }

    /// Adds a process that has ended.
    pub fn add_process(&mut self, used: &Usage) {
        self.processes += 1;
        self.threads += used.threads;
        // All of them run the same program, and the kernel has its pages in memory once, however
        // many use them. The sum of the peaks would be far more than the machine needs.
        self.own_memory_kib += used.peak_memory_kib.saturating_sub(used.file_memory_kib);
        self.shared_memory_kib = self.shared_memory_kib.max(used.file_memory_kib);
        self.context_switches += used.context_switches;
    }

    /// The way took this many seconds.
    pub fn end(&mut self, wall: f64) {
        self.wall = micros(wall);
    }

    /// Whether every customer was served and this many processes were added.
    pub fn is_complete(&self, processes: usize) -> bool {
        self.processes == processes as u64 && self.served.iter().all(Option::is_some)
    }

    /// The peak memory of all processes together.
    fn memory_kib(&self) -> u64 {
        self.own_memory_kib + self.shared_memory_kib
    }

    /// Seconds until at least half of the customers were served.
    fn half_served(&self) -> f64 {
        lower_median(self.served.iter().copied().flatten()).unwrap_or_default()
    }

    /// The figures for the log.
    pub fn to_json(&self) -> Value {
        json!({
            "way": self.way,
            "wall_seconds": self.wall,
            "half_served_seconds": self.half_served(),
            "served_seconds": self.served,
            "processes": self.processes,
            "threads": self.threads,
            "memory_kib": self.memory_kib(),
            "shared_memory_kib": self.shared_memory_kib,
            "context_switches": self.context_switches,
        })
    }

    /// The figures as a row of the table.
    pub fn line(&self) -> String {
        columns([
            &self.way.label(),
            &seconds(self.wall),
            &seconds(self.half_served()),
            &self.processes.to_string(),
            &self.threads.to_string(),
            &mebibytes(self.memory_kib()),
            &self.context_switches.to_string(),
        ])
    }
}

/// The head of the table.
pub fn heading() -> String {
    columns([
        "",
        &both!("wall time", "总用时"),
        &both!("half served", "半数拿到票"),
        &both!("processes", "进程数"),
        &both!("threads", "线程数"),
        &both!("memory", "内存"),
        &both!("switches", "切换次数"),
    ])
}

/// Side by side, the first three in 40 columns: so a narrow terminal breaks the line behind them,
/// and not within a word.
fn columns([name, figures @ ..]: [&str; 7]) -> String {
    let figures =
        figures.iter().zip([9, 12, 10, 8, 10, 9]).map(|(figure, width)| right(figure, width));
    left(name, 19) + &figures.collect::<String>()
}
