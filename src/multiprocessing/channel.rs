//! What the ends of queues and pipes have in common.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::Result;

use super::parent::Parent;
use crate::events::{Call, Event, Log};

/// How much an end of a queue or pipe writes to the log by itself.
#[derive(Clone, Copy)]
enum Extent {
    Nothing,
    Waits,
    Everything,
}

/// How one end of a queue or pipe logs its events, and whose children it reaps while it waits.
#[derive(Clone)]
pub(super) struct Channel {
    log: Log,
    name: Option<String>,
    extent: Extent,
    parent: Option<Arc<Parent>>,
}

impl Channel {
    pub(super) fn of_parent(name: String, parent: Arc<Parent>) -> Channel {
        Channel { parent: Some(parent.clone()), ..Channel::of_child(Some(name), &parent.log) }
    }

    pub(super) fn of_child(name: Option<String>, log: &Log) -> Channel {
        Channel { log: log.clone(), name, extent: Extent::Everything, parent: None }
    }

    /// No event is logged, and no children are reaped: for measurements, or for a thread other than
    /// the one that starts children.
    pub(super) fn silence(&mut self) {
        self.extent = Extent::Nothing;
        self.parent = None;
    }

    /// Waits are logged, but no values.
    pub(super) fn only_waits(&mut self) {
        self.extent = Extent::Waits;
    }

    /// Calls that wait reap the children of this process.
    pub(super) fn watch(&mut self, parent: Arc<Parent>) {
        self.parent = Some(parent);
    }

    pub(super) fn parent(&self) -> Option<&Parent> {
        self.parent.as_deref()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn on(&self) -> Option<Cow<'_, str>> {
        self.name().map(Into::into)
    }

    #[track_caller]
    pub(super) fn waits(&self, call: Call) -> Result<()> {
        match self.extent {
            Extent::Nothing => Ok(()),
            _ => self.log.write(Event::Wait { call, on: self.on() }),
        }
    }

    /// Logs an event, with the line that the program prints there.
    #[track_caller]
    pub(super) fn log(&self, event: Event, line: Option<&str>) -> Result<()> {
        match self.extent {
            Extent::Everything => self.log.write_with_line(event, line),
            Extent::Waits | Extent::Nothing => Ok(()),
        }
    }
}
