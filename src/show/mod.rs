//! A lesson to read: its text, then the Python and the Rust program, on one page for a terminal.

mod code;
mod columns;
mod ink;
mod markdown;
mod pager;
mod paragraph;

use unicode_width::UnicodeWidthStr;

use crate::lessons::Demo;
use crate::terminal::Look;
use ink::Ink;

pub use pager::print_through_pager;

/// The page of a lesson.
pub fn page(demo: &Demo, look: Look) -> String {
    let text = markdown::render(demo.text(look.language), look);
    let programs = columns::programs(demo, look);
    format!("{text}\n{programs}")
}

/// A line as it is printed, and how many columns it takes.
struct Line {
    text: String,
    width: usize,
}

/// The lines of a heading, and the rule below them.
fn heading(lines: Vec<String>, rule: Rule, look: Look) -> Vec<Line> {
    let stroke = match (rule, look.boxes) {
        (Rule::Double, true) => "═",
        (Rule::Double, false) => "=",
        (Rule::Single, true) => "─",
        (Rule::Single, false) => "-",
    };
    let line = |text: String| Line {
        width: text.width(),
        text: Ink::Heading.paint(&text, look.colour),
    };
    let mut lines: Vec<Line> = lines.into_iter().map(line).collect();
    let width = lines.iter().map(|line| line.width).max().unwrap_or(0);
    let text = stroke.repeat(width);
    lines.push(Line { text, width });
    lines
}

/// The line below a heading: double for a title, single for the rest.
#[derive(Clone, Copy)]
enum Rule {
    Double,
    Single,
}
