//! What this program asks of the operating system, for itself: streams, terminal, signals, cores.

pub(crate) mod interrupt;
pub(crate) mod one_core;
pub(crate) mod streams;
pub(crate) mod terminal;
