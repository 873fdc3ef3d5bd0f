//! Who waits for whom.

use std::collections::HashMap;

use super::sight::Sight;
use crate::events::{Call, Holder, Needs, Waiter, Way};
use crate::evidence::{Fill, Held, Look, State as Doing, Until};
use crate::state::{Activity, Process, State};

/// Everyone who waits, the parent first, then in the order of their starts.
pub(super) fn waits(sight: &Sight, state: &State, fills: &[Fill]) -> Vec<Waiter> {
    let us = Us {
        sight,
        state,
        fills,
    };
    let processes = state.parent().into_iter().chain(state.alive());
    let mut waits: Vec<_> = processes.flat_map(|process| us.waiters(process)).collect();
    // The log knows nothing of these: children of a foreign program.
    for (pid, look) in sight.looks() {
        if state.process(pid).is_none() {
            let role = look.threads.first().map(|it| it.name.clone());
            waits.push(us.by_the_kernel(pid, &role.unwrap_or_default(), look));
        }
    }
    waits
}

/// Processes of which each waits for the next, and the last one for the first. None if there is no such circle.
pub(super) fn circle(waits: &[Waiter]) -> Vec<u32> {
    let mut next: HashMap<u32, Vec<u32>> = HashMap::new();
    for waiter in waits {
        let others = waiter.of.iter();
        let others = others.filter(|it| !it.ended && it.pid != waiter.pid);
        next.entry(waiter.pid)
            .or_default()
            .extend(others.map(|it| it.pid));
    }
    waits
        .iter()
        .find_map(|waiter| circle_from(waiter.pid, &next))
        .unwrap_or_default()
}

/// The shortest circle through this process.
fn circle_from(start: u32, next: &HashMap<u32, Vec<u32>>) -> Option<Vec<u32>> {
    let mut came_from: HashMap<u32, u32> = HashMap::new();
    let mut reached = std::collections::VecDeque::from([start]);
    while let Some(pid) = reached.pop_front() {
        for other in next.get(&pid).into_iter().flatten() {
            if *other == start {
                let mut circle = vec![pid];
                while let Some(before) = came_from.get(&circle[circle.len() - 1]) {
                    circle.push(*before);
                }
                circle.reverse();
                return Some(circle);
            }
            if *other != pid && !came_from.contains_key(other) {
                came_from.insert(*other, pid);
                reached.push_back(*other);
            }
        }
    }
    None
}

struct Us<'a> {
    sight: &'a Sight,
    state: &'a State,
    fills: &'a [Fill],
}

impl Us<'_> {
    /// What the threads of this process wait for. One that only waits for its own threads is not worth a line beside them.
    fn waiters(&self, process: &Process) -> Vec<Waiter> {
        let look = self.sight.look(process.pid);
        let of_threads = |(name, does): (Option<&str>, Activity)| match does {
            Activity::Waiting(Call::Join) => None,
            _ => self.by_the_log(process, name, does, look),
        };
        let waiters: Vec<_> = process.threads().filter_map(of_threads).collect();
        match (waiters.is_empty(), look) {
            (false, _) => waiters,
            (true, Some(look)) => vec![self.by_the_kernel(process.pid, &process.role, look)],
            (true, None) => Vec::new(),
        }
    }

    fn by_the_log(
        &self,
        process: &Process,
        thread: Option<&str>,
        does: Activity,
        look: Option<&Look>,
    ) -> Option<Waiter> {
        let leaving = process.is_leaving().filter(|_| thread.is_none());
        let (call, needs) = match (does, leaving) {
            (Activity::Joining(_), _) => ("join", Needs::End),
            (Activity::Waiting(Call::Acquire), _) => ("acquire", Needs::Lock),
            (Activity::Waiting(call), _) => (call.name(), Needs::Value),
            (_, Some(Way::Queue)) => ("put", Needs::Room),
            (_, Some(Way::Pipe)) => ("send", Needs::Room),
            (Activity::Running | Activity::Sleeping, None) => return None,
        };
        // What a process puts or sends leaves by its stdout; which pipe the parent sends to, the log doesn't say.
        let started = process.started.as_ref();
        let stdout = started.and_then(|it| it.stdout.as_deref());
        let on = process.waits_on(thread);
        let on = on.or(stdout.filter(|_| leaving.is_some()));
        let on = on.map(str::to_owned);
        let in_call = look.and_then(|look| self.call(look, needs));
        let kernel = in_call.as_ref().map(|(name, _)| (*name).to_owned());
        let held = in_call.and_then(|(_, held)| held);
        let of = match (needs, does) {
            (Needs::End, Activity::Joining(child)) => vec![self.holder(child)],
            (Needs::Lock, _) => {
                let holder = on.as_deref().and_then(|lock| self.state.holder_of(lock));
                holder.map(|it| self.holder(it.pid)).into_iter().collect()
            }
            _ => match held {
                Some(held) => self.other_ends(held, needs),
                None => self.other_ends_by_the_log(process, on.as_deref(), needs),
            },
        };
        let fill = held.filter(|_| needs == Needs::Room);
        let fill = fill.and_then(|held| self.fills.iter().find(|it| it.inode == held.inode));
        Some(Waiter {
            pid: process.pid,
            role: process.role.clone(),
            thread: thread.map(str::to_owned),
            call: call.to_owned(),
            on,
            needs,
            of,
            bytes: fill.map(|it| it.bytes),
            capacity: fill.map(|it| it.capacity as u64),
            kernel,
        })
    }

    /// A process of which the log doesn't say what it does.
    fn by_the_kernel(&self, pid: u32, role: &str, look: &Look) -> Waiter {
        let calls = look.threads.iter().filter_map(|it| it.call.as_ref());
        let call = calls
            .clone()
            .find(|call| !matches!(call.until, Until::Woken | Until::Anything));
        let call = call.or_else(|| calls.clone().next());
        let needs = match call.map(|call| &call.until) {
            Some(Until::ChildEnds) => Needs::End,
            Some(Until::Readable(_)) => Needs::Value,
            Some(Until::Writable(_)) => Needs::Room,
            _ => Needs::Unknown,
        };
        let of = match (needs, self.call(look, needs)) {
            (Needs::End, _) => look.children.iter().map(|it| self.holder(*it)).collect(),
            (Needs::Value | Needs::Room, Some((_, Some(held)))) => self.other_ends(held, needs),
            _ => Vec::new(),
        };
        let name = call.map(|call| call.name.to_owned());
        Waiter {
            pid,
            role: role.to_owned(),
            thread: None,
            call: name.clone().unwrap_or_default(),
            on: None,
            needs,
            of,
            bytes: None,
            capacity: None,
            kernel: name,
        }
    }

    /// The system call in which some thread of this process waits for that, and the pipe or socket of it.
    fn call(&self, look: &Look, needs: Needs) -> Option<(&'static str, Option<Held>)> {
        let waiting = look.threads.iter().filter(|it| it.state == Doing::Waits);
        let mut calls = waiting.filter_map(|it| it.call.as_ref());
        let held = |fds: &[i32]| {
            let holds = look.holds.as_ref()?;
            let mut held = fds.iter().filter_map(|fd| holds.get(fd));
            held.find(|it| it.inode != 0).copied()
        };
        calls.find_map(|call| match (&call.until, needs) {
            (Until::Readable(fds), Needs::Value) | (Until::Writable(fds), Needs::Room) => {
                Some((call.name, held(fds)))
            }
            // Here a parent has an eye on its children while it waits for room.
            (Until::Readable(_), Needs::End | Needs::Lock) => Some((call.name, None)),
            (Until::ChildEnds, Needs::End) => Some((call.name, None)),
            _ => None,
        })
    }

    /// Everyone who has the other end of this pipe.
    fn other_ends(&self, held: Held, needs: Needs) -> Vec<Holder> {
        let is_other = |it: &Held| {
            it.inode == held.inode
                && match needs {
                    Needs::Room => it.reads,
                    _ => it.writes,
                }
        };
        let holds = |look: &Look| {
            look.holds
                .as_ref()
                .is_some_and(|it| it.values().any(is_other))
        };
        let holders = self.sight.looks().filter(|(_, look)| holds(look));
        holders.map(|(pid, _)| self.holder(pid)).collect()
    }

    /// The same as far as the log tells: who was started with that queue or pipe. The parent, who has opened it, may have
    /// kept the end.
    fn other_ends_by_the_log(
        &self,
        process: &Process,
        on: Option<&str>,
        needs: Needs,
    ) -> Vec<Holder> {
        let started = process.started.as_ref();
        let own_end = started.and_then(|it| match needs {
            Needs::Room => it.stdout.as_deref(),
            _ => it.stdin.as_deref(),
        });
        let Some(name) = on.or(own_end) else {
            return Vec::new();
        };
        let others = self.state.alive().filter(|other| {
            let end = other.started.as_ref().and_then(|it| match needs {
                Needs::Room => it.stdin.as_deref(),
                _ => it.stdout.as_deref(),
            });
            other.pid != process.pid && end == Some(name)
        });
        let parent = self.state.parent().filter(|it| it.pid != process.pid);
        let holders = parent.into_iter().chain(others);
        holders.map(|it| self.holder(it.pid)).collect()
    }

    fn holder(&self, pid: u32) -> Holder {
        let process = self.state.process(pid);
        let name = || {
            let threads = self.sight.look(pid).map(|look| &look.threads);
            threads.and_then(|it| it.first()).map(|it| it.name.clone())
        };
        Holder {
            pid,
            role: match process {
                Some(process) => process.role.clone(),
                None => name().unwrap_or_default(),
            },
            ended: process.is_some_and(|it| it.ended.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiter(pid: u32, of: &[(u32, bool)]) -> Waiter {
        let of = of.iter().map(|(pid, ended)| Holder {
            pid: *pid,
            role: String::new(),
            ended: *ended,
        });
        Waiter {
            pid,
            role: String::new(),
            thread: None,
            call: "join".into(),
            on: None,
            needs: Needs::Unknown,
            of: of.collect(),
            bytes: None,
            capacity: None,
            kernel: None,
        }
    }

    #[test]
    fn a_circle_has_those_that_wait_for_each_other_and_nobody_else() {
        let (alive, dead) = (false, true);
        for (waits, expected) in [
            (vec![], vec![]),
            (
                vec![waiter(1, &[(2, alive)]), waiter(2, &[(1, alive)])],
                vec![1, 2],
            ),
            (
                vec![
                    waiter(1, &[(2, alive)]),
                    waiter(2, &[(3, alive)]),
                    waiter(3, &[(4, alive), (2, alive)]),
                    waiter(4, &[]),
                ],
                vec![2, 3],
            ),
            // Whoever waits for itself, or for one that is gone, is at a dead end.
            (vec![waiter(1, &[(1, alive)])], vec![]),
            (
                vec![waiter(1, &[(2, alive)]), waiter(2, &[(1, dead)])],
                vec![],
            ),
            (
                vec![waiter(1, &[(2, alive)]), waiter(2, &[(2, alive)])],
                vec![],
            ),
        ] {
            assert_eq!(circle(&waits), expected);
        }
    }
}
