//! Each row with mp-demo's types, and, as its limit, by system calls alone: the same bytes over the
//! same pipes. No value is logged, as none of CPython's is.

use std::hint::black_box;
use std::io::{Read, Write};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::children::{
    CostEcho, CostNothing, CostPut, CostSend, MEBIBYTE, SMALL, SMALL_LINE, mebibyte_line,
};
use super::table::Row;
use crate::both;
use crate::events::{Because as _, Reason};
use crate::multiprocessing::{Context, Got, IntoProcess, start_and_join_plainly};

/// What is computed: how many primes there are below this number, as in `demos/cost/program.py`.
const LIMIT: u32 = 20_000;
const PRIMES: usize = 2_262;

/// There are faster ways. This one is the same in both languages, and keeps a processor busy.
fn primes_below(limit: u32) -> usize {
    let is_prime = |n: &u32| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    (2..limit).filter(is_prime).count()
}

/// Seconds for one repetition. `bare` measures the limit; threads and computing have none.
pub fn measure(row: Row, bare: bool, mp: &Context) -> Result<Option<f64>> {
    let count = row.repetitions();
    let start = Instant::now();
    match row {
        Row::Thread | Row::Compute if bare => return Ok(None),
        Row::Process | Row::ProcessSpawn => {
            for _ in 0..count {
                match bare {
                    true => start_and_join_plainly("/bin/true")?,
                    false => mp.start("child", CostNothing {})?.join()?,
                }
            }
        }
        Row::Thread => {
            for _ in 0..count {
                let thread = thread::Builder::new().spawn(|| ());
                let thread = thread.because(|| Reason::CannotStartOwnThread {})?;
                thread.join().unwrap_or_default();
            }
        }
        Row::Queue => {
            let queue = mp.queue(1)?.silent();
            let child = mp.start("child", CostPut { count, bare }.puts_to(&queue))?;
            let mut queue = queue.close_put_end();
            if bare {
                read_all(&mut queue.into_pipe()?, count * SMALL_LINE.len())?;
            } else {
                for _ in 0..count {
                    let is_value = matches!(queue.get()?, Got::Value(_));
                    ensure!(is_value, both!("the queue ended too early", "队列过早结束"));
                }
            }
            child.join()?;
        }
        Row::RoundTrip => {
            let (connection, childs_end) = mp.pipe(true)?;
            let child = mp.start("child", CostEcho { bare }.holds(childs_end))?;
            let mut connection = connection.silent();
            let elapsed = if bare {
                let (receiving, sending) = connection.into_pipes()?;
                let mut receiving = receiving.with_context(other_way)?;
                let mut sending = sending.with_context(other_way)?;
                let mut line = [0; SMALL_LINE.len()];
                let start = Instant::now();
                for _ in 0..count {
                    sending.write_all(SMALL_LINE)?;
                    receiving.read_exact(&mut line)?;
                }
                start.elapsed()
            } else {
                let value = Value::from(SMALL);
                let start = Instant::now();
                for _ in 0..count {
                    connection.send(&value)?;
                    let is_same = connection.recv()? == value;
                    ensure!(is_same, both!("another value came back", "传回来的是另一个值"));
                }
                let elapsed = start.elapsed();
                drop(connection);
                elapsed
            };
            child.join()?;
            return Ok(Some(elapsed.as_secs_f64() / count as f64));
        }
        Row::Mebibyte => {
            let (connection, childs_end) = mp.pipe(false)?;
            let child = mp.start("child", CostSend { count, bare }.holds(childs_end))?;
            let mut connection = connection.silent();
            if bare {
                let (receiving, _) = connection.into_pipes()?;
                let mut receiving = receiving.with_context(other_way)?;
                read_all(&mut receiving, count * mebibyte_line().len())?;
            } else {
                for _ in 0..count {
                    let value = connection.recv()?;
                    let is_same = value.as_str().is_some_and(|text| text.len() == MEBIBYTE);
                    ensure!(is_same, both!("another value came", "收到的是另一个值"));
                }
            }
            child.join()?;
        }
        Row::Compute => {
            for _ in 0..count {
                let primes = primes_below(black_box(LIMIT));
                ensure!(primes == PRIMES, "there are {PRIMES} primes below {LIMIT}, not {primes}");
            }
        }
    }
    Ok(Some(start.elapsed().as_secs_f64() / count as f64))
}

fn other_way() -> String {
    both!("this end of the pipe goes the other way", "管道的这一端方向相反")
}

fn read_all(pipe: &mut impl Read, mut length: usize) -> Result<()> {
    // As much as a pipe holds, so that one call empties a full pipe.
    let mut buffer = vec![0; 1 << 16];
    while length > 0 {
        let read = pipe.read(&mut buffer)?;
        ensure!(read > 0, both!("the pipe ended too early", "管道里的数据过早结束"));
        length -= read;
    }
    Ok(())
}
