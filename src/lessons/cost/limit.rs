//! Each row by plain calls: the same bytes over the same pipes, without our own layer.

use std::io::{Read, Write};
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::children::{CostEcho, CostPut, CostSend, SMALL_LINE, mebibyte_line};
use super::table::Row;
use crate::both;
use crate::multiprocessing::{Context, IntoProcess, start_and_join_plainly};

/// Seconds for one; nothing for threads and computing, which have no layer of ours above them.
pub fn measure(row: Row, mp: &Context) -> Result<Option<f64>> {
    let (count, bare) = (row.repetitions(), true);
    let start = Instant::now();
    match row {
        Row::Process | Row::ProcessSpawn => {
            for _ in 0..count {
                start_and_join_plainly("/bin/true")?;
            }
        }
        Row::Thread | Row::Compute => return Ok(None),
        Row::Queue => {
            let queue = mp.queue(1)?;
            let child = mp.start("child", CostPut { count, bare }.puts_to(&queue))?;
            let mut pipe = queue.close_put_end().into_pipe()?;
            read_all(&mut pipe, count * SMALL_LINE.len())?;
            child.join()?;
        }
        Row::RoundTrip => {
            let (connection, childs_end) = mp.pipe(true)?;
            let child = mp.start("child", CostEcho { bare }.holds(childs_end))?;
            let (receiving, sending) = connection.into_pipes()?;
            let mut receiving = receiving.with_context(other_way)?;
            let mut sending = sending.with_context(other_way)?;
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
            let (connection, childs_end) = mp.pipe(false)?;
            let child = mp.start("child", CostSend { count, bare }.holds(childs_end))?;
            let (receiving, _) = connection.into_pipes()?;
            let mut receiving = receiving.with_context(other_way)?;
            read_all(&mut receiving, count * mebibyte_line().len())?;
            child.join()?;
        }
    }
    Ok(Some(start.elapsed().as_secs_f64() / count as f64))
}

fn other_way() -> String {
    both!("this end of the pipe goes the other way", "管道的这一端方向相反")
}

fn read_all(pipe: &mut impl Read, mut length: usize) -> Result<()> {
    // What a pipe holds, so that a writer that is ahead is read out in one call.
    let mut buffer = vec![0; 1 << 16];
    while length > 0 {
        match pipe.read(&mut buffer)? {
            0 => anyhow::bail!(both!("the pipe ended too early", "管道里的数据过早结束")),
            read => length -= read,
        }
    }
    Ok(())
}
