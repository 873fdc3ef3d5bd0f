//! Queues: what is put, got, and said to be done.

use crate::both;
use crate::evidence::{Goal, Need};

use super::{Advice, Case, Waiter, methods, places, repair};

const GETS: [Goal; 2] = [Goal::Value, Goal::ReadLock];
/// What a thread of the same process could end.
const OF_THREADS: [Goal; 6] =
    [Goal::Value, Goal::Event, Goal::Condition, Goal::Barrier, Goal::Semaphore, Goal::TasksDone];

/// A queue or event of `threading` is used between processes, each of which has its own.
pub fn of_threads_only(case: &Case) -> Option<Advice> {
    let waiters = case.all_roots(|it| {
        let frames = it.stack.map(|it| &it.frames[..]).unwrap_or_default();
        let is_child =
            || frames.last().is_some_and(|it| it.is("multiprocessing/process.py", "_bootstrap"));
        let object = it.call().rsplit_once('.').map_or("", |it| it.0);
        it.is_for(&OF_THREADS)
            && it.thing(Need::Thread).is_some()
            && it.look.threads.len() == 1
            && it.mentions(&["Thread("]) == Some(false)
            && match is_child() {
                true => it.is_given(object),
                false => it.told.goal == Some(Goal::Value) && it.hands_on(object),
            }
    })?;
    let class = match waiters[0].told.goal? {
        Goal::Value | Goal::TasksDone => "Queue".to_owned(),
        goal => format!("{goal:?}"),
    };
    let at = places(&waiters);
    repair(
        "other_queue_between_processes",
        both!(
            "multiprocessing.{class} for {at}, in place of a {class} for threads: of that, each \
             process has a copy of its own",
            "{at} 要用 multiprocessing.{class}，而不是只供线程用的 {class}：后者每个进程各有一份副本"
        ),
    )
}

/// Readers get until a sentinel comes, and all others wait for them.
pub fn sentinels(case: &Case) -> Option<Advice> {
    let readers = case.all_roots(|it| it.is_for(&GETS) && it.gets_until_a_value())?;
    let mut queues: Vec<_> =
        readers.iter().filter_map(|it| Some(&it.thing(Need::Data)?.on)).collect();
    queues.dedup();
    let is_one = queues.len() <= 1 && readers.iter().all(|it| it.call() == readers[0].call());
    if !is_one || readers.iter().all(|it| it.told.goal == Some(Goal::ReadLock)) {
        return None;
    }
    // One that was to put it may have died.
    let join = case.waiters.iter().find(|it| {
        it.joins()
            && (it.thing(Need::End).is_some() || it.told.goal == Some(Goal::Thread))
            && it.told.duty.is_none()
    });
    let at_exit = case.waiters.iter().any(|it| it.told.is_at_exit && it.joins());
    // From another process, nothing comes into a queue for threads.
    let is_apart = |it: &&Waiter| {
        it.thing(Need::Thread).is_some() && join.is_some_and(|join| join.pid() != it.pid())
    };
    if !case.deaths().is_empty() || (join.is_none() && !at_exit) || readers.iter().any(is_apart) {
        return None;
    }
    let (at, puts) = (places(&readers), methods(&readers, "put"));
    let before = match join.map(Waiter::at) {
        Some(join) => both!("before {join}", "在 {join} 之前"),
        None => both!("before the program ends", "在程序结束之前"),
    };
    let name = "put_sentinels";
    // Somebody who puts may be in another file.
    let mut putters = join.iter().copied().chain(readers.iter().copied());
    if join.is_none() || putters.any(|it| it.puts_a_sentinel() != Some(false)) {
        let asked = both!(
            "Is a sentinel put for each reader {before}, and does the loop of {at} end at it?",
            "{before}，是不是给每个读取方都放了一个哨兵值，而且 {at} 的循环看到它就会结束？"
        );
        return case.question(name, asked);
    }
    repair(
        name,
        both!(
            "put a sentinel for each reader {before}, {puts} of None, say, at which the loop of {at} \
             ends",
            "{before}给每个读取方放一个哨兵值（例如用 {puts} 放入 None），让 {at} 的循环看到它就结束"
        ),
    )
}

/// Somebody waits until all values are done.
pub fn task_done(case: &Case) -> Option<Advice> {
    let all = case.all_roots(|it| it.is_for(&[Goal::TasksDone, Goal::Value, Goal::ReadLock]))?;
    let join = all.iter().find(|it| it.told.goal == Some(Goal::TasksDone))?;
    let (at, done) = (join.at(), methods(&[join], "task_done"));
    let asked = both!(
        "Is {done} called once for each get()? {at} waits for that.",
        "{at} 在等：每次 get() 之后都调用一次 {done} 了吗？"
    );
    case.question("task_done", asked)
}

/// Readers wait for a queue's own lock, and nobody who is left reads.
pub fn reader_killed(case: &Case) -> Option<Advice> {
    let all = case.all_roots(|it| it.is_for(&[Goal::ReadLock]))?;
    let at = places(&all);
    case.question(
        "who_releases",
        both!(
            "Which process had the queue's own lock for reading, for which {at} waits? None of those \
             that are left gets: a process that is killed in get() never releases it.",
            "{at} 等的是队列自己的读锁，持有者是谁？剩下的进程都不在读：在 get() 里被杀死的进程不会释放这把锁。"
        ),
    )
}
