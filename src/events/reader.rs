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
use super::parts::Joiner;
use super::record::Record;
use crate::both;

/// The bytes that every event begins with.
const EVENT_START: &[u8] = b"{\"v\":2,\"t\":";

/// What stands in a log.
// An entry lives for one call; to box each event would cost an allocation for every one.
#[allow(clippy::large_enum_variant)]
pub enum Entry<'a> {
    Event(Record<'a>),
    /// Bytes that are not an event and came from a child's stderr: a panic message, say.
    Foreign(&'a [u8]),
    /// Nothing has come for as long as the patience.
    Silence,
}

pub struct LogReader {
    pub(super) pipe: PipeReader,
}

impl LogReader {
    /// Hands each entry to `see`, in the log's order, until the last process of the run has closed
    /// the log. If there is a `patience`, and nothing comes for so long, it hands over
    /// [`Entry::Silence`], and again every half second until something comes. `own` are the events
    /// of the run's lesson.
    ///
    /// # Errors
    /// An `io::Error` of the kind `BrokenPipe` when nobody reads `output` any more, whether
    /// anything is written to it or not, or when there is something to read from `interrupt`.
    pub fn for_each(
        self,
        output: impl AsFd,
        interrupt: Option<BorrowedFd>,
        patience: Option<Duration>,
        own: Vocabulary,
        mut see: impl FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        let (pipe, last_read, is_silent) = (self.pipe, None, false);
        let source = WatchedPipe { pipe, output, interrupt, last_read, patience, is_silent };
        // As much as a pipe holds on Linux (pipe(7)).
        let mut input = BufReader::with_capacity(1 << 16, source);
        let mut parts = Joiner::default();
        let mut line = Vec::new();
        loop {
            match input.read_until(b'\n', &mut line) {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    see(Entry::Silence)?;
                    continue;
                }
                read => read.map(drop).with_context(|| {
                    both!("cannot read the run's log", "无法读取本次运行的日志")
                })?,
            }
            if line.is_empty() {
                // A process that was killed while it wrote leaves parts without a last one: that
                // event was never complete.
                return Ok(());
            }
            match parts.take(line.strip_suffix(b"\n").unwrap_or(&line)) {
                Some(Cow::Owned(event)) => see_line(&event, own, &mut see)?,
                Some(Cow::Borrowed(_)) => see_line(&line, own, &mut see)?,
                None => {}
            }
            line.clear();
        }
    }
}

/// How long the reader lets events gather when they come in quick succession. Waking a reader costs
/// the writer more than the write itself: without this pause, starting and joining a process took
/// 60 microseconds longer, of 800.
const GATHER: Duration = Duration::from_millis(1);

/// The log's pipe, watched together with the output.
struct WatchedPipe<'a, O> {
    pipe: PipeReader,
    output: O,
    interrupt: Option<BorrowedFd<'a>>,
    last_read: Option<Instant>,
    patience: Option<Duration>,
    is_silent: bool,
}

impl<O: AsFd> Read for WatchedPipe<'_, O> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.last_read.is_some_and(|last| last.elapsed() < GATHER) {
            // The pause ends early when the last writer is gone: with no events asked for, poll
            // reports nothing but a hang-up. Otherwise a short run would last almost twice as long
            // (4.0 ms instead of 2.4). If poll fails, events don't gather, and no harm is done.
            let timeout = Timespec { tv_sec: 0, tv_nsec: GATHER.subsec_nanos().into() };
            let _ = poll(&mut [PollFd::new(&self.pipe, PollFlags::empty())], Some(&timeout));
        }
        loop {
            // With no events asked for, poll reports only errors of the output: its reader is gone.
            let mut fds = vec![
                PollFd::new(&self.pipe, PollFlags::IN),
                PollFd::new(&self.output, PollFlags::empty()),
            ];
            fds.extend(self.interrupt.iter().map(|it| PollFd::new(it, PollFlags::IN)));
            let again = Duration::from_millis(500);
            let timeout = self.patience.map(|it| if self.is_silent { again } else { it });
            let timeout = timeout.and_then(|it| Timespec::try_from(it).ok());
            self.is_silent = match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                polled => polled? == 0,
            };
            if self.is_silent {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let gone = PollFlags::ERR | PollFlags::HUP;
            let is_interrupted = fds.get(2).is_some_and(|it| it.revents().contains(PollFlags::IN));
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
    let start = line.windows(EVENT_START.len()).position(|bytes| bytes == EVENT_START);
    let (foreign, event) = line.split_at(start.unwrap_or(line.len()));
    let text = str::from_utf8(event).unwrap_or_default();
    let Ok(record) = Record::read(text.trim_end_matches('\n'), own) else {
        return see(Entry::Foreign(line));
    };
    if !foreign.is_empty() {
        see(Entry::Foreign(foreign))?;
    }
    see(Entry::Event(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_event_is_handed_on_as_it_is() {
        let event = r#"{"v":2,"t":0.5,"pid":7,"role":"w","event":"put","value":{"v":2,"t":0}}"#;
        let mut seen = String::new();
        for line in [
            "thread panicked\n",
            &format!("{event}\n"),
            &format!("half a line{event}\n"),
            "{\"v\":2,\"t\":oops\n",
            "no newline",
        ] {
            let see = &mut |entry: Entry| {
                seen += &match entry {
                    Entry::Event(record) => format!("event {}\n", record.event.name()),
                    Entry::Foreign(bytes) => format!("foreign {:?}\n", str::from_utf8(bytes)?),
                    Entry::Silence => "silence\n".into(),
                };
                Ok(())
            };
            see_line(line.as_bytes(), Vocabulary::default(), see).expect("nothing fails here");
        }
        let expected = [
            r#"foreign "thread panicked\n""#,
            "event put",
            r#"foreign "half a line""#,
            "event put",
            r#"foreign "{\"v\":2,\"t\":oops\n""#,
            r#"foreign "no newline""#,
        ];
        assert_eq!(seen.lines().collect::<Vec<_>>(), expected);
    }
}
