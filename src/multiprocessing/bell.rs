//! The bell: wakes a parent that waits in poll(2) when one of its children may have ended.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::{SigSet, Signal};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::SigId;
use signal_hook::consts::SIGCHLD;
use signal_hook::low_level::{pipe, unregister};

use crate::events::{Because as _, Reason};

/// A pair of sockets, one of which becomes readable when a child may have ended, or when the run is
/// over: poll(2) waits for descriptors only.
pub(super) struct Bell {
    reader: UnixStream,
    writer: UnixStream,
    of_children: SigId,
}

impl Bell {
    /// A bell that SIGCHLD rings. SIGCHLD is unblocked, and no longer ignored, since this process
    /// may have inherited either: with SIGCHLD ignored, children would vanish unseen (wait(2),
    /// Notes).
    pub fn new() -> Result<Bell> {
        let open = || {
            let (reader, writer) = UnixStream::pair()?;
            reader.set_nonblocking(true)?;
            writer.set_nonblocking(true)?;
            SigSet::from(Signal::SIGCHLD).thread_unblock()?;
            let of_children = pipe::register(SIGCHLD, writer.try_clone()?)?;
            Ok::<_, io::Error>(Bell { reader, writer, of_children })
        };
        open().because(|| Reason::CannotOpenSockets {})
    }

    /// Makes this signal ring the bell, too, as long as this process lives.
    pub fn rings_at(&self, signal: i32) -> Result<()> {
        let writer = self.writer.try_clone();
        let registered = writer.and_then(|writer| pipe::register(signal, writer));
        registered.map(drop).because(|| Reason::CannotCatchSignal { signal })
    }

    pub fn wait(&self, timeout: Option<Duration>) -> Result<()> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let mut fds = [PollFd::new(&self.reader, PollFlags::IN)];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error).because(|| Reason::CannotWaitForEnd {}),
        }
    }

    pub fn end(&self) -> &UnixStream {
        &self.reader
    }

    pub fn ring(&self) {
        // If the socket is full, the bell rings already.
        let _ = (&self.writer).write(b".");
    }

    /// Silences the bell, until it rings again.
    pub fn silence(&self) {
        let mut rings = [0; 64];
        while (&self.reader).read(&mut rings).is_ok_and(|count| count == rings.len()) {}
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        unregister(self.of_children);
    }
}
