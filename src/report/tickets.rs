//! What each way of serving the customers of a ticket office took, and what follows from it.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::statistics::{lower_median, micros};
use super::text::{mebibytes, seconds, times};

/// A way of serving the customers. Its name in the log is its variant's.
#[derive(Clone, Copy, Serialize, strum::EnumCount)]
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
    fn label(self) -> &'static str {
        match self {
            Way::OneAfterAnother => "one after another",
            Way::OneProcessEach => "one process each",
            Way::EventLoop => "event loop",
            Way::BlockedLoop => "event loop, blocked",
        }
    }
}

/// What a process has used in its life.
#[derive(Serialize, Deserialize)]
pub struct Used {
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
pub struct WayFigures {
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

impl WayFigures {
    /// Nothing measured yet.
    pub fn new(way: Way, customers: u16) -> WayFigures {
        WayFigures {
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

    /// Adds a customer who was served this many seconds after the way began. The first customer is number 1.
    ///
    /// # Errors
    /// When that customer was served before, or is not expected.
    pub fn add_served(&mut self, customer: u16, seconds: f64) -> Result<()> {
        let index = usize::from(customer).wrapping_sub(1);
        match self.served.get_mut(index) {
            Some(served @ None) => *served = Some(micros(seconds)),
            _ => bail!("customer {customer} got one ticket too many"),
        }
        Ok(())
    }

    /// Adds a process that has ended.
    pub fn add_process(&mut self, used: &Used) {
        self.processes += 1;
        self.threads += used.threads;
        // All of them run the same program, and the kernel has its pages in memory once, however many use them. The sum
        // of the peaks would be far more than the machine needs.
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
            self.way.label(),
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

/// What awaits the customers, who have these delays in seconds.
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

/// The number of the customer with the longest delay.
pub fn slowest(delays: &[f64]) -> u16 {
    let longest = (1..).zip(delays).max_by(|a, b| a.1.total_cmp(b.1));
    longest.map_or(1, |(customer, _)| customer)
}

/// What follows from the figures; this customer was the `blocker`.
pub fn verdicts(
    in_line: &WayFigures,
    processes: &WayFigures,
    event_loop: &WayFigures,
    blocked: &WayFigures,
    blocker: u16,
) -> Vec<String> {
    let memory = |figures: &WayFigures| figures.memory_kib() as f64;
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
    let others = event_loop.served.len().saturating_sub(1);
    if others == 0 {
        lines.push("Nobody else was there to wait while the customer blocked the loop.".into());
        return lines;
    }
    let served = event_loop.served.iter().zip(&blocked.served);
    let later = (1..)
        .zip(served)
        .filter(|(customer, (free, blocked))| *customer != blocker && blocked > free)
        .count();
    lines.push(format!(
        "Customer {blocker} blocked the loop: {later} of {others} others were served later."
    ));
    lines.push(format!(
        "Half of all were served after {} instead of {}.",
        seconds(blocked.half_served()),
        seconds(event_loop.half_served())
    ));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(way: Way, wall: f64, served: &[f64], processes: u64) -> WayFigures {
        let mut figures = WayFigures::new(way, served.len() as u16);
        for (customer, &seconds) in (1..).zip(served) {
            assert!(figures.add_served(customer, seconds).is_ok());
        }
        for _ in 0..processes {
            figures.add_process(&Used {
                threads: 1,
                peak_memory_kib: 3_000,
                file_memory_kib: 2_000,
                context_switches: 10,
            });
        }
        figures.end(wall);
        figures
    }

    #[test]
    fn shared_pages_are_counted_once_and_half_served_is_somebodys_time() {
        let figures = way(Way::OneProcessEach, 0.35, &[0.3, 0.1, 0.2, 0.25], 4);
        assert_eq!(
            figures.line(),
            "one process each      0.350 s     0.200 s         4       4   5.9 MiB       40"
        );
        assert!(figures.is_complete(4));
        assert!(!figures.is_complete(5));
    }

    #[test]
    fn nobody_gets_two_tickets_and_no_stranger_one() {
        let mut figures = way(Way::EventLoop, 0.1, &[0.1], 1);
        for customer in [0, 1, 2] {
            let added = figures.add_served(customer, 0.1);
            assert_eq!(
                added.map_err(|error| error.to_string()),
                Err(format!("customer {customer} got one ticket too many"))
            );
        }
    }

    #[test]
    fn those_whom_the_blocker_kept_waiting_are_counted_without_the_blocker() {
        let verdicts = verdicts(
            &way(Way::OneAfterAnother, 0.9, &[0.3, 0.5, 0.9], 1),
            &way(Way::OneProcessEach, 0.41, &[0.3, 0.2, 0.4], 3),
            &way(Way::EventLoop, 0.4, &[0.3, 0.2, 0.4], 1),
            &way(Way::BlockedLoop, 0.5, &[0.3, 0.5, 0.5], 1),
            slowest(&[0.3, 0.2, 0.4]),
        );
        assert_eq!(
            verdicts,
            [
                "One after another: 2.2 times as long as the event loop.",
                "One process each: about as long as the loop, 1.7 times as much memory.",
                "Customer 3 blocked the loop: 1 of 2 others were served later.",
                "Half of all were served after 0.500 s instead of 0.300 s.",
            ]
        );
    }
}
