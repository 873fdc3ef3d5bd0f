//! The Python and the Rust program of a lesson: side by side where both fit, otherwise one below
//! the other.

use super::{Line, Rule, code, heading};
use crate::lessons::Demo;
use crate::os::terminal::Look;

/// The lesson's programs, each with its heading.
pub fn programs(demo: &Demo, look: Look) -> String {
    let title = |language, option| format!("{language}: mp-demo show {} {option}", demo.name);
    let python = column(
        &title("Python", "--python"),
        code::python(&demo.python(look.language), look.colour),
        look,
    );
    let rust =
        column(&title("Rust", "--rust"), code::rust(&demo.rust(look.language), look.colour), look);
    let separator = if look.boxes { " │ " } else { " | " };
    match width(&python) + 3 + width(&rust) <= look.width {
        true => beside(python, separator, rust),
        false => below(python) + "\n" + &below(rust),
    }
}

/// A program with its heading above it.
fn column(title: &str, program: Vec<Line>, look: Look) -> Vec<Line> {
    let mut lines = heading(vec![title.to_owned()], Rule::Single, look);
    lines.extend(program);
    lines
}

fn width(column: &[Line]) -> usize {
    column.iter().map(|line| line.width).max().unwrap_or(0)
}

fn below(column: Vec<Line>) -> String {
    column.into_iter().map(|line| line.text + "\n").collect()
}

fn beside(left: Vec<Line>, separator: &str, right: Vec<Line>) -> String {
    let left_width = width(&left);
    let count = left.len().max(right.len());
    let nothing = || Line { text: String::new(), width: 0 };
    let all = |column: Vec<Line>| column.into_iter().chain(std::iter::repeat_with(nothing));
    let mut text = String::new();
    for (left, right) in all(left).zip(all(right)).take(count) {
        let padding = " ".repeat(left_width - left.width);
        let line = left.text + &padding + separator + &right.text;
        text += line.trim_end();
        text.push('\n');
    }
    text
}
