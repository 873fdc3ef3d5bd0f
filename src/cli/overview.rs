//! The screen that is shown without arguments.

use std::ffi::OsString;

use super::Tool;
use super::described::{TITLE_IN_CHINESE, help_width, list_of_lessons};
use crate::both;
use crate::words::figures::wrapped;
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
    let names = Tool::names().join(&both!(", ", "、"));
    let title = match language {
        Language::En => "Learn how processes work together, by running real ones",
        Language::Zh => TITLE_IN_CHINESE,
    };
    let paragraphs = [
        both!(
            "{title}\nNew here? mp-demo tour\nUsage: mp-demo [OPTIONS] <LESSON> [OPTIONS]\n",
            "{title}\n第一次用？mp-demo tour\n用法：mp-demo [OPTIONS] <LESSON> [OPTIONS]\n"
        ),
        list_of_lessons(language, true),
        list_of_lessons(language, false),
        both!("Other commands: {names}", "其他命令：{names}"),
        both!(
            "`mp-demo help queue` shows what can be changed in a lesson, --help everything.",
            "`mp-demo help queue` 列出一课里可以改动的地方，--help 列出全部。"
        ),
    ];
    let fitting = |text: &String| match text.contains('\n') {
        true => text.clone(),
        false => wrapped(text, help_width(), ""),
    };
    paragraphs.iter().map(fitting).collect::<Vec<_>>().join("\n")
}
