//! The whole command line, described in a language.

use clap::{Arg, CommandFactory as _};

use super::tool::{Tool, taken_by};
use super::{Cli, chinese};
use crate::lessons::DEMOS;
use crate::words::locale::Language;

pub(super) const TITLE_IN_CHINESE: &str =
    "学习进程如何协作：用真实运行的进程演示 Python multiprocessing";

/// The command line as clap has to know it, with the lessons and tools described in this language.
pub(super) fn command(language: Language) -> clap::Command {
    let mut command = Cli::command();
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    command = command.mut_subcommands(|command| {
        let Some(taken) = taken_by(command.get_name()) else {
            return command;
        };
        // A tool takes the lessons' shared options that it has use for; the others are hidden in
        // its help.
        let options = options.iter().map(|option| {
            let is_taken = taken.iter().any(|it| option.get_id() == it);
            let option = described_for(command.get_name(), option.clone()).hide(!is_taken);
            // `run` takes them all, and has few of its own.
            if command.get_name() == "run" { option } else { option.help_heading(None) }
        });
        let options: Vec<_> = options.collect();
        command.hide(true).args(options)
    });
    if language == Language::Zh {
        // A test makes sure that the Chinese texts can be read. If one can't all the same, the help
        // is in English.
        command = chinese::described(command.clone()).unwrap_or(command);
    }
    // clap has one heading for all subcommands, so the second and third list are written by hand.
    for demo in DEMOS.iter().filter(|demo| !demo.is_of_article) {
        command = command.mut_subcommand(demo.name, |lesson| lesson.hide(true));
    }
    let heading = match language {
        Language::En => "Other commands:",
        Language::Zh => "其他命令：",
    };
    let (lessons, list) = (list_beyond_the_article(language), list_of_tools(&command));
    command.after_help(format!("{lessons}\n{heading}\n{list}"))
}

/// The lessons beyond the article, under their heading.
pub(super) fn list_beyond_the_article(language: Language) -> String {
    let lessons = || DEMOS.iter().filter(|demo| !demo.is_of_article);
    let width = lessons().map(|demo| demo.name.len()).max().unwrap_or(0);
    let rows = lessons().map(|demo| format!("  {:<width$}  {}\n", demo.name, demo.title(language)));
    let heading = match language {
        Language::En => "Beyond the article:",
        Language::Zh => "文章之外：",
    };
    format!("{heading}\n{}", rows.collect::<String>())
}

/// A shared option with the help text of this tool, where its meaning differs from that in a
/// lesson.
fn described_for(tool: &str, option: Arg) -> Arg {
    match (tool, option.get_id().as_str()) {
        ("why", "json") => {
            option.help("Print the graph as JSON: processes, who waits for whom, and the evidence")
        }
        ("why", "patience") => option.help(
            "How long nobody in the program may move before it is told; `never` only runs it",
        ),
        _ => option,
    }
}

fn list_of_tools(command: &clap::Command) -> String {
    let tools = Tool::names().into_iter().map(|tool| {
        let about = command.find_subcommand(&tool).and_then(|it| it.get_about());
        let about = about.map(ToString::to_string).unwrap_or_default();
        format!("  {tool:<12} {about}\n")
    });
    tools.collect()
}
