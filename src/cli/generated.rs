//! What is generated from the command line: completions for a shell, and the manual.

use std::env;
use std::ffi::OsString;
use std::io;

use clap::{Arg, CommandFactory as _};
use clap_complete::Shell;
use clap_complete::env::{CompleteEnv, Shells};

use super::Cli;
use super::chinese::described;
use super::described::exit_status;
use super::refusal::with_nearest_name;
use super::tool::taken_by;
use crate::words::locale::{self, Language};

/// The environment variable by which a shell asks for completions.
const COMPLETE: &str = "MP_DEMO_COMPLETE";

/// The script that makes a shell ask this program for completions.
pub(super) fn completions(shell: Shell) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&shell.to_string()) {
        shell.write_registration(COMPLETE, "mp-demo", "mp-demo", "mp-demo", &mut text)?;
    }
    Ok(text)
}

/// Answers a shell that asks for completions, and returns whether one does.
pub(super) fn complete(args: &[OsString]) -> Result<bool, clap::Error> {
    if env::var_os(COMPLETE).is_none() {
        return Ok(false);
    }
    let command = || described_or_not(locale::chosen());
    let shell = CompleteEnv::with_factory(command).var(COMPLETE);
    shell.try_complete(args, env::current_dir().ok().as_deref())
}

/// The manual page of the program, or of one lesson or tool, for man(1): in English.
pub(super) fn manual(name: Option<&str>) -> Result<Vec<u8>, clap::Error> {
    let mut program = documented();
    program.build();
    let command = match name.map(|name| (name, program.find_subcommand(name))) {
        None => program,
        Some((_, Some(command))) => command.clone(),
        // An unknown name: clap's error message suggests the nearest one.
        Some((name, None)) => match program.clone().try_get_matches_from(["mp-demo", name]) {
            Err(error) => return Err(with_nearest_name(error, &program)),
            Ok(_) => program,
        },
    };
    let examples = command.get_before_help().cloned().unwrap_or_default();
    let is_tool = command.get_name() != "mp-demo" && taken_by(command.get_name()).is_some();
    let end = match is_tool {
        true => examples.to_string(),
        false => format!("{examples}\n\n{}", exit_status(Language::En)),
    };
    // Else its synopsis would list each option without its value.
    let mut command = command.after_help(end);
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.override_usage(usage)).render(&mut page)?;
    // Flush left, without hyphens of its own in names of options.
    let page =
        String::from_utf8_lossy(&page).replacen("\n.SH NAME\n", "\n.ad l\n.nh\n.SH NAME\n", 1);
    Ok(page.into_bytes())
}

fn described_or_not(language: Language) -> clap::Command {
    match language {
        Language::En => documented(),
        Language::Zh => described(documented()).unwrap_or_else(|_| documented()),
    }
}

/// The command line as a manual or a shell needs it: tools and lessons in one list of commands, and
/// each option only where it means something.
fn documented() -> clap::Command {
    let command = Cli::command().mut_args(|option| option.global(false));
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    command.mut_subcommands(|command| {
        let taken = taken_by(command.get_name());
        let is_taken = |option: &&Arg| {
            taken.as_ref().is_none_or(|taken| taken.iter().any(|it| option.get_id() == it))
        };
        let options: Vec<_> = options.iter().filter(is_taken).cloned().collect();
        command.args(options)
    })
}
