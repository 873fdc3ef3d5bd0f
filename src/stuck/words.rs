//! What the threads of a stuck run wait for, and what its log proves of that, in words.

use crate::both;
use crate::events::{Call, CodeLine, Holder, Needs, Proof, Waiter};
use crate::words::figures::{count, grouped};

/// Whether the call is a system call, and not one of Python's.
pub fn is_the_kernels(waiter: &Waiter) -> bool {
    waiter.kernel.as_ref() == Some(&waiter.call)
}

/// What a thread waits for: `waits for ann 5 to end`.
pub fn what_for(waiter: &Waiter) -> String {
    let itself = |holder: &&Holder| holder.pid == waiter.pid;
    let others: Vec<_> = waiter.of.iter().filter(|it| !itself(it)).collect();
    let is_among_them = others.len() < waiter.of.len();
    let alive: Vec<_> = others.iter().filter(|it| !it.ended).copied().collect();
    let names = list(&alive);
    match waiter.needs {
        Needs::End => both!("waits for {names} to end", "等 {names} 结束"),
        // The pipe to a command of the user's counts as full as long as it is not empty.
        Needs::Room if waiter.call == Call::Write.name() && !is_the_kernels(waiter) => {
            both!("waits until {names} reads what it was given", "等 {names} 读走交给它的内容")
        }
        // A queue of a Python program that takes only so many values.
        Needs::Room if waiter.at.is_some() && waiter.bytes.is_none() => match alive.is_empty() {
            false => both!(
                "waits for room, which only {names} could make",
                "等空位，只有 {names} 能腾出来"
            ),
            true => both!("waits for room, which no process can make", "等空位，没有进程能腾出来"),
        },
        Needs::Room => {
            let full = match (waiter.bytes, waiter.capacity) {
                (Some(bytes), Some(capacity)) if bytes < capacity => {
                    let (bytes, capacity) = (grouped(bytes), grouped(capacity));
                    both!(
                        "its pipe is full with {bytes} of {capacity} bytes, as each write takes \
                         whole pages",
                        "管道里只有 {bytes} 字节（容量 {capacity} 字节）就满了，因为每次写入都占用\
                         整页"
                    )
                }
                (Some(bytes), Some(capacity)) => {
                    let (bytes, capacity) = (grouped(bytes), grouped(capacity));
                    both!(
                        "its pipe holds {bytes} of {capacity} bytes",
                        "管道里已有 {bytes} 字节，容量是 {capacity} 字节"
                    )
                }
                _ => both!("its pipe is full", "管道满了"),
            };
            match (alive.is_empty(), is_among_them) {
                (false, _) => both!(
                    "waits for room: {full}, and only {names} could take some",
                    "等管道里有空位：{full}，只有 {names} 能取走"
                ),
                (true, true) => both!(
                    "waits for room: {full}, and only it could take some",
                    "等管道里有空位：{full}，只有这个进程自己能取走"
                ),
                (true, false) => both!("waits for room: {full}", "等管道里有空位：{full}"),
            }
        }
        Needs::Value => match (alive.is_empty(), is_among_them) {
            (false, _) => both!(
                "waits for a value, which only {names} could bring",
                "等一个值，只有 {names} 能带来"
            ),
            (true, true) => both!(
                "waits for a value or end-of-file, which only it could bring",
                "等一个值或者 EOF，而这只有这个进程自己能带来"
            ),
            (true, false) => {
                both!("waits for a value, which no process can bring", "等一个值，没有进程能带来")
            }
        },
        Needs::Lock => lock(waiter),
        Needs::Tasks => match alive.is_empty() {
            false => both!(
                "waits for task_done(), which only {names} could call",
                "等 task_done()，只有 {names} 能调用"
            ),
            true => both!(
                "waits for task_done(), which no process will call",
                "等 task_done()，已经没有进程会调用"
            ),
        },
        Needs::Result => match alive.is_empty() {
            false => both!(
                "waits for the result, which only {names} could bring",
                "等结果，只有 {names} 能带来"
            ),
            true => {
                both!("waits for the result, which no process can bring", "等结果，没有进程能带来")
            }
        },
        needs => {
            let what = until(needs);
            match alive.is_empty() {
                false => both!("waits {what}, as {names} could do", "{what}，{names} 可以做到"),
                true => both!("waits {what}", "{what}"),
            }
        }
    }
}

/// What ends the wait of a thread: `until the event is set`.
pub fn until(needs: Needs) -> String {
    match needs {
        Needs::Event => both!("until the event is set", "等 Event 被设置"),
        Needs::Condition => both!("until the condition is notified", "等 Condition 的通知"),
        Needs::Barrier => both!("until all parties have come", "等各方都到达"),
        Needs::Semaphore => both!("until the semaphore is released", "等信号量释放"),
        Needs::Threads => both!("for threads of its own to end", "等自己的线程结束"),
        Needs::Wakeup => both!("to be woken", "等别的线程来唤醒"),
        _ => both!("for what is not known", "不知道在等什么"),
    }
}

fn lock(waiter: &Waiter) -> String {
    let Some(holder) = waiter.of.first() else {
        return both!(
            "waits for the lock; who has it is not known",
            "等锁；不知道持有者是哪个进程"
        );
    };
    let is_its = holder.pid == waiter.pid;
    // Chinese has spaces beside names only.
    let names = match (&holder.thread, is_its) {
        (thread, true) if *thread == waiter.thread => both!("it", "它自己"),
        (Some(thread), true) => both!("its thread {thread}", "它的线程 {thread} "),
        (None, true) => both!("its main thread", "它的主线程"),
        (_, false) => list(&[holder]) + &both!("", " "),
    };
    match (holder.ended, &holder.at) {
        (true, Some(at)) => both!(
            "waits for the lock, which {names} took at {at} and had when it ended",
            "等锁；{names}在 {at} 获取了这把锁，结束时没有释放"
        ),
        (true, None) => both!(
            "waits for the lock, which {names} had when it was killed",
            "等锁；{names}被杀死时正持有这把锁"
        ),
        (false, Some(at)) => both!(
            "waits for the lock, which {names} took at {at}",
            "等锁；{names}在 {at} 获取了这把锁，还没有释放"
        ),
        (false, None) => {
            both!("waits for the lock, which {names} has", "等锁；{names}持有这把锁")
        }
    }
}

const NAMED: usize = 3;

fn list(holders: &[&Holder]) -> String {
    let named = holders.iter().take(NAMED);
    let named: Vec<_> = named.map(|it| format!("{} {}", it.role, it.pid)).collect();
    let named = named.join(&both!(" or ", " 或 "));
    match holders.len().saturating_sub(NAMED) {
        0 => named,
        more => both!("{named} or {more} more", "{named} 或另外 {more} 个"),
    }
}

/// Two or more locks that were not taken in the same order by those who wait in a circle.
pub fn opposite_order(waits: &[Waiter], circle: &[u32]) -> Option<String> {
    let taken = |pid: &u32| {
        let waiter = waits.iter().find(|it| it.pid == *pid && it.needs == Needs::Lock)?;
        let is_his = |it: &&Waiter| it.of.iter().any(|it| it.pid == *pid && it.at.is_some());
        let other = waits.iter().find(|it| circle.contains(&it.pid) && is_his(it))?;
        let first = other.of.first().and_then(|it| it.at.as_ref())?;
        let (first, then) = (at(Some(first)), at(Some(waiter.at.as_ref()?)));
        let (role, has, wants) = (&waiter.role, other.on.as_ref()?, waiter.on.as_ref()?);
        Some(both!(
            "{role} takes {has}{first}, then {wants}{then}",
            "{role} 先获取 {has}{first}，再获取 {wants}{then}"
        ))
    };
    let all: Vec<_> = circle.iter().map(taken).collect::<Option<_>>()?;
    let all = (!all.is_empty()).then(|| all.join(&both!("; ", "；")))?;
    Some(both!(
        "Locks in opposite order: {all}. In one order everywhere, there is no circle.",
        "获取锁的顺序相反：{all}。各处都按同一顺序获取，就不会成环。"
    ))
}

/// Why nobody ends this wait, as the log proves it.
pub fn proof(waiter: &Waiter) -> Option<String> {
    let Waiter { role, pid, .. } = waiter;
    let on = waiter.on.as_deref().unwrap_or_default();
    let all = |of: &[Holder]| {
        let named = of.iter().map(|it| format!("{} {}{}", it.role, it.pid, at(it.at.as_ref())));
        let all = named.collect::<Vec<_>>().join(&both!(", ", "、"));
        // A Chinese bracket has room of its own.
        if all.ends_with('）') { all } else { all + &both!("", " ") }
    };
    let named = |it: &Holder| all(std::slice::from_ref(it));
    Some(match waiter.proof.as_ref()? {
        Proof::NotifiedBefore(by) => {
            let by = named(by);
            both!(
                "{by} has notified {on} when no process waited for it, and a condition forgets that: \
                 before {on}.wait(), ask under its lock whether it has happened, as wait_for() does.",
                "{by}通知 {on} 时还没有谁在等，Condition 不会记住这次通知：在 {on}.wait() 之前，要\
                 先在锁里查看事情是否已经发生，wait_for() 就是这样做的。"
            )
        }
        Proof::SetterEnded { by, has_set } => {
            let (have, by) = (if by.len() == 1 { "has" } else { "have" }, all(by));
            match has_set {
                true => both!(
                    "{by}, which {have} set {on} before, {have} ended.",
                    "以前设置过 {on} 的 {by}已经结束。"
                ),
                false => both!(
                    "No line has called {on}.set(), and {by} {have} ended without that.",
                    "没有哪一行调用过 {on}.set()，而 {by}没有调用就结束了。"
                ),
            }
        }
        Proof::NotDone { by, got, done } => {
            let (values, times, by) = (count(got, "value"), count(done, "time"), named(by));
            both!(
                "{by} has got {values} from {on}, and called task_done() {times}: each get() needs \
                 one.",
                "{by}从 {on} 取走了 {got} 个值，只调用了 {done} 次 task_done()：每次 get() 都要有\
                 一次。"
            )
        }
        Proof::BeganAtZero => both!(
            "{on} began with 0, and each release() so far has had its acquire(): the next acquire() \
             needs another one.",
            "{on} 从 0 开始，到目前为止每次 release() 都已有对应的 acquire()：再 acquire() 一次，就\
             要先再 release() 一次。"
        ),
        Proof::Taken(by) => {
            let is_itself = by.iter().any(|it| it.pid == *pid);
            let by = all(by);
            match is_itself {
                true => both!(
                    "{on} was acquired by {by}, and not released: {role} {pid} waits for itself.",
                    "{on} 已被 {by}获取，没有释放：{role} {pid} 等的是它自己。"
                ),
                false => both!(
                    "{on} was acquired by {by}, and not released.",
                    "{on} 已被 {by}获取，没有释放。"
                ),
            }
        }
        Proof::PutElsewhere { on: other, by } => {
            let by = named(by);
            both!(
                "No line has put anything into {on}; {by} has put a value into {other}, which none \
                 reads.",
                "没有哪一行往 {on} 放过值；{by}把值放进了 {other}，而没有哪一行读它。"
            )
        }
        Proof::NoOtherThread { is_fork: false } => both!(
            "{role} {pid} has no other thread that could end this wait.",
            "{role} {pid} 没有别的线程可以结束这个等待。"
        ),
        Proof::NoOtherThread { is_fork: true } => both!(
            "{role} {pid} has no other thread that could end this wait, and is a fork: fork() \
             copies a lock that another thread holds as it is, and not that thread.",
            "{role} {pid} 没有别的线程可以结束这个等待，而且是 fork 出来的：别的线程持有的锁，fork() \
             会照原样复制，那个线程却不会。"
        ),
    })
}

/// ` (program.py:3)`.
fn at(place: Option<&CodeLine>) -> String {
    place.map(|it| both!(" ({it})", "（{it}）")).unwrap_or_default()
}
