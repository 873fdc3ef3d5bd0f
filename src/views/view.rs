//! The [`View`] of a run, and several [`Views`] of the same run.

use std::io::Write;

use anyhow::{Context as _, Result};

use crate::events::Record;
use crate::os::streams::cannot_write;
use crate::state::{Change, State};

pub trait View {
    /// Shows one event. `state` is the run so far, this event included.
    fn show(&mut self, _record: &Record, _state: &State, _change: &Change) -> Result<()> {
        Ok(())
    }

    /// Shows what can only be shown after the last event, whether the run has failed or not. The
    /// failure itself is told elsewhere.
    fn finish(&mut self, _state: &State) -> Result<()> {
        Ok(())
    }
}

/// Prints whole lines on stdout, at once, so that a reader only ever sees whole lines.
pub fn print(mut stdout: impl Write, lines: &str) -> Result<()> {
    stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush()).with_context(cannot_write)
}

/// Several views of the same run, each event by each view in their order, and the run's state.
#[derive(Default)]
pub struct Views {
    state: State,
    views: Vec<Box<dyn View>>,
}

impl Views {
    pub fn add(&mut self, view: impl View + 'static) {
        self.views.push(Box::new(view));
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn show(&mut self, record: &Record) -> Result<()> {
        let change = self.state.apply(record);
        let state = &self.state;
        self.views.iter_mut().try_for_each(|view| view.show(record, state, &change))
    }

    /// Shows what can only be shown after the last event.
    pub fn finish(&mut self) -> Result<()> {
        let state = &self.state;
        self.views.iter_mut().try_for_each(|view| view.finish(state))
    }
}
