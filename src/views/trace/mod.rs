//! The run as a Chrome trace: a track for each process and thread, with slices for what it did,
//! arrows from put to get, and a counter of the values in the queue. Perfetto and Chrome's own
//! viewer open it.

mod chrome;
mod drawing;
mod titles;
mod tracks;
mod whole_file;

use std::path::Path;

use anyhow::{Context as _, Result};

use super::view::View;
use crate::both;
use crate::events::Record;
use crate::state::{Change, State};
use crate::words::plain::name_of;
use drawing::Drawing;
use whole_file::WholeFile;

/// Writes a trace while the run goes on. When the run is over, the file is there, whole.
pub struct Trace {
    /// What the user calls the file.
    name: String,
    drawing: Drawing<WholeFile>,
}

impl Trace {
    /// A trace that will stand in this file; `-` is stdout, behind all else that is printed there.
    pub fn create(path: &Path) -> Result<Trace> {
        let path = match path.as_os_str() == "-" {
            true => Path::new("/dev/stdout"),
            false => path,
        };
        Ok(Trace { name: name_of(path), drawing: Drawing::new(WholeFile::create(path)?) })
    }
}

impl View for Trace {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.drawing.draw(record, state, change).with_context(|| cannot_write(&self.name))
    }

    /// The trace of a run that failed is worth as much: it shows how it failed.
    fn finish(&mut self, _: &State) -> Result<()> {
        self.drawing
            .finish()
            .and_then(WholeFile::put_in_place)
            .with_context(|| cannot_write(&self.name))
    }
}

fn cannot_write(name: &str) -> String {
    both!("cannot write the trace to {name}", "无法把跟踪写入 {name}")
}
