//! The words of the command line, before clap has read them and after.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _};

use super::options::Options;
use crate::arguments::quoted;
use crate::words::locale::Language;

/// The command's name and its own options and arguments, as given, for the heading of --repeat:
/// quoted, so that a shell reads it as the same command. `is_command` if `run` runs one.
pub(super) fn command_of(
    command: &clap::Command,
    matches: &ArgMatches,
    is_command: bool,
) -> Option<String> {
    let (name, of_lesson) = matches.subcommand()?;
    let lesson = command.find_subcommand(name)?;
    let mut words = vec![name.to_owned()];
    let shared = |id: &str| command.get_arguments().any(|arg| arg.get_id() == id);
    let arguments = lesson.get_arguments().filter(|arg| {
        let id = arg.get_id().as_str();
        let is_given = matches!(of_lesson.try_contains_id(id), Ok(true))
            && of_lesson.value_source(id) == Some(ValueSource::CommandLine);
        // `--speed` changes the run as the lesson's own options do.
        is_given && (!shared(id) || id == "speed")
    });
    let (positional, options): (Vec<_>, Vec<_>) = arguments.partition(|arg| arg.is_positional());
    for arg in options.into_iter().chain(positional) {
        let values = of_lesson.get_raw(arg.get_id().as_str()).into_iter().flatten();
        let values: Vec<_> = values.map(|value| quoted(&value.to_string_lossy())).collect();
        let looks_like_option = || values.iter().any(|value| value.starts_with('-'));
        if arg.is_positional()
            && (is_command || (!arg.is_trailing_var_arg_set() && looks_like_option()))
        {
            words.push("--".to_owned());
        }
        if let Some(long) = arg.get_long().filter(|_| arg.is_require_equals_set()) {
            words.push(format!("--{long}={}", values.join(",")));
            continue;
        }
        words.extend(arg.get_long().map(|long| format!("--{long}")));
        match arg.get_value_delimiter() {
            _ if !arg.get_action().takes_values() => {}
            Some(delimiter) => words.push(values.join(&delimiter.to_string())),
            None => words.extend(values),
        }
    }
    Some(words.join(" "))
}

/// The language that the command line asks for. clap shows help as soon as it comes to `help` or
/// `--help`, so the language has to be known before. `help` takes no options, so `--lang` behind it
/// is moved to the front. If the language is unknown, clap gets nothing but `--lang`, and refuses
/// it.
pub(super) fn language_before_help(args: &mut Vec<OsString>, own: usize) -> Option<Language> {
    let (at, end, language) = language_option(&args[..own])?;
    if language.is_none() || args[1] == "help" {
        let option: Vec<_> = args.drain(at..end.min(args.len())).collect();
        if language.is_none() {
            args.truncate(1);
        }
        args.splice(1..1, option);
    }
    language
}

pub(super) fn language_in(args: &[OsString]) -> Option<Language> {
    language_option(args)?.2
}

/// How many words are this program's own, and not of a program that it runs. `run --repeat x.py`
/// gets a number, since clap would take the program for one.
pub(super) fn own_words(args: &mut [OsString]) -> usize {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    if !args[..end].iter().any(|arg| arg == "run") {
        return end;
    }
    let options = Options::augment_args(clap::Command::new(""));
    let takes_word = |word: &str| {
        let mut options = options.get_arguments();
        let option = options.find(|it| word.strip_prefix("--") == it.get_long());
        option.is_some_and(|it| it.get_action().takes_values() && !it.is_require_equals_set())
    };
    let (mut at, mut is_run) = (1, false);
    while at < end {
        let word = args[at].to_string_lossy().into_owned();
        let next = args.get(at + 1).map(|it| it.to_string_lossy());
        match &*word {
            "--repeat" if next.is_none_or(|it| it.parse::<i64>().is_err()) => {
                args[at] = "--repeat=100".into();
            }
            _ if takes_word(&word) => at += 1,
            _ if word.starts_with('-') => {}
            "run" if !is_run => is_run = true,
            _ if is_run => return at,
            _ => return end,
        }
        at += 1;
    }
    end
}

/// Where `--lang` stands, where it ends, and which language it names, if it is one that we have.
fn language_option(args: &[OsString]) -> Option<(usize, usize, Option<Language>)> {
    let options = args.iter().take_while(|arg| *arg != "--");
    let words: Vec<_> = options.map(|arg| arg.to_string_lossy()).collect();
    let is_language = |word: &str| word == "--lang" || word.starts_with("--lang=");
    let at = words.iter().position(|word| is_language(word))?;
    let (value, end) = match words[at].split_once('=') {
        Some((_, value)) => (Some(value), at + 1),
        None => (words.get(at + 1).map(AsRef::as_ref), at + 2),
    };
    Some((at, end, value.and_then(Language::of_locale)))
}
