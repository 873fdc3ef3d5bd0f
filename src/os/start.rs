//! What has to be done before anything else, in the parent and in each child.

use nix::sys::signal::{SigSet, Signal as Blockable};
use rustix::process::{Resource, Rlimit, Signal, getpid, getrlimit, kill_process, setrlimit};

use crate::both;

/// The least stack that the program can do with: measured, the command line of all lessons needs
/// 300 KiB in a debug build.
const STACK: u64 = 512 << 10;

/// Makes sure that there is enough stack, and that each signal means what it does elsewhere.
///
/// # Errors
/// One sentence, when there is not enough stack and no more to be had.
pub fn prepare() -> Result<(), String> {
    ensure_stack()?;
    let blocked = SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::all());
    for (signal, blockable) in
        [(Signal::SEGV, Blockable::SIGSEGV), (Signal::BUS, Blockable::SIGBUS)]
    {
        // std looks at these two for overflows of the stack, and takes the first one for a sign
        // that it is no longer needed. So somebody else's first SIGSEGV would do nothing; this one
        // comes first.
        if !blocked.contains(blockable) {
            let _ = kill_process(getpid(), signal);
        }
    }
    Ok(())
}

/// The kernel looks at the limit when the stack grows, so it can still be raised. This comes before
/// std's own start, which needs some of it.
#[ctor::ctor]
fn raise_stack_limit() {
    let limit = getrlimit(Resource::Stack);
    if limit.current.is_some_and(|current| current < STACK) {
        let raised = Rlimit { current: Some(STACK), ..limit };
        // If that fails, `prepare` says so.
        let _ = setrlimit(Resource::Stack, raised);
    }
}

fn ensure_stack() -> Result<(), String> {
    match getrlimit(Resource::Stack).current {
        Some(limit) if limit < STACK => {
            let least = STACK >> 10;
            Err(both!(
                "the stack is too small; raise its limit to {least} KiB (`ulimit -s {least}`)",
                "栈太小；请把上限提高到 {least} KiB（`ulimit -s {least}`）"
            ))
        }
        _ => Ok(()),
    }
}
