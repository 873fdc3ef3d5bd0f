//! The lessons, a folder each. The folder's `mod.rs` has the parent's half and the children's
//! halves, to be read from top to bottom; the lesson's claims, mistakes, events, notes and tables
//! stand beside it.

mod async_io;
mod bound;
mod buffer;
mod cost;
mod demo;
mod lock;
mod memory;
mod pipe;
mod queue;
mod spawn;
mod terminate;
#[cfg(test)]
pub(crate) mod tests;
mod zombie;

use std::ops::Deref;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, Error, FromArgMatches, Subcommand};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::arguments::with_negative_numbers;
use crate::claims::{Judge, OfLesson};
use crate::events::Vocabulary;
use crate::multiprocessing::{AnyTarget, Context};
use crate::state::State;
use crate::stuck::Mistake;
use crate::views::Narrator;

pub(crate) use demo::Part;
pub use demo::{Demo, ProgramLanguage};

/// How every help page is laid out: examples before options.
pub const HELP_TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}

{before-help}{all-args}{after-help}";

/// The parts of a lesson other than its parent's half.
pub(crate) struct Parts {
    pub claims: OfLesson,
    pub events: Vocabulary,
    /// The mistakes by which its runs get stuck.
    pub mistakes: &'static [Mistake],
    /// The narrator: the notes of `--explain` for this lesson only.
    pub narrator: fn() -> Box<dyn Narrator>,
    pub children: &'static [AnyTarget],
}

impl Parts {
    /// A judge and a narrator, and nothing else.
    pub const fn of<J: Judge, N: Narrator + Default + 'static>() -> Parts {
        Parts {
            claims: OfLesson::of::<J>(),
            events: Vocabulary::NONE,
            mistakes: &[],
            narrator: || Box::<N>::default(),
            children: &[],
        }
    }
}

/// The parent's half of a lesson: its fields are its options on the command line.
pub trait Lesson: InLog + Sync {
    /// Refuses options that can't work together, before anything starts.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The mistake in these options that got this run stuck, if there is one, and the command
    /// without it.
    fn mistake(&self, _run: &State) -> Option<(&'static Mistake, String)> {
        None
    }

    /// Whether they run commands of the user's.
    fn runs_commands(&self) -> bool {
        false
    }

    /// Whether a run with these options makes random pauses, which a seed repeats.
    fn has_random_pauses(&self) -> bool {
        false
    }

    /// What the parent does, as in the article's program: `mp` is its `multiprocessing`.
    ///
    /// # Errors
    /// If the parent itself fails. Whether the children failed is judged when the run is over.
    fn run(&self, mp: &Context) -> Result<()>;
}

/// A lesson's options, as they stand in the log.
pub trait InLog {
    /// The options, and the run's `speed` with them.
    fn options(&self, speed: f64) -> serde_json::Result<Box<RawValue>>;
}

impl<L: Serialize> InLog for L {
    fn options(&self, speed: f64) -> serde_json::Result<Box<RawValue>> {
        #[derive(Serialize)]
        struct RunOptions<'a, L> {
            #[serde(flatten)]
            lesson: &'a L,
            speed: f64,
        }
        to_raw_value(&RunOptions { lesson: self, speed })
    }
}

/// Of `"queue": queue;` this makes what there is to read in demos/queue/, and a row in the table of
/// lessons.
macro_rules! lessons {
    ($($name:literal: $module:ident;)*) => {
        /// What there is to read, in the order of the lessons.
        pub const DEMOS: &[Demo] = &[
            $(Demo {
                name: $name,
                english: include_str!(concat!("../../demos/", $name, "/en.md")),
                chinese: include_str!(concat!("../../demos/", $name, "/zh.md")),
                chinese_help: include_str!(concat!("../../demos/", $name, "/help.zh.toml")),
                experiments: include_str!(concat!("../../demos/", $name, "/experiments.toml")),
                python: include_str!(concat!("../../demos/", $name, "/program.py")),
                rust: include_str!(concat!("../../demos/", $name, "/program.rs")),
                chinese_comments: include_str!(
                    concat!("../../demos/", $name, "/program.zh.toml")
                ),
            },)*
        ];

        /// The file with each lesson's program, by its name in this folder.
        const SOURCES: &[(&str, &str)] = &[
            $((
                concat!(stringify!($module), "/mod.rs"),
                include_str!(concat!(stringify!($module), "/mod.rs")),
            ),)*
        ];

        const LESSONS: &[Listed] = &[$(Listed::of::<$module::Args>($name, $module::PARTS),)*];
    };
}

// In the order of the tour.
lessons! {
    "memory": memory;
    "spawn": spawn;
    "pipe": pipe;
    "queue": queue;
    "terminate": terminate;
    "zombie": zombie;
    "buffer": buffer;
    "lock": lock;
    "bound": bound;
    "async": async_io;
    "cost": cost;
}

/// The other files of lessons whose lines can stand in a log.
macro_rules! sources {
    ($($file:literal)*) => {
        const OTHER_SOURCES: &[(&str, &str)] = &[$(($file, include_str!($file)),)*];
    };
}

sources! {
    "async_io/customers.rs" "async_io/office.rs" "async_io/tickets.rs" "bound/answerer.rs"
    "bound/disk.rs" "bound/pool.rs" "bound/task.rs" "bound/worker.rs" "cost/children.rs"
    "cost/python.rs" "cost/rows.rs" "cost/table.rs" "pipe/own.rs" "queue/own.rs"
}

/// The file of a lesson's program with this name, as it stands in the log.
pub(crate) fn source_of(file: &str) -> Option<&'static str> {
    let file = file.strip_prefix("src/lessons/")?;
    let mut sources = SOURCES.iter().chain(OTHER_SOURCES);
    sources.find(|(name, _)| *name == file).map(|(_, text)| *text)
}

struct Listed {
    name: &'static str,
    parts: Parts,
    describe: fn(Command) -> Command,
    read: fn(&ArgMatches) -> Result<Box<dyn Lesson>, Error>,
}

impl Listed {
    const fn of<L: Lesson + clap::Args + 'static>(name: &'static str, parts: Parts) -> Listed {
        Listed {
            name,
            parts,
            describe: L::augment_args,
            read: |matches| Ok(Box::new(L::from_arg_matches(matches)?)),
        }
    }
}

fn parts_of(name: &str) -> Option<&'static Parts> {
    LESSONS.iter().find(|entry| entry.name == name).map(|entry| &entry.parts)
}

/// The claims of the lesson with this name, if there is such a lesson.
pub fn claims_of(name: &str) -> Option<OfLesson> {
    parts_of(name).map(|parts| parts.claims)
}

/// The events of the lesson with this name; none if there is no such lesson.
pub(crate) fn events_of(name: &str) -> Vocabulary {
    parts_of(name).map(|parts| parts.events).unwrap_or_default()
}

/// The mistake `name` of the lesson `lesson`, if there is such a mistake.
pub(crate) fn mistake_of(lesson: &str, name: &str) -> Option<&'static Mistake> {
    parts_of(lesson)?.mistakes.iter().find(|mistake| mistake.name == name)
}

/// The narrator of the lesson with this name.
pub(crate) fn narrator_of(name: &str) -> Box<dyn Narrator> {
    parts_of(name).map_or_else(|| Box::new(()) as _, |parts| (parts.narrator)())
}

/// A lesson and its options.
pub struct AnyLesson {
    /// The lesson's name on the command line.
    pub name: &'static str,
    lesson: Box<dyn Lesson>,
}

impl Deref for AnyLesson {
    type Target = dyn Lesson + 'static;

    fn deref(&self) -> &(dyn Lesson + 'static) {
        &*self.lesson
    }
}

impl FromArgMatches for AnyLesson {
    fn from_arg_matches(matches: &ArgMatches) -> Result<AnyLesson, Error> {
        let missing = || Error::new(ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let unknown = || Error::new(ErrorKind::InvalidSubcommand);
        let entry = LESSONS.iter().find(|entry| entry.name == name).ok_or_else(unknown)?;
        Ok(AnyLesson { name: entry.name, lesson: (entry.read)(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = AnyLesson::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for AnyLesson {
    fn augment_subcommands(command: Command) -> Command {
        LESSONS.iter().fold(command, |command, entry| {
            let lesson = Command::new(entry.name);
            let lesson = with_negative_numbers((entry.describe)(lesson));
            command.subcommand(lesson.help_template(HELP_TEMPLATE))
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        AnyLesson::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        LESSONS.iter().any(|entry| entry.name == name)
    }
}

pub(crate) fn targets() -> impl Iterator<Item = &'static AnyTarget> {
    LESSONS.iter().flat_map(|entry| entry.parts.children)
}
