//! The manual: a page for the program, and one for each lesson and tool, for man(1).

use clap::{Arg, Command};
use roff::{Inline, Roff, bold, italic, roman};

use crate::both;

/// When the command line, of which these pages tell, was changed last. (The time of the build would
/// make each build another program.)
const CHANGED: &str = "2026-11-25";

/// The page of this command, as it stands below `program` in the command line, or of the program
/// itself.
pub(super) fn page(command: &Command, is_program: bool) -> Vec<u8> {
    let name = match is_program {
        true => "mp-demo".to_owned(),
        false => format!("mp-demo-{}", command.get_name()),
    };
    let source = concat!("mp-demo ", env!("CARGO_PKG_VERSION"));
    let mut roff = Roff::new();
    roff.control("TH", [&*name.to_uppercase(), "1", CHANGED, source, "mp-demo"]);
    roff.control("SH", [&*both!("NAME", "名称")]);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    roff.text([roman(format!("{name} - {about}"))]);

    roff.control("SH", [&*both!("SYNOPSIS", "概要")]);
    synopsis(command, is_program, &mut roff);

    roff.control("SH", [&*both!("DESCRIPTION", "描述")]);
    let long = command.get_long_about().map(ToString::to_string);
    let long = long.unwrap_or_else(|| about.clone());
    for (number, paragraph) in long.split("\n\n").enumerate() {
        if number > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(paragraph.replace('\n', " "))]);
    }

    if let Some(examples) = command.get_before_help() {
        roff.control("SH", [&*both!("EXAMPLES", "例子")]);
        roff.control("nf", []);
        // The heading that help has is the section's here.
        for example in examples.to_string().lines().skip(1) {
            roff.text([roman(example)]);
        }
        roff.control("fi", []);
    }

    roff.control("SH", [&*both!("OPTIONS", "选项")]);
    for arg in arguments(command) {
        option(arg, &mut roff);
    }
    if is_program {
        roff.control("SH", [&*both!("COMMANDS", "命令")]);
        for command in command.get_subcommands().filter(|it| it.get_name() != "help") {
            roff.control("TP", []);
            roff.text([bold(format!("mp-demo-{}", command.get_name())), roman("(1)")]);
            roff.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        }
    }
    roff.to_roff().into_bytes()
}

/// Positional arguments first, then options in the order of the help.
fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let positional = shown().filter(|arg| arg.is_positional());
    positional.chain(shown().filter(|arg| !arg.is_positional()))
}

fn synopsis(command: &Command, is_program: bool, roff: &mut Roff) {
    let mut line = vec![bold(match is_program {
        true => "mp-demo".to_owned(),
        false => format!("mp-demo {}", command.get_name()),
    })];
    let is_asked_for =
        |arg: &&Arg| !arg.is_positional() && !["help", "version"].contains(&arg.get_id().as_str());
    for arg in arguments(command).filter(is_asked_for) {
        line.push(roman(" ["));
        line.extend(names(arg));
        line.push(roman("]"));
    }
    if is_program {
        line.extend([roman(" "), italic("LESSON"), roman(" ...")]);
    }
    for arg in arguments(command).filter(|arg| arg.is_positional()) {
        let (open, close) = if arg.is_required_set() { (" ", "") } else { (" [", "]") };
        let several =
            if arg.get_num_args().is_some_and(|it| it.max_values() > 1) { " ..." } else { "" };
        line.extend([roman(open), italic(value_name(arg)), roman(several), roman(close)]);
    }
    roff.text(line);
}

/// An option with its value: `--readers N`, `--repeat [N]`, `--explain[=HOW]`.
fn names(arg: &Arg) -> Vec<Inline> {
    let long = arg.get_long().map(|long| format!("--{long}"));
    let short = arg.get_short().map(|short| format!("-{short}"));
    let both = [short, long].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut names = vec![bold(both)];
    if arg.get_action().takes_values() {
        let value = italic(value_name(arg));
        let is_optional = arg.get_num_args().is_some_and(|it| it.min_values() == 0);
        match (arg.is_require_equals_set(), is_optional) {
            (true, _) => names.extend([roman("[="), value, roman("]")]),
            (false, true) => names.extend([roman(" ["), value, roman("]")]),
            (false, false) => names.extend([roman(" "), value]),
        }
    }
    names
}

fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| arg.get_id().as_str().to_uppercase(), ToString::to_string)
}

fn option(arg: &Arg, roff: &mut Roff) {
    roff.control("TP", []);
    match arg.is_positional() {
        true => roff.text([italic(value_name(arg))]),
        false => roff.text(names(arg)),
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let default = arg.get_default_values().iter().map(|it| it.to_string_lossy());
    let default = default.collect::<Vec<_>>().join(" ");
    let default = match default.is_empty()
        || !arg.get_action().takes_values()
        || arg.is_hide_default_value_set()
    {
        true => String::new(),
        false => format!(" [default: {default}]"),
    };
    roff.text([roman(format!("{help}{default}"))]);
    if !arg.get_action().takes_values() {
        return;
    }
    for value in arg.get_possible_values() {
        if let Some(meaning) = value.get_help().filter(|_| !arg.is_hide_possible_values_set()) {
            roff.control("br", []);
            roff.text([bold(value.get_name()), roman(format!(": {meaning}"))]);
        }
    }
}
