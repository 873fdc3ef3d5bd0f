//! One process of a run.

use std::collections::HashMap;

use serde_json::Value;

use crate::events::{Call, CodeLine, Effect, Failure, Named, Record, Status, Way, Why};

#[derive(Default)]
pub struct Process {
    pub pid: u32,
    pub role: String,
    /// The process's number, from 0, in the order in which the processes appear in the log.
    pub number: usize,
    /// How many processes had the same PID before.
    pub again: usize,
    pub started: Option<Started>,
    pub ended: Option<Ended>,
    pub is_joined: bool,
    /// The last signal that the process was sent while it lived: the sender's PID and the number.
    pub signalled: Option<(u32, i32)>,
    pub last_words: Option<Why>,
    /// Whether the process is the go-between of a user's command.
    pub stands_between: bool,
    /// The last value that the process has got or received, and whether it said that its command
    /// has not read that.
    pub(super) took: Option<(Way, Value)>,
    pub(super) has_unread: bool,
    /// Whether its last event was a put or send, and the name of the queue or pipe.
    pub leaving: Option<(Way, String)>,
    /// Whether the process has written an event itself.
    pub(super) has_spoken: bool,
    pub(super) main: Thread,
    pub(super) threads: HashMap<String, Thread>,
}

pub struct Started {
    pub by: u32,
    /// The time of `started`, in seconds since the run's first event.
    pub t: f64,
    /// The user's command that the process runs, if any.
    pub command: Option<String>,
    /// The names of the queues or pipes that are the process's stdin and stdout.
    pub stdin: Option<String>,
    pub stdout: Option<String>,
}

#[derive(Clone, Copy)]
pub struct Ended {
    /// When it was reaped, in seconds since the run's first event.
    pub t: f64,
    pub status: Status,
    /// Whether the parent wanted the process to end like this.
    pub as_wanted: bool,
}

/// What a thread does from one of its events until a later one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Activity {
    /// It runs, or it could.
    #[default]
    Running,
    /// It sleeps for a time that it has chosen itself.
    Sleeping,
    /// It waits in this call for another process.
    Waiting(Call),
    /// It waits for the end of the process with this PID.
    Joining(u32),
}

#[derive(Default)]
pub(super) struct Thread {
    does: Activity,
    /// Since when, in seconds since the run's first event.
    since: f64,
    /// The name of the queue or pipe that the thread waited for last.
    on: Option<String>,
    /// The line of its last event.
    at: Option<CodeLine>,
    /// How many answers the thread waits for.
    asked: u32,
}

impl Process {
    /// What a thread of the process does: the main thread, unless another one is named.
    pub fn does(&self, thread: Option<&str>) -> Activity {
        self.thread(thread).map(|it| it.does).unwrap_or_default()
    }

    /// Since when the thread does that, in seconds since the run's first event.
    pub(super) fn since(&self, thread: Option<&str>) -> f64 {
        self.thread(thread).map(|it| it.since).unwrap_or_default()
    }

    /// The name of the queue or pipe that this thread waits for, if it waits and the name is known.
    pub fn waits_on(&self, thread: Option<&str>) -> Option<&str> {
        let thread = self.thread(thread)?;
        thread.on.as_deref().filter(|_| matches!(thread.does, Activity::Waiting(_)))
    }

    /// The line of the thread's last event.
    pub fn line(&self, thread: Option<&str>) -> Option<&CodeLine> {
        self.thread(thread)?.at.as_ref()
    }

    fn thread(&self, name: Option<&str>) -> Option<&Thread> {
        match name {
            None => Some(&self.main),
            Some(name) => self.threads.get(name),
        }
    }

    /// What the process's threads do. The main thread, which has no name here, comes first.
    pub fn threads(&self) -> impl Iterator<Item = (Option<&str>, Activity)> {
        let others = self.threads.iter().map(|(name, it)| (Some(&**name), it.does));
        std::iter::once((None, self.main.does)).chain(others)
    }

    /// The user's command that the process runs, if any.
    pub fn command(&self) -> Option<&str> {
        self.started.as_ref()?.command.as_deref()
    }

    pub(super) fn thread_mut(&mut self, name: Option<&str>) -> &mut Thread {
        match name {
            None => &mut self.main,
            Some(name) => self.threads.entry(name.to_owned()).or_default(),
        }
    }

    pub(super) fn end(&mut self, t: f64, status: Status) {
        let as_wanted = status.is_wanted(self.signalled.map(|(_, signal)| signal));
        self.ended = Some(Ended { t, status, as_wanted });
        self.threads.clear();
    }

    /// Whether a command of the user's has not read what this process took for it: it says so, or
    /// was killed while it waited for that.
    pub(super) fn left_unread(&self) -> bool {
        let is_killed = self.ended.is_some_and(|it| it.status == Status::Signal(Status::SIGKILL));
        self.has_unread || (is_killed && self.does(None) == Activity::Waiting(Call::Write))
    }

    pub fn named(&self) -> Named {
        let command = self.command().map(str::to_owned);
        Named { role: self.role.clone(), pid: self.pid, command }
    }

    pub(super) fn failure(&self) -> Option<Failure> {
        let ended = self.ended.filter(|ended| !ended.as_wanted)?;
        Some(Failure {
            process: self.named(),
            stands_between: self.stands_between,
            status: ended.status,
            last_words: self.last_words.clone(),
        })
    }
}

impl Thread {
    pub(super) fn see(&mut self, effect: &Effect, record: &Record) {
        self.at = record.at.as_ref().map(CodeLine::from).or(self.at.take());
        // Such an event doesn't change what its thread does.
        let is_its_end = match effect {
            Effect::IsZombie(pid, _) | Effect::IsGone(pid) => *pid == record.pid,
            Effect::Ends(..) | Effect::Signals(..) => true,
            _ => false,
        };
        if is_its_end || effect.is_aside() {
            return;
        }
        self.since = record.t;
        self.does = match effect {
            Effect::Sleeps => Activity::Sleeping,
            Effect::Waits(call, on) => {
                self.on = on.map(str::to_owned);
                Activity::Waiting(*call)
            }
            Effect::Joins(child) => Activity::Joining(*child),
            Effect::AwaitsTask => {
                self.on = None;
                Activity::Waiting(Call::Get)
            }
            Effect::Asks => {
                self.asked += 1;
                self.on = None;
                Activity::Waiting(Call::Recv)
            }
            // An event loop goes on waiting for its other answers.
            Effect::IsAnswered => {
                self.asked = self.asked.saturating_sub(1);
                match self.asked {
                    0 => Activity::Running,
                    _ => Activity::Waiting(Call::Recv),
                }
            }
            _ => Activity::Running,
        };
    }
}
