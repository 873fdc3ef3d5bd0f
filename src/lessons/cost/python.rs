//! CPython's side: one Python process that measures a row whenever it is asked to.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::multiprocessing::{Connection, Context};
use crate::report::costs::Row;

/// The program that measures. It stays on its pipe until that is closed, so it ends when this process does,
/// whatever happens.
const PROGRAM: &str = include_str!("../../../demos/cost/program.py");

/// A Python that was started and has told its version.
pub struct Python {
    connection: Connection,
    version: String,
}

impl Python {
    /// Starts `python3`, if there is one.
    ///
    /// # Errors
    /// When there is one and it can't be started, or does not answer.
    pub fn start(mp: &Context) -> Result<Option<Python>> {
        let Some(program) = find_in_path("python3") else {
            return Ok(None);
        };
        let (connection, childs_end) = mp.pipe(true)?;
        let args = ["-c", PROGRAM, "--turns"].map(Into::into).to_vec();
        mp.start_foreign("python", program, args, childs_end)?;
        let mut connection = connection.silent();
        let version = connection.recv().context("python3 does not answer")?;
        let version = version.as_str().unwrap_or_default().to_owned();
        Ok(Some(Python {
            connection,
            version,
        }))
    }

    /// Seconds for one.
    ///
    /// # Errors
    /// When Python does not answer.
    pub fn measure(&mut self, row: Row) -> Result<f64> {
        self.connection.send(&json!(row))?;
        let answer: Value = self.connection.recv()?;
        answer
            .as_f64()
            .context("python3 answered with something other than seconds")
    }

    /// Closes its pipe, which ends it, and returns its version.
    pub fn end(self) -> String {
        self.version
    }
}

fn find_in_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
