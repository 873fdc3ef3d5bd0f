//! The one gate for text that is not ours: control characters, which a terminal would obey, are
//! escaped as in Python's `repr`.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

/// Whether a terminal would obey this character, or show nothing of it: control characters, what
/// breaks a line, and what has no width or changes the direction of the text.
pub(crate) fn is_obeyed(c: char) -> bool {
    match c {
        // Separators of lines and paragraphs; other spaces have a width.
        '\u{85}' | '\u{2028}' | '\u{2029}' => true,
        _ if c.is_whitespace() => c.is_control(),
        // Private use: some fonts have pictures there.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => false,
        _ => !is_printable(c),
    }
}

/// Whether Python's `repr` shows this character as it is: all but control and format characters,
/// separators other than the space, and what Unicode has not assigned to anything.
pub(crate) fn is_printable(c: char) -> bool {
    // std knows the same categories, and tells them by what it escapes. It escapes a character that
    // combines with the one before it only at the start of a text.
    match c.is_ascii() {
        true => !c.is_ascii_control(),
        false => String::from_iter(['a', c]).escape_debug().nth(1) == Some(c),
    }
}

/// A text on one line, with everything that a terminal would obey escaped.
pub(crate) fn on_one_line(text: &str) -> Cow<'_, str> {
    shown(text, is_obeyed, push_escaped)
}

/// As [`on_one_line`], for a text that may have newlines and tabs of its own.
pub(crate) fn on_its_lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| is_obeyed(c) && c != '\n' && c != '\t', push_escaped)
}

/// JSON that means the same, with everything that a terminal would obey escaped.
pub(crate) fn in_json(text: &str) -> Cow<'_, str> {
    shown(text, is_obeyed, |shown, c| match c {
        // JSON allows these only between its tokens.
        '\n' | '\r' | '\t' => shown.push(' '),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                *shown += &format!("\\u{unit:04x}");
            }
        }
    })
}

pub(crate) fn name_of(path: &Path) -> String {
    on_one_line(&path.to_string_lossy()).into_owned()
}

/// A writer that escapes what a terminal would obey, and bytes that are not UTF-8, if it `is_on`.
/// No write may end within a character.
pub(crate) struct Gate<W> {
    /// The writer behind the gate.
    pub(crate) out: W,
    /// Whether the writer goes to a terminal.
    pub(crate) is_on: bool,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_on {
            return self.out.write(bytes);
        }
        let mut shown = String::new();
        for chunk in bytes.utf8_chunks() {
            shown += &on_its_lines(chunk.valid());
            for byte in chunk.invalid() {
                shown += &format!("\\x{byte:02x}");
            }
        }
        self.out.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Appends a character in the escaped form of Python's `repr`.
pub(crate) fn push_escaped(shown: &mut String, c: char) {
    match u32::from(c) {
        0x9 => *shown += "\\t",
        0xa => *shown += "\\n",
        0xd => *shown += "\\r",
        code @ ..=0xff => *shown += &format!("\\x{code:02x}"),
        code @ ..=0xffff => *shown += &format!("\\u{code:04x}"),
        code => *shown += &format!("\\U{code:08x}"),
    }
}

/// The text in which `push` replaces each character that `is_replaced`. Most texts have none, and
/// are not copied.
pub(crate) fn shown(
    text: &str,
    is_replaced: impl Fn(char) -> bool,
    push: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    if !text.contains(&is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars() {
        match is_replaced(c) {
            true => push(&mut shown, c),
            false => shown.push(c),
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
            ("a\nmp-demo: all is well\u{1b}[2J", "a\\nmp-demo: all is well\\x1b[2J"),
            ("\t\r\0\u{7f}\u{9b}", "\\t\\r\\x00\\x7f\\x9b"),
            ("\u{202e}\u{200b}\u{2066}\u{feff}\u{2028}", "\\u202e\\u200b\\u2066\\ufeff\\u2028"),
            ("\u{e0041}\u{890}\u{1343f}", "\\U000e0041\\u0890\\U0001343f"),
            ("e\u{301}, C:\\x1b", "e\u{301}, C:\\x1b"),
        ] {
            assert_eq!(on_one_line(text), line);
        }
        assert_eq!(on_its_lines("a\n\tb\u{1b}"), "a\n\tb\\x1b");
    }
}
