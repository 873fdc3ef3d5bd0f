//! Processes: start five children, each of which starts five threads.
//!
//! Run it with `rustc spawn.rs && ./spawn`. `./spawn child` is a child alone.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};
use std::thread;
use std::time::Duration;

const CHILDREN: usize = 5;
const THREADS: usize = 5;

fn say(text: &str) -> io::Result<()> {
    // stdout is locked for this call and written to at the newline: a line
    // stays whole. println! does the same, but panics when nobody reads on.
    writeln!(io::stdout(), "{text}")
}

fn in_thread() -> io::Result<()> {
    say("这是多线程启动的")
}

fn child() -> io::Result<()> {
    // Python calls the first thread of every process so; Rust calls it main.
    let name = "MainThread";
    say(&format!("thread {name} is running..."))?;
    thread::sleep(Duration::from_secs(2));
    // CPython joins a process's threads when the process exits. In Rust the
    // end of `main` ends them, wherever they are. This scope joins them.
    thread::scope(|threads| {
        for i in 0..THREADS {
            say(&format!("thread {name} >>> {i}"))?;
            threads.spawn(in_thread);
        }
        // Nobody has joined them yet: their lines may come after this one.
        say(&format!("thread {name} ended."))
    })
}

fn parent() -> io::Result<()> {
    say(&format!("Parent process {}", process::id()))?;
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        // Not a copy of this process, as under fork, but this program anew.
        let mut process = Command::new(env::current_exe()?);
        process.arg("child");
        say("Child process will start.")?;
        children.push(process.spawn()?);
    }
    // Waits for the last child only.
    if let Some(mut last) = children.pop() {
        last.wait()?;
    }
    say("Child process end.")?;
    // For the others CPython waits at exit. Rust does not: a Child that is
    // dropped is neither killed nor waited for, and would outlive this.
    for mut process in children {
        process.wait()?;
    }
    Ok(())
}

// A child begins here too: if nothing told it from its parent, it would start
// children of its own.
fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => child(),
        _ => parent(),
    }
}
