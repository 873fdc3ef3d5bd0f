//! What an IO task waits for: a process that takes its time to answer.

use anyhow::{Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use crate::events::{Because as _, PartnerGone, sentence};
use crate::multiprocessing::{Connection, Context, CurrentProcess, IntoProcess, Target};

/// The worker's end of a pipe to its answerer. The answerer stands for another machine, which takes
/// a while and needs none of this worker's processor time.
pub struct Answerer(Connection);

impl Answerer {
    /// Starts an answerer in this role, and sees that it answers.
    pub fn start(role: &str, context: &Context) -> Result<Answerer> {
        let (connection, answerers_end) = context.pipe(true).because(|| {
            sentence!(
                "ask for fewer workers, or raise the limit (`ulimit -n`)",
                "请把 `--workers` 调小，或者提高上限（`ulimit -n`）"
            )
        })?;
        context.start(role, BoundAnswerer {}.holds(answerers_end))?;
        let mut answerer = Answerer(connection.silent());
        answerer.ask(0.0)?;
        Ok(answerer)
    }

    /// Asks for an answer that takes this many seconds, and waits for it.
    pub fn ask(&mut self, seconds: f64) -> Result<Value> {
        self.0.send(&json!(seconds))?;
        // Here the worker waits: it is not even among the processes that the kernel would run.
        self.0.recv()
    }
}

/// Answerer of the `bound` lesson: a request is the seconds to the answer, which is the request
/// again
///
/// It is slow, but not because it computes.
#[derive(clap::Args, Serialize)]
pub struct BoundAnswerer {}

impl Target for BoundAnswerer {
    const NAME: &'static str = "bound-answerer";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let mut connection = process.connection(true).only_waits();
        loop {
            let request = match connection.recv() {
                // Python's `except EOFError`: the worker has closed its end.
                Err(error) if error.is::<PartnerGone>() => return Ok(()),
                request => request?,
            };
            match request.as_f64().filter(|seconds| *seconds >= 0.0) {
                Some(seconds) => process.sleep(seconds)?,
                None => bail!(sentence!(
                    "a request is a number of seconds, not {request}",
                    "请求应当是一个秒数，而不是 {request}"
                )),
            }
            connection.send(&request)?;
        }
    }
}
