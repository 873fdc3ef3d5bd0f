//! The heading of --repeat: the command, without what is about views and repetition.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::arguments::quoted;

/// The lesson's name and those of its own options and arguments that were given, for a heading. A
/// shell would read it as that command again.
pub(super) fn command_of(command: &Command, matches: &ArgMatches) -> String {
    let Some((name, of_lesson)) = matches.subcommand() else {
        return String::new();
    };
    let mut words = vec![name.to_owned()];
    let Some(lesson) = command.find_subcommand(name) else {
        return words.concat();
    };
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
        if arg.is_positional() && values.iter().any(|value| value.starts_with('-')) {
            words.push("--".to_owned());
        }
        words.extend(arg.get_long().map(|long| format!("--{long}")));
        match (arg.get_action().takes_values(), arg.get_value_delimiter()) {
            (false, _) => {}
            (true, Some(delimiter)) => {
                words.push(values.join(&delimiter.to_string()));
            }
            (true, None) => words.extend(values),
        }
    }
    words.join(" ")
}
