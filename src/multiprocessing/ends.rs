//! The ends of pipes: the parent's, or a child's stdin and stdout; and how SIGTERM is blocked so
//! that no value is lost that was read from stdin.

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

/// How many bytes a pipe holds on Linux (pipe(7)): a read of that many empties it in one call.
pub(super) const PIPE_CAPACITY: usize = 1 << 16;

pub(super) enum ReadEnd {
    Pipe(Arc<PipeReader>),
    Stdin(StdinPipe),
}

pub(super) enum WriteEnd {
    Pipe(Arc<PipeWriter>),
    Stdout(StandardStream),
}

/// The pipe ends that a parent has open, so that another of its threads can ask how full the pipes
/// are. The references are weak: they keep no end open.
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

/// The pipe end itself if this is its only owner; a copy of it while another thread asks how full
/// the pipe is.
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
    /// It waits in read(2).
    #[default]
    Plain,
    /// SIGTERM is blocked, except during the wait.
    WithSigterm,
    /// It doesn't wait in the read: if there is nothing to read, the error is `WouldBlock`.
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
                // Stdin is no pipe, the kernel is older, or a sandbox refuses the call: then
                // SIGTERM isn't blocked.
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

/// Blocks SIGTERM in this thread until it is dropped. A SIGTERM that is pending then ends the
/// process.
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

/// Unblocks SIGTERM until it is dropped, inside of [`SigtermHeld`].
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
