//! The figures of each way of serving the customers, and the verdicts on them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::both;
use crate::report::statistics::lower_median;
use crate::words::figures::{factor, left, mebibytes, right, seconds};

/// A way of serving the customers. Its name in the log is its variant's.
#[derive(Clone, Copy, Serialize, strum::EnumCount)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    OneAfterAnother,
    OneProcessEach,
    EventLoop,
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
    pub threads: u64,
    pub peak_memory_kib: u64,
    /// The part of the peak memory that is pages of files: above all the program's code.
    pub file_memory_kib: u64,
    pub context_switches: u64,
}

/// What was measured of one way.
pub struct StrategyFigures {
    pub way: Strategy,
    /// Seconds from before the first process was started until the last one was joined.
    pub wall: f64,
    /// Seconds until each customer was served, counted from the same moment.
    pub served: Vec<f64>,
    /// What each process has used.
    pub used: Vec<Usage>,
}

impl StrategyFigures {
    fn sum(&self, of: fn(&Usage) -> u64) -> u64 {
        self.used.iter().map(of).sum()
    }

    /// The peak memory of all processes together. All of them run the same program, and the kernel
    /// has its pages in memory once: the sum of the peaks would be far more than the machine needs.
    fn memory_kib(&self) -> u64 {
        let own = self.sum(|used| used.peak_memory_kib.saturating_sub(used.file_memory_kib));
        own + self.shared_memory_kib()
    }

    fn shared_memory_kib(&self) -> u64 {
        self.used.iter().map(|used| used.file_memory_kib).max().unwrap_or_default()
    }

    /// Seconds until at least half of the customers were served.
    fn half_served(&self) -> f64 {
        lower_median(self.served.iter().copied()).unwrap_or_default()
    }

    pub fn to_json(&self) -> Value {
        json!({
            "way": self.way,
            "wall_seconds": self.wall,
            "half_served_seconds": self.half_served(),
            "served_seconds": self.served,
            "processes": self.used.len(),
            "threads": self.sum(|used| used.threads),
            "memory_kib": self.memory_kib(),
            "shared_memory_kib": self.shared_memory_kib(),
            "context_switches": self.sum(|used| used.context_switches),
        })
    }

    pub fn line(&self) -> String {
        columns([
            &self.way.label(),
            &seconds(self.wall),
            &seconds(self.half_served()),
            &self.used.len().to_string(),
            &self.sum(|used| used.threads).to_string(),
            &mebibytes(self.memory_kib()),
            &self.sum(|used| used.context_switches).to_string(),
        ])
    }
}

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

/// The line that announces the customers and their delays, in seconds.
pub fn announcement(delays: &[f64]) -> String {
    let all = seconds(delays.iter().sum());
    match delays {
        [_] => both!("1 customer, with a delay of {all}", "1 位顾客，延迟 {all}"),
        _ => {
            let longest = seconds(delays.iter().copied().fold(0.0, f64::max));
            let customers = delays.len();
            both!(
                "{customers} customers, with delays of up to {longest} and {all} in all",
                "{customers} 位顾客，延迟最长 {longest}，总共 {all}"
            )
        }
    }
}

pub fn slowest(delays: &[f64]) -> u16 {
    let longest = (1..).zip(delays).max_by(|a, b| a.1.total_cmp(b.1));
    longest.map_or(1, |(customer, _)| customer)
}

/// The verdicts on the figures; `blocker` is the customer who blocked the loop.
pub fn verdicts(
    in_line: &StrategyFigures,
    processes: &StrategyFigures,
    event_loop: &StrategyFigures,
    blocked: &StrategyFigures,
    blocker: u16,
) -> Vec<String> {
    let in_line = as_long(in_line.wall / event_loop.wall);
    let each = as_long(processes.wall / event_loop.wall);
    let memory = match factor(processes.memory_kib() as f64 / event_loop.memory_kib() as f64) {
        Some(factor) => both!("{factor} times as much", "内存是事件循环的 {factor} 倍"),
        None => both!("about as much", "内存与事件循环相当"),
    };
    let mut lines = vec![
        both!("One after another: {in_line} the event loop.", "一个接一个：{in_line}。"),
        both!(
            "One process each: {each} the loop, {memory} memory.",
            "每人一个进程：{each}，{memory}。"
        ),
    ];
    let others = event_loop.served.len().saturating_sub(1);
    if others == 0 {
        lines.push(both!(
            "No other customer was there to wait while the customer blocked the loop.",
            "只有这一位顾客，阻塞事件循环时没有别人在等。"
        ));
        return lines;
    }
    let served = event_loop.served.iter().zip(&blocked.served);
    let later = (1..)
        .zip(served)
        .filter(|(customer, (free, blocked))| *customer != blocker && blocked > free)
        .count();
    lines.push(both!(
        "Customer {blocker} blocked the loop: {later} of {others} others were served later.",
        "顾客 {blocker} 阻塞了事件循环：另外 {others} 位顾客中有 {later} 位更晚拿到票。"
    ));
    let (late, early) = (seconds(blocked.half_served()), seconds(event_loop.half_served()));
    lines.push(both!(
        "Half of all were served after {late} instead of {early}.",
        "半数顾客拿到票的时间从 {early}变成 {late}。"
    ));
    lines
}

fn as_long(ratio: f64) -> String {
    match factor(ratio) {
        Some(factor) => both!("{factor} times as long as", "用时是事件循环的 {factor} 倍"),
        None => both!("about as long as", "用时与事件循环相当"),
    }
}
