//! CPython's side: one Python process that measures a row whenever it is asked to.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use serde::Serialize;
use serde_json::json;

use super::table::Row;
use crate::both;
use crate::events::Reason;
use crate::multiprocessing::{Connection, Context, CurrentProcess, IntoProcess, Target};

/// The program that measures, until its pipe is closed.
const PROGRAM: &str = include_str!("../../../demos/cost/program.py");

/// The code before the program, so that no process of Python's outlives this run: each forked child
/// dies with Python (PR_SET_PDEATHSIG is 1, SIGKILL 9), and Python gives up when a child is killed,
/// since it would wait for that child for ever.
const PRELUDE: &str = r#"
import os, signal
try:
    import ctypes
    prctl = ctypes.CDLL(None).prctl
    os.register_at_fork(after_in_child=lambda: prctl(1, 9, 0, 0, 0))
except Exception:
    pass
def child_ended(*_):
    ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    if ended and ended.si_code != os.CLD_EXITED:
        pid, number, name = ended.si_pid, ended.si_status, signal.Signals(ended.si_status).name
        os.write(2, f"mp-demo: CHILD_WAS_KILLED\n".encode())
        os._exit(1)
signal.signal(signal.SIGCHLD, child_ended)
"#;

/// How long a Python may take to say its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// A Python that was started and has told its version.
pub struct Python(Connection);

impl Python {
    /// Starts the first `python3` in `PATH` that answers, if there is one. Says which one it is, or
    /// why there is none.
    pub fn start(mp: &Context) -> Result<(Option<Python>, String)> {
        let mut why = both!("no python3 found", "没有找到 python3");
        for program in in_path("python3") {
            let name = program.display().to_string();
            let (connection, childs_end) = mp.pipe(true)?;
            let become_it = CostPython { program: name.clone() };
            let process = mp.start("python", become_it.holds(childs_end).becomes_foreign())?;
            let mut connection = connection.silent();
            match connection.recv_within(PATIENCE) {
                Ok(Some(answer)) if answer.is_string() => {
                    let name = format!("CPython {}", answer.as_str().unwrap_or_default());
                    return Ok((Some(Python(connection)), name));
                }
                // A Python that was killed is an error; one that doesn't answer is only left out.
                Err(error) if process.was_killed() => return Err(error),
                _ => process.kill_because(Reason::NoAnswer { program: name })?,
            }
            why = both!("python3 does not answer", "python3 没有应答");
        }
        Ok((None, why))
    }

    pub fn measure(&mut self, row: Row, mp: &Context) -> Result<f64> {
        self.0.send(&json!(row))?;
        let answer = mp.recv(&mut self.0)?;
        answer.as_f64().with_context(|| {
            both!("python3 answered with something other than seconds", "python3 回答的不是秒数")
        })
    }
}

/// Python of the `cost` lesson: becomes this program, which measures on stdin and stdout
#[derive(clap::Args, Serialize)]
pub struct CostPython {
    /// Where it is
    #[arg(long, value_name = "FILE", default_value = "python3")]
    program: String,
}

impl Target for CostPython {
    const NAME: &'static str = "cost-python";

    /// By now this process dies with its parent, and so does the program that it becomes: what was
    /// asked for by PR_SET_PDEATHSIG survives execve(2).
    fn run(self, _: CurrentProcess) -> Result<()> {
        let child_was_killed = both!(
            "python's child (PID {{pid}}) was killed by {{name}} ({{number}})",
            "python 的子进程（PID {{pid}}）被 {{name}}（{{number}}）终止"
        );
        let prelude = PRELUDE.replace("CHILD_WAS_KILLED", &in_ascii(&child_was_killed));
        let program = format!("{prelude}\n{PROGRAM}");
        let mut python = Command::new(&self.program);
        let error = python.args(["-c", &program, "--turns"]).exec();
        let name = self.program;
        Err(anyhow!(error).context(both!("cannot run {name}", "无法运行 {name}")))
    }
}

/// The text as the inside of a Python string in ASCII: Python decodes its command line by the
/// locale, which may not be UTF-8.
fn in_ascii(text: &str) -> String {
    let escaped = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => format!("\\U{:08x}", u32::from(c)),
    };
    text.chars().map(escaped).collect()
}

fn in_path(program: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.filter(|file| file.is_file()).collect()
}
