//! PID 1: the first process of a container that has no init.
//!
//! The kernel ignores a signal for PID 1 that it has no handler for, be it SIGTERM or Ctrl-C
//! (pid_namespaces(7)). A signal that is blocked is not ignored, though, and can be waited for.

use std::process;
use std::thread;

use anyhow::{Context as _, Result};
use nix::sys::signal::{SigSet, Signal};
use rustix::process::getpid;

use crate::both;

/// Where this process is PID 1, has SIGTERM and SIGINT end it, with the exit status that a shell
/// shows for that. To be called before any thread is started. The children inherit that the signals
/// are blocked, until they [take them again](take_signals_again).
///
/// # Errors
/// What the system said.
pub fn end_on_signals_as_first_process() -> Result<()> {
    end_on([Signal::SIGTERM, Signal::SIGINT])
}

/// The same for SIGTERM alone, where SIGINT means something else.
///
/// # Errors
/// What the system said.
pub fn end_on_sigterm_as_first_process() -> Result<()> {
    end_on([Signal::SIGTERM])
}

/// Undoes in a child what it has inherited from a parent that is PID 1: SIGTERM and SIGINT end it.
///
/// # Errors
/// What the system said.
pub fn take_signals_again() -> Result<()> {
    let signals = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT]);
    signals.thread_unblock().map_err(Into::into)
}

fn end_on(signals: impl IntoIterator<Item = Signal>) -> Result<()> {
    if !getpid().is_init() {
        return Ok(());
    }
    let signals = SigSet::from_iter(signals);
    signals.thread_block()?;
    let waiter = thread::Builder::new().name("signals".into());
    let waiter = waiter.spawn(move || {
        if let Ok(signal) = signals.wait() {
            // With PID 1 the kernel ends every process of the container, so nobody is left behind.
            #[allow(clippy::exit)]
            process::exit(128 + signal as i32);
        }
    });
    waiter.map(drop).with_context(|| {
        both!("cannot start the thread that waits for signals", "无法启动等待信号的线程")
    })
}
