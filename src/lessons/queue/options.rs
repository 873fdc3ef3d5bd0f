//! What can be chosen in the `queue` lesson.

use std::path::Path;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use clap::builder::ArgPredicate;
use serde::Serialize;

use super::mistakes;
use crate::arguments::{CommandArg, ValueArg, seconds, whole};
use crate::both;
use crate::multiprocessing::{check_sizes, numbered};
use crate::stuck::Mistake;

/// Put values into a queue in one process, get them in another
///
/// The writer puts each value and pauses; the reader gets in an endless loop; the parent joins the
/// writer, then terminates the reader, which may not have got everything by then.
///
/// Rust and Python: here put() itself delivers; in Python a feeder thread does.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo queue                          what is not got in time is lost
  mp-demo queue --take 3                 a slow reader: values are lost
  mp-demo queue --stop sentinel          sentinels tell the readers to end
  mp-demo queue --stop eof               closed put ends tell them
  mp-demo queue --stop eof --keep-end    the parent keeps its own: stuck
  mp-demo queue --stop sentinel --sentinels 0  one too few: stuck
  mp-demo queue --stop empty             the readers leave too early
  mp-demo queue --stop none              they are never told: stuck
  mp-demo queue --kill reader-1          one is killed, the other goes on
  mp-demo queue --kill reader-1 --lock   killed with the lock: stuck
  mp-demo queue --readers 3 a 1 2.5 '[null, \"x\"]'  three compete
  mp-demo queue --reader 'python3 reader.py'    a reader of your own")]
pub struct Args {
    /// What to put: JSON, or else a string; each at most 4,096 bytes as a line of JSON
    #[arg(value_name = "VALUE", default_values = ["A", "B", "C"],
        default_value_if("writer", ArgPredicate::IsPresent, None))]
    pub(super) values: Vec<ValueArg>,
    /// How many processes put, 1 to 1000: they share the values out in turn
    #[arg(long, value_name = "N", default_value = "1", value_parser = whole(1..=1000_u16))]
    pub(super) writers: u16,
    /// How many processes get, 1 to 1000: each value goes to exactly one; with --kill, 2 by default
    #[arg(long, value_name = "N", default_value = "1", value_parser = whole(1..=1000_u16),
        default_value_if("kill", ArgPredicate::IsPresent, "2"))]
    pub(super) readers: u16,
    /// Your own writer: any program; a value is a line of JSON on its stdout, or else a string
    #[arg(long, value_name = "COMMAND", conflicts_with = "pause")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) writer: Option<CommandArg>,
    /// Your own reader: any program; it gets each value as a line of JSON on its stdin
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["take", "lock", "kill"])]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reader: Option<CommandArg>,
    /// The longest random pause after a put
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds,
        default_value_if("writer", ArgPredicate::IsPresent, "0"))]
    pub(super) pause: f64,
    /// How long a reader works on each value that it has got
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds)]
    pub(super) take: f64,
    /// How the readers end; with --kill, sentinel by default; with a command, eof
    #[arg(long, value_enum, default_value = "terminate", default_value_ifs([
        ("kill", ArgPredicate::IsPresent, "sentinel"), ("writer", ArgPredicate::IsPresent, "eof"),
        ("reader", ArgPredicate::IsPresent, "eof")]))]
    pub(super) stop: Stop,
    /// With --stop sentinel: how many sentinels [default: one for each reader]
    #[arg(long, value_name = "N", value_parser = whole(0..=1000_u16))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sentinels: Option<u16>,
    /// With --stop eof: the parent forgets to close its put end
    #[arg(long)]
    pub(super) keep_end: bool,
    /// The readers share a lock that each holds while it waits, as CPython's do
    #[arg(long)]
    pub(super) lock: bool,
    /// Kill this reader while it waits, before the first value is put (with another one, and
    /// sentinels, by default)
    #[arg(long, value_name = "ROLE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kill: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stop {
    /// SIGTERM once the writers are done: values may be lost
    Terminate,
    /// A sentinel for each reader, behind the last value
    Sentinel,
    /// Every put end is closed: the readers come to end-of-file (a Python Queue has none)
    Eof,
    /// Each reader leaves when the queue is empty right now
    Empty,
    /// They are never told
    None,
}

impl Args {
    /// The roles of the readers that are not to be killed.
    pub(super) fn reader_roles(&self) -> impl Iterator<Item = String> {
        let roles = (1..=self.readers).map(|number| numbered("reader", number, self.readers));
        roles.filter(|role| Some(role) != self.kill.as_ref())
    }

    pub(super) fn check_options(&self) -> Result<()> {
        check_sizes(&self.values)?;
        for (name, command) in [("writer", &self.writer), ("reader", &self.reader)] {
            let text = command.as_ref().map(CommandArg::text).unwrap_or_default();
            ensure!(
                text.parse::<u64>().is_err(),
                both!(
                    "--{name} takes a command; --{name}s {text} sets how many there are",
                    "--{name} 后面是一条命令；要指定个数，请用 --{name}s {text}"
                )
            );
        }
        // Values given together with `--writer`, or a file's name after a reader of one word, are a
        // sign that quotes are missing.
        let first = self.values.first().map(ToString::to_string).unwrap_or_default();
        let is_word = self.reader.as_ref().is_some_and(|it| it.words().len() == 1);
        for (name, is_wrong) in [
            ("writer", self.writer.is_some() && !self.values.is_empty()),
            ("reader", is_word && Path::new(&first).is_file()),
        ] {
            ensure!(
                !is_wrong,
                both!(
                    "`{first}` is not part of --{name}: a command of several words stands in \
                     quotes, like --{name} 'python3 {first}'",
                    "`{first}` 不属于 --{name}：由几个词组成的命令要加引号，例如 --{name} \
                     'python3 {first}'"
                )
            );
        }
        let (readers, most) = (self.readers, self.reader_roles().count());
        if let Some(role) = &self.kill {
            ensure!(
                (1..=readers).any(|number| numbered("reader", number, readers) == *role),
                match readers {
                    1 => both!(
                        "--kill takes a reader, and this run has one: `reader`, not `{role}`",
                        "--kill 只能是读进程，这里只有一个：reader，而不是 {role}"
                    ),
                    _ => both!(
                        "--kill takes a reader, and this run has {readers}: `reader-1` to \
                         `reader-{readers}`, not `{role}`",
                        "--kill 只能是读进程，这里有 {readers} 个：reader-1 到 reader-{readers}，\
                         而不是 {role}"
                    ),
                }
            );
        }
        if let Some(sentinels) = self.sentinels {
            ensure!(
                self.stop == Stop::Sentinel && usize::from(sentinels) <= most,
                both!(
                    "--sentinels goes with --stop sentinel, and no reader takes a second one: 0 \
                     to {most}",
                    "--sentinels 要和 --stop sentinel 一起用，而且没有读进程会取第二个哨兵值：0 \
                     到 {most}"
                )
            );
        }
        ensure!(
            self.stop == Stop::Eof || !self.keep_end,
            both!("--keep-end goes with --stop eof", "--keep-end 要和 --stop eof 一起用")
        );
        Ok(())
    }

    /// The mistake in these options that gets a run stuck, and the command without it.
    pub(super) fn mistake_of_options(&self) -> Option<(&'static Mistake, String)> {
        let mut readers = match self.readers {
            1 => String::new(),
            many => format!(" --readers {many}"),
        };
        for (name, command) in [("writer", &self.writer), ("reader", &self.reader)] {
            let command = command.as_ref().map(|it| format!(" --{name} {}", it.quoted()));
            readers += &command.unwrap_or_default();
        }
        let told = "--stop sentinel".to_owned();
        let (mistake, options) = match (self.stop, &self.kill) {
            (_, Some(role)) if self.lock => (&mistakes::KILLED_HOLDER, format!("--kill {role}")),
            (Stop::None, _) => (&mistakes::NOTHING_STOPS, told),
            (Stop::Empty, _) => (&mistakes::EMPTY_IS_NO_END, told),
            (Stop::Sentinel, _) if self.sentinels.is_some() => (&mistakes::TOO_FEW_SENTINELS, told),
            (Stop::Eof, _) if self.keep_end => (&mistakes::KEPT_PUT_END, "--stop eof".to_owned()),
            (Stop::Terminate | Stop::Sentinel | Stop::Eof, _) => return None,
        };
        Some((mistake, format!("mp-demo queue{readers} {options}")))
    }
}
