//! A paragraph: pieces of text in different inks, wrapped together.

use std::ops::Range;

use textwrap::{Options, WordSeparator};

use super::ink::Ink;
use crate::os::terminal::Look;
use crate::words::figures::words;

/// A word joiner: no line is broken beside it, and it has no width.
const GLUE: char = '\u{2060}';
/// A space at which no line is broken.
const HARD_SPACE: char = '\u{a0}';

pub(crate) struct Piece {
    pub(crate) text: String,
    ink: Ink,
}

#[derive(Default)]
pub(crate) struct Paragraph {
    pub(crate) pieces: Vec<Piece>,
}

impl Paragraph {
    pub(crate) fn push(&mut self, text: &str, ink: Ink) {
        self.pieces.push(Piece { text: text.to_owned(), ink });
    }

    /// Adds the number of a link, which stays on the same line as the link's name.
    pub(crate) fn push_number(&mut self, number: usize, after_space: bool) {
        let before = if after_space { HARD_SPACE } else { GLUE };
        self.push(&format!("{GLUE}{before}"), Ink::Plain);
        self.push(&glued(&format!("[{number}]")), Ink::Link);
    }

    /// Adds code, which is broken at its spaces only; without colours it stands in backticks.
    pub(crate) fn push_code(&mut self, code: &str, look: Look) {
        match look.colour {
            true => self.push(&glued(code), Ink::Code),
            false => self.push(&glued(&format!("`{code}`")), Ink::Code),
        }
    }

    /// Adds a command, which is broken only at spaces that separate words for a shell.
    pub(crate) fn push_command(&mut self, command: &str) {
        let mut quote = None;
        let with_hard_spaces = command.chars().map(|c| {
            quote = match (quote, c) {
                (None, '\'' | '"') => Some(c),
                (Some(open), c) if open == c => None,
                (quote, _) => quote,
            };
            if quote.is_some() && c == ' ' { HARD_SPACE } else { c }
        });
        let text: String = with_hard_spaces.collect();
        self.push(&glued(&text), Ink::Code);
    }

    /// The lines of the paragraph, none wider than `width` unless a word is.
    pub(crate) fn wrap(&self, width: usize, look: Look) -> Vec<String> {
        let text: String = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        let options =
            Options::new(width).break_words(false).word_separator(WordSeparator::Custom(words));
        let mut end = 0;
        let mut lines = Vec::new();
        for line in textwrap::wrap(&text, options) {
            // The lines stand in the text one after another, with nothing but space between them.
            let start = end + text[end..].find(&*line).unwrap_or(0);
            end = start + line.len();
            lines.push(self.paint(start..end, look));
        }
        lines
    }

    /// The part of the text that stands on one line, each piece in its ink.
    fn paint(&self, line: Range<usize>, look: Look) -> String {
        let mut painted = String::new();
        let mut start = 0;
        for piece in &self.pieces {
            let end = start + piece.text.len();
            let part = line.start.clamp(start, end)..line.end.clamp(start, end);
            let part = &piece.text[part.start - start..part.end - start];
            let part = part.replace(GLUE, "").replace(HARD_SPACE, " ");
            painted += &piece.ink.paint(&part, look.colour);
            start = end;
        }
        painted
    }
}

/// The text with glue in it, so that it is broken at its spaces only.
fn glued(text: &str) -> String {
    let mut glued = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        glued.push(c);
        if c != ' ' && characters.peek().is_some_and(|next| *next != ' ') {
            glued.push(GLUE);
        }
    }
    glued
}
