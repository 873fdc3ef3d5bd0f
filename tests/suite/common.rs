//! A small builder for runs of the program, and what tests look for in them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};
use serde_json::Value;

/// Far more than any run here takes: who reaches it hangs.
const HANGS_AFTER: Timespec = Timespec {
    tv_sec: 60,
    tv_nsec: 0,
};

/// Where the program is.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mp-demo");

/// Variables that change what the program does, so that a test has them only if it sets them.
const VARIABLES: [&str; 16] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LESS",
    "LINES",
    "LV",
    "NO_COLOR",
    "PAGER",
    "PYTHONUNBUFFERED",
    "RUST_BACKTRACE",
    "TERM",
];

/// A command in a clean environment, with nothing on stdin.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    // A group of its own, so that a run that hangs can be ended with all that belongs to it.
    command.process_group(0);
    command
}

/// `mp-demo` with these arguments.
pub fn mp_demo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = command(PROGRAM);
    command.args(args);
    command
}

/// A shell script in which `mp-demo` is the program under test.
pub fn shell(script: &str) -> Command {
    let folder = PROGRAM.strip_suffix("/mp-demo").unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = command("bash");
    command.args(["-c", script]);
    command.env("PATH", format!("{folder}:{path}"));
    command
}

/// What a terminal of so many rows and columns is sent when the program runs on it.
pub fn on_terminal(args: &[&str], variables: &[(&str, &str)], size: (u16, u16)) -> String {
    let (mut terminal, other_side) = pty_process::blocking::open().unwrap();
    let (rows, columns) = size;
    terminal
        .resize(pty_process::Size::new(rows, columns))
        .unwrap();
    let mut command = pty_process::blocking::Command::new(PROGRAM).args(args);
    for variable in VARIABLES.iter().chain(&["CI"]) {
        command = command.env_remove(variable);
    }
    command = command
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
    let mut child = command.spawn(other_side).unwrap();
    let mut screen = Vec::new();
    // On Linux a terminal whose other side is closed says EIO, not end-of-file.
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = terminal.read(&mut buffer) {
        screen.extend_from_slice(&buffer[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(screen).unwrap().replace("\r\n", "\n")
}

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
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        Running {
            child,
            stdout,
            stderr,
            log: Vec::new(),
        }
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

    /// Reads events until there is one with this name and role, and returns it.
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
        // The watchdog has to be gone before the PID may belong to someone else.
        let hangs = watchdog.join().unwrap();
        let status = self.child.wait().unwrap();
        let stderr = self.stderr.join().unwrap();
        let ended = Ended {
            status,
            stdout,
            stderr,
        };
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

/// Waits until a process has ended: whoever its parent is, and even if nobody waits for it. False if it does not.
pub fn ends(pid: Pid) -> bool {
    let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else {
        return true;
    };
    let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
    poll(&mut fds, Some(&HANGS_AFTER)).unwrap() > 0
}

/// Whether a process is there, be it as a zombie.
pub fn exists(pid: Pid) -> bool {
    std::path::Path::new(&format!("/proc/{}", pid.as_raw_pid())).exists()
}

/// A PID in an event.
pub fn pid_in(value: &Value) -> Pid {
    Pid::from_raw(value.as_i64().unwrap().try_into().unwrap()).unwrap()
}

/// A line of the log.
pub fn event(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

/// The events with this name.
pub fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|e| e["event"] == name).collect()
}

/// The values of the events with this name.
pub fn values<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    named(events, name).iter().map(|e| &e["value"]).collect()
}

/// Where the first event stands of which this is true.
pub fn position(events: &[Value], mut is_it: impl FnMut(&Value) -> bool) -> usize {
    events
        .iter()
        .position(&mut is_it)
        .unwrap_or_else(|| panic!("not in {events:#?}"))
}

/// What holds for the log of every run.
pub fn check_log(events: &[Value]) {
    assert_eq!(events[0]["event"], "run");
    assert_eq!(events[0]["t"], 0.0);
    let mut last_seen: HashMap<(i64, String), f64> = HashMap::new();
    let mut puts = HashMap::new();
    let mut ended = Vec::new();
    for event in events {
        assert_eq!(event["v"], 1, "{event}");
        let pid = event["pid"].as_i64().unwrap();
        let thread = event["thread"].as_str().unwrap_or_default().to_owned();
        let t = event["t"].as_f64().unwrap();
        let before = last_seen.insert((pid, thread), t).unwrap_or(0.0);
        assert!(before <= t, "time goes backwards at {event}");
        assert!(!ended.contains(&pid), "{event} after its process has ended");

        match event["event"].as_str().unwrap() {
            "put" | "send" => *puts.entry(event["value"].to_string()).or_insert(0) += 1,
            "get" | "recv" => {
                let left = puts.entry(event["value"].to_string()).or_insert(0);
                *left -= 1;
                assert!(*left >= 0, "{event} comes before its cause");
            }
            "exited" => ended.push(event["child"].as_i64().unwrap()),
            _ => {}
        }
    }
    // Who was killed could not wait for its own children.
    let killed: Vec<_> = named(events, "exited")
        .iter()
        .filter(|e| e["status"]["signal"].is_i64())
        .map(|e| &e["child"])
        .collect();
    let count = |name| {
        let is_alive = |e: &&&Value| !killed.contains(&&e["pid"]);
        named(events, name).iter().filter(is_alive).count()
    };
    assert_eq!(
        count("exited"),
        count("started"),
        "not everybody was waited for"
    );
}

/// Replaces each PID by a letter in the order of first sight, so that the same process is the same letter. PIDs are
/// found by their label: in a new container they can be as small as any number.
pub fn letters(text: &str) -> String {
    const LABELS: [&str; 7] = [
        "Parent process ",
        "Child process ",
        "Process to write: ",
        "Process to read: ",
        "(PID ",
        "\"pid\":",
        "\"child\":",
    ];
    let mut known: Vec<&str> = Vec::new();
    let mut shown = String::new();
    let mut rest = text;
    loop {
        let found = LABELS
            .iter()
            .flat_map(|label| {
                rest.match_indices(label)
                    .map(|(at, label)| at + label.len())
            })
            .filter(|start| rest[*start..].starts_with(|c: char| c.is_ascii_digit()))
            .min();
        let Some(start) = found else {
            return shown + rest;
        };
        let end = rest[start..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |length| start + length);
        let pid = &rest[start..end];
        let index = known
            .iter()
            .position(|known| *known == pid)
            .unwrap_or_else(|| {
                known.push(pid);
                known.len() - 1
            });
        shown.push_str(&rest[..start]);
        shown.push(char::from(b'A' + u8::try_from(index).unwrap()));
        rest = &rest[end..];
    }
}

/// Lines whose order between processes is open, in an order of their own.
pub fn sorted(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Whether the screen has just these lines, PIDs as letters, in whatever order the processes had.
#[track_caller]
pub fn assert_same_lines(actual: &str, expected: &str) {
    snapbox::assert_data_eq!(sorted(&letters(actual)), sorted(expected));
}
