//! What `mp-demo predict` is asked for, and the commands that it runs.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Parser as _;

use super::{Cli, Command};
use crate::lessons::{AnyLesson, Demo};

/// Which experiments to predict, and where the answers come from.
pub struct Prediction {
    /// Only those of this lesson.
    pub lesson: Option<&'static Demo>,
    /// They are only listed.
    pub is_list: bool,
    /// The number of the first, from 1.
    pub from: u64,
    /// The answers that were given.
    pub given: Vec<String>,
    /// The file that has them.
    pub file: Option<PathBuf>,
}

/// The lesson that a command runs, given without the program's name, and its speed.
pub fn lesson_in(command: &str) -> Result<(AnyLesson, f64)> {
    let words = ["mp-demo"].into_iter().chain(command.split_whitespace());
    let cli = Cli::try_parse_from(words)?;
    match cli.command {
        Command::Lesson(lesson) => {
            lesson.check()?;
            Ok((lesson, cli.options.speed))
        }
        Command::Tool(_) => bail!("it runs no lesson"),
    }
}
