//! Why a program hangs: who waits for whom, in any program. The diagnosis only looks: it changes
//! nothing of the program, stops no process, and guesses nothing.

mod family;
mod json;
mod lines;
mod program;
mod repairs;
mod report;
mod sentences;
mod signals;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::both;
use crate::events::Status;
use crate::evidence::{Family, Fate, Fill, Graph, Need, On, Onlooker, Sight, Snapshot, circle};

pub use json::json;
pub use lines::{Stacks, Told};
pub use program::{Companion, Ends, Exit, Supervised, end_as, run};
pub use repairs::proved as repair;
pub use report::report;
pub use watch::Notice;

/// The least time between two looks, long enough that a process that does something now and then
/// has done it by the second look.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The diagnosis of a family of processes.
pub struct Diagnosis {
    sight: Sight,
    graph: Graph,
    /// The verdict on the whole family.
    pub verdict: Judgement,
    /// The PIDs of processes that wait for each other; empty if there is no circle.
    circle: Vec<u32>,
    /// How full each pipe is into which a stuck process can't write, by the pipe's inode.
    fills: BTreeMap<u64, Fill>,
    /// Children that have died: the parent's PID, the child's, and its status.
    dead: Vec<(u32, u32, Status)>,
}

/// What two looks at the processes a moment apart tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// None of the processes can go on.
    Stuck,
    /// Most likely no process can go on.
    LikelyStuck,
    /// Some processes can't go on; the others can, or may.
    SomeStuck,
    /// The processes could go on if somebody continued (SIGCONT) the stopped ones.
    Stopped,
    /// The kernel doesn't tell enough.
    Unknown,
    /// The processes go on.
    GoOn,
    /// The processes have ended.
    Ended,
}

/// Looks at a process that runs already and at its descendants, or at its process group.
///
/// # Errors
/// If there is no such process, or it has ended before the second look.
pub fn look_at(pid: u32, its_group: bool) -> Result<Diagnosis> {
    if Snapshot::at(std::process::id()).is_none() {
        bail!(both!(
            "the kernel shows no processes here: /proc is not mounted",
            "这里内核不显示任何进程：没有挂载 /proc"
        ));
    }
    let Some(root) = Snapshot::at(pid) else {
        bail!(both!(
            "there is no process {pid}; `ps` shows those that there are",
            "没有 PID 为 {pid} 的进程；用 `ps` 可以看到有哪些进程"
        ));
    };
    if pid == std::process::id() {
        bail!(both!(
            "process {pid} is this command itself; give the PID of another one",
            "{pid} 就是这条命令自己；请给出别的进程的 PID"
        ));
    }
    let family = match its_group {
        true => Family::Group(root.group),
        false => Family::Descendants(vec![pid]),
    };
    let earlier = Sight::of(&family, Onlooker::Process);
    thread::sleep(BETWEEN_LOOKS);
    let now = Sight::of(&family, Onlooker::Process);
    let is_same = |look: &Snapshot| look.started == root.started;
    if !its_group && !now.look(pid).is_some_and(is_same) {
        bail!(both!(
            "process {pid} ended while this command looked at it",
            "进程 {pid} 在查看期间结束了"
        ));
    }
    Ok(Diagnosis::of(now, &earlier))
}

impl Diagnosis {
    /// Whether this process can't go on; false if it most likely can't, and nothing otherwise.
    pub(crate) fn is_stuck(&self, pid: u32) -> Option<bool> {
        match self.graph.fate(pid) {
            Some(Fate::Stuck) => Some(true),
            Some(Fate::LikelyStuck) => Some(false),
            _ => None,
        }
    }

    /// What it is founded on.
    pub(crate) fn evidence(&self) -> (&Sight, &Graph, Vec<Fill>) {
        (&self.sight, &self.graph, self.fills.values().copied().collect())
    }

    /// The diagnosis from two looks at the same family.
    fn of(sight: Sight, earlier: &Sight) -> Diagnosis {
        let graph = Graph::of(&sight, earlier, |_| false);
        let looks = family::in_order(&sight).into_iter().map(|(look, _)| look.pid);
        let next: Vec<_> = looks.map(|pid| (pid, next(&sight, &graph, pid))).collect();
        let circle = circle(&next);
        let verdict = verdict(&sight, &graph);
        let stuck = sight.waits().iter().filter(|it| graph.is_stuck(it.pid));
        let things = stuck.flat_map(|wait| wait.things.iter().map(|it| (wait.pid, it)));
        let full = things.filter(|(_, it)| it.needs == Need::Room);
        let fills = full.filter_map(|(pid, it)| Fill::of(pid, it.fd?));
        let fills = fills.map(|fill| (fill.inode, fill)).collect();
        let dead = match verdict {
            Judgement::GoOn => Vec::new(),
            _ => dead(&sight).collect(),
        };
        Diagnosis { sight, graph, verdict, circle, fills, dead }
    }
}

/// The zombies: each one's parent's PID, its own, and its status.
fn dead(sight: &Sight) -> impl Iterator<Item = (u32, u32, Status)> {
    let status = |it: &Snapshot| it.wait_status.map(Status::from_wait_status);
    sight.dead_children().filter_map(move |it| Some((it.parent, it.pid, status(it)?)))
}

/// The other processes that a stuck process waits for, except processes that share a lock with it:
/// any of those may hold the lock, or none.
fn next(sight: &Sight, graph: &Graph, pid: u32) -> Vec<u32> {
    let waits = sight.waits().iter().filter(|it| it.pid == pid && graph.is_stuck(pid));
    let things = waits.flat_map(|wait| &wait.things);
    let things = things.filter(|thing| !matches!(thing.on, On::Memory(_)));
    let of = things.flat_map(|thing| thing.of()).copied().filter(|it| *it != pid);
    of.collect::<BTreeSet<_>>().into_iter().collect()
}

fn verdict(sight: &Sight, graph: &Graph) -> Judgement {
    let fates: Vec<_> = sight.family().filter_map(|look| graph.fate(look.pid)).collect();
    let count = |is_meant: fn(&Fate) -> bool| fates.iter().filter(|it| is_meant(it)).count();
    let stuck = count(|it| *it == Fate::Stuck);
    let likely = count(|it| *it == Fate::LikelyStuck);
    match fates.len() {
        0 => Judgement::Ended,
        all if all == stuck => Judgement::Stuck,
        all if all == stuck + likely => Judgement::LikelyStuck,
        _ if stuck + likely > 0 => Judgement::SomeStuck,
        _ if count(|it| matches!(it, Fate::GoesOn(_))) > 0 => Judgement::GoOn,
        _ if count(|it| *it == Fate::Unknown) > 0 => Judgement::Unknown,
        _ => Judgement::Stopped,
    }
}
