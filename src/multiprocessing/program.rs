//! A program of the user's, which knows nothing of mp-demo: one process of ours starts it, stands between it and a queue
//! or pipe, and ends when it has ended.
//!
//! It dies with that process, which gets everything that the program's own children leave behind (prctl(2),
//! PR_SET_CHILD_SUBREAPER), and ends that.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pipe::fcntl_setpipe_size;
use rustix::stdio::dup2_stderr;
use serde::Serialize;

use super::context::Context;
use super::current_process::CurrentProcess;
use super::logs::Logs as _;
use super::new_process::NewProcess;
use super::over::{CommandFailed, Terminated};
use super::process::Process;
use super::queue::GetEnd;
use super::target::Target;
use super::unflushed;
use crate::arguments::CommandArg;
use crate::both;
use crate::errors::io_error;
use crate::events::{Call, Event, Log, Status, Stream, named};
use crate::evidence::{Fill, Sight};

/// How long the end of a pipe may stay silent when the program that had it has ended, and a child of it still has it.
const GRACE: Duration = Duration::from_secs(1);

/// After how many times the patience a program is given up that reads nothing and does nothing.
const GIVEN_UP: u32 = 5;

/// A longer line of what a program says is shown in pieces: it may have no end. In bytes.
const LONGEST_SHOWN: u64 = 1 << 24;

/// A program of the user's that was started, and the ends of its stdin and stdout.
pub struct Program {
    running: Running,
    stdin: Option<PipeWriter>,
    stdout: Option<BufReader<PipeReader>>,
    /// Its stderr, until it has ended: it opens this end by itself.
    stderr: PipeWriter,
    /// They tell what it says.
    tellers: Vec<JoinHandle<()>>,
    /// How many lines it has written.
    lines: u64,
}

/// Which of a program's streams carry values. What it writes to the others is shown line by line.
#[derive(Clone, Copy)]
pub struct ProgramStreams {
    /// It is given values on stdin. Otherwise there is nothing.
    pub stdin: bool,
    /// It writes values to stdout.
    pub stdout: bool,
}

/// The process, and how one waits for it.
struct Running {
    mp: Context,
    process: Process,
    command: String,
    patience: Option<Duration>,
    /// It has read something: so it does.
    has_read: bool,
    /// Likewise.
    has_written: bool,
    /// How many bytes of a line have come without its end.
    unfinished: usize,
}

/// A wait for a program that does nothing.
struct Idle {
    begin: Instant,
    patience: Option<Duration>,
    /// How it was seen when that was told last.
    seen: Option<Sight>,
    /// When one looks at it next, as so many times the patience.
    times: u32,
}

impl Idle {
    fn begin(patience: Option<Duration>) -> Idle {
        Idle {
            begin: Instant::now(),
            patience,
            seen: None,
            times: 1,
        }
    }

    /// For how long nobody looks at it; nothing for ever.
    fn timeout(&self) -> Option<Duration> {
        let until = self.patience?.checked_mul(self.times)?;
        Some(until.saturating_sub(self.begin.elapsed()))
    }

    /// How many seconds it has done nothing for. It is looked at again when so many have become five times as many.
    fn seconds(&mut self) -> f64 {
        let seconds = self.patience.unwrap_or_default() * self.times;
        self.times = if self.times == 1 {
            GIVEN_UP
        } else {
            self.times * 2
        };
        seconds.as_secs_f64()
    }

    /// Nobody looks at it any more.
    fn is_over(&mut self) {
        self.patience = None;
    }
}

/// A command of the user's: becomes that program
#[derive(clap::Args, Serialize)]
pub struct Exec {
    /// What becomes its stderr
    #[arg(long, value_name = "FILE")]
    stderr: Option<String>,
    /// The program and its arguments
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
}

impl Target for Exec {
    const NAME: &'static str = "exec";

    /// By now this process dies with its parent, and so does the program that it becomes: what was asked for by
    /// PR_SET_PDEATHSIG survives execve(2).
    fn run(self, _: CurrentProcess) -> Result<()> {
        let [program, arguments @ ..] = &self.words[..] else {
            return Ok(());
        };
        let cannot_run = || both!("cannot run `{program}`", "无法运行 `{program}`");
        let mut command = Command::new(program);
        command.args(arguments);
        // Its own stderr is the log, and this program is not to write there.
        let log = os_pipe::dup_stderr()?;
        if let Some(stderr) = &self.stderr {
            let stderr = File::options().write(true).open(stderr);
            command.stderr(stderr.with_context(cannot_run)?);
        }
        let error = command.exec();
        dup2_stderr(&log)?;
        let kind = error.kind();
        let error = io_error(&error);
        bail!(match (kind, program.contains('/')) {
            (io::ErrorKind::NotFound, false) if Path::new(program).is_file() => both!(
                "no folder in PATH has `{program}`; the one in this folder is ./{program}",
                "PATH 里的目录都没有 `{program}`；当前目录里的要写成 ./{program}"
            ),
            (io::ErrorKind::NotFound, false) => both!(
                "no folder in PATH has `{program}`",
                "PATH 里的目录都没有 `{program}`"
            ),
            (io::ErrorKind::NotFound, true) => both!(
                "there is no `{program}`, or the interpreter in its first line is missing",
                "没有 `{program}`，或者缺少其第一行指定的解释器"
            ),
            (io::ErrorKind::PermissionDenied, true) if Path::new(program).is_file() => both!(
                "cannot run `{program}`: {error}; `chmod +x` makes it a program, or put its interpreter before it",
                "无法运行 `{program}`：{error}；可以用 `chmod +x` 把它变成程序，或者在前面写上它的解释器"
            ),
            _ => both!(
                "cannot run `{program}`: {error}",
                "无法运行 `{program}`：{error}"
            ),
        });
    }
}

impl Program {
    /// Starts a command as a child of this process. When it does nothing for `patience` seconds, although it should, the log
    /// is told, once.
    ///
    /// # Errors
    /// When it can't be started. That there is no such program is learnt later, from its end.
    pub fn start(
        process: &mut CurrentProcess,
        command: &CommandArg,
        streams: ProgramStreams,
        patience: Option<f64>,
    ) -> Result<Program> {
        let mp = process.context()?;
        mp.passes_sigterm_on()?;
        process.is_told_of_its_parents_death();
        let role = format!("{}-command", process.log().role());
        let open = || os_pipe::pipe().with_context(|| both!("cannot open a pipe", "无法打开管道"));
        let (says, stderr) = open()?;
        let exec = Exec {
            stderr: Some(format!("/proc/{}/fd/{}", process.pid(), stderr.as_raw_fd())),
            words: command.words(),
        };
        let (prints, stdout) = open()?;
        let new = NewProcess::from(exec).becomes_command(command.text().to_owned());
        let mut new = new.writes_to(stdout);
        let mut stdin = None;
        if streams.stdin {
            let (reads, end) = open()?;
            // The smallest pipe there is holds one write. So it can be written to when all has been read, and no value is
            // taken for a program that has not read the one before. Where that is refused, more values wait in the pipe.
            let _ = fcntl_setpipe_size(&end, 1);
            new = new.reads_from(reads);
            stdin = Some(end);
        }
        let started = mp.start(&role, new)?;
        let pid = started.pid();
        let teller = |pipe: PipeReader, stream: Stream| {
            let role = role.clone();
            let name: &str = stream.into();
            let told = process.start_thread(name.to_owned(), move |log| {
                tell(log, pipe, pid, &role, stream);
            });
            told.with_context(|| both!("cannot start a thread", "无法启动线程"))
        };
        let tell = || {
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
        let (tellers, values) = match tell() {
            Ok(told) => told,
            Err(error) => return mp.end(Err(error)).and(Err(CommandFailed.into())),
        };
        let running = Running {
            mp,
            process: started,
            command: command.text().to_owned(),
            // One that is too long for the system has no end.
            patience: patience.and_then(|it| Duration::try_from_secs_f64(it).ok()),
            has_read: false,
            has_written: false,
            unfinished: 0,
        };
        Ok(Program {
            running,
            stdin,
            stdout: values,
            stderr,
            tellers,
            lines: 0,
        })
    }

    /// Its PID.
    pub fn pid(&self) -> u32 {
        self.running.process.pid()
    }

    /// Who it is, in a sentence.
    pub fn name(&self) -> String {
        self.running.name()
    }

    /// Which line it has written last, in a sentence.
    pub fn line_name(&self) -> String {
        let (number, name) = (self.lines, self.name());
        both!("line {number} of {name}", "{name}的第 {number} 行")
    }

    /// Whether it has ended otherwise than wanted, or does within a moment.
    ///
    /// # Errors
    /// When the log can't be written to.
    pub fn has_failed(&self) -> Result<bool> {
        self.running.has_failed()
    }

    /// How it has ended, if it is known.
    pub fn status(&self) -> Option<Status> {
        self.running.status()
    }

    /// How many lines it has written.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The next line that it writes to stdout, without its end; nothing when nobody can write there any more. The last line
    /// may lack its newline.
    ///
    /// # Errors
    /// When it is longer than `longest` bytes, or no text in UTF-8; when the program has ended, and a child of it has its
    /// stdout and writes nothing; or that SIGTERM has come.
    pub fn next_line(&mut self, longest: usize) -> Result<Option<String>> {
        let mut line = Vec::new();
        let Some(stdout) = &mut self.stdout else {
            return Ok(None);
        };
        while !line.ends_with(b"\n") {
            if stdout.buffer().is_empty() {
                self.running.unfinished = line.len();
                let out = stdout.get_ref();
                self.running
                    .until_ready(out, PollFlags::IN, Stream::Stdout)?;
                match stdout.fill_buf() {
                    Ok([]) => break,
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => {
                        let name = self.running.name();
                        let what =
                            both!("cannot read what {name} writes", "无法读取 {name}写的内容");
                        return Err(error).context(what);
                    }
                }
            }
            let read_ahead = stdout.buffer().len() as u64;
            stdout.take(read_ahead).read_until(b'\n', &mut line)?;
            let (number, name) = (self.lines + 1, self.running.name());
            ensure!(
                line.len() <= longest,
                both!(
                    "line {number} of {name} is longer than {longest} bytes",
                    "{name}的第 {number} 行超过 {longest} 字节"
                )
            );
        }
        let is_whole = line.ends_with(b"\n");
        // Whoever was killed in the middle of a line has not meant that half.
        if line.is_empty() || (!is_whole && self.running.has_failed()?) {
            return Ok(None);
        }
        self.lines += 1;
        if is_whole {
            line.pop();
            line.pop_if(|byte| *byte == b'\r');
        }
        let line = String::from_utf8(line).map_err(|_| {
            let (number, name) = (self.lines, self.running.name());
            anyhow!(both!(
                "line {number} of {name} is no text in UTF-8",
                "{name}的第 {number} 行不是 UTF-8 文本"
            ))
        });
        line.map(Some)
    }

    /// Hands it a value on stdin, as a line of JSON.
    ///
    /// # Errors
    /// When it has closed its stdin, or has ended.
    pub fn write(&mut self, value: &serde_json::Value) -> Result<()> {
        let Some(stdin) = &mut self.stdin else {
            return Ok(());
        };
        let mut line = Vec::new();
        super::messages::encode(value, &mut line)?;
        match stdin.write_all(&line) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(self.running.gone()),
            written => written.with_context(|| {
                let name = self.running.name();
                both!("cannot write to {name}", "无法写给 {name}")
            }),
        }
    }

    /// Waits until it has read everything that it was handed, or has closed its stdin when it had.
    ///
    /// # Errors
    /// When it has closed its stdin before; when it has ended, and a child of it has its stdin and reads nothing; or that
    /// SIGTERM has come.
    pub fn until_it_has_read(&mut self) -> Result<()> {
        let Some(stdin) = &self.stdin else {
            return Ok(());
        };
        let ready = self
            .running
            .until_ready(stdin, PollFlags::OUT, Stream::Stdin)?;
        let is_unread = Fill::at(stdin).is_some_and(|fill| fill.bytes > 0);
        match ready.contains(PollFlags::ERR) && is_unread {
            true => Err(self.running.gone()),
            false => Ok(()),
        }
    }

    /// Closes its stdin: it comes to end-of-file.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// When it has ended otherwise than wanted, or that SIGTERM has come.
    pub fn join(&mut self) -> Result<()> {
        self.close_stdin();
        if self.stdout.is_some() {
            self.running.tell_if_it_lives_on()?;
        }
        self.running.process.join()
    }

    /// A queue's end that looks after this program while it waits.
    pub fn watches(&self, queue: GetEnd) -> GetEnd {
        queue.watched(self.running.mp.watch())
    }

    /// Ends what is left of it when this process has done its part, or could not: `result`. After success it has ended by
    /// itself. What it has said until then is told.
    ///
    /// # Errors
    /// `result`; or that it has ended otherwise than wanted ([`CommandFailed`]), which the log tells already.
    pub fn end(self, result: Result<()>) -> Result<()> {
        let Program {
            running,
            stdin,
            stdout,
            stderr,
            tellers,
            lines: _,
        } = self;
        let is_terminated = result.as_ref().is_err_and(Error::is::<Terminated>);
        let unread = stdin
            .as_ref()
            .and_then(Fill::at)
            .is_some_and(|it| it.bytes > 0);
        if is_terminated && unread {
            // If the log fails here, nobody reads it any more.
            let _ = running.tell_that_it_has_not_read();
        }
        let result = match is_terminated {
            true => running.process.join().and(result),
            false => result,
        };
        let result = running.mp.end(result);
        // Not before it has ended: it is not to die of a pipe that nobody reads (SIGPIPE).
        drop((stdin, stdout, stderr));
        for teller in tellers {
            // It doesn't panic, and returns nothing.
            let _ = teller.join();
        }
        result
    }
}

impl Running {
    fn name(&self) -> String {
        let Running {
            process, command, ..
        } = self;
        named(process.role(), process.pid(), command)
    }

    /// Whether it has ended otherwise than wanted, or does within a moment: the end of its stdout may be seen before its own.
    fn has_failed(&self) -> Result<bool> {
        self.process.ends_before(Instant::now() + GRACE)?;
        Ok(self
            .status()
            .is_some_and(|status| status != Status::Code(0)))
    }

    fn status(&self) -> Option<Status> {
        self.process.status()
    }

    /// Waits until one can read from this end or write to it, or until nobody has the other end any more. What poll(2) says.
    fn until_ready(
        &mut self,
        end: &impl AsFd,
        ready: PollFlags,
        stream: Stream,
    ) -> Result<PollFlags> {
        let call = match stream {
            Stream::Stdin => Call::Write,
            Stream::Stdout | Stream::Stderr => Call::Readline,
        };
        let watch = self.mp.watch();
        watch.children.pass_on(&watch.log)?;
        let mut fds = [PollFd::new(end, ready)];
        if poll(&mut fds, Some(&Timespec::default())).is_ok_and(|count| count > 0) {
            self.does(stream);
            return Ok(fds[0].revents());
        }
        let on = Some(self.process.role().into());
        self.mp.log().write(Event::Wait { call, on })?;
        // Whoever has done something knows how. Half a line may be what fits a buffer.
        let is_asked = match stream {
            Stream::Stdin => !self.has_read,
            Stream::Stdout | Stream::Stderr => !self.has_written || self.unfinished > 0,
        };
        let mut idle = Idle::begin(self.patience.filter(|_| is_asked));
        loop {
            watch.children.pass_on(&watch.log)?;
            let timeout = match self.status() {
                Some(Status::Code(0)) => Some(GRACE),
                // All that it has written was read, and what is left behind by a program that has failed, nobody waits for.
                Some(_) => Some(Duration::ZERO),
                None => idle.timeout(),
            };
            // One that is too long for the system is as good as none.
            let timeout = timeout.and_then(|it| Timespec::try_from(it).ok());
            let bell = watch.children.bell.end();
            let mut fds = [PollFd::new(end, ready), PollFd::new(bell, PollFlags::IN)];
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) => match self.status() {
                    Some(Status::Code(0)) => bail!(self.held_open(end, stream)),
                    Some(_) => watch.children.check(&watch.log)?,
                    None => self.tell_that_it_is_idle(&mut idle, end, stream)?,
                },
                Ok(_) if !fds[0].revents().is_empty() => {
                    self.does(stream);
                    return Ok(fds[0].revents());
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => {
                    let name = self.name();
                    let what = both!("cannot wait for {name}", "无法等待 {name}");
                    return Err(error).context(what);
                }
            }
        }
    }

    fn does(&mut self, stream: Stream) {
        match stream {
            Stream::Stdin => self.has_read = true,
            Stream::Stdout | Stream::Stderr => self.has_written = true,
        }
    }

    /// Tells that nothing comes from it, or that it reads nothing; unless it has reason to. A program that goes on like this,
    /// and does nothing at all, is given up.
    fn tell_that_it_is_idle(
        &mut self,
        idle: &mut Idle,
        end: &impl AsFd,
        stream: Stream,
    ) -> Result<()> {
        let (seconds, name) = (idle.seconds(), self.name());
        let message = match stream {
            Stream::Stdin => both!(
                "{name} has read nothing for {seconds} s, and a value waits on its stdin",
                "{name}已有 {seconds} 秒没有读取，而它的 stdin 上有一个值在等"
            ),
            Stream::Stdout | Stream::Stderr if self.unfinished > 0 => {
                let bytes = self.unfinished;
                let unit = if bytes == 1 { "byte" } else { "bytes" };
                both!(
                    "{name} has written {bytes} {unit}, and for {seconds} s no newline: a value is a whole line, of which the \
                     rest may still be in its own buffer",
                    "{name}写了 {bytes} 字节，之后 {seconds} 秒没有换行符：一个值要占完整的一行，其余部分可能还留在它自己的缓冲区里"
                )
            }
            Stream::Stdout | Stream::Stderr => {
                let Some(way_out) = unflushed::way_out(self.process.pid(), end) else {
                    idle.is_over();
                    return Ok(());
                };
                both!(
                    "{name} has written nothing for {seconds} s: if it has printed something, that is still in its own \
                     buffer, since its stdout is a pipe; {way_out}",
                    "{name}已有 {seconds} 秒没有写出任何内容：如果它已经打印过，内容还留在它自己的缓冲区里，因为它的 \
                     stdout 是管道；{way_out}"
                )
            }
        };
        let sight = || unflushed::sight(self.process.pid());
        match idle.seen.take() {
            None => {
                self.tell(stream, message)?;
                // Nobody knows of a program that computes or sleeps what it will still write.
                if stream != Stream::Stdin || unflushed::waits_for_others(&sight()) {
                    idle.is_over();
                }
            }
            Some(before) if stream == Stream::Stdin && sight().is_as(&before) => bail!(both!(
                "{message}; it does nothing at all, so it is ended (a longer --patience waits longer)",
                "{message}；它什么都不做，所以结束它（--patience 更长，就等得更久）"
            )),
            Some(_) => {}
        }
        idle.seen = Some(sight());
        Ok(())
    }

    fn tell(&self, stream: Stream, message: String) -> Result<()> {
        self.mp.log().write(Event::Idle {
            child: self.process.pid(),
            child_role: self.process.role().into(),
            stream,
            message: message.into(),
        })
    }

    /// Waits for its end for the patience, and tells then that it has closed its stdout and lives on.
    fn tell_if_it_lives_on(&self) -> Result<()> {
        let (Some(patience), begin) = (self.patience, Instant::now()) else {
            return Ok(());
        };
        let watch = self.mp.watch();
        loop {
            watch.children.pass_on(&watch.log)?;
            if self.status().is_some() {
                return Ok(());
            }
            let left = patience.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            watch.children.bell.wait(Some(left))?;
        }
        let name = self.name();
        let message = both!(
            "{name} has closed its stdout and lives on: the run waits for its end",
            "{name}关闭了 stdout，但没有结束：这次运行在等它结束"
        );
        self.tell(Stream::Stdout, message)
    }

    /// Tells that it is ended with a value on its stdin.
    fn tell_that_it_has_not_read(&self) -> Result<()> {
        let name = self.name();
        let message = both!(
            "{name} was sent SIGTERM before it had read the value that waits on its stdin",
            "{name}还没有读 stdin 上等着的那个值，就收到了 SIGTERM"
        );
        self.tell(Stream::Stdin, message)
    }

    /// Why a value doesn't reach it.
    fn gone(&self) -> Error {
        let watch = self.mp.watch();
        let end = Instant::now() + GRACE;
        if let Err(error) = self.process.ends_before(end) {
            return error;
        }
        // It has failed, and that is told.
        if let Err(error) = watch.children.check(&watch.log) {
            return error;
        }
        let name = self.name();
        anyhow!(match self.process.status() {
            Some(status) => both!(
                "{name} {status} before it had read all that it was given",
                "{name}{status}，却还没有读完交给它的内容"
            ),
            None => both!(
                "{name} has closed its stdin before it had read all that it was given",
                "{name}没有读完交给它的内容就关闭了 stdin"
            ),
        })
    }

    /// Why it is not over although it has ended.
    fn held_open(&self, end: &impl AsFd, stream: Stream) -> Error {
        let name = self.name();
        let status = self.process.status().unwrap_or(Status::Code(0));
        let stream: &str = stream.into();
        let holders = unflushed::holders(end);
        let have = if holders.len() > 1 { "have" } else { "has" };
        let holders = match holders.is_empty() {
            true => both!("another process", "另一个进程"),
            false => holders.join(&both!(" and ", " 和 ")),
        };
        anyhow!(both!(
            "{name} {status}, but {holders} still {have} its {stream} open: a process that is left behind has to close it, or \
             to end",
            "{name}{status}，但是 {holders}仍然开着它的 {stream}：留下的进程应当关闭它，或者结束"
        ))
    }
}

/// Tells what a program says, line by line, until nobody can say anything any more.
fn tell(log: &Log, pipe: PipeReader, child: u32, child_role: &str, stream: Stream) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = (&mut pipe).take(LONGEST_SHOWN).read_until(b'\n', &mut line);
        if !length.is_ok_and(|length| length > 0) {
            return;
        }
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line));
        let event = Event::Output {
            child,
            child_role: child_role.into(),
            stream,
            text: (&*text).into(),
        };
        let told = match stream {
            Stream::Stdout => log.write_with_line(event, &text),
            Stream::Stdin | Stream::Stderr => log.write(event),
        };
        // Nobody reads the log any more, so nobody reads this.
        if told.is_err() {
            return;
        }
    }
}
