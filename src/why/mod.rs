//! Why a program hangs: who waits for whom, in any program. It only looks: it changes nothing of
//! the program, stops nobody, and guesses nothing.

mod family;
mod json;
mod program;
mod repairs;
mod report;
mod sentences;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::both;
use crate::events::Status;
use crate::evidence::{Family, Fate, Fill, Graph, Need, On, Onlooker, Sight, Snapshot, circle};

pub use json::json;
pub use program::{Notice, Supervised, run};
use repairs::Repair;
pub use report::report;

/// How far two looks are apart, at least: whoever does something now and then has done it by the
/// second one.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// What was found out about some processes.
pub struct Diagnosis {
    sight: Sight,
    graph: Graph,
    /// What the whole comes to.
    pub verdict: Judgement,
    /// The PIDs of processes that wait for each other; empty if there is no circle.
    circle: Vec<u32>,
    /// How full the pipes are into which somebody who is stuck can't write, by their inodes.
    fills: BTreeMap<u64, Fill>,
    /// Children that have died, each with its parent's PID and its own, and how it ended.
    dead: Vec<(u32, u32, Status)>,
    /// What is known to lead there.
    repairs: Vec<Repair>,
}

/// What two looks come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// None of the processes can go on.
    Stuck,
    /// Most likely none of them can.
    LikelyStuck,
    /// Some of them can't, and others can, or may.
    SomeStuck,
    /// They could if somebody let those of them go on that are stopped.
    Stopped,
    /// The kernel doesn't tell enough.
    Unknown,
    /// They go on.
    GoOn,
    /// They have ended.
    Ended,
}

/// Looks at a process that runs already, and at everyone who descends from it; or at its process
/// group.
///
/// # Errors
/// When there is no such process, or it is gone when this looks again.
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
    /// What two looks at the same family come to.
    fn of(sight: Sight, earlier: &Sight) -> Diagnosis {
        let graph = Graph::of(&sight, earlier, |_| false);
        let next = |look: &Snapshot| (look.pid, next(&sight, &graph, look.pid));
        let looks = family::in_order(&sight).into_iter();
        let next: Vec<_> = looks.map(|(look, _)| next(look)).collect();
        let circle = circle(&next);
        let verdict = verdict(&sight, &graph);
        let mut fills = BTreeMap::new();
        let stuck = sight.waits().iter().filter(|it| graph.is_stuck(it.pid));
        for wait in stuck {
            let full = wait.things.iter().filter(|it| it.needs == Need::Room);
            let filled = full.filter_map(|it| Fill::of(wait.pid, it.fd?));
            fills.extend(filled.map(|fill| (fill.inode, fill)));
        }
        let repairs = repairs::repairs(&sight, &graph, &circle);
        let dead = match verdict {
            Judgement::GoOn => Vec::new(),
            _ => dead(&sight).collect(),
        };
        Diagnosis { sight, graph, verdict, circle, fills, dead, repairs }
    }
}

/// Children that nobody has asked for yet: their parents' PIDs, their own, and how they ended.
fn dead(sight: &Sight) -> impl Iterator<Item = (u32, u32, Status)> {
    sight.dead_children().filter_map(|it| {
        let status = ExitStatus::from_raw(it.wait_status?);
        let status = match (status.code(), status.signal()) {
            (Some(code), _) => Status::Code(code),
            (None, Some(signal)) => Status::Signal(signal),
            (None, None) => return None,
        };
        Some((it.parent, it.pid, status))
    })
}

/// For which others a process that is stuck waits. (Not those that share a lock with it: any of
/// them may have it, or none.)
fn next(sight: &Sight, graph: &Graph, pid: u32) -> Vec<u32> {
    let waits = sight.waits().iter().filter(|it| it.pid == pid && graph.is_stuck(pid));
    let things = waits.flat_map(|wait| &wait.things);
    let things = things.filter(|thing| !matches!(thing.on, On::Memory(_)));
    let of = things.flat_map(|thing| thing.of()).copied();
    let mut next: Vec<u32> = of.filter(|it| *it != pid).collect();
    next.sort_unstable();
    next.dedup();
    next
}

fn verdict(sight: &Sight, graph: &Graph) -> Judgement {
    let fates: Vec<_> = sight.family().filter_map(|look| graph.fate(look.pid)).collect();
    let is_stuck = |fate: &&Fate| matches!(fate, Fate::Stuck | Fate::LikelyStuck);
    let all = |is_meant: &dyn Fn(&&Fate) -> bool| fates.iter().all(is_meant);
    let any = |is_meant: &dyn Fn(&&Fate) -> bool| fates.iter().any(is_meant);
    match () {
        () if fates.is_empty() => Judgement::Ended,
        () if all(&|fate| **fate == Fate::Stuck) => Judgement::Stuck,
        () if all(&is_stuck) => Judgement::LikelyStuck,
        () if any(&is_stuck) => Judgement::SomeStuck,
        () if any(&|fate| matches!(fate, Fate::GoesOn(_))) => Judgement::GoOn,
        () if any(&|fate| **fate == Fate::Unknown) => Judgement::Unknown,
        () => Judgement::Stopped,
    }
}
