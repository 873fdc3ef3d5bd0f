//! A pipe: two processes, an end each.
//!
//! What to look at: who can send and who can receive, and who has to receive before the other can end. What is
//! left out: several messages at the same time in both directions (two
//! processes that both send first, and more than their pipes hold, both wait for ever).
//!
//! Nothing is printed here: what happens is written to the log, and `src/events/event.rs` has the article's line for
//! each event.

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{ValueArg, seconds};
use crate::events::{Call, Event, Log};
use crate::multiprocessing::{Connection, Context, CurrentProcess, WrongDirection, pipe};

/// Send a list through a pipe from a child to its parent
///
/// The child sends one list and pauses; the parent receives it, joins the child, and prints the list. With --reply
/// it prints before it joins.
///
/// Rust and Python: values travel as JSON here; Python's pickles can run code.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo pipe                     the article's program
  mp-demo pipe --reply             the parent sends the list back, reversed
  mp-demo pipe --simplex --reply   what a one-way pipe says to that
  mp-demo pipe 1 2.5 null '{\"k\": [\"it'\\''s\"]}'")]
pub struct Args {
    /// The list's items: JSON, or else a string; of any size
    #[arg(value_name = "VALUE", default_values = ["A", "B", "C"], allow_negative_numbers = true)]
    values: Vec<ValueArg>,

    /// A one-way pipe, duplex=False: the parent only receives, the child only sends
    #[arg(long)]
    simplex: bool,

    /// The parent sends the list back reversed, and the child prints it
    #[arg(long)]
    reply: bool,
}

impl Args {
    /// No two of these options are in each other's way.
    pub(super) fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// The parent's half.
pub(super) fn parent(args: &Args, context: &Context) -> Result<()> {
    let log = context.log();
    log.write(Event::Running)?;

    let (mut connection, childs_end) = pipe(!args.simplex)?;
    // The child's end moves to the child. If the parent kept it too, as in the article, a second `recv` would
    // wait for ever: the pipe would still have a sender, the parent itself.
    let writer = context
        .process("writer", "pipe-writer")
        .flag("--simplex", args.simplex)
        .flag("--reply", args.reply)
        .values(&args.values)
        .connection(childs_end)
        .start()?;

    // The article joins first and receives then. A pipe holds 64 KiB: with a longer list the child would wait in
    // `send` for somebody to receive, and the parent in `join` for the child. So receive first, and print
    // after the join all the same.
    log.write(Event::Wait { call: Call::Recv })?;
    let list = connection.recv()?;
    log.write(Event::Recv { value: &list })?;

    if args.reply {
        log.write(Event::Print { value: &list })?;
        send_back(list, &mut connection, log)?;
        return writer.join();
    }
    writer.join()?;
    log.write(Event::Print { value: &list })
}

fn send_back<R: std::io::BufRead, W: std::io::Write>(
    mut list: Value,
    connection: &mut Connection<R, W>,
    log: &Log,
) -> Result<()> {
    if let Some(items) = list.as_array_mut() {
        items.reverse();
    }
    log.write(Event::Send { value: &list })?;
    or_refused(connection.send(&list), Call::Send, log)?;
    Ok(())
}

/// A call in the direction that a one-way pipe doesn't have is an error, and the very thing that `--simplex
/// --reply` is there to show: it is told, and the lesson goes on.
fn or_refused<T>(result: Result<T>, call: Call, log: &Log) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is::<WrongDirection>() => {
            let message = error.to_string();
            log.write(Event::Refused { call, message })?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The child's half.
#[derive(clap::Subcommand)]
pub enum Child {
    /// Writer of the `pipe` lesson: sends a list on stdout
    PipeWriter {
        /// The list's items: JSON, or else a string
        #[arg(value_name = "VALUE", allow_negative_numbers = true)]
        values: Vec<ValueArg>,
        /// The pipe is one-way: this process only sends
        #[arg(long)]
        simplex: bool,
        /// Receive a list on stdin afterwards, and print it
        #[arg(long)]
        reply: bool,
        /// The longest random pause at the end, in seconds
        #[arg(long, default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
        pause: f64,
    },
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        "pipe-writer"
    }

    pub(super) fn play(self, mut process: CurrentProcess) -> Result<()> {
        let Child::PipeWriter {
            values,
            simplex,
            reply,
            pause,
        } = self;
        let list = values.iter().map(ValueArg::value).collect();
        writer(&list, simplex, reply, &mut process)?;
        process.sleep_at_most(pause)
    }
}

fn writer(list: &Value, simplex: bool, reply: bool, process: &mut CurrentProcess) -> Result<()> {
    let log = process.log();
    log.write(Event::Running)?;
    let mut connection = Connection::stdio(!simplex);
    log.write(Event::Send { value: list })?;
    connection.send(list)?;

    if reply {
        log.write(Event::Wait { call: Call::Recv })?;
        if let Some(list) = or_refused(connection.recv(), Call::Recv, log)? {
            log.write(Event::Recv { value: &list })?;
            log.write(Event::Print { value: &list })?;
        }
    }
    Ok(())
}
