//! Terminate: a signal ends a process, and what was to be cleaned up is not.
//!
//! Save it with `mp-demo show terminate --rust > terminate.rs`.
//! Run it with `rustc terminate.rs && ./terminate`, or with `./terminate INT`
//! or `./terminate KILL`. `./terminate child` is the child on its own.
//! With nothing but std a program can't catch a signal: that takes a crate.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Command, Stdio};
use std::{env, thread};

fn say(mut to: impl Write, text: &str) -> io::Result<()> {
    // One write for the whole line: in parts, it could tear on stderr.
    to.write_all(format!("{text}\n").as_bytes())
}

/// What has to be cleaned up: a file to remove, a process to end.
struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        let line = format!("Child process {} cleans up", process::id());
        // A drop can't return an error.
        let _ = say(io::stdout(), &line);
    }
}

fn wait_for_ever(mut queue: impl Read) -> io::Result<()> {
    let me = format!("Child process {}", process::id());
    say(io::stdout(), &me)?;
    say(io::stdout(), &format!("{me} has something to clean up"))?;
    let _cleanup = Cleanup;
    // The signal comes here and ends the process where it is. Nobody returns,
    // so nobody drops.
    queue.read(&mut [0]).map(drop)
}

fn parent(signal: &str) -> io::Result<()> {
    say(io::stdout(), &format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    // Nothing ever comes out of this pipe, so the child waits there.
    command.arg("child").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    // Kept open until the child has ended: it waits for this pipe's end, too.
    let _queue = child.stdin.take();
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = output.lines();
    // Now it has something to clean up.
    for line in lines.by_ref().take(2) {
        say(io::stdout(), &line?)?;
    }

    // std can only send SIGKILL, so another program sends the signal.
    let pid = child.id().to_string();
    Command::new("kill").args(["-s", signal, &pid]).status()?;
    // A thread of its own, as the child could fill the pipe at its end.
    let rest = thread::spawn(move || lines.collect::<Result<Vec<_>, _>>());
    let status = child.wait()?;
    for line in rest.join().expect("no panic")? {
        say(io::stdout(), &line)?;
    }

    let signal = status.signal();
    let python = signal.map(|it| -it).or(status.code());
    let shell = signal.map(|it| 128 + it).or(status.code());
    let number = Option::unwrap_or_default;
    say(io::stdout(), &format!("Python: exitcode {}", number(python)))?;
    say(io::stdout(), &format!("Shell: $? {}", number(shell)))?;
    say(io::stdout(), &format!("Rust: {status}"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => wait_for_ever(io::stdin()),
        Some(signal) => parent(signal),
        None => parent("TERM"),
    }
}
