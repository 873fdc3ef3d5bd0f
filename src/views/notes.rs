//! What a person is told on stderr, whatever the view.

use std::collections::VecDeque;
use std::io::Write;

use indicatif::ProgressBar;

use crate::events::Record;

/// How many lost values are named.
const SHOWN: usize = 5;

/// Tells, beside the view, what went another way than the article's lines say. It is no error when nobody listens.
pub struct Notes<E> {
    stderr: E,
    /// Values, as JSON, that were put and not yet got, in the order of their puts. There are never more than the
    /// queue's pipe holds.
    in_queue: VecDeque<String>,
    /// Whether a progress bar may be drawn.
    shows_progress: bool,
    /// It, while a lesson measures.
    progress: Option<ProgressBar>,
}

impl<E: Write> Notes<E> {
    /// Notes that go to `stderr`; a progress bar too if `shows_progress` is set, as it should be on a terminal only.
    pub fn new(stderr: E, shows_progress: bool) -> Notes<E> {
        Notes {
            stderr,
            in_queue: VecDeque::new(),
            shows_progress,
            progress: None,
        }
    }

    /// Takes note of an event.
    pub fn see(&mut self, record: &Record) {
        if let (Some(done), Some(of), true) = (record.done, record.of, self.shows_progress) {
            self.draw_progress(done, of);
        }
        match (record.event.as_str(), record.value, &record.message) {
            ("put", Some(value), _) => self.in_queue.push_back(value.get().to_owned()),
            ("get", Some(value), _) => {
                if let Some(index) = self.in_queue.iter().position(|put| put == value.get()) {
                    self.in_queue.remove(index);
                }
            }
            // Errors are told at the end of the run, when it is known which came first.
            ("error", ..) | (_, _, None) => {}
            (_, _, Some(message)) => self.tell(message),
        }
    }

    /// Tells what can only be said at the end of a run, when it went as it should.
    pub fn finish(&mut self) {
        let lost = self.in_queue.len();
        let what = match lost {
            0 => return,
            1 => "1 value was".into(),
            _ => format!("{lost} values were"),
        };
        let named = self.in_queue.iter().take(SHOWN).map(String::as_str);
        let named = named.collect::<Vec<_>>().join(", ");
        let rest = match lost.saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.tell(&format!("{what} put and never got: {named}{rest}"));
    }

    /// Does something that writes to the terminal, with the progress bar out of the way.
    pub fn beside_progress<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.progress {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn draw_progress(&mut self, done: u64, of: u64) {
        let bar = self.progress.get_or_insert_with(|| ProgressBar::new(of));
        bar.set_length(of);
        bar.set_position(done);
        if done >= of {
            bar.finish_and_clear();
            self.progress = None;
        }
    }

    fn tell(&mut self, message: &str) {
        let line = format!("mp-demo: {message}\n");
        let stderr = &mut self.stderr;
        let mut write = || stderr.write_all(line.as_bytes());
        let _ = match &self.progress {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
    }
}
