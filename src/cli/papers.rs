//! What the command line says of itself to others: completions for a shell, and the manual.

use clap::error::ErrorKind;
use clap_complete::Shell;
use roff::{Roff, roman};

use super::command;
use super::tool::TOOLS;
use crate::locale::Language;

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

/// The command line with its tools in the list of commands: there is no second list in a manual or a shell.
fn documented() -> clap::Command {
    let command = command(Language::En);
    TOOLS.iter().fold(command, |command, (tool, ..)| {
        command.mut_subcommand(tool, |tool| tool.hide(false))
    })
}
