//! The mistakes that get a run of the `queue` lesson stuck.

use crate::stuck::{Mistake, mistakes};

mistakes! {
    /// The readers leave when the queue is empty, and a writer has more to put than the pipe has
    /// room for; or one reader has taken what another one was about to get.
    EMPTY_IS_NO_END = Mistake::of("empty_is_no_end", [
        "An empty queue is no sign of the end: tell the readers",
        "队列空了不等于结束：要通知读进程",
    ]);

    NOTHING_STOPS = Mistake::of("nothing_stops", [
        "Tell the readers that nothing more will come",
        "要告诉读进程不会再有值了",
    ]);

    TOO_FEW_SENTINELS = Mistake::of("too_few_sentinels", [
        "Put a sentinel for each reader",
        "每个读进程都要有一个哨兵值",
    ]);

    KEPT_PUT_END = Mistake {
        in_python: Some([
            "(CPython's Queue has no end-of-file, as each reader has a put end itself: put \
                sentinels there.)",
            "（CPython 的 Queue 没有 EOF，因为每个读进程自己也有一个写端：那里要用哨兵值。）",
        ]),
        ..Mistake::of("kept_put_end", ["Close the put end", "关掉写端"])
    };

    /// The holder of the lock was killed.
    KILLED_HOLDER = Mistake::of("killed_holder", [
        "Don't kill a process that may have a lock; or do without the lock",
        "不要杀死可能持有锁的进程；或者不用锁",
    ]);
}
