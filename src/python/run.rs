//! Runs a program with the injected code, and hands its events to the views while it runs.

use std::ffi::OsString;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::fstat;
use rustix::stdio;

use super::folder::Folders;
use super::live::LiveRun;
use super::translate::Seen;
use crate::both;
use crate::os::streams::stdout;
use crate::run::Settings;
use crate::views::Views;
use crate::why::{self, Companion as _, Ends, Exit, Notice, Supervised};

/// A program of the user's, and how to run it.
pub struct Script {
    /// Its name and its arguments.
    pub command: Vec<OsString>,
    /// The folder that its files' names are relative to, if that is not the working folder.
    pub folder: Option<PathBuf>,
    /// Whether the hooks pause at random.
    pub jitter: bool,
    /// Whether values and printed text stand in the log.
    pub values: bool,
    /// What becomes of its output.
    pub output: Flow,
    /// Whether the run is one of many: nobody types its stdin, and nobody is left behind.
    pub is_repeated: bool,
    /// When a run that is bounded has to be over. It never has a terminal.
    pub until: Option<Instant>,
}

/// Where what the program writes goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Where it would go without mp-demo.
    AsItIs,
    /// Into the log; what others than Python write, where it would go.
    Logged,
    /// Into the log; what others than Python write, to stderr, since stdout is mp-demo's.
    LoggedOnly,
}

/// Runs the program, and hands each of its events to the views, which are not finished when this
/// returns. Bytes that are no part of the log go to `stderr`. If there is a reason why some of it was
/// not seen, the sentence about it comes back, too.
///
/// # Errors
/// When the run can't be shown. Then no process of it is left.
pub fn play(
    script: &Script,
    folders: &Folders,
    settings: Settings,
    views: &mut Views,
    stderr: &mut dyn Write,
    tell: &mut dyn FnMut(&Notice),
) -> Result<(Exit, Option<String>)> {
    // A terminal stays one: what is on it is for people, not for programs that expect the log only.
    let keeps_terminal = stdout().is_terminal() && script.until.is_none();
    let is_aside = script.output == Flow::LoggedOnly && !keeps_terminal;
    let (aside, to_program) = match is_aside {
        true => os_pipe::pipe().map(|(reader, writer)| (Some(reader), Some(writer)))?,
        false => (None, None),
    };
    let (speed, seed) = (settings.speed, settings.seed);
    let seed = seed.unwrap_or_else(|| fastrand::u32(..).into());
    let told = told(script, speed, seed, to_program.as_ref().map(AsFd::as_fd));
    let log = folders.begin(&told)?;
    let supervised = Supervised {
        command: script.command.clone(),
        patience: settings.patience_with_commands,
        ends: if script.is_repeated { Ends::LikelyStuck } else { Ends::Stuck },
    };
    let mut run =
        LiveRun::new(script, folders, (settings, seed), (log, aside), views, stderr, tell)?;
    run.stdout = to_program;
    let ended = why::run(&supervised, &mut run)?;
    if let Some(interrupt) = settings.interrupt.filter(|_| run.is_interrupted) {
        // The thread that learns of the same signal may be slower.
        poll(&mut [PollFd::from_borrowed_fd(interrupt, PollFlags::IN)], None)?;
    }
    // Children whose end nobody has waited for may have ended together with their parent.
    run.serve()?;
    run.pass_on_aside();
    let unseen = run.translator.as_ref().and_then(|it| unseen(it.seen()));
    Ok((if run.is_stuck { Exit::As(1) } else { ended }, unseen))
}

/// What the injected code is told: a line for each setting.
fn told(script: &Script, speed: f64, seed: u64, stdout: Option<BorrowedFd>) -> String {
    let Script { jitter, values, output, .. } = *script;
    // Without the text, the log can't bring it.
    let captures = output != Flow::AsItIs && values;
    let [captures, values, jitter] = [captures, values, jitter].map(u8::from);
    let mut told = format!(
        "capture={captures}\nvalues={values}\nspeed={speed:?}\njitter={jitter}\nseed={seed}\n"
    );
    let stdout = stdout.unwrap_or(stdio::stdout());
    for (name, stream) in [("out", stdout), ("err", stdio::stderr())] {
        if let Ok(stat) = fstat(stream) {
            told += &format!("{name}={}:{}\n", stat.st_dev, stat.st_ino);
        }
    }
    told
}

/// Why nothing was seen of some Pythons, or of the whole program, if that is so.
fn unseen(seen: &Seen) -> Option<String> {
    let versions = seen.unseen.join(", ");
    match (seen.hello, seen.unseen.is_empty()) {
        (_, false) => Some(both!(
            "of Python {versions}, the log has nothing: CPython 3.8 or later is needed, with its \
             global lock",
            "日志里没有 Python {versions} 的内容：需要 CPython 3.8 或更高版本，而且带全局锁"
        )),
        (false, true) => Some(both!(
            "nothing was seen of this program: no Python in it has loaded mp-demo's code, as with \
             -S, -I and -E, or without PYTHONPATH in its environment; `mp-demo why -- COMMAND` \
             looks at any program",
            "没有看到这个程序的任何内容：其中没有 Python 加载 mp-demo 的代码（比如用了 -S、-I 或 \
             -E，或者环境里没有 PYTHONPATH）；`mp-demo why -- COMMAND` 可以查看任何程序"
        )),
        (true, true) => None,
    }
}
