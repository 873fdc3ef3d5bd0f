//! The log in a file, for `view`.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::view::View;
use crate::both;
use crate::events::Record;
use crate::state::{Change, State};
use crate::words::plain::name_of;

/// Writes each event to a file at once, so that the file has the run as far as it came.
pub struct Recording {
    file: File,
    /// What the user calls the file.
    name: String,
}

impl Recording {
    pub fn create(path: &Path) -> Result<Recording> {
        let name = name_of(path);
        let file = File::create(path).with_context(|| cannot_record(&name))?;
        Ok(Recording { file, name })
    }
}

impl View for Recording {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        let line = format!("{}\n", record.text);
        self.file.write_all(line.as_bytes()).with_context(|| cannot_record(&self.name))
    }
}

fn cannot_record(name: &str) -> String {
    both!("cannot write the recording to {name}", "无法把记录写入 {name}")
}
