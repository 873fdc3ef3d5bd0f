//! Signals that come to this process while a program runs: they are the program's.

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, Result};
use procfs::process::Process;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

use super::program::{Companion, cannot_wait};
use crate::both;
use crate::evidence::{bit, stopped_by};

/// Signals that are passed on to the program, and don't end this process.
const PASSED_ON: [Signal; 14] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::TERM,
    Signal::XCPU,
    Signal::XFSZ,
    Signal::VTALARM,
    Signal::PROF,
    Signal::IO,
    Signal::POWER,
    Signal::STKFLT,
];

/// Signals, as a descriptor for poll(2).
pub struct SignalPipe(SignalDelivery<UnixStream, SignalOnly>);

impl SignalPipe {
    /// Listens for all signals but those that this process inherited as ignored: exec resets a
    /// handler to the default, so the program would not inherit SIG_IGN. (std has set SIGPIPE to
    /// ignored itself.)
    pub fn listen() -> Result<SignalPipe> {
        let ignored = Process::myself().and_then(|it| it.status()).map_or(0, |it| it.sigign);
        let listen = || {
            let (reader, writer) = UnixStream::pair()?;
            let all = PASSED_ON.into_iter().chain([Signal::CONT]).map(Signal::as_raw);
            let all = all.filter(|it| ignored & bit(*it) == 0);
            SignalDelivery::with_pipe(reader, writer, SignalOnly, all)
        };
        Ok(SignalPipe(listen().with_context(cannot_listen)?))
    }

    /// Listens for SIGCHLD, too. Only after the program's start: a handler would undo an inherited
    /// SIG_IGN in the program.
    pub fn listen_for_children(&self) -> Result<()> {
        self.0.handle().add_signal(Signal::CHILD.as_raw()).with_context(cannot_listen)
    }

    /// Waits for a signal or for the companion's bell, at most for `timeout`, and does what is to be
    /// done then.
    pub fn wait(
        &mut self,
        timeout: Option<Duration>,
        program: Pid,
        companion: &mut dyn Companion,
    ) -> Result<()> {
        if self.poll(companion.bell(), timeout)? {
            companion.serve()?;
        }
        for signal in self.0.pending().filter_map(Signal::from_named_raw) {
            // The terminal sends some signals to the program, too.
            let is_its_own = match signal {
                Signal::CHILD => true,
                Signal::INT | Signal::QUIT => is_in_foreground(),
                Signal::CONT => stopped_by(program.as_raw_pid() as u32).is_none(),
                _ => false,
            };
            if signal != Signal::CHILD {
                companion.signalled(signal);
            }
            if !is_its_own {
                let _ = kill_process(program, signal);
            }
        }
        Ok(())
    }

    /// Waits for a signal or the bell. Returns whether the bell can be read.
    fn poll(&self, bell: Option<BorrowedFd>, timeout: Option<Duration>) -> Result<bool> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let mut fds = vec![PollFd::from_borrowed_fd(self.0.get_read().as_fd(), PollFlags::IN)];
        fds.extend(bell.map(|bell| PollFd::from_borrowed_fd(bell, PollFlags::IN)));
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).with_context(cannot_wait),
        }
        Ok(fds.get(1).is_some_and(|bell| bell.revents().contains(PollFlags::IN)))
    }
}

fn cannot_listen() -> String {
    both!("cannot listen for signals", "无法接收信号")
}

/// Whether the terminal's signals come to this process.
fn is_in_foreground() -> bool {
    let stat = Process::myself().and_then(|it| it.stat());
    stat.is_ok_and(|it| it.tty_nr != 0 && it.tpgid == it.pgrp)
}
