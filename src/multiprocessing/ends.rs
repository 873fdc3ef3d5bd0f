//! The bare ends of pipes: the parent's, or a child's stdin and stdout; and how a value that was
//! read from stdin is kept from being lost to SIGTERM.

use std::io::{self, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use nix::sys::signal::{SigSet, Signal};
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ReadWriteFlags, preadv2, read, retry_on_intr};
use rustix::stdio::stdin;

use crate::evidence::Fill;
use crate::os::streams::StandardStream;

/// How many bytes a pipe holds on Linux (pipe(7)): whoever reads that many at a time empties it in
/// one call.
pub(super) const PIPE_CAPACITY: usize = 1 << 16;

pub(super) enum ReadEnd {
    Pipe(Arc<PipeReader>),
    Stdin(StdinPipe),
}

pub(super) enum WriteEnd {
    Pipe(Arc<PipeWriter>),
    Stdout(StandardStream),
}

/// The ends that a parent has open, for another of its threads to ask how full the pipes are. It
/// keeps none of them open.
#[derive(Default)]
pub(super) struct OpenEnds(Mutex<Vec<Weak<dyn AsFd + Send + Sync>>>);

impl OpenEnds {
    pub(super) fn pipe(&self) -> io::Result<(Arc<PipeReader>, Arc<PipeWriter>)> {
        let (reader, writer) = os_pipe::pipe()?;
        let (reader, writer) = (Arc::new(reader), Arc::new(writer));
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.retain(|end| end.strong_count() > 0);
        ends.push(Arc::downgrade(&reader) as _);
        ends.push(Arc::downgrade(&writer) as _);
        Ok((reader, writer))
    }

    pub(super) fn fills(&self) -> Vec<Fill> {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = ends.iter().filter_map(Weak::upgrade);
        open.filter_map(|end| Fill::at(&*end)).collect()
    }
}

/// The bare pipe, for whoever is its only owner; a copy of it while another thread asks how full it
/// is.
pub(super) fn bare<P>(end: Arc<P>, copy: impl FnOnce(&P) -> io::Result<P>) -> io::Result<P> {
    Arc::try_unwrap(end).or_else(|end| copy(&end))
}

impl ReadEnd {
    pub(super) fn of_parent(&self) -> Option<&Arc<PipeReader>> {
        if let ReadEnd::Pipe(pipe) = self { Some(pipe) } else { None }
    }

    /// A second descriptor for the same end, for a child.
    pub(super) fn try_clone(&self) -> io::Result<PipeReader> {
        match self {
            ReadEnd::Pipe(pipe) => pipe.try_clone(),
            ReadEnd::Stdin(_) => os_pipe::dup_stdin(),
        }
    }
}

impl WriteEnd {
    pub(super) fn of_parent(&self) -> Option<&Arc<PipeWriter>> {
        if let WriteEnd::Pipe(pipe) = self { Some(pipe) } else { None }
    }

    pub(super) fn try_clone(&self) -> io::Result<PipeWriter> {
        match self {
            WriteEnd::Pipe(pipe) => pipe.try_clone(),
            WriteEnd::Stdout(_) => os_pipe::dup_stdout(),
        }
    }
}

impl AsFd for ReadEnd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            ReadEnd::Pipe(pipe) => pipe.as_fd(),
            ReadEnd::Stdin(_) => stdin(),
        }
    }
}

impl AsFd for WriteEnd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            WriteEnd::Pipe(pipe) => pipe.as_fd(),
            WriteEnd::Stdout(stdout) => stdout.as_fd(),
        }
    }
}

impl Read for ReadEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            ReadEnd::Pipe(pipe) => (&**pipe).read(buffer),
            ReadEnd::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

impl Write for WriteEnd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            WriteEnd::Pipe(pipe) => (&**pipe).write(bytes),
            WriteEnd::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            WriteEnd::Pipe(_) => Ok(()),
            WriteEnd::Stdout(stdout) => stdout.flush(),
        }
    }
}

/// The stdin of a child. It reads from descriptor 0 itself, because a copy would be a fourth
/// descriptor, and std's has a buffer of its own.
#[derive(Default)]
pub struct StdinPipe {
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
    retry_on_intr(|| poll(&mut fds, None))?;
    Ok(())
}

/// As long as this is there, a SIGTERM to this thread waits. One that came meanwhile ends the
/// process when it goes.
pub struct SigtermHeld(());

impl SigtermHeld {
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
