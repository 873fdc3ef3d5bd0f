//! What one sees who asks for nothing.

use std::ffi::OsString;

use super::{command, list_of_tools};
use crate::locale::{self, Language};

/// Whether the command line asks for nothing, but perhaps in a language.
pub(super) fn is_bare(args: &[OsString]) -> bool {
    match &args[1..] {
        [] => true,
        [option] => option.to_string_lossy().starts_with("--lang="),
        [option, value] => {
            option == "--lang"
                && value
                    .to_str()
                    .is_some_and(|it| locale::language(it).is_ok())
        }
        _ => false,
    }
}

/// What one sees who asks for nothing: it fits on a screen of 24 lines.
pub(super) fn overview(language: Language) -> String {
    let mut command = command(language).after_help("").long_about("");
    if language == Language::En {
        // One line of the 24.
        command = command.about("Learn how processes work together, by running real ones");
    }
    let template = match language {
        Language::En => {
            "\
{about-with-newline}
Usage: mp-demo [OPTIONS] <LESSON> [OPTIONS]

Lessons:
{subcommands}

Other commands:
"
        }
        Language::Zh => {
            "\
{about-with-newline}
用法：mp-demo [OPTIONS] <LESSON> [OPTIONS]

课程：
{subcommands}

其他命令：
"
        }
    };
    let rest = match language {
        Language::En => {
            "\n`mp-demo help queue` shows what can be changed in a lesson, --help everything.\n"
        }
        Language::Zh => "\n`mp-demo help queue` 列出一课里可以改动的地方，--help 列出全部。\n",
    };
    let tools = list_of_tools(&command);
    command = match command.find_subcommand("help") {
        Some(_) => command.mut_subcommand("help", |help| help.hide(true)),
        None => command.disable_help_subcommand(true),
    };
    let lessons = command.help_template(template).render_help();
    format!("{}\n{tools}{rest}", lessons.to_string().trim_end())
}
