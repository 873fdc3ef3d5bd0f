//! What a way of serving the customers took, and what follows from it.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A way of serving the customers.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One process, one customer after another.
    OneAfterAnother,
    /// A process for each customer.
    OneProcessEach,
    /// One process, one thread, an event loop.
    EventLoop,
    /// The same, and one customer blocks it.
    BlockedLoop,
}

impl Way {
    /// How many ways there are.
    pub const COUNT: u64 = 4;

    fn name(self) -> &'static str {
        match self {
            Way::OneAfterAnother => "one after another",
            Way::OneProcessEach => "one process each",
            Way::EventLoop => "event loop",
            Way::BlockedLoop => "event loop, blocked",
        }
    }
}

/// What a customers' process tells the parent.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// A customer has a ticket.
    Served {
        /// The customer's number, from 1.
        customer: u16,
        /// When, on the run's clock, in seconds.
        at: f64,
    },
    /// What the process has used in its life, as it comes to its end.
    Used {
        /// How many threads it has.
        threads: u64,
        /// The most memory that it ever had, in KiB.
        peak_memory_kib: u64,
        /// How much of that are pages of files, in KiB: above all the program's code.
        file_memory_kib: u64,
        /// How often the processor was taken from it, or it gave it up to wait.
        context_switches: u64,
    },
}

impl Report {
    /// The report as a value for the queue.
    pub fn to_json(&self) -> Result<Value> {
        Ok(serde_json::to_value(self)?)
    }
}

/// Asks the kernel what this process has used (proc(5), /proc/pid/status).
///
/// VmHWM is the peak of its resident memory. getrusage(2) has a peak, too, but that one begins with the memory of the
/// parent, for a child is a copy of it until it runs its program.
pub fn used_by_this_process() -> Result<Report> {
    const STATUS: &str = "/proc/self/status";
    let status = fs::read_to_string(STATUS).with_context(|| format!("cannot read {STATUS}"))?;
    let field = |name: &str| -> Result<u64> {
        status
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.split_whitespace().next()?.parse().ok())
            .with_context(|| format!("{STATUS} does not tell {name}"))
    };
    Ok(Report::Used {
        threads: field("Threads")?,
        peak_memory_kib: field("VmHWM")?,
        file_memory_kib: field("RssFile")?,
        // Of the main thread, and there is no other one.
        context_switches: field("voluntary_ctxt_switches")? + field("nonvoluntary_ctxt_switches")?,
    })
}

/// What was measured of one way.
pub struct Figures {
    way: Way,
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

impl Figures {
    /// Nothing measured yet.
    pub fn new(way: Way, customers: u16) -> Figures {
        Figures {
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

    /// Adds what a process reports; the way `began` at this time of the run's clock.
    ///
    /// # Errors
    /// When a customer is served who was served before, or who is not expected.
    pub fn add(&mut self, report: Report, began: f64) -> Result<()> {
        match report {
            Report::Served { customer, at } => {
                let index = usize::from(customer).wrapping_sub(1);
                match self.served.get_mut(index) {
                    Some(served @ None) => *served = Some(micros(at - began)),
                    _ => bail!("customer {customer} has got one ticket too many"),
                }
            }
            Report::Used {
                threads,
                peak_memory_kib,
                file_memory_kib,
                context_switches,
            } => {
                self.processes += 1;
                self.threads += threads;
                // All of them run the same program, and the kernel has its pages in memory once, however many use
                // them. The sum of the peaks would be more than the machine needs, by far.
                self.own_memory_kib += peak_memory_kib.saturating_sub(file_memory_kib);
                self.shared_memory_kib = self.shared_memory_kib.max(file_memory_kib);
                self.context_switches += context_switches;
            }
        }
        Ok(())
    }

    /// The way took this many seconds.
    pub fn end(&mut self, wall: f64) {
        self.wall = micros(wall);
    }

    /// Whether every customer was served and every one of these processes has reported.
    pub fn is_complete(&self, processes: usize) -> bool {
        self.processes == processes as u64 && self.served.iter().all(Option::is_some)
    }

    /// The peak memory of all processes together.
    fn memory_kib(&self) -> u64 {
        self.own_memory_kib + self.shared_memory_kib
    }

    /// Seconds until at least half of the customers were served.
    fn half_served(&self) -> f64 {
        let mut served: Vec<f64> = self.served.iter().copied().flatten().collect();
        served.sort_by(f64::total_cmp);
        served
            .get(served.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or_default()
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
    pub fn row(&self) -> String {
        columns([
            self.way.name(),
            &seconds(self.wall),
            &seconds(self.half_served()),
            &self.processes.to_string(),
            &self.threads.to_string(),
            &mebibytes(self.memory_kib()),
            &self.context_switches.to_string(),
        ])
    }
}

/// What the customers have before them.
pub fn announcement(delays: &[f64]) -> String {
    let all = seconds(delays.iter().sum());
    match delays {
        [_] => format!("1 customer, with a delay of {all}"),
        _ => {
            let longest = seconds(delays.iter().copied().fold(0.0, f64::max));
            let customers = delays.len();
            format!("{customers} customers, with delays of up to {longest} and {all} in all")
        }
    }
}

/// The head of the table.
pub fn heading() -> String {
    columns([
        "",
        "wall time",
        "half served",
        "processes",
        "threads",
        "memory",
        "switches",
    ])
}

fn columns([name, wall, half, processes, threads, memory, switches]: [&str; 7]) -> String {
    format!("{name:<19} {wall:>9} {half:>11} {processes:>9} {threads:>7} {memory:>9} {switches:>8}")
}

/// The number of the customer with the longest delay.
pub fn slowest(delays: &[f64]) -> u16 {
    let longest = (1..).zip(delays).max_by(|a, b| a.1.total_cmp(b.1));
    longest.map_or(1, |(customer, _)| customer)
}

/// What follows from the figures.
pub fn verdicts(
    in_line: &Figures,
    processes: &Figures,
    event_loop: &Figures,
    blocked: &Figures,
    blocker: u16,
) -> Vec<String> {
    let others = || {
        let served = event_loop.served.iter().zip(&blocked.served);
        (1..)
            .zip(served)
            .filter(move |(customer, _)| *customer != blocker)
    };
    let of = others().count();
    let later = others()
        .filter(|(_, (free, blocked))| blocked > free)
        .count();
    let memory = |figures: &Figures| figures.memory_kib() as f64;
    let mut lines = vec![
        format!(
            "One after another: {} the event loop.",
            times(in_line.wall / event_loop.wall, "as long as")
        ),
        format!(
            "One process each: {} the loop, {} memory.",
            times(processes.wall / event_loop.wall, "as long as"),
            times(memory(processes) / memory(event_loop), "as much"),
        ),
    ];
    if of == 0 {
        lines.push("Nobody else was there to wait while the customer blocked the loop.".into());
    } else {
        lines.push(format!(
            "Customer {blocker} blocked the loop: {later} of {of} others were served later."
        ));
        lines.push(format!(
            "Half of all were served after {} instead of {}.",
            seconds(blocked.half_served()),
            seconds(event_loop.half_served())
        ));
    }
    lines
}

/// A ratio in words.
fn times(ratio: f64, as_what: &str) -> String {
    match ratio {
        0.95..1.05 => format!("about {as_what}"),
        10.0.. => format!("{ratio:.0} times {as_what}"),
        1.0.. => format!("{ratio:.1} times {as_what}"),
        _ => format!("{ratio:.2} times {as_what}"),
    }
}

fn seconds(seconds: f64) -> String {
    if seconds < 1e9 {
        format!("{seconds:.3} s")
    } else {
        format!("{seconds:.0e} s")
    }
}

fn mebibytes(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    if mib < 100.0 {
        format!("{mib:.1} MiB")
    } else {
        format!("{mib:.0} MiB")
    }
}

/// As precise as the log's clock: what is printed follows from what the log has.
pub fn micros(seconds: f64) -> f64 {
    let rounded = (seconds * 1e6).round() / 1e6;
    if rounded.is_finite() {
        rounded
    } else {
        seconds
    }
}
