//! Programs with comments in several languages.

use std::iter::Peekable;
use std::str::Lines;

/// The quotes of a docstring.
const QUOTES: &str = "\"\"\"";

/// A program with these texts in place of its blocks of comments. Nothing if there are more blocks
/// than texts, or fewer.
pub(crate) fn with_comments(file: &str, program: &str, texts: Vec<String>) -> Option<String> {
    let mark = if file.ends_with(".py") || file.ends_with(".sh") { "#" } else { "//" };
    let mut texts = texts.into_iter();
    let mut lines = program.lines().peekable();
    let mut shown = String::new();
    while let Some(line) = lines.next() {
        match Frame::of_block(line, &mut lines, mark) {
            Some(frame) => shown += &frame.around(&texts.next()?),
            None => shown += line,
        }
        shown.push('\n');
    }
    texts.next().is_none().then_some(shown)
}

/// What surrounds the text of a block of comments: consecutive lines, a docstring, or a comment
/// after code.
struct Frame {
    before_first_line: String,
    before_others: String,
    end: String,
}

impl Frame {
    /// The frame of the block that begins at `line`, if one does; takes the block's other lines.
    fn of_block(line: &str, lines: &mut Peekable<Lines>, mark: &str) -> Option<Frame> {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if let Some(mut last) = code.strip_prefix(QUOTES) {
            while !last.ends_with(QUOTES) {
                last = lines.next()?;
            }
            let is_on_its_own_line = last.trim_start() == QUOTES;
            return Some(Frame {
                before_first_line: format!("{indent}{QUOTES}"),
                before_others: indent.to_owned(),
                end: if is_on_its_own_line { format!("\n{indent}{QUOTES}") } else { QUOTES.into() },
            });
        }
        if let Some(start) = comment_start(line, mark) {
            while lines.next_if(|next| comment_start(next, mark) == Some(start)).is_some() {}
            let start = format!("{start} ");
            let end = String::new();
            return Some(Frame { before_first_line: start.clone(), before_others: start, end });
        }
        let mark = format!(" {mark} ");
        let (code, _) = line.split_once(&mark)?;
        let before_first_line = format!("{code}{mark}");
        Some(Frame { before_first_line, before_others: String::new(), end: String::new() })
    }

    fn around(&self, text: &str) -> String {
        let mut shown = String::new();
        for (index, line) in text.lines().enumerate() {
            let before = match index {
                0 => &self.before_first_line,
                _ => &self.before_others,
            };
            // gofmt wants a code block in a comment indented by a tab with no space before it. An
            // empty line gets no trailing space.
            let is_tabbed = line.starts_with('\t') || line.is_empty();
            let before = if is_tabbed { before.trim_end_matches(' ') } else { before };
            shown += if index == 0 { "" } else { "\n" };
            shown += &format!("{before}{line}");
        }
        shown + &self.end
    }
}

/// What a line begins with that is a comment and nothing else: its indentation and `//!`, say.
fn comment_start<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let text = line.trim_start().strip_prefix(mark)?;
    let text = match mark {
        "//" => text.strip_prefix(['/', '!']).unwrap_or(text),
        _ => text,
    };
    let is_comment = text.is_empty() || text.starts_with([' ', '\t']);
    is_comment.then(|| &line[..line.len() - text.len()])
}
