//! The processes of a run and their threads, each with the slices that are open on its track.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, hash_map};
use std::io;

use serde_json::{Value, json};
use strum::IntoStaticStr;

use super::chrome::{Chrome, Slice, Spot, Track};
use crate::both;
use crate::events::{Effect, Event, Status, str};
use crate::python::PythonEvent;
use crate::state::{self, Activity};

/// The tracks of the living processes, by PID.
#[derive(Default)]
pub struct Tracks(HashMap<u32, ProcessTrack>);

pub struct ProcessTrack {
    track: Track,
    /// How many processes came before this one.
    place: usize,
    role: String,
    start: u64,
    /// The time of its last event.
    last: u64,
    /// The threads' tracks, by name. The main thread has no name, so it comes first.
    threads: BTreeMap<String, ThreadTrack>,
}

struct ThreadTrack {
    track: Track,
    /// The open slices, outermost first, each within the one before it.
    open: Vec<(Level, Slice)>,
    /// The slice of a call that has ended and is not written yet, and the time of its end.
    ended_call: Option<(Slice, u64)>,
    does: Option<Activity>,
    /// The time of its last event.
    last: u64,
}

/// How deep a slice is nested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Level {
    Process,
    Thread,
    Task,
    Activity,
    Call,
}

/// An event of a thread, and what is drawn of it.
pub struct Happened<'a> {
    pub event: &'a Event<'a>,
    /// What the thread does from then on.
    pub does: Activity,
    pub micros: u64,
    /// The event's fields.
    pub args: &'a Value,
}

/// PIDs on Linux are below this number (proc(5), pid_max).
const PIDS: u64 = 1 << 22;

/// How many characters of a value a title shows. The whole value is in the args.
const SHOWN: usize = 40;

impl Tracks {
    /// The track of this process; a new one if it has none.
    ///
    /// Viewers identify a track by its PID. In a long run a PID may be reused, and a viewer would
    /// draw two processes as one. So the second is drawn under a number that can't be a PID on
    /// Linux, and its name has the PID.
    pub fn get(
        &mut self,
        process: &state::Process,
        micros: u64,
        out: &mut Chrome,
    ) -> io::Result<&mut ProcessTrack> {
        let state::Process { pid, role, number, again, .. } = process;
        let tracked = match self.0.entry(*pid) {
            hash_map::Entry::Occupied(entry) => entry.into_mut(),
            hash_map::Entry::Vacant(entry) => {
                let id = u64::from(*pid) + *again as u64 * PIDS;
                let track = Track { pid: id, tid: id };
                // Viewers show the number of a track beside its name.
                let name = match again {
                    0 => role.clone(),
                    _ => both!("{role} (PID {pid})", "{role}（PID {pid}）"),
                };
                out.process(track, &name, *number)?;
                out.thread(track, "MainThread")?;
                entry.insert(ProcessTrack {
                    track,
                    place: *number,
                    role: role.clone(),
                    start: micros,
                    last: micros,
                    threads: BTreeMap::new(),
                })
            }
        };
        // A child's first event may stand before `started`, and either may have the earlier time.
        tracked.start = tracked.start.min(micros);
        Ok(tracked)
    }

    /// The process with this PID has ended.
    pub fn end(&mut self, pid: u32, status: Status, now: u64, out: &mut Chrome) -> io::Result<()> {
        self.0.remove(&pid).map_or(Ok(()), |process| process.end(Some(status), now, out))
    }

    /// Ends all tracks at the end of the log, that of each process that still lives.
    pub fn end_all(&mut self, micros: u64, out: &mut Chrome) -> io::Result<()> {
        let mut rest: Vec<_> = self.0.drain().map(|(_, process)| process).collect();
        rest.sort_by_key(|process| process.place);
        rest.into_iter().try_for_each(|process| process.end(None, micros, out))
    }
}

impl ProcessTrack {
    /// Draws the next event of a thread of the process. Returns where it is drawn.
    pub fn see(
        &mut self,
        thread: Option<&str>,
        happened: &Happened,
        out: &mut Chrome,
    ) -> io::Result<Spot> {
        // The main thread has a number already, and it may come after others.
        let number = self.threads.len() as u64 + 1;
        let thread = match self.threads.entry(thread.unwrap_or_default().to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                entry.insert(ThreadTrack::begin(thread, number, self.track, happened.micros, out)?)
            }
        };
        let micros = thread.see(happened, out)?;
        self.last = self.last.max(micros);
        Ok(Spot { track: thread.track, micros })
    }

    /// Ends the process's slices, and those of its threads, whose ends the log doesn't tell.
    fn end(self, status: Option<Status>, micros: u64, out: &mut Chrome) -> io::Result<()> {
        let end = micros.max(self.last);
        let args = status.map(|status| {
            let in_words = match status {
                Status::Code(code) => both!("exit {code}", "退出状态 {code}"),
                Status::Signal(_) => status.to_string().trim_start_matches("was ").to_owned(),
            };
            json!({ "status": in_words })
        });
        let category = Level::Process.into();
        let life = Slice { name: self.role, category, start: self.start, args };
        out.slice(life, self.track, end)?;
        self.threads.into_values().try_for_each(|mut thread| thread.close(Level::Thread, end, out))
    }
}

impl ThreadTrack {
    /// A thread of the process that is drawn on `main`: the one with this number, from 1.
    fn begin(
        name: Option<&str>,
        number: u64,
        main: Track,
        start: u64,
        out: &mut Chrome,
    ) -> io::Result<ThreadTrack> {
        let mut thread = ThreadTrack {
            track: main,
            open: Vec::new(),
            ended_call: None,
            does: None,
            last: start,
        };
        if let Some(name) = name {
            // Never the main thread's number, though: in a container PIDs can be that small.
            thread.track.tid = number + u64::from(number >= main.tid);
            out.thread(thread.track, name)?;
            thread.open(Level::Thread, name.to_owned(), start, None);
        }
        Ok(thread)
    }

    /// Takes the thread's next event, and returns its time, which never goes back.
    fn see(&mut self, happened: &Happened, out: &mut Chrome) -> io::Result<u64> {
        let Happened { event, does, micros, args } = happened;
        let now = self.last.max(*micros);
        self.last = now;
        let args = || Some((*args).clone());
        let effect = event.effect();
        let is_activity = matches!(effect, Effect::Sleeps | Effect::Waits(..) | Effect::Joins(_));

        let ends = match effect {
            Effect::BeginsTask | Effect::EndsTask | Effect::AwaitsTask => Level::Task,
            Effect::EndsThread => Level::Thread,
            _ if is_activity || self.does != Some(*does) => Level::Activity,
            _ => Level::Call,
        };
        let task = self.open.iter_mut().find(|(level, _)| *level == Level::Task);
        let is_in_task = task.is_some();
        if let (Effect::EndsTask, Some((_, task))) = (effect, task) {
            // The last event of a task has all the fields of the first one, and the time that the
            // task took.
            task.args = args();
        }
        self.close(ends, now, out)?;

        match effect {
            Effect::BeginsTask => {
                let title = match event {
                    Event::TaskStart { task, kind } => {
                        both!("task {task} ({kind})", "任务 {task}（{kind}）")
                    }
                    other => match other.own() {
                        Some(PythonEvent::Begin { function, .. }) => function,
                        _ => other.name().into(),
                    },
                };
                self.open(Level::Task, title, now, args());
            }
            Effect::EndsTask if !is_in_task => {
                self.open(Level::Task, both!("task", "任务"), now, args());
                self.close(Level::Task, now, out)?;
            }
            _ => {}
        }
        self.does = Some(*does);
        if self.open.last().is_none_or(|(level, _)| *level < Level::Activity) {
            let args = is_activity.then(args).flatten();
            self.open(Level::Activity, activity_title(*does, event), now, args);
        }
        if let Effect::Leaves(_, _, value, _) | Effect::Arrives(_, _, value, _) = effect {
            self.open(Level::Call, call_title(event.name(), value), now, args());
        }
        Ok(now)
    }

    fn open(&mut self, level: Level, name: String, start: u64, args: Option<Value>) {
        self.open.push((level, Slice { name, category: level.into(), start, args }));
    }

    /// Ends the open slices of this level and those inside. The outermost are written first: of two
    /// that begin and end at the same time, viewers take the first as the outer one. So a call that
    /// began at the same time as the slice around it is written after that slice, or before the
    /// next call.
    fn close(&mut self, level: Level, end: u64, out: &mut Chrome) -> io::Result<()> {
        let first = self.open.partition_point(|(other, _)| *other < level);
        let earlier = self.ended_call.take();
        let around = self.open[..first].last().map(|(_, slice)| slice.start);
        let ended = self.open.drain(first..);
        let ended = ended.filter(|(_, slice)| slice.start < end || slice.args.is_some());
        for (ended_level, slice) in ended {
            match ended_level == Level::Call && around == Some(slice.start) {
                true => self.ended_call = Some((slice, end)),
                false => out.slice(slice, self.track, end)?,
            }
        }
        earlier.map_or(Ok(()), |(slice, end)| out.slice(slice, self.track, end))
    }
}

fn activity_title(does: Activity, event: &Event) -> String {
    match (does, event) {
        (Activity::Running, _) => both!("running", "运行"),
        (Activity::Sleeping, _) => both!("sleep", "睡眠"),
        (Activity::Waiting(call), _) => {
            let call = call.name();
            both!("{call} (waiting)", "{call}（等待）")
        }
        (Activity::Joining(child), Event::Join { child_role, .. }) => {
            format!("join {child_role} {child}")
        }
        (Activity::Joining(child), _) => format!("join {child}"),
    }
}

fn call_title(call: &str, value: &Value) -> String {
    let value = str(value);
    match value.char_indices().nth(SHOWN) {
        None => format!("{call} {value}"),
        Some((end, _)) => format!("{call} {}...", &value[..end]),
    }
}
