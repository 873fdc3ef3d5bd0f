//! A queue: some processes put values into it, others get them out.
//!
//! What to look at: how the readers learn that nothing more will come. Left out: results that go
//! back. What can be chosen is in `options.rs`, what can be said of a run in `claims.rs`.

mod claims;
mod mistakes;
mod notes;
mod options;
mod own;

use anyhow::Result;
use serde::Serialize;

use super::{Lesson, Parts};
use crate::arguments::{ValueArg, as_typed, seconds, shares};
use crate::events::{Call, str};
use crate::multiprocessing::{
    AnyTarget, Context, CurrentProcess, Exec, Got, Guard, IntoProcess, Logs, ProgramArgs, Target,
    check_sizes,
};
use crate::state::State;
use crate::stuck::Mistake;
use claims::QueueJudge;
use notes::QueueNarrator;
use options::Stop;
use own::{CommandReader, CommandWriter};

pub use options::Args;

impl Lesson for Args {
    fn check(&self) -> Result<()> {
        self.check_options()
    }

    fn mistake(&self, _run: &State) -> Option<(&'static Mistake, String)> {
        self.mistake_of_options()
    }

    fn runs_commands(&self) -> bool {
        self.writer.is_some() || self.reader.is_some()
    }

    fn has_random_pauses(&self) -> bool {
        self.pause > 0.0
    }

    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (queue, pause, take) = (mp.queue(self.readers)?, self.pause, self.take);
        let lock = self.lock.then(|| mp.lock()).transpose()?;
        let leaves_when_empty = self.stop == Stop::Empty;
        let reader = || match &self.reader {
            Some(command) => {
                let reader =
                    CommandReader { program: ProgramArgs::new(command, mp), leaves_when_empty };
                reader.gets_from(&queue).into_go_between()
            }
            None => {
                let reader = Reader { take, lock: self.lock, leaves_when_empty };
                reader.gets_from(&queue).shares_lock(lock.as_ref())
            }
        };

        // `--kill`: nothing is in the queue yet, so this reader waits in `get`. With `--lock` it
        // holds the lock, which stays taken when its holder dies: the other readers wait for the
        // lock for ever.
        if let Some(role) = &self.kill {
            let victim = mp.start(role, reader())?;
            mp.until_in(&victim, Call::Get)?;
            victim.kill()?;
            victim.join()?;
        }
        let writers: Vec<_> = match &self.writer {
            Some(command) => {
                let writer = || CommandWriter { program: ProgramArgs::new(command, mp) };
                (0..self.writers).map(|_| writer().puts_to(&queue).into_go_between()).collect()
            }
            None => {
                let shares = shares(&self.values, self.writers);
                shares.map(|values| Writer { values, pause }.puts_to(&queue)).collect()
            }
        };
        let writers = mp.start_all("writer", writers.into_iter())?;
        let readers = mp.start_as(self.reader_roles().map(|role| (role, reader())))?;

        // The readers have get ends of their own. If the parent kept its get end, a writer whose
        // readers are all gone would fill the pipe and then wait for ever; without it, the writer's
        // put fails. Where readers are to leave early, the parent keeps its get end, as in Python:
        // then values that nobody gets stay in the queue.
        let (mut put_end, get_end) = queue.into_ends();
        let _kept = (leaves_when_empty || self.kill.is_some()).then_some(get_end);
        match self.stop {
            // The article's way. The writers have put everything, but nobody has asked whether the
            // readers have *got* everything: what is still in the pipe is lost. (No EOF either: the
            // parent holds its put end.)
            Stop::Terminate => {
                writers.join()?;
                readers.terminate()?;
            }
            // The sentinel is put behind the last value, so a reader that gets it has left nothing
            // unread. Each reader takes one and ends, hence one for each.
            Stop::Sentinel => {
                writers.join()?;
                let count = self.sentinels.map_or(readers.count(), usize::from);
                (0..count).try_for_each(|_| put_end.put_sentinel())?;
            }
            // The parent forgets to close its put end: so the pipe has a write end, and the readers
            // wait for EOF for ever.
            Stop::Eof if self.keep_end => writers.join()?,
            // A reader sees EOF when the *last* write end is closed. The parent's must be closed,
            // or the readers would wait for the parent while the parent waits for them.
            Stop::Eof => {
                drop(put_end);
                writers.join()?;
            }
            // "Empty" is true for a moment only: the readers leave while the writers pause.
            Stop::Empty => writers.join()?,
            // Nobody tells the readers the end: the joins below wait for readers that wait for
            // values.
            Stop::None => writers.join()?,
        }
        // The article's program doesn't join its readers. So they stay zombies until it ends, and
        // nobody sees their exit status (-15 in Python).
        readers.join()
    }
}

/// Writer of the `queue` lesson: puts values into the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct Writer {
    /// What to put: JSON, or else a string
    #[arg(value_name = "VALUE")]
    #[serde(serialize_with = "as_typed")]
    values: Vec<ValueArg>,
    /// The longest random pause after a put, in seconds
    #[arg(long, default_value = "1", value_parser = seconds)]
    pause: f64,
}

impl Target for Writer {
    const NAME: &'static str = "queue-writer";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        // The parent has checked the sizes; a child started by hand checks them itself.
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
pub struct Reader {
    /// How long to work on each value, in seconds
    #[arg(long, default_value = "0", value_parser = seconds)]
    take: f64,
    /// Hold the lock on stdout while waiting
    #[arg(long)]
    lock: bool,
    /// Leave when the queue is empty
    #[arg(long)]
    leaves_when_empty: bool,
}

impl Target for Reader {
    const NAME: &'static str = "queue-reader";

    fn run(self, process: CurrentProcess) -> Result<()> {
        process.running(format!("Process to read: {}", process.pid()))?;
        let mut queue = process.get_end();
        let lock = self.lock.then(|| process.lock());
        // The article's loop has no way out, so its reader has to be terminated. This loop has
        // some.
        loop {
            if let Some(lock) = &lock {
                lock.acquire()?;
            }
            let got = queue.get_and_print(|value| format!("Get {} from queue.", str(value)))?;
            if let Some(lock) = &lock {
                lock.release()?;
            }
            match got {
                Got::Value(_) if self.take > 0.0 => process.sleep(self.take)?,
                Got::Value(_) => {}
                Got::Sentinel | Got::EndOfFile => return Ok(()),
            }
            if self.leaves_when_empty && queue.is_empty()? {
                return Ok(());
            }
        }
    }
}

pub(super) const PARTS: Parts = Parts {
    mistakes: mistakes::MISTAKES,
    children: &[
        AnyTarget::of::<Writer>(),
        AnyTarget::of::<Reader>(),
        AnyTarget::of::<CommandWriter>(),
        AnyTarget::of::<CommandReader>(),
        AnyTarget::of::<Exec>(),
        AnyTarget::of::<Guard>(),
    ],
    ..Parts::of::<QueueJudge, QueueNarrator>()
};
