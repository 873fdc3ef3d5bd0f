//! The screen that is shown without arguments.

use std::ffi::OsString;

use super::described::{TITLE_IN_CHINESE, help_width, list_of_lessons};
use super::{Tool, USAGE};
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
            "{title}\nNew here? mp-demo tour\nUsage: {USAGE}",
            "{title}\n第一次用？mp-demo tour\n用法：{USAGE}"
        ),
        list_of_lessons(language),
        both!(
            "A program of yours: mp-demo run prog.py; one that hangs: mp-demo why PID\nOther \
             commands: {names}",
            "自己的程序：mp-demo run prog.py；已经卡住的：mp-demo why PID\n其他命令：{names}"
        ),
        both!(
            "`mp-demo help queue` shows what can be changed in a lesson, --help everything.",
            "`mp-demo help queue` 列出一课里可以改动的地方，--help 列出全部。"
        ),
    ];
    let fitting = |text: &String| -> String {
        text.lines().map(|line| wrapped(line, help_width(), "")).collect()
    };
    paragraphs.iter().map(fitting).collect::<Vec<_>>().join("\n")
}
