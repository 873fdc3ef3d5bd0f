//! Readers take turns at a lock.

use super::moment::Moment;
use super::note::{Who, notes};
use super::story::Story;

impl Story {
    /// A process calls `acquire()`.
    pub fn wait_acquire(&mut self, now: &Moment) {
        let who = now.me();
        self.once(WaitAcquire { who });
    }

    /// A process has the lock.
    pub fn acquired(&mut self, now: &Moment) {
        let who = now.me();
        self.once(Acquired { who });
    }

    /// A process gives the lock back.
    pub fn release(&mut self, now: &Moment) {
        let who = now.me();
        self.once(Release { who });
    }
}

notes! {
    WaitAcquire { who: Who } samples (reader())
    en "{who} calls acquire(): whoever wants to read from the queue needs its lock first, as in CPython's get(). Only one process \
        has it at a time."
    zh "{who}调用 acquire()：要从队列里读，先得拿到队列的锁，CPython 的 get() 也是这样。同一时刻只有一个进程持有这把锁。"

    Acquired { who: Who } samples (reader())
    en "{who} has the lock, and keeps it while it waits in get(). The lock is a semaphore: a number in the kernel that is 1 or 0. It \
        doesn't know who has taken it, so it doesn't notice if that process dies."
    zh "{who}拿到了锁，在 get() 里等待时一直握着不放。这把锁是一个信号量：内核里的一个数，不是 1 就是 0。信号量不记得是被哪个进程取走的，\
        所以那个进程死了，信号量也不会知道。"

    Release { who: Who } samples (reader())
    en "{who} has got its value and releases the lock. Now one of the other readers may read."
    zh "{who}取到了值，释放锁。现在轮到另一个读进程去读。"
}
