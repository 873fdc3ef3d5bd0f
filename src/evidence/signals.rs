//! Which signals a program handles for a reason of its own: any of them may be what it waits for.

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
/// What an interpreter handles in every program, by the beginning of its name.
const RUNTIMES: [(&str, &[Signal]); 7] = [
    ("python", &[Signal::INT]),
    ("pypy", &[Signal::INT]),
    ("node", &[Signal::INT, Signal::TERM, Signal::USR1, Signal::WINCH]),
    ("bash", &[Signal::INT]),
    ("dash", &[Signal::INT]),
    ("sh", &[Signal::INT]),
    ("zsh", &[Signal::INT]),
];
/// What Go handles in every program, of signals 1 to 31.
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

/// Those of the signals for which this program has handlers that it handles for a reason of its own
/// and that can reach it. `blocked` has those that each of its threads holds back.
pub(super) fn own(program: &str, all: Signals, blocked: &[Signals]) -> Signals {
    let never = NEVER.iter().map(|it| it.as_raw()).chain(LIBRARYS).map(bit).sum::<Signals>();
    let caught = all & !never;
    if is_go(all) {
        // signal.Notify() starts a thread that holds back what it was not asked for.
        let asks = blocked.iter().filter(|it| **it != 0).map(|it| !it);
        let preempts = bit(Signal::URG.as_raw()) | bit(Signal::PROF.as_raw());
        return caught & !preempts & asks.fold(0, |all, some| all | some);
    }
    // What is sent to ours, they pass on.
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
