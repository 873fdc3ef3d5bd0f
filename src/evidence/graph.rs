//! Which processes can go on, and which can't.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use super::look::{Snapshot, TaskLook, ThreadState, stopped_by};
use super::sight::Sight;
use super::signals::numbers;
use super::wait::{From, On, Outside, Thing, Unless, Wait};

/// The [`Fate`] of each process, from two looks.
pub struct Graph {
    fates: HashMap<u32, Fate>,
    threads: HashMap<i32, Fate>,
    unless: Vec<Unless>,
}

/// Whether a process or thread can go on.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It can't go on: each of its threads waits for something that only stuck processes could
    /// bring.
    Stuck,
    /// Most likely it can't go on.
    LikelyStuck,
    /// The kernel doesn't tell enough.
    Unknown,
    /// It can go on as soon as a stopped process gets SIGCONT: itself or one that it waits for.
    Stopped,
    /// It can go on.
    GoesOn(Cause),
}

/// Why a process can go on.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Runs,
    /// A debugger has stopped the process, and decides when it goes on.
    Debugged,
    /// It has done something between the looks.
    Moved,
    /// It waits for something that is no process.
    WaitsFor(Outside),
    /// It has set a timer, whose signal will wake it.
    Timer,
    /// It waits for this process, which can go on.
    Other(u32),
}

/// A thread, as far as it is known.
struct ThreadOutlook<'a> {
    pid: u32,
    tid: i32,
    fate: Fate,
    wait: Option<&'a Wait>,
}

/// The threads of each process, those first that are farthest from being stuck.
type Processes<'a> = HashMap<u32, Vec<&'a ThreadOutlook<'a>>>;

impl Graph {
    /// Judges by two looks. Where the kernel only says that a thread waits, `is_known_to_wait` may
    /// know that the thread's process waits for others of the family.
    pub fn of(now: &Sight, earlier: &Sight, is_known_to_wait: impl Fn(&Snapshot) -> bool) -> Graph {
        let waits: HashMap<_, _> = now.waits().iter().map(|it| ((it.pid, it.tid), it)).collect();
        let mut threads = Vec::new();
        for look in now.looks() {
            let before = earlier.look(look.pid);
            let before = before.filter(|before| before.started == look.started);
            let before = before.into_iter().flat_map(|before| &before.threads);
            let before: HashMap<i32, &TaskLook> = before.map(|it| (it.tid, it)).collect();
            for thread in &look.threads {
                let fate = match thread.state {
                    ThreadState::Ended => continue,
                    ThreadState::Runs => Fate::GoesOn(Cause::Runs),
                    ThreadState::Debugged => Fate::GoesOn(Cause::Debugged),
                    ThreadState::Stopped => Fate::Stopped,
                    ThreadState::Waits if before.get(&thread.tid) != Some(&thread) => {
                        Fate::GoesOn(Cause::Moved)
                    }
                    ThreadState::Waits if thread.call.is_none() && !is_known_to_wait(look) => {
                        Fate::Unknown
                    }
                    ThreadState::Waits => Fate::Stuck,
                };
                let (pid, tid) = (look.pid, thread.tid);
                let wait = waits.get(&(pid, tid)).copied();
                threads.push(ThreadOutlook { pid, tid, fate, wait });
            }
        }
        // If a process can go on, so can all that wait for it.
        loop {
            let processes = by_process(&threads);
            let better = |(index, thread)| Some((index, better(thread, &processes)?));
            let better: Vec<_> = threads.iter().enumerate().filter_map(better).collect();
            if better.is_empty() {
                break;
            }
            for (index, fate) in better {
                threads[index].fate = fate;
            }
        }
        let fates = by_process(&threads).into_iter();
        let fates: HashMap<_, _> = fates.map(|(pid, of)| (pid, of[0].fate.clone())).collect();
        let is_likely = |it: &&Wait| fates.get(&it.pid) == Some(&Fate::LikelyStuck);
        let all = now.waits().iter().filter(is_likely).flat_map(conditions);
        let serves = |look: &Snapshot| look.is_servant(now.look(look.parent));
        let (of_servants, of_others): (Vec<_>, Vec<_>) =
            all.partition(|it| now.look(it.pid).is_some_and(serves));
        // A condition for one of Python's own servers is told only if there is no other.
        let mut unless = if of_others.is_empty() { of_servants } else { of_others };
        unless.sort();
        unless.dedup();
        let threads = threads.into_iter().map(|it| (it.tid, it.fate)).collect();
        Graph { fates, threads, unless }
    }

    /// Whether this process can go on. Nothing if it has ended, or was not looked at.
    pub fn fate(&self, pid: u32) -> Option<&Fate> {
        self.fates.get(&pid)
    }

    pub fn threads_fate(&self, tid: i32) -> Option<&Fate> {
        self.threads.get(&tid)
    }

    /// The conditions under which processes that are most likely stuck would go on.
    pub fn unless(&self) -> &[Unless] {
        &self.unless
    }

    /// Whether the process can't go on, or most likely can't.
    pub fn is_stuck(&self, pid: u32) -> bool {
        matches!(self.fate(pid), Some(Fate::Stuck | Fate::LikelyStuck))
    }
}

impl Fate {
    /// How far this fate is from being stuck: the higher, the farther.
    fn level(&self) -> u8 {
        match self {
            Fate::Stuck => 0,
            Fate::LikelyStuck => 1,
            Fate::Unknown => 2,
            Fate::Stopped => 3,
            Fate::GoesOn(_) => 4,
        }
    }
}

fn by_process<'a>(threads: &'a [ThreadOutlook<'a>]) -> Processes<'a> {
    let mut processes = Processes::new();
    for thread in threads {
        processes.entry(thread.pid).or_default().push(thread);
    }
    for threads in processes.values_mut() {
        threads.sort_by_key(|it| Reverse(it.fate.level()));
    }
    processes
}

/// The best fate that this thread can get from whoever could end its wait; nothing if that is no
/// better than its fate so far.
fn better(thread: &ThreadOutlook, processes: &Processes) -> Option<Fate> {
    let wait = thread.wait?;
    let best = |pid: u32, is_meant: &dyn Fn(i32) -> bool| match processes.get(&pid) {
        // This process is not among those it looks at, and it does go on.
        None if pid == std::process::id() => Fate::GoesOn(Cause::Other(pid)),
        // The process has just ended, or is hidden.
        None => Fate::Unknown,
        Some(threads) => match threads.iter().find(|it| is_meant(it.tid)).map(|it| &it.fate) {
            None => Fate::Stuck,
            Some(Fate::GoesOn(_)) => Fate::GoesOn(Cause::Other(pid)),
            Some(fate) => fate.clone(),
        },
    };
    let of_thing = |thing: &Thing| match &thing.from {
        From::Outside(outside) => vec![Fate::GoesOn(Cause::WaitsFor(outside.clone()))],
        From::Unknown => vec![Fate::Unknown],
        From::Processes(pids) | From::Likely(pids) => {
            let is_meant = |tid| match thing.on {
                On::Thread(Some(joined)) => tid == joined,
                _ => tid != thread.tid,
            };
            let is_likely = matches!(thing.from, From::Likely(_));
            let others = pids.iter().map(|pid| best(*pid, &is_meant));
            is_likely.then_some(Fate::LikelyStuck).into_iter().chain(others).collect()
        }
    };
    let noticed = wait.noticed.iter().map(|pid| best(*pid, &|_| true));
    let things = wait.things.iter().flat_map(of_thing);
    let timer = wait.has_timer.then_some(Fate::GoesOn(Cause::Timer));
    let signals = (wait.handled != 0).then_some(Fate::LikelyStuck);
    let all = noticed.chain(things).chain(timer).chain(signals);
    // Of equally good fates the first one counts.
    let best = all.reduce(|best, it| if it.level() > best.level() { it } else { best });
    best.filter(|best| best.level() > thread.fate.level())
}

/// The conditions that could end this wait, and most likely don't.
fn conditions(wait: &Wait) -> impl Iterator<Item = Unless> {
    let pid = wait.pid;
    let handled = Unless { pid, signals: numbers(wait.handled), what: None };
    let things = wait.things.iter().filter_map(|it| it.unless.clone());
    let things = things.map(move |it| Unless { pid, signals: Vec::new(), what: Some(it) });
    (wait.handled != 0).then_some(handled).into_iter().chain(things)
}

/// The signals that have stopped processes of this sight: a PID and a number each.
pub fn stopped(sight: &Sight) -> Vec<(u32, i32)> {
    let is_stopped =
        |look: &&Snapshot| look.threads.iter().any(|it| it.state == ThreadState::Stopped);
    let stopped = sight.looks().filter(is_stopped);
    stopped.filter_map(|look| Some((look.pid, stopped_by(look.pid)?))).collect()
}

/// A circle of processes, each of which waits for the next: the shortest one through the first
/// process of `next` that is in a circle. `next` has for whom each process waits. Empty if there is
/// no circle.
pub fn circle(next: &[(u32, Vec<u32>)]) -> Vec<u32> {
    let edges: HashMap<u32, &[u32]> = next.iter().map(|(pid, of)| (*pid, &of[..])).collect();
    let mut starts = next.iter().map(|(pid, _)| *pid);
    starts.find_map(|start| circle_from(start, &edges)).unwrap_or_default()
}

/// The shortest circle through this process.
fn circle_from(start: u32, next: &HashMap<u32, &[u32]>) -> Option<Vec<u32>> {
    let mut came_from: HashMap<u32, u32> = HashMap::new();
    let mut reached = VecDeque::from([start]);
    while let Some(pid) = reached.pop_front() {
        for other in next.get(&pid).copied().into_iter().flatten() {
            if *other == start && pid != start {
                let mut circle = vec![pid];
                while let Some(before) = came_from.get(&circle[circle.len() - 1]) {
                    circle.push(*before);
                }
                circle.reverse();
                return Some(circle);
            }
            if *other != start && *other != pid && !came_from.contains_key(other) {
                came_from.insert(*other, pid);
                reached.push_back(*other);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_has_those_that_wait_for_each_other_and_nobody_else() {
        for (waits, expected) in [
            (vec![], vec![]),
            (vec![(1, vec![2]), (2, vec![1])], vec![1, 2]),
            (vec![(1, vec![2]), (2, vec![3]), (3, vec![4, 2]), (4, vec![])], vec![2, 3]),
            // A process that waits for itself, or for one that waits for nobody, is no circle.
            (vec![(1, vec![1])], vec![]),
            (vec![(1, vec![2]), (2, vec![])], vec![]),
            (vec![(1, vec![2]), (2, vec![2])], vec![]),
        ] {
            assert_eq!(circle(&waits), expected);
        }
    }
}
