//! Nobody is left behind by a command, however the run ends.

use std::fs::File;
use std::io::{self, Read as _};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use super::{own, shell_word};
use crate::common::*;

/// What a command starts beside itself. `mp-demo` knows nothing of it.
pub const HELPERS: [&str; 5] = [
    "sleep 1000 &",
    "setsid -f sleep 1000",
    "trap \"\" INT TERM HUP QUIT; setsid sleep 1000 &",
    "env -i setsid -f sleep 1000",
    "sleep 1000 & kill -STOP $!",
];

/// How long those that are left have to end: they are killed in a fraction of a second.
const LONGEST: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// A FIFO that a command and its helpers have open for writing: it comes to its end when the last
/// of them has.
pub struct Witness {
    folder: TempDir,
    end: File,
}

impl Witness {
    pub fn new() -> Witness {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let end = open(&fifo, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
        Witness { folder, end: end.unwrap().into() }
    }

    /// A command that starts such a helper, says so, and waits.
    pub fn command(&self, helper: &str) -> String {
        let fifo = self.folder.path().join("fifo");
        let fifo = fifo.to_str().unwrap();
        format!("sh -c 'exec 9>{fifo}; {helper}\necho ready >&9; sleep 1000'")
    }

    /// Reads what comes, or nothing when all of them have ended.
    pub fn next(&mut self) -> String {
        loop {
            let mut fds = [PollFd::new(&self.end, PollFlags::IN)];
            assert!(poll(&mut fds, Some(&LONGEST)).unwrap() > 0, "somebody is left");
            let mut text = [0; 64];
            match self.end.read(&mut text) {
                Ok(length) => return String::from_utf8_lossy(&text[..length]).into_owned(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Whom a signal goes to.
#[derive(Clone, Copy, Debug)]
enum To {
    /// The process that the user has started.
    Parent,
    /// That and all others of the terminal's foreground, as Ctrl-C does it.
    Group,
    /// The process that stands between the parent and the command: the first guard.
    Between,
    /// The second guard.
    Guard,
    /// The command itself.
    Command,
}

/// Signals, and how many milliseconds pass before each.
type Attack<'a> = &'a [(u64, To, Signal)];

/// Runs a command with a helper, attacks the run, and waits until nobody is left.
fn attack(helper: &str, attack: Attack) -> Ended {
    let mut witness = Witness::new();
    let args = ["queue", "--writer", &witness.command(helper), "--json"];
    let mut run = Running::start(&mut own(&args));
    assert_eq!(witness.next(), "ready\n", "{helper}");
    run.wait_for_several(3, "started");
    let child = |role: &str| pid_in(child_as(&run.log, role));
    let (between, command) = (child("writer"), child("writer-command"));
    let is_guard = |pid: &Pid| {
        let words = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_pid()));
        words.is_ok_and(|words| words.starts_with(b"guard\0"))
    };
    let guard = children_of(run.pid()).into_iter().find(is_guard).unwrap();
    for (milliseconds, to, signal) in attack {
        thread::sleep(Duration::from_millis(*milliseconds));
        // Some of them may be gone already.
        let _ = match to {
            To::Group => kill_process_group(run.pid(), *signal),
            To::Parent => kill_process(run.pid(), *signal),
            To::Between => kill_process(between, *signal),
            To::Guard => kill_process(guard, *signal),
            To::Command => kill_process(command, *signal),
        };
    }
    let ended = run.finish();
    assert_eq!(witness.next(), "", "{helper} {attack:?}");
    for pid in [between, guard] {
        assert!(ends(pid), "{helper} {attack:?}: {pid:?} is left");
    }
    ended
}

pub fn comm(pid: Pid) -> String {
    let comm = std::fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_pid()));
    comm.unwrap_or_default().trim_end().to_owned()
}

/// What the kernel has of signals that a user sends, and of what closing a terminal, `timeout -k`
/// or a service manager do.
const ATTACKS: [Attack; 17] = [
    &[(0, To::Group, Signal::INT), (5, To::Group, Signal::INT)],
    &[(0, To::Parent, Signal::TERM), (100, To::Parent, Signal::TERM)],
    &[(0, To::Parent, Signal::TERM), (2, To::Parent, Signal::KILL)],
    &[(0, To::Parent, Signal::TERM), (50, To::Parent, Signal::KILL)],
    &[(0, To::Group, Signal::QUIT)],
    &[(0, To::Group, Signal::HUP)],
    &[(0, To::Parent, Signal::KILL)],
    &[(0, To::Group, Signal::KILL)],
    &[(0, To::Parent, Signal::USR1)],
    &[(0, To::Between, Signal::STOP), (0, To::Parent, Signal::KILL)],
    &[(0, To::Between, Signal::STOP), (0, To::Parent, Signal::HUP)],
    &[(0, To::Group, Signal::STOP), (5, To::Parent, Signal::KILL)],
    &[(0, To::Guard, Signal::STOP), (0, To::Parent, Signal::KILL)],
    &[(0, To::Guard, Signal::KILL), (20, To::Parent, Signal::KILL)],
    &[(0, To::Between, Signal::KILL)],
    // While the parent, or the process in between, tidies up after a failure.
    &[(0, To::Command, Signal::KILL), (20, To::Parent, Signal::KILL)],
    &[(0, To::Command, Signal::KILL), (80, To::Parent, Signal::HUP)],
];

#[test]
fn no_helper_of_a_command_is_left_whatever_ends_the_run() {
    for turn in 0..if is_soak() { 20 } else { 1 } {
        for (number, it) in ATTACKS.into_iter().enumerate() {
            attack(HELPERS[(number + turn) % HELPERS.len()], it);
        }
    }
}

#[test]
fn the_status_says_which_signal_came_first() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let twice = [(0, To::Parent, signal), (0, To::Parent, signal)];
        let ended = attack(HELPERS[0], &twice);
        assert_eq!((ended.code(), ended.stderr.as_str()), (code, ""));
    }
}

#[test]
fn no_helper_of_a_command_is_left_when_the_terminal_is_closed() {
    for helper in HELPERS {
        let mut witness = Witness::new();
        let (terminal, other_side) = pty_process::blocking::open().unwrap();
        let command = pty_process::blocking::Command::new(PROGRAM);
        let mut run = command
            .args(["queue", "--writer", &witness.command(helper)])
            .spawn(other_side)
            .unwrap();
        assert_eq!(witness.next(), "ready\n");
        drop(terminal);
        assert_eq!(witness.next(), "", "{helper}");
        run.wait().unwrap();
    }
}

#[test]
fn a_command_has_the_signals_and_the_group_that_mp_demo_was_started_with() {
    let show = "sh -c 'echo group $(cut -d\" \" -f5 /proc/$$/stat) >&2; \
                grep -E \"^Sig(Blk|Ign)\" /proc/self/status >&2; echo A'";
    let plain = run(&mut shell(&show.replacen("sh -c", "trap \"\" USR2; exec sh -c", 1)));
    let script = format!("trap '' USR2; exec mp-demo queue --writer {}", shell_word(show));
    let run = Running::start(&mut shell(&script));
    let group = format!("group {}", run.pid().as_raw_pid());
    let ended = run.finish();
    // Without those that the C library keeps for itself.
    let signals = |text: &str| {
        let masks = text.lines().filter_map(|line| line.strip_prefix("Sig")?.split_once(":\t"));
        let masks = masks.map(|(_, mask)| u64::from_str_radix(mask, 16).unwrap() & 0x7fff_ffff);
        masks.collect::<Vec<_>>()
    };
    assert_eq!(signals(&ended.stderr), signals(&plain.stderr));
    assert!(ended.stderr.lines().any(|line| line == group), "{group}: {ended:?}");
}
