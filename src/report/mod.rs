//! Tables, medians and verdicts, made of given figures only, so that tests can describe any
//! machine.

pub mod runs;
pub mod statistics;
