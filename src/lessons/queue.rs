//! A queue: some processes put values into it, others get them out.
//!
//! What to look at: how the readers learn that there is nothing more to come. What is left out: results that
//! go back to the parent (it would take a second queue).
//!
//! Nothing is printed here: what happens is written to the log, and `src/events/event.rs` has the article's line for
//! each event.

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::numbered;
use crate::arguments::{ValueArg, one_to_thousand, seconds};
use crate::events::{Call, Event};
use crate::multiprocessing::{Context, CurrentProcess, GetEnd, Got, PutEnd, Queue, check_size};

/// Put values into a queue in one process, get them in another
///
/// The writer puts each value and pauses; the reader gets in an endless loop; the parent joins the writer, then
/// terminates the reader, which may not have got everything by then.
///
/// Rust and Python: here put() itself delivers; in Python a hidden thread does.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo queue                       the article's program
  mp-demo queue --pause 0             no pauses: often, not all values are got
  mp-demo queue --stop sentinel       sentinels tell the readers to end
  mp-demo queue --stop eof            closing the queue tells them
  mp-demo queue --readers 3 a 1 2.5 '[null, \"x\"]'  three compete for JSON values")]
pub struct Args {
    /// What to put: JSON, or else a string; each at most 4,096 bytes as a line of JSON
    #[arg(value_name = "VALUE", default_values = ["A", "B", "C"], allow_negative_numbers = true)]
    values: Vec<ValueArg>,

    /// How many processes put, 1 to 1000: they share the values out in turn
    #[arg(long, value_name = "N", default_value = "1", value_parser = one_to_thousand, allow_negative_numbers = true)]
    writers: u16,

    /// How many processes get, 1 to 1000: each value goes to exactly one
    #[arg(long, value_name = "N", default_value = "1", value_parser = one_to_thousand, allow_negative_numbers = true)]
    readers: u16,

    /// The longest random pause after a put
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
    pause: f64,

    /// How the readers end
    #[arg(long, value_enum, default_value_t = Stop::Terminate)]
    stop: Stop,
}

/// How the readers end.
#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stop {
    /// SIGTERM once the writers are done: values may be lost
    Terminate,
    /// A sentinel for each reader, behind the last value
    Sentinel,
    /// The queue is closed: the readers come to end-of-file
    Eof,
}

impl Args {
    pub(super) fn check(&self) -> Result<()> {
        self.values
            .iter()
            .try_for_each(|arg| check_size(&arg.value()))
    }
}

/// The parent's half.
pub(super) fn parent(args: &Args, context: &Context) -> Result<()> {
    let log = context.log();
    log.write(Event::Running)?;

    let queue = Queue::new(args.readers)?;
    let mut writers = Vec::new();
    for number in 1..=args.writers {
        // Writer 1 of 3 gets the values 1, 4, 7 and so on.
        let share = args
            .values
            .iter()
            .skip(usize::from(number) - 1)
            .step_by(args.writers.into());
        let writer = context
            .process(&numbered("writer", number, args.writers), "queue-writer")
            .option("--pause", args.pause)
            .values(share)
            .puts_to(&queue.put_end)
            .start()?;
        writers.push(writer);
    }
    let mut readers = Vec::new();
    for number in 1..=args.readers {
        let reader = context
            .process(&numbered("reader", number, args.readers), "queue-reader")
            .gets_from(&queue.get_end)
            .start()?;
        readers.push(reader);
    }

    // The readers have their own ends. As long as the parent kept this one, a writer whose readers were all
    // killed would fill the pipe and then wait for ever; now it learns that nobody is left.
    drop(queue.get_end);
    let mut put_end = queue.put_end;

    match args.stop {
        // The article's way. Joined writers have put everything, but nobody asked whether the readers have
        // *got* everything: what is still in the pipe now is lost. (The parent still has its put end, so the readers
        // can't have come to end-of-file: they wait for more.)
        Stop::Terminate => {
            for writer in &writers {
                writer.join()?;
            }
            for reader in &readers {
                reader.terminate()?;
            }
        }
        // The sentinel is put behind the last value, so a reader that gets it has left nothing unread. Each reader
        // takes one and ends, hence one for each.
        Stop::Sentinel => {
            for writer in &writers {
                writer.join()?;
            }
            for _ in &readers {
                log.write(Event::PutSentinel)?;
                put_end.put_sentinel()?;
            }
        }
        // A reader sees end-of-file when the *last* write end is closed. This one must go, or the readers would
        // wait for the parent while the parent waits for them.
        Stop::Eof => {
            drop(put_end);
            for writer in &writers {
                writer.join()?;
            }
        }
    }

    // The article's program ends without joining its readers. But a terminated process stays a zombie until someone joins it,
    // and its exit status (Python's exitcode -15) is never seen.
    for reader in &readers {
        reader.join()?;
    }
    Ok(())
}

/// The children's halves.
#[derive(clap::Subcommand)]
pub enum Child {
    /// Writer of the `queue` lesson: puts values into the queue on stdout
    QueueWriter {
        /// What to put: JSON, or else a string
        #[arg(value_name = "VALUE", allow_negative_numbers = true)]
        values: Vec<ValueArg>,
        /// The longest random pause after a put, in seconds
        #[arg(long, default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
        pause: f64,
    },
    /// Reader of the `queue` lesson: gets values from the queue on stdin until it ends
    QueueReader,
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        match self {
            Child::QueueWriter { .. } => "queue-writer",
            Child::QueueReader => "queue-reader",
        }
    }

    pub(super) fn play(self, process: CurrentProcess) -> Result<()> {
        match self {
            Child::QueueWriter { values, pause } => {
                // The parent has looked; a person who starts this by hand has not.
                values.iter().try_for_each(|arg| check_size(&arg.value()))?;
                writer(&values, pause, process)
            }
            Child::QueueReader => reader(&process),
        }
    }
}

fn writer(values: &[ValueArg], pause: f64, mut process: CurrentProcess) -> Result<()> {
    process.log().write(Event::Running)?;
    let mut queue = PutEnd::stdout();
    for value in values.iter().map(ValueArg::value) {
        // First the line, then the put, as in the article. The other way round a reader could have the value,
        // and say so, before its writer has said that it puts it.
        process.log().write(Event::Put { value: &value })?;
        queue.put(&value)?;
        process.sleep_at_most(pause)?;
    }
    Ok(())
}

fn reader(process: &CurrentProcess) -> Result<()> {
    let log = process.log();
    log.write(Event::Running)?;
    let mut queue = GetEnd::stdin();
    loop {
        log.write(Event::Wait { call: Call::Get })?;
        // A value that was taken is gone from the queue. Terminated right then, this process would have taken it and
        // never said so; so SIGTERM has to wait until the line is written. While `get` waits it need not.
        let (got, sigterm_held) = queue.get_holding_sigterm()?;
        // The article's loop has no way out, so its reader has to be killed. This one has two.
        match got {
            Got::Value(value) => log.write(Event::Get { value: &value })?,
            Got::Sentinel => return log.write(Event::GetSentinel),
            Got::EndOfFile => return log.write(Event::EndOfFile),
        }
        drop(sigterm_held);
    }
}
