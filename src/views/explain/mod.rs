//! Notes about this very run, between its lines: which process that was, what it waits for, and
//! why.
//!
//! `note` is what a note is made of, `run` what the log says, `story` what has been told. In the
//! other files each note stands with what it is told for.

mod buffer;
mod cleanup;
mod ends;
mod joins;
mod lock;
mod memory;
mod moment;
mod note;
mod office;
mod pipe;
mod pool;
mod process_state;
mod queue;
mod starts;
mod story;
mod summary;
#[cfg(test)]
mod tests;
mod threads;

use std::io::Write;

use anyhow::Result;
use owo_colors::OwoColorize;
use textwrap::{LineEnding, Options, WordSeparator, WordSplitter, WrapAlgorithm};

use self::moment::{Moment, Run};
use self::note::NO_BREAK;
use self::story::Story;
use super::view::View;
use crate::events::{Call, Event, Record, Status};
use crate::os::terminal::Look;
use crate::state::{Change, State};
use crate::words::locale::Language;

/// How far a note is indented.
const INDENT: usize = 4;

/// Tells on stderr what has just happened, and why. It is no error when nobody listens.
pub struct Explain<E> {
    stderr: E,
    look: Look,
    story: Story,
}

impl<E: Write> Explain<E> {
    /// Notes that go to `stderr`: all of them, or only those that say what is new about this run.
    pub fn new(stderr: E, look: Look, is_brief: bool) -> Explain<E> {
        Explain { stderr, look, story: Story::new(is_brief) }
    }

    fn write_notes(&mut self) {
        for note in self.story.take_notes() {
            let text = match self.look.language {
                Language::En => note.en(),
                Language::Zh => note.zh(),
            };
            let text = lines(&text, self.look);
            let _ = self.stderr.write_all(text.as_bytes());
        }
    }
}

impl<E: Write> View for Explain<E> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        let run = Run(state);
        self.story.see(&Moment { record, change, run });
        // A table is read as a whole, so what there is to tell of it comes behind it.
        let is_in_table =
            matches!(record.event, Event::Measured { .. } | Event::Say {} | Event::Progress { .. });
        if !is_in_table {
            self.write_notes();
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        self.story.end(Run(state));
        self.write_notes();
        Ok(())
    }
}

impl Story {
    /// Tells what there is to tell of an event.
    fn see(&mut self, now: &Moment) {
        if let Some(pid) = now.change.replaces {
            self.forget(pid);
        }
        match &now.event {
            Event::Run { options, seed, cores, .. } => self.run_begins(options, *seed, *cores),
            Event::Running {} => match &now.thread {
                Some(thread) => self.thread_running(thread, now),
                None => self.running(now),
            },
            Event::Started { child, command: Some(command), .. } => {
                self.started_command(*child, command, now)
            }
            Event::Started { child, foreign, .. } => self.started(*child, *foreign, now),
            Event::Join { child, .. } => self.join(*child, now),
            Event::Joined { child, .. } => self.joined(*child, now),
            Event::Terminate { child, .. } => self.terminate(*child, now),
            Event::Interrupt { child, .. } => {
                self.signal_to_cleaner(*child, Status::SIGINT, now);
            }
            Event::Try {} => self.tries(now),
            Event::Finally {} => self.cleans_up(now),
            Event::Kill { child, why, .. } => self.kill(*child, why.is_some(), now),
            Event::Exited { child, status, .. } => self.exited(*child, *status, now),
            Event::Error { why } => self.gives_up(&why.to_string(), now),
            Event::Sleep { seconds, .. } => self.sleep(*seconds, now),
            Event::Wait { call, on } => match call {
                Call::Get => self.wait_get(now),
                Call::Recv => self.wait_recv(now),
                Call::Send => self.wait_send(now),
                Call::Join => self.wait_join(now),
                Call::Readline => self.wait_readline(on.as_deref().unwrap_or_default(), now),
                Call::Write => self.wait_write(on.as_deref().unwrap_or_default(), now),
                Call::Acquire => self.wait_acquire(on.as_deref().unwrap_or_default(), now),
            },
            Event::Put { .. } => self.put(now),
            Event::Get { value, .. } => self.get(value, now),
            Event::PutSentinel {} => self.put_sentinel(now),
            Event::GetSentinel {} => self.get_sentinel(now),
            Event::Empty {} => self.found_empty(now),
            Event::EndOfFile {} => self.end_of_file(now),
            Event::Acquired { lock } => self.acquired(lock, now),
            Event::Release { lock } => self.release(lock, now),
            Event::Counting { turns, lock } => self.counting(*turns, lock.is_some(), now),
            Event::Counted { last } => self.counted(*last, now),
            Event::Total { value, of } => self.total(*value, *of, now),
            // What is told of these stands there without `--explain`, too.
            Event::Stuck { .. }
            | Event::Stopped { .. }
            | Event::Idle { .. }
            | Event::Output { .. } => {}
            Event::Send { .. } => self.send(now),
            Event::Recv { .. } => self.recv(now),
            Event::Print { .. } => self.print(now),
            Event::Refused { call, .. } => self.refused(*call, now),
            Event::Counter { value, address, .. } => self.counter(*value, address, now),
            Event::ProcessState { of, state, status, .. } => {
                self.process_state(*of, *state, *status, now)
            }
            Event::Parent { parent } => self.parent(*parent, now),
            Event::Buffered { bytes, .. } => self.buffered(*bytes, now),
            Event::Write { .. } => self.write(now),
            Event::Read { .. } => self.read(now),
            // Its line says it all.
            Event::Say { .. } => {}
            // A bar shows it, and in a recording it is of no interest.
            Event::Progress { .. } => {}
            Event::Measured { .. } => self.measured(),
            Event::Pool { kind, with, workers, tasks, .. } => {
                self.pool(kind, with, *workers, *tasks)
            }
            Event::TaskStart { task, .. } => self.task_start(*task, now),
            Event::TaskDone { task, kind, seconds, processor_seconds, .. } => {
                self.task_done(*task, kind, [*seconds, *processor_seconds], now)
            }
            Event::Customers { delays, .. } => self.customers(delays),
            Event::Request { customer, .. } => self.request(*customer, now),
            Event::Served { customer, .. } => self.served(*customer, now),
            Event::WillStart {} => self.will_start(now),
            Event::Turn { .. } => self.turn(now),
            Event::Ended {} => self.loop_over(now),
            Event::AfterJoin {} => self.after_join(now),
        }
        // A join that has just ended is news for the next event only. In between a child's end may
        // be reaped.
        if !matches!(now.event, Event::Joined { .. }) {
            self.past(now.pid).has_just_joined = None;
        }
    }
}

/// A text as it stands on the screen: indented, dim, no line wider than the terminal.
fn lines(text: &str, look: Look) -> String {
    let indent = " ".repeat(INDENT.min(look.width / 8));
    let options = Options::new(look.width.saturating_sub(indent.len()))
        .line_ending(LineEnding::LF)
        // Chinese has no spaces: Unicode knows where it may break, and that no line begins with a
        // comma.
        .word_separator(WordSeparator::UnicodeBreakProperties)
        // `child-1` and `--seed` stay whole.
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(text, options);
    let lines = lines.iter().map(|line| {
        let line = line.replace(NO_BREAK, " ");
        match look.colour {
            true => format!("{indent}{}\n", line.dimmed()),
            false => format!("{indent}{line}\n"),
        }
    });
    lines.collect()
}
