//! What a picture is drawn with: box-drawing characters, or ASCII where there is no more.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::lane::Doing;

use crate::events::{Mark, Status};
use crate::words::plain::is_obeyed;

/// The characters that can be shown.
#[derive(Clone, Copy)]
pub struct Glyphs {
    /// Whether text may be more than ASCII.
    pub unicode: bool,
    /// Whether lines and marks may be.
    pub boxes: bool,
}

impl Glyphs {
    /// A mark of the axis.
    pub fn tick(self) -> char {
        self.choose('│', '|')
    }

    /// So many times.
    pub fn times(self) -> char {
        self.choose('×', 'x')
    }

    /// What a lane is drawn with while it does this.
    pub fn doing(self, doing: Doing) -> char {
        match doing {
            Doing::Runs => self.choose('━', '='),
            Doing::Sleeps => self.choose('·', '.'),
            Doing::Waits => self.choose('─', '-'),
            Doing::Joins => self.choose('┄', '~'),
            Doing::Lives => self.choose('┅', ':'),
        }
    }

    /// What is marked on it.
    pub fn mark(self, mark: Mark) -> char {
        match mark {
            Mark::Thread => self.choose('╷', ','),
            Mark::Task => self.choose('┯', '+'),
            Mark::Own(sign) => self.choose(sign.sign, sign.ascii),
            Mark::Put | Mark::Send => self.choose('▼', 'v'),
            Mark::Get | Mark::Recv => self.choose('▲', '^'),
            Mark::Lost => self.choose('▽', 'V'),
            // The lane shows by itself that it waits; the label says for whom.
            Mark::Join => self.doing(Doing::Joins),
            Mark::Terminate => self.choose('†', '!'),
            Mark::Interrupt => self.choose('⌃', '&'),
            Mark::Kill => self.choose('‡', '#'),
            Mark::Refused => self.choose('⊘', '%'),
            Mark::Error => self.choose('✗', 'x'),
            Mark::Stuck => self.choose('∞', '8'),
        }
    }

    /// Marks of several sorts in one place.
    pub fn several(self) -> char {
        self.choose('◆', '*')
    }

    /// How it ends.
    pub fn end(self, status: Status) -> char {
        match status {
            Status::Code(0) => self.choose('┤', '|'),
            Status::Code(_) | Status::Signal(_) => self.choose('✗', 'x'),
        }
    }

    /// What can be shown of a text that comes from the log: one line of it, and ASCII if there is
    /// no more.
    pub fn shown(self, text: &str) -> String {
        let mut shown = String::new();
        for c in text.chars() {
            // As Python's `ascii()` has it.
            match c as u32 {
                _ if self.unicode && !is_obeyed(c) => shown.push(c),
                _ if c.is_ascii() && !c.is_ascii_control() => shown.push(c),
                code @ ..=0xff => shown += &format!("\\x{code:02x}"),
                code @ ..=0xffff => shown += &format!("\\u{code:04x}"),
                code => shown += &format!("\\U{code:08x}"),
            }
        }
        shown
    }

    /// A text in at most so many columns: whole, or cut with a sign, or nothing where not even that
    /// makes sense.
    pub fn cut(self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        if columns < 3 {
            return String::new();
        }
        let mut cut = String::new();
        for c in text.chars() {
            if cut.width() + c.width().unwrap_or(0) > columns - 1 {
                break;
            }
            cut.push(c);
        }
        cut.push(self.choose('…', '~'));
        cut
    }

    fn choose(self, unicode: char, ascii: char) -> char {
        if self.boxes { unicode } else { ascii }
    }
}
