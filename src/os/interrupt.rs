//! Signals that are to end this program, but not before it has tidied up.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result};
use procfs::process::Process;
use rustix::process::getpid;
use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
};
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, exit};

use crate::both;

/// Signals that end a program that doesn't expect them. (SIGKILL can't be caught, and what belongs
/// to the program's own faults is not.)
const ENDING: [i32; 10] =
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU];

/// The name of the thread that waits for them.
pub(crate) const THREAD: &str = "signals";

/// Whether a signal has come that is to end this program. It lasts as long as the program does.
pub(crate) struct Interrupt {
    has_come: Arc<AtomicBool>,
    is_deadly: Arc<AtomicBool>,
    /// It has something to read, its end, as soon as one has come: for whoever waits in poll(2).
    end: UnixStream,
}

impl Interrupt {
    /// From now on a thread of its own waits for these signals, be the others busy or blocked. When
    /// one has come, it does `tidy_up` and lets this program die of the signal. If this
    /// `spares_first_ctrl_c`, a SIGINT that comes first only shows here. The children don't inherit
    /// that. Signals that are ignored, as under nohup(1), stay so.
    pub(crate) fn catch(
        spares_first_ctrl_c: bool,
        tidy_up: impl Fn() + Send + 'static,
    ) -> Result<Interrupt> {
        let catch = || {
            let ignored = Process::myself().and_then(|process| process.status());
            let ignored = ignored.map_or(0, |status| status.sigign);
            let is_ignored = |signal: &i32| ignored & (1 << (signal - 1)) != 0;
            let mut signals = Signals::new(ENDING.iter().filter(|signal| !is_ignored(signal)))?;
            let (end, other_end) = UnixStream::pair()?;
            let [has_come, is_deadly] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
            let interrupt = Interrupt {
                has_come: Arc::clone(&has_come),
                is_deadly: Arc::clone(&is_deadly),
                end,
            };
            let mut other_end = Some(other_end);
            thread::Builder::new().name(THREAD.into()).spawn(move || {
                for signal in signals.forever() {
                    let is_first = other_end.is_some();
                    let is_spared = spares_first_ctrl_c && is_first && signal == SIGINT;
                    is_deadly.store(!is_spared, Ordering::SeqCst);
                    has_come.store(true, Ordering::SeqCst);
                    other_end = None;
                    if !is_spared {
                        tidy_up();
                        die_of(signal);
                    }
                }
            })?;
            Ok::<_, std::io::Error>(interrupt)
        };
        catch().with_context(|| {
            both!("cannot start a thread that waits for signals", "无法启动等待信号的线程")
        })
    }

    pub(crate) fn has_come(&self) -> bool {
        self.has_come.load(Ordering::SeqCst)
    }

    /// If one has come that this program dies of, waits for that.
    pub(crate) fn die_of_it(&self) {
        while self.is_deadly.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// What can be read from once one has come.
    pub(crate) fn end(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

fn die_of(signal: i32) {
    // PID 1 dies of no signal that it sends to itself (pid_namespaces(7)).
    if !getpid().is_init() {
        let _ = emulate_default_handler(signal);
    }
    exit(128 + signal);
}
