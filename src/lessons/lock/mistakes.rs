//! By which mistake a run of the `lock` lesson gets stuck.

use crate::both;
use crate::stuck::{Mistake, mistakes};

mistakes! {
    /// The holder of the semaphore was killed, and something else would have been free again.
    KILLED_SEMAPHORE_HOLDER = Mistake::of("killed_semaphore_holder", || {
        both!(
            "Don't kill a process that may have a lock; or take one that the kernel frees",
            "不要杀死可能握着锁的进程；或者换一种内核会释放的锁"
        )
    });
}
