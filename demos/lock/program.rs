//! A lock: two processes count up one shared counter, with and without.
//!
//! Save it with `mp-demo show lock --rust > lock.rs`.
//! Run it with `rustc lock.rs && ./lock`. With the lock: `./lock lock`.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::FileExt;
use std::process::{self, Command, Stdio};
use std::thread;

const TURNS: u64 = 1000;

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // One write for the whole line: in parts, it could tear on stderr.
    to.write_all(format!("{text}\n").as_bytes())
}

fn count(path: &str, has_lock: bool) -> io::Result<()> {
    // Opened by each process for itself: a lock on a file belongs to an
    // opening of the file, and an inherited one would be that of them all.
    let file = File::options().read(true).write(true).open(path)?;
    // It is ready, and waits until all are: for the end of its stdin.
    say(io::stdout(), "ready".into())?;
    io::stdin().read_to_end(&mut Vec::new())?;

    let pid = process::id();
    let line = format!("Child process {pid}: counter += 1, {TURNS} times");
    say(io::stderr(), line)?;
    for _ in 0..TURNS {
        if has_lock {
            file.lock()?;
        }
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, 0)?;
        thread::yield_now();
        let value = u64::from_ne_bytes(bytes) + 1;
        file.write_all_at(&value.to_ne_bytes(), 0)?;
        if has_lock {
            file.unlock()?;
        }
    }
    Ok(())
}

fn parent(how: &str) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let path = env::temp_dir().join(format!("lock-{}", process::id()));
    // A file is memory that all see. A real program would map it, with the
    // crate memmap2, and still need a lock.
    fs::write(&path, 0_u64.to_ne_bytes())?;
    let mut children = Vec::new();
    for _ in 0..2 {
        let mut command = Command::new(env::current_exe()?);
        command.arg("count").arg(&path).arg(how);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        children.push(command.stderr(io::stdout()).spawn()?);
    }
    for child in &mut children {
        let ready = child.stdout.take().unwrap();
        BufReader::new(ready).read_line(&mut String::new())?;
    }
    // Now they all go at once. (`wait` would close it, but one by one.)
    children.iter_mut().for_each(|child| drop(child.stdin.take()));
    for child in &mut children {
        child.wait()?;
    }

    let mut bytes = [0; 8];
    File::open(&path)?.read_exact_at(&mut bytes, 0)?;
    fs::remove_file(&path)?;
    let total = format!("{} of {}", u64::from_ne_bytes(bytes), 2 * TURNS);
    let pid = process::id();
    say(io::stdout(), format!("Parent process {pid}: counter = {total}"))
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[1..] {
        ["count", path, how] => count(path, how == "lock"),
        [how] => parent(how),
        _ => parent("none"),
    }
}
