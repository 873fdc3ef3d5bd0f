//! The log of a program that runs: what its Pythons write into it becomes events for the views.

use std::collections::HashMap;
use std::io::{self, Read as _, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Error, Result};
use os_pipe::PipeReader;
use rustix::event::{Timespec, epoll};
use rustix::io::{Errno, ioctl_fionread};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use serde_json::json;

use super::folder::Folders;
use super::limits::Limits;
use super::raw_log::RawLog;
use super::run::Script;
use super::translate::{Begun, Translator};
use super::{Facts, NAME, events_of, stuck};
use crate::both;
use crate::events::{Logged, Record, Status, VERSION, Who, monotonic_micros};
use crate::evidence::Snapshot;
use crate::run::Settings;
use crate::views::Views;
use crate::why::{Companion, Diagnosis, Notice};

/// How often the log is read: it wakes nobody.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// How many bytes of the log are read before it is looked again who has ended.
const AT_ONCE: u64 = 1 << 16;

/// What the epoll's keys stand for; those of processes lie above.
const CLOCK: u64 = 0;
const ASIDE: u64 = 1;
const INTERRUPT: u64 = 2;
const FIRST_PID: u64 = 1 << 32;

/// A program that runs, and the log that its Pythons write.
pub(super) struct LiveRun<'a> {
    script: &'a Script,
    folders: &'a Folders,
    speed: f64,
    seed: u64,
    /// The program's stdout, until it has it.
    pub stdout: Option<os_pipe::PipeWriter>,
    pub translator: Option<Translator>,
    shown: Shown<'a>,
    tell: &'a mut dyn FnMut(&Notice),
    root: u32,
    /// Rings when the log is to be read, when a process has ended, and for all that follows here.
    bell: OwnedFd,
    clock: OwnedFd,
    log: RawLog,
    aside: Option<PipeReader>,
    /// The processes that are alive, as far as is known, and when the others were seen dead.
    pidfds: HashMap<u32, OwnedFd>,
    dead: HashMap<u32, u64>,
    pub is_stuck: bool,
    /// Whether the program is most likely stuck, and is left as it is.
    is_left: bool,
    /// Whether a signal has come that is to end all.
    pub is_interrupted: bool,
    limits: Option<Limits>,
}

/// Where the events go.
struct Shown<'a> {
    views: &'a mut Views,
    facts: Facts,
    stderr: &'a mut dyn Write,
    /// The first error of a view.
    error: Option<Error>,
}

impl Shown<'_> {
    /// Shows an event, given as a line of the log.
    fn show(&mut self, text: &str) {
        if self.error.is_some() {
            return;
        }
        match Record::read(text, events_of(NAME)) {
            Ok(record) => {
                self.error = self.views.show(&record).err();
                self.facts.see(&record, self.views.state());
            }
            Err(_) => self.pass_on(format!("{text}\n").as_bytes()),
        }
    }

    /// A closed stderr is no error.
    fn pass_on(&mut self, bytes: &[u8]) {
        let _ = self.stderr.write_all(bytes);
    }

    fn check(&mut self) -> Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

impl<'a> LiveRun<'a> {
    /// A run that is about to begin. The log is there, and the end of a pipe to which others than
    /// Python will write, if they do.
    pub fn new(
        script: &'a Script,
        folders: &'a Folders,
        (settings, seed): (Settings, u64),
        (log, aside): (RawLog, Option<PipeReader>),
        views: &'a mut Views,
        stderr: &'a mut dyn Write,
        tell: &'a mut dyn FnMut(&Notice),
    ) -> Result<LiveRun<'a>> {
        let bell = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let clock = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        let ticks = Itimerspec { it_interval: TICK, it_value: TICK };
        timerfd_settime(&clock, TimerfdTimerFlags::empty(), &ticks)?;
        let watched = [
            (CLOCK, Some(clock.as_fd())),
            (ASIDE, aside.as_ref().map(AsFd::as_fd)),
            (INTERRUPT, settings.interrupt),
        ];
        for (key, fd) in watched.into_iter().filter_map(|(key, fd)| Some((key, fd?))) {
            epoll::add(&bell, fd, epoll::EventData::new_u64(key), epoll::EventFlags::IN)?;
        }
        Ok(LiveRun {
            script,
            folders,
            speed: settings.speed,
            seed,
            stdout: None,
            translator: None,
            shown: Shown { views, facts: Facts::default(), stderr, error: None },
            tell,
            root: 0,
            bell,
            clock,
            log,
            aside,
            pidfds: HashMap::new(),
            dead: HashMap::new(),
            is_stuck: false,
            is_left: false,
            is_interrupted: false,
            limits: script.until.map(Limits::until),
        })
    }

    /// Reads so many bytes of the log, or as many as there are. Whoever ends meanwhile has ended
    /// then, not when all is read.
    fn read(&mut self, most: u64) -> Result<()> {
        for begin in (0..most).step_by(AT_ONCE as usize) {
            if begin > 0 {
                self.look()?;
            }
            self.read_part(AT_ONCE.min(most - begin))?;
        }
        Ok(())
    }

    fn read_part(&mut self, most: u64) -> Result<()> {
        let LiveRun { translator, shown, log, .. } = self;
        if let Some(translator) = translator {
            let take = |record: &[u8]| {
                if !translator.take(record, &mut |text| shown.show(text)) {
                    shown.pass_on(&[record, b"\n"].concat());
                }
            };
            log.read(most, take).with_context(cannot_read)?;
        }
        self.watch_new_processes()
    }

    /// Reads what is in the log at this moment, even if others go on writing.
    fn drain(&mut self) -> Result<()> {
        let waiting = self.log.waiting().with_context(cannot_read)?;
        self.read(waiting)
    }

    /// Looks who rings: what each stands for, and its flags.
    fn look(&mut self) -> Result<Vec<(u64, epoll::EventFlags)>> {
        let mut events = Vec::with_capacity(64);
        let now = Timespec::default();
        epoll::wait(&self.bell, rustix::buffer::spare_capacity(&mut events), Some(&now))?;
        let events: Vec<_> = events.iter().map(|it| (it.data.u64(), it.flags)).collect();
        for pid in events.iter().filter_map(|(key, _)| key.checked_sub(FIRST_PID)) {
            self.dead.entry(pid as u32).or_insert_with(monotonic_micros);
        }
        Ok(events)
    }

    /// From now on the bell rings when one of these ends.
    fn watch_new_processes(&mut self) -> Result<()> {
        let new = self.translator.as_mut().map(Translator::new_processes).unwrap_or_default();
        for pid in new {
            if self.watch(pid)? == Some(Errno::SRCH) {
                // It has been reaped already, and what it has written is in the log.
                self.dead.insert(pid, monotonic_micros());
                self.drain()?;
                self.ended(pid, None, false);
            }
        }
        Ok(())
    }

    /// Watches a process, if the kernel lets it. Without a descriptor left, only its parent tells of
    /// its end.
    fn watch(&mut self, pid: u32) -> Result<Option<Errno>> {
        let Some(raw) = Pid::from_raw(pid as i32) else { return Ok(None) };
        let pidfd = match pidfd_open(raw, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            Err(error) => return Ok(Some(error)),
        };
        let key = epoll::EventData::new_u64(FIRST_PID + u64::from(pid));
        epoll::add(&self.bell, &pidfd, key, epoll::EventFlags::IN)?;
        self.pidfds.insert(pid, pidfd);
        Ok(None)
    }

    fn ended(&mut self, pid: u32, status: Option<Status>, is_ours: bool) {
        self.pidfds.remove(&pid);
        let seen = self.dead.remove(&pid).unwrap_or_else(monotonic_micros);
        let LiveRun { translator: Some(translator), shown, .. } = self else { return };
        translator.ended(pid, status, is_ours, seen, &mut |text| shown.show(text));
    }

    fn log_stuck(&mut self, finding: &Diagnosis, is_likely: bool) {
        // If the log can't be read, the next look at it tells.
        let _ = self.drain();
        let state = self.shown.views.state();
        let event = stuck(finding, is_likely, state, &self.shown.facts);
        let role = state.parent().map_or("", |it| &it.role).into();
        let who = Who { pid: self.root, role, thread: None };
        let t = self.translator.as_ref().map_or(0.0, |it| it.seconds(monotonic_micros()));
        let logged = Logged { v: VERSION, t, who: &who, at: None, event: &event, line: None };
        let text = serde_json::to_string(&logged);
        text.iter().for_each(|text| self.shown.show(text));
    }

    /// Passes on what others than Python have written.
    pub fn pass_on_aside(&mut self) {
        let Some(aside) = &mut self.aside else { return };
        while ioctl_fionread(&*aside).is_ok_and(|length| length > 0) {
            let mut buffer = [0; 1 << 12];
            match aside.read(&mut buffer) {
                Ok(length @ 1..) => self.shown.pass_on(&buffer[..length]),
                _ => break,
            }
        }
    }
}

impl Companion for LiveRun<'_> {
    fn prepare(&mut self, command: &mut Command) {
        command.env("PYTHONPATH", self.folders.path());
        self.stdout.take().map(|stdout| command.stdout(stdout));
        if self.script.is_repeated {
            command.stdin(Stdio::null());
        }
        if self.limits.is_some() {
            // It would hide what the program itself does not flush.
            command.env_remove("PYTHONUNBUFFERED");
        }
    }

    fn started(&mut self, pid: u32) -> Result<()> {
        self.root = pid;
        if self.limits.is_some() {
            Limits::bind(pid);
        }
        let Script { command, jitter, values, folder, .. } = self.script;
        let mut translator = Translator::new(Begun {
            root: pid,
            command: command.iter().map(|it| it.to_string_lossy().into_owned()).collect(),
            options: json!({ "speed": self.speed, "jitter": jitter, "values": values }),
            seed: self.seed,
            epoch: monotonic_micros(),
            folder: folder.clone(),
        });
        translator.begin(&mut |text| self.shown.show(text));
        self.translator = Some(translator);
        self.watch(pid)?;
        self.shown.check()
    }

    fn bell(&self) -> Option<BorrowedFd<'_>> {
        Some(self.bell.as_fd())
    }

    fn serve(&mut self) -> Result<()> {
        self.read(AT_ONCE)?;
        self.limits.as_mut().map_or(Ok(()), Limits::check)?;
        let mut dead = Vec::new();
        for (key, flags) in self.look()? {
            match key {
                // It rings until it is read.
                CLOCK => _ = rustix::io::read(&self.clock, &mut [0; 8])?,
                ASIDE => {
                    self.pass_on_aside();
                    // Without a writer left, the bell would ring for ever.
                    self.aside.take_if(|_| flags.contains(epoll::EventFlags::HUP));
                }
                INTERRUPT => return Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
                pid => dead.push((pid - FIRST_PID) as u32),
            }
        }
        // The end of the first process is told when it is reaped.
        if let Some(place) = dead.iter().position(|it| *it == self.root) {
            self.pidfds.remove(&dead.swap_remove(place));
        }
        // All that the dead have written is in the log by now.
        if !dead.is_empty() {
            self.drain()?;
        }
        for pid in dead {
            // The kernel tells it until the parent has reaped the process.
            let status = Snapshot::at(pid).and_then(|it| it.wait_status);
            self.ended(pid, status.map(Status::from_wait_status), false);
        }
        self.shown.check()
    }

    fn signalled(&mut self, signal: Signal) {
        let ending = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT];
        self.is_interrupted |= ending.contains(&signal);
    }

    fn reaped(&mut self, pid: u32, status: Status) -> Result<()> {
        self.pidfds.remove(&pid);
        self.dead.entry(pid).or_insert_with(monotonic_micros);
        // Those who have ended before it come first.
        self.drain()?;
        self.serve()?;
        self.ended(pid, Some(status), true);
        self.shown.check()
    }

    fn ends_survivors(&self) -> bool {
        self.is_interrupted || self.is_stuck || self.script.is_repeated
    }

    fn tell(&mut self, notice: &Notice) {
        match notice {
            Notice::Ends(finding) => {
                self.is_stuck = true;
                self.log_stuck(finding, false);
            }
            // The end of what is certainly stuck is told at once.
            Notice::Stuck(finding) if finding.is_stuck(self.root) == Some(true) => {}
            Notice::CannotRun(_) => (self.tell)(notice),
            _ if self.script.is_repeated => {}
            Notice::Stuck(finding) if finding.is_stuck(self.root) == Some(false) => {
                self.is_left = true;
                self.log_stuck(finding, true);
            }
            // The event has said so.
            Notice::IsLeft if std::mem::take(&mut self.is_left) => {}
            _ => (self.tell)(notice),
        }
    }
}

fn cannot_read() -> String {
    both!("cannot read the run's log", "无法读取本次运行的日志")
}
