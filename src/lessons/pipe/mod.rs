//! A pipe: two processes, an end each.
//!
//! What to look at: who can send and who can receive, who has to receive before the other can end,
//! and who holds an end open. What is left out: several messages at the same time in both
//! directions (two processes that both send first, and more than their pipes hold, both wait for
//! ever).

mod claims;
mod mistakes;
mod own;

use anyhow::Result;
use clap::ValueEnum;
use clap::builder::ArgPredicate;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Lesson, Parts};
use crate::arguments::{
    CommandArg, LONGEST_MESSAGE, MESSAGE_AROUND_STRING, ValueArg, as_typed, seconds, whole,
};
use crate::multiprocessing::{
    AnyTarget, Context, CurrentProcess, IntoProcess, Logs, ProgramArgs, Target,
};
use crate::state::State;
use crate::stuck::Mistake;
use claims::PipeJudge;
use own::CommandSender;

/// Send a list through a pipe from a child to its parent
///
/// The child sends one list and pauses; the parent joins the child, receives the list, and prints
/// it. With --reply it receives, prints and answers before it joins. A pipe holds 65,536 bytes:
/// with a longer list the child waits in send() for the parent to receive, and the parent in join()
/// for the child to end. Such a run is stuck, and says so.
///
/// Rust and Python: values travel as JSON here; Python's pickles can run code.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo pipe                            the list is short: it works
  mp-demo pipe --bytes 65537              one byte too many: stuck
  mp-demo pipe --bytes 65537 --join last  receive first, and it works
  mp-demo pipe --receive all --keep-end   end-of-file never comes: stuck
  mp-demo pipe --reply                    the list comes back, reversed
  mp-demo pipe --child 'node child.js'    a child of your own
  mp-demo pipe --simplex --reply          a one-way pipe refuses that
  mp-demo pipe 1 2.5 null '{\"k\": [\"it'\\''s\"]}'")]
pub struct Args {
    /// The list's items: JSON, or else a string; of any size
    #[arg(value_name = "VALUE", default_values = ["A", "B", "C"],
        default_value_ifs([
            ("child", ArgPredicate::IsPresent, None),
            ("bytes", ArgPredicate::IsPresent, None),
        ]))]
    values: Vec<ValueArg>,
    /// Instead, a list of one string, so long that the message, with `["` and `"]` around it and a
    /// newline, has N bytes, 5 to 10,000,000
    #[arg(long, value_name = "N", conflicts_with = "values",
        value_parser = whole(MESSAGE_AROUND_STRING..=LONGEST_MESSAGE))]
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// Your own child: any program; a message is a line of JSON on its stdout, or else a string;
    /// with --reply it gets one on stdin
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["values", "bytes"])]
    #[serde(skip_serializing_if = "Option::is_none")]
    child: Option<CommandArg>,
    /// A one-way pipe, duplex=False: the parent only receives, the child only sends
    #[arg(long)]
    simplex: bool,
    /// The parent sends the list back reversed, and the child prints it
    #[arg(long)]
    reply: bool,
    /// When the parent joins; with --reply, last by default
    #[arg(long, value_enum, default_value = "first", default_value_if("reply", "true", "last"))]
    join: JoinTime,
    /// How much the parent receives
    #[arg(long, value_enum, default_value_t = Receive::One)]
    receive: Receive,
    /// The parent keeps the child's end open, too, as Python does unless it is closed
    #[arg(long)]
    keep_end: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum JoinTime {
    /// Before it receives: the child must be able to end without that
    First,
    /// After it has received
    Last,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Receive {
    /// One message
    One,
    /// Messages until end-of-file: until no process holds an end that could send
    All,
}

impl Lesson for Args {
    /// A command of the user's makes pauses of its own.
    fn has_random_pauses(&self) -> bool {
        self.child.is_none()
    }

    fn mistake(&self, run: &State) -> Option<(&'static Mistake, String)> {
        if let (Some(child), true, JoinTime::Last, Receive::One) =
            (&self.child, self.reply, self.join, self.receive)
        {
            // A message that has come was flushed.
            if run.has_sent() {
                return None;
            }
            let child = child
                .unbuffered()
                .map(|it| format!("mp-demo pipe --child {} --reply", it.quoted()));
            return Some((&mistakes::UNFLUSHED, child.unwrap_or_default()));
        }
        let all = "--join last --receive all";
        let (mistake, options) = match (self.join, self.reply, self.receive) {
            (JoinTime::First, true, _) => (&mistakes::JOIN_BEFORE_REPLY, "--reply --join last"),
            (_, _, Receive::All) if self.keep_end => (&mistakes::KEPT_OWN_END, all),
            // A child of the user's may send any number of messages.
            (JoinTime::First, ..) if self.child.is_some() => (&mistakes::JOIN_BEFORE_RECEIVE, all),
            (JoinTime::First, ..) => (&mistakes::JOIN_BEFORE_RECEIVE, "--join last"),
            (JoinTime::Last, false, Receive::One) if self.child.is_some() => {
                (&mistakes::NOT_ALL_RECEIVED, all)
            }
            (JoinTime::Last, ..) => return None,
        };
        let bytes = self.bytes.map(|bytes| format!(" --bytes {bytes}"));
        let child = self.child.as_ref().map(|child| format!(" --child {}", child.quoted()));
        let command = bytes.or(child).unwrap_or_default();
        Some((mistake, format!("mp-demo pipe{command} {options}")))
    }

    fn runs_commands(&self) -> bool {
        self.child.is_some()
    }

    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (mut connection, childs_end) = mp.pipe(!self.simplex)?;
        let (simplex, reply) = (self.simplex, self.reply);
        let writer = match &self.child {
            Some(command) => {
                let program = ProgramArgs::new(command, mp);
                CommandSender { program, simplex, reply }.into_go_between()
            }
            None => Sender {
                values: self.values.clone(),
                bytes: self.bytes,
                simplex,
                reply,
                pause: 1.0,
            }
            .into_process(),
        };
        // The child's end moves to the child, unless the parent keeps it, too, as in the article.
        // Then the parent itself could send, so EOF never comes.
        let (writer, _kept) = match self.keep_end {
            true => (writer.shares(&childs_end), Some(childs_end)),
            false => (writer.holds(childs_end), None),
        };
        let writer = mp.start("writer", writer)?;

        // The article's order. A pipe holds 64 KiB: with a longer list the child waits in `send`
        // for the parent to receive, and the parent here for the child's end.
        if self.join == JoinTime::First {
            writer.join()?;
        }
        let mut list = connection.recv()?;
        if self.reply {
            print(&list, self.bytes.is_some(), mp)?;
            if let Some(items) = list.as_array_mut() {
                items.reverse();
            }
            // With `--simplex` this is the receiving end, and refuses to send.
            let sent = connection.send(&list);
            connection.or_refused(sent)?;
        }
        if self.receive == Receive::All {
            while let Some(more) = connection.recv_or_end()? {
                if self.child.is_some() && !self.reply {
                    print(&list, self.bytes.is_some(), mp)?;
                }
                list = more;
            }
        }
        if self.join == JoinTime::Last {
            writer.join()?;
        }
        match self.reply {
            true => Ok(()),
            false => print(&list, self.bytes.is_some(), mp),
        }
    }
}

/// Prints the list; a list made by --bytes as a short expression of the same value.
#[track_caller]
fn print(list: &Value, is_of_bytes: bool, process: &impl Logs) -> Result<()> {
    match list.get(0).and_then(Value::as_str) {
        Some(text) if is_of_bytes && text.len() > 100 => {
            process.print_as(list, format!("['x' * {}]", text.len()))
        }
        _ => process.print(list),
    }
}

/// Writer of the `pipe` lesson: sends a list on stdout
#[derive(clap::Args, Serialize)]
pub struct Sender {
    /// The list's items: JSON, or else a string
    #[arg(value_name = "VALUE")]
    #[serde(serialize_with = "as_typed")]
    values: Vec<ValueArg>,
    /// Instead, a list of one string, so long that the message has N bytes
    #[arg(long, value_name = "N", value_parser = whole(MESSAGE_AROUND_STRING..=LONGEST_MESSAGE))]
    bytes: Option<usize>,
    /// The pipe is one-way: this process only sends
    #[arg(long)]
    simplex: bool,
    /// Receive a list on stdin afterwards, and print it
    #[arg(long)]
    reply: bool,
    /// The longest random pause at the end, in seconds
    #[arg(long, default_value = "1", value_parser = seconds)]
    pause: f64,
}

impl Target for Sender {
    const NAME: &'static str = "pipe-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        process.running(format!("Process to write: {}", process.pid()))?;
        let list = match self.bytes {
            // Beside the string, the message is `[""]` and a newline.
            Some(bytes) => json!(["x".repeat(bytes - MESSAGE_AROUND_STRING)]),
            None => self.values.iter().map(ValueArg::value).collect(),
        };
        let mut connection = process.connection(!self.simplex);
        connection.send(&list)?;

        if self.reply {
            let received = connection.recv();
            if let Some(list) = connection.or_refused(received)? {
                print(&list, self.bytes.is_some(), &process)?;
            }
        }
        process.sleep_at_most(self.pause)
    }
}

pub(super) const PARTS: Parts = Parts {
    mistakes: mistakes::MISTAKES,
    children: &[AnyTarget::of::<Sender>(), AnyTarget::of::<CommandSender>()],
    ..Parts::of::<PipeJudge, ()>()
};
