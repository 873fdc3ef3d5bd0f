//! A child's stdin, and how a value that was read from it is kept from being lost to SIGTERM.

use std::io::{self, IoSliceMut, Read};

use nix::sys::signal::{SigSet, Signal};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ReadWriteFlags, preadv2, read};
use rustix::stdio::stdin;

/// The stdin of a child. It reads from descriptor 0 itself, because a copy would be a fourth
/// descriptor, and std's has a buffer of its own.
#[derive(Default)]
pub struct StdinPipe {
    /// How it waits.
    pub waiting: Waiting,
}

/// How a child waits at its stdin.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Waiting {
    /// In read(2).
    #[default]
    Plain,
    /// SIGTERM is held back; it may come while this waits, and only then.
    WithSigterm,
    /// Not here: where there is nothing to read, the error is `WouldBlock`.
    Elsewhere,
}

impl Read for StdinPipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.waiting == Waiting::Plain {
            return Ok(read(stdin(), buffer)?);
        }
        loop {
            // Whether there is something to read has to be asked and answered in one call: another
            // reader of the same pipe may be faster.
            let mut slices = [IoSliceMut::new(buffer)];
            match preadv2(stdin(), &mut slices, u64::MAX, ReadWriteFlags::NOWAIT) {
                Err(Errno::AGAIN) if self.waiting == Waiting::Elsewhere => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Err(Errno::AGAIN) => wait_with_sigterm()?,
                // Not a pipe, an older kernel or a sandbox: then SIGTERM may come at any time, as
                // it would without all this.
                Err(
                    Errno::OPNOTSUPP | Errno::INVAL | Errno::SPIPE | Errno::NOSYS | Errno::PERM,
                ) => {
                    let is_held = self.waiting == Waiting::WithSigterm;
                    let _allowed = is_held.then(Allowed::now).transpose()?;
                    return Ok(read(stdin(), buffer)?);
                }
                length => return Ok(length?),
            }
        }
    }
}

fn wait_with_sigterm() -> io::Result<()> {
    let _allowed = Allowed::now()?;
    let stdin = stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut fds, None) {
        Err(Errno::INTR) => Ok(()),
        polled => Ok(polled.map(|_| ())?),
    }
}

/// As long as this is there, a SIGTERM to this thread waits. One that came meanwhile ends the
/// process when it goes.
pub struct SigtermHeld(());

impl SigtermHeld {
    /// Holds SIGTERM back from now on.
    pub fn now() -> io::Result<SigtermHeld> {
        sigterm().thread_block()?;
        Ok(SigtermHeld(()))
    }
}

impl Drop for SigtermHeld {
    fn drop(&mut self) {
        // The mask is valid, so this can't fail.
        let _ = sigterm().thread_unblock();
    }
}

/// The other way round, inside of [`SigtermHeld`].
struct Allowed(());

impl Allowed {
    fn now() -> io::Result<Allowed> {
        sigterm().thread_unblock()?;
        Ok(Allowed(()))
    }
}

impl Drop for Allowed {
    fn drop(&mut self) {
        let _ = sigterm().thread_block();
    }
}

fn sigterm() -> SigSet {
    SigSet::from(Signal::SIGTERM)
}
