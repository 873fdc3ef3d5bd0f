//! What the terminal and the environment say about how to show things, asked once for each stream.

use std::env;
use std::io::IsTerminal;
use std::os::fd::AsFd;

use clap::ColorChoice;
use terminal_size::{Width, terminal_size_of};

use crate::locale::{Language, is_utf8};
use crate::views::Look;

/// What a line may have where nobody says how wide the screen is.
const DEFAULT_WIDTH: usize = 80;

/// What may be drawn on a stream. `language` is what the user asked for on the command line.
pub fn look(
    stream: &(impl AsFd + IsTerminal),
    colour: ColorChoice,
    language: Option<Language>,
) -> Look {
    Look {
        colour: shows_colour(stream, colour),
        width: width(stream),
        unicode: is_utf8(variable),
        language: self::language(language),
    }
}

/// The language of the texts: what the user asked for, or else what the environment asks for.
pub fn language(choice: Option<Language>) -> Language {
    choice.unwrap_or_else(|| Language::from_environment(variable))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Whether to colour what goes to a stream: asked for, or wished for by the environment, or a terminal that can.
fn shows_colour(stream: &impl IsTerminal, choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if anstyle_query::no_color() => false,
        ColorChoice::Auto if anstyle_query::clicolor_force() => true,
        ColorChoice::Auto => {
            stream.is_terminal()
                && anstyle_query::term_supports_color()
                && anstyle_query::clicolor() != Some(false)
        }
    }
}

/// The width of the terminal; of what is no terminal `COLUMNS`, or 80.
fn width(stream: &impl AsFd) -> usize {
    let columns = || variable("COLUMNS")?.parse().ok();
    match terminal_size_of(stream) {
        Some((Width(width), _)) if width > 0 => width.into(),
        _ => columns()
            .filter(|width| *width > 0)
            .unwrap_or(DEFAULT_WIDTH),
    }
}
