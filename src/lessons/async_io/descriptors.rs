//! How many descriptors the office and the customers need.

use crate::both;

/// What a process has open besides the connections of its customers: its three streams, the socket
/// on which the office listens, the event loop's own; with room to spare.
const OTHER_DESCRIPTORS: u64 = 16;

/// How many descriptors a process needs that serves this many customers at once.
pub fn descriptors(customers: usize) -> u64 {
    customers as u64 + OTHER_DESCRIPTORS
}

/// What it needs them for, as an error about them begins.
pub fn at_once(customers: usize) -> String {
    both!("{customers} customers at once", "同时接待 {customers} 位顾客")
}
