//! What the command line says of itself to others: completions for a shell, and the manual.

use std::env;
use std::ffi::OsString;
use std::io;

use clap::{Arg, CommandFactory as _};
use clap_complete::Shell;
use clap_complete::env::{CompleteEnv, Shells};

use super::Cli;
use super::chinese::described;
use super::manual::page;
use super::refusal::with_nearest_name;
use super::tool::TOOLS;
use crate::lessons::DEMOS;
use crate::words::locale::{self, Language};

/// By this variable a shell asks for completions.
const COMPLETE: &str = "MP_DEMO_COMPLETE";

/// What a shell reads so that it asks this program for completions.
///
/// # Errors
/// None that a user can cause.
pub(super) fn completions(shell: Shell) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&shell.to_string()) {
        shell.write_registration(COMPLETE, "mp-demo", "mp-demo", "mp-demo", &mut text)?;
    }
    Ok(text)
}

/// Answers a shell that asks for completions. Whether one does.
///
/// # Errors
/// Bad usage of that interface.
pub(super) fn complete(args: &[OsString]) -> Result<bool, clap::Error> {
    if env::var_os(COMPLETE).is_none() {
        return Ok(false);
    }
    let command = || described_or_not(locale::chosen());
    let shell = CompleteEnv::with_factory(command).var(COMPLETE);
    shell.try_complete(args, env::current_dir().ok().as_deref())
}

/// What is to be read of a command: its manual page, and its help where nobody can show that.
pub struct Page {
    /// For man(1).
    pub troff: Vec<u8>,
    /// For a person.
    pub help: String,
}

/// The manual page of the program, or of one lesson or tool.
///
/// # Errors
/// When there is no lesson or tool with this name.
pub(super) fn manual(name: Option<&str>) -> Result<Page, clap::Error> {
    let mut program = described_or_not(locale::chosen());
    program.build();
    let mut command = match name.map(|name| (name, program.find_subcommand(name))) {
        None => program.clone(),
        Some((_, Some(command))) => command.clone(),
        // A name that clap doesn't know either: it has the nearest one.
        Some((name, None)) => match program.clone().try_get_matches_from(["mp-demo", name]) {
            Err(error) => return Err(with_nearest_name(error, &program)),
            Ok(_) => program.clone(),
        },
    };
    Ok(Page { troff: page(&command, name.is_none()), help: command.render_long_help().to_string() })
}

fn described_or_not(language: Language) -> clap::Command {
    match language {
        Language::En => documented(),
        Language::Zh => described(documented()).unwrap_or_else(|_| documented()),
    }
}

/// The command line as others have to know it: with its tools in the list of commands, for there is
/// no second list in a manual or a shell; and with each option only where it means something.
fn documented() -> clap::Command {
    let mut command = Cli::command().mut_args(|option| option.global(false));
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    let lessons = DEMOS.iter().map(|demo| (demo.name, None));
    let tools = TOOLS.iter().map(|(name, used)| (*name, Some(*used)));
    for (name, used) in lessons.chain(tools) {
        let of_this_one = options.iter().filter(|option| {
            let id = option.get_id().as_str();
            used.is_none_or(|used| used.contains(&id))
        });
        command = command.mut_subcommand(name, |command| command.args(of_this_one));
    }
    command
}
