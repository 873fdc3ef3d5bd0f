//! Runs a program as if it were run without this one, and tells when it is stuck.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus, kill_process, set_child_subreaper,
    setrlimit, wait,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::low_level::{emulate_default_handler, pipe};

use crate::both;
use crate::evidence::{Family, Onlooker, Sight, Snapshot};
use crate::words::plain::on_one_line;

use super::{BETWEEN_LOOKS, Diagnosis, Judgement};

/// What to run, and how.
pub struct Supervised {
    /// Its name and arguments.
    pub command: Vec<OsString>,
    /// For how long nobody may move before it is told; nothing to never look.
    pub patience: Option<Duration>,
    /// Whether to end it then.
    pub ends: bool,
}

/// What a shell says of a program that can't be run, and of one that isn't there.
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;
/// How long its processes have to end by themselves.
const MERCY: Duration = Duration::from_secs(1);
/// A look may take no more than this share of the time.
const SHARE: u32 = 20;

/// Runs it to its end, and says how it ended, as a shell does. `tell` is handed what was found
/// whenever all of it is stuck.
///
/// # Errors
/// When this process can't wait for it.
pub fn run(program: &Supervised, tell: &mut dyn FnMut(&Notice)) -> Result<ExitCode> {
    // Whoever loses his parent becomes a child of this process, and so is still seen.
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
    let mut signals = Signals::listen()?;
    let name = program.command[0].to_string_lossy();
    let started = Command::new(&program.command[0]).args(&program.command[1..]).spawn();
    let child = match started {
        Ok(child) => Pid::from_child(&child),
        Err(error) => {
            let (name, why) = (on_one_line(&name), crate::words::errors::io_error(&error));
            tell(&Notice::CannotRun(both!("cannot run {name}: {why}", "无法运行 {name}：{why}")));
            return Ok(ExitCode::from(match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => CANNOT_RUN,
            }));
        }
    };
    let mut watch = Watch { program, last: None, since: Instant::now(), is_told: false };
    let mut pause = BETWEEN_LOOKS;
    loop {
        let has_rung = signals.wait(program.patience.map(|_| pause), child)?;
        if let Some(status) = reap(child)? {
            return Ok(end_as(status));
        }
        if !has_rung {
            let start = Instant::now();
            watch.look(tell);
            pause = BETWEEN_LOOKS.max(start.elapsed() * SHARE);
        }
    }
}

/// What there is to tell.
pub enum Notice<'a> {
    /// The program can't be run; one sentence.
    CannotRun(String),
    /// All of it is stuck, or waits for one that is stopped.
    Stuck(&'a Diagnosis),
    /// It goes on again.
    GoesOn,
    /// It is left as it is.
    IsLeft,
    /// It is ended now.
    Ends,
}

/// Looks at the program from time to time.
struct Watch<'a> {
    program: &'a Supervised,
    /// What was seen last, and since when nobody has moved.
    last: Option<Sight>,
    since: Instant,
    is_told: bool,
}

impl Watch<'_> {
    fn look(&mut self, tell: &mut dyn FnMut(&Notice)) {
        let family = Family::Descendants(children());
        let now = Sight::of_family(&family, Onlooker::Process);
        let has_moved = !self.last.as_ref().is_some_and(|last| now.is_of_the_same_family(last));
        if has_moved {
            if self.is_told {
                tell(&Notice::GoesOn);
            }
            self.is_told = false;
            self.since = Instant::now();
            // Only what is seen twice counts, so there is no need to know yet what they wait for.
            self.last = Some(now);
            return;
        }
        let is_patient = self.program.patience.is_none_or(|it| self.since.elapsed() < it);
        if self.is_told || is_patient {
            return;
        }
        let Some(last) = &self.last else {
            return;
        };
        let now = Sight::of(&family, Onlooker::Process);
        let finding = Diagnosis::of(now, last);
        match finding.verdict {
            Judgement::Stuck | Judgement::LikelyStuck | Judgement::Stopped => {}
            // Somebody outside is waited for, of whom there is only this look yet.
            _ => {
                self.last = Some(finding.sight);
                return;
            }
        }
        self.is_told = true;
        tell(&Notice::Stuck(&finding));
        if !self.program.ends || finding.verdict == Judgement::Stopped {
            tell(&Notice::IsLeft);
        } else {
            tell(&Notice::Ends);
            end(finding.sight.family().map(|look| (look.pid, look.started)).collect());
        }
    }
}

/// The children of this process: the program, and those that have lost their parents.
fn children() -> Vec<u32> {
    Snapshot::at(std::process::id()).map(|look| look.children).unwrap_or_default()
}

/// Ends these processes: first as terminate() does, then as kill() does.
fn end(processes: Vec<(u32, u64)>) {
    let send = |signal| {
        for (pid, started) in &processes {
            // Somebody else may have that PID by now.
            let is_it = Snapshot::at(*pid)
                .is_some_and(|look| look.started == *started && !look.has_ended());
            if let Some(pid) = Pid::from_raw(*pid as i32).filter(|_| is_it) {
                let _ = kill_process(pid, signal);
            }
        }
    };
    send(Signal::TERM);
    let start = Instant::now();
    let lives = |(pid, started): &(u32, u64)| {
        Snapshot::at(*pid).is_some_and(|look| look.started == *started && !look.has_ended())
    };
    while start.elapsed() < MERCY && processes.iter().any(lives) {
        std::thread::sleep(Duration::from_millis(10));
    }
    send(Signal::KILL);
}

/// Waits for everyone who has ended, and says how the program did, if it has.
fn reap(program: Pid) -> Result<Option<WaitStatus>> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid == program => return Ok(Some(status)),
            Ok(Some(_)) => {}
            Ok(None) => return Ok(None),
            Err(Errno::CHILD) => bail!(both!(
                "the program is gone, and nobody knows how it ended",
                "程序已经不在了，不知道是怎样结束的"
            )),
            Err(error) => {
                return Err(error)
                    .with_context(|| both!("cannot wait for the program", "无法等待程序结束"));
            }
        }
    }
}

/// Ends this process as that one has ended: with its exit status, or by the same signal.
fn end_as(status: WaitStatus) -> ExitCode {
    if let Some(code) = status.exit_status() {
        return ExitCode::from(code as u8);
    }
    let signal = status.terminating_signal().unwrap_or_default();
    // The program's own core is enough.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    let _ = emulate_default_handler(signal);
    // SIGKILL, say: a shell says it with this number.
    ExitCode::from((128 + signal) as u8)
}

/// Signals, as something that poll(2) knows.
struct Signals {
    ended: UnixStream,
    /// Signals for the program, of which it is told.
    passed_on: [(UnixStream, Signal); 2],
    /// Those that the terminal sends to the program, too. They must not end this process, and the
    /// program must not see that.
    _of_terminal: [UnixStream; 2],
}

impl Signals {
    fn listen() -> Result<Signals> {
        let stream = |signal| {
            let (reader, writer) = UnixStream::pair()?;
            reader.set_nonblocking(true)?;
            writer.set_nonblocking(true)?;
            pipe::register(signal, writer)?;
            Ok::<_, io::Error>(reader)
        };
        let all = || {
            Ok::<_, io::Error>(Signals {
                ended: stream(SIGCHLD)?,
                passed_on: [(stream(SIGTERM)?, Signal::TERM), (stream(SIGHUP)?, Signal::HUP)],
                _of_terminal: [stream(SIGINT)?, stream(SIGQUIT)?],
            })
        };
        all().with_context(|| both!("cannot listen for signals", "无法接收信号"))
    }

    /// Waits for a signal, but no longer than that. Whether one came.
    fn wait(&mut self, timeout: Option<Duration>, program: Pid) -> Result<bool> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let streams = std::iter::once(&self.ended).chain(self.passed_on.iter().map(|it| &it.0));
        let mut fds: Vec<_> =
            streams.map(|it| PollFd::from_borrowed_fd(it.as_fd(), PollFlags::IN)).collect();
        let has_rung = match poll(&mut fds, timeout.as_ref()) {
            Ok(ready) => ready > 0,
            Err(Errno::INTR) => true,
            Err(error) => {
                return Err(error)
                    .with_context(|| both!("cannot wait for the program", "无法等待程序结束"));
            }
        };
        drain(&mut self.ended);
        for (stream, signal) in &mut self.passed_on {
            if drain(stream) {
                let _ = kill_process(program, *signal);
            }
        }
        Ok(has_rung)
    }
}

/// Takes what is there. Whether there was something.
fn drain(stream: &mut UnixStream) -> bool {
    let mut bytes = [0; 64];
    let mut has_some = false;
    while let Ok(1..) = stream.read(&mut bytes) {
        has_some = true;
    }
    has_some
}
