//! A child of your own: any program, in any language.
//!
//! It writes messages to its stdout, a line each, and reads the reply from its stdin. Its
//! go-between, a process of ours between the child and the pipe, logs every message.

use anyhow::{Result, bail};
use serde::Serialize;

use crate::arguments::LONGEST_MESSAGE;
use crate::events::Reason;
use crate::multiprocessing::{CurrentProcess, Logs, Program, ProgramArgs, ProgramStreams, Target};

/// Writer of the `pipe` lesson: sends what a command writes on stdout
#[derive(clap::Args, Serialize)]
pub struct CommandSender {
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) program: ProgramArgs,
    /// The pipe is one-way: this process only sends
    #[arg(long)]
    pub(super) simplex: bool,
    /// Receive a message on stdin behind the first one, and hand it to the command
    #[arg(long)]
    pub(super) reply: bool,
}

impl Target for CommandSender {
    const NAME: &'static str = "pipe-command-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let streams = ProgramStreams { stdin: self.reply, stdout: true };
        let mut program = Program::start(&mut process, &self.program, streams)?;
        let sent_all = self.send_all(&process, &mut program);
        program.end(sent_all)
    }
}

impl CommandSender {
    fn send_all(&self, process: &CurrentProcess, program: &mut Program) -> Result<()> {
        process.running(format!("Process to write: {}", program.pid()))?;
        let mut connection = process.connection(!self.simplex);
        while let Some(value) = program.next_value(LONGEST_MESSAGE)? {
            connection.send(&value.value())?;
            if self.reply && program.lines() == 1 {
                let received = connection.recv();
                if let Some(reply) = connection.or_refused(received)? {
                    program.write(&reply)?;
                    program.until_it_has_read()?;
                }
                program.close_stdin();
            }
        }
        if program.lines() == 0 && !program.has_failed()? {
            bail!(Reason::NoMessage { program: program.named(), status: program.status() });
        }
        program.join()
    }
}
