//! Who waits for whom in a stuck program: the kernel says who can end a wait, and the log at which
//! line it began, who has a lock, and who has used the object before.

use std::collections::{BTreeSet, HashSet};

use super::facts::{Facts, Life};
use crate::events::{Call, Event, Holder, Needs, Proof, Status, Waiter, Way};
use crate::evidence::{Fill, Goal, Need, On, Sight, Wait, circle};
use crate::state::{Activity, Place, Process, State};
use crate::stuck::{waits, words::opposite_order};
use crate::why::{Diagnosis, Stacks, Told, repair};

/// The event that tells that a program is stuck, or `is_likely` stuck, with what repairs it, where
/// the frames prove that and the log doesn't say more.
pub fn stuck(finding: &Diagnosis, is_likely: bool, state: &State, facts: &Facts) -> Event<'static> {
    let stacks = &Stacks::of(finding);
    let (sight, graph, fills) = finding.evidence();
    let seen = StuckProgram { sight, fills: &fills, stacks, state, facts };
    let is_stuck = |pid| graph.is_stuck(pid);
    let by_the_log = waits::waits(sight, is_stuck, state, &fills);
    // A worker without a task waits for the next one.
    let is_idle = |pid| facts.process(pid).is_some_and(|it| it.is_library && it.values == 0);
    let by_the_log = by_the_log.into_iter().filter(|it| is_stuck(it.pid) && !is_idle(it.pid));
    let mut all: Vec<_> = by_the_log.map(|it| seen.completed(it)).collect();
    // Threads that are joined are there themselves, in the log or by their frames.
    let is_join = |it: &Waiter| it.call == "join" && it.needs == Needs::Threads;
    let others = |all: &[Waiter]| -> HashSet<u32> {
        all.iter().filter(|it| !is_join(it)).map(|it| it.pid).collect()
    };
    let known = others(&all);
    let joining = all.iter().filter(|it| is_join(it) && !known.contains(&it.pid));
    let joining: BTreeSet<_> = joining.map(|it| it.pid).collect();
    all.extend(joining.into_iter().flat_map(|pid| seen.other_threads(pid)));
    let known = others(&all);
    all.retain(|it| !is_join(it) || !known.contains(&it.pid));
    let of_one = all.chunk_by_mut(|a, b| a.pid == b.pid);
    of_one.for_each(|threads| threads.sort_by(|a, b| a.thread.cmp(&b.thread)));
    // Whoever waits for a queue's own lock waits for what its holder waits for.
    for place in 0..all.len() {
        let waiter = &all[place];
        if waiter.call == "get" && waiter.kernel.is_none() && waiter.needs == Needs::Value {
            let reads =
                |it: &&Waiter| it.on == waiter.on && it.call == "get" && it.kernel.is_some();
            let of = all.iter().find(reads).map(|it| it.of.clone());
            let dead = if of.is_none() { seen.dead_reader(waiter) } else { None };
            let waiter = &mut all[place];
            waiter.of = of.unwrap_or(std::mem::take(&mut waiter.of));
            if let Some(dead) = dead {
                (waiter.needs, waiter.of) = (Needs::Lock, vec![dead]);
            }
        }
    }
    for waiter in &mut all {
        waiter.proof = waiter.proof.take().or(facts.proof(waiter, state));
    }
    let next: Vec<_> = all.iter().map(waits::next).collect();
    let circle = circle(&next);
    let mut proofs = all.iter().filter_map(|it| it.proof.as_ref());
    let is_proved = opposite_order(&all, &circle).is_some()
        || proofs.any(|it| !matches!(it, Proof::NoOtherThread { .. }));
    let repair = if is_proved { None } else { repair(finding, stacks).map(Into::into) };
    let (waits, circle, likely) = (all.into(), circle.into(), is_likely.then_some(true));
    Event::Stuck { waits, circle, mistake: None, command: None, repair, likely }
}

/// What there is to see of a stuck program.
struct StuckProgram<'a> {
    sight: &'a Sight,
    fills: &'a [Fill],
    stacks: &'a Stacks,
    state: &'a State,
    facts: &'a Facts,
}

impl StuckProgram<'_> {
    /// What a thread waits for, with what only the log of a program tells.
    fn completed(&self, mut waiter: Waiter) -> Waiter {
        let (pid, facts) = (waiter.pid, self.facts);
        let process = self.state.process(pid);
        let does = process.map(|it| it.does(waiter.thread.as_deref())).unwrap_or_default();
        if !matches!(does, Activity::Waiting(_) | Activity::Joining(_)) && waiter.call != "send" {
            // put() has returned; what the kernel shows may be the thread that writes what it has
            // put.
            let by_the_frames = || self.by_the_frames(pid, pid as i32);
            let waiter = self.of_feeder(pid).or_else(by_the_frames);
            return waiter.unwrap_or_else(|| self.by_the_kernel(pid, None));
        }
        waiter.at = process.and_then(|it| it.line(waiter.thread.as_deref())).cloned();
        if waiter.needs == Needs::End {
            let told = self.told(pid, pid as i32).and_then(|it| it.call).map(|it| in_parts(&it));
            waiter.on = told.and_then(|(on, call)| on.filter(|_| call == waiter.call));
        }
        let Some(object) = waiter.on.as_ref().and_then(|on| facts.objects.get(on)) else {
            return waiter;
        };
        let users = |is_meant: &dyn Fn(&Life, u64, bool) -> bool| -> Vec<Holder> {
            let users = object.users.iter().filter(|(it, _)| **it != pid);
            let users = users.filter_map(|(pid, it)| Some((facts.process(*pid)?, it)));
            let takes = |it: &super::objects::Use| it.tries || it.takes > 0;
            let meant = users.filter(|(life, it)| is_meant(life, it.gives, takes(it)));
            meant.filter(|(it, _)| !it.has_ended).map(|(it, _)| it.holder(None)).collect()
        };
        let (giver, taker) = (|_: &Life, gives, _| gives > 0, |_: &Life, _, takes| takes);
        let Activity::Waiting(call) = does else { return waiter };
        let (needs, of) = match call {
            Call::Wait => (waking(&object.kind), users(&giver)),
            Call::Join if object.kind.is_empty() => return waiter,
            Call::Join => (Needs::Tasks, users(&taker)),
            Call::Result => (Needs::Result, users(&|life, gives, _| gives > 0 && life.values > 0)),
            Call::Put => (Needs::Room, users(&taker)),
            Call::Get if object.is_of_threads() => {
                (Needs::Value, facts.process(pid).map(|it| it.holder(None)).into_iter().collect())
            }
            Call::Get if waiter.kernel.is_none() => (Needs::Value, users(&giver)),
            Call::Acquire if object.is_semaphore() => {
                (Needs::Semaphore, users(&|_, gives, takes| gives > 0 || takes))
            }
            Call::Acquire => {
                let held = waiter.on.as_ref().and_then(|lock| facts.held.get(lock));
                let holder = held.map(|it| {
                    let thread = it.thread.clone();
                    Holder { thread, ..facts.lives[it.life].holder(it.at.clone()) }
                });
                (Needs::Lock, holder.into_iter().collect())
            }
            _ => return waiter,
        };
        Waiter { needs, of, ..waiter }
    }

    /// The thread that writes into a queue's pipe, if it waits there: for room, or for the queue's
    /// own lock, with which a process has died.
    fn of_feeder(&self, pid: u32) -> Option<Waiter> {
        let sent = self.state.on_its_way(Way::Queue).filter(|it| it.parcel.from == pid);
        let (mut sent, facts) = (sent.peekable(), self.facts);
        sent.peek()?;
        let is_other = |it: &&Wait| it.pid == pid && it.tid != pid as i32;
        let mut things = self.sight.waits().iter().filter(is_other).flat_map(|it| &it.things);
        let thread = Some(Waiter::FEEDER.to_owned());
        let waiter = self.by_the_kernel(pid, None);
        if things.clone().any(|it| it.needs == Need::Room && matches!(it.on, On::Pipe(_))) {
            return Some(Waiter { thread, ..waiter });
        }
        let shares = things.any(|it| it.needs == Need::Lock && matches!(it.on, On::Memory(_)));
        let mut queues = sent.filter(|it| it.place == Place::Buffer).map(|it| &it.on);
        let dead = queues.find_map(|on| {
            let last = facts.process(facts.objects.get(on)?.fed?)?;
            let is_dead = matches!(last.status, Some(Status::Signal(_))) && last.has_ended;
            is_dead.then(|| (on.clone(), last.holder(None)))
        });
        let (on, dead) = dead.filter(|_| shares)?;
        Some(Waiter { thread, on: Some(on), needs: Needs::Lock, of: vec![dead], ..waiter })
    }

    /// What a thread waits for in a call that isn't in the log, if it has a line of the program's.
    fn by_the_frames(&self, pid: u32, tid: i32) -> Option<Waiter> {
        let Told { call, at: Some(at), goal, thread, .. } = self.told(pid, tid)? else {
            return None;
        };
        let waiter = self.by_the_kernel(pid, Some(tid));
        let thread = thread.filter(|_| tid != pid as i32);
        let (on, call) = call.map_or((None, waiter.call.clone()), |it| in_parts(&it));
        let waits = || self.sight.waits().iter().filter(|it| it.pid == pid);
        let is_own = waits().flat_map(|it| &it.things).all(|it| it.needs == Need::Thread);
        let needs = match goal {
            Some(Goal::Release) => Needs::Lock,
            Some(Goal::Event) => Needs::Event,
            Some(Goal::Condition) => Needs::Condition,
            Some(Goal::Barrier) => Needs::Barrier,
            Some(Goal::Semaphore) => Needs::Semaphore,
            Some(Goal::TasksDone) => Needs::Tasks,
            Some(Goal::Results | Goal::Future) => Needs::Result,
            Some(
                Goal::Thread | Goal::Threads | Goal::FeederEnd | Goal::PoolEnd | Goal::ExecutorEnd,
            ) => Needs::Threads,
            _ if is_own => Needs::Wakeup,
            _ => waiter.needs,
        };
        let has_one = self.sight.look(pid).is_some_and(|it| it.threads.len() == 1);
        let proof =
            (is_own && has_one).then(|| Proof::NoOtherThread { is_fork: self.is_fork(pid) });
        // Of a lock it is not known who has it.
        let of = if needs == Needs::Lock { Vec::new() } else { waiter.of };
        Some(Waiter { thread, on, call, at: Some(at), needs, of, proof, ..waiter })
    }

    /// What the other threads than the main one wait for, by their frames.
    fn other_threads(&self, pid: u32) -> impl Iterator<Item = Waiter> {
        let others = self.sight.waits().iter().filter(move |it| it.pid == pid);
        let others = others.filter(move |it| it.tid != pid as i32);
        others.filter_map(move |it| self.by_the_frames(pid, it.tid))
    }

    /// What a thread's frames tell of its wait.
    fn told(&self, pid: u32, tid: i32) -> Option<Told> {
        let wait = self.sight.waits().iter().find(|it| it.tid == tid)?;
        Some(self.stacks.told(self.sight.look(pid)?, wait))
    }

    fn by_the_kernel(&self, pid: u32, tid: Option<i32>) -> Waiter {
        waits::by_the_kernel(self.sight, self.fills, self.state, pid, tid)
    }

    /// Whether the process is a fork of one in which other threads ran, and not a new program.
    fn is_fork(&self, pid: u32) -> bool {
        let life = self.facts.process(pid).filter(|it| !it.is_foreign);
        let is_fork =
            life.is_some_and(|it| it.method.as_deref().is_some_and(|it| it.ends_with("fork")));
        let parent = self.state.process(pid).and_then(|it| it.started.as_ref()).map(|it| it.by);
        let parent = parent.and_then(|it| self.facts.process(it));
        is_fork && parent.is_some_and(|it| it.has_threads)
    }

    /// The process that was killed in `get()` of the queue had the queue's own lock: nobody alive
    /// has it. Of several, only one had it.
    fn dead_reader(&self, waiter: &Waiter) -> Option<Holder> {
        let users = self.facts.objects.get(waiter.on.as_ref()?)?.users.keys();
        let in_get = |it: &&Process| {
            let is_in_get = it.does(None) == Activity::Waiting(Call::Get);
            is_in_get && it.waits_on(None) == waiter.on.as_deref()
        };
        let was_in_get = |life: &&Life| {
            let is_killed = matches!(life.status, Some(Status::Signal(_)));
            life.has_ended && is_killed && self.state.process(life.pid).as_ref().is_some_and(in_get)
        };
        let dead = users.filter_map(|pid| self.facts.process(*pid)).filter(was_in_get);
        let [dead] = dead.collect::<Vec<_>>()[..] else { return None };
        let at = self.state.process(dead.pid).and_then(|it| it.line(None));
        Some(dead.holder(at.cloned()))
    }
}

/// On what something is called, and what: of `p.join()`, `p` and `join`.
fn in_parts(call: &str) -> (Option<String>, String) {
    let call = call.strip_suffix("()").unwrap_or(call);
    match call.rsplit_once('.') {
        Some((on, name)) if !call.starts_with('`') => (Some(on.to_owned()), name.to_owned()),
        _ => (None, call.to_owned()),
    }
}

/// What wakes a thread that waits for such an object.
fn waking(kind: &str) -> Needs {
    match kind {
        "Event" => Needs::Event,
        "Condition" => Needs::Condition,
        "Barrier" => Needs::Barrier,
        _ => Needs::Wakeup,
    }
}
