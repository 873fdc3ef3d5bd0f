//! Runs a program as if it were run without mp-demo, and tells when it is stuck.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use procfs::process::Process;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, WaitOptions, WaitStatus, getgid, getpid,
    kill_process, pidfd_open, pidfd_send_signal, set_child_subreaper, setrlimit, wait,
};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use signal_hook::low_level::emulate_default_handler;

use crate::both;
use crate::events::Status;
use crate::evidence::{
    Cause, Family, Fate, Need, On, Onlooker, Outside, Sight, Snapshot, Thing, bit, stopped_by,
};
use crate::words::plain::on_one_line;

use super::{BETWEEN_LOOKS, Diagnosis, Judgement, dead};

/// What to run, and how.
pub struct Supervised {
    /// The program's name and arguments.
    pub command: Vec<OsString>,
    /// How long no process may do anything before the program is diagnosed; nothing for never.
    pub patience: Option<Duration>,
    /// Whether to end a stuck program.
    pub ends: bool,
}

/// A shell's exit statuses for a program that can't be run, and for one that isn't found.
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;
/// How long the program's processes have to end after SIGTERM.
const MERCY: Duration = Duration::from_secs(1);
/// After how many times the patience a program that is most likely stuck is ended.
const LONGER: u32 = 5;
/// Looks take at most one part in this many of the time.
const SHARE: u32 = 20;

/// Runs the program to its end, and returns its exit status as a shell does. `tell` gets the
/// diagnosis whenever the whole program is stuck.
pub fn run(program: &Supervised, tell: &mut dyn FnMut(&Notice)) -> Result<ExitCode> {
    // As a subreaper, this process adopts the program's orphans, and so still sees them.
    let _ = set_child_subreaper(Some(getpid()));
    let mut signals = SignalPipe::listen()?;
    let name = program.command[0].to_string_lossy();
    let mut command = Command::new(&program.command[0]);
    command.args(&program.command[1..]);
    // A group ID makes std use fork(2) and not posix_spawn(3), which would leave two of glibc's
    // signals ignored.
    command.gid(getgid().as_raw());
    let child = match command.spawn() {
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
    // SIGCHLD gets its handler only after the start: a handler here would undo an inherited SIG_IGN
    // in the program.
    signals.0.handle().add_signal(Signal::CHILD.as_raw()).with_context(cannot_listen)?;
    let mut watch = Watch {
        program,
        root: child.as_raw_pid() as u32,
        last: None,
        still_since: HashMap::new(),
        last_waits: None,
        told: Vec::new(),
        told_full: HashSet::new(),
        dead: Vec::new(),
    };
    let mut pause = BETWEEN_LOOKS;
    loop {
        match reap(child, &mut watch)? {
            Some(status) if status.stopped() => stop_too(child),
            Some(status) => return Ok(end_as(status)),
            None => {}
        }
        if !signals.wait(program.patience.map(|_| pause), child)? {
            let start = Instant::now();
            watch.look(tell);
            pause = BETWEEN_LOOKS.max(start.elapsed() * SHARE);
        }
    }
}

/// A notice about the program.
pub enum Notice<'a> {
    /// The program can't be run; one sentence.
    CannotRun(String),
    /// The whole program is stuck, or waits for a stopped process; or the kernel doesn't tell
    /// enough.
    Stuck(&'a Diagnosis),
    /// A process waits for room in a pipe whose only readers do something else: its PID, the
    /// seconds so far, the call, and the readers' PIDs.
    Full(u32, u64, &'static str, &'a [u32]),
    /// The program will be ended if it does nothing for so many more seconds.
    WillEnd(u64),
    /// The program goes on again.
    GoesOn,
    /// The program is left as it is.
    IsLeft,
    /// The program is ended now.
    Ends,
}

/// Looks at the program from time to time.
struct Watch<'a> {
    program: &'a Supervised,
    /// The PID of the process that was started.
    root: u32,
    /// The last look, and since when each process has done nothing.
    last: Option<Sight>,
    still_since: HashMap<u32, Instant>,
    /// The last look at what the processes wait for.
    last_waits: Option<Sight>,
    /// The PIDs of the processes that were told to be stuck, and of those told to wait at a full
    /// pipe.
    told: Vec<u32>,
    told_full: HashSet<u32>,
    /// The processes that have died abnormally so far: parent's PID, PID, status.
    dead: Vec<(u32, u32, Status)>,
}

impl Watch<'_> {
    fn look(&mut self, tell: &mut dyn FnMut(&Notice)) {
        let family = Family::Descendants(children());
        let now = Sight::of_family(&family, Onlooker::Process);
        dead(&now).for_each(|it| self.note_dead(it));
        let since = |look: &Snapshot| {
            let before = self.last.as_ref().and_then(|last| last.look(look.pid));
            let before = before.filter(|before| !look.moved_since(before));
            let since = before.and_then(|_| self.still_since.get(&look.pid).copied());
            (look.pid, since.unwrap_or_else(Instant::now))
        };
        self.still_since = now.family().map(since).collect();
        if self.told.iter().any(|pid| self.still(*pid) < BETWEEN_LOOKS) {
            tell(&Notice::GoesOn);
            self.told.clear();
        }
        self.last = Some(now);
        let Some(patience) = self.program.patience else {
            return;
        };
        let longest = patience.saturating_mul(LONGER);
        let are_still = self.still_since.keys().filter(|pid| self.still(**pid) >= patience);
        let is_writing = |look: &&Snapshot| {
            let mut calls = look.threads.iter().filter_map(|it| it.call.as_ref());
            self.still(look.pid) >= longest
                && !self.told_full.contains(&look.pid)
                && calls.any(|it| it.name.starts_with("write"))
        };
        let has_writer = self.last.iter().flat_map(Sight::family).any(|it| is_writing(&it));
        // A closer look is worth it if the program's first process is still, or two others are.
        let are_worth_it = self.still(self.root) >= patience || are_still.count() > 1 || has_writer;
        let is_told = !self.told.is_empty() && self.still(self.root) < longest;
        if is_told || !are_worth_it {
            return;
        }
        let now = Sight::of(&family, Onlooker::Process);
        // A process outside of the family that is waited for may be seen for the first time.
        let last = self.last_waits.is_some().then(|| self.last.take()).flatten();
        let Some(earlier) = self.last_waits.take().or(self.last.take()) else {
            return;
        };
        // A user may act at once on what is told, and the next look has to see that. So the look to
        // compare it with is taken before the telling.
        self.last = last.or_else(|| Some(Sight::of_family(&family, Onlooker::Process)));
        let mut finding = Diagnosis::of(now, &earlier);
        self.judge(&mut finding, patience, longest, tell);
        self.last_waits = Some(finding.sight);
    }

    /// How long this process has done nothing.
    fn still(&self, pid: u32) -> Duration {
        self.still_since.get(&pid).map_or(Duration::ZERO, Instant::elapsed)
    }

    fn judge(
        &mut self,
        finding: &mut Diagnosis,
        patience: Duration,
        longest: Duration,
        tell: &mut dyn FnMut(&Notice),
    ) {
        let (sight, graph) = (&finding.sight, &finding.graph);
        let is_root_stuck = graph.is_stuck(self.root);
        let circle = &finding.circle;
        let is_certain = |pid: &u32| graph.fate(*pid) == Some(&Fate::Stuck);
        let whom: Vec<u32> = match finding.verdict {
            Judgement::Ended | Judgement::GoOn => Vec::new(),
            Judgement::SomeStuck if is_root_stuck => {
                sight.family().map(|it| it.pid).filter(|pid| graph.is_stuck(*pid)).collect()
            }
            Judgement::SomeStuck if circle.iter().all(is_certain) => circle.clone(),
            Judgement::SomeStuck => Vec::new(),
            _ => sight.family().map(|it| it.pid).collect(),
        };
        let Some(still) = whom.iter().map(|pid| self.still(*pid)).min() else {
            return self.tell_full(finding, longest, tell);
        };
        let is_likely = is_root_stuck && !is_certain(&self.root);
        // Most handlers for SIGALRM are a timer's.
        let has_alarm =
            graph.unless().iter().any(|it| it.signals.contains(&Signal::ALARM.as_raw()));
        if still < if is_likely && has_alarm { longest } else { patience } {
            return;
        }
        let is_new = self.told.is_empty();
        if is_new {
            let dead = self.dead.iter().filter(|it| sight.look(it.0).is_some());
            finding.dead.splice(0..0, dead.cloned());
            finding.dead.dedup();
            tell(&Notice::Stuck(finding));
        }
        // The end is announced beforehand, however late a look comes on a busy machine.
        match self.program.ends && is_root_stuck {
            false if is_new => tell(&Notice::IsLeft),
            true if !is_likely || (!is_new && still >= longest) => {
                tell(&Notice::Ends);
                let family = finding.sight.family();
                end(&family.map(|look| (look.pid, look.started)).collect::<Vec<_>>());
            }
            true if is_new => {
                let rest = longest.saturating_sub(still).max(BETWEEN_LOOKS);
                tell(&Notice::WillEnd(rest.as_secs_f64().ceil() as u64));
            }
            _ => {}
        }
        self.told = whom;
    }

    /// Tells once of each process that waits for room in a pipe whose reader does something else.
    fn tell_full(&mut self, finding: &Diagnosis, longest: Duration, tell: &mut dyn FnMut(&Notice)) {
        let has_things_to_do = |pid: &u32| match finding.graph.fate(*pid) {
            Some(Fate::GoesOn(reason)) => {
                matches!(reason, Cause::Runs | Cause::Moved | Cause::WaitsFor(Outside::Time))
            }
            _ => false,
        };
        for wait in finding.sight.waits() {
            let [thing @ Thing { needs: Need::Room, on: On::Pipe(_), .. }] = &wait.things[..]
            else {
                continue;
            };
            let still = self.still(wait.pid);
            let readers = thing.of().iter().copied().filter(|pid| *pid != wait.pid);
            let readers: Vec<u32> = readers.collect();
            if still >= longest
                && !readers.is_empty()
                && readers.iter().all(has_things_to_do)
                && self.told_full.insert(wait.pid)
            {
                tell(&Notice::Full(wait.pid, still.as_secs(), wait.call, &readers));
            }
        }
    }

    /// Remembers a process that has died abnormally.
    fn note_dead(&mut self, dead: (u32, u32, Status)) {
        if dead.2 != Status::Code(0) && !self.dead.contains(&dead) {
            self.dead.push(dead);
        }
    }
}

/// The children of this process: the program, and the orphans that were adopted.
fn children() -> Vec<u32> {
    Snapshot::at(std::process::id()).map(|look| look.children).unwrap_or_default()
}

/// Ends these processes, given by PID and start time: first by SIGTERM, then by SIGKILL.
fn end(processes: &[(u32, u64)]) {
    let pidfds = processes.iter().filter_map(|&(pid, started)| {
        let pidfd = pidfd_open(Pid::from_raw(pid as i32)?, PidfdFlags::empty()).ok()?;
        // The PID may be another process's by now.
        Snapshot::at(pid).filter(|look| look.started == started).map(|_| pidfd)
    });
    let pidfds: Vec<_> = pidfds.collect();
    let send = |signal| {
        for pidfd in &pidfds {
            let _ = pidfd_send_signal(pidfd, signal);
        }
    };
    send(Signal::TERM);
    let end = Instant::now() + MERCY;
    for pidfd in &pidfds {
        let rest = Timespec::try_from(end.saturating_duration_since(Instant::now())).ok();
        let _ = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], rest.as_ref());
    }
    send(Signal::KILL);
}

/// Reaps all children that have ended, and returns the program's status if it has ended or is
/// stopped.
fn reap(program: Pid, watch: &mut Watch) -> Result<Option<WaitStatus>> {
    // A child that has died since the last look is seen here, before it is reaped.
    loop {
        match wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            Ok(Some((pid, status))) if pid == program => return Ok(Some(status)),
            Ok(Some((pid, status))) if !status.stopped() => {
                let pid = pid.as_raw_pid() as u32;
                let last = watch.last.as_ref().and_then(|it| it.look(pid));
                if let Some(parent) = last.map(|it| it.parent) {
                    watch.note_dead((parent, pid, Status::from_wait_status(status.as_raw())));
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(None),
            Err(Errno::CHILD) => bail!(both!(
                "the program is gone, and nobody knows how it ended",
                "程序已经不在了，不知道是怎样结束的"
            )),
            Err(error) => {
                return Err(error).with_context(cannot_wait);
            }
        }
    }
}

/// Stops this process when the program is stopped, so that the shell's prompt comes back. Not
/// without a terminal: there nobody would send SIGCONT.
fn stop_too(program: Pid) {
    let stat = Process::myself().and_then(|it| it.stat());
    if stat.is_ok_and(|it| it.tty_nr != 0) {
        let _ = kill_process(getpid(), Signal::STOP);
        let _ = kill_process(program, Signal::CONT);
    }
}

/// Ends this process as the program has ended: with its exit status, or by the same signal.
fn end_as(status: WaitStatus) -> ExitCode {
    if let Some(code) = status.exit_status() {
        return ExitCode::from(code as u8);
    }
    let signal = status.terminating_signal().unwrap_or_default();
    // This process dumps no core: the program's own is enough.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    let _ = emulate_default_handler(signal);
    // For a signal that doesn't end this process, a shell's exit status for it.
    ExitCode::from((128 + signal) as u8)
}

/// Signals that are passed on to the program, and don't end this process.
const PASSED_ON: [Signal; 14] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::TERM,
    Signal::XCPU,
    Signal::XFSZ,
    Signal::VTALARM,
    Signal::PROF,
    Signal::IO,
    Signal::POWER,
    Signal::STKFLT,
];

/// Signals, as a descriptor for poll(2).
struct SignalPipe(SignalDelivery<UnixStream, SignalOnly>);

impl SignalPipe {
    /// Listens for all signals but those that this process inherited as ignored: exec resets a
    /// handler to the default, so the program would not inherit SIG_IGN. (std has set SIGPIPE to
    /// ignored itself.)
    fn listen() -> Result<SignalPipe> {
        let ignored = Process::myself().and_then(|it| it.status()).map_or(0, |it| it.sigign);
        let listen = || {
            let (reader, writer) = UnixStream::pair()?;
            let all = PASSED_ON.into_iter().chain([Signal::CONT]).map(Signal::as_raw);
            let all = all.filter(|it| ignored & bit(*it) == 0);
            SignalDelivery::with_pipe(reader, writer, SignalOnly, all)
        };
        Ok(SignalPipe(listen().with_context(cannot_listen)?))
    }

    /// Waits for a signal, at most for `timeout`. Returns whether one came.
    fn wait(&mut self, timeout: Option<Duration>, program: Pid) -> Result<bool> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let mut fds = [PollFd::from_borrowed_fd(self.0.get_read().as_fd(), PollFlags::IN)];
        let has_rung = match poll(&mut fds, timeout.as_ref()) {
            Ok(ready) => ready > 0,
            Err(Errno::INTR) => true,
            Err(error) => {
                return Err(error).with_context(cannot_wait);
            }
        };
        for signal in self.0.pending().filter_map(Signal::from_named_raw) {
            // The terminal sends some signals to the program, too.
            let is_its_own = match signal {
                Signal::CHILD => true,
                Signal::INT | Signal::QUIT => is_in_foreground(),
                Signal::CONT => stopped_by(program.as_raw_pid() as u32).is_none(),
                _ => false,
            };
            if !is_its_own {
                let _ = kill_process(program, signal);
            }
        }
        Ok(has_rung)
    }
}

fn cannot_wait() -> String {
    both!("cannot wait for the program", "无法等待程序结束")
}

fn cannot_listen() -> String {
    both!("cannot listen for signals", "无法接收信号")
}

/// Whether the terminal's signals come to this process.
fn is_in_foreground() -> bool {
    let stat = Process::myself().and_then(|it| it.stat());
    stat.is_ok_and(|it| it.tty_nr != 0 && it.tpgid == it.pgrp)
}
