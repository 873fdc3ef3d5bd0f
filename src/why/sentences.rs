//! One thread's wait in one sentence.

use std::collections::BTreeMap;

use crate::both;
use crate::events::Status;
use crate::evidence::{Fill, From, Happening, Need, On, Outside, Thing, Unless, Wait};
use crate::words::figures::grouped;

/// How many of several PIDs or things are named.
const NAMED: usize = 4;

/// What a thread does: `waits in read() for ...`.
pub(super) fn wait(wait: &Wait, has_other_threads: bool, fills: &BTreeMap<u64, Fill>) -> String {
    let call = wait.call;
    // That somebody may hang up is told only where nothing else is waited for.
    let says_more = |it: &&Thing| it.needs != Need::HangUp;
    let more = wait.things.iter().filter(says_more).cloned().collect::<Vec<_>>();
    let all = if more.is_empty() { wait.things.clone() } else { more };
    if let [only] = &all[..] {
        if only.needs == Need::Room {
            let full = thing(only, wait.pid, has_other_threads, fills);
            return both!("waits in {call}(): {full}", "在 {call}() 里等待：{full}");
        }
        let what = thing(only, wait.pid, has_other_threads, fills);
        return both!("waits in {call}() {what}", "在 {call}() 里{what}");
    }
    let mut things: Vec<_> =
        all.iter().map(|it| thing(it, wait.pid, has_other_threads, fills)).collect();
    things.dedup();
    let count = things.len();
    let more = count.saturating_sub(NAMED);
    things.truncate(NAMED);
    if count == 1 {
        let what = &things[0];
        return both!("waits in {call}() {what}", "在 {call}() 里{what}");
    }
    let mut list = things.join(&both!("; or ", "；或者"));
    if more > 0 {
        list += &both!("; or {more} more", "；或者另外 {more} 样");
    }
    both!(
        "waits in {call}() for any of {count} things: {list}",
        "在 {call}() 里等 {count} 样当中的任意一样：{list}"
    )
}

/// What is waited for, and who could bring it.
fn thing(
    thing: &Thing,
    waiter: u32,
    has_other_threads: bool,
    fills: &BTreeMap<u64, Fill>,
) -> String {
    let fd = thing.fd.map(|fd| format!(" (fd {fd})")).unwrap_or_default();
    let zh_fd = thing.fd.map(|fd| format!("（fd {fd}）")).unwrap_or_default();
    if let From::Outside(outside) = &thing.from {
        return self::outside(outside);
    }
    let of = thing.of();
    let likely = match thing.from {
        From::Likely(_) => both!("most likely ", "很可能"),
        _ => String::new(),
    };
    let path = match &thing.on {
        On::Fifo(path) | On::File(path) => without_mark(path),
        _ => "",
    };
    let memory = match &thing.on {
        On::Memory(name) => memory(name),
        _ => String::new(),
    };
    let who = list(of, waiter, &both!("or", "或"));
    let all = list(of, waiter, &both!("and", "和"));
    match (thing.needs, &thing.on) {
        (Need::End, _) if of.is_empty() => {
            both!("for a child to end", "等某个子进程结束")
        }
        (Need::End, _) if of.len() == 1 => {
            both!("{likely}for {who} to end", "{likely}等 {who} 结束")
        }
        (Need::End, _) => both!(
            "{likely}for one of its children, {who}, to end",
            "{likely}等其中一个子进程（{who}）结束"
        ),
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
        (Need::Data, On::Pipe(_)) => match of.is_empty() {
            true => both!(
                "for data or end-of-file from a pipe{fd}; who writes to it is not known",
                "等管道{zh_fd}里的数据或 EOF；不知道哪个进程会写"
            ),
            false => both!(
                "for data or end-of-file from a pipe{fd}, and only {who} could bring it",
                "等管道{zh_fd}里的数据或 EOF，只有 {who} 能带来"
            ),
        },
        (Need::Data, On::Fifo(_)) => match of.is_empty() {
            true => both!(
                "for data or end-of-file from the FIFO {path}; who writes to it is not known",
                "等 FIFO {path} 里的数据或 EOF；不知道哪个进程会写"
            ),
            false if !likely.is_empty() => both!(
                "for data or end-of-file from the FIFO {path}, which {who} has open for writing",
                "等 FIFO {path} 里的数据或 EOF，现在打开着写端的是 {who}"
            ),
            false => both!(
                "for data or end-of-file from the FIFO {path}, and only {who} could bring it",
                "等 FIFO {path} 里的数据或 EOF，只有 {who} 能带来"
            ),
        },
        (Need::Data, On::Eventfd) if of.is_empty() => both!(
            "for a count in an eventfd{fd}; who could add to it is not known",
            "等 eventfd{zh_fd} 里的计数；不知道谁会增加"
        ),
        (Need::Data, On::Terminal(path)) => both!(
            "for data from the terminal {path}{fd}, whose other side only {who} has",
            "等终端 {path}{zh_fd} 的数据，另一端只在 {who} 手里"
        ),
        (Need::Room, On::Terminal(path)) => both!(
            "terminal {path} full{fd}, and only {all} can read at its other side",
            "终端 {path} 满了{zh_fd}，另一端只有 {all} 能读"
        ),
        (Need::HangUp, _) if of.is_empty() => both!(
            "until the other end is closed{fd}; who has it is not known",
            "等另一端关闭{zh_fd}；不知道在哪个进程手里"
        ),
        (Need::HangUp, _) => both!(
            "until nobody has the other end open any more{fd}, and only {all} has",
            "等另一端全部关闭{zh_fd}，现在只有 {all} 打开着"
        ),
        (Need::Data, On::Eventfd) => both!(
            "for a count in an eventfd{fd}, and only {who} could add to it",
            "等 eventfd{zh_fd} 里的计数，只有 {who} 能增加"
        ),
        (Need::Data, On::Socket { .. }) if !of.is_empty() => both!(
            "for data or end-of-file from a socket{fd}, at whose other end is only {who}",
            "等套接字{zh_fd}里的数据或 EOF，另一端只有 {who}"
        ),
        (Need::Data, _) => both!(
            "for data{fd}; who could bring it is not known",
            "等数据{zh_fd}；不知道哪个进程能带来"
        ),
        (Need::Room, On::Socket { .. }) if !of.is_empty() => both!(
            "socket full{fd}, and only {all} can read at its other end",
            "套接字满了{zh_fd}，另一端只有 {all} 能读"
        ),
        (Need::Room, on) => {
            let full = match on {
                On::Pipe(inode) => filled(fills.get(inode)),
                _ => both!("no room", "没有空位"),
            };
            match of.is_empty() {
                true => both!(
                    "{full}{fd}; who reads from it is not known",
                    "{full}{zh_fd}；不知道哪个进程会读"
                ),
                false => both!(
                    "{full}{fd}, and only {all} can read from it",
                    "{full}{zh_fd}，只有 {all} 能读"
                ),
            }
        }
        (Need::Opening, On::Fifo(_)) => both!(
            "until somebody opens the other end of the FIFO {path}",
            "等 FIFO {path} 的另一端被打开"
        ),
        (Need::Opening, _) => both!("until a file can be opened", "等文件打开"),
        (Need::Lock, On::Memory(_)) => match of.iter().any(|pid| *pid != waiter) {
            true => {
                let others: Vec<_> = of.iter().filter(|pid| **pid != waiter).copied().collect();
                let others = list(&others, waiter, &both!("and", "和"));
                both!(
                    "for a lock, of which it is not known who holds it; it shares it with \
                     {others} ({memory})",
                    "等一把锁，不知道锁在哪个进程手里；共用这把锁的还有 {others}（{memory}）"
                )
            }
            false => both!(
                "for a lock, of which it is not known who holds it, and which nobody else has \
                 now ({memory})",
                "等一把锁，不知道锁在哪个进程手里，现在别的进程都没有这把锁（{memory}）"
            ),
        },
        (Need::Lock, On::File(_)) if of.is_empty() => both!(
            "for the lock on {path}; who holds it is not known",
            "等 {path} 上的锁；不知道锁在哪个进程手里"
        ),
        (Need::Lock, On::File(_)) => both!(
            "for the lock on {path}, which {who} {likely}has",
            "等 {path} 上的锁，锁{likely}在 {who} 手里"
        ),
        (Need::Lock, _) => {
            both!("for a lock; who holds it is not known", "等一把锁；不知道锁在哪个进程手里")
        }
        (Need::Other, _) => {
            both!("for something of which the kernel doesn't say more", "等待，内核没有说明等什么")
        }
    }
}

/// What could let those go on that are most likely stuck.
pub(super) fn unless(all: &[Unless]) -> String {
    let mut said: Vec<String> = all.iter().map(condition).collect();
    said.dedup();
    let more = said.len().saturating_sub(NAMED);
    said.truncate(NAMED);
    let list = said.join(&both!("; or ", "，或者"));
    match more {
        0 => list,
        more => both!(
            "{list}; or one of {more} more things happens",
            "{list}，或者发生另外 {more} 件事之一"
        ),
    }
}

fn condition(it: &Unless) -> String {
    let pid = it.pid;
    match &it.what {
        None => {
            let names: Vec<_> = it.signals.iter().map(|it| signal(*it)).collect();
            let names = either(&names);
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

/// Something that is no process.
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

/// The kernel adds this to the name of a file that has none any more.
pub(super) fn without_mark(name: &str) -> &str {
    name.strip_suffix(" (deleted)").unwrap_or(name)
}

/// What locks in this memory are called.
fn memory(name: &str) -> String {
    match without_mark(name) {
        // Memory without a file (MAP_SHARED and MAP_ANONYMOUS).
        "" | "/dev/zero" => both!("in memory that they share", "在共享内存里"),
        name => name.to_owned(),
    }
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

fn either(names: &[String]) -> String {
    joined(names, &both!("or", "或"))
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
