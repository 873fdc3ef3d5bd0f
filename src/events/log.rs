//! The log of a run, as its writers see it.
//!
//! Every process of a run writes its events to the same pipe, each event as one JSON object on a
//! line of its own. The order in which the kernel takes these writes is the order of the run, for
//! everyone.

use std::io::{self, Write};
use std::panic::Location;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use os_pipe::PipeWriter;
use serde::Serialize;

use super::clock::Clock;
use super::event::Event;
use super::parts;
use super::reader::LogReader;
use super::record::VERSION;
use super::who::{At, Who};
use crate::both;
use crate::os::streams::stderr;
use crate::words::plain::{on_its_lines, on_one_line};

/// Writes the events of one process, or of one of its threads.
#[derive(Clone)]
pub struct Log {
    form: Form,
    who: Who,
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

#[derive(Serialize)]
struct Logged<'a> {
    v: u32,
    t: f64,
    #[serde(flatten)]
    who: &'a Who,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<At<'static>>,
    #[serde(flatten)]
    event: &'a Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<&'a str>,
}

impl Log {
    /// Opens a run's log: the end for writing of its first process, which has this role, and the
    /// end for reading.
    pub fn open(role: &str) -> Result<(Log, LogReader)> {
        let (reader, writer) = os_pipe::pipe()
            .with_context(|| both!("cannot open the pipe for the log", "无法打开日志的管道"))?;
        let log = Log {
            form: Form::Pipe(Arc::new(writer)),
            who: Who::this_process(role),
            clock: Clock::start(),
        };
        Ok((log, LogReader::new(reader)))
    }

    /// Writes the run's first event, from which time counts. Somebody has to be reading the log by
    /// now: the event has all of the lesson's values, and they may be more than the pipe holds.
    pub fn begin(&mut self, first: &Event) -> Result<()> {
        self.clock = Clock::start();
        self.write_at(0.0, first, None, None).with_context(cannot_write)
    }

    /// The log of a child of a run. Its stderr is the log's pipe.
    pub fn of_child(role: String, clock: Clock) -> Log {
        Log::on_stderr(Form::Stderr, role, clock)
    }

    /// The log of a child that was started by hand: the article's lines on stderr, for a person.
    pub fn by_hand(role: String) -> Log {
        Log::on_stderr(Form::Lines, role, Clock::start())
    }

    fn on_stderr(form: Form, role: String, clock: Clock) -> Log {
        let who = Who::this_process(role);
        Log { form, who, clock }
    }

    /// The same log for a thread of this process.
    pub fn in_thread(&self, name: String) -> Log {
        let mut log = self.clone();
        log.who.thread = Some(name);
        log
    }

    /// The PID of the process whose events it takes.
    pub fn pid(&self) -> u32 {
        self.who.pid
    }

    /// The role of that process.
    pub fn role(&self) -> &str {
        &self.who.role
    }

    /// Seconds since the run's first event, by the clock that all processes of a run share.
    pub fn seconds(&self) -> f64 {
        self.clock.seconds()
    }

    /// The clock for a child that writes events to the same log. None for the children of a process
    /// that a person started in a shell: like it, they write lines.
    pub fn clock_for_child(&self) -> Option<Clock> {
        match self.form {
            Form::Pipe(_) | Form::Stderr => Some(self.clock),
            Form::Lines => None,
        }
    }

    /// What becomes the stderr of a child.
    pub fn try_clone_pipe(&self) -> io::Result<PipeWriter> {
        match &self.form {
            Form::Pipe(pipe) => pipe.try_clone(),
            Form::Stderr | Form::Lines => os_pipe::dup_stderr(),
        }
    }

    /// Writes one event. It stands in the log, whole, when this returns.
    #[track_caller]
    pub fn write(&self, event: Event) -> Result<()> {
        let at = Location::caller();
        self.write_at(self.clock.seconds(), &event, None, Some(at)).with_context(cannot_write)
    }

    /// The same for an event at which the article's program prints this line, without its newline.
    #[track_caller]
    pub fn write_with_line(&self, event: Event, line: &str) -> Result<()> {
        let at = Location::caller();
        self.write_at(self.clock.seconds(), &event, Some(line), Some(at)).with_context(cannot_write)
    }

    fn write_at(
        &self,
        t: f64,
        event: &Event,
        line: Option<&str>,
        call: Option<&'static Location>,
    ) -> io::Result<()> {
        let at = call.and_then(At::of);
        let logged = Logged { v: VERSION, t, who: &self.who, at, event, line };
        match &self.form {
            Form::Pipe(pipe) => self.write_json(&mut pipe.as_ref(), &logged),
            Form::Stderr => self.write_json(&mut stderr(), &logged),
            Form::Lines => {
                let mut stderr = stderr();
                let text = match (line, event.sentence()) {
                    (Some(line), _) if stderr.is_terminal() => on_its_lines(line),
                    (Some(line), _) => line.into(),
                    (None, Some(said)) => format!("mp-demo: {}", on_one_line(&said)).into(),
                    (None, None) => return Ok(()),
                };
                stderr.write_all(format!("{text}\n").as_bytes())
            }
        }
    }

    fn write_json(&self, out: &mut impl Write, logged: &Logged) -> io::Result<()> {
        let mut text = serde_json::to_vec(logged)?;
        text.push(b'\n');
        // One write per event: the kernel keeps a write of up to PIPE_BUF bytes in one piece.
        for part in parts::split(&text, &self.who) {
            out.write_all(&part)?;
        }
        Ok(())
    }
}

fn cannot_write() -> String {
    both!("cannot write to the run's log", "无法写入本次运行的日志")
}
