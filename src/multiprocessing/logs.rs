//! What a process of a run can log: lines that its program prints, and other events.

use std::borrow::Cow;

use anyhow::Result;
use serde_json::Value;

use crate::events::{Call, Event, Log, repr};

/// A writer of the run's log: the parent, a child, or a thread.
pub trait Logs {
    fn log(&self) -> &Log;

    fn pid(&self) -> u32 {
        self.log().pid()
    }

    /// Logs that the process's or thread's function begins, with the line that it prints there.
    #[track_caller]
    fn running(&self, line: impl AsRef<str>) -> Result<()> {
        self.happened_with_line(Event::Running {}, line)
    }

    /// Prints a line that belongs to no other event.
    #[track_caller]
    fn say(&self, line: impl AsRef<str>) -> Result<()> {
        self.happened_with_line(Event::Say {}, line)
    }

    /// Prints a value as Python's `print([...])` shows it.
    #[track_caller]
    fn print(&self, value: &Value) -> Result<()> {
        self.print_as(value, repr(value))
    }

    /// Prints a value in other words.
    #[track_caller]
    fn print_as(&self, value: &Value, line: impl AsRef<str>) -> Result<()> {
        let event = Event::Print { value: Cow::Borrowed(value) };
        self.happened_with_line(event, line)
    }

    /// Logs how much of a measurement is done.
    #[track_caller]
    fn progress(&self, done: u64, of: u64) -> Result<()> {
        self.happened(Event::Progress { done, of })
    }

    /// Logs what was measured: the figures, an object with a name for each, and the printed line.
    #[track_caller]
    fn measured(&self, figures: Value, line: impl AsRef<str>) -> Result<()> {
        let figures = figures.into();
        self.happened_with_line(Event::Measured { figures }, line)
    }

    /// Logs that a wait begins, in a call on the queue or pipe with this name. Only for a call that
    /// can't log it itself: that of a thread that shares its process's end.
    #[track_caller]
    fn waits(&self, call: Call, on: &str) -> Result<()> {
        let on = Some(on.into());
        self.happened(Event::Wait { call, on })
    }

    /// Logs an event that no other method logs.
    #[track_caller]
    fn happened<'e>(&self, event: impl Into<Event<'e>>) -> Result<()> {
        self.log().write(event.into())
    }

    /// Logs an event that no other method logs, with the line that the program prints at that
    /// point.
    #[track_caller]
    fn happened_with_line<'e>(
        &self,
        event: impl Into<Event<'e>>,
        line: impl AsRef<str>,
    ) -> Result<()> {
        self.log().write_with_line(event.into(), Some(line.as_ref()))
    }
}

impl Logs for Log {
    fn log(&self) -> &Log {
        self
    }
}
