//! How many descriptors a process may have open: the soft limit counts, and the process may raise
//! it up to the hard one by itself.

use anyhow::{Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::events::{Because as _, Reason, sentence};

/// Whether a process may have this many descriptors open, for so many customers, once it has called
/// [`ensure_descriptors`].
pub fn check_descriptors(count: u64, customers: usize) -> Result<()> {
    match getrlimit(Resource::Nofile).maximum {
        Some(limit) if limit < count => bail!(sentence!(
            "{customers} customers at once need {count} open descriptors in one process, and the \
             limit is {limit} (`ulimit -Hn`); ask for fewer, or raise the limit",
            "同时接待 {customers} 位顾客要在一个进程里打开 {count} 个文件描述符，而上限是 {limit}\
             （`ulimit -Hn`）；请减少人数，或者提高上限"
        )),
        _ => Ok(()),
    }
}

/// Raises this process's soft limit so that it may have this many descriptors open. Children
/// inherit it.
pub fn ensure_descriptors(count: u64, customers: usize) -> Result<()> {
    check_descriptors(count, customers)?;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        let raised = Rlimit { current: Some(count), ..limit };
        setrlimit(Resource::Nofile, raised)
            .because(|| Reason::CannotRaiseDescriptors { needed: count })?;
    }
    Ok(())
}
