//! What the command line says of itself to others: completions for a shell, and the manual.

use clap::error::ErrorKind;
use clap::{Arg, CommandFactory as _};
use clap_complete::Shell;
use roff::{Roff, roman};

use super::Cli;
use super::tool::TOOLS;
use crate::lessons::DEMOS;

/// What a shell reads to complete this command line.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut documented(), "mp-demo", &mut text);
    text
}

/// The manual page of the program, or of one lesson or tool.
pub(super) fn manual(name: Option<&str>) -> Result<Vec<u8>, clap::Error> {
    let mut program = documented();
    program.build();
    let page = match name {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let sentence = format!("there is no lesson and no command `{name}`");
                return Err(program.error(ErrorKind::InvalidSubcommand, sentence));
            }
        },
    };
    let examples = page.get_before_help().map(ToString::to_string);
    let examples = examples.unwrap_or_default();
    let page = clap_mangen::Man::new(page);
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    // The heading that help has is the section's here.
    for example in examples.lines().skip(1) {
        roff.text([roman(example)]);
    }
    roff.control("fi", []).to_writer(&mut text)?;
    page.render_options_section(&mut text)?;
    if name.is_none() {
        page.render_subcommands_section(&mut text)?;
        page.render_version_section(&mut text)?;
    }
    Ok(text)
}

/// The command line as others have to know it: with its tools in the list of commands, for there is no second list in
/// a manual or a shell; and with each option only where it means something.
fn documented() -> clap::Command {
    let mut command = Cli::command().mut_args(|option| option.global(false));
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    let lessons = DEMOS.iter().map(|demo| (demo.name, None));
    let tools = TOOLS.iter().map(|(name, used, _)| (*name, Some(*used)));
    for (name, used) in lessons.chain(tools) {
        let of_this_one = options.iter().filter(|option| {
            let id = option.get_id().as_str();
            used.is_none_or(|used| used.contains(&id))
        });
        command = command.mut_subcommand(name, |command| command.args(of_this_one));
    }
    command
}
