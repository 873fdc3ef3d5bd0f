//! Signals that are to end this program, but not before it has ended what it has started: Ctrl-C
//! while runs are repeated, or while commands of the user's run, whose own children may ignore it.
//! A second one ends the program at once.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use procfs::process::Process;
use signal_hook::{flag, low_level};

use crate::both;

/// Whether one of some signals has come since this was made. It lasts as long as the program does.
pub struct Interrupt {
    has_come: Arc<AtomicBool>,
    /// Which one was the last; 0 for none.
    signal: Arc<AtomicUsize>,
    /// It has something to read from then on: for whoever waits in poll(2).
    end: UnixStream,
    /// As long as this is there, the other one is not at its end.
    _other_end: UnixStream,
}

impl Interrupt {
    /// From now on these signals don't end this program, but the second one does. The children
    /// don't inherit that. Those that are ignored, as under nohup(1), stay so.
    ///
    /// # Errors
    /// What the system said.
    pub fn catch(signals: &[i32]) -> Result<Interrupt> {
        let catch = || {
            let (has_come, signal) = (Arc::new(AtomicBool::new(false)), Arc::default());
            let (end, other_end) = UnixStream::pair()?;
            other_end.set_nonblocking(true)?;
            for number in signals.iter().filter(|signal| !is_ignored(**signal)) {
                // In this order: only what has come before counts for it.
                flag::register_conditional_default(*number, Arc::clone(&has_come))?;
                flag::register(*number, Arc::clone(&has_come))?;
                flag::register_usize(*number, Arc::clone(&signal), *number as usize)?;
                low_level::pipe::register(*number, other_end.try_clone()?)?;
            }
            Ok::<_, std::io::Error>(Interrupt { has_come, signal, end, _other_end: other_end })
        };
        catch().with_context(|| both!("cannot wait for signals", "无法等待信号"))
    }

    /// Whether one has come.
    pub fn has_come(&self) -> bool {
        self.has_come.load(Ordering::Relaxed)
    }

    /// Lets this program die of the one that has come, if one has.
    pub fn die_of_it(&self) {
        let signal = self.signal.load(Ordering::Relaxed);
        if self.has_come() {
            // Where that fails, the exit status still says that it was not well.
            let _ = low_level::emulate_default_handler(signal as i32);
        }
    }

    /// What can be read from once one has come.
    pub fn end(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

/// Whether this process ignores a signal. Not where the kernel doesn't tell.
fn is_ignored(signal: i32) -> bool {
    let status = Process::myself().and_then(|process| process.status());
    status.is_ok_and(|status| status.sigign & (1 << (signal - 1)) != 0)
}
