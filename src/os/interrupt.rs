//! Signals that end this program, once it has tidied up.

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

/// The signals to catch: their default action ends a program. (SIGKILL can't be caught; SIGSEGV and
/// the other signals of a program's own faults are left alone.)
const ENDING: [i32; 10] =
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU];

/// The name of the thread that waits for the signals.
pub(crate) const THREAD: &str = "signals";

/// Whether a pager is open. Ctrl-C is for the pager then.
pub(crate) static IS_PAGING: AtomicBool = AtomicBool::new(false);

/// Whether an ending signal has come. Dropping this doesn't undo [`catch`](Interrupt::catch).
pub(crate) struct Interrupt {
    has_come: Arc<AtomicBool>,
    is_deadly: Arc<AtomicBool>,
    /// A socket that gets EOF when a signal has come: for poll(2).
    end: UnixStream,
}

impl Interrupt {
    /// Catches the [`ENDING`] signals from now on, in a thread of its own, so a busy or blocked
    /// thread doesn't matter. When a signal comes, that thread calls `tidy_up` and lets this
    /// program die of the signal. With `spares_first_ctrl_c`, a SIGINT that comes first doesn't end
    /// the program, but [`has_come`](Interrupt::has_come) tells it. Children don't inherit the
    /// handlers. Signals that are ignored, as under nohup(1), stay ignored.
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
                let is_for_pager =
                    |signal: &i32| *signal == SIGINT && IS_PAGING.load(Ordering::SeqCst);
                for signal in signals.forever().filter(|signal| !is_for_pager(signal)) {
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

    /// Waits for this program's death if a signal has come that ends it.
    pub(crate) fn die_of_it(&self) {
        while self.is_deadly.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// The socket that gets EOF when a signal has come.
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
