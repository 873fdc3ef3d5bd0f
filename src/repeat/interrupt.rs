//! Ctrl-C while runs are repeated: it ends the run in hand, and what there is so far is shown. A second one ends the program.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

use crate::both;

/// Whether SIGINT has come since this was made. It lasts as long as the program does.
pub struct Interrupt {
    has_come: Arc<AtomicBool>,
    /// It has something to read from then on: for whoever waits in poll(2).
    end: UnixStream,
}

impl Interrupt {
    /// From now on SIGINT doesn't end this program, but the second one does. The children don't inherit that.
    ///
    /// # Errors
    /// What the system said.
    pub fn catch() -> Result<Interrupt> {
        let catch = || {
            let has_come = Arc::new(AtomicBool::new(false));
            let (end, other_end) = UnixStream::pair()?;
            other_end.set_nonblocking(true)?;
            // In this order: only what has come before counts for it.
            flag::register_conditional_default(SIGINT, Arc::clone(&has_come))?;
            flag::register(SIGINT, Arc::clone(&has_come))?;
            low_level::pipe::register(SIGINT, other_end)?;
            Ok::<_, std::io::Error>(Interrupt { has_come, end })
        };
        catch().with_context(|| both!("cannot wait for Ctrl-C", "无法等待 Ctrl-C"))
    }

    /// Whether it has come.
    pub fn has_come(&self) -> bool {
        self.has_come.load(Ordering::Relaxed)
    }

    /// What can be read from once it has come.
    pub fn end(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}
