//! Who waits for whom in a stuck program: the kernel says who can end a wait, and the log at which
//! line it began, who has a lock, and who has used the object before.

use std::collections::HashSet;

use super::facts::{Facts, Life};
use crate::events::{Call, Event, Holder, Needs, Status, Waiter};
use crate::evidence::{Fill, Need, On, Sight, Wait, circle};
use crate::state::{Activity, State};
use crate::stuck::waits;

/// The event that tells that a program is stuck, or `is_likely` stuck.
pub fn stuck(
    sight: &Sight,
    is_stuck: impl Fn(u32) -> bool + Copy,
    is_likely: bool,
    fills: &[Fill],
    state: &State,
    facts: &Facts,
) -> Event<'static> {
    let by_the_log = waits::waits(sight, is_stuck, state, fills);
    // A worker without a task waits for the next one.
    let is_idle = |pid| facts.process(pid).is_some_and(|it| it.is_library && it.values == 0);
    let by_the_log = by_the_log.into_iter().filter(|it| is_stuck(it.pid) && !is_idle(it.pid));
    let mut all: Vec<_> = by_the_log.map(|it| completed(it, sight, fills, state, facts)).collect();
    // Threads that are joined are there themselves.
    let is_join = |it: &Waiter| {
        let object = it.on.as_ref().and_then(|on| facts.objects.get(on));
        it.call == "join" && it.needs != Needs::End && object.is_none_or(|it| it.kind.is_empty())
    };
    let has_others: HashSet<_> = all.iter().filter(|it| !is_join(it)).map(|it| it.pid).collect();
    all.retain(|it| !is_join(it) || !has_others.contains(&it.pid));
    // Whoever waits for a queue's own lock waits for what its holder waits for.
    for place in 0..all.len() {
        let (before, rest) = all.split_at_mut(place);
        let Some((waiter, after)) = rest.split_first_mut() else { continue };
        let reads = |it: &&Waiter| it.on == waiter.on && it.call == "get" && it.kernel.is_some();
        let reader = before.iter().chain(&*after).find(reads);
        if waiter.call == "get" && waiter.kernel.is_none() && waiter.needs == Needs::Value {
            match reader {
                Some(reader) => waiter.of.clone_from(&reader.of),
                None => its_lock_died(waiter, facts),
            }
        }
    }
    let next: Vec<_> = all.iter().map(waits::next).collect();
    Event::Stuck {
        waits: all.into(),
        circle: circle(&next).into(),
        mistake: None,
        command: None,
        likely: is_likely.then_some(true),
    }
}

/// What a thread waits for, with what only the log of a program tells.
fn completed(
    mut waiter: Waiter,
    sight: &Sight,
    fills: &[Fill],
    state: &State,
    facts: &Facts,
) -> Waiter {
    let pid = waiter.pid;
    let does = state.process(pid).map(|it| it.does(waiter.thread.as_deref()));
    let waits_by_the_log = matches!(does, Some(Activity::Waiting(_) | Activity::Joining(_)));
    if !waits_by_the_log && waiter.call != Call::Send.name() {
        // put() has returned; what the kernel shows may be the thread that writes what it has put.
        let has_put = facts.objects.values().any(|it| it.givers.contains(&pid));
        let waiter = waits::by_the_kernel(sight, state, pid);
        return if has_put { of_feeder(waiter, sight, fills) } else { waiter };
    }
    waiter.at = facts.line(pid, waiter.thread.as_deref()).cloned();
    if waiter.needs == Needs::End {
        waiter.on = waiter.at.as_ref().and_then(|at| facts.callee(at, &waiter.call));
    }
    let object = waiter.on.as_ref().and_then(|on| facts.objects.get(on));
    let living = |pids: &mut dyn Iterator<Item = &u32>| -> Vec<Holder> {
        let lives = pids.filter(|it| **it != pid).filter_map(|it| facts.process(*it));
        lives.filter(|it| !it.has_ended).map(|it| holder(it, false)).collect()
    };
    match does {
        Some(Activity::Waiting(Call::Wait)) => {
            waiter.needs = Needs::Wakeup;
            waiter.of = object.map(|it| living(&mut it.givers.iter())).unwrap_or_default();
        }
        Some(Activity::Waiting(Call::Result)) => {
            let works = |pid: &&u32| facts.process(**pid).is_some_and(|it| it.values > 0);
            let workers = object.map(|it| living(&mut it.givers.iter().filter(works)));
            waiter.of = workers.unwrap_or_default();
        }
        Some(Activity::Waiting(Call::Put | Call::Join)) => {
            waiter.of = object.map(|it| living(&mut it.takers.iter())).unwrap_or_default();
        }
        Some(Activity::Waiting(Call::Get)) if object.is_some_and(|it| it.is_of_threads()) => {
            waiter.of = facts.process(pid).map(|it| holder(it, false)).into_iter().collect();
        }
        Some(Activity::Waiting(Call::Get)) if waiter.kernel.is_none() => {
            waiter.of = object.map(|it| living(&mut it.givers.iter())).unwrap_or_default();
        }
        Some(Activity::Waiting(Call::Acquire))
            if object.is_some_and(|it| it.kind.ends_with("Semaphore")) =>
        {
            waiter.needs = Needs::Wakeup;
            waiter.of = object.map(|it| living(&mut it.givers.iter())).unwrap_or_default();
        }
        Some(Activity::Waiting(Call::Acquire)) => {
            let held = waiter.on.as_ref().and_then(|lock| facts.held.get(lock));
            waiter.of = held
                .into_iter()
                .map(|(it, place)| {
                    let life = &facts.lives[*it];
                    Holder { at: place.clone(), ..holder(life, life.has_ended) }
                })
                .collect();
        }
        _ => {}
    }
    waiter
}

/// The thread that waits for room in a queue's pipe, if it is that, and how full the pipe is.
fn of_feeder(waiter: Waiter, sight: &Sight, fills: &[Fill]) -> Waiter {
    let is_other = |it: &&Wait| it.pid == waiter.pid && it.tid != it.pid as i32;
    let mut things = sight.waits().iter().filter(is_other).flat_map(|it| &it.things);
    let pipe = things.find_map(|thing| match thing.on {
        On::Pipe(inode) if thing.needs == Need::Room => Some(inode),
        _ => None,
    });
    let Some(inode) = pipe else { return waiter };
    let fill = fills.iter().find(|it| it.inode == inode);
    Waiter {
        thread: Some(Waiter::FEEDER.to_owned()),
        bytes: fill.map(|it| it.bytes),
        capacity: fill.map(|it| it.capacity as u64),
        ..waiter
    }
}

/// The process that was killed in `get()` of a queue had the queue's own lock: nobody alive has it.
fn its_lock_died(waiter: &mut Waiter, facts: &Facts) {
    let takers = waiter.on.as_ref().and_then(|on| facts.objects.get(on)).map(|it| &it.takers);
    let was_in_get = |life: &&Life| {
        let is_killed = matches!(life.status, Some(Status::Signal(_)));
        life.has_ended && is_killed && life.gets_from == waiter.on
    };
    let dead = takers.into_iter().flatten().filter_map(|pid| facts.process(*pid));
    // Of several, only one had it.
    if let [dead] = dead.filter(was_in_get).collect::<Vec<_>>()[..] {
        waiter.needs = Needs::Lock;
        waiter.of = vec![Holder { at: dead.last.clone(), ..holder(dead, true) }];
    }
}

fn holder(life: &Life, ended: bool) -> Holder {
    Holder { pid: life.pid, role: life.role.clone(), ended, at: None }
}
