//! Writers and readers of your own: any program, in any language.
//!
//! Such a program knows nothing of queues: it writes lines to its stdout, or reads lines from its
//! stdin. Its go-between, a process of ours between the program and the queue, logs every value.

use anyhow::Result;
use serde::Serialize;

use crate::events::{Because as _, str};
use crate::multiprocessing::{
    CurrentProcess, Got, Logs, Program, ProgramArgs, ProgramStreams, Target, check_sizes,
};

/// The longest line that is a value. In bytes.
const LONGEST_LINE: usize = 1 << 16;

/// Writer of the `queue` lesson: puts what a command writes into the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct CommandWriter {
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) program: ProgramArgs,
}

/// Reader of the `queue` lesson: hands a command what it gets from the queue on stdin
#[derive(clap::Args, Serialize)]
pub struct CommandReader {
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) program: ProgramArgs,
    /// Leave when the queue is empty
    #[arg(long)]
    pub(super) leaves_when_empty: bool,
}

impl Target for CommandWriter {
    const NAME: &'static str = "queue-command-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let streams = ProgramStreams { stdin: false, stdout: true };
        let mut program = Program::start(&mut process, &self.program, streams)?;
        let put_all = put_all(&process, &mut program);
        program.end(put_all)
    }
}

fn put_all(process: &CurrentProcess, program: &mut Program) -> Result<()> {
    process.running(format!("Process to write: {}", program.pid()))?;
    let mut queue = process.put_end();
    while let Some(value) = program.next_value(LONGEST_LINE)? {
        let cannot_put = || program.line_name();
        // The check comes before the put is logged: otherwise a refused value would look lost.
        check_sizes(std::slice::from_ref(&value)).because(cannot_put)?;
        let value = value.value();
        let put = queue.print_and_put(format!("Put {} to queue...", str(&value)), &value);
        put.because(cannot_put)?;
    }
    program.join()
}

impl Target for CommandReader {
    const NAME: &'static str = "queue-command-reader";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let streams = ProgramStreams { stdin: true, stdout: false };
        let mut program = Program::start(&mut process, &self.program, streams)?;
        let got_all = self.get_all(&process, &mut program);
        program.end(got_all)
    }
}

impl CommandReader {
    fn get_all(&self, process: &CurrentProcess, program: &mut Program) -> Result<()> {
        process.running(format!("Process to read: {}", program.pid()))?;
        let mut queue = program.watches(process.get_end());
        while let Got::Value(value) =
            queue.get_and_print(|value| format!("Get {} from queue.", str(value)))?
        {
            program.write(&value)?;
            // The go-between takes no next value until the program has read this one, so that
            // another reader may get it.
            program.until_it_has_read()?;
            if self.leaves_when_empty && queue.is_empty()? {
                break;
            }
        }
        // After a sentinel, or EOF of the queue, the program's stdin comes to EOF.
        program.join()
    }
}
