//! How a run is shown: events go in, text comes out. A view knows neither processes nor clocks nor terminals.

mod article;
mod json;
mod notes;
mod palette;

use std::collections::HashMap;
use std::io::Write;
use std::os::fd::AsFd;

use anyhow::Result;

use crate::events::{Entry, LogReader, Record};

pub use article::Article;
pub use json::Json;

/// Draws events as they come.
pub trait View {
    /// Shows one event.
    ///
    /// # Errors
    /// When the output can't be written to.
    fn show(&mut self, record: &Record) -> Result<()>;

    /// Shows what can only be said at the end of a run, when it went as it should.
    fn finish(&mut self);
}

/// Shows a log to its end, save what the view says in [`View::finish`]; ends early when nobody reads `output` any
/// more. Bytes in the log that are no events go to `stderr` unchanged. Returns what processes said before they gave
/// up, by PID: the end of the run will name them, in the right order.
///
/// # Errors
/// When the log can't be read, or the output not written to.
pub fn show(
    log: LogReader,
    view: &mut dyn View,
    output: impl AsFd,
    stderr: &mut dyn Write,
) -> Result<HashMap<u32, String>> {
    let mut last_words = HashMap::new();
    log.for_each(output, |entry| {
        match entry {
            Entry::Foreign(bytes) => drop(stderr.write_all(bytes)),
            Entry::Event(record) => {
                view.show(&record)?;
                if let ("error", Some(message)) = (record.event.as_str(), record.message) {
                    last_words.insert(record.pid, message);
                }
            }
        }
        Ok(())
    })?;
    Ok(last_words)
}
