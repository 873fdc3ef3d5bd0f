//! A process of ours that becomes a user's command, by execve(2).

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use rustix::process::{Pid, setpgid};
use rustix::stdio::dup2_stderr;
use serde::Serialize;

use crate::events::{Because as _, Reason};
use crate::multiprocessing::current_process::CurrentProcess;
use crate::multiprocessing::target::Target;

/// A command of the user's: becomes that program
#[derive(clap::Args, Serialize)]
pub struct Exec {
    /// The process group that it joins
    #[arg(long, value_name = "PGID")]
    pub(super) group: Option<i32>,
    /// What becomes its stderr
    #[arg(long, value_name = "FILE")]
    pub(super) stderr: Option<String>,
    /// The program and its arguments
    #[arg(value_name = "WORD", required = true)]
    pub(super) words: Vec<String>,
}

impl Target for Exec {
    const NAME: &'static str = "exec";

    /// The program dies with the go-between, as this process does: PR_SET_PDEATHSIG survives
    /// execve(2).
    fn run(self, _: CurrentProcess) -> Result<()> {
        let [program, arguments @ ..] = &self.words[..] else {
            return Ok(());
        };
        // The command joins the run's process group, so Ctrl-C, Ctrl-Z and the terminal are for it,
        // too. The group may be gone by now.
        let _ = self.group.and_then(Pid::from_raw).map(|group| setpgid(None, Some(group)));
        let cannot_run = || Reason::CannotRun { program: program.clone() };
        let mut command = Command::new(program);
        command.args(arguments);
        // The stderr of this process is the log, which the program must not write to.
        let log = os_pipe::dup_stderr()?;
        if let Some(stderr) = &self.stderr {
            let stderr = File::options().write(true).open(stderr);
            command.stderr(stderr.because(cannot_run)?);
        }
        let error = command.exec();
        dup2_stderr(&log)?;
        let program = program.clone();
        let errno = error.raw_os_error().unwrap_or_default();
        let is_path = program.contains('/');
        let is_file = Path::new(&program).is_file();
        bail!(match error.kind() {
            io::ErrorKind::NotFound if is_path => Reason::NoSuchProgram { program },
            io::ErrorKind::NotFound => Reason::NotInPath { program, here: is_file },
            io::ErrorKind::PermissionDenied if is_path && is_file => {
                Reason::NotExecutable { program, errno }
            }
            _ => return Err(error).because(|| Reason::CannotRun { program }),
        });
    }
}
