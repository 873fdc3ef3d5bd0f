//! The programs on a page: the lines that were reached and what stands around them, highlighted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::html::escaped;
use super::steps::Slots;
use crate::both;
use crate::events::CodeLine;
use crate::lessons;
use crate::show::{Ink, python_pieces, rust_pieces};

/// The longest file of a program that is shown whole, in lines.
const WHOLE: usize = 400;

/// How many lines around a line that was reached are shown of a longer one.
const AROUND: usize = 12;

/// The programs of a run, and the slots of the lines that were reached.
#[derive(Default)]
pub struct Code {
    /// The files that stand in the log, by their names.
    files: BTreeMap<String, String>,
    slots: BTreeMap<CodeLine, usize>,
    /// Whether the lesson's program is that of this mp-demo.
    pub is_ours: bool,
}

impl Code {
    pub fn add(&mut self, file: String, text: String) {
        self.files.entry(file).or_insert(text);
    }

    fn text(&self, file: &str) -> Option<&str> {
        let of_lesson = || lessons::source_of(file).filter(|_| self.is_ours);
        self.files.get(file).map(String::as_str).or_else(of_lesson)
    }

    /// The slot of a line, if its file is known.
    pub fn slot(&mut self, line: &CodeLine, slots: &mut Slots) -> Option<usize> {
        if let Some(slot) = self.slots.get(line) {
            return Some(*slot);
        }
        self.text(&line.file)?.lines().nth(line.line.checked_sub(1)? as usize)?;
        let slot = slots.add();
        self.slots.insert(line.clone(), slot);
        Some(slot)
    }

    /// The programs, each line that was reached with its slot.
    pub fn html(&self, slots: &Slots) -> String {
        let mut files: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for line in self.slots.keys() {
            files.entry(&line.file).or_default().insert(line.line as usize);
        }
        let mut html = String::new();
        for (file, reached) in files {
            let Some(text) = self.text(file) else { continue };
            let is_rust = file.ends_with(".rs");
            let shown = match is_rust {
                true => functions(text, &reached),
                false => around(text, &reached),
            };
            let _ = write!(html, "<h3>{}</h3><ol class=code>", escaped(file));
            // What all lines are indented by says nothing.
            let all = text.lines().zip(1_usize..).filter(|(line, _)| !line.trim().is_empty());
            let all = all.filter(|(_, number)| shown.contains(number));
            let indent = all.map(|(line, _)| line.len() - line.trim_start_matches(' ').len());
            let indent = " ".repeat(indent.min().unwrap_or_default());
            let mut last = 0;
            for (place, line) in highlighted(text, is_rust).iter().enumerate() {
                let number = place + 1;
                if !shown.contains(&number) {
                    continue;
                }
                if number != last + 1 {
                    html += "<li class=gap aria-hidden=true></li>";
                }
                last = number;
                let line = line.strip_prefix(&indent).unwrap_or(line);
                let key = CodeLine { file: file.to_owned(), line: number as u32 };
                let marks =
                    self.slots.get(&key).map(|slot| slots.element(*slot, "span", " class=at"));
                let marks = marks.unwrap_or_default();
                let _ = writeln!(html, "<li value={number}><code>{line}</code>{marks}</li>");
            }
            html += "</ol>";
        }
        match html.is_empty() {
            true => format!(
                "<p class=dim>{}</p>",
                both!(
                    "This log doesn't tell the lines of its program.",
                    "这份日志没有程序的行号。"
                )
            ),
            false => html,
        }
    }
}

/// The lines of the functions in which these lines are, in a file as rustfmt writes it: a function
/// ends with a brace below its beginning.
fn functions(text: &str, reached: &BTreeSet<usize>) -> BTreeSet<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_function = |line: &str| {
        let words = line.trim_start().split_once('(').map_or("", |(words, _)| words);
        words.split_whitespace().any(|word| word == "fn") && !words.trim_start().starts_with("//")
    };
    let mut shown = BTreeSet::new();
    for number in reached {
        let begin = (0..*number).rev().find(|place| {
            let line = lines.get(*place).copied().unwrap_or_default();
            is_function(line) && indent(line) < lines.get(number - 1).map_or(0, |it| indent(it))
        });
        let Some(begin) = begin else {
            shown.extend(number.saturating_sub(2).max(1)..=number + 2);
            continue;
        };
        let ends =
            |line: &&str| line.trim_end() == format!("{}}}", " ".repeat(indent(lines[begin])));
        let length = lines[begin..].iter().position(ends);
        let end = begin + length.unwrap_or(*number - begin) + 1;
        let is_above = |line: &&&str| line.trim_start().starts_with(['/', '#']);
        let above = lines[..begin].iter().rev().take_while(is_above).count();
        shown.extend(begin + 1 - above..=end.max(*number));
    }
    shown
}

/// A file of a program, or what stands around these lines of a long one.
fn around(text: &str, reached: &BTreeSet<usize>) -> BTreeSet<usize> {
    let count = text.lines().count();
    match count <= WHOLE {
        true => (1..=count).collect(),
        false => reached.iter().flat_map(|it| it.saturating_sub(AROUND)..=it + AROUND).collect(),
    }
}

/// The lines of a program as HTML.
fn highlighted(text: &str, is_rust: bool) -> Vec<String> {
    let pieces = if is_rust { rust_pieces(text) } else { python_pieces(text) };
    let mut lines = vec![String::new()];
    for (piece, ink) in pieces {
        let class = match ink {
            Ink::Comment => "k",
            Ink::Literal => "s",
            Ink::Number => "u",
            Ink::Keyword => "w",
            Ink::Name => "f",
            _ => "",
        };
        for (place, part) in piece.split('\n').enumerate() {
            if place > 0 {
                lines.push(String::new());
            }
            let (part, last) = (escaped(part), lines.len() - 1);
            match class.is_empty() || part.is_empty() {
                true => lines[last] += &part,
                false => lines[last] += &format!("<i class={class}>{part}</i>"),
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_lessons_file_the_functions_are_shown_that_were_reached() {
        let text = "use x;\n\nimpl A {\n    /// Runs.\n    fn run(&self) {\n        if a {\n            \
            b();\n        }\n    }\n\n    fn not(&self) {}\n}\n";
        assert_eq!(functions(text, &BTreeSet::from([7])), (4..=9).collect());
    }

    #[test]
    fn each_line_of_a_program_is_highlighted_for_itself() {
        let lines = highlighted("x = '''a<\nb''' # </script>", false);
        assert_eq!(
            lines,
            ["x = <i class=s>'''a&lt;</i>", "<i class=s>b'''</i> <i class=k># &lt;/script&gt;</i>"]
        );
    }
}
