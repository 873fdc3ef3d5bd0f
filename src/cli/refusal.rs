//! Messages about wrong usage: in English clap's own, in Chinese made from clap's `ErrorKind` and
//! context.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::arguments::quoted;
use crate::both;
use crate::lessons::DEMOS;
use crate::words::plain::on_one_line;

/// A refusal of these words, with the usage of the lesson or tool that they are for.
pub(super) fn refused(command: &mut Command, words: &[OsString], sentence: String) -> Error {
    let name = words.iter().skip(1).find(|word| command.find_subcommand(word).is_some());
    match name.and_then(|name| command.find_subcommand_mut(name)) {
        Some(subcommand) => subcommand.error(ErrorKind::ArgumentConflict, sentence),
        None => command.error(ErrorKind::ArgumentConflict, sentence),
    }
}

/// Suggests the command that differs only in capital letters, where clap has no suggestion, or else
/// where all are listed.
pub(super) fn with_nearest_name(mut error: Error, command: &Command) -> Error {
    let has_suggestion = error.get(ContextKind::SuggestedSubcommand).is_some();
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand)
        && !has_suggestion
        && command.find_subcommand(name.to_lowercase()).is_some()
    {
        let nearest = ContextValue::Strings(vec![name.to_lowercase()]);
        error.insert(ContextKind::SuggestedSubcommand, nearest);
    } else if error.kind() == ErrorKind::InvalidSubcommand && !has_suggestion {
        let list =
            both!("`mp-demo` lists the lessons and commands", "`mp-demo` 列出全部课程和命令");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![list.into()]));
    }
    error
}

/// Suggests `run` to those who have given a program instead of a command.
pub(super) fn with_run_before(error: Error, command: &mut Command) -> Error {
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    if !name.ends_with(".py") && !Path::new(name).is_file() {
        return error;
    }
    let name = on_one_line(name).into_owned();
    let sentence = both!(
        "{name} is no command of mp-demo; did you mean: mp-demo run {name}?",
        "{name} 不是 mp-demo 的子命令；是不是想用：mp-demo run {name}？"
    );
    command.error(ErrorKind::InvalidSubcommand, sentence)
}

/// Refuses an option whose value stands beside it and not behind `=`: it would be taken for another
/// argument.
pub(super) fn value_beside(command: &Command, words: &[OsString]) -> Option<String> {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let options = || command.get_arguments().filter(|it| it.is_require_equals_set());
    words.windows(2).find_map(|pair| {
        let (option, value) = (&pair[0], &pair[1]);
        let arg = options().find(|arg| option.strip_prefix("--") == arg.get_long())?;
        let values = arg.get_possible_values();
        values.iter().any(|it| it.matches(value, false)).then(|| {
            both!(
                "the value of {option} needs an equals sign: {option}={value}",
                "{option} 的值前面要有等号：{option}={value}"
            )
        })
    })
}

/// Says where an unknown option belongs, if it is another lesson's, or is a word of a program that
/// `why` is to run.
pub(super) fn with_its_place(error: Error, command: &mut Command, words: &[OsString]) -> Error {
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let is_why = words.get(1).is_some_and(|word| word == "why");
    let texts: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let program = texts.iter().skip(2).position(|word| !word.starts_with('-'));
    if let (true, Some(before)) = (is_why, program) {
        let program: Vec<_> = texts[before + 2..].iter().map(|word| quoted(word)).collect();
        let program = program.join(" ");
        let sentence = both!(
            "put -- before the program: mp-demo why -- {program}",
            "要运行的程序写在 -- 后面：mp-demo why -- {program}"
        );
        return refused(command, words, on_one_line(&sentence).into_owned());
    }
    let name = name.split(['=', ' ']).next().unwrap_or_default();
    let has = |lesson: &&Command| {
        let mut own = lesson.get_arguments().filter(|arg| !arg.is_global_set());
        own.any(|arg| arg.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long)))
    };
    let lessons = DEMOS.iter().filter_map(|demo| command.find_subcommand(demo.name));
    let lessons: Vec<_> = lessons.filter(has).map(|lesson| lesson.get_name()).collect();
    if lessons.is_empty() {
        return error;
    }
    let lessons = lessons.join(&both!(", ", "、"));
    let sentence = both!("{name} is an option of {lessons}", "{name} 是 {lessons} 的选项");
    refused(command, words, sentence)
}

/// The error with the control characters in the words that it quotes escaped.
pub(crate) fn harmless(mut error: Error) -> Error {
    let shown = |text: &String| on_one_line(text).into_owned();
    let quoted: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| {
            let value = match value {
                ContextValue::String(text) => ContextValue::String(shown(text)),
                ContextValue::Strings(texts) => {
                    ContextValue::Strings(texts.iter().map(shown).collect())
                }
                _ => return None,
            };
            Some((kind, value))
        })
        .collect();
    for (kind, value) in quoted {
        error.insert(kind, value);
    }
    error
}

/// The whole message in Chinese.
pub fn in_chinese(error: &Error) -> String {
    let text = |kind| error.get(kind).map(words);
    let arg = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let mut message = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有 {arg} 这个参数"),
        ErrorKind::InvalidSubcommand if text(ContextKind::InvalidSubcommand).is_some() => {
            let name = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("没有 {name} 这个子命令")
        }
        ErrorKind::InvalidValue if value == "''" => format!("{arg} 需要一个值，却没有给出"),
        ErrorKind::InvalidValue if !arg.is_empty() => format!("{arg} 的值不能是 {value}"),
        ErrorKind::ValueValidation if !arg.is_empty() => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            let reason = reason.map(|it| format!("：{it}")).unwrap_or_default();
            format!("{arg} 的值不能是 {value}{reason}")
        }
        ErrorKind::ArgumentConflict if !arg.is_empty() => match text(ContextKind::PriorArg) {
            Some(other) if other != arg => format!("{arg} 不能和 {other} 一起用"),
            _ => format!("{arg} 只能用一次"),
        },
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数 {arg}"),
        ErrorKind::MissingSubcommand => "缺少子命令".into(),
        ErrorKind::NoEquals => format!("{arg} 的值前面要有等号"),
        ErrorKind::TooManyValues => format!("{arg} 的值太多：多出 {value}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{arg} 的值个数不对"),
        ErrorKind::InvalidUtf8 => "有一个参数不是 UTF-8 文本".into(),
        _ => own_sentence(error),
    };
    if let Some(valid) = text(ContextKind::ValidValue).filter(|it| !it.is_empty()) {
        message += &format!("\n  [可选：{valid}]");
    }
    for kind in
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
    {
        if let Some(nearest) = text(kind).filter(|it| !it.is_empty()) {
            message += &format!("\n\n  是不是想用 {nearest}？");
        }
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested)
        && error.kind() == ErrorKind::InvalidSubcommand
    {
        tips.iter().for_each(|tip| message += &format!("\n\n  {tip}"));
    }
    let rendered = error.render().to_string();
    let usage = rendered.split("\n\n").find_map(|block| block.strip_prefix("Usage: "));
    let usage = usage.map(|it| format!("\n\n用法：{it}")).unwrap_or_default();
    format!("错误：{message}{usage}\n\n更多信息请用 --help。\n")
}

/// The sentence of an error that our own code has made.
fn own_sentence(error: &Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let sentence = text.split("\n\n").next().unwrap_or(text);
    sentence.trim_end().to_owned()
}

/// A value of the error's context, in words.
fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => format!("'{text}'"),
        ContextValue::Strings(texts) => {
            let texts: Vec<_> = texts.iter().map(|it| format!("'{it}'")).collect();
            texts.join("、")
        }
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
