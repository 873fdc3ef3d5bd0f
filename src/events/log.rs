//! The log of a run, as its writers see it: every process writes its events to the same pipe, each
//! as one JSON object on a line of its own. The order in which the kernel takes these writes is the
//! order of the run, in every view.

use std::borrow::Cow;
use std::io::{self, Write};
use std::panic::Location;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use os_pipe::PipeWriter;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use super::event::Event;
use super::parts;
use super::reader::LogReader;
use super::record::{At, VERSION};
use crate::both;
use crate::os::streams::stderr;
use crate::words::plain::{on_its_lines, on_one_line};

/// A run's clock: the system's monotonic clock, the same for all processes of the machine, counted
/// from the moment when the run began: `epoch`, in microseconds.
#[derive(Clone, Copy)]
pub struct Clock {
    pub epoch: u64,
}

impl Clock {
    fn start() -> Clock {
        Clock { epoch: monotonic_micros() }
    }

    fn seconds(self) -> f64 {
        monotonic_micros().saturating_sub(self.epoch) as f64 / 1e6
    }
}

/// Now, by the system's monotonic clock.
pub(crate) fn monotonic_micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1_000
}

/// The writer of an event: its first fields.
#[derive(Clone, Serialize)]
pub struct Who<'a> {
    pub pid: u32,
    /// The part that the process plays: `parent`, `writer`, `reader-2`.
    pub role: Cow<'a, str>,
    /// The thread's name, where it is not the main thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Cow<'a, str>>,
}

/// Writes the events of one process, or of one of its threads.
#[derive(Clone)]
pub struct Log {
    form: Form,
    who: Who<'static>,
    clock: Clock,
}

#[derive(Clone)]
enum Form {
    /// The parent: events to the log's pipe.
    Pipe(Arc<PipeWriter>),
    /// A child: events to stderr, which is the log's pipe.
    Stderr,
    /// A child that a person started in a shell: the article's lines to stderr.
    Lines,
}

/// A line of the log.
#[derive(Serialize)]
pub struct Logged<'a> {
    pub v: u32,
    pub t: f64,
    #[serde(flatten)]
    pub who: &'a Who<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<&'a At<'a>>,
    #[serde(flatten)]
    pub event: &'a Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<&'a str>,
}

impl Log {
    /// Opens a run's log: the parent's end for writing, and the end for reading.
    pub fn open() -> Result<(Log, LogReader)> {
        let (reader, writer) = os_pipe::pipe()
            .with_context(|| both!("cannot open the pipe for the log", "无法打开日志的管道"))?;
        let log = Log::new(Form::Pipe(Arc::new(writer)), "parent".into(), Clock::start());
        Ok((log, LogReader { pipe: reader }))
    }

    fn new(form: Form, role: String, clock: Clock) -> Log {
        Log { form, who: Who { pid: std::process::id(), role: role.into(), thread: None }, clock }
    }

    /// Writes the run's first event, from which time counts. The log's reader has to run already:
    /// the event has all of the lesson's values, which may be more than the pipe holds.
    pub fn begin(&mut self, first: &Event) -> Result<()> {
        self.clock = Clock::start();
        self.write_at(0.0, first, None, None)
    }

    /// The log of a child, on stderr. With an epoch, the child belongs to a run and writes events;
    /// without one, a person has started it, and it prints the article's lines.
    pub fn of_child(role: String, epoch: Option<u64>) -> Log {
        match epoch {
            Some(epoch) => Log::new(Form::Stderr, role, Clock { epoch }),
            None => Log::new(Form::Lines, role, Clock::start()),
        }
    }

    /// The same log for a thread of this process.
    pub fn in_thread(&self, name: String) -> Log {
        let mut log = self.clone();
        log.who.thread = Some(name.into());
        log
    }

    /// The PID of the process that writes to this log.
    pub fn pid(&self) -> u32 {
        self.who.pid
    }

    pub fn role(&self) -> &str {
        &self.who.role
    }

    /// Seconds since the run's first event, by the clock that all processes of a run share.
    pub fn seconds(&self) -> f64 {
        self.clock.seconds()
    }

    /// The epoch for a child that writes events to the same log. Nothing in a process that a person
    /// started in a shell: its children write lines, as it does.
    pub fn epoch_for_child(&self) -> Option<u64> {
        (!matches!(self.form, Form::Lines)).then_some(self.clock.epoch)
    }

    /// The log's pipe, to become the stderr of a child.
    pub fn try_clone_pipe(&self) -> io::Result<PipeWriter> {
        match &self.form {
            Form::Pipe(pipe) => pipe.try_clone(),
            Form::Stderr | Form::Lines => os_pipe::dup_stderr(),
        }
    }

    /// Writes one event. The log has the whole event when this returns.
    #[track_caller]
    pub fn write(&self, event: Event) -> Result<()> {
        self.write_with_line(event, None)
    }

    /// Writes one event with the line that the article's program prints there, without its newline.
    #[track_caller]
    pub fn write_with_line(&self, event: Event, line: Option<&str>) -> Result<()> {
        let at = At::of(Location::caller());
        self.write_at(self.clock.seconds(), &event, line, at)
    }

    fn write_at(&self, t: f64, event: &Event, line: Option<&str>, at: Option<At>) -> Result<()> {
        let logged = Logged { v: VERSION, t, who: &self.who, at: at.as_ref(), event, line };
        let written = match &self.form {
            Form::Pipe(pipe) => self.write_json(&mut pipe.as_ref(), &logged),
            Form::Stderr => self.write_json(&mut stderr(), &logged),
            Form::Lines => self.write_line(event, line),
        };
        written.with_context(|| both!("cannot write to the run's log", "无法写入本次运行的日志"))
    }

    fn write_line(&self, event: &Event, line: Option<&str>) -> io::Result<()> {
        let mut stderr = stderr();
        let text = match (line, event.sentence()) {
            (Some(line), _) if stderr.is_terminal() => on_its_lines(line),
            (Some(line), _) => line.into(),
            (None, Some(said)) => format!("mp-demo: {}", on_one_line(&said)).into(),
            (None, None) => return Ok(()),
        };
        stderr.write_all(format!("{text}\n").as_bytes())
    }

    fn write_json(&self, out: &mut impl Write, logged: &Logged) -> io::Result<()> {
        let mut text = serde_json::to_vec(logged)?;
        text.push(b'\n');
        // One write per event: the kernel keeps a write of up to PIPE_BUF bytes in one piece.
        for part in parts::split(&text, self.who.pid, self.who.thread.as_deref()) {
            out.write_all(&part)?;
        }
        Ok(())
    }
}
