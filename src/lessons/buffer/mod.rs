//! A buffer: what a process has printed may still be in its own memory, and die with it.
//!
//! What to look at: where a line is between print and write, and who ends the process. This is why
//! the article's output misses `Get` lines when it goes into a file. Left out: a buffer that is
//! full, which is written as well.

mod claims;
mod events;
mod notes;

use std::io::Write as _;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::{Lesson, Parts};
use crate::events::{Call, Vocabulary};
use crate::multiprocessing::{
    AnyTarget, Context, CurrentProcess, Got, IntoProcess, Logs, Target, To,
};
use crate::os::streams::{StandardStream, cannot_write, stdout};
use claims::BufferJudge;
use events::BufferEvent;
use notes::BufferNarrator;

/// Print through a buffer, and lose what is in it
///
/// A child prints three lines and waits. Then the parent ends it, and reads what has come. print()
/// only adds a line to a buffer in the process's own memory. To a terminal it is written line by
/// line; to a pipe or a file, when the buffer is full or the process exits. SIGTERM ends a process
/// without that.
///
/// Rust and Python: Python's print() does this; Rust's println!() writes each line.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo buffer                  to a pipe, then SIGTERM: all is lost
  mp-demo buffer --to terminal    line by line: nothing is lost
  mp-demo buffer --flush          written at once: nothing is lost
  mp-demo buffer --end exit       written at the end: nothing is lost
  mp-demo buffer --timeline       when it prints, and when it writes")]
pub struct Args {
    /// Where the child prints to
    #[arg(long, value_enum, default_value_t = To::Pipe)]
    to: To,
    /// The child flushes its buffer after each line
    #[arg(long)]
    flush: bool,
    /// How the child ends, when it has printed
    #[arg(long, value_enum, default_value_t = End::Terminate)]
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum End {
    /// By itself: it learns from its queue that nothing more will come
    Exit,
    /// By SIGTERM, as terminate() sends it
    Terminate,
    /// By SIGKILL
    Kill,
}

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (mut output, childs_end) = mp.output(self.to)?;
        let queue = mp.queue(1)?;
        let printer = Printer { flush: self.flush }.gets_from(&queue);
        let child = mp.start("child", printer.prints_to(childs_end))?;
        let put_end = queue.close_get_end();

        // When the child waits in `get`, its three calls of print have returned. So what is lost
        // now was not printed too late, and no luck is needed.
        mp.until_in(&child, Call::Get)?;
        match self.end {
            End::Exit => drop(put_end),
            End::Terminate => child.terminate()?,
            End::Kill => child.kill()?,
        }
        child.join()?;

        let text = output.read_to_end()?;
        for line in text.lines() {
            let read = BufferEvent::Read { text: format!("{line}\n") };
            mp.happened_with_line(read, format!("Parent process {} reads {line}", mp.pid()))?;
        }
        match text.is_empty() {
            true => mp.say(format!("Parent process {} reads nothing", mp.pid())),
            false => Ok(()),
        }
    }
}

/// Child of the `buffer` lesson: prints three lines on stdout, then waits for the queue on stdin to
/// end
#[derive(clap::Args, Serialize)]
pub struct Printer {
    /// Flush the buffer after each line
    #[arg(long)]
    flush: bool,
}

impl Target for Printer {
    const NAME: &'static str = "buffer-printer";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let mut out = PrintBuffer::new(&process);
        for word in ["A", "B", "C"] {
            out.print(&format!("{word}\n"))?;
            if self.flush {
                out.flush()?;
            }
            // Long enough for print and write to be seen apart.
            process.sleep(0.1)?;
        }
        // The article's reader waits here for a next value that never comes, and is terminated.
        let mut queue = process.get_end();
        while let Got::Value(_) = queue.get()? {}
        // Python and C do this when a process exits; SIGTERM and SIGKILL end it before it comes
        // here. (In Rust a `BufWriter` flushes when it is dropped, and ignores errors.)
        out.flush()
    }
}

/// What print() prints to: C's stdio and Python's `sys.stdout` in a few lines.
struct PrintBuffer<'a> {
    text: String,
    /// For a terminal, where a person may be watching, each line is written as soon as it is whole.
    is_terminal: bool,
    stdout: StandardStream,
    process: &'a CurrentProcess,
}

impl PrintBuffer<'_> {
    fn new(process: &CurrentProcess) -> PrintBuffer<'_> {
        let stdout = stdout();
        // The process asks the kernel what its stdout is, with isatty(3): so the same program
        // behaves in another way with `| cat` behind it.
        PrintBuffer { text: String::new(), is_terminal: stdout.is_terminal(), stdout, process }
    }

    fn print(&mut self, line: &str) -> Result<()> {
        // print() only adds to the buffer. (A full buffer would be written, too: Python's has 8,192
        // bytes.)
        self.text.push_str(line);
        let (pid, bytes) = (self.process.pid(), self.text.len() as u64);
        let printed = format!("Child process {pid} prints {}", line.trim_end());
        self.process
            .happened_with_line(BufferEvent::Buffered { text: line.into(), bytes }, printed)?;
        match self.is_terminal {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        self.process.happened(BufferEvent::Write { text: self.text.clone() })?;
        // Now the lines are the kernel's: whatever becomes of this process, they will be read.
        let written = self.stdout.write_all(self.text.as_bytes());
        self.text.clear();
        written.map_err(|error| anyhow::Error::new(error).context(cannot_write()))
    }
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<BufferEvent>(),
    children: &[AnyTarget::of::<Printer>()],
    ..Parts::of::<BufferJudge, BufferNarrator>()
};
