//! What is taught: one file a lesson, with the parent's half and the children's halves, read from
//! top to bottom.

mod async_io;
mod bound;
mod buffer;
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
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::claims::OfLesson;
use crate::events::Mistake;
use crate::multiprocessing::{AnyTarget, Context};
use lesson::Lesson;

pub use cost::LOAD;
pub(crate) use demo::Part;
pub use demo::{Demo, ProgramLanguage};

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

/// The list of lessons below becomes an enum and two tables: the lessons, which are the program's
/// subcommands; the halves of their children, which are the subcommands of the hidden `child`; and
/// what there is to read of each lesson. Of `"queue": queue, Queue;` it makes
///
/// ```text
/// enum AnyLesson { Queue(queue::Args), ... }  and calls its `run` to play it
/// targets() = [queue::CHILDREN, ...]
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

        /// The children's halves of all lessons.
        pub fn targets() -> impl Iterator<Item = &'static AnyTarget> {
            [$($module::CHILDREN),*].into_iter().flatten()
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
