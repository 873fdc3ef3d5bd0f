//! What a customers' process tells the parent.

use std::fs;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tickets::Usage;
use crate::both;

/// What a customers' process puts into the queue.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromCustomers {
    /// A customer has a ticket.
    Served {
        /// The customer's number, from 1.
        customer: u16,
        /// When, on the run's clock, in seconds.
        at: f64,
    },
    /// What the process has used in its life, as it comes to its end.
    Usage(Usage),
}

impl FromCustomers {
    /// The report as a value for the queue.
    pub fn to_json(&self) -> Result<Value> {
        Ok(serde_json::to_value(self)?)
    }
}

/// Asks the kernel what this process has used (proc(5), /proc/pid/status).
///
/// VmHWM is the peak of its resident memory. getrusage(2) has a peak, too, but that one starts from
/// the parent's memory, for a child is a copy of its parent until it runs its program.
pub fn used_by_this_process() -> Result<FromCustomers> {
    const STATUS: &str = "/proc/self/status";
    let status = fs::read_to_string(STATUS)
        .with_context(|| both!("cannot read {STATUS}", "无法读取 {STATUS}"))?;
    let field = |name: &str| -> Result<u64> {
        status
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.split_whitespace().next()?.parse().ok())
            .with_context(|| both!("{STATUS} has no {name}", "{STATUS} 里没有 {name}"))
    };
    Ok(FromCustomers::Usage(Usage {
        threads: field("Threads")?,
        peak_memory_kib: field("VmHWM")?,
        file_memory_kib: field("RssFile")?,
        // Those of the main thread, which is the only one.
        context_switches: field("voluntary_ctxt_switches")? + field("nonvoluntary_ctxt_switches")?,
    }))
}
