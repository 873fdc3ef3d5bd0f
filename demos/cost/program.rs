//! What processes, threads, queues and pipes cost in Rust.
//!
//! Save it with `mp-demo show cost --rust > cost.rs`.
//! Run it with `rustc -O cost.rs && ./cost`: it prints the time that one of
//! each takes.

use std::env;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::Instant;

const SMALL: u32 = 123456;
const MEBIBYTE: usize = 1 << 20;

/// How many values a child puts, and how many mebibytes it sends.
const PUTS: usize = 20_000;
const SENDS: usize = 20;

// A new program, as under Python's start method spawn: std has no fork.
fn process() -> io::Result<f64> {
    let start = Instant::now();
    for _ in 0..20 {
        start_child("nothing", Stdio::null(), Stdio::null())?.wait()?;
    }
    Ok(start.elapsed().as_secs_f64() / 20.0)
}

fn thread() -> io::Result<f64> {
    let start = Instant::now();
    for _ in 0..300 {
        let started = thread::Builder::new().spawn(process::id)?;
        started.join().map_err(|_| io::Error::other("a panic"))?;
    }
    Ok(start.elapsed().as_secs_f64() / 300.0)
}

fn put_all(mut queue: impl Write) -> io::Result<()> {
    for _ in 0..PUTS {
        // stdout passes each line on at once. A buffer for many lines would
        // be faster, but the reader could not get yet what is in it.
        writeln!(queue, "{SMALL}")?;
    }
    Ok(())
}

fn queue() -> io::Result<f64> {
    let start = Instant::now();
    let (get_end, put_end) = io::pipe()?;
    let mut writer = start_child("put_all", Stdio::null(), put_end.into())?;
    let mut values = BufReader::new(get_end);
    for _ in 0..PUTS {
        receive(&mut values)?;
    }
    writer.wait()?;
    Ok(start.elapsed().as_secs_f64() / PUTS as f64)
}

fn send_back(there: impl BufRead, mut back: impl Write) -> io::Result<()> {
    for value in there.lines() {
        writeln!(back, "{}", value?)?;
    }
    Ok(())
}

fn round_trip() -> io::Result<f64> {
    let (there, mut here) = io::pipe()?;
    let (back, echos_end) = io::pipe()?;
    let mut echo = start_child("send_back", there.into(), echos_end.into())?;
    let mut back = BufReader::new(back);
    let start = Instant::now();
    for _ in 0..2000 {
        // writeln! writes its parts one by one, and this end of a pipe has no
        // buffer that would join them: so the whole line is made first.
        here.write_all(format!("{SMALL}\n").as_bytes())?;
        receive(&mut back)?;
    }
    let seconds = start.elapsed().as_secs_f64() / 2000.0;
    // The echo ends at end-of-file. Without this, both processes would wait
    // for ever.
    drop(here);
    echo.wait()?;
    Ok(seconds)
}

fn send_all(mut connection: impl Write) -> io::Result<()> {
    let line = "x".repeat(MEBIBYTE) + "\n";
    for _ in 0..SENDS {
        connection.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn mebibyte() -> io::Result<f64> {
    let start = Instant::now();
    let (here, there) = io::pipe()?;
    let mut sender = start_child("send_all", Stdio::null(), there.into())?;
    let mut here = BufReader::new(here);
    for _ in 0..SENDS {
        receive(&mut here)?;
    }
    sender.wait()?;
    Ok(start.elapsed().as_secs_f64() / SENDS as f64)
}

/// There are faster ways. This one is the same in every language, and keeps a
/// processor busy.
fn primes_below(limit: u32) -> usize {
    let divides = |n: u32| move |d: &u32| d * d <= n && n % d != 0;
    let is_prime = |n: &u32| {
        let first = (2..).find(|d| !divides(*n)(d));
        first.is_some_and(|d| d * d > *n)
    };
    (2..limit).filter(is_prime).count()
}

fn compute() -> io::Result<f64> {
    let start = Instant::now();
    let primes = primes_below(black_box(20_000));
    assert_eq!(primes, 2_262);
    Ok(start.elapsed().as_secs_f64())
}

/// A value is a line. A real program would send JSON, with serde_json.
fn receive(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match connection.read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

fn start_child(word: &str, stdin: Stdio, stdout: Stdio) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(word).stdin(stdin).stdout(stdout).spawn()
}

type Row = fn() -> io::Result<f64>;

const ROWS: [(&str, Row); 6] = [
    ("process", process),
    ("thread", thread),
    ("queue", queue),
    ("round_trip", round_trip),
    ("mebibyte", mebibyte),
    ("compute", compute),
];

fn parent() -> io::Result<()> {
    for (name, row) in ROWS {
        let mut seconds = [row()?, row()?, row()?, row()?, row()?];
        seconds.sort_by(f64::total_cmp);
        let microseconds = seconds[2] * 1e6;
        writeln!(io::stdout(), "{name:14} {microseconds:12.2} us")?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("put_all") => put_all(io::stdout()),
        Some("send_back") => send_back(io::stdin().lock(), io::stdout()),
        Some("send_all") => send_all(io::stdout()),
        Some(_nothing) => Ok(()),
        None => parent(),
    }
}
