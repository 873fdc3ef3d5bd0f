//! Runs of the program, to their ends or while they go on.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};
use serde_json::Value;

use super::*;

/// Far longer than any run here takes, on a busy machine too: later, a run is said to hang.
const HANGS_AFTER: Timespec = Timespec { tv_sec: 180, tv_nsec: 0 };

/// A run that has ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The exit status as a shell says it: 128 and the signal's number for a death by signal.
    pub fn code(&self) -> i32 {
        let signal = self.status.signal().map(|signal| 128 + signal);
        self.status.code().or(signal).unwrap()
    }

    /// The run, if it succeeded and said nothing on stderr.
    pub fn succeeded(self) -> Ended {
        assert!(self.status.success(), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        self
    }

    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// The log of a run with `--json`.
    pub fn events(&self) -> Vec<Value> {
        let events: Vec<_> = self.stdout.lines().map(event).collect();
        check_log(&events);
        events
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).finish()
}

/// Runs `mp-demo` with arguments in one string.
pub fn run_words(words: &str) -> Ended {
    run(&mut mp_demo(words.split_whitespace()))
}

/// Runs `mp-demo view -` with these options, and a log on its stdin.
pub fn view_log(log: impl AsRef<[u8]>, options: &[&str]) -> Ended {
    run(&mut view(log, options))
}

/// The log of a run that succeeds and says nothing on stderr.
pub fn log_of(words: &str) -> Vec<Value> {
    let mut command = mp_demo(words.split_whitespace());
    run(command.arg("--json")).succeeded().events()
}

/// Checks that these arguments are refused, with this on stderr, before anything is printed, and in
/// a Chinese locale without English.
#[track_caller]
pub fn assert_refused(words: &str, expected: &str) {
    let ended = run_words(words);
    assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{words}");
    assert!(ended.stderr.contains(expected), "{words}: {}", ended.stderr);
    if !words.contains("--lang") {
        let words: Vec<_> = words.split_whitespace().collect();
        crate::chinese::says_nothing_in_english(&words);
    }
}

/// A run that goes on while the test looks at its output.
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: thread::JoinHandle<String>,
    /// The events that were waited for, and those that came before them.
    pub log: Vec<Value>,
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        Running { child, stdout, stderr, log: Vec::new() }
    }

    /// A run of `mp-demo` that prints its log.
    pub fn with_log(words: &str) -> Running {
        Running::start(mp_demo(words.split_whitespace()).arg("--json"))
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The next line of stdout; nothing at its end.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.stdout.read_line(&mut line).unwrap() > 0).then(|| line.trim_end().to_owned())
    }

    /// Reads events up to one with this name and role, and returns it.
    pub fn wait_for(&mut self, name: &str, role: &str) -> Value {
        let is_it = |e: &&Value| e["event"] == name && e["role"] == role;
        loop {
            if let Some(event) = self.log.iter().find(is_it) {
                return event.clone();
            }
            self.read_event();
        }
    }

    /// Reads events until there are this many with this name.
    pub fn wait_for_several(&mut self, count: usize, name: &str) {
        while named(&self.log, name).len() < count {
            self.read_event();
        }
    }

    fn read_event(&mut self) {
        let line = self.line();
        let line = line.unwrap_or_else(|| panic!("no more than {:#?}", self.log));
        self.log.push(event(&line));
    }

    /// Closes the reading end of the run's stdout, as `head` does when it has seen enough.
    pub fn close_stdout(self) -> (Child, thread::JoinHandle<String>) {
        (self.child, self.stderr)
    }

    /// Waits for the end. `stdout` is what was not read before, `log` with `--json` has it all.
    pub fn finish_with_log(mut self) -> (Ended, Vec<Value>) {
        let mut log = std::mem::take(&mut self.log);
        let ended = self.finish();
        log.extend(ended.stdout.lines().map(event));
        check_log(&log);
        (ended, log)
    }

    /// Waits for the end. `stdout` is what was not read before.
    pub fn finish(mut self) -> Ended {
        let pid = self.pid();
        let watchdog = thread::spawn(move || kill_when_it_hangs(pid));
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        // The watchdog has to end before the PID can be reused.
        let hangs = watchdog.join().unwrap();
        let status = self.child.wait().unwrap();
        let stderr = self.stderr.join().unwrap();
        let ended = Ended { status, stdout, stderr };
        assert!(!hangs, "it hangs: {ended:?}");
        ended
    }
}

fn kill_when_it_hangs(pid: Pid) -> bool {
    let hangs = !ends(pid);
    if hangs {
        let _ = kill_process_group(pid, Signal::KILL);
    }
    hangs
}

/// Sends a signal to the process with this PID in an event, if it is still there: the run may have
/// ended it by now.
pub fn kill(pid: &Value, signal: Signal) {
    match kill_process(pid_in(pid), signal) {
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Waits until a process has ended, whoever its parent is, even as a zombie; returns false if it
/// goes on.
pub fn ends(pid: Pid) -> bool {
    let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else {
        return true;
    };
    let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
    poll(&mut fds, Some(&HANGS_AFTER)).unwrap() > 0
}

/// The children of a process, whichever of its threads has started them; none if it is gone.
pub fn children_of(pid: Pid) -> Vec<Pid> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid()));
    let lists = threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let pids = |list: String| -> Vec<i32> {
        list.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
    };
    lists.flat_map(pids).filter_map(Pid::from_raw).collect()
}

/// Whether a process is there, be it as a zombie.
pub fn exists(pid: Pid) -> bool {
    std::path::Path::new(&format!("/proc/{}", pid.as_raw_pid())).exists()
}
