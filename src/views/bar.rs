//! The progress bar of a lesson that measures.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use anyhow::Result;
use indicatif::ProgressBar;

use super::view::View;
use crate::events::{Event, Record};
use crate::state::{Change, State};

#[derive(Clone)]
pub struct Bar {
    is_shown: bool,
    /// What is drawn, while a lesson measures.
    drawn: Rc<RefCell<Option<ProgressBar>>>,
}

/// A stream that may go to the same terminal. The bar is removed while something is written to the
/// stream.
pub struct Beside<W> {
    out: W,
    bar: Bar,
}

impl Bar {
    /// A bar on stderr, drawn only if `is_shown` is set, which makes sense on a terminal.
    pub fn new(is_shown: bool) -> Bar {
        Bar { is_shown, drawn: Rc::default() }
    }

    pub fn show_progress(&self, done: u64, of: u64) {
        if !self.is_shown {
            return;
        }
        let mut shown = self.drawn.borrow_mut();
        let bar = shown.get_or_insert_with(|| ProgressBar::new(of));
        bar.set_length(of);
        bar.set_position(done);
        if done >= of {
            bar.finish_and_clear();
            *shown = None;
        }
    }

    /// Removes the bar: nothing more will be measured.
    pub fn clear(&self) {
        if let Some(drawn) = self.drawn.borrow_mut().take() {
            drawn.finish_and_clear();
        }
    }

    pub fn beside<W: Write>(&self, out: W) -> Beside<W> {
        let bar = self.clone();
        Beside { out, bar }
    }
}

impl<W: Write> Beside<W> {
    fn do_beside<T>(&mut self, write: impl FnOnce(&mut W) -> T) -> T {
        match &*self.bar.drawn.borrow() {
            Some(drawn) => drawn.suspend(|| write(&mut self.out)),
            None => write(&mut self.out),
        }
    }
}

impl<W: Write> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.do_beside(|out| out.write(bytes))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Everything is written and flushed before the bar is drawn again.
        self.do_beside(|out| out.write_all(bytes).and_then(|()| out.flush()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl View for Bar {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        if let Event::Progress { done, of } = record.event {
            self.show_progress(done, of);
        }
        Ok(())
    }

    fn finish(&mut self, _: &State) -> Result<()> {
        self.clear();
        Ok(())
    }
}
