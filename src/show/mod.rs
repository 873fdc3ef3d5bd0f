//! The page of a lesson: its text, then the Python and the Rust program.

mod code;
mod handout;
mod ink;
mod markdown;
mod pager;
mod paragraph;

use unicode_width::UnicodeWidthStr;

use crate::both;
use crate::lessons::Demo;
use crate::os::terminal::Look;
use crate::predict::Experiment;
pub(crate) use code::{python_pieces, rust_pieces};
pub(crate) use ink::Ink;

pub(crate) use code::python;
pub(crate) use handout::{RunOnPaper, handout};
pub(crate) use pager::print_through_pager;

pub(crate) fn page(demo: &Demo, look: Look) -> String {
    let text = demo.text(look.language);
    let (title, sections) = text.split_once("\n\n").unwrap_or((text, ""));
    let text = format!("{title}\n\n{}\n\n{sections}{}", sources(sections), experiments(demo));
    let heading = |language, option| {
        let title = format!("{language}: mp-demo show {} {option}", demo.name);
        heading(vec![title], false, look)
    };
    format!(
        "{}\n{}{}\n{}{}",
        markdown::render(&text, look),
        heading("Python", "--python"),
        python(&demo.python(look.language), look.colour),
        heading("Rust", "--rust"),
        code::rust(&demo.rust(look.language), look.colour),
    )
}

/// Which article the text speaks of, and where its figures come from, if it has any.
fn sources(sections: &str) -> String {
    let article = both!(
        "The article is \"Python 多进程\" by 我家小海星, 28 March 2018.",
        "文中的“文章”是指《Python 多进程》，作者我家小海星，2018 年 3 月 28 日。"
    );
    let measured = both!(
        " Measured means: on two cores of an AMD EPYC, under Linux, in November and December 2026.",
        "实测的环境：AMD EPYC 的两个核心，Linux，2026 年 11 月和 12 月。"
    );
    let has_figures = sections.contains("Measured") || sections.contains("实测");
    article + if has_figures { &measured } else { "" }
}

/// The questions about a lesson in Markdown, without the answers.
fn experiments(demo: &Demo) -> String {
    // A test makes sure that the file can be read.
    let experiments = Experiment::all(Some(demo)).unwrap_or_default();
    if experiments.is_empty() {
        return String::new();
    }
    let lesson = demo.name;
    let items = experiments.iter().map(|experiment| {
        let (command, asked) = (experiment.in_shell(&experiment.command), experiment.sentence());
        both!("- `{command}`: {asked}\n", "- `{command}`：{asked}\n")
    });
    let heading = both!("## What to predict", "## 先预测，再运行");
    let first = both!(
        "`mp-demo predict {lesson}` asks these, runs the commands, and grades the answers, with \
         the reasons.",
        "`mp-demo predict {lesson}` 会提出下面的问题，运行这些命令，再评判回答，并说明理由。"
    );
    format!("\n{heading}\n\n{first}\n\n{}", items.collect::<String>())
}

/// The lines of a heading, and the rule below them: double for the title.
fn heading(lines: Vec<String>, is_title: bool, look: Look) -> String {
    let stroke = match (is_title, look.boxes) {
        (true, true) => "═",
        (true, false) => "=",
        (false, true) => "─",
        (false, false) => "-",
    };
    let width = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let lines = lines.iter().map(|line| Ink::Heading.paint(line, look.colour) + "\n");
    format!("{}{}\n", lines.collect::<String>(), stroke.repeat(width))
}
