//! Looks from time to time at a program that runs, and tells when it is stuck.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::program::{Companion, Ends, Supervised};
use super::{BETWEEN_LOOKS, Diagnosis, Judgement, dead};
use crate::events::Status;
use crate::evidence::{Cause, Family, Fate, Need, On, Onlooker, Outside, Sight, Snapshot, Thing};

/// How long the program's processes have to end after SIGTERM.
const MERCY: Duration = Duration::from_secs(1);
/// After how many times the patience a program that is most likely stuck is ended.
const LONGER: u32 = 5;

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
pub struct Watch<'a> {
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
    /// A watch over a program whose first process is `root`.
    pub fn new<'a>(program: &'a Supervised, strangers: &'a [u32], root: u32) -> Watch<'a> {
        Watch {
            program,
            strangers,
            root,
            last: None,
            still_since: HashMap::new(),
            last_waits: None,
            told: Vec::new(),
            told_full: HashSet::new(),
            dead: Vec::new(),
        }
    }

    pub fn look(&mut self, companion: &mut dyn Companion) {
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
            let new: Vec<_> = dead.filter(|it| !finding.dead.contains(it)).cloned().collect();
            finding.dead.splice(0..0, new);
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

    /// A process was reaped, of which the last look may know the parent.
    pub fn reaped(&mut self, pid: u32, status: Status) {
        let last = self.last.as_ref().and_then(|it| it.look(pid));
        if let Some(parent) = last.map(|it| it.parent) {
            self.note_dead((parent, pid, status));
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
pub fn children(strangers: &[u32]) -> Vec<u32> {
    let mut all = Snapshot::at(std::process::id()).map(|look| look.children).unwrap_or_default();
    all.retain(|pid| !strangers.contains(pid));
    all
}

/// Ends these processes, given by PID and start time: first by SIGTERM, then by SIGKILL.
pub fn end(processes: &[(u32, u64)]) {
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
