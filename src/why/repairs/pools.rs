//! Pools and executors: results that never come.

use procfs::process::Process;

use crate::both;
use crate::evidence::{Duty, Goal, Snapshot};

use super::{Advice, Case, Waiter, repair};

/// Nobody does anything any more, and a result is missing.
pub fn result_lost(case: &Case) -> Option<Advice> {
    if case.roots().next().is_some() {
        return None;
    }
    let waits = |it: &&Waiter| {
        it.told.goal == Some(Goal::Results)
            || it.told.goal == Some(Goal::PoolEnd) && it.call().ends_with("join()")
    };
    let waiter = case.waiters.iter().find(waits)?;
    let (pid, at) = (waiter.pid(), waiter.at());
    // All frames have to be known, as it goes by what isn't there.
    let is_known = case.threads_of(pid).count() == waiter.look.threads.len()
        && case.threads_of(pid).all(|it| it.stack.is_some());
    // A pool that fork() has copied has no threads in the copy.
    if !is_known || case.is_forked(waiter.look) {
        return None;
    }
    let has = |duty| case.threads_of(pid).any(|it| it.told.duty == Some(duty));
    let handlers = (has(Duty::TaskHandler), has(Duty::ResultHandler), has(Duty::WorkerHandler));
    let workers = workers(case, pid).filter_map(|it| case.threads_of(it.pid).next());
    let mut workers = workers.filter(|it| it.stack.is_some());
    let is_idle = workers.all(|it| it.told.duty == Some(Duty::PoolWorker));
    match handlers {
        (true, true, true) if is_idle && has_new_worker(case, waiter) => repair(
            "worker_killed",
            both!(
                "concurrent.futures.ProcessPoolExecutor, which raises BrokenProcessPool: a worker \
                 of this Pool was killed, or has ended itself, and {at} waits for ever",
                "改用 concurrent.futures.ProcessPoolExecutor，它会抛出 BrokenProcessPool：这个 Pool \
                 的一个工作进程被杀死或自己退出了，{at} 会永远等下去"
            ),
        ),
        (true, false, true) => repair(
            match waiter.mentions(&["callback"])? {
                true => "pool_ended",
                false => "result_cannot_be_unpickled",
            },
            both!(
                "results and exceptions that can be unpickled, and callbacks that raise nothing: an \
                 exception in the Pool's thread for results keeps {at} waiting for ever",
                "任务的结果和异常要能反序列化，回调函数不要抛出异常：Pool 接收结果的线程里出了异常，{at} 永远等不到\
                 结果"
            ),
        ),
        (false, false, false) => repair(
            "pool_ended",
            both!(
                "wait for results before the Pool is terminated, inside of its `with`: {at} waits \
                 for one that is over",
                "在 Pool 终止之前（也就是在它的 `with` 里面）等结果：{at} 等的 Pool 已经终止了"
            ),
        ),
        _ => None,
    }
}

/// The children of a process, also those that the fork server has made for it.
fn workers<'a>(case: &Case<'a>, of: u32) -> impl Iterator<Item = &'a Snapshot> {
    let is_server = move |it: &Snapshot| it.parent == of && it.is_servant(case.look(of));
    case.finding.sight.family().filter(move |it| {
        let parent = case.look(it.parent);
        !it.is_servant(parent) && (it.parent == of || parent.is_some_and(is_server))
    })
}

/// Whether the pool of this process has replaced a worker that has ended: a worker is younger than
/// the pool's threads.
fn has_new_worker(case: &Case, waiter: &Waiter) -> bool {
    let process = Process::new(waiter.pid() as i32);
    let handlers =
        case.threads_of(waiter.pid()).filter(|it| it.told.duty == Some(Duty::TaskHandler));
    let started =
        |tid: i32| Some(process.as_ref().ok()?.task_from_tid(tid).ok()?.stat().ok()?.starttime);
    let handlers = handlers.filter_map(|it| Some((started(it.wait.tid)?, it.wait.tid as u32)));
    let newest = workers(case, waiter.pid()).map(|it| (it.started, it.pid)).max();
    // A worker that is to do a number of tasks is replaced, too.
    newest > handlers.max() && waiter.mentions(&["maxtasksperchild"]) == Some(false)
}

/// All workers wait for tasks that only workers could do.
pub fn task_waits(case: &Case) -> Option<Advice> {
    const WORKERS: [(&str, &str); 3] = [
        ("concurrent/futures/thread.py", "_worker"),
        ("concurrent/futures/process.py", "_process_worker"),
        ("multiprocessing/pool.py", "worker"),
    ];
    let works = |it: &&Waiter| {
        let frames = it.stack.map(|it| &it.frames[..]).unwrap_or_default();
        frames.iter().any(|it| WORKERS.iter().any(|(file, name)| it.is(file, name)))
    };
    let is_for_results = |it: &Waiter| it.is_for(&[Goal::Results, Goal::Future]);
    // The names of an executor's threads begin alike.
    let pool = |it: &Waiter| it.told.thread.as_deref()?.rsplit_once('_').map(|it| it.0.to_owned());
    if case.roots().next().is_some() {
        return None;
    }
    let is_thread = |it: &&Waiter| it.wait.tid as u32 != it.pid() && works(it);
    let waiter = case.waiters.iter().filter(is_thread).find(|it| is_for_results(it))?;
    // A thread of a pool could get results from another pool, of processes, or from an event loop.
    let all_wait = case.threads_of(waiter.pid()).all(|it| match works(&it) {
        true => is_for_results(it) && pool(it) == pool(waiter),
        false => it.told.duty.is_none() && it.joins(),
    });
    let at = waiter.at();
    let what = both!(
        "a task must not wait for tasks of its own pool, or the pool needs more threads: {at} is in \
         one of them, and none is left for the task that it waits for",
        "任务不要等同一个池里的其他任务，或者增加线程：{at} 就在其中一个线程里，没有别的线程来做它等的任务"
    );
    all_wait.then(|| repair("task_waits_for_its_pool", what))?
}

/// A process that fork() has made uses a pool of its parent's: the pool's threads are not in it.
pub fn copied_pool(case: &Case) -> Option<Advice> {
    let uses = |it: &&Waiter| {
        let called = it.stack.and_then(|it| it.called());
        it.is_for(&[Goal::Results])
            || called.is_some_and(|it| it.is("concurrent/futures/process.py", "submit"))
    };
    let user = case.waiters.iter().find(uses)?;
    let is_copy = user.look.threads.len() == 1 && case.is_forked(user.look);
    let made_here = user.makes(&["Pool(", "Executor("]);
    let (at, pid) = (user.at(), user.pid());
    let what = both!(
        "use this pool only in the process that made it: {at} is in {pid}, a copy made by fork(), \
         which has none of the pool's threads",
        "只在创建这个池的进程里使用它：{at} 在 fork 出来的副本 {pid} 里，副本里没有池的线程"
    );
    let is_it = is_copy && !made_here && case.roots().all(|it| uses(&it));
    is_it.then(|| repair("pool_is_a_copy", what))?
}
