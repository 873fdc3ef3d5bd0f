//! A buffer: what a process has printed may still be in its own memory.
//!
//! Save it with `mp-demo show buffer --rust > buffer.rs`.
//! Run it with `rustc buffer.rs && ./buffer`. With `./buffer exit` the child
//! ends by itself. The child on its own: `./buffer print < /dev/null`.

use std::env;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, LineWriter};
use std::io::{Read, Write};
use std::process::{self, Child, Command, Stdio};

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // One write for the whole line: in parts, it could tear on stderr.
    to.write_all(format!("{text}\n").as_bytes())
}

fn print() -> io::Result<()> {
    // println!() always writes each line, to a pipe, too. C and Python ask
    // what their stdout is, and so does this.
    let mut out: Box<dyn Write> = match io::stdout().is_terminal() {
        true => Box::new(LineWriter::new(io::stdout())),
        false => Box::new(BufWriter::new(io::stdout())),
    };
    for word in ["A", "B", "C"] {
        writeln!(out, "{word}")?;
        let pid = process::id();
        say(io::stderr(), format!("Child process {pid} prints {word}"))?;
    }
    // It waits for a value that never comes: for the end of its stdin.
    io::stdin().read_to_end(&mut Vec::new())?;
    // SIGTERM ends the process before it comes here. (Dropping `out` would
    // flush it as well, but an error would be lost.)
    out.flush()
}

fn parent(how: &str) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("print").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let (stdin, output) = (child.stdin.take(), child.stdout.take());

    // The child's lines appear among those of this process. When the third
    // one is here, nothing is printed too late.
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines.take(3) {
        say(io::stdout(), line?)?;
    }
    match how {
        "exit" => drop(stdin),
        _ => terminate(&child)?,
    }
    child.wait()?;

    let text = io::read_to_string(output.unwrap())?;
    let lines = match text.as_str() {
        "" => "nothing",
        text => text,
    };
    for line in lines.lines() {
        let line = format!("Parent process {} reads {line}", process::id());
        say(io::stdout(), line)?;
    }
    Ok(())
}

/// Sends SIGTERM, as Python does. std has only `Child::kill`, which is
/// SIGKILL, but a shell can send any signal. A real program would use the
/// crate rustix.
fn terminate(child: &Child) -> io::Result<()> {
    let kill = format!("kill {}", child.id());
    if Command::new("sh").args(["-c", &kill]).status()?.success() {
        return Ok(());
    }
    Err(io::Error::other("cannot terminate the child"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("print") => print(),
        how => parent(how.unwrap_or("terminate")),
    }
}
