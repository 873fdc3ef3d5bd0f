//! Zombies: a process has ended, and is still listed until it is waited for.
//!
//! Save it with `mp-demo show zombie --rust > zombie.rs`.
//! Run it with `rustc zombie.rs && ./zombie`, or `./zombie --join`.
//! `./zombie child` is the child on its own.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{self, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // One write for the whole line: in parts, it could tear on stderr.
    to.write_all(format!("{text}\n").as_bytes())
}

fn wait_for_ever(mut queue: impl Read) -> io::Result<()> {
    say(io::stdout(), format!("Child process {}", process::id()))?;
    queue.read(&mut [0]).map(drop)
}

/// State, parent and exit status, as the kernel shows them to everybody.
fn look(pid: u32) -> Option<(String, u32, i32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may have spaces (proc(5)).
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let status = fields.last()?.parse().ok()?;
    Some((fields[0].to_owned(), fields[1].parse().ok()?, status))
}

fn show(pid: u32) -> io::Result<()> {
    let mut seen = look(pid);
    // It is about to sleep, or to end.
    while seen.as_ref().is_some_and(|(state, ..)| state == "R") {
        seen = look(pid);
    }
    let line = match seen {
        None => "The child: no such process".to_owned(),
        Some((state, _, status)) if state == "Z" => {
            // This program sends no other signal.
            let kept = format!("exit status kept: SIGTERM ({status})");
            format!("The child: Z (zombie), no memory, {kept}")
        }
        Some((state, parent, _)) => {
            let whose = match parent == process::id() {
                true => "my child".to_owned(),
                false => format!("a child of {parent}"),
            };
            let own = "memory of its own";
            format!("The child: {state} (sleeping), {own}, {whose}")
        }
    };
    say(io::stdout(), line)
}

fn parent(joins: bool) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    // Nothing ever comes out of this pipe, so the child sleeps there.
    command.arg("child").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let pid = child.id();
    // When its line is there, so is the child.
    let output = child.stdout.take().expect("a pipe");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    say(io::stdout(), line.trim_end().to_owned())?;
    show(pid)?;

    // std can only send SIGKILL, so another program sends the SIGTERM.
    Command::new("kill").arg(pid.to_string()).status()?;
    while look(pid).is_some_and(|(state, ..)| state != "Z") {
        thread::yield_now();
    }
    show(pid)?;
    thread::sleep(Duration::from_millis(100));
    show(pid)?;
    if joins {
        child.wait()?;
        return show(pid);
    }
    // A `Child` that is dropped is not waited for. Python does this at exit.
    child.wait().map(drop)
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => wait_for_ever(io::stdin()),
        Some("--join") => parent(true),
        _ => parent(false),
    }
}
