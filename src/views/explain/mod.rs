//! The view `--explain`: notes about this very run, between its lines: which process has printed
//! the line, what it waits for, and why.
//!
//! `note` is what a note is made of, `moment` what the log says, `story` what has been told. The
//! other files have the notes that hold for any program, each file those about one topic. The notes
//! of a single lesson are in its [`Narrator`].

mod ends;
mod joins;
mod moment;
pub(crate) mod note;
mod pipe;
mod queue;
mod starts;
mod story;
mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod threads;

use std::io::Write;

use anyhow::Result;
use owo_colors::OwoColorize;
use textwrap::{LineEnding, Options, WordSeparator, WordSplitter, WrapAlgorithm};

use self::note::NO_BREAK;
use super::view::View;
use crate::events::{Event, Record};
use crate::os::terminal::Look;
use crate::state::{Change, State};
use crate::words::figures::words;
use crate::words::locale::Language;

pub(crate) use self::moment::Moment;
pub(crate) use self::note::{
    Actor, En, GAP, List, Seconds, SignalName, Word, Zh, clipped, count, notes, them_in_chinese,
    was,
};
pub(crate) use self::story::{Series, Story};

/// Tells the notes of a single lesson.
pub trait Narrator {
    /// Sees the run's next event. Returns whether the general notes are to leave this event out.
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool;
}

/// The narrator of a lesson without notes of its own.
impl Narrator for () {
    fn see(&mut self, _: &Moment, _: &mut Story) -> bool {
        false
    }
}

const INDENT: usize = 4;

/// Tells on stderr what has just happened, and why. A closed stderr is no error.
pub struct Explain<E> {
    stderr: E,
    look: Look,
    teller: Teller,
}

/// Finds the notes about each event.
pub struct Teller {
    narrator_of: fn(&str) -> Box<dyn Narrator>,
    narrator: Box<dyn Narrator>,
    story: Story,
}

impl Teller {
    /// All notes, or, if `is_brief`, only those that say something new about this run.
    pub fn new(is_brief: bool, narrator_of: fn(&str) -> Box<dyn Narrator>) -> Teller {
        Teller { narrator_of, narrator: Box::new(()), story: Story::new(is_brief) }
    }

    /// Sees the run's next event.
    pub fn see(&mut self, record: &Record, state: &State, change: &Change) {
        if let Event::Run { lesson, .. } = &record.event {
            self.narrator = (self.narrator_of)(lesson);
        }
        let now = Moment { record, change, run: state };
        let story = &mut self.story;
        if let Some(pid) = change.replaces {
            story.past.remove(&pid);
        }
        if !self.narrator.see(&now, story) {
            story.see_starts(&now);
            story.see_threads(&now);
            story.see_queue(&now);
            story.see_pipe(&now);
            story.see_joins(&now);
            story.see_ends(&now);
        }
    }

    /// Sees the end of the run.
    pub fn end(&mut self, state: &State) {
        self.story.end(state);
    }

    /// The notes since the last call, in this language.
    pub fn take(&mut self, language: Language) -> impl Iterator<Item = String> {
        self.story.notes.drain(..).map(move |note| match language {
            Language::En => note.en(),
            Language::Zh => note.zh(),
        })
    }
}

impl<E: Write> Explain<E> {
    /// A view that tells all notes, or, if `is_brief`, only those that say something new about this
    /// run.
    pub fn new(
        stderr: E,
        look: Look,
        is_brief: bool,
        narrator_of: fn(&str) -> Box<dyn Narrator>,
    ) -> Explain<E> {
        Explain { stderr, look, teller: Teller::new(is_brief, narrator_of) }
    }

    fn write_notes(&mut self) {
        for text in self.teller.take(self.look.language) {
            let _ = self.stderr.write_all(lines(&text, self.look).as_bytes());
        }
    }
}

impl<E: Write> View for Explain<E> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.teller.see(record, state, change);
        // A table is read as a whole, so the notes about it come after it.
        let is_in_table =
            matches!(record.event, Event::Measured { .. } | Event::Say {} | Event::Progress { .. });
        if !is_in_table {
            self.write_notes();
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        self.teller.end(state);
        self.write_notes();
        Ok(())
    }
}

/// A text as it stands on the screen: indented, dim, no line wider than the terminal.
fn lines(text: &str, look: Look) -> String {
    let indent = " ".repeat(INDENT.min(look.width / 8));
    let options = Options::new(look.width.saturating_sub(indent.len()))
        .line_ending(LineEnding::LF)
        // Chinese has no spaces: Unicode knows where it may break.
        .word_separator(WordSeparator::Custom(words))
        // `child-1` and `--seed` stay whole.
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(text, options);
    let lines = lines.iter().map(|line| {
        let line = line.replace(NO_BREAK, " ");
        match look.colour {
            true => format!("{indent}{}\n", line.dimmed()),
            false => format!("{indent}{line}\n"),
        }
    });
    lines.collect()
}
