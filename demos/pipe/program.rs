//! A pipe: a child sends a list to its parent.
//!
//! Save it with `mp-demo show pipe --rust > pipe.rs`.
//! Run it with `rustc pipe.rs && ./pipe`. `./pipe write` is the child on its
//! own.

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
    // One line an item; the list ends where the connection ends. A real
    // program would send the list as JSON, with the crate serde_json.
    connection.write_all(b"A\nB\nC\n")?;
    // A number from 0 to 1. std has no random numbers, but each RandomState
    // hashes with keys of its own. A real program would use fastrand.
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
    // The child's lines appear where the lines of this process appear.
    let mut writer = command.stderr(io::stdout()).spawn()?;
    // The child has its own copy. Without this, reading would never end: the
    // command still holds a sending end, so end-of-file would never come.
    drop(command);
    // Joining first works for a short list only. With one that does not fit
    // into the pipe, the child would wait in its write and the parent for the
    // child, a deadlock: receive first, then join.
    writer.wait()?;
    let received = io::read_to_string(parents_end)?;
    let list: Vec<&str> = received.lines().collect();
    // As Python prints such a list; "{list:?}" would have double quotes.
    writeln!(io::stdout(), "['{}']", list.join("', '"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("write") => write(io::stdout()),
        _ => parent(),
    }
}
