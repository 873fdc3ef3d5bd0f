//! What is true of the run of a program, beside its `State`: one fold of its
//! events, from which come the remarks, the claims and the words about a stuck run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use anyhow::Result;

use super::{NAME, PythonEvent};
use crate::both;
use crate::events::{Call, CodeLine, Effect, Event, Record, Status, Stream};
use crate::state::{Change, State};
use crate::views::View;
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
    pub(super) objects: HashMap<String, Object>,
    /// The locks that are held: by which process, and where it acquired them.
    pub(super) held: BTreeMap<String, (usize, Option<CodeLine>)>,
    /// Where the values were put or sent that are on their way, by number.
    pub(super) puts: HashMap<u64, CodeLine>,
    /// The number of the value that each thread put last.
    last_put: HashMap<(u32, Option<String>), u64>,
    /// The values whose `put()` waits for room, or did so until its process ended, by number.
    pub(super) blocked: BTreeSet<u64>,
    pub(super) jobs: BTreeMap<(String, String), Job>,
    /// Values that were changed after their put, or could not be pickled.
    pub(super) changed: Few,
    pub(super) dropped: Few,
    pub(super) has_put: bool,
    pub(super) has_printed: bool,
    pub(super) has_acquired: bool,
    /// The program's files.
    sources: HashMap<String, String>,
    /// The line of the last event of each thread.
    lines: HashMap<(u32, Option<String>), CodeLine>,
}

/// The first few of many sentences, and how many more there are.
#[derive(Clone, Default)]
pub(super) struct Few {
    pub first: Vec<String>,
    pub more: usize,
}

impl Few {
    const MOST: usize = 5;

    pub fn push(&mut self, sentence: String) {
        match self.first.len() < Few::MOST {
            true => self.first.push(sentence),
            false => self.more += 1,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    pub fn sentences(self) -> Vec<String> {
        let Few { mut first, more } = self;
        if more > 0 {
            first.push(both!("and {more} more like that", "同样的情况另有 {more} 处"));
        }
        first
    }
}

impl FromIterator<String> for Few {
    fn from_iter<I: IntoIterator<Item = String>>(sentences: I) -> Few {
        let mut few = Few::default();
        sentences.into_iter().for_each(|it| few.push(it));
        few
    }
}

/// A process of the run.
#[derive(Default)]
pub(super) struct Life {
    pub pid: u32,
    pub role: String,
    /// Python's start method; none for the first process, a bare fork, or another program.
    pub method: Option<String>,
    pub is_started: bool,
    pub is_library: bool,
    pub is_daemon: bool,
    pub is_foreign: bool,
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
    /// The line of its main thread's last event, once it has ended.
    pub last: Option<CodeLine>,
    /// Printed lines that were never written: how many on which stream, and where printed.
    pub unwritten: Vec<(Stream, u64, Vec<String>)>,
    /// The queue in whose `get()` the main thread waits, or waited when it ended.
    pub gets_from: Option<String>,
    /// How many values the chunk has on which the worker works.
    pub values: u64,
    /// Lines written that another process had printed before it forked this one.
    pub copied: BTreeMap<u32, u64>,
}

/// A queue, lock or other object of the program.
#[derive(Default)]
pub(super) struct Object {
    /// Its class in Python; empty if that is not known.
    pub kind: String,
    /// The processes that have put something into it, or brought results.
    pub givers: BTreeSet<u32>,
    /// The processes that have taken something out of it, or tried to.
    pub takers: BTreeSet<u32>,
}

/// Tasks that were given to a pool at once.
pub(super) struct Job {
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

impl View for Rc<RefCell<Facts>> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        self.borrow_mut().see(record);
        Ok(())
    }
}

impl Facts {
    /// Sees the run's next event.
    pub fn see(&mut self, record: &Record) {
        if let Event::Run { lesson, .. } = &record.event {
            self.is_program = lesson == NAME;
        }
        if !self.is_program {
            return;
        }
        let place = record.at.as_ref().map(CodeLine::from);
        let own = record.event.own::<PythonEvent>();
        // What is told of a process that has ended already.
        let is_told =
            matches!(own, Some(PythonEvent::Unwritten { .. } | PythonEvent::Ended { .. }));
        let me = match is_told || matches!(record.event, Event::Exited { .. }) {
            true => self.life(record.pid, &record.role),
            false => self.living(record.pid, &record.role),
        };
        if record.thread.is_none() && !is_told {
            self.lives[me].gets_from = match &record.event {
                Event::Wait { call: Call::Get, on } => on.as_deref().map(str::to_owned),
                _ => None,
            };
        }
        if let Some(line) = &place {
            let thread = record.thread.as_deref().map(str::to_owned);
            self.lines.insert((record.pid, thread), line.clone());
        }
        match own {
            Some(event) => self.see_own(event, me, place, record),
            None => self.see_core(&record.event, me, place, record),
        }
    }

    fn see_core(&mut self, event: &Event, me: usize, place: Option<CodeLine>, record: &Record) {
        let pid = record.pid;
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
            Event::Join { child, child_role } => {
                let child = self.life(*child, child_role);
                self.lives[child].is_waited_for = true;
            }
            Event::Joined { child, child_role } => {
                let child = self.life(*child, child_role);
                self.lives[child].is_joined = true;
            }
            Event::Exited { child, child_role, status } => {
                let is_asked = *child != pid && place.is_some();
                let child = self.life(*child, child_role);
                self.lives[child].is_asked |= is_asked;
                self.ended(child, Some(*status));
            }
            Event::Put { on, number, .. } | Event::Send { on, number, .. } => {
                self.has_put |= matches!(event, Event::Put { .. });
                let on = on.as_deref().unwrap_or_default();
                self.object(on).givers.insert(pid);
                if let (Some(number), Some(line)) = (number, place) {
                    self.puts.insert(*number, line);
                    let thread = record.thread.as_deref().map(str::to_owned);
                    self.last_put.insert((pid, thread), *number);
                }
            }
            Event::Get { on, number, .. } | Event::Recv { on, number, .. } => {
                let on = on.as_deref().unwrap_or_default();
                self.object(on).takers.insert(pid);
                self.puts.remove(&number.unwrap_or_default());
            }
            Event::Wait { call: Call::Put, .. } => {
                let thread = record.thread.as_deref().map(str::to_owned);
                self.blocked.extend(self.last_put.get(&(pid, thread)));
            }
            Event::Wait { call: Call::Get, on: Some(on) } => {
                self.object(on).takers.insert(pid);
            }
            Event::Acquired { lock } => {
                self.has_acquired = true;
                self.held.insert(lock.to_string(), (me, place));
            }
            Event::Release { lock } => {
                self.held.remove(&**lock);
            }
            Event::Stuck { likely, .. } => self.is_stuck |= likely.is_none(),
            _ => {
                if let Effect::Signals(child, signal) = event.effect() {
                    let child = self.life(child, "");
                    if !self.lives[child].has_ended {
                        self.lives[child].signal = Some((signal, place));
                    }
                }
            }
        }
    }

    fn see_own(&mut self, event: PythonEvent, me: usize, place: Option<CodeLine>, record: &Record) {
        match event {
            PythonEvent::Made { on, kind, .. } => self.object(&on).kind = kind,
            PythonEvent::Called { on, .. } => drop(self.object(&on).givers.insert(record.pid)),
            PythonEvent::Fed { on, number, value: Some(now) } => {
                let (who, now) = (self.lives[me].who(), shown(&now));
                let at = in_brackets(self.puts.get(&number));
                self.changed.push(both!(
                    "what {who} put into {on} was changed before it was pickled{at}: {now} went \
                     into the pipe",
                    "{who}放入 {on} 的对象在 pickle 之前被改动过{at}：进入管道的是 {now}"
                ));
            }
            PythonEvent::Dropped { on, number, exception } => {
                let who = self.lives[me].who();
                let at = in_brackets(self.puts.remove(&number).as_ref());
                self.dropped.push(both!(
                    "what {who} put into {on} could not be pickled{at}, so it never got into the \
                     queue: {exception}",
                    "{who}放入 {on} 的对象无法 pickle{at}，没有进入队列：{exception}"
                ));
            }
            PythonEvent::Full { number, .. } => drop(self.puts.remove(&number)),
            PythonEvent::Submit { pool, job, tasks, function, call, handled: is_fetched } => {
                let (done, failed) = (0, Few::default());
                let new = Job { function, call, at: place, tasks, done, failed, is_fetched };
                self.jobs.insert((pool, job), new);
            }
            PythonEvent::Begin { pool, values, .. } => {
                self.object(&pool).givers.insert(record.pid);
                self.lives[me].values = values;
            }
            PythonEvent::End { pool, job, exception, message, .. } => {
                let (key, values) = ((pool, job), std::mem::take(&mut self.lives[me].values));
                let Some(job) = self.jobs.get_mut(&key) else { return };
                job.done += values;
                let message = message.unwrap_or_default();
                exception.into_iter().for_each(|it| job.failed.push(in_words(&it, &message)));
                self.forget_job(&key);
            }
            PythonEvent::Returned { on, job: Some(job), .. } => {
                let key = (on, job);
                let Some(job) = self.jobs.get_mut(&key) else { return };
                job.is_fetched = true;
                self.forget_job(&key);
            }
            PythonEvent::Returned { call, .. } if call == Call::Put.name() => {
                let thread = record.thread.as_deref().map(str::to_owned);
                if let Some(number) = self.last_put.get(&(record.pid, thread)) {
                    self.blocked.remove(number);
                }
            }
            PythonEvent::Raised { exception, message } => {
                let at = in_brackets(place.as_ref());
                let words = in_words(&exception, &message) + &at;
                let thread = record.thread.as_deref().map(str::to_owned);
                // Whoever presses Ctrl-C knows it.
                match exception == "KeyboardInterrupt" {
                    true => self.lives[me].is_interrupted = true,
                    false => self.lives[me].raised.push((thread, words)),
                }
            }
            PythonEvent::Ended { child, status } => {
                let child = self.life(child, "");
                self.ended(child, status);
            }
            PythonEvent::Printed { .. } => self.has_printed = true,
            PythonEvent::Source { file, text } => drop(self.sources.insert(file, text)),
            PythonEvent::Written { of: Some(of), .. } => {
                *self.lives[me].copied.entry(of).or_default() += 1;
            }
            PythonEvent::Unwritten { stream, lines, places } => {
                self.lives[me].unwritten.push((stream, lines, places));
            }
            _ => {}
        }
    }

    /// A job of which there is nothing more to say is forgotten.
    fn forget_job(&mut self, key: &(String, String)) {
        let is_over = |it: &Job| it.done >= it.tasks && (it.failed.is_empty() || it.is_fetched);
        if self.jobs.get(key).is_some_and(is_over) {
            self.jobs.remove(key);
        }
    }

    fn ended(&mut self, child: usize, status: Option<Status>) {
        let is_beyond = self.is_stuck || (self.is_over() && child > 0);
        let life = &mut self.lives[child];
        if !std::mem::replace(&mut life.has_ended, true) {
            life.is_beyond = is_beyond;
        }
        life.status = status.or(life.status);
        let pid = life.pid;
        if let Some(last) = self.lines.remove(&(pid, None)) {
            life.last = Some(last);
        }
        self.lines.retain(|(of, _), _| *of != pid);
    }

    pub(super) fn object(&mut self, on: &str) -> &mut Object {
        self.objects.entry(on.to_owned()).or_default()
    }

    /// The latest process with this PID, be it alive or not.
    fn life(&mut self, pid: u32, role: &str) -> usize {
        self.latest.get(&pid).copied().unwrap_or_else(|| self.begin(pid, role))
    }

    /// The living process with this PID.
    fn living(&mut self, pid: u32, role: &str) -> usize {
        let known = self.latest.get(&pid).filter(|it| !self.lives[**it].has_ended);
        known.copied().unwrap_or_else(|| self.begin(pid, role))
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

    /// On what this line of the program calls `method`: `pr` of `pr.join()`.
    pub(super) fn callee(&self, at: &CodeLine, method: &str) -> Option<String> {
        let text = self.sources.get(&at.file)?.lines().nth(at.line.checked_sub(1)? as usize)?;
        let (before, rest) = text.split_once(&format!(".{method}("))?;
        if rest.contains(&format!(".{method}(")) {
            return None;
        }
        let is_part = |c: char| c.is_alphanumeric() || "_.[]".contains(c);
        let name = before.rsplit(|c| !is_part(c)).next()?;
        (!name.is_empty()).then(|| clipped(name, 40))
    }

    /// The line of the last event of this thread.
    pub(super) fn line(&self, pid: u32, thread: Option<&str>) -> Option<&CodeLine> {
        self.lines.get(&(pid, thread.map(str::to_owned)))
    }
}

impl Object {
    /// Whether it is a queue between threads.
    pub(super) fn is_of_threads(&self) -> bool {
        self.kind.starts_with("queue.")
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
