//! The whole command line, described in a language.

use clap::{Arg, ArgAction, ArgMatches, CommandFactory as _};
use textwrap::core::display_width;

use super::tool::{Tool, taken_by};
use super::{Cli, chinese};
use crate::lessons::DEMOS;
use crate::os::streams::stdout;
use crate::os::terminal;
use crate::words::figures::wrapped;
use crate::words::locale::Language;

pub(super) const TITLE_IN_CHINESE: &str =
    "学习进程如何协作：用真实运行的进程演示 Python multiprocessing";

/// The shared options that each help shows; the others are in `mp-demo help options`.
const FIRST: [&str; 3] = ["timeline", "explain", "repeat"];

/// The command line as clap has to know it, with the lessons and tools described in this language.
pub(super) fn command(language: Language) -> clap::Command {
    let mut command = Cli::command();
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    let is_first = |option: &Arg| FIRST.contains(&option.get_id().as_str());
    command = command.mut_args(|option| option.clone().hide(!is_first(&option)));
    let more = match language {
        Language::En => "More options of every lesson: mp-demo help options",
        Language::Zh => "每一课的其他选项：mp-demo help options",
    };
    command = command.mut_subcommands(|command| {
        let Some(taken) = taken_by(command.get_name()) else {
            return command.after_help(more);
        };
        let is_run = command.get_name() == "run";
        // A tool takes the lessons' shared options that it has use for; the others are hidden in
        // its help.
        let options = options.iter().map(|option| {
            let is_taken = taken.iter().any(|it| option.get_id() == it);
            let is_hidden = !is_taken || (is_run && !is_first(option));
            let option = described_for(command.get_name(), option.clone()).hide(is_hidden);
            // `run` takes them all, and has few of its own.
            if is_run { option } else { option.help_heading(None) }
        });
        let options: Vec<_> = options.collect();
        let command = if is_run { command.after_help(more) } else { command };
        command.hide(true).args(options)
    });
    if language == Language::Zh {
        // A test makes sure that the Chinese texts can be read. If one can't all the same, the help
        // is in English.
        command = chinese::described(command.clone()).unwrap_or(command);
    }
    command.build();
    // clap would list the lessons behind the options, and `help` and the tools among them.
    command = command.mut_subcommands(|command| command.hide(true));
    let examples = command.get_before_help().cloned().unwrap_or_default();
    let (lessons, tools) = (list_of_lessons(language), list_of_tools(&command));
    let heading = match language {
        Language::En => "Other commands:",
        Language::Zh => "其他命令：",
    };
    command.before_help(format!("{examples}\n\n{lessons}\n{heading}\n{tools}")).after_help(more)
}

/// The help on the options of every lesson.
pub(super) fn on_options(language: Language) -> Result<ArgMatches, clap::Error> {
    let options: Vec<Arg> = Cli::command().get_arguments().cloned().collect();
    let help = Arg::new("help").long("help").action(ArgAction::Help).hide(true);
    let command = clap::Command::new("mp-demo")
        .term_width(0)
        .disable_help_flag(true)
        .help_template("{all-args}{after-help}")
        .after_help(exit_status(language))
        .args(options)
        .arg(help);
    let command = match language {
        Language::En => command,
        Language::Zh => chinese::with_options(command.clone()).unwrap_or(command),
    };
    command.try_get_matches_from(["mp-demo", "--help"])
}

/// What the exit status of a lesson says.
pub(super) fn exit_status(language: Language) -> &'static str {
    match language {
        Language::En => {
            "\
Exit status of a lesson:
  0    it has shown what it shows: lost values and runs that get stuck, too
  1    it failed, and stderr says why
  2    wrong usage: nothing was started
  130  Ctrl-C; after a signal N always 128 + N"
        }
        Language::Zh => {
            "\
一课的退出状态：
  0    显示了本课要显示的内容，包括丢值和卡住
  1    出错了，原因见 stderr
  2    用法不对，什么也没有启动
  130  Ctrl-C；收到信号 N 而结束时都是 128 + N"
        }
    }
}

/// The lessons under their heading.
pub(super) fn list_of_lessons(language: Language) -> String {
    let heading = match language {
        Language::En => "Lessons:",
        Language::Zh => "课程：",
    };
    let lessons = DEMOS.iter().map(|demo| (demo.name, demo.title(language).to_owned()));
    format!("{heading}\n{}", rows(&lessons.collect::<Vec<_>>()))
}

/// Names and what they mean, in lines that fit the terminal.
fn rows(rows: &[(impl AsRef<str>, String)]) -> String {
    let names = || rows.iter().map(|(name, _)| name.as_ref());
    let longest = names().map(str::len).max().unwrap_or_default();
    let indent = " ".repeat(longest + 4);
    let lines = names().zip(rows).map(|(name, (_, text))| {
        wrapped(&format!("  {name:<longest$}  {text}"), help_width(), &indent)
    });
    lines.collect()
}

/// A page of help, as clap has written it, in lines that fit the terminal. clap would break Chinese
/// only at spaces, `mp-demo` at its hyphen, and the command of an example like any other word.
pub(crate) fn fitting(page: &str) -> String {
    let width = help_width();
    let lines = page.lines().map(|line| {
        let start = line.len() - line.trim_start().len();
        let (first, remark) = match line[start..].split_once("  ") {
            Some((first, remark)) => (&line[..start + first.len()], remark.trim_start()),
            None => (line, ""),
        };
        let column = display_width(line) - display_width(remark);
        let is_item = line[start..].starts_with("- ");
        let indent = " ".repeat(match remark {
            "" => start + if is_item { 2 } else { 0 },
            _ if column + ROOM <= width || display_width(line) <= width => column,
            _ => start + 4,
        });
        match remark.is_empty() || indent.len() == column {
            true => wrapped(line, width, &indent),
            false => {
                let remark = wrapped(&format!("{indent}{remark}"), width, &indent);
                wrapped(first, width, &indent) + &remark
            }
        }
    });
    chinese::with_full_colons(lines.collect())
}

/// How many columns a remark needs beside its command.
const ROOM: usize = 24;

/// How wide a page of help is.
pub(super) fn help_width() -> usize {
    terminal::width(&stdout()).min(80)
}

/// A shared option with the help text of this tool, where its meaning differs from that in a
/// lesson.
fn described_for(tool: &str, option: Arg) -> Arg {
    match (tool, option.get_id().as_str()) {
        ("why", "json") => {
            option.help("Print the graph as JSON: processes, who waits for whom, and the evidence")
        }
        ("why", "patience") => option
            .help("How long the program may stand still before it is told; `never` only runs it"),
        ("show", "page") => {
            option.help("Write the lesson to a file as a handout for a class: HTML")
        }
        ("check", "page") => option.help("Write a page of a run that failed to a file: HTML"),
        ("compare", "page") => option.help("Write a page of both runs, side by side: HTML"),
        _ => option,
    }
}

fn list_of_tools(command: &clap::Command) -> String {
    let tools = Tool::names().into_iter().map(|tool| {
        let about = command.find_subcommand(&tool).and_then(|it| it.get_about());
        let about = about.map(ToString::to_string).unwrap_or_default();
        (tool, about)
    });
    rows(&tools.collect::<Vec<_>>())
}
