//! What is true of the run of a program, beside its `State`: one fold of its events, from which come
//! the remarks, the claims and the words about a stuck run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::objects::UsedObject;
use super::{NAME, PythonEvent};
use crate::both;
use crate::events::{CodeLine, Effect, Event, Record, Status, Stream};
use crate::state::State;
use crate::views::explain::{clipped, note::shown};

/// The facts of a run. They stay empty for a run of a lesson.
#[derive(Default)]
pub struct Facts {
    pub(super) is_program: bool,
    /// All processes of the run, the first one first.
    pub(super) lives: Vec<Life>,
    /// The latest process with each PID.
    latest: HashMap<u32, usize>,
    pub(super) is_stuck: bool,
    pub(super) objects: BTreeMap<String, UsedObject>,
    /// The locks that are held.
    pub(super) held: BTreeMap<String, HeldLock>,
    /// Of two locks, the one taken first and the other one: who took them so.
    pub(super) orders: BTreeMap<(String, String), Vec<LockOrder>>,
    /// Where the values were put or sent that are on their way, by number.
    pub(super) puts: HashMap<u64, CodeLine>,
    /// By the pool and the job's name.
    pub(super) jobs: BTreeMap<(String, String), SubmittedJob>,
    /// Values that were changed after their put, or could not be pickled.
    pub(super) changed: Few,
    pub(super) dropped: Few,
    /// The names of the events that came.
    pub(super) seen: BTreeSet<&'static str>,
}

/// The first few of many sentences, and how many more there are.
#[derive(Clone, Default)]
pub(super) struct Few {
    pub first: Vec<String>,
    pub more: usize,
}

impl Few {
    const MOST: usize = 5;

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    pub fn sentences(self) -> Vec<String> {
        let Few { mut first, more } = self;
        first.extend(
            (more > 0).then(|| both!("and {more} more like that", "同样的情况另有 {more} 处")),
        );
        first
    }
}

impl Extend<String> for Few {
    fn extend<I: IntoIterator<Item = String>>(&mut self, sentences: I) {
        for sentence in sentences {
            match self.first.len() < Few::MOST {
                true => self.first.push(sentence),
                false => self.more += 1,
            }
        }
    }
}

impl FromIterator<String> for Few {
    fn from_iter<I: IntoIterator<Item = String>>(sentences: I) -> Few {
        let mut few = Few::default();
        few.extend(sentences);
        few
    }
}

/// A process of the run.
#[derive(Default)]
pub(super) struct Life {
    pub pid: u32,
    pub role: String,
    /// Python's start method, or `os.fork`; none for the first process, or another program.
    pub method: Option<String>,
    pub is_started: bool,
    pub is_library: bool,
    pub is_daemon: bool,
    pub is_foreign: bool,
    /// Whether another thread than the main one was seen in it.
    pub has_threads: bool,
    pub is_joined: bool,
    /// Whether `join()` was called, whatever came of it.
    pub is_waited_for: bool,
    /// Whether the program has asked for the exit status in another way than `join()`.
    pub is_asked: bool,
    pub has_ended: bool,
    pub status: Option<Status>,
    /// Whether mp-demo has ended the process, or it has ended after the program.
    pub is_beyond: bool,
    /// Whether Ctrl-C has ended it.
    pub is_interrupted: bool,
    /// The signal that the program has sent last, and the line that sent it.
    pub signal: Option<(i32, Option<CodeLine>)>,
    /// The exceptions that have ended the process or threads of it, in words, and the thread.
    pub raised: Vec<(Option<String>, String)>,
    /// Printed lines that were never written: how many on which stream, and where printed.
    pub unwritten: Vec<(Stream, u64, Vec<String>)>,
    /// How many values the chunk has on which the worker works.
    pub values: u64,
    /// Lines written that another process had printed before it forked this one.
    pub copied: BTreeMap<u32, u64>,
}

/// Who holds a lock, and where it was acquired.
pub(super) struct HeldLock {
    pub life: usize,
    pub thread: Option<String>,
    pub at: Option<CodeLine>,
}

/// A process that took a lock while it held another one.
pub(super) struct LockOrder {
    pub life: usize,
    /// The other locks that it held: they keep out whoever needs one of them, too.
    pub under: BTreeSet<String>,
    pub at: Option<CodeLine>,
}

/// Tasks that were given to a pool at once.
pub(super) struct SubmittedJob {
    pub function: String,
    pub call: String,
    pub at: Option<CodeLine>,
    pub tasks: u64,
    pub done: u64,
    /// The exceptions that ended tasks, in words.
    pub failed: Few,
    /// Whether the program has asked for the result, or handles exceptions.
    pub is_fetched: bool,
}

impl SubmittedJob {
    /// The function, the call that submitted it, and where.
    pub fn place(&self) -> (&str, &str, Option<&CodeLine>) {
        (&self.function, &self.call, self.at.as_ref())
    }
}

impl Facts {
    /// Sees the run's next event, which has led to this state.
    pub fn see(&mut self, record: &Record, state: &State) {
        if let Event::Run { lesson, .. } = &record.event {
            self.is_program = lesson == NAME;
        }
        if !self.is_program {
            return;
        }
        self.seen.insert(record.event.name());
        let own = record.event.own();
        // What is told of a process that has ended already.
        let is_told =
            matches!(own, Some(PythonEvent::Unwritten { .. } | PythonEvent::Ended { .. }))
                || matches!(record.event, Event::Exited { .. });
        let known = self.latest.get(&record.pid).copied();
        let known = known.filter(|it| is_told || !self.lives[*it].has_ended);
        let me = known.unwrap_or_else(|| self.begin(record.pid, &record.role));
        self.lives[me].has_threads |= record.thread.is_some();
        self.see_objects(record, own.as_ref(), state);
        let at = record.at.as_ref().map(CodeLine::from);
        match own {
            Some(event) => self.see_own(event, me, at, record),
            None => self.see_core(&record.event, me, at, record),
        }
    }

    fn see_core(&mut self, event: &Event, me: usize, at: Option<CodeLine>, record: &Record) {
        match event {
            Event::Started {
                child, child_role, foreign, command, method, daemon, library, ..
            } => {
                let known = self.latest.get(child).filter(|it| !self.lives[**it].is_started);
                let child = known.copied().unwrap_or_else(|| self.begin(*child, child_role));
                let life = &mut self.lives[child];
                child_role.as_ref().clone_into(&mut life.role);
                life.is_started = true;
                life.is_foreign = *foreign || command.is_some();
                life.method = method.as_deref().map(str::to_owned);
                life.is_daemon = *daemon == Some(true);
                life.is_library = *library == Some(true);
            }
            Event::Join { child, child_role } => self.life(*child, child_role).is_waited_for = true,
            Event::Joined { child, child_role } => self.life(*child, child_role).is_joined = true,
            Event::Exited { child, child_role, status } => {
                let is_asked = *child != record.pid && at.is_some();
                self.life(*child, child_role).is_asked |= is_asked;
                self.ended(*child, Some(*status));
            }
            Event::Put { number, .. } | Event::Send { number, .. } => {
                self.puts.extend(number.zip(at));
            }
            Event::Get { number, .. } | Event::Recv { number, .. } => {
                self.puts.remove(&number.unwrap_or_default());
            }
            Event::Acquired { lock } => {
                let thread = record.thread.as_deref().map(str::to_owned);
                self.see_order(lock, me, thread.as_deref(), at.as_ref());
                self.held.insert(lock.to_string(), HeldLock { life: me, thread, at });
            }
            Event::Release { lock } => drop(self.held.remove(&**lock)),
            Event::Stuck { likely, .. } => self.is_stuck |= likely.is_none(),
            _ => {
                if let Effect::Signals(child, signal) = event.effect() {
                    let child = self.life(child, "");
                    child.signal =
                        if child.has_ended { child.signal.take() } else { Some((signal, at)) };
                }
            }
        }
    }

    /// A lock is taken, maybe while others are held.
    fn see_order(&mut self, lock: &str, me: usize, thread: Option<&str>, at: Option<&CodeLine>) {
        let is_mine = |held: &HeldLock| held.life == me && held.thread.as_deref() == thread;
        let held = self.held.iter().filter(|(name, held)| *name != lock && is_mine(held));
        let held: BTreeSet<_> = held.map(|(name, _)| name.clone()).collect();
        for first in &held {
            let mut under = held.clone();
            under.remove(first);
            let orders = self.orders.entry((first.clone(), lock.to_owned())).or_default();
            if !orders.iter().any(|it| it.life == me && it.under == under) {
                orders.push(LockOrder { life: me, under, at: at.cloned() });
            }
        }
    }

    fn see_own(&mut self, event: PythonEvent, me: usize, at: Option<CodeLine>, record: &Record) {
        match event {
            PythonEvent::Fed { on, number, value: Some(now) } => {
                let (who, now) = (self.lives[me].who(), shown(&now));
                let at = in_brackets(self.puts.get(&number));
                self.changed.extend([both!(
                    "what {who} put into {on} was changed before it was pickled{at}: {now} went \
                     into the pipe",
                    "{who}放入 {on} 的对象在 pickle 之前被改动过{at}：进入管道的是 {now}"
                )]);
            }
            PythonEvent::Dropped { on, number, exception } => {
                let who = self.lives[me].who();
                let at = in_brackets(self.puts.remove(&number).as_ref());
                self.dropped.extend([both!(
                    "what {who} put into {on} could not be pickled{at}, so it never got into the \
                     queue: {exception}",
                    "{who}放入 {on} 的对象无法 pickle{at}，没有进入队列：{exception}"
                )]);
            }
            PythonEvent::Full { number, .. } => drop(self.puts.remove(&number)),
            PythonEvent::Submit { pool, job, tasks, function, call, handled: is_fetched } => {
                let (done, failed) = (0, Few::default());
                let new = SubmittedJob { function, call, at, tasks, done, failed, is_fetched };
                self.jobs.insert((pool, job), new);
            }
            PythonEvent::Begin { values, .. } => self.lives[me].values = values,
            PythonEvent::End { pool, job, exception, message, .. } => {
                let values = std::mem::take(&mut self.lives[me].values);
                self.change_job((pool, job), |job| {
                    job.done += values;
                    let message = message.unwrap_or_default();
                    job.failed.extend(exception.map(|it| in_words(&it, &message)));
                });
            }
            PythonEvent::Returned { call, on, job: Some(job), .. } if call == "cancel" => {
                self.jobs.remove(&(on, job));
            }
            PythonEvent::Returned { on, job: Some(job), .. } => {
                self.change_job((on, job), |job| job.is_fetched = true);
            }
            // Whoever presses Ctrl-C knows it.
            PythonEvent::Raised { exception, .. } if exception == "KeyboardInterrupt" => {
                self.lives[me].is_interrupted = true;
            }
            PythonEvent::Raised { exception, message } => {
                let words = in_words(&exception, &message) + &in_brackets(at.as_ref());
                let thread = record.thread.as_deref().map(str::to_owned);
                self.lives[me].raised.push((thread, words));
            }
            PythonEvent::Ended { child, status } => self.ended(child, status),
            PythonEvent::Written { of: Some(of), .. } => {
                *self.lives[me].copied.entry(of).or_default() += 1;
            }
            PythonEvent::Unwritten { stream, lines, places } => {
                self.lives[me].unwritten.push((stream, lines, places));
            }
            _ => {}
        }
    }

    /// A job of which there is nothing more to say afterwards is forgotten.
    fn change_job(&mut self, key: (String, String), change: impl FnOnce(&mut SubmittedJob)) {
        let Some(job) = self.jobs.get_mut(&key) else { return };
        change(job);
        if job.done >= job.tasks && (job.failed.is_empty() || job.is_fetched) {
            self.jobs.remove(&key);
        }
    }

    fn ended(&mut self, child: u32, status: Option<Status>) {
        let is_beyond =
            self.is_stuck || (self.is_over() && self.latest.get(&child).is_some_and(|it| *it > 0));
        let life = self.life(child, "");
        if !std::mem::replace(&mut life.has_ended, true) {
            life.is_beyond = is_beyond;
        }
        life.status = status.or(life.status);
    }

    /// The latest process with this PID, be it alive or not.
    fn life(&mut self, pid: u32, role: &str) -> &mut Life {
        let number = self.latest.get(&pid).copied().unwrap_or_else(|| self.begin(pid, role));
        &mut self.lives[number]
    }

    fn begin(&mut self, pid: u32, role: &str) -> usize {
        self.lives.push(Life { pid, role: role.to_owned(), ..Life::default() });
        self.latest.insert(pid, self.lives.len() - 1);
        self.lives.len() - 1
    }

    /// Whether the program's first process has ended, and so the run.
    pub(super) fn is_over(&self) -> bool {
        self.lives.first().is_some_and(|it| it.has_ended)
    }

    /// Whether the run went to an end that a program's own doing has led to.
    pub(super) fn is_complete(&self) -> bool {
        let first = self.lives.first().filter(|it| it.has_ended && !it.is_interrupted);
        !self.is_stuck && first.is_some_and(|it| it.status != Some(Status::Signal(Status::SIGINT)))
    }

    pub(super) fn process(&self, pid: u32) -> Option<&Life> {
        self.latest.get(&pid).map(|it| &self.lives[*it])
    }
}

impl Life {
    pub(super) fn who(&self) -> String {
        let Life { role, pid, .. } = self;
        both!("{role} ({pid})", "{role}（{pid}）")
    }
}

/// ` (queue_demo.py:10)`.
pub(super) fn in_brackets(place: Option<&CodeLine>) -> String {
    place.map(|it| both!(" ({it})", "（{it}）")).unwrap_or_default()
}

/// An exception as Python tells it: `ValueError: no such value`.
fn in_words(exception: &str, message: &str) -> String {
    match message.trim().lines().next() {
        None => exception.to_owned(),
        Some(line) => format!("{exception}: {}", clipped(line, 100)),
    }
}
