//! What `--explain` tells of this lesson only: readers take turns at a lock, and one of them is
//! killed.

use crate::events::{Call, Event};
use crate::views::explain::{Actor, Moment, Narrator, Series, Story, notes};

#[derive(Default)]
pub(super) struct QueueNarrator;

impl Narrator for QueueNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match &now.event {
            Event::Wait { call: Call::Acquire, .. } => story.once(WaitAcquire { who }),
            Event::Acquired { .. } => story.once(Acquired { who }),
            Event::Release { .. } => story.once(Release { who }),
            Event::Kill { .. } => {
                let Some((child, _)) = now.signals_on_purpose() else {
                    return false;
                };
                let child = now.run.who(child);
                story.few(Series::SIGNALS, |_| KillOnPurpose { by: who, child });
                true
            }
            _ => return false,
        };
        true
    }
}

notes! {
    WaitAcquire { who: Actor } samples (reader())
    en "{who} calls acquire(): a reader needs the queue's lock before it reads, as in \
        CPython's get(). Only one process has it at a time."
    zh "{who}调用 acquire()：要从队列里读，先得拿到队列的锁，CPython 的 get() 也是这样。同一时刻只\
        有一个进程持有这把锁。"

    Acquired { who: Actor } samples (reader())
    en "{who} has the lock, and keeps it while it waits in get(). The lock is a semaphore: a \
        number in the kernel that is 1 or 0. It doesn't know who has taken it, so it doesn't \
        notice if that process dies."
    zh "{who}拿到了锁，在 get() 里等待时一直握着不放。这把锁是一个信号量：内核里的一个数，不是 1 就\
        是 0。信号量不记得是被哪个进程取走的，所以那个进程死了，信号量也不会知道。"

    Release { who: Actor } samples (reader())
    en "{who} has got its value and releases the lock. Now one of the other readers may read."
    zh "{who}取到了值，释放锁。现在轮到另一个读进程去读。"

    brief KillOnPurpose { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} sends SIGKILL (9) to {child} while it waits, as --kill asks: it is gone at once, \
        without a chance to put anything in order or to give anything back."
    zh "按 --kill 的要求，{by}趁{child}等待时向它发送 SIGKILL（9）：{child}立刻消失，没有机会收拾任\
        何东西，也没有机会归还任何东西。"
}
