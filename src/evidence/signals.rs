//! Which signals a program itself handles, and not its runtime: the program may wait for any of
//! them.

use rustix::process::Signal;

/// A set of signals, as `/proc/PID/status` has it: a bit each, the lowest one for signal 1.
pub type Signals = u64;

/// Signals that nobody sends to wake a program: its children's ends, its own faults, broken pipes
/// and limits.
const NEVER: [Signal; 11] = [
    Signal::CHILD,
    Signal::SEGV,
    Signal::BUS,
    Signal::FPE,
    Signal::ILL,
    Signal::ABORT,
    Signal::SYS,
    Signal::TRAP,
    Signal::PIPE,
    Signal::XCPU,
    Signal::XFSZ,
];
/// Signals that the C library keeps for itself.
const LIBRARYS: std::ops::RangeInclusive<i32> = 32..=34;
/// The signals that an interpreter handles in every program, by the beginning of the interpreter's
/// name.
const RUNTIMES: [(&str, &[Signal]); 7] = [
    ("python", &[Signal::INT]),
    ("pypy", &[Signal::INT]),
    ("node", &[Signal::INT, Signal::TERM, Signal::USR1, Signal::WINCH]),
    ("bash", &[Signal::INT]),
    ("dash", &[Signal::INT]),
    ("sh", &[Signal::INT]),
    ("zsh", &[Signal::INT]),
];
/// The signals from 1 to 31 that Go handles in every program.
const GOS: Signals = 0x7fc1_feff;
const STANDARD: Signals = 0x7fff_ffff;

/// Whether a program that has handlers for these is written in Go.
pub(super) fn is_go(caught: Signals) -> bool {
    caught & STANDARD == GOS
}

/// The set of one signal.
pub fn bit(signal: i32) -> Signals {
    1 << (signal - 1)
}

/// The signals that the program itself handles and that can reach it, of `all` that have a handler.
/// `blocked` has the signals that each thread blocks.
pub(super) fn own(program: &str, all: Signals, blocked: &[Signals]) -> Signals {
    let never = NEVER.iter().map(|it| it.as_raw()).chain(LIBRARYS).map(bit).sum::<Signals>();
    let caught = all & !never;
    if is_go(all) {
        // Go's signal.Notify() starts a thread that blocks all signals but those of Notify.
        let asks = blocked.iter().filter(|it| **it != 0).map(|it| !it);
        let preempts = bit(Signal::URG.as_raw()) | bit(Signal::PROF.as_raw());
        return caught & !preempts & asks.fold(0, |all, some| all | some);
    }
    // A process of mp-demo's passes a signal on, and doesn't wait for it.
    if program.starts_with("mp-demo") {
        return 0;
    }
    let reaching = blocked.iter().fold(0, |all, some| all | !some);
    let runtimes = RUNTIMES.iter().find(|(name, _)| program.starts_with(name));
    let runtimes = runtimes.into_iter().flat_map(|(_, signals)| *signals);
    caught & reaching & !runtimes.map(|it| bit(it.as_raw())).sum::<Signals>()
}

/// The numbers of the signals in a set.
pub(super) fn numbers(signals: Signals) -> Vec<i32> {
    (1..=64).filter(|it| signals & bit(*it) != 0).collect()
}
