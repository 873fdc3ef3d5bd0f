//! What a child prints, for its parent to read: over a pipe, or over a terminal of its own.

use std::io;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;
use rustix::event::PollFlags;
use rustix::io::{Errno, read};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use serde::Serialize;

use super::interruption::in_call;
use super::parent::Parent;
use crate::events::{Because as _, Reason};

/// What a process's stdout is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// A pipe; it would be the same with a file
    Pipe,
    /// A terminal, made by the kernel for this run: a pseudo-terminal
    Terminal,
}

/// The end where a child's output is read: of a pseudo-terminal the master side, which otherwise a
/// terminal window has (pty(7)).
pub struct Output {
    end: OwnedFd,
    parent: Arc<Parent>,
}

/// The end to which a child prints: it becomes the child's stdout.
pub struct PrintedTo {
    pub(super) name: &'static str,
    pub(super) end: Stdio,
}

impl Output {
    pub(super) fn open(to: To, parent: Arc<Parent>) -> Result<(Output, PrintedTo)> {
        let (end, name, printed_to) = match to {
            To::Pipe => {
                let pipe = os_pipe::pipe();
                let (reader, writer) = pipe.because(|| Reason::CannotOpenPipe {})?;
                (reader.into(), "pipe", writer.into())
            }
            To::Terminal => {
                let (window, terminal) =
                    pseudo_terminal().because(|| Reason::CannotOpenTerminal {})?;
                (window, "terminal", terminal.into())
            }
        };
        let end = Output { end, parent };
        Ok((end, PrintedTo { name, end: printed_to }))
    }

    /// Reads to EOF, which comes when no process has the other end open any more.
    pub fn read_to_end(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let cannot_read = || Reason::CannotReadOutput {};
            let ready = self.parent.until_ready(&self.end, PollFlags::IN);
            ready.map_err(|error| in_call(error, cannot_read))?;
            match read(&self.end, &mut buffer) {
                // EIO from a pseudo-terminal is its EOF: no process has the terminal open any more,
                // and all was read.
                Ok(0) | Err(Errno::IO) => break,
                count => bytes.extend(&buffer[..count.because(cannot_read)?]),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        // A terminal begins a new line with two characters (termios(3), ONLCR).
        Ok(text.replace("\r\n", "\n"))
    }
}

/// Both sides of a new pseudo-terminal. It becomes no process's controlling terminal, so none gets
/// a signal from it.
fn pseudo_terminal() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let window = openpt(flags)?;
    grantpt(&window)?;
    unlockpt(&window)?;
    let terminal = ioctl_tiocgptpeer(&window, flags)?;
    Ok((window, terminal))
}
