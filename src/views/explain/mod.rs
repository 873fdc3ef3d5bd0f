//! Notes about this very run, between its lines: which process that was, what it waits for, and why.
//!
//! `story` follows the run and decides what is told when; `notes` are the facts, `english` and `chinese` the words.

mod chinese;
mod english;
mod lanes;
mod notes;
mod story;
#[cfg(test)]
mod tests;

use std::io::Write;

use anyhow::Result;
use owo_colors::OwoColorize;
use textwrap::{LineEnding, Options, WordSeparator, WordSplitter, WrapAlgorithm};

use self::notes::{NO_BREAK, Note};
use self::story::Story;
use super::{Look, Progress, View};
use crate::events::Record;
use crate::locale::Language;

/// How far a note is indented.
const INDENT: usize = 4;

/// Tells on stderr what has just happened, and why. It is no error when nobody listens.
pub struct Explain<E> {
    stderr: E,
    look: Look,
    progress: Progress,
    story: Story,
}

impl<E: Write> Explain<E> {
    /// Notes that go to `stderr`.
    pub fn new(stderr: E, look: Look, progress: Progress) -> Explain<E> {
        Explain {
            stderr,
            look,
            progress,
            story: Story::new(),
        }
    }

    fn tell(&mut self, notes: &[Note]) {
        for note in notes {
            let text = lines(&text(note, self.look.language), self.look);
            let stderr = &mut self.stderr;
            let _ = self.progress.beside(|| stderr.write_all(text.as_bytes()));
        }
    }
}

impl<E: Write> View for Explain<E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        let notes = self.story.see(record);
        self.tell(&notes);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let notes = self.story.end();
        self.tell(&notes);
        Ok(())
    }
}

fn text(note: &Note, language: Language) -> String {
    match language {
        Language::En => english::text(note),
        Language::Zh => chinese::text(note),
    }
}

/// A text as it stands on the screen: indented, dim, no line wider than the terminal.
fn lines(text: &str, look: Look) -> String {
    let indent = " ".repeat(INDENT.min(look.width / 8));
    let options = Options::new(look.width.saturating_sub(indent.len()))
        .line_ending(LineEnding::LF)
        // Chinese has no spaces: Unicode knows where it may break, and that no line begins with a comma.
        .word_separator(WordSeparator::UnicodeBreakProperties)
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
