//! What `--explain` tells of this lesson only.

use std::collections::HashSet;

use super::events::LockEvent;
use crate::events::{Call, Event};
use crate::multiprocessing::{FLOCK, GATE};
use crate::views::explain::{Actor, Moment, Narrator, Series, Story, count, notes};

/// The PIDs of the processes that count, or have counted.
#[derive(Default)]
pub(super) struct LockNarrator(HashSet<u32>);

impl Narrator for LockNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match &now.event {
            Event::Wait { call: Call::Acquire, on } => match on.as_deref() {
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
                    self.0.insert(now.pid);
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
                    Some(lost @ 1..) => story.once(TotalLess { who, value, lost }),
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
        let Some((child_pid, _)) = now.signals_on_purpose().filter(|it| self.0.contains(&it.0))
        else {
            return false;
        };
        let (by, child) = (now.me(), now.run.who(child_pid));
        let has_flock = now.run.holder_of(FLOCK).is_some_and(|holder| holder.pid == child_pid);
        match has_flock {
            true => story.once(KillFlockHolder { by, child }),
            false => story.once(KillSemaphoreHolder { by, child }),
        };
        true
    }
}

notes! {
    WaitGate { who: Actor } samples (writer())
    en "{who} waits at a gate until all the others have come: they are to count at the same time, \
        and not one after another."
    zh "{who}在起跑线上等其他进程到齐：这些进程要同时开始数，而不是一个接一个。"

    Counting { who: Actor, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps: read the counter, add 1, write it. \
        Nothing keeps another process from reading the same number in between."
    zh "{who}开始数。{turns} 次里的每一次都分三步：读计数器，加 1，写回去。在这三步之间，别的进程也\
        能读到同一个数。"

    CountingInTurn { who: Actor, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps, read, add and write, and it takes \
        the lock around them. Of the lock this log tells at the first turn only."
    zh "{who}开始数。{turns} 次里的每一次都分读、加、写三步，三步之前先拿锁，之后再释放。拿锁和释放\
        锁，日志里只记第一次。"

    WaitTurn { who: Actor } samples (writer())
    en "{who} calls acquire(), before it reads: only one process has the lock at a time, and the \
        others wait here."
    zh "{who}在读之前调用 acquire()：同一时刻只有一个进程握着锁，其他进程在这里等。"

    AcquiredSemaphore { who: Actor } samples (writer())
    en "{who} has the lock, a semaphore: a number in the kernel that is 1 or 0. It doesn't know \
        who has taken it, so it doesn't notice if that process dies."
    zh "{who}拿到了锁。这把锁是一个信号量：内核里的一个数，不是 1 就是 0。信号量不记得是被哪个进程\
        取走的，所以那个进程死了，信号量也不会知道。"

    AcquiredFlock { who: Actor } samples (writer())
    en "{who} has the lock, one on the counter's file (flock(2)). The kernel knows whose it is, \
        and frees it when that process ends."
    zh "{who}拿到了锁。这把锁加在计数器的文件上（flock(2)），内核知道锁归哪个进程；那个进程一结束，\
        内核就把锁释放。"

    ReleaseTurn { who: Actor } samples (writer())
    en "{who} has written, and releases the lock: what reads now reads the new number."
    zh "{who}已经写回，释放锁：接下来不论哪个进程去读，读到的都是新的数。"

    Counted { who: Actor, last: u64, again: bool } samples
        (writer(), 1000, false) (writer(), 1000, true)
    en {
        "{who} has done all its turns. The last number that it wrote is {last}."
        again "{who} is done as well, and wrote {last} last."
    }
    zh {
        "{who}数完了，最后写下的数是 {last}。"
        again "{who}也数完了，最后写下的是 {last}。"
    }

    brief TotalLess { who: Actor, value: u64, lost: u64 } samples
        (parent(), 1043, 957) (parent(), 1, 1)
    en {
        let lost = count(*lost, "addition");
        format!("{who} finds {value}: {lost} lost. Each time, a process had read a number, and \
            another one wrote before it did; then it wrote over that.")
    }
    zh "{who}看到的是 {value}：丢了 {lost} 次。每一次都是这样：一个进程读到一个数，还没写回，另一个\
        进程先写了；接着前一个进程的写入把它覆盖掉。"

    brief TotalWhole { who: Actor, value: u64 } samples (parent(), 2000)
    en "{who} finds {value}: not one addition is lost."
    zh "{who}看到的是 {value}：一次也没有丢。"

    brief KillSemaphoreHolder { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which has the lock. It is gone at once and releases \
        nothing: the semaphore stays 0."
    zh "{by}向握着锁的{child}发送 SIGKILL（9）：进程立刻消失，什么也没有释放，信号量仍然是 0。"

    brief KillFlockHolder { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which has the lock. It is gone at once and releases \
        nothing; but the kernel closes its files, and with them the lock is free."
    zh "{by}向握着锁的{child}发送 SIGKILL（9）：进程立刻消失，自己什么也没有释放；但内核会关闭它打\
        开的文件，锁也就随之释放。"
}
