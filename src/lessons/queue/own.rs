//! Writers and readers of your own: any program, in any language.
//!
//! Such a program knows nothing of queues. It writes lines to its stdout, or reads lines from its stdin. So a process of ours
//! stands between it and the queue, puts what it writes, and hands it what it gets. That process writes to the log what
//! passes.

use anyhow::{Context as _, Error, Result};
use serde::Serialize;

use crate::arguments::{CommandArg, ValueArg, seconds};
use crate::events::str;
use crate::multiprocessing::{CurrentProcess, Got, Logs, Program, ProgramStreams, Target, check_sizes};

/// A longer line is no value, however it ends. In bytes.
const LONGEST_LINE: usize = 1 << 16;

/// Writer of the `queue` lesson: puts what a command writes into the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct CommandWriter {
    /// The command: a value is a line that it writes, JSON or else a string
    #[arg(long)]
    pub(super) command: CommandArg,
    /// After how many seconds without a line to say so
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) patience: Option<f64>,
}

/// Reader of the `queue` lesson: hands a command what it gets from the queue on stdin
#[derive(clap::Args, Serialize)]
pub struct CommandReader {
    /// The command: a value is a line that it reads, which is JSON
    #[arg(long)]
    pub(super) command: CommandArg,
    /// After how many seconds without its reading to say so
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) patience: Option<f64>,
    /// Leave when the queue is empty
    #[arg(long)]
    pub(super) leaves_when_empty: bool,
}

impl Target for CommandWriter {
    const NAME: &'static str = "queue-command-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let streams = ProgramStreams { stdin: false, stdout: true };
        let mut program = Program::start(&mut process, &self.command, streams, self.patience)?;
        let put_all = put_all(&process, &mut program);
        program.end(put_all)
    }
}

fn put_all(process: &CurrentProcess, program: &mut Program) -> Result<()> {
    process.running(format!("Process to write: {}", program.pid()))?;
    let mut queue = process.put_end();
    while let Some(line) = program.next_line(LONGEST_LINE)? {
        let cannot_put = || program.line_name();
        let value: ValueArg = line.parse().map_err(Error::msg).with_context(cannot_put)?;
        // Before it is told: what can't be put is not to look lost.
        check_sizes(std::slice::from_ref(&value)).with_context(cannot_put)?;
        let value = value.value();
        let put = queue.print_and_put(format!("Put {} to queue...", str(&value)), &value);
        put.with_context(cannot_put)?;
    }
    program.join()
}

impl Target for CommandReader {
    const NAME: &'static str = "queue-command-reader";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let streams = ProgramStreams { stdin: true, stdout: false };
        let mut program = Program::start(&mut process, &self.command, streams, self.patience)?;
        let got_all = self.get_all(&process, &mut program);
        program.end(got_all)
    }
}

impl CommandReader {
    fn get_all(&self, process: &CurrentProcess, program: &mut Program) -> Result<()> {
        process.running(format!("Process to read: {}", program.pid()))?;
        let mut queue = program.watches(process.get_end());
        while let Got::Value(value) = queue.get_and_print(|value| format!("Get {} from queue.", str(value)))? {
            program.write(&value)?;
            // Not before it has read this one: as long as it is busy, another reader may get the next value.
            program.until_it_has_read()?;
            if self.leaves_when_empty && queue.is_empty()? {
                break;
            }
        }
        // Its stdin comes to its end, be it by a sentinel or by the end of the queue.
        program.join()
    }
}
