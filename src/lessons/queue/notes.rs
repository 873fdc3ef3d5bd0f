//! What `--explain` tells of this lesson only: readers take turns at a lock, and one of them is
//! killed.

use crate::events::{Call, Event};
use crate::state::Activity;
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
                let does = now.run.process(child).map(|it| it.does(None));
                if !matches!(does, Some(Activity::Waiting(_))) {
                    return false;
                }
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
    en "{who} calls acquire(): a process that reads from the queue needs its lock first, as in \
        CPython's get(). Only one process holds it at a time."
    zh "{who}调用 acquire()：要从队列里读，先得获取队列的锁，CPython 的 get() 也是这样。同一时刻只\
        有一个进程持有这把锁。"

    Acquired { who: Actor } samples (reader())
    en "{who} has acquired the lock, and holds it while it waits in get(). The lock is a \
        semaphore: a number that is 1 or 0, here in the kernel, in CPython in shared memory. It \
        doesn't record its holder, so it doesn't notice if that process dies."
    zh "{who}获取了锁，在 get() 里等待时一直持有。这把锁是一个信号量，也就是一个数，不是 1 就是 0：\
        在这里，它在内核里；在 CPython 里，它在共享内存里。信号量不记录持有者，所以持有它的进程死\
        了，它也不会知道。"

    Release { who: Actor } samples (reader())
    en "{who} releases the lock: the next reader that acquires it may read."
    zh "{who}释放了锁：下一个获取锁的读进程就可以去读。"

    brief KillOnPurpose { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} sends SIGKILL (9) to {child} while it waits, as --kill asks. It ends at once: it \
        can't clean up, and releases no lock."
    zh "按 --kill 的要求，{by}趁{child}等待时向它发送 SIGKILL（9）：它立即终止，来不及清理，也来不及\
        释放锁。"
}
