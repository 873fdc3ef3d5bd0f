//! The help in Chinese. The texts from `demos/*/help.zh.toml` and from `help.zh.toml` here replace
//! clap's English ones. Names of options, values and commands stay.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use clap::{Arg, Command};
use serde::Deserialize;

use crate::lessons::DEMOS;
use crate::words::locale::Language;

/// How every help page is laid out, as [`HELP_TEMPLATE`](crate::lessons::HELP_TEMPLATE) does in
/// English.
const TEMPLATE: &str = "\
{about-with-newline}
用法：{usage}

{before-help}{all-args}{after-help}";

const EXAMPLES: &str = "例子：";

/// The headings of arguments, of options, of options that every lesson has, and of options that a
/// parent gives its child.
const HEADINGS: [&str; 4] = ["参数", "选项", "每一课都有的选项", "父进程告诉子进程的事"];

const CHILDREN: &str = "子进程";

const HELP: &str = "显示本帮助，或某个子命令的帮助";

/// The Chinese texts of a command's help.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Help {
    /// The command in one line. A lesson has none here: its title is the heading of its text.
    #[serde(default)]
    title: String,
    /// The paragraphs below the title.
    about: String,
    /// The paragraphs about a child below its line.
    #[serde(default)]
    more: String,
    /// A remark for each example, in their order; empty where the example has none.
    #[serde(default)]
    examples: Vec<String>,
    /// What each option and argument does, by its ID.
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// What each possible value means, by its option's ID and its name.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// The help of the tools, by name.
    #[serde(default)]
    tools: BTreeMap<String, Help>,
    /// The help of a lesson's children, by name.
    #[serde(default)]
    children: BTreeMap<String, Help>,
    /// The help of the hidden `child`, with the options of every child.
    child: Option<Box<Help>>,
}

impl Help {
    /// The help of `mp-demo` itself.
    fn of_the_program() -> Result<Help> {
        read("src/cli/help.zh.toml", include_str!("help.zh.toml"))
    }

    fn of_lesson(name: &str, text: &str) -> Result<Help> {
        read(&format!("demos/{name}/help.zh.toml"), text)
    }
}

fn read(file: &str, text: &str) -> Result<Help> {
    toml::from_str(text).with_context(|| format!("cannot read {file}"))
}

/// The whole command line, described in Chinese.
pub(super) fn described(command: Command) -> Result<Command> {
    let program = Help::of_the_program()?;
    let mut command = describe(command, &program, super::described::TITLE_IN_CHINESE);
    for demo in DEMOS {
        let help = Help::of_lesson(demo.name, demo.chinese_help)?;
        let title = demo.title(Language::Zh);
        command = command.mut_subcommand(demo.name, |lesson| describe(lesson, &help, title));
    }
    for (tool, help) in &program.tools {
        command = command.mut_subcommand(tool, |tool| describe(tool, help, &help.title));
    }
    // This makes clap add its own options for help and version.
    command.build();
    let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| {
            sub.mut_args(|arg| described_arg(arg, &program)).help_template(TEMPLATE)
        });
    }
    command = command.mut_subcommand("help", |help| help.about(HELP));
    Ok(command.mut_args(|arg| described_arg(arg, &program)))
}

/// A page of help whose Chinese headings end as they do in Chinese: clap has its own colon.
pub(super) fn with_full_colons(page: String) -> String {
    let headings = HEADINGS.iter().chain([&CHILDREN]);
    headings.fold(page, |page, it| page.replace(&format!("{it}:"), &format!("{it}：")))
}

/// The shared options, described in Chinese.
pub(super) fn with_options(command: Command) -> Result<Command> {
    let program = Help::of_the_program()?;
    Ok(command.mut_args(|arg| described_arg(arg, &program)))
}

/// The command line of children, described in Chinese.
pub(super) fn described_child(mut command: Command) -> Result<Command> {
    let child = *Help::of_the_program()?.child.unwrap_or_default();
    command.build();
    for demo in DEMOS {
        for (name, help) in Help::of_lesson(demo.name, demo.chinese_help)?.children {
            if command.find_subcommand(&name).is_some() {
                command = command.mut_subcommand(name, |half| {
                    let half = half.mut_args(|arg| described_arg(arg, &help));
                    let half = half.mut_args(|arg| described_arg(arg, &child));
                    half.long_about(
                        format!("{}\n\n{}", help.about, help.more).trim_end().to_owned(),
                    )
                    .about(help.about)
                    .help_template(TEMPLATE)
                });
            }
        }
    }
    let command = command.mut_args(|arg| described_arg(arg, &child));
    let command = command.subcommand_help_heading(CHILDREN).help_template(TEMPLATE);
    Ok(command.about(child.about.trim_end().to_owned()))
}

/// Puts the title and the texts of `help` into the command.
fn describe(command: Command, help: &Help, title: &str) -> Command {
    let long = format!("{title}\n\n{}", help.about.trim());
    let examples = command.get_before_help().map(|it| examples(&it.to_string(), help));
    let command = command
        .about(title.to_owned())
        .long_about(long.trim_end().to_owned())
        .help_template(TEMPLATE)
        .mut_args(|arg| described_arg(arg, help));
    match examples {
        Some(examples) => command.before_help(examples),
        None => command,
    }
}

/// Gives an option or argument its Chinese text, with its default and its values, which clap would
/// tell in English.
fn described_arg(arg: Arg, help: &Help) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let Some(text) = help.options.get(&id) else {
        return arg;
    };
    // A global option comes here once by itself and once for each command; it has its heading
    // already the second time.
    if arg.get_help_heading().is_some_and(|it| HEADINGS.contains(&it)) {
        return arg;
    }
    let heading = match (arg.is_positional(), arg.get_help_heading()) {
        (true, _) => HEADINGS[0],
        (false, None) => HEADINGS[1],
        (false, Some("What its parent tells a child")) => HEADINGS[3],
        (false, Some(_)) => HEADINGS[2],
    };
    let takes_value = arg.get_action().takes_values();
    let meanings = help.values.get(&id).filter(|_| takes_value);
    let values = arg.get_possible_values();
    let values: Vec<_> = values.iter().map(|value| value.get_name()).collect();
    let default = arg.get_default_values().iter().map(|it| it.to_string_lossy());
    let default = default.collect::<Vec<_>>().join(" ");
    let has_default = takes_value && !default.is_empty() && !arg.is_hide_default_value_set();
    let default = has_default.then(|| format!("默认：{default}"));
    let names = meanings.map(|_| format!("可选：{}", values.join("、")));
    let notes: Vec<_> = default.iter().chain(&names).map(String::as_str).collect();
    let short = match notes.is_empty() {
        true => text.clone(),
        false => format!("{text} [{}]", notes.join("；")),
    };
    let mut long = text.clone();
    for name in values {
        if let Some(meaning) = meanings.and_then(|it| it.get(name)) {
            long += &format!("\n- {name}：{meaning}");
        }
    }
    long.extend(default.map(|default| format!("\n[{default}]")));
    arg.help(short)
        .long_help(long)
        .help_heading(heading)
        .hide_default_value(takes_value)
        .hide_possible_values(takes_value)
}

/// The examples with their remarks in Chinese. A remark is behind two spaces.
fn examples(english: &str, help: &Help) -> String {
    let mut text = EXAMPLES.to_owned();
    let mut remarks = help.examples.iter();
    for line in english.lines().skip(1) {
        let command = line.trim_start();
        let remark = remarks.next().map(String::as_str).unwrap_or_default();
        let (command, column) = match command.split_once("  ") {
            Some((command, rest)) => (command, line.len() - rest.trim_start().len()),
            None => (command, 0),
        };
        let indented = format!("  {command}");
        text += &match remark {
            "" => format!("\n{indented}"),
            remark => format!("\n{indented:<column$}{remark}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    /// Every option, value and example of a command has its text, and every text its option, value
    /// or example.
    fn check(command: &Command, help: &Help, file: &str) {
        let name = command.get_name();
        let args: BTreeMap<_, _> = command
            .get_arguments()
            .filter(|arg| {
                let id = arg.get_id().as_str();
                let is_others = arg.is_global_set() || ["help", "version"].contains(&id);
                !is_others || help.options.contains_key(id)
            })
            .map(|arg| (arg.get_id().as_str(), arg))
            .collect();
        for (id, arg) in &args {
            let text = help.options.get(*id);
            assert!(text.is_some_and(|it| is_chinese(it)), "{file}: {name} has no text for `{id}`");
            let values = help.values.get(*id);
            for value in arg.get_possible_values().iter().filter(|it| it.get_help().is_some()) {
                let text = values.and_then(|it| it.get(value.get_name()));
                let is_name = ["lesson", "shell"].contains(id);
                assert!(is_name || text.is_some_and(|it| is_chinese(it)), "{file}: {id} {value:?}");
            }
        }
        for id in help.options.keys() {
            let is_claps = ["help", "version"].contains(&id.as_str());
            assert!(is_claps || args.contains_key(id.as_str()), "{file}: {name} has no `{id}`");
        }
        for (id, values) in &help.values {
            let possible = args[id.as_str()].get_possible_values();
            for value in values.keys() {
                let is_there = possible.iter().any(|it| it.get_name() == value);
                assert!(is_there, "{file}: {id} has no value `{value}`");
            }
        }
        let english = command.get_before_help().map(ToString::to_string);
        let english = english.unwrap_or_default();
        let lines: Vec<_> = english.lines().skip(1).collect();
        assert_eq!(lines.len(), help.examples.len(), "{file}: examples of {name}");
        for (line, remark) in lines.iter().zip(&help.examples) {
            let has_remark = line.trim_start().contains("  ");
            assert_eq!(has_remark, is_chinese(remark), "{file}: {line}");
        }
    }

    #[test]
    fn every_text_of_the_help_is_there_in_chinese_and_none_is_left_over() {
        use clap::CommandFactory as _;
        let command = super::super::Cli::command();
        let program = Help::of_the_program().expect("TOML");
        check(&command, &program, "src/cli/help.zh.toml");
        for demo in DEMOS {
            let file = format!("demos/{}/help.zh.toml", demo.name);
            let help = Help::of_lesson(demo.name, demo.chinese_help).expect(&file);
            assert!(is_chinese(&help.about), "{file}");
            let lesson = command.find_subcommand(demo.name).expect(demo.name);
            check(lesson, &help, &file);
        }
        let child = program.child.as_deref().expect("texts");
        let children = super::super::child::command("");
        let names: Vec<_> = children.get_subcommands().map(Command::get_name).collect();
        let mut described = Vec::new();
        for demo in DEMOS {
            let help = Help::of_lesson(demo.name, demo.chinese_help).expect("TOML");
            for (name, help) in &help.children {
                let half = children.find_subcommand(name).expect(name);
                assert!(is_chinese(&help.about), "{name}");
                check(half, help, &format!("demos/{}/help.zh.toml", demo.name));
                described.push(name.clone());
            }
        }
        described.sort();
        let mut names: Vec<_> = names.into_iter().map(str::to_owned).collect();
        names.sort();
        assert_eq!(described, names);
        assert!(child.options.values().all(|it| is_chinese(it)));
        // A tool's help describes the options it shares with the lessons in words of its own.
        let command = super::super::described::command(Language::En);
        for (name, help) in &program.tools {
            let tool = command.find_subcommand(name).expect(name);
            assert!(is_chinese(&help.title), "{name}");
            check(tool, help, "src/cli/help.zh.toml");
        }
        assert_eq!(program.tools.len(), super::super::Tool::names().len());
    }
}
