//! What a stream's terminal and the environment can show: colours, characters, width and language.

use std::env;
use std::io::IsTerminal;
use std::os::fd::AsFd;

use clap::ColorChoice;
use terminal_size::{Width, terminal_size_of};

use crate::words::locale::{self, Language, is_utf8};

/// What a stream can show, and in which language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) colour: bool,
    pub(crate) width: usize,
    /// Whether text beyond ASCII can be shown.
    pub(crate) unicode: bool,
    /// Whether lines can be drawn with characters beyond ASCII, each one column wide.
    pub(crate) boxes: bool,
    /// The language of everything but the article's own lines.
    pub(crate) language: Language,
}

/// The width of a line, in columns, where neither a terminal nor `COLUMNS` gives one.
const DEFAULT_WIDTH: usize = 80;

/// What may be drawn on a stream. `language` is what the user asked for on the command line.
pub(crate) fn look(stream: &impl AsFd, colour: ColorChoice, language: Option<Language>) -> Look {
    let language = language.unwrap_or_else(locale::of_environment);
    let is_utf8 = is_utf8(variable);
    Look {
        colour: shows_colour(stream, colour),
        width: width(stream),
        // Chinese is more than ASCII anyway.
        unicode: is_utf8 || language == Language::Zh,
        boxes: is_utf8,
        language,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Whether to colour what goes to a stream: because the user or the environment asks for it, or
/// because it is a terminal that can.
fn shows_colour(stream: &impl AsFd, choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if anstyle_query::no_color() => false,
        ColorChoice::Auto if anstyle_query::clicolor_force() => true,
        ColorChoice::Auto => {
            stream.as_fd().is_terminal()
                && anstyle_query::term_supports_color()
                && anstyle_query::clicolor() != Some(false)
        }
    }
}

/// How many columns a line on a stream may have now: the terminal's; for a file or pipe, `COLUMNS`
/// or 80.
pub(crate) fn width(stream: &impl AsFd) -> usize {
    let columns = || variable("COLUMNS")?.parse().ok();
    match terminal_size_of(stream) {
        Some((Width(width), _)) if width > 0 => width.into(),
        _ => columns().filter(|width| *width > 0).unwrap_or(DEFAULT_WIDTH),
    }
}
