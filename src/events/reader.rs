//! The log of a run, as its only reader sees it.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use os_pipe::PipeReader;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::own::Vocabulary;
use super::parts::{Joined, Joiner};
use super::record::Record;
use crate::both;

/// What every event begins with.
const EVENT_START: &[u8] = b"{\"v\":2,\"t\":";

/// What stands in a log.
// An entry lives for one call; to box each event would cost an allocation for every one.
#[allow(clippy::large_enum_variant)]
pub enum Entry<'a> {
    /// An event.
    Event(Record<'a>),
    /// Bytes that are not an event and came from a child's stderr: a panic message, say.
    Foreign(&'a [u8]),
    /// For a while nothing has come.
    Silence,
}

/// Reads a log to its end.
pub struct LogReader {
    pipe: PipeReader,
}

impl LogReader {
    pub(super) fn new(pipe: PipeReader) -> LogReader {
        LogReader { pipe }
    }

    /// Hands each entry to `see`, in the log's order, until the last process of the run has closed
    /// the log, or until nobody reads `output` any more, whether anything is written to it or not,
    /// or until there is something to read from `interrupt`. If there is a `patience`, and nothing
    /// comes for so long, it hands over [`Entry::Silence`], and again every half second until
    /// something comes. `own` are the events of the run's lesson.
    ///
    /// # Errors
    /// When the log can't be read; an `io::Error` of the kind `BrokenPipe` when nobody wants the
    /// rest; or whatever `see` returned.
    pub fn for_each(
        self,
        output: impl AsFd,
        interrupt: Option<BorrowedFd>,
        patience: Option<Duration>,
        own: Vocabulary,
        mut see: impl FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        let source = WatchedPipe {
            pipe: self.pipe,
            output,
            interrupt,
            last_read: None,
            patience,
            is_silent: false,
        };
        let mut input = BufReader::with_capacity(PIPE_CAPACITY, source);
        let mut parts = Joiner::default();
        let mut line = Vec::new();
        loop {
            match input.read_until(b'\n', &mut line) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    see(Entry::Silence)?;
                    continue;
                }
                Err(error) => {
                    return Err(error).with_context(|| {
                        both!("cannot read the run's log", "无法读取本次运行的日志")
                    });
                }
            }
            if line.is_empty() {
                // A process that was killed while it wrote leaves parts without a last one: that
                // event was never complete.
                return Ok(());
            }
            match parts.take(line.strip_suffix(b"\n").unwrap_or(&line)) {
                Joined::Unfinished => {}
                Joined::Whole(Cow::Owned(event)) => see_line(&event, own, &mut see)?,
                Joined::Whole(Cow::Borrowed(_)) => see_line(&line, own, &mut see)?,
            }
            line.clear();
        }
    }
}

/// How many bytes a pipe holds on Linux (pipe(7)).
const PIPE_CAPACITY: usize = 1 << 16;

/// How long the reader lets events gather when they come in quick succession. Waking a reader costs
/// the writer more than the write itself: without this pause, starting and joining a process took
/// 60 microseconds longer, of 800.
const GATHER: Duration = Duration::from_millis(1);

/// How soon after a look at a silent run the next one comes.
const AGAIN: Duration = Duration::from_millis(500);

/// The log's pipe, watched together with the output.
struct WatchedPipe<'a, O> {
    pipe: PipeReader,
    output: O,
    interrupt: Option<BorrowedFd<'a>>,
    last_read: Option<Instant>,
    patience: Option<Duration>,
    is_silent: bool,
}

impl<O: AsFd> WatchedPipe<'_, O> {
    /// Waits for a moment, but no longer than until the last writer is gone: nothing is asked of
    /// the pipe, so poll reports only that. A short run would last almost twice as long otherwise
    /// (4.0 ms instead of 2.4).
    fn let_gather(&self) {
        let timeout = Timespec { tv_sec: 0, tv_nsec: GATHER.subsec_nanos().into() };
        // If that fails, events have no time to gather, and no harm is done.
        let _ = poll(&mut [PollFd::new(&self.pipe, PollFlags::empty())], Some(&timeout));
    }
}

impl<O: AsFd> Read for WatchedPipe<'_, O> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.last_read.is_some_and(|last| last.elapsed() < GATHER) {
            self.let_gather();
        }
        loop {
            // Nothing is asked of the output, so poll reports only errors there: its reader is
            // gone.
            let mut fds = [
                PollFd::new(&self.pipe, PollFlags::IN),
                PollFd::new(&self.output, PollFlags::empty()),
                PollFd::new(&self.pipe, PollFlags::IN),
            ];
            if let Some(interrupt) = &self.interrupt {
                fds[2] = PollFd::new(interrupt, PollFlags::IN);
            }
            let count = 2 + usize::from(self.interrupt.is_some());
            let timeout = self.patience.map(|it| if self.is_silent { AGAIN } else { it });
            let timeout = timeout.and_then(|it| Timespec::try_from(it).ok());
            match poll(&mut fds[..count], timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                Ok(0) => {
                    self.is_silent = true;
                    return Err(io::ErrorKind::TimedOut.into());
                }
                polled => polled?,
            };
            self.is_silent = false;
            let gone = PollFlags::ERR | PollFlags::HUP;
            let is_interrupted = count > 2 && fds[2].revents().contains(PollFlags::IN);
            if fds[1].revents().intersects(gone) || is_interrupted {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let length = self.pipe.read(buffer)?;
            // A full buffer means that writers may be waiting.
            self.last_read = (length < buffer.len()).then(Instant::now);
            return Ok(length);
        }
    }
}

/// A line of the log, with its newline if it has one. Someone may have written half a line in
/// between: an event is one write, so it stands whole behind that half.
fn see_line(line: &[u8], own: Vocabulary, see: &mut impl FnMut(Entry) -> Result<()>) -> Result<()> {
    let start = line
        .windows(EVENT_START.len())
        .position(|bytes| bytes == EVENT_START)
        .unwrap_or(line.len());
    let (foreign, event) = line.split_at(start);
    let Ok(text) = str::from_utf8(event).map(|text| text.trim_end_matches('\n')) else {
        return see(Entry::Foreign(line));
    };
    let Ok(record) = Record::read(text, own) else {
        return see(Entry::Foreign(line));
    };
    if !foreign.is_empty() {
        see(Entry::Foreign(foreign))?;
    }
    see(Entry::Event(record))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(log: &str) -> Vec<String> {
        let (reader, mut writer) = os_pipe::pipe().expect("a pipe");
        writer.write_all(log.as_bytes()).expect("fits the pipe");
        drop(writer);
        let mut seen = Vec::new();
        LogReader::new(reader)
            .for_each(io::stdout(), None, None, Vocabulary::default(), |entry| {
                seen.push(match entry {
                    Entry::Event(record) => {
                        format!("event {} of {}", record.event.name(), record.pid)
                    }
                    Entry::Foreign(bytes) => format!("foreign {:?}", str::from_utf8(bytes)?),
                    Entry::Silence => "silence".to_owned(),
                });
                Ok(())
            })
            .expect("a readable log");
        seen
    }

    #[test]
    fn what_is_not_an_event_is_handed_on_as_it_is() {
        let event = r#"{"v":2,"t":0.5,"pid":7,"role":"child","event":"empty"}"#;
        let log = format!(
            "thread panicked\n{event}\nhalf a line{event}\n{{\"v\":2,\"t\":oops\nno newline"
        );
        assert_eq!(
            read(&log),
            [
                "foreign \"thread panicked\\n\"",
                "event empty of 7",
                "foreign \"half a line\"",
                "event empty of 7",
                "foreign \"{\\\"v\\\":2,\\\"t\\\":oops\\n\"",
                "foreign \"no newline\"",
            ]
        );
    }

    #[test]
    fn an_event_inside_a_value_is_not_an_event() {
        let event =
            r#"{"v":2,"t":0.5,"pid":7,"role":"w","event":"put","value":{"v":2,"t":0},"line":"x"}"#;
        assert_eq!(read(&format!("{event}\n")), ["event put of 7"]);
    }
}
