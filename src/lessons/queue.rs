//! A queue: some processes put values into it, others get them out.
//!
//! What to look at: how the readers learn that nothing more will come. Left out: results that go back.

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::{child::children, lesson::Lesson};
use crate::arguments::{ValueArg, as_typed, one_to_thousand, seconds, shares};
use crate::events::str;
use crate::multiprocessing::{Context, CurrentProcess, Got, Logs, Target, check_sizes};

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

impl Lesson for Args {
    fn check(&self) -> Result<()> {
        check_sizes(&self.values)
    }

    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (queue, pause) = (mp.queue(self.readers)?, self.pause);
        let writers = shares(&self.values, self.writers);
        let writers = writers.map(|values| Writer { values, pause }.puts_to(&queue));
        let writers = mp.start_all("writer", writers)?;
        let readers = (0..self.readers).map(|_| Reader {}.gets_from(&queue));
        let readers = mp.start_all("reader", readers)?;

        // The readers have ends of their own. If the parent kept this one, a writer whose readers were all killed would
        // fill the pipe and then wait for ever; as it is, the writer learns that nobody is left.
        let mut put_end = queue.close_get_end();
        match self.stop {
            // The article's way. The writers have put everything, but nobody has asked whether the readers have *got*
            // everything: what is still in the pipe is lost. (No end-of-file either: the parent holds its put end.)
            Stop::Terminate => {
                writers.join()?;
                readers.terminate()?;
            }
            // The sentinel is put behind the last value, so a reader that gets it has left nothing unread. Each
            // reader takes one and ends, hence one for each.
            Stop::Sentinel => {
                writers.join()?;
                readers.iter().try_for_each(|_| put_end.put_sentinel())?;
            }
            // A reader sees end-of-file when the *last* write end is closed. This one must go, or the readers would
            // wait for the parent while the parent waits for them.
            Stop::Eof => {
                drop(put_end);
                writers.join()?;
            }
        }
        // The article's program doesn't join its readers. So they stay zombies until it ends, and nobody sees their
        // exit status (-15 in Python).
        readers.join()
    }
}

/// Writer of the `queue` lesson: puts values into the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct Writer {
    /// What to put: JSON, or else a string
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    #[serde(serialize_with = "as_typed")]
    values: Vec<ValueArg>,
    /// The longest random pause after a put, in seconds
    #[arg(long, default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
    pause: f64,
}

impl Target for Writer {
    const NAME: &'static str = "queue-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        // The parent has looked; a person who starts this by hand has not.
        check_sizes(&self.values)?;
        process.running(format!("Process to write: {}", process.pid()))?;
        let mut queue = process.put_end();
        for value in self.values.iter().map(ValueArg::value) {
            queue.print_and_put(format!("Put {} to queue...", str(&value)), &value)?;
            process.sleep_at_most(self.pause)?;
        }
        Ok(())
    }
}

/// Reader of the `queue` lesson: gets values from the queue on stdin until it ends
#[derive(clap::Args, Serialize)]
pub struct Reader {}

impl Target for Reader {
    const NAME: &'static str = "queue-reader";

    fn run(self, process: CurrentProcess) -> Result<()> {
        process.running(format!("Process to read: {}", process.pid()))?;
        let mut queue = process.get_end();
        // The article's loop has no way out, so its reader has to be killed. This one has two.
        loop {
            match queue.get_and_print(|value| format!("Get {} from queue.", str(value)))? {
                Got::Value(_) => {}
                Got::Sentinel | Got::EndOfFile => return Ok(()),
            }
        }
    }
}

children! { Writer, Reader }
