//! Runs the built program as its users do.

// In tests a panic reports a failure.
#![allow(clippy::unwrap_used)]

mod common;

mod async_io;
mod bound;
mod buffer;
mod by_hand;
mod chinese;
mod claims;
mod compare;
mod cost;
mod ends;
mod errors;
mod exercises;
mod explain;
mod facts;
mod lessons;
mod lock;
mod log;
mod measured;
mod memory;
mod output;
mod own;
mod page;
mod pipe;
mod places;
mod predict;
mod programs;
mod queue;
mod readme;
mod repeat;
mod run;
mod run_hook;
mod run_hostile;
mod run_programs;
mod run_said;
mod sandbox;
mod shells;
mod show;
mod soaks;
mod spawn;
mod streams;
mod stuck;
mod terminate;
mod texts;
mod timeline;
mod trace;
mod usage;
mod view;
mod why;
mod zombie;
