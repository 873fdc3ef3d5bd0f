//! What `--explain` tells of this lesson only.

use std::collections::HashMap;

use serde::Deserialize;

use super::events::LockEvent;
use crate::events::{Call, Event};
use crate::multiprocessing::{FLOCK, GATE};
use crate::views::explain::{Actor, Moment, Narrator, Series, Story, count, notes};

#[derive(Default)]
pub(super) struct LockNarrator {
    settings: Settings,
    /// The processes that count, or have counted, by PID, each with the lock that it takes.
    counting: HashMap<u32, Option<String>>,
}

#[derive(Default, Deserialize)]
struct Settings {
    processes: usize,
    kill: bool,
}

impl Narrator for LockNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match &now.event {
            Event::Run { options, .. } => {
                self.settings = serde_json::from_str(options.get()).unwrap_or_default();
                return false;
            }
            Event::Wait { call: Call::Acquire, on } => match on.as_deref() {
                // The one that is killed has come and gone before the others come.
                Some(GATE)
                    if self.settings.processes.saturating_sub(usize::from(self.settings.kill))
                        < 2 =>
                {
                    true
                }
                Some(GATE) => story.once(WaitGate { who }),
                _ => story.once(WaitTurn { who }),
            },
            Event::Acquired { lock } => match lock.as_ref() {
                FLOCK => story.once(AcquiredFlock { who }),
                _ => story.once(AcquiredSemaphore { who }),
            },
            Event::Release { .. } => story.once(ReleaseTurn { who }),
            Event::Kill { .. } => return self.kill(now, story),
            event => match event.own() {
                Some(LockEvent::Counting { turns, lock }) => {
                    self.counting.insert(now.pid, lock.clone());
                    match lock {
                        Some(_) => story.once(CountingInTurn { who, turns }),
                        None => story.once(Counting { who, turns }),
                    }
                }
                Some(LockEvent::Counted { last }) => {
                    let about = who.role.clone();
                    story.few_about(&about, Series::GETS, |again| Counted { who, last, again });
                    true
                }
                Some(LockEvent::Total { value, of }) => match of.checked_sub(value) {
                    Some(lost @ 1..) => {
                        // With a lock, or of one process alone, this would need another cause.
                        let is_known =
                            self.counting.len() > 1 && self.counting.values().all(Option::is_none);
                        story.once(TotalLess { who, value, lost, is_known })
                    }
                    _ => story.once(TotalWhole { who, value }),
                },
                None => return false,
            },
        };
        true
    }
}

impl LockNarrator {
    fn kill(&self, now: &Moment, story: &mut Story) -> bool {
        let Some((child_pid, _)) = now.signals_on_purpose() else {
            return false;
        };
        let (by, child) = (now.me(), now.run.who(child_pid));
        let lock = self.counting.get(&child_pid).and_then(Option::as_deref);
        match lock.filter(|lock| now.run.holder_of(lock).is_some_and(|it| it.pid == child_pid)) {
            Some(FLOCK) => story.once(KillFlockHolder { by, child }),
            Some(_) => story.once(KillSemaphoreHolder { by, child }),
            None => false,
        }
    }
}

notes! {
    WaitGate { who: Actor } samples (writer())
    en "{who} waits at a gate. It opens when all that are to count now have come, so that none is \
        done before another has begun."
    zh "{who}在起跑线上等着：这一次要累加的进程到齐了才开始，免得一个已经加完，另一个还没开始。"

    Counting { who: Actor, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps: read the counter, add 1, write it. \
        Nothing keeps another process from reading the same number in between."
    zh "{who}开始累加。{turns} 次里的每一次都分三步：读计数器，加 1，写回去。在这三步之间，别的进程\
        也能读到同一个数。"

    CountingInTurn { who: Actor, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps, read, add and write, and it takes \
        the lock around them. Of the lock this log tells at the first turns only."
    zh "{who}开始累加。{turns} 次里的每一次都分读、加、写三步，三步之前先获取锁，之后再释放。获取和\
        释放锁，日志里只记开头几次。"

    WaitTurn { who: Actor } samples (writer())
    en "{who} calls acquire(), before it reads: only one process has the lock at a time, and the \
        others wait here."
    zh "{who}在读之前调用 acquire()：同一时刻只有一个进程持有锁，其他进程在这里等。"

    AcquiredSemaphore { who: Actor } samples (writer())
    en "{who} has acquired the lock, a semaphore: a number that is 1 or 0, here in the kernel, in \
        CPython in shared memory. It doesn't record its holder, so it doesn't notice if that \
        process dies."
    zh "{who}获取了锁。这把锁是一个信号量，也就是一个数，不是 1 就是 0：在这里，它在内核里；在 \
        CPython 里，它在共享内存里。信号量不记录持有者，所以持有它的进程死了，它也不会知道。"

    AcquiredFlock { who: Actor } samples (writer())
    en "{who} has acquired the lock, one on the counter's file (flock(2)). The kernel knows whose it is, \
        and frees it when that process ends."
    zh "{who}获取了锁。这把锁加在计数器的文件上（flock(2)），内核知道持有者是哪个进程；那个进程一结束，\
        内核就把锁释放。"

    ReleaseTurn { who: Actor } samples (writer())
    en "{who} has written, and releases the lock: the next process that reads reads the new number."
    zh "{who}已经写回，释放锁：接下来不论哪个进程去读，读到的都是新的数。"

    Counted { who: Actor, last: u64, again: bool } samples
        (writer(), 1000, false) (writer(), 1000, true)
    en {
        "{who} has done all its turns. The last number that it wrote is {last}."
        again "{who} is done as well, and wrote {last} last."
    }
    zh {
        "{who}加完了，最后写下的数是 {last}。"
        again "{who}也加完了，最后写下的是 {last}。"
    }

    brief TotalLess { who: Actor, value: u64, lost: u64, is_known: bool } samples
        (parent(), 1043, 957, true) (parent(), 1, 1, true) (parent(), 1, 1, false)
    en {
        let lost = count(*lost, "addition");
        let how = match *is_known {
            true => " Each time, a process had read a number, and another one wrote before it \
                did; then it wrote over that.",
            false => "",
        };
        format!("{who} finds {value}: {lost} lost.{how}")
    }
    zh {
        let how = match *is_known {
            true => "每一次都是这样：一个进程读到一个数，还没写回，另一个进程先写了；接着前一个进程\
                的写入把它覆盖掉。",
            false => "",
        };
        format!("{who}看到的是 {value}：丢了 {lost} 次。{how}")
    }

    brief TotalWhole { who: Actor, value: u64 } samples (parent(), 2000)
    en "{who} finds {value}: not one addition is lost."
    zh "{who}看到的是 {value}：一次也没有丢。"

    brief KillSemaphoreHolder { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which holds the lock. It ends at once and releases \
        nothing: the semaphore stays 0."
    zh "{by}向持有锁的{child}发送 SIGKILL（9）：它立即终止，什么也来不及释放，信号量仍然是 0。"

    brief KillFlockHolder { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which holds the lock. It ends at once and releases \
        nothing; but the kernel closes its files, and with that the lock is free."
    zh "{by}向持有锁的{child}发送 SIGKILL（9）：它立即终止，自己来不及释放；但内核会关闭它打开的文\
        件，锁也就随之释放。"
}
