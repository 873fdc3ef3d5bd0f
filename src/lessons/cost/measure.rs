//! The rows: each measured once with our own layer and once without it.

use std::io::{self, Read, Write};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::multiprocessing::{
    Connection, Context, Got, PutEnd, Queue, pipe, start_and_join_plainly,
};
use crate::report::costs::Row;

/// How often a row is done in one turn, by us and by the limit below. So often that the clock and, for the last three,
/// the start of the child hardly count.
fn repetitions(row: Row) -> usize {
    match row {
        Row::Process => 60,
        Row::ProcessSpawn => 20,
        Row::Thread => 300,
        Row::Queue => 100_000,
        Row::RoundTrip => 3_000,
        Row::Mebibyte => 30,
    }
}

const MEBIBYTE: usize = 1 << 20;

/// The small value that goes through queue and pipe, and the line that it becomes.
const SMALL: i64 = 123_456;
const SMALL_LINE: &[u8] = b"123456\n";

/// Seconds for one, with our own layer.
pub fn ours(row: Row, context: &Context) -> Result<f64> {
    let count = repetitions(row);
    let start = Instant::now();
    match row {
        Row::Process | Row::ProcessSpawn => {
            for _ in 0..count {
                context.process("child", "cost-nothing").start()?.join()?;
            }
        }
        Row::Thread => {
            for _ in 0..count {
                let thread = thread::Builder::new().spawn(|| ());
                let thread = thread.context("cannot start a thread")?;
                thread.join().unwrap_or_default();
            }
        }
        Row::Queue => {
            let Queue {
                put_end,
                mut get_end,
            } = Queue::new(1)?;
            let child = context
                .process("child", "cost-put")
                .option("--count", count);
            let child = child.puts_to(&put_end).start()?;
            drop(put_end);
            for _ in 0..count {
                let got = get_end.get()?;
                ensure!(matches!(got, Got::Value(_)), "the queue ended too early");
            }
            child.join()?;
        }
        Row::RoundTrip => {
            let (mut connection, childs_end) = pipe(true)?;
            let child = context
                .process("child", "cost-echo")
                .connection(childs_end)
                .start()?;
            let value = Value::from(SMALL);
            let start = Instant::now();
            for _ in 0..count {
                connection.send(&value)?;
                ensure!(connection.recv()? == value, "another value came back");
            }
            let elapsed = start.elapsed();
            drop(connection);
            child.join()?;
            return Ok(elapsed.as_secs_f64() / count as f64);
        }
        Row::Mebibyte => {
            let (mut connection, childs_end) = pipe(false)?;
            let child = context
                .process("child", "cost-send")
                .option("--count", count);
            let child = child.connection(childs_end).start()?;
            for _ in 0..count {
                let value = connection.recv()?;
                let length = value.as_str().map(str::len);
                ensure!(length == Some(MEBIBYTE), "another value came");
            }
            child.join()?;
        }
    }
    Ok(start.elapsed().as_secs_f64() / count as f64)
}

/// Seconds for one by plain calls: the same bytes over the same pipes. Threads have no layer of ours above them.
pub fn limit(row: Row, context: &Context) -> Result<Option<f64>> {
    let count = repetitions(row);
    let start = Instant::now();
    match row {
        Row::Process | Row::ProcessSpawn => {
            for _ in 0..count {
                start_and_join_plainly("/bin/true")?;
            }
        }
        Row::Thread => return Ok(None),
        Row::Queue => {
            let Queue { put_end, get_end } = Queue::new(1)?;
            let child = context
                .process("child", "cost-put")
                .option("--count", count);
            let child = child.flag("--bare", true).puts_to(&put_end).start()?;
            drop(put_end);
            read_all(&mut get_end.into_pipe(), count * SMALL_LINE.len())?;
            child.join()?;
        }
        Row::RoundTrip => {
            let (connection, childs_end) = pipe(true)?;
            let child = context.process("child", "cost-echo").flag("--bare", true);
            let child = child.connection(childs_end).start()?;
            let (Some(mut receiving), Some(mut sending)) = connection.into_pipes() else {
                unreachable!("a duplex pipe has both")
            };
            let mut line = [0; SMALL_LINE.len()];
            let start = Instant::now();
            for _ in 0..count {
                sending.write_all(SMALL_LINE)?;
                receiving.read_exact(&mut line)?;
            }
            let elapsed = start.elapsed();
            drop(sending);
            child.join()?;
            return Ok(Some(elapsed.as_secs_f64() / count as f64));
        }
        Row::Mebibyte => {
            let (connection, childs_end) = pipe(false)?;
            let child = context
                .process("child", "cost-send")
                .option("--count", count);
            let child = child.flag("--bare", true).connection(childs_end).start()?;
            if let (Some(mut receiving), _) = connection.into_pipes() {
                read_all(&mut receiving, count * mebibyte_line().len())?;
            }
            child.join()?;
        }
    }
    Ok(Some(start.elapsed().as_secs_f64() / count as f64))
}

fn read_all(pipe: &mut impl Read, mut length: usize) -> Result<()> {
    // What a pipe holds, so that a writer that is ahead is read out in one call.
    let mut buffer = vec![0; 1 << 16];
    while length > 0 {
        match pipe.read(&mut buffer)? {
            0 => anyhow::bail!("the pipe ended too early"),
            read => length -= read,
        }
    }
    Ok(())
}

/// The child that puts.
pub fn put(count: usize, bare: bool) -> Result<()> {
    if bare {
        let mut stdout = io::stdout().lock();
        for _ in 0..count {
            stdout.write_all(SMALL_LINE)?;
        }
        return Ok(());
    }
    let mut queue = PutEnd::stdout();
    let value = Value::from(SMALL);
    for _ in 0..count {
        queue.put(&value)?;
    }
    Ok(())
}

/// The child that sends each value back, until the other end is closed.
pub fn echo(bare: bool) -> Result<()> {
    if bare {
        let (mut stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
        let mut line = [0; SMALL_LINE.len()];
        while stdin.read_exact(&mut line).is_ok() {
            stdout.write_all(&line)?;
        }
        return Ok(());
    }
    let mut connection = Connection::stdio(true);
    while let Ok(value) = connection.recv() {
        connection.send(&value)?;
    }
    Ok(())
}

/// The child that sends values of 1 MiB.
pub fn send(count: usize, bare: bool) -> Result<()> {
    if bare {
        let line = mebibyte_line();
        let mut stdout = io::stdout().lock();
        for _ in 0..count {
            stdout.write_all(&line)?;
        }
        return Ok(());
    }
    let mut connection = Connection::stdio(false);
    let value = Value::from("x".repeat(MEBIBYTE));
    for _ in 0..count {
        connection.send(&value)?;
    }
    Ok(())
}

fn mebibyte_line() -> Vec<u8> {
    format!("\"{}\"\n", "x".repeat(MEBIBYTE)).into_bytes()
}
