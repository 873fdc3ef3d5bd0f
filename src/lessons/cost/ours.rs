//! Each row with our own layer. The log hears of none of the values, as it doesn't of CPython's.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::children::{CostEcho, CostNothing, CostPut, CostSend, MEBIBYTE, SMALL};
use super::table::Row;
use crate::both;
use crate::multiprocessing::{Context, Got, IntoProcess};

/// What is computed: how many primes there are below this number, as in `demos/cost/program.py`.
const LIMIT: u32 = 20_000;
const PRIMES: usize = 2_262;

/// There are faster ways. This one is the same in both languages, and keeps a processor busy.
fn primes_below(limit: u32) -> usize {
    let is_prime = |n: &u32| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    (2..limit).filter(is_prime).count()
}

/// Seconds for one.
pub fn measure(row: Row, mp: &Context) -> Result<f64> {
    let (count, bare) = (row.repetitions(), false);
    let start = Instant::now();
    match row {
        Row::Process | Row::ProcessSpawn => {
            for _ in 0..count {
                mp.start("child", CostNothing {})?.join()?;
            }
        }
        Row::Thread => {
            for _ in 0..count {
                let thread = thread::Builder::new().spawn(|| ());
                let thread =
                    thread.with_context(|| both!("cannot start a thread", "无法启动线程"))?;
                thread.join().unwrap_or_default();
            }
        }
        Row::Queue => {
            let queue = mp.queue(1)?.silent();
            let child = mp.start("child", CostPut { count, bare }.puts_to(&queue))?;
            let mut queue = queue.close_put_end();
            for _ in 0..count {
                let got = queue.get()?;
                ensure!(
                    matches!(got, Got::Value(_)),
                    both!("the queue ended too early", "队列过早结束")
                );
            }
            child.join()?;
        }
        Row::RoundTrip => {
            let (connection, childs_end) = mp.pipe(true)?;
            let child = mp.start("child", CostEcho { bare }.holds(childs_end))?;
            let mut connection = connection.silent();
            let value = Value::from(SMALL);
            let start = Instant::now();
            for _ in 0..count {
                connection.send(&value)?;
                ensure!(
                    connection.recv()? == value,
                    both!("another value came back", "传回来的是另一个值")
                );
            }
            let elapsed = start.elapsed();
            drop(connection);
            child.join()?;
            return Ok(elapsed.as_secs_f64() / count as f64);
        }
        Row::Mebibyte => {
            let (connection, childs_end) = mp.pipe(false)?;
            let child = mp.start("child", CostSend { count, bare }.holds(childs_end))?;
            let mut connection = connection.silent();
            for _ in 0..count {
                let value = connection.recv()?;
                let length = value.as_str().map(str::len);
                ensure!(length == Some(MEBIBYTE), both!("another value came", "收到的是另一个值"));
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
    Ok(start.elapsed().as_secs_f64() / count as f64)
}
