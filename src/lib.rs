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

pub(crate) mod arguments;
pub(crate) mod claims;
pub mod cli;
pub mod commands;
pub(crate) mod events;
pub(crate) mod evidence;
pub(crate) mod exercises;
pub mod lessons;
pub(crate) mod multiprocessing;
pub(crate) mod os;
pub mod predict;
pub(crate) mod python;
pub(crate) mod repeat;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod state;
pub(crate) mod stuck;
pub(crate) mod views;
pub(crate) mod why;
pub mod words;

pub(crate) use words::locale::both;
