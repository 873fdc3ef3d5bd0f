//! Processes take turns at a lock: readers of a queue, or those who count.

use super::moment::Moment;
use super::note::{Who, count, notes};
use super::story::{Series, Story};
use crate::events::{FLOCK, GATE, SEMAPHORE};

impl Story {
    /// A process calls `acquire()`.
    pub fn wait_acquire(&mut self, on: &str, now: &Moment) {
        let who = now.me();
        match on {
            GATE => self.once(WaitGate { who }),
            SEMAPHORE | FLOCK => self.once(WaitTurn { who }),
            _ => self.once(WaitAcquire { who }),
        };
    }

    /// A process has the lock.
    pub fn acquired(&mut self, lock: &str, now: &Moment) {
        let who = now.me();
        match lock {
            SEMAPHORE => self.once(AcquiredSemaphore { who }),
            FLOCK => self.once(AcquiredFlock { who }),
            _ => self.once(Acquired { who }),
        };
    }

    /// A process gives the lock back.
    pub fn release(&mut self, lock: &str, now: &Moment) {
        let who = now.me();
        match lock {
            SEMAPHORE | FLOCK => self.once(ReleaseTurn { who }),
            _ => self.once(Release { who }),
        };
    }

    /// A process begins to count.
    pub fn counting(&mut self, turns: u32, has_lock: bool, now: &Moment) {
        let who = now.me();
        self.counting.insert(now.pid);
        match has_lock {
            true => self.once(CountingInTurn { who, turns }),
            false => self.once(Counting { who, turns }),
        };
    }

    /// A process has done all its turns.
    pub fn counted(&mut self, last: u64, now: &Moment) {
        let who = now.me();
        self.once_then_few_about(who.clone(), Series::Gets, |again| Counted { who, last, again });
    }

    /// The parent looks at the counter.
    pub fn total(&mut self, value: u64, of: u64, now: &Moment) {
        let who = now.me();
        match of.checked_sub(value) {
            Some(lost @ 1..) => self.once(TotalLess { who, value, lost }),
            _ => self.once(TotalWhole { who, value }),
        };
    }

    /// A process is sent SIGKILL; whether it is one that counts, so that this is all to be told of
    /// it.
    pub fn kill_of_counting(&mut self, child: u32, now: &Moment) -> bool {
        if !self.counting.contains(&child) {
            return false;
        }
        let (by, child_who) = (now.me(), now.run.who(child));
        match now.run.holds(child, FLOCK) {
            true => self.once(KillFlockHolder { by, child: child_who }),
            false => self.once(KillSemaphoreHolder { by, child: child_who }),
        };
        true
    }
}

notes! {
    WaitAcquire { who: Who } samples (reader())
    en "{who} calls acquire(): whoever wants to read from the queue needs its lock first, as in \
        CPython's get(). Only one process \
        has it at a time."
    zh "{who}调用 acquire()：要从队列里读，先得拿到队列的锁，CPython 的 get() 也是这样。同一时刻只\
        有一个进程持有这把锁。"

    Acquired { who: Who } samples (reader())
    en "{who} has the lock, and keeps it while it waits in get(). The lock is a semaphore: a \
        number in the kernel that is 1 or 0. It \
        doesn't know who has taken it, so it doesn't notice if that process dies."
    zh "{who}拿到了锁，在 get() 里等待时一直握着不放。这把锁是一个信号量：内核里的一个数，不是 1 \
        就是 0。信号量不记得是被哪个进程取走的，\
        所以那个进程死了，信号量也不会知道。"

    Release { who: Who } samples (reader())
    en "{who} has got its value and releases the lock. Now one of the other readers may read."
    zh "{who}取到了值，释放锁。现在轮到另一个读进程去读。"

    WaitGate { who: Who } samples (writer())
    en "{who} waits at a gate until all the others have come: they are to count at the same time, \
        and not one after another."
    zh "{who}在起跑线上等其他进程到齐：这些进程要同时开始数，而不是一个接一个。"

    Counting { who: Who, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps: read the counter, add 1, write \
        it. Nothing keeps another process \
        from reading the same number in between."
    zh "{who}开始数。{turns} 次里的每一次都分三步：读计数器，加 1，写回去。在这三步之间，别的进程\
        也能读到同一个数。"

    CountingInTurn { who: Who, turns: u32 } samples (writer(), 1000)
    en "{who} begins. Each of its {turns} turns is three steps, read, add and write, and it takes \
        the lock around them. Of the \
        lock this log tells at the first turn only."
    zh "{who}开始数。{turns} 次里的每一次都分读、加、写三步，三步之前先拿锁，之后再释放。拿锁和释\
        放锁，日志里只记第一次。"

    WaitTurn { who: Who } samples (writer())
    en "{who} calls acquire(), before it reads: only one process has the lock at a time, and the \
        others wait here."
    zh "{who}在读之前调用 acquire()：同一时刻只有一个进程握着锁，其他进程在这里等。"

    AcquiredSemaphore { who: Who } samples (writer())
    en "{who} has the lock, a semaphore: a number in the kernel that is 1 or 0. It doesn't know \
        who has taken it, so it doesn't \
        notice if that process dies."
    zh "{who}拿到了锁。这把锁是一个信号量：内核里的一个数，不是 1 就是 0。信号量不记得是被哪个进程\
        取走的，所以那个进程死了，\
        信号量也不会知道。"

    AcquiredFlock { who: Who } samples (writer())
    en "{who} has the lock, one on the counter's file (flock(2)). The kernel knows whose it is, \
        and frees it when that process ends."
    zh "{who}拿到了锁。这把锁加在计数器的文件上（flock(2)），内核知道锁归哪个进程；那个进程一结\
        束，内核就把锁释放。"

    ReleaseTurn { who: Who } samples (writer())
    en "{who} has written, and releases the lock: whoever reads now reads the new number."
    zh "{who}已经写回，释放锁：接下来不论哪个进程去读，读到的都是新的数。"

    Counted { who: Who, last: u64, again: bool } samples (writer(), 1000, false) (writer(), 1000, true)
    en {
        "{who} has done all its turns. The last number that it wrote is {last}."
        again "{who} is done as well, and wrote {last} last."
    }
    zh {
        "{who}数完了，最后写下的数是 {last}。"
        again "{who}也数完了，最后写下的是 {last}。"
    }

    brief TotalLess { who: Who, value: u64, lost: u64 } samples (parent(), 1043, 957) (parent(), 1, 1)
    en {
        let lost = count(*lost, "addition");
        format!("{who} finds {value}: {lost} lost. Each time, a process had read a number, and \
            another one wrote before it did; \
            then it wrote over that.")
    }
    zh "{who}看到的是 {value}：丢了 {lost} 次。每一次都是这样：一个进程读到一个数，还没写回，另一\
        个进程先写了；接着前一个进程的写入\
        把它覆盖掉。"

    brief TotalWhole { who: Who, value: u64 } samples (parent(), 2000)
    en "{who} finds {value}: not one addition is lost."
    zh "{who}看到的是 {value}：一次也没有丢。"

    brief KillSemaphoreHolder { by: Who, child: Who } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which has the lock. It is gone at once and releases \
        nothing: the semaphore stays 0."
    zh "{by}向握着锁的{child}发送 SIGKILL（9）：进程立刻消失，什么也没有释放，信号量仍然是 0。"

    brief KillFlockHolder { by: Who, child: Who } samples (parent(), writer())
    en "{by} sends SIGKILL (9) to {child}, which has the lock. It is gone at once and releases \
        nothing; but the kernel closes its \
        files, and with them the lock is free."
    zh "{by}向握着锁的{child}发送 SIGKILL（9）：进程立刻消失，自己什么也没有释放；但内核会关闭它打\
        开的文件，锁也就随之释放。"
}
