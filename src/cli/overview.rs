//! The screen that is shown without arguments.

use std::ffi::OsString;

use super::Tool;
use super::described::{TITLE_IN_CHINESE, command, list_beyond_the_article};
use crate::both;
use crate::words::locale::Language;

/// Whether the command line has no arguments, except perhaps `--lang`.
pub(super) fn is_bare(args: &[OsString]) -> bool {
    match &args[1..] {
        [] => true,
        [option] => option.to_string_lossy().starts_with("--lang="),
        [option, value] => {
            option == "--lang" && value.to_str().and_then(Language::of_locale).is_some()
        }
        _ => false,
    }
}

/// The text of the screen: at most 24 lines.
pub(super) fn overview(language: Language) -> String {
    let mut command = command(language).after_help("").long_about("");
    let names = Tool::names().join(&both!(", ", "、"));
    let (title, usage, lessons, rest) = match language {
        Language::En => (
            "Learn how processes work together, by running real ones",
            "Usage: mp-demo [OPTIONS] <LESSON> [OPTIONS]",
            "Lessons:",
            format!(
                "\
Other commands: {names}

`mp-demo help queue` shows what can be changed in a lesson, --help everything.
"
            ),
        ),
        Language::Zh => (
            TITLE_IN_CHINESE,
            "用法：mp-demo [OPTIONS] <LESSON> [OPTIONS]",
            "课程：",
            format!(
                "\
其他命令：{names}

`mp-demo help queue` 列出一课里可以改动的地方，--help 列出全部。
"
            ),
        ),
    };
    command = match command.find_subcommand("help") {
        Some(_) => command.mut_subcommand("help", |help| help.hide(true)),
        None => command.disable_help_subcommand(true),
    };
    let template = format!("{title}\n\n{usage}\n\n{lessons}\n{{subcommands}}\n");
    let of_article = command.help_template(template).render_help().to_string();
    let beyond = list_beyond_the_article(language);
    format!("{}\n\n{beyond}\n{rest}", of_article.trim_end())
}
