//! What is made of figures: tables, medians and verdicts. It is arithmetic on given numbers, so its
//! tests can describe machines that nobody here has.

pub mod runs;
pub mod statistics;
