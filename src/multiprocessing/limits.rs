//! How many descriptors a process may have open.
//!
//! Each process has two limits: the soft one counts, and the process may raise it up to the hard one by itself.

use anyhow::{Context as _, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Whether a process may have this many descriptors open once it has called [`ensure_descriptors`]. `what` they are
/// for begins the error.
///
/// # Errors
/// When the hard limit is below that.
pub fn check_descriptors(count: u64, what: &str) -> Result<()> {
    match getrlimit(Resource::Nofile).maximum {
        Some(limit) if limit < count => bail!(
            "{what} need {count} open descriptors in one process, and the limit is {limit} (`ulimit -Hn`); \
             ask for fewer, or raise the limit"
        ),
        _ => Ok(()),
    }
}

/// Raises this process's soft limit so that it may have this many descriptors open. Children inherit it.
///
/// # Errors
/// When the hard limit is below that, or the system refuses.
pub fn ensure_descriptors(count: u64, what: &str) -> Result<()> {
    check_descriptors(count, what)?;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        let raised = Rlimit {
            current: Some(count),
            ..limit
        };
        setrlimit(Resource::Nofile, raised)
            .with_context(|| format!("cannot raise the limit of open descriptors to {count}"))?;
    }
    Ok(())
}
