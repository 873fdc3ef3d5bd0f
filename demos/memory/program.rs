//! Memory: a child counts, and the parent's counter stays what it was.
//!
//! Save it with `mp-demo show memory --rust > memory.rs`.
//! Run it with `rustc memory.rs && ./memory`. `./memory count` is the
//! child on its own. It begins anew, as under Python's start method spawn.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

// All functions and threads of a process see it. No other process does.
static COUNTER: AtomicI64 = AtomicI64::new(0);

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // One write for the whole line: in parts, it could tear on stderr.
    to.write_all(format!("{text}\n").as_bytes())
}

fn tell(to: impl Write, who: &str) -> io::Result<()> {
    let (pid, counter) = (process::id(), COUNTER.load(Relaxed));
    // An address means something in its own process only. Two processes may
    // have two addresses, or the same one with two counters behind it.
    let address = &raw const COUNTER;
    let what = format!("counter = {counter} at {address:p}");
    say(to, format!("{who} process {pid}: {what}"))
}

fn count(mut connection: impl Write) -> io::Result<()> {
    // stdout is the connection, so all lines of the child go to stderr.
    tell(io::stderr(), "Child")?;
    COUNTER.fetch_add(5, Relaxed);
    tell(io::stderr(), "Child")?;
    let (pid, counter) = (process::id(), COUNTER.load(Relaxed));
    say(io::stderr(), format!("Child process {pid} sends {counter}"))?;
    // As text; a real program would send JSON, with the crate serde_json.
    writeln!(connection, "{counter}")
}

fn parent() -> io::Result<()> {
    COUNTER.store(10, Relaxed);
    tell(io::stdout(), "Parent")?;
    let (parents_end, childs_end) = io::pipe()?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("count").stdin(Stdio::null()).stdout(childs_end);
    // The child's lines appear where the lines of this process appear.
    let mut child = command.stderr(io::stdout()).spawn()?;
    // The command holds a sending end. Until it is dropped, end-of-file
    // cannot come.
    drop(command);
    child.wait()?;
    // The child's counter has changed. This one has not.
    tell(io::stdout(), "Parent")?;
    let received = io::read_to_string(parents_end)?;
    let counter = received.trim().parse().map_err(io::Error::other)?;
    COUNTER.store(counter, Relaxed);
    let line = format!("Parent process {} receives {counter}", process::id());
    say(io::stdout(), line)?;
    tell(io::stdout(), "Parent")
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("count") => count(io::stdout()),
        _ => parent(),
    }
}
