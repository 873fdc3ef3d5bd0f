//! A program of the user's, which knows nothing of mp-demo. A process of ours, the go-between,
//! starts it, stands between it and a queue or pipe, and ends when it has ended. The program dies
//! with the go-between, which adopts everything that the program's own children leave behind
//! (prctl(2), PR_SET_CHILD_SUBREAPER), and ends that: see [`guards`](super::guards).

mod exec;
mod running;
mod unflushed;

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::SigmaskHow;
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::PollFlags;
use rustix::pipe::fcntl_setpipe_size;
use rustix::process::{Pid, getpgid};
use serde::Serialize;
use serde_json::Value;

use super::context::Context;
use super::current_process::CurrentProcess;
use super::guards::become_first;
use super::interruption::Interruption;
use super::logs::Logs as _;
use super::new_process::IntoProcess as _;
use super::queue::GetEnd;
use crate::arguments::{CommandArg, ValueArg, seconds};
use crate::events::{Because as _, Event, Log, Named, Reason, Status, Stream};
use crate::evidence::Fill;
use running::Running;

pub use exec::Exec;

/// A program of the user's that was started, and the ends of its stdin and stdout.
pub struct Program {
    running: Running,
    stdin: Option<PipeWriter>,
    stdout: Option<BufReader<PipeReader>>,
    /// The write end that becomes the program's stderr. The program opens it by its path in /proc,
    /// so it is kept open until the program has ended.
    stderr: PipeWriter,
    /// Threads that log what the program writes to streams without values.
    tellers: Vec<JoinHandle<()>>,
    lines: u64,
    /// What it was handed last, until it has read that. Its stdin is closed if that didn't go.
    handed: Option<Value>,
}

/// A go-between's options: the program that it starts, and the patience.
#[derive(clap::Args, Serialize)]
pub struct ProgramArgs {
    /// The command: a value is a line that it writes or reads; JSON, or else a string
    #[arg(long)]
    pub(super) command: CommandArg,
    /// After how many seconds in which it does nothing to say so
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) patience: Option<f64>,
}

/// Which of a program's streams carry values. What the program writes to its other streams is shown
/// line by line.
#[derive(Clone, Copy)]
pub struct ProgramStreams {
    /// The program gets values on stdin. Otherwise its stdin is empty.
    pub stdin: bool,
    /// The program writes values to stdout.
    pub stdout: bool,
}

impl ProgramArgs {
    pub fn new(command: &CommandArg, mp: &Context) -> ProgramArgs {
        let patience = mp.patience().map(|patience| patience.as_secs_f64());
        ProgramArgs { command: command.clone(), patience }
    }
}

impl Program {
    /// Starts a command as a child of this process. If the program does nothing for as long as the
    /// patience, although it should, that is logged. A program that doesn't exist shows later, by
    /// its exit status.
    #[track_caller]
    pub fn start(
        process: &mut CurrentProcess,
        args: &ProgramArgs,
        streams: ProgramStreams,
    ) -> Result<Program> {
        let ProgramArgs { command, patience } = args;
        let mp = process.context()?;
        mp.passes_sigterm_on()?;
        let parent = process.parent();
        let signals = parent.map(become_first).transpose()?;
        let role = format!("{}-command", process.log().role());
        let open = || os_pipe::pipe().because(|| Reason::CannotOpenPipe {});
        let (says, stderr) = open()?;
        let group = parent.and_then(|pid| getpgid(Pid::from_raw(pid as i32)).ok());
        let exec = Exec {
            group: group.map(|group| group.as_raw_pid()),
            stderr: Some(format!("/proc/{}/fd/{}", process.pid(), stderr.as_raw_fd())),
            words: command.words(),
        };
        let (prints, stdout) = open()?;
        let new = exec.becomes_command(command.text().to_owned());
        let mut new = new.writes_to(stdout);
        let mut stdin = None;
        if streams.stdin {
            let (reads, end) = open()?;
            // The smallest pipe holds one write. So poll(2) reports room only when the program has
            // read all, and no value is got for a program that has not read the last one. Where the
            // size is refused, more values wait in the pipe.
            let _ = fcntl_setpipe_size(&end, 1);
            new = new.reads_from(reads);
            stdin = Some(end);
        }
        // The command inherits the signal mask that this process had before it became a guard.
        let held_back = signals.map(|signals| signals.thread_swap_mask(SigmaskHow::SIG_SETMASK));
        let started = mp.start(&role, new)?;
        held_back.transpose()?.map(|signals| signals.thread_set_mask()).transpose()?;
        let its_stdout = Fill::at(&prints).map(|fill| fill.inode);
        // A program whose stdout carries values counts as having printed.
        let has_printed = Arc::new(AtomicBool::new(streams.stdout));
        let pid = started.pid();
        let teller = |pipe: PipeReader, stream: Stream| {
            let role = role.clone();
            let name: &str = stream.into();
            let has_said = match stream {
                Stream::Stdout => Arc::clone(&has_printed),
                Stream::Stdin | Stream::Stderr => Arc::default(),
            };
            let told = process.start_thread(name.to_owned(), move |log| {
                tell(log, pipe, pid, &role, stream, &has_said);
            });
            told.because(|| Reason::CannotStartOwnThread {})
        };
        let begin = || {
            let mut tellers = vec![teller(says, Stream::Stderr)?];
            let values = match streams.stdout {
                true => Some(BufReader::new(prints)),
                false => {
                    tellers.push(teller(prints, Stream::Stdout)?);
                    None
                }
            };
            Ok((tellers, values))
        };
        let (tellers, values) = match begin() {
            Ok(told) => told,
            Err(error) => {
                mp.end(Err(error), Interruption::CommandFailed)?;
                bail!(Interruption::CommandFailed);
            }
        };
        let running = Running {
            mp,
            process: started,
            command: command.text().to_owned(),
            // A patience that is too long for the system has no end.
            patience: patience.and_then(|it| Duration::try_from_secs_f64(it).ok()),
            has_read: false,
            has_written: false,
            unfinished: 0,
            stdout: its_stdout,
            has_printed: Arc::clone(&has_printed),
        };
        Ok(Program { running, stdin, stdout: values, stderr, tellers, lines: 0, handed: None })
    }

    pub fn pid(&self) -> u32 {
        self.running.process.pid()
    }

    pub fn named(&self) -> Named {
        self.running.named()
    }

    pub fn line_name(&self) -> Reason {
        Reason::InLine { program: self.named(), line: self.lines }
    }

    /// Whether the program has failed, or does within a moment.
    pub fn has_failed(&self) -> Result<bool> {
        self.running.has_failed()
    }

    pub fn status(&self) -> Option<Status> {
        self.running.status()
    }

    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The next value that the program writes to stdout: a line, JSON or else a string; nothing at
    /// EOF. It is an error if the line is longer than `longest` bytes, or if the program has ended
    /// and a child of it holds its stdout open and writes nothing.
    #[track_caller]
    pub fn next_value(&mut self, longest: usize) -> Result<Option<ValueArg>> {
        let Some(line) = self.next_line(longest)? else {
            return Ok(None);
        };
        line.parse().because(|| self.line_name()).map(Some)
    }

    /// The next line that the program writes to stdout, without its newline, which the last line
    /// may lack; nothing at EOF.
    #[track_caller]
    fn next_line(&mut self, longest: usize) -> Result<Option<String>> {
        let mut line = Vec::new();
        let Some(stdout) = &mut self.stdout else { return Ok(None) };
        while !line.ends_with(b"\n") {
            if stdout.buffer().is_empty() {
                self.running.unfinished = line.len();
                let out = stdout.get_ref();
                self.running.until_ready(out, PollFlags::IN, Stream::Stdout)?;
                match stdout.fill_buf() {
                    Ok([]) => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read.map(drop).because(|| {
                        let program = self.running.named();
                        Reason::CannotReadFrom { program }
                    })?,
                }
            }
            let read_ahead = stdout.buffer().len() as u64;
            stdout.take(read_ahead).read_until(b'\n', &mut line)?;
            if line.len() > longest {
                let (program, line) = (self.running.named(), self.lines + 1);
                bail!(Reason::OverlongLine { program, line, limit: longest as u64 });
            }
        }
        let is_whole = line.ends_with(b"\n");
        // Half a line of a killed program is no value.
        if line.is_empty() || (!is_whole && self.running.has_failed()?) {
            return Ok(None);
        }
        self.lines += 1;
        if is_whole {
            line.pop();
            line.pop_if(|byte| *byte == b'\r');
        }
        let line = String::from_utf8(line)
            .map_err(|_| Reason::NotUtf8 { program: self.running.named(), line: self.lines });
        Ok(Some(line?))
    }

    /// Writes a value to the program's stdin, as a line of JSON.
    pub fn write(&mut self, value: &Value) -> Result<()> {
        self.handed = Some(value.clone());
        let Some(stdin) = &mut self.stdin else { return Ok(()) };
        let mut line = Vec::new();
        super::messages::encode(value, &mut line)?;
        match stdin.write_all(&line) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.close_stdin();
                Err(self.running.gone())
            }
            written => written.because(|| Reason::CannotWriteTo { program: self.running.named() }),
        }
    }

    /// Waits until the program has read everything that was written to its stdin; then it may close
    /// its stdin.
    #[track_caller]
    pub fn until_it_has_read(&mut self) -> Result<()> {
        let Some(stdin) = &self.stdin else { return Ok(()) };
        let ready = self.running.until_ready(stdin, PollFlags::OUT, Stream::Stdin)?;
        let is_unread = Fill::at(stdin).is_some_and(|fill| fill.bytes > 0);
        match ready.contains(PollFlags::ERR) && is_unread {
            true => Err(self.running.gone()),
            false => {
                self.handed = None;
                Ok(())
            }
        }
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    #[track_caller]
    pub fn join(&mut self) -> Result<()> {
        self.close_stdin();
        if self.stdout.is_some() {
            self.running.tell_if_it_lives_on()?;
        }
        self.running.process.join()
    }

    /// A queue's end that also watches for this program's end while it waits.
    pub fn watches(&self, queue: GetEnd) -> GetEnd {
        queue.watched(Arc::clone(self.running.mp.parent()))
    }

    /// Ends what is left of the program after this process has done its own part with this
    /// `result`. After success the program has ended by itself. All that the program has written is
    /// logged. Returns `result`, or [`Interruption::CommandFailed`].
    pub fn end(self, result: Result<()>) -> Result<()> {
        let Program { running, stdin, stdout, stderr, tellers, lines: _, handed } = self;
        let is_terminated =
            result.as_ref().err().and_then(Interruption::of) == Some(Interruption::Terminated);
        let is_unread = || stdin.as_ref().and_then(Fill::at).is_none_or(|it| it.bytes > 0);
        if is_terminated && handed.is_some() && is_unread() {
            // If logging fails here, the log has no reader any more.
            let unread = Reason::TerminatedUnread { program: running.named() };
            let _ = running.tell(Stream::Stdin, unread);
        }
        let result = match is_terminated {
            true => running.process.join().and(result),
            false => result,
        };
        let parent = Arc::clone(running.mp.parent());
        let (child, child_role) = (running.process.pid(), running.process.role().to_owned());
        let result = running.mp.end(result, Interruption::CommandFailed);
        if let Some(value) = handed.filter(|_| is_unread()).map(Cow::Owned) {
            let _ = parent.log.write(Event::Unread { child, child_role: child_role.into(), value });
        }
        // The program has ended, so closing its pipes can't kill it by SIGPIPE.
        drop((stdin, stdout, stderr));
        for teller in tellers {
            // The thread doesn't panic, and returns nothing.
            let _ = teller.join();
        }
        result
    }
}

/// The longest line that is logged whole, in bytes. A longer line may have no end, and is logged in
/// pieces.
const LONGEST_SHOWN: u64 = 1 << 24;

/// Logs what a program writes, line by line, until the pipe's end.
fn tell(
    log: &Log,
    pipe: PipeReader,
    child: u32,
    child_role: &str,
    stream: Stream,
    has_said: &AtomicBool,
) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = (&mut pipe).take(LONGEST_SHOWN).read_until(b'\n', &mut line);
        if !length.is_ok_and(|length| length > 0) {
            return;
        }
        has_said.store(true, Ordering::Relaxed);
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line));
        let event =
            Event::Output { child, child_role: child_role.into(), stream, text: (&*text).into() };
        // If that fails, the log has no reader any more.
        if log.write_with_line(event, (stream == Stream::Stdout).then_some(&*text)).is_err() {
            return;
        }
    }
}
