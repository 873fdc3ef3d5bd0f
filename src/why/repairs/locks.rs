//! Locks, events, conditions and barriers.

use std::collections::BTreeSet;

use crate::both;
use crate::evidence::{Goal, Need, On, Until};

use super::pipes::awaits_end;
use super::{Advice, Case, Waiter, methods, places, repair};

/// Fewer have come to a barrier than it was made for.
pub fn barrier(case: &Case) -> Option<Advice> {
    let parties = case.all_roots(|it| it.is_for(&[Goal::Barrier]))?;
    let is_same = |it: &&Waiter| match it.thing(Need::Lock) {
        Some(thing) => parties[0].thing(Need::Lock).is_some_and(|first| first.on == thing.on),
        None => it.pid() == parties[0].pid() && it.at() == parties[0].at(),
    };
    let (at, count) = (places(&parties), parties.len());
    // Whoever waits for one of them may be the one that is missing.
    if !parties.iter().all(is_same) || case.active().count() != count {
        return None;
    }
    let name = "barrier_party_missing";
    if !case.deaths().is_empty() {
        let asked = both!(
            "Who should come to the barrier, besides the {count} that wait at {at}?",
            "有 {count} 个在 {at} 等：还差谁没有到？"
        );
        return case.question(name, asked);
    }
    let what = both!(
        "let as many come to the barrier as it is made for, or make it for fewer: {count} wait at \
         {at}, and none is left that could come",
        "让到达的和 Barrier 的数目一样多，或者把数目改小：现在有 {count} 个在 {at} 等，再没有别的能到达了"
    );
    repair(name, what)
}

/// Which lock the thread waits for, to tell it from others.
fn lock(waiter: &Waiter) -> Option<(On, u64)> {
    if let Some(thing) = waiter.thing(Need::Lock) {
        return Some((thing.on.clone(), 0));
    }
    let thread = waiter.look.threads.iter().find(|it| it.tid == waiter.wait.tid)?;
    match thread.call.as_ref()?.until {
        Until::Woken { address, .. } => Some((On::Thread(Some(waiter.pid() as i32)), address)),
        _ => None,
    }
}

/// A thread waits for a lock that it has taken itself.
pub fn taken_twice(case: &Case) -> Option<Advice> {
    let waiters = case.all_roots(|it| {
        // A semaphore can be taken several times.
        it.is_for(&[Goal::Release]) && it.mentions(&["Semaphore"]) == Some(false)
    })?;
    let is_same = |it: &&Waiter| lock(it).is_some() && lock(it) == lock(waiters[0]);
    let has_it = |it: &&&Waiter| it.wanted().is_some_and(|lock| it.has_taken(&lock));
    let owner = waiters.iter().find(has_it)?;
    let at = owner.at();
    let what = both!(
        "an RLock, or taking the lock once: {at} waits for a lock that the same thread has taken \
         already",
        "用 RLock，或者只获取一次：{at} 等的锁已经被同一个线程获取了"
    );
    let is_proved = waiters.iter().all(is_same) && owner.mentions(&["Semaphore"]) == Some(false);
    is_proved.then(|| repair("lock_taken_twice", what))?
}

/// Each thread has one lock and waits for another one.
pub fn one_order(case: &Case) -> Option<Advice> {
    let waiters = case.all_roots(|it| {
        let (wanted, taken) = (it.wanted(), it.taken());
        it.is_for(&[Goal::Release])
            && wanted.is_some_and(|it| !taken.is_empty() && !taken.contains(&it))
    })?;
    let mut locks: Vec<_> = waiters.iter().filter_map(|it| lock(it)).collect();
    locks.sort();
    locks.dedup();
    if waiters.len() < 2 || locks.len() < waiters.len() || !case.deaths().is_empty() {
        return None;
    }
    let (name, at) = ("one_order", places(&waiters));
    let wanted: BTreeSet<String> = waiters.iter().filter_map(|it| it.wanted()).collect();
    let taken: BTreeSet<String> = waiters.iter().flat_map(|it| it.taken()).collect();
    if wanted.is_subset(&taken)
        && waiters.iter().all(|it| wanted.iter().all(|lock| it.is_global(lock)))
    {
        let what = both!(
            "take these locks in the same order everywhere: at {at} each thread has one and waits for \
             another one",
            "在所有地方按同样的顺序获取这些锁：在 {at}，每个线程都持有一把，又在等另一把"
        );
        return repair(name, what);
    }
    let asked = both!(
        "Are these locks taken in the same order everywhere? At {at} each thread has one and waits for \
         another one.",
        "这些锁是不是在所有地方都按同样的顺序获取？在 {at}，每个线程都持有一把，又在等另一把。"
    );
    case.question(name, asked)
}

/// A forked process waits for a lock that a thread of its parent's had when it was forked.
pub fn forked_lock(case: &Case) -> Option<Advice> {
    let waiters = case.all_roots(|it| {
        // Nor may the thread that forked have it.
        let is_never_kept = || {
            it.taken().is_empty()
                && it.mentions(&[".acquire("]) == Some(false)
                && it.mentions(&["hread"]) == Some(true)
                && case.threads_of(it.look.parent).all(|it| it.taken().is_empty())
        };
        it.thing(Need::Thread).is_some()
            && it.look.threads.len() == 1
            && case.is_forked(it.look)
            && (of_library(it).is_some() || it.is_for(&[Goal::Release]) && is_never_kept())
    })?;
    let (at, pid) = (places(&waiters), waiters[0].pid());
    let lock = of_library(waiters[0]).unwrap_or_else(|| both!("a lock", "一把锁"));
    repair(
        "no_fork_with_threads",
        both!(
            "start {pid} with spawn or forkserver, or before there are other threads: {at} waits for \
             {lock} that was held when {pid} was forked, and nobody releases the copy of it",
            "用 spawn 或 forkserver 启动 {pid}，或者在还没有别的线程时启动：{at} 等的{lock}在 fork 时有线程持有，\
             而它的副本没有谁来释放"
        ),
    )
}

/// The name of a lock of the library's, which no thread can take twice.
fn of_library(waiter: &Waiter) -> Option<String> {
    let (inner, own) = waiter.stack?.split();
    let has = |file: &str| inner.first().is_some_and(|it| it.file.ends_with(file));
    if has("logging/__init__.py") {
        return Some(both!("the lock of logging", " logging 的锁"));
    }
    if has("<frozen importlib._bootstrap>") {
        return Some(both!("the lock of an import", " import 的锁"));
    }
    let is_print = own.is_some() && inner.is_empty() && waiter.told.call.is_none();
    let is_print = is_print && waiter.prints();
    is_print.then(|| both!("the lock of a stream's buffer", "输出缓冲区的锁"))
}

/// What has to come from another thread or process, by the kind of wait.
pub fn questions(case: &Case) -> Option<Advice> {
    // Who waits for end-of-file may need another answer.
    if case.active().any(|it| awaits_end(case, it)) {
        return None;
    }
    let kinds: [(&[Goal], _, _); 5] = [
        (&[Goal::Value, Goal::ReadLock], "who_puts", "put"),
        (&[Goal::Room], "who_gets", "get"),
        (&[Goal::Event], "who_sets", "set"),
        (&[Goal::Condition], "who_notifies", "notify"),
        (&[Goal::Release, Goal::Semaphore, Goal::WriteLock], "who_releases", ""),
    ];
    let mut all = kinds.into_iter().filter_map(|(goals, name, method)| {
        Some((case.all_roots(|it| it.is_for(goals))?, name, method))
    });
    let (waiters, name, method) = all.next()?;
    let (at, call) = (places(&waiters), methods(&waiters, method));
    let is_for_more = waiters.iter().any(|it| it.call().contains("wait_for"));
    let asked = match method {
        "" => both!(
            "Who should release what is waited for: {at}?",
            "谁持有 {at} 等的锁或信号量，该由谁释放？"
        ),
        "notify" if is_for_more => both!(
            "Who should make true what {at} waits for, and call {call} then?",
            "{at} 等的条件该由谁变成真，然后调用 {call}？"
        ),
        "notify" => both!(
            "Who should call {call} for {at}, and not before it waits?",
            "{at} 在等：该由谁调用 {call}？而且要在它开始等之后。"
        ),
        _ => both!("Who should call {call} for {at}?", "{at} 在等：该由谁调用 {call}？"),
    };
    case.question(name, asked)
}
