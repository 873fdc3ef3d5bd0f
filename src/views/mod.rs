//! How a run is shown: events go in, text comes out. A view knows neither processes nor clocks nor terminals.

mod activity;
mod article;
mod explain;
mod failures;
mod in_transit;
mod json;
mod look;
mod notes;
mod palette;
mod progress;
mod timeline;
mod trace;

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::os::fd::AsFd;

use anyhow::Result;

use crate::events::{Entry, Event, LogReader, Record, recording};

pub use article::Article;
pub use explain::Explain;
pub use failures::Failures;
pub use json::Json;
pub use look::Look;
pub use notes::Notes;
pub use progress::Progress;
pub use timeline::Timeline;
pub use trace::Trace;

/// Draws events as they come.
pub trait View {
    /// Shows one event.
    ///
    /// # Errors
    /// When the output can't be written to.
    fn show(&mut self, record: &Record) -> Result<()>;

    /// Shows what can only be said when the last event is there, be it of a run that went well or of one that failed. What
    /// failed, somebody else tells.
    ///
    /// # Errors
    /// When the output can't be written to.
    fn finish(&mut self) -> Result<()>;
}

/// Several views of the same run, each event by each view in their order.
pub struct Views(Vec<Box<dyn View>>);

impl Views {
    /// No views yet.
    pub fn new() -> Views {
        Views(Vec::new())
    }

    /// Adds a view behind the others.
    pub fn add(&mut self, view: impl View + 'static) {
        self.0.push(Box::new(view));
    }
}

impl View for Views {
    fn show(&mut self, record: &Record) -> Result<()> {
        self.0.iter_mut().try_for_each(|view| view.show(record))
    }

    fn finish(&mut self) -> Result<()> {
        self.0.iter_mut().try_for_each(|view| view.finish())
    }
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
                if let Event::Error { message } = record.event {
                    last_words.insert(record.pid, message);
                }
            }
        }
        Ok(())
    })?;
    Ok(last_words)
}

/// Shows a recorded run, which the user knows as `name`. Whether it went well when it was recorded is told as it was
/// then; that it is shown is success.
///
/// # Errors
/// When it can't be read or is none, or the output can't be written to.
pub fn replay(recording: impl BufRead, name: &str, view: &mut dyn View) -> Result<()> {
    recording::for_each(recording, name, |record| view.show(record))?;
    view.finish()
}
