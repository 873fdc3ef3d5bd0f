//! How a run is shown: events go in, text comes out. A view knows neither processes nor clocks nor terminals.

mod article;
mod json;
mod palette;

use std::collections::HashMap;
use std::io::Write;

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
    ///
    /// # Errors
    /// When the output can't be written to.
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Shows a log to its end, save what the view says in [`View::finish`]. Bytes in it that are no events go to `stderr` unchanged. Returns what processes said
/// before they gave up, by PID: the end of the run will name them, in the right order.
///
/// # Errors
/// When the log can't be read, or the output not written to.
pub fn show(
    log: LogReader,
    view: &mut dyn View,
    stderr: &mut dyn Write,
) -> Result<HashMap<u32, String>> {
    let mut last_words = HashMap::new();
    log.for_each(|entry| {
        match entry {
            Entry::Foreign(bytes) => stderr.write_all(bytes)?,
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
