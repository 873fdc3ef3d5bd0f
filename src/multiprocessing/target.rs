//! What a child process does.

use anyhow::Result;
use serde::Serialize;

use super::command_line::Words;
use super::connection::Connection;
use super::current_process::CurrentProcess;
use super::new_process::NewProcess;
use super::queue::Queue;
use super::shared_value::SharedValue;

/// A child's half of a lesson: its fields are what it is told on its command line, and
/// [`Target::run`] is what it does. In Python it would be a function and its arguments,
/// `Process(target=..., args=...)`.
pub trait Target: clap::Args + Serialize + Sized {
    /// Its name on the command line.
    const NAME: &'static str;

    /// What the child does.
    ///
    /// # Errors
    /// What it could not do; its exit status is then 1.
    fn run(self, process: CurrentProcess) -> Result<()>;

    /// A process for it that has the ends of queues and pipes that this process was started with.
    fn with_the_ends_of(self, process: &CurrentProcess) -> NewProcess<'static> {
        NewProcess::from(self).with_the_ends_of(process)
    }

    /// A process for it that puts into this queue: its stdout is one more write end of the queue's
    /// pipe.
    fn puts_to(self, queue: &Queue) -> NewProcess<'_> {
        NewProcess::from(self).puts_to(queue)
    }

    /// A process for it that gets from this queue: its stdin is one more read end of the queue's
    /// pipe.
    fn gets_from(self, queue: &Queue) -> NewProcess<'_> {
        NewProcess::from(self).gets_from(queue)
    }

    /// A process for it that has this end of a pipe. From its start on, the parent has it no more.
    fn holds(self, end: Connection) -> NewProcess<'static> {
        NewProcess::from(self).holds(end)
    }

    /// The same, but the parent keeps this end, too, as it does in Python. Then the other end never
    /// comes to end-of-file.
    fn shares(self, end: &Connection) -> NewProcess<'static> {
        NewProcess::from(self).shares(end)
    }

    /// A process for it that shares this value: its stdin is the value's file.
    fn shares_value(self, value: &SharedValue) -> NewProcess<'_> {
        NewProcess::from(self).shares_value(value)
    }
}

impl<T: Target> From<T> for NewProcess<'_> {
    fn from(target: T) -> Self {
        let mut words = Words::default();
        let words = words.add(&target).map(|()| words);
        NewProcess::new(T::NAME, words)
    }
}
