//! A pipe: two processes, an end each.
//!
//! What to look at: who can send and who can receive, and who has to receive before the other can end. What is
//! left out: several messages at the same time in both directions (two
//! processes that both send first, and more than their pipes hold, both wait for ever).

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::child::children;
use super::lesson::Lesson;
use crate::arguments::{ValueArg, as_typed, seconds};
use crate::multiprocessing::{Context, CurrentProcess, Logs, Target};

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
  mp-demo pipe --simplex --reply   a one-way pipe refuses that
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

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (mut connection, childs_end) = mp.pipe(!self.simplex)?;
        let writer = Writer {
            values: self.values.clone(),
            simplex: self.simplex,
            reply: self.reply,
            pause: 1.0,
        };
        // The child's end moves to the child. If the parent kept it too, as in the article, a second `recv` would
        // wait for ever: the pipe would still have a sender, the parent itself.
        let writer = mp.start("writer", writer.holds(childs_end))?;

        // The article joins first and receives then. A pipe holds 64 KiB: with a longer list the child would wait in
        // `send` for somebody to receive, and the parent in `join` for the child. So receive first, and print
        // after the join all the same.
        let mut list = connection.recv()?;

        if self.reply {
            mp.print(&list)?;
            if let Some(items) = list.as_array_mut() {
                items.reverse();
            }
            // With `--simplex` this is the receiving end: that it refuses to send is what there is to see.
            let sent = connection.send(&list);
            connection.or_refused(sent)?;
            return writer.join();
        }
        writer.join()?;
        mp.print(&list)
    }
}

/// Writer of the `pipe` lesson: sends a list on stdout
#[derive(clap::Args, Serialize)]
pub struct Writer {
    /// The list's items: JSON, or else a string
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    #[serde(serialize_with = "as_typed")]
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
}

impl Target for Writer {
    const NAME: &'static str = "pipe-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        process.running(format!("Process to write: {}", process.pid()))?;
        let list: Value = self.values.iter().map(ValueArg::value).collect();
        let mut connection = process.connection(!self.simplex);
        connection.send(&list)?;

        if self.reply {
            let received = connection.recv();
            if let Some(list) = connection.or_refused(received)? {
                process.print(&list)?;
            }
        }
        process.sleep_at_most(self.pause)
    }
}

children! { Writer }
