//! The bare ends of pipes: the parent's, or a child's stdin and stdout.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use os_pipe::{PipeReader, PipeWriter};

use super::stdin::StdinPipe;
use crate::streams::Stream;

/// How many bytes a pipe holds on Linux (pipe(7)): whoever reads that many at a time empties it in one call.
pub(super) const PIPE_CAPACITY: usize = 1 << 16;

/// An end to read from.
pub(super) enum ReadEnd {
    Pipe(PipeReader),
    Stdin(StdinPipe),
}

/// An end to write to.
pub(super) enum WriteEnd {
    Pipe(PipeWriter),
    Stdout(Stream),
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
            ReadEnd::Pipe(pipe) => pipe.read(buffer),
            ReadEnd::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

impl Write for WriteEnd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            WriteEnd::Pipe(pipe) => pipe.write(bytes),
            WriteEnd::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            WriteEnd::Pipe(pipe) => pipe.flush(),
            WriteEnd::Stdout(stdout) => stdout.flush(),
        }
    }
}
