//! Processes: start five children, each of which starts five threads.
//!
//! Save it with `mp-demo show spawn --rust > spawn.rs`.
//! Run it with `rustc spawn.rs && ./spawn`. `./spawn child` is one child on
//! its own.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};
use std::thread;
use std::time::Duration;

const CHILDREN: usize = 5;
const THREADS: usize = 5;

fn say(text: &str) -> io::Result<()> {
    // stdout is locked during this call and written to at the newline, so a
    // line stays whole. println! does the same, but panics when the reader of
    // a pipe has closed it.
    writeln!(io::stdout(), "{text}")
}

fn in_thread() -> io::Result<()> {
    say("这是多线程启动的")
}

fn child() -> io::Result<()> {
    // Python's name for the first thread of a process. Rust calls it main.
    let name = "MainThread";
    say(&format!("thread {name} is running..."))?;
    thread::sleep(Duration::from_secs(2));
    // CPython joins a process's threads when the process exits. In Rust they
    // end when `main` returns, wherever they are. This scope joins them.
    thread::scope(|threads| {
        for i in 0..THREADS {
            say(&format!("thread {name} >>> {i}"))?;
            threads.spawn(in_thread);
        }
        // They have not been joined yet: their lines may come after this one.
        say(&format!("thread {name} ended."))
    })
}

fn parent() -> io::Result<()> {
    say(&format!("Parent process {}", process::id()))?;
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        // Not a copy of this process, as under fork: the program starts anew.
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
    // CPython waits for the others at exit. Rust does not: a Child that is
    // dropped is neither killed nor waited for, and may outlive its parent.
    for mut process in children {
        process.wait()?;
    }
    Ok(())
}

// A child begins here, too: without the word `child` it would take itself for
// the parent and start children of its own.
fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => child(),
        _ => parent(),
    }
}
