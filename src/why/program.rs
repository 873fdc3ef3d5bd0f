//! Runs a program as if it were run without mp-demo, and tells when it is stuck.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
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
use crate::multiprocessing::descendants;
use crate::words::plain::on_one_line;

use super::{BETWEEN_LOOKS, Diagnosis, Judgement, dead};

/// What to run, and how.
pub struct Supervised {
    /// The program's name and arguments.
    pub command: Vec<OsString>,
    /// How long no process may do anything before the program is diagnosed; nothing for never.
    pub patience: Option<Duration>,
    /// Which stuck programs are ended.
    pub ends: Ends,
}

/// Which programs are ended when they can't go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Nothing,
    /// What is stuck. What is most likely stuck is told after five times the patience, and left.
    Stuck,
    /// What is most likely stuck, too, after five times the patience.
    LikelyStuck,
}

/// What this process does beside a program that it runs. A closure only hears what is told.
pub trait Companion {
    /// Sets the program's environment and streams before it is started.
    fn prepare(&mut self, _command: &mut Command) {}

    /// The program runs; this is the PID of its first process.
    fn started(&mut self, _pid: u32) -> Result<()> {
        Ok(())
    }

    /// A descriptor that can be read when [`serve`](Companion::serve) is to be called.
    fn bell(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// How long the bell may be left alone.
    fn rest(&self) -> Option<Duration> {
        None
    }

    fn serve(&mut self) -> Result<()> {
        Ok(())
    }

    /// A signal has come that is the program's, too.
    fn signalled(&mut self, _signal: Signal) {}

    /// The program's first process, or an orphan of the program's, has ended and was reaped.
    fn reaped(&mut self, _pid: u32, _status: Status) -> Result<()> {
        Ok(())
    }

    /// Whether those who live on after the program's first process are ended.
    fn ends_survivors(&self) -> bool {
        false
    }

    fn tell(&mut self, notice: &Notice);
}

impl<F: FnMut(&Notice)> Companion for F {
    fn tell(&mut self, notice: &Notice) {
        self(notice);
    }
}

/// How a program ended.
pub enum Exit {
    /// With this wait status.
    With(WaitStatus),
    /// It could not be run, or was ended: the exit status that says so.
    As(u8),
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

/// Runs the program to its end, until its first process has ended.
pub fn run(program: &Supervised, companion: &mut dyn Companion) -> Result<Exit> {
    let strangers = children(&[]);
    let ended = supervise(program, companion, &strangers);
    if companion.ends_survivors() || (ended.is_err() && companion.bell().is_some()) {
        end_survivors(companion, &strangers);
    }
    ended
}

fn supervise(
    program: &Supervised,
    companion: &mut dyn Companion,
    strangers: &[u32],
) -> Result<Exit> {
    // As a subreaper, this process adopts the program's orphans, and so still sees them.
    let _ = set_child_subreaper(Some(getpid()));
    let mut signals = SignalPipe::listen()?;
    let name = program.command[0].to_string_lossy();
    let mut command = Command::new(&program.command[0]);
    command.args(&program.command[1..]);
    // A group ID makes std use fork(2) and not posix_spawn(3), which would leave two of glibc's
    // signals ignored.
    command.gid(getgid().as_raw());
    companion.prepare(&mut command);
    let child = match descendants::start(&mut command) {
        Ok(child) => Pid::from_child(&child),
        Err(error) => {
            let (name, why) = (on_one_line(&name), crate::words::errors::io_error(&error));
            let sentence = both!("cannot run {name}: {why}", "无法运行 {name}：{why}");
            companion.tell(&Notice::CannotRun(sentence));
            return Ok(Exit::As(match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => CANNOT_RUN,
            }));
        }
    };
    // This closes what only the program is to hold.
    drop(command);
    // SIGCHLD gets its handler only after the start: a handler here would undo an inherited SIG_IGN
    // in the program.
    signals.0.handle().add_signal(Signal::CHILD.as_raw()).with_context(cannot_listen)?;
    let root = child.as_raw_pid() as u32;
    companion.started(root)?;
    let mut watch = Watch {
        program,
        strangers,
        root,
        last: None,
        still_since: HashMap::new(),
        last_waits: None,
        told: Vec::new(),
        told_full: HashSet::new(),
        dead: Vec::new(),
    };
    let mut pause = BETWEEN_LOOKS;
    let mut looked = Instant::now();
    loop {
        match reap(child, &mut watch, companion)? {
            Some(status) if status.stopped() => stop_too(child),
            Some(status) => return Ok(Exit::With(status)),
            None => {}
        }
        let left = program.patience.map(|_| pause.saturating_sub(looked.elapsed()));
        signals.wait(left, child, companion)?;
        if program.patience.is_some() && looked.elapsed() >= pause {
            let start = Instant::now();
            watch.look(companion);
            pause = BETWEEN_LOOKS.max(start.elapsed() * SHARE);
            looked = Instant::now();
        }
    }
}

/// Ends and reaps all that the program has left.
fn end_survivors(companion: &mut dyn Companion, strangers: &[u32]) {
    let family = Sight::of_family(&Family::Descendants(children(strangers)), Onlooker::Process);
    end(&family.family().map(|look| (look.pid, look.started)).collect::<Vec<_>>());
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        let status = Status::from_wait_status(status.as_raw());
        // Its failure, if any, is not the first one.
        let _ = companion.reaped(pid.as_raw_pid() as u32, status);
    }
    // Whoever was started meanwhile.
    let strangers = strangers.iter().filter_map(|pid| Pid::from_raw(*pid as i32));
    descendants::end_orphans(&strangers.collect::<Vec<_>>());
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
    Ends(&'a Diagnosis),
}

/// Looks at the program from time to time.
struct Watch<'a> {
    program: &'a Supervised,
    /// Children of this process that are no part of the program.
    strangers: &'a [u32],
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
    fn look(&mut self, companion: &mut dyn Companion) {
        let family = Family::Descendants(children(self.strangers));
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
            companion.tell(&Notice::GoesOn);
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
        self.judge(&mut finding, patience, longest, companion);
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
        companion: &mut dyn Companion,
    ) {
        let (sight, graph) = (&finding.sight, &finding.graph);
        let is_root_stuck = graph.is_stuck(self.root);
        let circle = &finding.circle;
        let is_certain = |pid: &u32| graph.fate(*pid) == Some(&Fate::Stuck);
        let whom: Vec<u32> = match finding.verdict {
            Judgement::Ended | Judgement::GoOn => Vec::new(),
            // A program that is only run was not asked about.
            Judgement::Unknown if self.program.ends == Ends::Stuck => Vec::new(),
            Judgement::SomeStuck if is_root_stuck => {
                sight.family().map(|it| it.pid).filter(|pid| graph.is_stuck(*pid)).collect()
            }
            Judgement::SomeStuck if circle.iter().all(is_certain) => circle.clone(),
            Judgement::SomeStuck => Vec::new(),
            _ => sight.family().map(|it| it.pid).collect(),
        };
        let Some(still) = whom.iter().map(|pid| self.still(*pid)).min() else {
            return self.tell_full(finding, longest, companion);
        };
        let is_likely = is_root_stuck && !is_certain(&self.root);
        // Most handlers for SIGALRM are a timer's.
        let has_alarm =
            graph.unless().iter().any(|it| it.signals.contains(&Signal::ALARM.as_raw()));
        let needs_longer = has_alarm || self.program.ends == Ends::Stuck;
        if still < if is_likely && needs_longer { longest } else { patience } {
            return;
        }
        let is_new = self.told.is_empty();
        if is_new {
            let dead = self.dead.iter().filter(|it| sight.look(it.0).is_some());
            finding.dead.splice(0..0, dead.cloned());
            finding.dead.dedup();
            companion.tell(&Notice::Stuck(finding));
        }
        // The end is announced beforehand, however late a look comes on a busy machine.
        let ends = match self.program.ends {
            Ends::Nothing => false,
            Ends::Stuck => is_root_stuck && !is_likely,
            Ends::LikelyStuck => is_root_stuck,
        };
        match ends {
            false if is_new => companion.tell(&Notice::IsLeft),
            true if !is_likely || (!is_new && still >= longest) => {
                companion.tell(&Notice::Ends(finding));
                let family = finding.sight.family();
                end(&family.map(|look| (look.pid, look.started)).collect::<Vec<_>>());
            }
            true if is_new => {
                let rest = longest.saturating_sub(still).max(BETWEEN_LOOKS);
                companion.tell(&Notice::WillEnd(rest.as_secs_f64().ceil() as u64));
            }
            _ => {}
        }
        self.told = whom;
    }

    /// Tells once of each process that waits for room in a pipe whose reader does something else.
    fn tell_full(&mut self, finding: &Diagnosis, longest: Duration, companion: &mut dyn Companion) {
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
                companion.tell(&Notice::Full(wait.pid, still.as_secs(), wait.call, &readers));
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

/// The children of this process but these: the program, and the orphans that were adopted.
fn children(strangers: &[u32]) -> Vec<u32> {
    let mut all = Snapshot::at(std::process::id()).map(|look| look.children).unwrap_or_default();
    all.retain(|pid| !strangers.contains(pid));
    all
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
fn reap(
    program: Pid,
    watch: &mut Watch,
    companion: &mut dyn Companion,
) -> Result<Option<WaitStatus>> {
    // A child that has died since the last look is seen here, before it is reaped.
    loop {
        match wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            Ok(Some((pid, status))) if pid == program && status.stopped() => {
                return Ok(Some(status));
            }
            Ok(Some((pid, wait_status))) if !wait_status.stopped() => {
                let is_program = pid == program;
                let pid = pid.as_raw_pid() as u32;
                let status = Status::from_wait_status(wait_status.as_raw());
                companion.reaped(pid, status)?;
                if is_program {
                    return Ok(Some(wait_status));
                }
                let last = watch.last.as_ref().and_then(|it| it.look(pid));
                if let Some(parent) = last.map(|it| it.parent) {
                    watch.note_dead((parent, pid, status));
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
pub fn end_as(ended: Exit) -> ExitCode {
    let status = match ended {
        Exit::As(status) => return ExitCode::from(status),
        Exit::With(status) => status,
    };
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

    /// Waits for a signal or for the companion's bell, at most for `timeout`, and does what is to be
    /// done then.
    fn wait(
        &mut self,
        timeout: Option<Duration>,
        program: Pid,
        companion: &mut dyn Companion,
    ) -> Result<()> {
        if let Some(rest) = companion.rest() {
            self.poll(None, Some(rest))?;
        }
        if self.poll(companion.bell(), timeout)? {
            companion.serve()?;
        }
        for signal in self.0.pending().filter_map(Signal::from_named_raw) {
            // The terminal sends some signals to the program, too.
            let is_its_own = match signal {
                Signal::CHILD => true,
                Signal::INT | Signal::QUIT => is_in_foreground(),
                Signal::CONT => stopped_by(program.as_raw_pid() as u32).is_none(),
                _ => false,
            };
            if signal != Signal::CHILD {
                companion.signalled(signal);
            }
            if !is_its_own {
                let _ = kill_process(program, signal);
            }
        }
        Ok(())
    }

    /// Waits for a signal or the bell. Returns whether the bell can be read.
    fn poll(&self, bell: Option<BorrowedFd>, timeout: Option<Duration>) -> Result<bool> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let mut fds = vec![PollFd::from_borrowed_fd(self.0.get_read().as_fd(), PollFlags::IN)];
        fds.extend(bell.map(|bell| PollFd::from_borrowed_fd(bell, PollFlags::IN)));
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).with_context(cannot_wait),
        }
        Ok(fds.get(1).is_some_and(|bell| bell.revents().contains(PollFlags::IN)))
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
