//! A pipe: a child sends a list to its parent.
//!
//! Run it with `rustc pipe.rs && ./pipe`. `./pipe write` is the child alone.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

fn write(mut connection: impl Write) -> io::Result<()> {
    // stdout is the connection, so this goes to stderr.
    let line = format!("Process to write: {}\n", process::id());
    io::stderr().write_all(line.as_bytes())?;
    // A line for each item. A real program would send the list as JSON, by
    // the crate serde_json; this list ends where the connection ends.
    connection.write_all(b"A\nB\nC\n")?;
    // From 0 to 1. std has no random numbers, but each RandomState hashes
    // with keys of its own. A real program would take the crate fastrand.
    let hash = RandomState::new().build_hasher().finish();
    thread::sleep(Duration::from_secs_f64(hash as f64 / u64::MAX as f64));
    Ok(())
}

fn parent() -> io::Result<()> {
    writeln!(io::stdout(), "Parent process {}", process::id())?;
    // One way only. Python's Pipe() goes both ways; here that takes a second
    // pipe, for the child's stdin.
    let (parents_end, childs_end) = io::pipe()?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("write").stdin(Stdio::null()).stdout(childs_end);
    // What the child says is shown where this process says something.
    let mut writer = command.stderr(io::stdout()).spawn()?;
    // The child has its own copy. Without this, reading would never end: the
    // command still holds an end that could send, so no end-of-file comes.
    drop(command);
    // Joining first works for a short list. One that fills the pipe would
    // keep the child in its write, and so the parent in its wait, for ever:
    // then receive first.
    writer.wait()?;
    let received = io::read_to_string(parents_end)?;
    let list: Vec<&str> = received.lines().collect();
    // As Python shows a list of such strings; "{list:?}" has double quotes.
    writeln!(io::stdout(), "['{}']", list.join("', '"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("write") => write(io::stdout()),
        _ => parent(),
    }
}
