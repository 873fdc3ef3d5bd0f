//! What is made of figures: tables, medians and verdicts. Figures go in; lines of text, and figures
//! for the log, come out.
//!
//! Nothing here starts a process, looks at a clock or knows a lesson. It is arithmetic on given
//! numbers, so its tests can describe machines that nobody here has.

pub mod runs;
pub mod statistics;
