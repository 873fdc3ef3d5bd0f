//! What the end of a queue or pipe tells the log.

use anyhow::Result;

use crate::events::{Call, Event, Log};

/// What an end of a queue or pipe writes to the log by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    Nothing,
    Waits,
    Everything,
}

/// The voice of one end: it knows its name, and how much to tell.
#[derive(Clone)]
pub(super) struct Voice {
    log: Log,
    name: Option<String>,
    extent: Extent,
}

impl Voice {
    /// Tells everything. The name is the queue's or the pipe's, if it has one.
    pub(super) fn new(log: &Log, name: Option<String>) -> Voice {
        Voice { log: log.clone(), name, extent: Extent::Everything }
    }

    pub(super) fn only_waits(&mut self) {
        self.extent = Extent::Waits;
    }

    pub(super) fn nothing(&mut self) {
        self.extent = Extent::Nothing;
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// It waits in this call from now on.
    pub(super) fn waits(&self, call: Call) -> Result<()> {
        if self.extent < Extent::Waits {
            return Ok(());
        }
        let on = self.name().map(Into::into);
        self.log.write(Event::Wait { call, on })
    }

    /// Something has passed it, or is about to. The line is what the program prints there.
    pub(super) fn tell(&self, event: Event, line: Option<&str>) -> Result<()> {
        match line {
            _ if self.extent < Extent::Everything => Ok(()),
            Some(line) => self.log.write_with_line(event, line),
            None => self.log.write(event),
        }
    }
}
