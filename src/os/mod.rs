//! What mp-demo itself needs of the operating system: streams, terminal, signals, cores.

pub(crate) mod interrupt;
pub(crate) mod one_core;
pub(crate) mod streams;
pub(crate) mod terminal;
