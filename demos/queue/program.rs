//! A queue: one process puts three values into it, another gets them out.
//!
//! Save it with `mp-demo show queue --rust > queue.rs`.
//! Run it with `rustc queue.rs && ./queue`. The same without a parent:
//! `./queue write | ./queue read`.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, Write};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::Duration;

fn say(text: &str) -> io::Result<()> {
    // A child's stdin or stdout is the queue, so its lines go to stderr. That
    // has no buffer, so the whole line is made first and written in one go.
    io::stderr().write_all(format!("{text}\n").as_bytes())
}

fn write(mut queue: impl Write) -> io::Result<()> {
    say(&format!("Process to write: {}", process::id()))?;
    for value in ["A", "B", "C"] {
        say(&format!("Put {value} to queue..."))?;
        // A value is a line of text here; a real program would put JSON, with
        // the crate serde_json. After this, the value is in the pipe.
        writeln!(queue, "{value}")?;
        thread::sleep(Duration::from_secs_f64(random()));
    }
    Ok(())
}

fn read(queue: impl BufRead) -> io::Result<()> {
    say(&format!("Process to read: {}", process::id()))?;
    // This waits without a lock, so a reader that is terminated here harms no
    // other. The loop does end, at end-of-file: when all put ends are closed.
    for value in queue.lines() {
        say(&format!("Get {} from queue.", value?))?;
    }
    Ok(())
}

fn parent() -> io::Result<()> {
    writeln!(io::stdout(), "Parent process {}", process::id())?;
    let (get_end, put_end) = io::pipe()?;
    let writers_end = put_end.try_clone()?;
    let mut writer = start("write", Stdio::null(), writers_end.into())?;
    let mut reader = start("read", get_end.into(), Stdio::null())?;
    writer.wait()?;
    // The writer is done. The reader may not have got everything, and nothing
    // here makes sure that it has. With `drop(put_end)` instead of this, it
    // would get everything, reach end-of-file, and end by itself.
    terminate(&reader)?;
    // Without this the reader would stay a zombie until the parent exits.
    // Only now is its status known: killed by signal 15.
    reader.wait()?;
    Ok(())
}

/// Starts this program again, with a word for the function that it is to run.
fn start(target: &str, stdin: Stdio, stdout: Stdio) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(target).stdin(stdin).stdout(stdout);
    // What it writes there appears where the parent's lines appear.
    command.stderr(io::stdout()).spawn()
    // Here `command` is dropped, and only now its copies of the ends close.
}

/// Sends SIGTERM, as Python does. std has only `Child::kill`, which is
/// SIGKILL, but a shell can send any signal. A real program would use the
/// crate rustix.
fn terminate(child: &Child) -> io::Result<()> {
    let kill = format!("kill {}", child.id());
    if Command::new("sh").args(["-c", &kill]).status()?.success() {
        return Ok(());
    }
    Err(io::Error::other("cannot terminate the reader"))
}

/// A number from 0 to 1. std has no random numbers, but each RandomState
/// hashes with keys of its own. A real program would use the crate fastrand.
fn random() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("write") => write(io::stdout()),
        Some("read") => read(io::stdin().lock()),
        _ => parent(),
    }
}
