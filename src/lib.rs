//! mp-demo runs the lessons of an article on Python's `multiprocessing` with real processes.
//!
//! The parent's half of a lesson plays in a thread of its own. It and all its children write what
//! happens to one log; the main thread reads that log and shows it. From top to bottom: [`cli`]
//! reads the command line, [`commands`] carries it out, [`run`] plays one of the [`lessons`], which
//! are written in [`multiprocessing`]; what they do becomes [`events`], of which [`state`] keeps
//! account and [`views`] draw what one sees. When nothing happens for a while, [`stuck`] holds that
//! account against [`evidence`], which is what the kernel says. [`claims`] judge runs by their
//! events, and [`repeat`] counts over many runs what they say, which [`predict`] asks for
//! beforehand. [`why`] shows of programs that are not ours what [`evidence`] says.

pub mod arguments;
pub mod claims;
pub mod cli;
pub mod commands;
pub mod errors;
pub mod events;
pub mod evidence;
pub mod interrupt;
pub mod lessons;
pub mod locale;
pub mod multiprocessing;
pub mod one_core;
pub mod plain;
pub mod predict;
pub mod repeat;
pub mod report;
pub mod run;
pub mod show;
pub mod start;
pub mod state;
pub mod streams;
pub mod stuck;
pub mod terminal;
pub mod views;
pub mod why;
