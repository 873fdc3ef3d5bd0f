//! Signals at random, to random processes of random runs.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};

use super::left_behind::{HELPERS, Witness, comm};
use crate::common::*;

/// Runs that last for a while, and end by themselves.
const RUNS: [&str; 16] = [
    "spawn --sleep 0.3",
    "spawn --children 8 --threads 3 --sleep 0.2 --join each",
    "queue --pause 0.1",
    "queue --writers 2 --readers 3 --pause 0.1 --stop sentinel",
    "queue --readers 2 --lock --pause 0.1 --stop eof",
    "pipe --pause 0.2 --reply",
    "pipe --bytes 60000 --join last",
    "memory",
    "lock --turns 2000",
    "lock --turns 1000 --repeat 5 --load",
    "terminate --grandchild",
    "zombie --pause 0.3",
    "zombie --orphan --pause 0.3",
    "bound --kind io --tasks 4 --workers 2",
    "async --customers 4 --wait 0.2",
    "buffer",
];

const SIGNALS: [Signal; 14] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::TERM,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::KILL,
    Signal::STOP,
    Signal::CONT,
    Signal::TSTP,
    Signal::SEGV,
    Signal::ABORT,
    Signal::PIPE,
];

/// Everybody who descends from a process, itself first.
fn family(pid: Pid) -> Vec<Pid> {
    let mut family = vec![pid];
    let mut looked_at = 0;
    while let Some(pid) = family.get(looked_at) {
        family.extend(children_of(*pid));
        looked_at += 1;
    }
    family
}

/// `Z` for a zombie; nothing of a process that is gone.
fn state(pid: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

/// Whom one signal of these two may not end or stop, when the other ends or stops one of them.
fn is_vital(pid: Pid, parent: Pid) -> bool {
    pid == parent || comm(pid) == "guard"
}

#[test]
#[ignore = "2,000 runs"]
fn nobody_is_left_behind_whoever_gets_whatever_signals() {
    let mut random = Rng::new();
    for number in 0..2_000 {
        let mut witness = Witness::new();
        let helper = HELPERS[random.usize(..HELPERS.len())];
        let command = witness.command(helper);
        let words = RUNS[random.usize(..RUNS.len())];
        let runs_command = random.usize(..3) == 0;
        let mut args: Vec<&str> = words.split(' ').collect();
        match random.bool() {
            _ if !runs_command => {}
            true => args = vec!["queue", "--writer", &command],
            false => args = vec!["pipe", "--child", &command],
        }
        let mut run = mp_demo(&args);
        let run = Running::start(run.args(["--patience", "1000"]));
        if runs_command {
            assert_eq!(witness.next(), "ready\n");
        }
        let parent = run.pid();
        let mut seen = BTreeSet::new();
        let mut sent = Vec::new();
        let mut was_vital = false;
        for _ in 0..2 {
            thread::sleep(Duration::from_micros(random.u64(..150_000)));
            let family = family(parent);
            seen.extend(family.iter().map(|pid| pid.as_raw_pid()));
            let (pid, signal) =
                (family[random.usize(..family.len())], SIGNALS[random.usize(..SIGNALS.len())]);
            // Neither guard and parent, nor both guards, in one run.
            let ends = matches!(signal, Signal::KILL | Signal::STOP | Signal::SEGV | Signal::ABORT);
            if ends && is_vital(pid, parent) {
                if was_vital {
                    continue;
                }
                was_vital = true;
            }
            sent.push((pid, comm(pid), signal));
            let _ = kill_process(pid, signal);
        }
        // What a signal has stopped, or commands that wait for ever, are no hang.
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(if runs_command { 50 } else { 1_500 })
            && state(parent).is_some_and(|it| it != 'Z')
        {
            thread::sleep(Duration::from_millis(5));
        }
        for signal in [Signal::TERM, Signal::CONT] {
            let _ = kill_process(parent, signal);
        }
        let ended = run.finish();
        let what = format!("{number}: {args:?} {sent:?}: {ended:?}");
        if runs_command {
            assert_eq!(witness.next(), "", "{what}");
        }
        let code = ended.code();
        let tidied_up = ![Signal::KILL, Signal::SEGV, Signal::ABORT]
            .iter()
            .any(|signal| code == 128 + signal.as_raw());
        let begin = Instant::now();
        for pid in seen.into_iter().filter_map(Pid::from_raw) {
            while let Some(state) = state(pid)
                && (state != 'Z' || tidied_up)
            {
                let is_late = begin.elapsed() > Duration::from_secs(if tidied_up { 0 } else { 10 });
                assert!(!is_late, "{pid:?} {} is left as {state}: {what}", comm(pid));
                thread::sleep(Duration::from_millis(5));
            }
        }
    }
}
