//! The progress bar of a lesson that measures.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::Result;
use indicatif::ProgressBar;

use super::View;
use crate::events::{Event, Record};

/// A progress bar on the terminal, and a handle for other views that write to the same terminal.
#[derive(Clone)]
pub struct Progress {
    /// Whether there is a terminal to draw on.
    is_shown: bool,
    /// The bar, while a lesson measures.
    bar: Rc<RefCell<Option<ProgressBar>>>,
}

impl Progress {
    /// A bar on stderr, drawn if `is_shown` is set, as it should be on a terminal only.
    pub fn new(is_shown: bool) -> Progress {
        Progress {
            is_shown,
            bar: Rc::default(),
        }
    }

    /// Takes the bar away: nothing more will be measured.
    pub fn clear(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &*self.bar.borrow() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl View for Progress {
    fn show(&mut self, record: &Record) -> Result<()> {
        let (Event::Progress { done, of }, true) = (&record.event, self.is_shown) else {
            return Ok(());
        };
        let mut shown = self.bar.borrow_mut();
        let bar = shown.get_or_insert_with(|| ProgressBar::new(*of));
        bar.set_length(*of);
        bar.set_position(*done);
        if done >= of {
            bar.finish_and_clear();
            *shown = None;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.clear();
        Ok(())
    }
}
