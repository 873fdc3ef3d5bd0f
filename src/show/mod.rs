//! A lesson to read: its text, then the Python and the Rust program, on one page for a terminal.

mod code;
mod columns;
mod ink;
mod markdown;
mod pager;
mod paragraph;

use unicode_width::UnicodeWidthStr;

use crate::both;
use crate::lessons::Demo;
use crate::os::terminal::Look;
use crate::predict::Experiment;
use ink::Ink;

pub use pager::print_through_pager;

/// The page of a lesson.
pub fn page(demo: &Demo, look: Look) -> String {
    let text = format!("{}{}", demo.text(look.language), experiments(demo));
    let text = markdown::render(&text, look);
    let programs = columns::programs(demo, look);
    format!("{text}\n{programs}")
}

/// What there is to predict about a lesson, in Markdown: without the answers.
fn experiments(demo: &Demo) -> String {
    // A damaged file is found by a test.
    let experiments = Experiment::all(Some(demo)).unwrap_or_default();
    if experiments.is_empty() {
        return String::new();
    }
    let lesson = demo.name;
    let items = experiments.iter().map(|experiment| {
        let (command, topic) = (&experiment.command, experiment.question.topic());
        both!("- `mp-demo {command}`: {topic}\n", "- `mp-demo {command}`：{topic}\n")
    });
    let heading = both!("## What to predict", "## 先预测，再运行");
    let first = both!(
        "`mp-demo predict {lesson}` asks these, runs the commands, and grades the answers, with \
         the reasons.",
        "`mp-demo predict {lesson}` 会提出下面的问题，运行这些命令，再评判回答，并说明理由。"
    );
    format!("\n{heading}\n\n{first}\n\n{}", items.collect::<String>())
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
    let line =
        |text: String| Line { width: text.width(), text: Ink::Heading.paint(&text, look.colour) };
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
