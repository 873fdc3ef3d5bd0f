//! One thread's wait in one sentence.

use std::collections::BTreeMap;

use crate::both;
use crate::events::{Needs, Status};
use crate::evidence::{Duty, Fill, From, Goal, Happening, Need, On, Outside, Thing, Unless, Wait};
use crate::stuck::words::until;
use crate::words::figures::grouped;

use super::lines::Told;

/// The most PIDs or things that a sentence names.
const NAMED: usize = 4;

/// What a thread does: `waits in read() for ...`.
pub(super) fn wait(
    wait: &Wait,
    has_other_threads: bool,
    fills: &BTreeMap<u64, Fill>,
    told: &Told,
) -> String {
    if let Some(idle) = idle(wait, told) {
        return idle;
    }
    let call = match (told.duty, &told.call) {
        (Some(Duty::Exit), _) => both!(" at its exit", "在退出时"),
        (Some(Duty::Loop), _) => both!(" in asyncio's event loop", "在 asyncio 的事件循环里"),
        (_, Some(call)) => both!(" in {call}", "在 {call} 里"),
        // What the library does with a semaphore of its own has no system call's name.
        (_, None) if told.goal.is_some() => String::new(),
        (_, None) => {
            let call = wait.call;
            both!(" in {call}()", "在 {call}() 里")
        }
    };
    // A wait for a hang-up is told only if the thread waits for nothing else.
    let says_more = |it: &&Thing| it.needs != Need::HangUp;
    let more: Vec<&Thing> = wait.things.iter().filter(says_more).collect();
    let all = if more.is_empty() { wait.things.iter().collect() } else { more };
    let described = all.iter().map(|it| thing(it, wait.pid, has_other_threads, fills, told));
    let mut things: Vec<String> = described.collect();
    things.dedup();
    if let [only] = &things[..] {
        return match all[0].needs {
            Need::Room => both!("waits{call}: {only}", "{call}等待：{only}"),
            _ => both!("waits{call} {only}", "{call}{only}"),
        };
    }
    let count = things.len();
    things.truncate(NAMED);
    let mut list = things.join(&both!("; or ", "；或者"));
    if count > NAMED {
        let more = count - NAMED;
        list += &both!("; or {more} more", "；或者另外 {more} 项");
    }
    both!(
        "waits{call} for any of {count} things: {list}",
        "{call}等下列 {count} 项中的任意一项：{list}"
    )
}

/// The sentence for a thread of the library's that has nothing to do.
pub(super) fn idle(wait: &Wait, told: &Told) -> Option<String> {
    let is_idle = match told.duty? {
        // Its own lock would be another process's.
        Duty::Feeder => told.goal == Some(Goal::Condition),
        // When it shuts the executor down, it waits for locks and threads.
        Duty::ExecutorManager => {
            told.goal.is_none() && wait.things.iter().all(|it| it.needs != Need::Thread)
        }
        _ => {
            let is_end = |it| matches!(it, Goal::WriteLock | Goal::Thread | Goal::FeederEnd);
            !told.goal.is_some_and(is_end) && wait.things.iter().all(|it| it.needs != Need::Room)
        }
    };
    let what = match told.duty? {
        _ if !is_idle => return None,
        Duty::Exit | Duty::Loop => return None,
        Duty::Feeder => both!("a value to be put", "有值放入队列"),
        Duty::TaskHandler | Duty::PoolWorker | Duty::ExecutorWorker | Duty::ThreadWorker => {
            both!("a task", "任务")
        }
        Duty::ResultHandler => both!("a result", "结果"),
        Duty::WorkerHandler => both!("a worker to end", "工作进程结束"),
        Duty::ExecutorManager => both!("a task or a result", "任务或结果"),
        Duty::Manager => both!("a request", "请求"),
    };
    let [thing @ Thing { needs: Need::Data, .. }] = &wait.things[..] else {
        return Some(both!("waits for {what}", "在等{what}"));
    };
    let who = list(thing.of(), wait.pid, &both!("or", "或"));
    Some(match thing.of().is_empty() {
        true => both!("waits for {what}", "在等{what}"),
        false => both!(
            "waits for {what}, and only {who} could bring it",
            "在等{what}，只有 {who} 能带来"
        ),
    })
}

/// Who a thread is that has no line of the learner's, for the beginning of a sentence.
pub(super) fn duty(duty: Duty) -> Option<String> {
    Some(match duty {
        Duty::Exit | Duty::Loop => return None,
        Duty::Feeder => both!("feeder thread", " 的后台线程（feeder thread）"),
        Duty::TaskHandler => both!("a pool's task handler", " 的进程池任务分发线程"),
        Duty::ResultHandler => both!("a pool's result handler", " 的进程池结果接收线程"),
        Duty::WorkerHandler => both!("a pool's worker handler", " 的进程池工作进程管理线程"),
        Duty::PoolWorker => both!("a pool's worker", "（进程池的工作进程）"),
        Duty::ExecutorWorker => both!("an executor's worker", "（executor 的工作进程）"),
        Duty::ThreadWorker => both!("a thread pool's worker", " 的线程池工作线程"),
        Duty::ExecutorManager => both!("an executor's manager", " 的 executor 管理线程"),
        Duty::Manager => both!("a Manager's server", "（Manager 的服务进程）"),
    })
}

/// What the library's call waits for, if that isn't said by descriptors.
fn goal(goal: Goal, needs: Need) -> Option<String> {
    Some(match goal {
        Goal::Message | Goal::Answer => return None,
        Goal::Release if needs == Need::Thread => both!("until the lock is released", "等锁释放"),
        Goal::Release => both!("until a lock or semaphore is released", "等锁或信号量释放"),
        Goal::Event => until(Needs::Event),
        Goal::Condition => until(Needs::Condition),
        Goal::Barrier => until(Needs::Barrier),
        Goal::Semaphore => until(Needs::Semaphore),
        Goal::ReadLock => both!(
            "for the queue's own lock for reading, of which it is not known who holds it",
            "等队列自己的读锁，不知道持有者是哪个进程"
        ),
        Goal::WriteLock => both!(
            "for the queue's own lock for writing, of which it is not known who holds it",
            "等队列自己的写锁，不知道持有者是哪个进程"
        ),
        Goal::Room => both!(
            "for room in the queue, which has reached its maxsize",
            "等队列有空位，现在已经达到 maxsize"
        ),
        Goal::TasksDone => both!(
            "until task_done() has been called for each value",
            "等每个值都有对应的 task_done()"
        ),
        Goal::Value => both!("for a value", "等队列里的值"),
        Goal::Thread => both!("for a thread of its own to end", "等自己的一个线程结束"),
        Goal::Threads => both!("for its other threads to end", "等自己的其他线程结束"),
        Goal::FeederEnd => {
            both!("for its queue's feeder thread", "等队列的后台线程（feeder thread）写完")
        }
        Goal::PoolEnd => both!("for the pool's threads to end", "等进程池的线程结束"),
        Goal::ExecutorEnd => both!("for the executor to end", "等 executor 结束"),
        Goal::Results => both!("for results", "等结果"),
        Goal::Future => both!("for the result of a future", "等 future 的结果"),
    })
}

/// What the thread waits for, and who could bring it.
fn thing(
    thing: &Thing,
    waiter: u32,
    has_other_threads: bool,
    fills: &BTreeMap<u64, Fill>,
    told: &Told,
) -> String {
    // Python's own objects have no numbers; those of `os` do.
    let is_python =
        told.duty.is_some() || told.call.as_ref().is_some_and(|it| !it.starts_with("os."));
    let fd = thing.fd.filter(|_| !is_python);
    let fd = fd.map(|fd| both!(" (fd {fd})", "（fd {fd}）")).unwrap_or_default();
    // At its exit, a process reads nothing any more.
    let is_not_it = |pid: &u32| !told.is_at_exit || thing.needs != Need::Room || *pid != waiter;
    let of = &thing.of().iter().copied().filter(is_not_it).collect::<Vec<_>>()[..];
    let who = list(of, waiter, &both!("or", "或"));
    let all = list(of, waiter, &both!("and", "和"));
    let only = match thing.from {
        From::Likely(_) => both!("most likely only", "很可能只有"),
        _ => both!("only", "只有"),
    };
    if let From::Outside(outside) = &thing.from {
        return self::outside(outside);
    }
    let goal = told.goal.and_then(|it| goal(it, thing.needs));
    match (thing.needs, &thing.on) {
        (Need::End, _) => match of {
            [] => both!("for a child to end", "等某个子进程结束"),
            [_] => both!("for {who} to end", "等 {who} 结束"),
            _ => both!("for one of its children, {who}, to end", "等其中一个子进程（{who}）结束"),
        },
        (Need::Thread, on) if let Some(goal) = goal => {
            match has_other_threads || matches!(on, On::Thread(Some(_))) {
                true => goal,
                false => {
                    both!("{goal}, and it has no other thread", "{goal}，而这个进程没有别的线程")
                }
            }
        }
        (Need::Thread, On::Thread(Some(tid))) => {
            both!("for its thread {tid}", "等自己的线程 {tid}")
        }
        (Need::Thread, _) if has_other_threads => {
            both!("for another of its threads", "等自己的另一个线程")
        }
        (Need::Thread, _) => both!(
            "for another of its threads, and it has no other",
            "等一把锁或别的唤醒，而这个进程没有别的线程"
        ),
        (Need::Data, on) => {
            let data = match on {
                _ if told.goal == Some(Goal::Value) => both!("a value", "队列里的值"),
                _ if told.goal == Some(Goal::Message) => {
                    both!("a message or end-of-file", "消息或 EOF")
                }
                _ if told.goal == Some(Goal::Answer) => {
                    both!("an answer of the Manager", "Manager 的回复")
                }
                On::Pipe(_) => {
                    both!("data or end-of-file from a pipe{fd}", "管道{fd}里的数据或 EOF")
                }
                On::Fifo(path) => {
                    let path = without_mark(path);
                    both!("data or end-of-file from the FIFO {path}", "FIFO {path} 里的数据或 EOF")
                }
                On::Socket { .. } => {
                    both!("data or end-of-file from a socket{fd}", "套接字{fd}里的数据或 EOF")
                }
                On::Terminal(path) => {
                    both!("data from the terminal {path}{fd}", "终端 {path}{fd} 的数据")
                }
                On::Eventfd => both!("a count in an eventfd{fd}", "eventfd{fd} 里的计数"),
                _ => both!("data{fd}", "数据{fd}"),
            };
            match of.is_empty() {
                true => both!(
                    "for {data}; who could bring it is not known",
                    "等 {data}；不知道哪个进程能带来"
                ),
                false => both!(
                    "for {data}, and {only} {who} could bring it",
                    "等 {data}，{only} {who} 能带来"
                ),
            }
        }
        (Need::HangUp, _) if of.is_empty() => both!(
            "until the other end is closed{fd}; who has it is not known",
            "等另一端关闭{fd}；不知道哪个进程持有另一端"
        ),
        (Need::HangUp, _) => both!(
            "until no process has the other end open any more{fd}, and only {all} has",
            "等另一端全部关闭{fd}，现在只有 {all} 打开着"
        ),
        (Need::Room, on) => {
            let full = match on {
                On::Pipe(inode) => filled(fills.get(inode)),
                On::Socket { .. } => both!("socket full", "套接字满了"),
                On::Terminal(path) => both!("terminal {path} full", "终端 {path} 满了"),
                _ => both!("no room", "没有空位"),
            };
            match of.is_empty() {
                true => both!(
                    "{full}{fd}; who reads from it is not known",
                    "{full}{fd}；不知道哪个进程会读"
                ),
                false => both!(
                    "{full}{fd}, and {only} {all} could read from it",
                    "{full}{fd}，{only} {all} 能读"
                ),
            }
        }
        (Need::Opening, On::Fifo(path)) => both!(
            "until another process opens the other end of the FIFO {path}",
            "等 FIFO {path} 的另一端被打开"
        ),
        (Need::Lock, On::Memory(_)) if let Some(goal) = goal => {
            let others: Vec<_> = of.iter().filter(|pid| **pid != waiter).copied().collect();
            let all = list(&others, waiter, &both!("and", "和"));
            match others.is_empty() {
                false => both!("{goal} (shared with {all})", "{goal}（与 {all} 共用）"),
                true => both!("{goal}; no other process has it now", "{goal}；现在别的进程都没有"),
            }
        }
        (Need::Lock, On::Memory(name)) => {
            let memory = match without_mark(name) {
                // Memory without a file (MAP_SHARED and MAP_ANONYMOUS).
                "" | "/dev/zero" => both!("in memory that they share", "在共享内存里"),
                name => name.to_owned(),
            };
            let others: Vec<_> = of.iter().filter(|pid| **pid != waiter).copied().collect();
            let all = list(&others, waiter, &both!("and", "和"));
            match others.is_empty() {
                false => both!(
                    "for a lock, of which it is not known who holds it; it shares it with {all} \
                     ({memory})",
                    "等一把锁，不知道持有者是哪个进程；共用这把锁的还有 {all}（{memory}）"
                ),
                true => both!(
                    "for a lock, of which it is not known who holds it, and which no other \
                     process has now ({memory})",
                    "等一把锁，不知道持有者是哪个进程，现在别的进程都没有这把锁（{memory}）"
                ),
            }
        }
        (Need::Lock, On::File(path)) => {
            let path = without_mark(path);
            match of.is_empty() {
                true => both!(
                    "for the lock on {path}; who holds it is not known",
                    "等 {path} 上的锁；不知道持有者是哪个进程"
                ),
                false => both!(
                    "for the lock on {path}, which {who} has",
                    "等 {path} 上的锁，持有者是 {who}"
                ),
            }
        }
        (Need::Lock | Need::Opening | Need::Other, _) => {
            both!("for something of which the kernel doesn't say more", "等待，内核没有说明等什么")
        }
    }
}

/// The conditions under which processes that are most likely stuck would go on.
pub(super) fn unless(all: &[Unless]) -> String {
    let mut said: Vec<String> = all.iter().map(condition).collect();
    said.dedup();
    let count = said.len();
    said.truncate(NAMED);
    let mut list = said.join(&both!("; or ", "，或者"));
    if count > NAMED {
        let more = count - NAMED;
        list += &both!("; or one of {more} more things happens", "，或者发生另外 {more} 件事之一");
    }
    list
}

fn condition(it: &Unless) -> String {
    let pid = it.pid;
    match &it.what {
        None => {
            let names: Vec<_> = it.signals.iter().map(|it| signal(*it)).collect();
            let names = joined(&names, &both!("or", "或"));
            both!("{pid} gets {names}, which it handles", "进程 {pid} 收到它会处理的 {names}")
        }
        Some(Happening::FifoIsOpened(name)) => {
            both!("another process opens the FIFO {name}", "有别的进程打开 FIFO {name}")
        }
        Some(Happening::SharedByName(name)) => {
            both!("another process opens {name}", "有别的进程打开 {name}")
        }
        Some(Happening::SocketIsConnected(name)) => {
            both!("another process connects to {name}", "有别的进程连接 {name}")
        }
        Some(Happening::SocketTimesOut(fd)) => both!(
            "{pid} has given its socket (fd {fd}) a time (SO_RCVTIMEO, SO_SNDTIMEO)",
            "进程 {pid} 给套接字（fd {fd}）设定了时限（SO_RCVTIMEO、SO_SNDTIMEO）"
        ),
    }
}

/// The name of a signal.
pub(super) fn signal(number: i32) -> String {
    const SIGRTMIN: i32 = 34;
    match number - SIGRTMIN {
        0.. => format!("SIGRTMIN+{}", number - SIGRTMIN),
        _ => Status::Signal(number).signal_name(),
    }
}

/// The words for something that is no process.
fn outside(outside: &Outside) -> String {
    match outside {
        Outside::Time => both!("until a time that it has set", "等设定的时间到来"),
        Outside::Terminal(name) => both!("for the terminal {name}", "等终端 {name}"),
        Outside::Network => both!("for the network", "等网络"),
        Outside::Client => both!("for another process to connect", "等别的进程来连接"),
        Outside::Signal => both!("for a signal", "等信号"),
        Outside::Device(name) => both!("for {name}", "等 {name}"),
    }
}

/// A file's name without the mark ` (deleted)`, which the kernel adds when the file has been
/// unlinked.
pub(super) fn without_mark(name: &str) -> &str {
    name.strip_suffix(" (deleted)").unwrap_or(name)
}

fn filled(fill: Option<&Fill>) -> String {
    let Some(fill) = fill else {
        return both!("pipe full", "管道满了");
    };
    let (bytes, capacity) = (grouped(fill.bytes), grouped(fill.capacity as u64));
    match fill.bytes < fill.capacity as u64 {
        true => both!(
            "pipe full with {bytes} of {capacity} bytes, as each write takes whole pages",
            "管道里只有 {bytes} 字节（容量 {capacity} 字节）就满了，因为每次写入都占用整页"
        ),
        false => both!(
            "pipe full, {bytes} of {capacity} bytes",
            "管道满了，{capacity} 字节的容量全部用完"
        ),
    }
}

/// PIDs as `1, 2 or itself`.
fn list(pids: &[u32], waiter: u32, and: &str) -> String {
    let (own, others): (Vec<u32>, Vec<u32>) = pids.iter().partition(|pid| **pid == waiter);
    let mut names: Vec<_> = others.iter().take(NAMED).map(ToString::to_string).collect();
    if others.len() > NAMED {
        let more = others.len() - NAMED;
        names.push(both!("{more} more", "另外 {more} 个"));
    }
    if !own.is_empty() {
        names.push(match others.is_empty() {
            true => both!("itself", "这个进程自己"),
            false => both!("itself", "自己"),
        });
    }
    joined(&names, and)
}

pub(super) fn joined(names: &[String], and: &str) -> String {
    match names {
        [] => both!("no process", "没有进程"),
        [only] => only.clone(),
        [first @ .., last] => {
            let first = first.join(&both!(", ", "、"));
            format!("{first} {and} {last}")
        }
    }
}
