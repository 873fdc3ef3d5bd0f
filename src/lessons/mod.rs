//! What is taught: one file a lesson, with the parent's half and the children's halves, read from
//! top to bottom.

mod async_io;
mod bound;
mod buffer;
mod child;
mod cost;
mod demo;
mod lesson;
mod lock;
mod memory;
mod pipe;
mod queue;
mod spawn;
mod terminate;
mod zombie;

use anyhow::Result;
use clap::Subcommand as _;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::claims::OfLesson;
use crate::events::Mistake;
use crate::multiprocessing::{Context, CurrentProcess};
use lesson::Lesson;

pub use cost::LOAD;
pub use demo::{Demo, In, Part};

/// How every help page is laid out: examples before options.
pub const HELP_TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}

{before-help}{all-args}{after-help}";

/// What a run was started with, as it stands in the log.
#[derive(Serialize)]
struct RunOptions<'a, T> {
    #[serde(flatten)]
    lesson: &'a T,
    speed: f64,
}

/// The list of lessons below becomes two enums and a table: the lessons, which are the program's
/// subcommands; the halves of their children, which are the subcommands of the hidden `child`; and
/// what there is to read of each lesson. Of `"queue": queue, Queue;` it makes
///
/// ```text
/// enum AnyLesson { Queue(queue::Args), ... }  and calls its `run` to play it
/// enum AnyChild { Queue(queue::Child), ... }  and calls its `run` to play one
/// DEMOS = [Demo { name: "queue", ... }, ...]  from the files in demos/queue/
/// ```
macro_rules! lessons {
    ($($name:literal: $module:ident, $Name:ident $(, $beyond:ident)?;)*) => {
        /// A lesson and its options.
        #[derive(clap::Subcommand)]
        pub enum AnyLesson {
            $(
                #[allow(missing_docs)]
                #[command(name = $name, help_template = HELP_TEMPLATE)]
                $Name($module::Args),
            )*
        }

        /// A child's half of some lesson, and its options.
        #[derive(clap::Subcommand)]
        pub enum AnyChild {
            $(#[command(flatten)] #[allow(missing_docs)] $Name($module::Child),)*
        }

        /// What there is to read, in the order of the lessons.
        pub const DEMOS: &[Demo] = &[
            $(Demo {
                name: $name,
                is_of_article: stringify!($($beyond)?).is_empty(),
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

        /// The claims of the lesson with this name, and what its outcomes are, if there is such a
        /// lesson.
        pub fn claims_of(name: &str) -> Option<OfLesson> {
            match name {
                $($name => Some((<$module::Args as Lesson>::CLAIMS, <$module::Args as Lesson>::OUTCOMES)),)*
                _ => None,
            }
        }

        impl AnyLesson {
            /// The lesson's name on the command line.
            pub fn name(&self) -> &'static str {
                match self {
                    $(AnyLesson::$Name(_) => $name,)*
                }
            }

            /// The options, as they stand in the log, and the run's `speed` with them.
            ///
            /// # Errors
            /// None that a user can cause.
            pub fn options(&self, speed: f64) -> Result<Box<RawValue>> {
                match self {
                    $(AnyLesson::$Name(lesson) => Ok(to_raw_value(&RunOptions { lesson, speed })?),)*
                }
            }

            /// Refuses options that can't work together, before anything starts.
            ///
            /// # Errors
            /// One sentence for the user.
            pub fn check(&self) -> Result<()> {
                match self {
                    $(AnyLesson::$Name(args) => args.check(),)*
                }
            }

            /// If the run gets stuck, by which mistake of these options, and the command without
            /// it.
            pub fn mistake(&self) -> Option<(Mistake, String)> {
                match self {
                    $(AnyLesson::$Name(args) => args.mistake(),)*
                }
            }

            /// Why a run with these options can't come out like this, if that is known.
            pub fn why_never(&self, outcome: &str) -> Option<String> {
                match self {
                    $(AnyLesson::$Name(args) => args.why_never(outcome),)*
                }
            }

            /// Whether these options run commands of the user's.
            pub fn runs_commands(&self) -> bool {
                match self {
                    $(AnyLesson::$Name(args) => args.runs_commands(),)*
                }
            }

            /// Plays the parent's half.
            ///
            /// # Errors
            /// What the parent itself could not do. How the children ended is judged when the run
            /// is over.
            pub fn run(&self, mp: &Context) -> Result<()> {
                match self {
                    $(AnyLesson::$Name(args) => args.run(mp),)*
                }
            }
        }

        impl AnyChild {
            /// Adds to `command` the child with this name; all children if there is none, for the
            /// help and for the nearest name.
            pub fn augment_for(name: &str, command: clap::Command) -> clap::Command {
                $(let (is_found, command) = $module::Child::augment_one(name, command);
                if is_found {
                    return command;
                })*
                AnyChild::augment_subcommands(command)
            }

            /// The name by which a parent starts this half.
            pub fn name(&self) -> &'static str {
                match self {
                    $(AnyChild::$Name(child) => child.name(),)*
                }
            }

            /// Plays this half.
            ///
            /// # Errors
            /// What the child could not do.
            pub fn run(self, process: CurrentProcess) -> Result<()> {
                match self {
                    $(AnyChild::$Name(child) => child.run(process),)*
                }
            }
        }
    };
}

// In the article's order, and behind them what its reader meets next: `beyond` the article.
lessons! {
    "spawn": spawn, Spawn;
    "queue": queue, Queue;
    "pipe": pipe, Pipe;
    "memory": memory, Memory;
    "bound": bound, Bound;
    "async": async_io, Async;
    "cost": cost, Cost;
    "terminate": terminate, Terminate, beyond;
    "zombie": zombie, Zombie, beyond;
    "buffer": buffer, Buffer, beyond;
    "lock": lock, Lock, beyond;
}
