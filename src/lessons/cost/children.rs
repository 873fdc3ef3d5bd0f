//! The children that are measured. With `--bare`, a child reads and writes its pipe itself, without
//! a `Queue` or a `Connection`.

use std::io::{self, Read, Write};

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use crate::multiprocessing::{CurrentProcess, Target};

pub const SMALL: i64 = 123_456;
pub const SMALL_LINE: &[u8] = b"123456\n";

pub const MEBIBYTE: usize = 1 << 20;

pub fn mebibyte_line() -> Vec<u8> {
    format!("\"{}\"\n", "x".repeat(MEBIBYTE)).into_bytes()
}

/// Child of the `cost` lesson: does nothing
#[derive(clap::Args, Serialize)]
pub struct CostNothing {}

impl Target for CostNothing {
    const NAME: &'static str = "cost-nothing";

    fn run(self, _: CurrentProcess) -> Result<()> {
        Ok(())
    }
}

/// Child of the `cost` lesson: puts values into the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct CostPut {
    /// How many
    #[arg(long, default_value = "1")]
    pub count: usize,
    /// Without the queue
    #[arg(long)]
    pub bare: bool,
}

impl Target for CostPut {
    const NAME: &'static str = "cost-put";

    fn run(self, process: CurrentProcess) -> Result<()> {
        if self.bare {
            return write_repeatedly(SMALL_LINE, self.count);
        }
        let mut queue = process.put_end().silent();
        let value = Value::from(SMALL);
        (0..self.count).try_for_each(|_| queue.put(&value))
    }
}

/// Child of the `cost` lesson: sends each value back, until the other end is closed
#[derive(clap::Args, Serialize)]
pub struct CostEcho {
    /// Without the connection
    #[arg(long)]
    pub bare: bool,
}

impl Target for CostEcho {
    const NAME: &'static str = "cost-echo";

    fn run(self, process: CurrentProcess) -> Result<()> {
        if self.bare {
            let (mut stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
            let mut line = [0; SMALL_LINE.len()];
            while stdin.read_exact(&mut line).is_ok() {
                stdout.write_all(&line)?;
            }
            return Ok(());
        }
        let mut connection = process.connection(true).silent();
        while let Ok(value) = connection.recv() {
            connection.send(&value)?;
        }
        Ok(())
    }
}

/// Child of the `cost` lesson: sends values of 1 MiB
#[derive(clap::Args, Serialize)]
pub struct CostSend {
    /// How many
    #[arg(long, default_value = "1")]
    pub count: usize,
    /// Without the connection
    #[arg(long)]
    pub bare: bool,
}

impl Target for CostSend {
    const NAME: &'static str = "cost-send";

    fn run(self, process: CurrentProcess) -> Result<()> {
        if self.bare {
            return write_repeatedly(&mebibyte_line(), self.count);
        }
        let mut connection = process.connection(false).silent();
        let value = Value::from("x".repeat(MEBIBYTE));
        (0..self.count).try_for_each(|_| connection.send(&value))
    }
}

fn write_repeatedly(line: &[u8], count: usize) -> Result<()> {
    let mut stdout = io::stdout().lock();
    for _ in 0..count {
        stdout.write_all(line)?;
    }
    Ok(())
}
