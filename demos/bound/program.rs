//! Compute-bound and IO-bound tasks: what more workers gain, as processes and
//! as threads.
//!
//! Save it with `mp-demo show bound --rust > bound.rs`.
//! Run it with `rustc -O bound.rs && ./bound`.

use std::env;
use std::io::{self, PipeReader as GetEnd, PipeWriter as PutEnd};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const TASKS: usize = 8;
const WORKERS: [usize; 3] = [1, 2, 4];
const SECONDS: f64 = 0.04;

fn count_primes(numbers: u64) -> u64 {
    let is_prime = |n: &u64| !(2..=n.isqrt()).any(|d| n.is_multiple_of(d));
    (100_000..100_000 + numbers).filter(is_prime).count() as u64
}

/// How many numbers keep a processor busy for about as long as an IO task
/// waits. (std has no clock for processor time, only one for wall time.)
fn calibrate() -> u64 {
    let mut numbers = 50;
    loop {
        let start = Instant::now();
        count_primes(numbers);
        let seconds = start.elapsed().as_secs_f64();
        if seconds > SECONDS / 4.0 {
            return (numbers as f64 * SECONDS / seconds) as u64;
        }
        numbers *= 2;
    }
}

fn put(mut queue: impl Write, value: u64) -> io::Result<()> {
    queue.write_all(&value.to_ne_bytes())
}

/// Several workers get from the same pipe. Each value has 8 bytes, and 8 are
/// read at a time, so each value goes to one worker whole. A buffer would
/// read ahead and keep tasks from the others. End-of-file is an error here.
fn get(mut queue: impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    queue.read_exact(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

fn answer(requests: GetEnd, answers: PutEnd) -> io::Result<()> {
    // Stands for another machine: it takes its time, and meanwhile needs no
    // processor of this one.
    while let Ok(request) = get(&requests) {
        thread::sleep(Duration::from_secs_f64(SECONDS));
        put(&answers, request)?;
    }
    Ok(())
}

// The same function for both: what runs it is a process or a thread.
fn work(kind: &str, tasks: GetEnd, results: PutEnd) -> io::Result<()> {
    let (requests, connection) = io::pipe()?;
    let (answers, answerers_end) = io::pipe()?;
    // Started here, not by the parent: a worker's stdin and stdout are
    // already the tasks and the results, so the parent could not pass it two
    // pipes more.
    let mut answerer = None;
    if kind == "io" {
        answerer = Some(start("answer", requests, answerers_end)?);
    }
    put(&results, 0)?; // It is ready.
    while let Ok(numbers) = get(&tasks) {
        if answerer.is_none() {
            // There is no GIL: threads, too, do this at the same time.
            put(&results, count_primes(numbers))?;
        } else {
            put(&connection, numbers)?;
            // Here it waits and needs no processor: other workers may run.
            put(&results, get(&answers)?)?;
        }
    }
    // Now the answerer reaches end-of-file, too, and ends.
    drop(connection);
    if let Some(mut answerer) = answerer {
        answerer.wait()?;
    }
    Ok(())
}

fn measure(
    worker_class: &str,
    kind: &'static str,
    workers: usize,
    numbers: u64,
) -> io::Result<f64> {
    let (get_end, tasks) = io::pipe()?;
    let (results, put_end) = io::pipe()?;
    let (mut processes, mut threads) = (Vec::new(), Vec::new());
    for _ in 0..workers {
        let (tasks, results) = (get_end.try_clone()?, put_end.try_clone()?);
        if worker_class == "threads" {
            threads.push(thread::spawn(move || work(kind, tasks, results)));
        } else {
            processes.push(start(kind, tasks, results)?);
        }
    }
    // Otherwise `get` would never reach end-of-file if all workers were
    // killed: this process itself would still hold a put end.
    drop(put_end);
    // Starting a process takes a while. That is not to be measured.
    for _ in 0..workers {
        get(&results)?;
    }

    let begin = Instant::now();
    for _ in 0..TASKS {
        put(&tasks, numbers)?;
    }
    let first = get(&results)?;
    for _ in 1..TASKS {
        assert_eq!(get(&results)?, first, "tasks that are the same differ");
    }
    let seconds = begin.elapsed().as_secs_f64();

    // End-of-file tells all workers that there is nothing more to do.
    drop(tasks);
    for mut process in processes {
        process.wait()?;
    }
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a panic"))??;
    }
    Ok(seconds)
}

fn parent() -> io::Result<()> {
    let cores = thread::available_parallelism()?;
    writeln!(io::stdout(), "Rust has no GIL; cores: {cores}")?;
    let numbers = calibrate();
    for kind in ["compute", "io"] {
        writeln!(io::stdout(), "{kind:<9}workers    wall  speed-up")?;
        for name in ["processes", "threads"] {
            let mut first = None;
            for workers in WORKERS {
                let seconds = measure(name, kind, workers, numbers)?;
                let speed_up = *first.get_or_insert(seconds) / seconds;
                let row = format!("{name:<9}{workers:>7}{seconds:>6.2} s");
                writeln!(io::stdout(), "{row}{speed_up:>10.2}")?;
            }
        }
    }
    Ok(())
}

fn start(word: &str, stdin: GetEnd, stdout: PutEnd) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(word).stdin(stdin).stdout(stdout).spawn()
}

fn main() -> io::Result<()> {
    let Some(word) = env::args().nth(1) else {
        return parent();
    };
    // The pipes themselves, without the buffers of io::stdin and io::stdout.
    let stdin = io::stdin().as_fd().try_clone_to_owned()?.into();
    let stdout = io::stdout().as_fd().try_clone_to_owned()?.into();
    match word.as_str() {
        "answer" => answer(stdin, stdout),
        kind => work(kind, stdin, stdout),
    }
}
