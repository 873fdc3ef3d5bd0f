//! Who can go on, and who can't.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::look::{Snapshot, TaskLook, ThreadState, stopped_by};
use super::sight::Sight;
use super::signals::numbers;
use super::wait::{From, On, Outside, Thing, Unless, Wait};

/// What two looks say of everyone who was looked at.
pub struct Graph {
    fates: BTreeMap<u32, Fate>,
    threads: HashMap<i32, Fate>,
    unless: Vec<Unless>,
}

/// Whether a process or thread can go on.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It can't: each of its threads waits for something that only others in the same plight could
    /// bring.
    Stuck,
    /// Most likely it can't.
    LikelyStuck,
    /// The kernel doesn't tell enough.
    Unknown,
    /// It can as soon as somebody lets a stopped process go on: itself or one that it waits for.
    Stopped,
    /// It can.
    GoesOn(Cause),
}

/// Why a process can go on.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It runs.
    Runs,
    /// A debugger decides about it.
    Debugged,
    /// It has done something between the looks.
    Moved,
    /// It waits for something that is no process.
    WaitsFor(Outside),
    /// It has set a timer, whose signal would wake it.
    Timer,
    /// It waits for this process, which can go on.
    Other(u32),
}

/// How far a thread or process is from being stuck. The greater one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Outlook {
    Stuck,
    Likely,
    Unknown,
    Stopped,
    GoesOn,
}

/// A thread, as far as it is known.
struct ThreadOutlook<'a> {
    pid: u32,
    tid: i32,
    level: Outlook,
    reason: Option<Cause>,
    wait: Option<&'a Wait>,
}

impl Graph {
    /// Judges by two looks. Of a thread of which the kernel says no more than that it waits,
    /// `is_known_to_wait` may say that it waits for others of these processes.
    pub fn of(now: &Sight, earlier: &Sight, is_known_to_wait: impl Fn(&Snapshot) -> bool) -> Graph {
        let waits: HashMap<_, _> = now.waits().iter().map(|it| ((it.pid, it.tid), it)).collect();
        let mut threads = Vec::new();
        for look in now.looks() {
            let before = earlier.look(look.pid);
            let before = before.filter(|before| before.started == look.started);
            let before = before.into_iter().flat_map(|before| &before.threads);
            let before: HashMap<i32, &TaskLook> = before.map(|it| (it.tid, it)).collect();
            for thread in &look.threads {
                let (level, reason) = match thread.state {
                    ThreadState::Ended => continue,
                    ThreadState::Runs => (Outlook::GoesOn, Some(Cause::Runs)),
                    ThreadState::Debugged => (Outlook::GoesOn, Some(Cause::Debugged)),
                    ThreadState::Stopped => (Outlook::Stopped, None),
                    ThreadState::Waits if before.get(&thread.tid) != Some(&thread) => {
                        (Outlook::GoesOn, Some(Cause::Moved))
                    }
                    ThreadState::Waits => match &thread.call {
                        None if !is_known_to_wait(look) => (Outlook::Unknown, None),
                        _ => (Outlook::Stuck, None),
                    },
                };
                threads.push(ThreadOutlook {
                    pid: look.pid,
                    tid: thread.tid,
                    level,
                    reason,
                    wait: waits.get(&(look.pid, thread.tid)).copied(),
                });
            }
        }
        raise(&mut threads);
        let mut best: BTreeMap<u32, &ThreadOutlook> = BTreeMap::new();
        for thread in &threads {
            let best = best.entry(thread.pid).or_insert(thread);
            if thread.level > best.level {
                *best = thread;
            }
        }
        let likely: BTreeMap<_, _> =
            best.iter().filter(|(_, it)| it.level == Outlook::Likely).collect();
        let waits = now.waits().iter().filter(|it| likely.contains_key(&it.pid));
        let mut unless: Vec<Unless> = waits.flat_map(conditions).collect();
        unless.sort();
        unless.dedup();
        Graph {
            unless,
            fates: best.iter().map(|(pid, it)| (*pid, it.fate())).collect(),
            threads: threads.iter().map(|it| (it.tid, it.fate())).collect(),
        }
    }

    /// Whether this process can go on. Nothing if it has ended, or was not looked at.
    pub fn fate(&self, pid: u32) -> Option<&Fate> {
        self.fates.get(&pid)
    }

    /// Whether the thread with this ID can go on.
    pub fn threads_fate(&self, tid: i32) -> Option<&Fate> {
        self.threads.get(&tid)
    }

    /// What could let those go on that are most likely stuck.
    pub fn unless(&self) -> &[Unless] {
        &self.unless
    }

    /// Whether it can't, or most likely can't.
    pub fn is_stuck(&self, pid: u32) -> bool {
        matches!(self.fate(pid), Some(Fate::Stuck | Fate::LikelyStuck))
    }
}

impl ThreadOutlook<'_> {
    fn fate(&self) -> Fate {
        match self.level {
            Outlook::Stuck => Fate::Stuck,
            Outlook::Likely => Fate::LikelyStuck,
            Outlook::Unknown => Fate::Unknown,
            Outlook::Stopped => Fate::Stopped,
            Outlook::GoesOn => Fate::GoesOn(self.reason.clone().unwrap_or(Cause::Runs)),
        }
    }
}

/// Raises each thread that waits to what the best of those could do who could end its wait, until
/// nothing changes.
fn raise(threads: &mut [ThreadOutlook]) {
    loop {
        let best = Best::of(threads);
        let mut has_changed = false;
        for thread in threads.iter_mut() {
            let Some(wait) = thread.wait else {
                continue;
            };
            let noticed = wait.noticed.iter().map(|pid| (best.process(*pid, None), *pid));
            let noticed = noticed.map(|(level, pid)| (level, Some(Cause::Other(pid))));
            let things = wait.things.iter().flat_map(|it| reach(it, thread.tid, &best));
            let timer = wait.has_timer.then_some((Outlook::GoesOn, Some(Cause::Timer)));
            let signals = (wait.handled != 0).then_some((Outlook::Likely, None));
            for (level, reason) in noticed.chain(things).chain(timer).chain(signals) {
                if level > thread.level {
                    (thread.level, thread.reason) = (level, reason);
                    has_changed = true;
                }
            }
        }
        if !has_changed {
            break;
        }
    }
}

/// What could end this wait, and most likely doesn't.
fn conditions(wait: &Wait) -> impl Iterator<Item = Unless> {
    let pid = wait.pid;
    let handled = Unless { pid, signals: numbers(wait.handled), what: None };
    let signals = (wait.handled != 0).then_some(handled);
    let things = wait.things.iter().filter_map(move |it| {
        Some(Unless { pid, signals: Vec::new(), what: Some(it.unless.clone()?) })
    });
    signals.into_iter().chain(things)
}

/// How far those who could bring this are from being stuck.
fn reach(thing: &Thing, waiter: i32, best: &Best) -> Vec<(Outlook, Option<Cause>)> {
    match &thing.from {
        From::Outside(outside) => {
            vec![(Outlook::GoesOn, Some(Cause::WaitsFor(outside.clone())))]
        }
        From::Unknown => vec![(Outlook::Unknown, None)],
        From::Processes(pids) | From::Likely(pids) => {
            let floor = match thing.from {
                From::Likely(_) => Outlook::Likely,
                _ => Outlook::Stuck,
            };
            let of = pids.iter().map(|pid| {
                let level = match thing.on {
                    On::Thread(Some(tid)) => best.thread(tid),
                    _ => best.process(*pid, Some(waiter)),
                };
                (level.max(floor), Some(Cause::Other(*pid)))
            });
            std::iter::once((floor, None)).chain(of).collect()
        }
    }
}

/// The two best threads of each process, and each thread's level.
struct Best {
    threads: HashMap<i32, Outlook>,
    processes: HashMap<u32, [(Outlook, i32); 2]>,
}

impl Best {
    fn of(threads: &[ThreadOutlook]) -> Best {
        let mut processes: HashMap<u32, [(Outlook, i32); 2]> = HashMap::new();
        for it in threads {
            let [first, second] =
                processes.entry(it.pid).or_insert([(Outlook::Stuck, 0), (Outlook::Stuck, 0)]);
            if it.level > first.0 {
                *second = *first;
                *first = (it.level, it.tid);
            } else if it.level > second.0 {
                *second = (it.level, it.tid);
            }
        }
        Best { threads: threads.iter().map(|it| (it.tid, it.level)).collect(), processes }
    }

    /// What this process could do without the one thread that waits for it.
    fn process(&self, pid: u32, besides: Option<i32>) -> Outlook {
        match self.processes.get(&pid) {
            // This process is not among those that it looks at, and it does go on.
            None if pid == std::process::id() => Outlook::GoesOn,
            // Unknown process: it just exited, or is hidden from us.
            None => Outlook::Unknown,
            Some([(_, tid), (level, _)]) if Some(*tid) == besides => *level,
            Some([(level, _), _]) => *level,
        }
    }

    fn thread(&self, tid: i32) -> Outlook {
        self.threads.get(&tid).copied().unwrap_or(Outlook::Unknown)
    }
}

/// The signals that have stopped processes of this sight: a PID and a number each.
pub fn stopped(sight: &Sight) -> Vec<(u32, i32)> {
    let is_stopped =
        |look: &&Snapshot| look.threads.iter().any(|it| it.state == ThreadState::Stopped);
    let stopped = sight.looks().filter(is_stopped);
    stopped.filter_map(|look| Some((look.pid, stopped_by(look.pid)?))).collect()
}

/// Processes of which each waits for the next, and the last one for the first: the shortest circle
/// through the first of these that is in one. `next` has for whom each process waits. Empty if
/// there is no circle.
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
            // Whoever waits for itself, or for one that waits for nobody, is at a dead end.
            (vec![(1, vec![1])], vec![]),
            (vec![(1, vec![2]), (2, vec![])], vec![]),
            (vec![(1, vec![2]), (2, vec![2])], vec![]),
        ] {
            assert_eq!(circle(&waits), expected);
        }
    }
}
