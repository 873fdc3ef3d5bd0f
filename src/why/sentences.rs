//! One thread's wait in one sentence.

use std::collections::BTreeMap;

use crate::both;
use crate::events::Status;
use crate::evidence::{Fill, From, Happening, Need, On, Outside, Thing, Unless, Wait};
use crate::words::figures::grouped;

/// The most PIDs or things that a sentence names.
const NAMED: usize = 4;

/// What a thread does: `waits in read() for ...`.
pub(super) fn wait(wait: &Wait, has_other_threads: bool, fills: &BTreeMap<u64, Fill>) -> String {
    let call = wait.call;
    // A wait for a hang-up is told only if the thread waits for nothing else.
    let says_more = |it: &&Thing| it.needs != Need::HangUp;
    let more: Vec<&Thing> = wait.things.iter().filter(says_more).collect();
    let all = if more.is_empty() { wait.things.iter().collect() } else { more };
    let told = all.iter().map(|it| thing(it, wait.pid, has_other_threads, fills));
    let mut things: Vec<String> = told.collect();
    things.dedup();
    if let [only] = &things[..] {
        return match all[0].needs {
            Need::Room => both!("waits in {call}(): {only}", "在 {call}() 里等待：{only}"),
            _ => both!("waits in {call}() {only}", "在 {call}() 里{only}"),
        };
    }
    let count = things.len();
    things.truncate(NAMED);
    let mut list = things.join(&both!("; or ", "；或者"));
    if count > NAMED {
        let more = count - NAMED;
        list += &both!("; or {more} more", "；或者另外 {more} 样");
    }
    both!(
        "waits in {call}() for any of {count} things: {list}",
        "在 {call}() 里等 {count} 样当中的任意一样：{list}"
    )
}

/// What the thread waits for, and who could bring it.
fn thing(
    thing: &Thing,
    waiter: u32,
    has_other_threads: bool,
    fills: &BTreeMap<u64, Fill>,
) -> String {
    let fd = thing.fd.map(|fd| both!(" (fd {fd})", "（fd {fd}）")).unwrap_or_default();
    let of = thing.of();
    let who = list(of, waiter, &both!("or", "或"));
    let all = list(of, waiter, &both!("and", "和"));
    let only = match thing.from {
        From::Likely(_) => both!("most likely only", "很可能只有"),
        _ => both!("only", "只有"),
    };
    if let From::Outside(outside) = &thing.from {
        return self::outside(outside);
    }
    match (thing.needs, &thing.on) {
        (Need::End, _) => match of {
            [] => both!("for a child to end", "等某个子进程结束"),
            [_] => both!("for {who} to end", "等 {who} 结束"),
            _ => both!("for one of its children, {who}, to end", "等其中一个子进程（{who}）结束"),
        },
        (Need::Thread, On::Thread(Some(tid))) => {
            both!("for its thread {tid}", "等自己的线程 {tid}")
        }
        (Need::Thread, _) if has_other_threads => {
            both!("for another of its threads", "等自己的另一个线程")
        }
        (Need::Thread, _) => both!(
            "for another of its threads, and it has no other",
            "等自己的另一个线程，而这个进程没有别的线程"
        ),
        (Need::Data, on) => {
            let data = match on {
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
            "等另一端关闭{fd}；不知道在哪个进程手里"
        ),
        (Need::HangUp, _) => both!(
            "until nobody has the other end open any more{fd}, and only {all} has",
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
                    "{full}{fd}, and {only} {all} can read from it",
                    "{full}{fd}，{only} {all} 能读"
                ),
            }
        }
        (Need::Opening, On::Fifo(path)) => both!(
            "until somebody opens the other end of the FIFO {path}",
            "等 FIFO {path} 的另一端被打开"
        ),
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
                    "等一把锁，不知道锁在哪个进程手里；共用这把锁的还有 {all}（{memory}）"
                ),
                true => both!(
                    "for a lock, of which it is not known who holds it, and which nobody else has \
                     now ({memory})",
                    "等一把锁，不知道锁在哪个进程手里，现在别的进程都没有这把锁（{memory}）"
                ),
            }
        }
        (Need::Lock, On::File(path)) => {
            let path = without_mark(path);
            match of.is_empty() {
                true => both!(
                    "for the lock on {path}; who holds it is not known",
                    "等 {path} 上的锁；不知道锁在哪个进程手里"
                ),
                false => both!(
                    "for the lock on {path}, which {who} has",
                    "等 {path} 上的锁，锁在 {who} 手里"
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
            both!("{pid} gets {names}, which it handles", "{pid} 收到它会处理的 {names}")
        }
        Some(Happening::FifoIsOpened(name)) => {
            both!("somebody else opens the FIFO {name}", "有别的进程打开 FIFO {name}")
        }
        Some(Happening::SharedByName(name)) => {
            both!("somebody else opens {name}", "有别的进程打开 {name}")
        }
        Some(Happening::SocketIsConnected(name)) => {
            both!("somebody else connects to {name}", "有别的进程连接 {name}")
        }
        Some(Happening::SocketTimesOut(fd)) => both!(
            "{pid} has given its socket (fd {fd}) a time (SO_RCVTIMEO, SO_SNDTIMEO)",
            "{pid} 给套接字（fd {fd}）设定了时限（SO_RCVTIMEO、SO_SNDTIMEO）"
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
        Outside::Client => both!("for somebody to connect to it", "等别人来连接"),
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

fn joined(names: &[String], and: &str) -> String {
    match names {
        [] => both!("nobody", "没有进程"),
        [only] => only.clone(),
        [first @ .., last] => {
            let first = first.join(&both!(", ", "、"));
            format!("{first} {and} {last}")
        }
    }
}
