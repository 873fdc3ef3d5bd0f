//! A process of ours that becomes a command of the user's.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use rustix::stdio::dup2_stderr;
use serde::Serialize;

use crate::both;
use crate::multiprocessing::current_process::CurrentProcess;
use crate::multiprocessing::target::Target;
use crate::words::errors::io_error;

/// A command of the user's: becomes that program
#[derive(clap::Args, Serialize)]
pub struct Exec {
    /// What becomes its stderr
    #[arg(long, value_name = "FILE")]
    pub(super) stderr: Option<String>,
    /// The program and its arguments
    #[arg(value_name = "WORD", required = true)]
    pub(super) words: Vec<String>,
}

impl Target for Exec {
    const NAME: &'static str = "exec";

    /// By now this process dies with its parent, and so does the program that it becomes: what was
    /// asked for by PR_SET_PDEATHSIG survives execve(2).
    fn run(self, _: CurrentProcess) -> Result<()> {
        let [program, arguments @ ..] = &self.words[..] else {
            return Ok(());
        };
        let cannot_run = || both!("cannot run `{program}`", "无法运行 `{program}`");
        let mut command = Command::new(program);
        command.args(arguments);
        // Its own stderr is the log, and this program is not to write there.
        let log = os_pipe::dup_stderr()?;
        if let Some(stderr) = &self.stderr {
            let stderr = File::options().write(true).open(stderr);
            command.stderr(stderr.with_context(cannot_run)?);
        }
        let error = command.exec();
        dup2_stderr(&log)?;
        let kind = error.kind();
        let error = io_error(&error);
        bail!(match (kind, program.contains('/')) {
            (io::ErrorKind::NotFound, false) if Path::new(program).is_file() => both!(
                "no folder in PATH has `{program}`; the one in this folder is ./{program}",
                "PATH 里的目录都没有 `{program}`；当前目录里的要写成 ./{program}"
            ),
            (io::ErrorKind::NotFound, false) =>
                both!("no folder in PATH has `{program}`", "PATH 里的目录都没有 `{program}`"),
            (io::ErrorKind::NotFound, true) => both!(
                "there is no `{program}`, or the interpreter in its first line is missing",
                "没有 `{program}`，或者缺少其第一行指定的解释器"
            ),
            (io::ErrorKind::PermissionDenied, true) if Path::new(program).is_file() => both!(
                "cannot run `{program}`: {error}; `chmod +x` makes it a program, or put its \
                 interpreter before it",
                "无法运行 `{program}`：{error}；可以用 `chmod +x` 把它变成程序，或者在前面写上它的\
                 解释器"
            ),
            _ => both!("cannot run `{program}`: {error}", "无法运行 `{program}`：{error}"),
        });
    }
}
