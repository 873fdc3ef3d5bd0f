//! The bare ends of pipes: the parent's, or a child's stdin and stdout.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use os_pipe::{PipeReader, PipeWriter};

use super::stdin::StdinPipe;
use crate::evidence::Fill;
use crate::os::streams::StandardStream;

/// How many bytes a pipe holds on Linux (pipe(7)): whoever reads that many at a time empties it in
/// one call.
pub(super) const PIPE_CAPACITY: usize = 1 << 16;

/// An end to read from.
pub(super) enum ReadEnd {
    Pipe(Arc<PipeReader>),
    Stdin(StdinPipe),
}

/// An end to write to.
pub(super) enum WriteEnd {
    Pipe(Arc<PipeWriter>),
    Stdout(StandardStream),
}

/// The ends that a parent has open, for another of its threads to ask how full the pipes are. It
/// keeps none of them open.
#[derive(Default)]
pub(super) struct OpenEnds(Mutex<Vec<Weak<dyn AsFd + Send + Sync>>>);

impl OpenEnds {
    /// Opens a pipe and remembers its ends.
    pub(super) fn pipe(&self) -> io::Result<(Arc<PipeReader>, Arc<PipeWriter>)> {
        let (reader, writer) = os_pipe::pipe()?;
        let (reader, writer) = (Arc::new(reader), Arc::new(writer));
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.retain(|end| end.strong_count() > 0);
        let weak: Weak<PipeReader> = Arc::downgrade(&reader);
        ends.push(weak);
        let weak: Weak<PipeWriter> = Arc::downgrade(&writer);
        ends.push(weak);
        Ok((reader, writer))
    }

    /// How full the pipes are.
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
    /// A second descriptor for the same end, for a child.
    pub(super) fn try_clone(&self) -> io::Result<PipeReader> {
        match self {
            ReadEnd::Pipe(pipe) => pipe.try_clone(),
            ReadEnd::Stdin(_) => os_pipe::dup_stdin(),
        }
    }
}

impl WriteEnd {
    /// A second descriptor for the same end, for a child.
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
            ReadEnd::Stdin(_) => rustix::stdio::stdin(),
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
