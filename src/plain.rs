//! The one gate for text that is not ours: what a terminal would obey is shown instead, as Python's `repr` shows it.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

/// Whether a terminal would obey this character, or show nothing of it: control characters, and those that change the
/// direction of text or have no width (Unicode's categories Cc, Cf, Zl and Zp).
pub fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// A text on one line, in which nothing is obeyed.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    shown(text, |_| false)
}

/// The same for a text that may have lines and tabs of its own.
pub fn on_its_lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| c == '\n' || c == '\t')
}

/// A file's name.
pub fn name_of(path: &Path) -> String {
    on_one_line(&path.to_string_lossy()).into_owned()
}

/// A stream that shows what its terminal would obey, if it `is_on`. Whoever writes to it writes whole characters.
pub struct Gate<W> {
    /// What is behind it.
    pub out: W,
    /// Whether it goes to a terminal.
    pub is_on: bool,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.is_on {
            true => self
                .out
                .write_all(on_its_lines(&String::from_utf8_lossy(bytes)).as_bytes())
                .map(|()| bytes.len()),
            false => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn shown(text: &str, may_stay: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_shown = |c: char| is_obeyed(c) && !may_stay(c);
    if !text.contains(is_shown) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars() {
        match (is_shown(c), u32::from(c)) {
            (false, _) => shown.push(c),
            (true, 0x9) => shown += "\\t",
            (true, 0xa) => shown += "\\n",
            (true, 0xd) => shown += "\\r",
            (true, code @ ..=0xff) => shown += &format!("\\x{code:02x}"),
            (true, code @ ..=0xffff) => shown += &format!("\\u{code:04x}"),
            (true, code) => shown += &format!("\\U{code:08x}"),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, line) in [
            ("plain, 中文, é\u{3000}😀", "plain, 中文, é\u{3000}😀"),
            (
                "a\nmp-demo: all is well\u{1b}[2J",
                "a\\nmp-demo: all is well\\x1b[2J",
            ),
            ("\t\r\0\u{7f}\u{9b}", "\\t\\r\\x00\\x7f\\x9b"),
            (
                "\u{202e}\u{200b}\u{2066}\u{feff}\u{2028}",
                "\\u202e\\u200b\\u2066\\ufeff\\u2028",
            ),
            ("\u{e0041}", "\\U000e0041"),
        ] {
            assert_eq!(on_one_line(text), line);
        }
        assert_eq!(on_its_lines("a\n\tb\u{1b}"), "a\n\tb\\x1b");
    }
}
