//! The processes of a run and their threads, each with the slices that are open on its track.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, hash_map};
use std::io::{self, Write};

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::chrome::{Chrome, Slice, Spot, Track};
use super::titles::{activity_title, call_title, end_in_words, task_title};
use crate::both;
use crate::events::{Effect, Event, Status};
use crate::state::{self, Activity};

/// The tracks of the processes that are there, by PID.
#[derive(Default)]
pub struct Tracks(HashMap<u32, ProcessTrack>);

/// One process.
pub struct ProcessTrack {
    /// Its main track.
    track: Track,
    /// How many processes came before it.
    place: usize,
    role: String,
    start: u64,
    /// The time of its last event.
    last: u64,
    /// By name. The main thread has none, so it comes first.
    threads: BTreeMap<String, ThreadTrack>,
}

/// One thread of a process.
struct ThreadTrack {
    track: Track,
    /// The slices that it is in, outermost first, each within the one before it.
    open: Vec<(Level, Slice)>,
    /// A call that has ended and is not written yet, and when it ended.
    ended_call: Option<(Slice, u64)>,
    does: Option<Activity>,
    /// The time of its last event.
    last: u64,
}

/// How deep a slice is nested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Thread,
    Task,
    Activity,
    Call,
}

/// PIDs on Linux are below this number (proc(5), pid_max).
const PIDS: u64 = 1 << 22;

impl Tracks {
    /// The track of this process. It gets one now if it has none.
    ///
    /// A track is known by its PID. In a long run a PID may come again, and a viewer would draw two
    /// processes as one, so the second is drawn under a number that can't be a PID on Linux, and
    /// its name has the PID.
    pub fn get<W: Write>(
        &mut self,
        process: &state::Process,
        micros: u64,
        out: &mut Chrome<W>,
    ) -> io::Result<&mut ProcessTrack> {
        let tracked = match self.0.entry(process.pid) {
            hash_map::Entry::Occupied(entry) => entry.into_mut(),
            hash_map::Entry::Vacant(entry) => {
                let id = u64::from(process.pid) + process.again as u64 * PIDS;
                let track = Track { pid: id, tid: id };
                // Viewers show the number of a track beside its name.
                let name = match process.again {
                    0 => process.role.clone(),
                    _ => {
                        let (role, pid) = (&process.role, process.pid);
                        both!("{role} (PID {pid})", "{role}（PID {pid}）")
                    }
                };
                out.process(track, &name, process.number as u64)?;
                out.thread(track, "MainThread")?;
                entry.insert(ProcessTrack {
                    track,
                    place: process.number,
                    role: process.role.clone(),
                    start: micros,
                    last: micros,
                    threads: BTreeMap::new(),
                })
            }
        };
        // A child's first event may come before `started` in the log, and either may have the
        // earlier time.
        tracked.start = tracked.start.min(micros);
        Ok(tracked)
    }

    /// The process with this PID has ended.
    pub fn end<W: Write>(
        &mut self,
        pid: u32,
        status: Status,
        micros: u64,
        out: &mut Chrome<W>,
    ) -> io::Result<()> {
        match self.0.remove(&pid) {
            Some(process) => process.end(Some(status), micros, out),
            None => Ok(()),
        }
    }

    /// The log ends here. Processes that are still there are drawn up to this moment.
    pub fn end_all<W: Write>(&mut self, micros: u64, out: &mut Chrome<W>) -> io::Result<()> {
        let mut rest: Vec<_> = self.0.drain().map(|(_, process)| process).collect();
        rest.sort_by_key(|process| process.place);
        rest.into_iter().try_for_each(|process| process.end(None, micros, out))
    }
}

impl ProcessTrack {
    /// One of its threads has its next event. Returns where that is drawn.
    pub fn see<W: Write>(
        &mut self,
        thread: Option<&str>,
        happened: &Happened,
        out: &mut Chrome<W>,
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
        let track = thread.track;
        Ok(Spot { track, micros })
    }

    /// Ends its slices. The log doesn't say when a thread ended, so threads are drawn until the end
    /// of their process.
    fn end<W: Write>(
        self,
        status: Option<Status>,
        micros: u64,
        out: &mut Chrome<W>,
    ) -> io::Result<()> {
        let end = micros.max(self.last);
        let status = status.map(|status| json!({ "status": end_in_words(status) }));
        let args = status.map(|status| to_raw_value(&status)).transpose()?;
        let life = Slice { name: self.role, category: "process", start: self.start, args };
        out.slice(&life, self.track, end)?;
        self.threads.into_values().try_for_each(|mut thread| thread.close(Level::Thread, end, out))
    }
}

/// An event, and what of it gets drawn.
pub struct Happened<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// What its thread does from then on.
    pub does: Activity,
    /// When it happened.
    pub micros: u64,
    /// Its fields.
    pub args: &'a RawValue,
}

impl ThreadTrack {
    /// A thread of the process that is drawn on `main`: the one with this number, from 1.
    fn begin<W: Write>(
        name: Option<&str>,
        number: u64,
        main: Track,
        start: u64,
        out: &mut Chrome<W>,
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

    /// Takes the thread's next event, and returns when it happened. Its time never goes back, even
    /// in an edited recording.
    fn see<W: Write>(&mut self, happened: &Happened, out: &mut Chrome<W>) -> io::Result<u64> {
        let now = happened.micros.max(self.last);
        self.last = now;
        let args = || Some(happened.args.to_owned());
        let effect = happened.event.effect();
        let is_activity = matches!(effect, Effect::Sleeps | Effect::Waits(..) | Effect::Joins(_));

        let ends = match effect {
            Effect::BeginsTask | Effect::EndsTask => Level::Task,
            _ if is_activity || self.does != Some(happened.does) => Level::Activity,
            _ => Level::Call,
        };
        let task = self.open.iter_mut().find(|(level, _)| *level == Level::Task);
        let is_in_task = task.is_some();
        if let (Effect::EndsTask, Some((_, task))) = (effect, task) {
            // The last event knows all that the first one knew, and how long it took.
            task.args = args();
        }
        self.close(ends, now, out)?;

        match effect {
            Effect::BeginsTask => {
                self.open(Level::Task, task_title(happened.event), now, args());
            }
            Effect::EndsTask if !is_in_task => {
                self.open(Level::Task, both!("task", "任务"), now, args());
                self.close(Level::Task, now, out)?;
            }
            _ => {}
        }
        self.does = Some(happened.does);
        if self.open.last().is_none_or(|(level, _)| *level < Level::Activity) {
            let title = activity_title(happened.does, happened.event);
            let args = is_activity.then(args).flatten();
            self.open(Level::Activity, title, now, args);
        }
        if let Effect::Leaves(_, _, value) | Effect::Arrives(_, _, value) = effect {
            let title = call_title(happened.event.name(), value);
            self.open(Level::Call, title, now, args());
        }
        Ok(now)
    }

    fn open(&mut self, level: Level, name: String, start: u64, args: Option<Box<RawValue>>) {
        let category = match level {
            Level::Thread => "thread",
            Level::Task => "task",
            Level::Activity => "activity",
            Level::Call => "call",
        };
        let slice = Slice { name, category, start, args };
        self.open.push((level, slice));
    }

    /// Ends the open slices of this level and those inside. The outermost are written first: of two
    /// that begin and end at the same time, viewers take the first as the outer one. So a call that
    /// began together with what is around it waits until that has ended, or until the next call.
    fn close<W: Write>(&mut self, level: Level, end: u64, out: &mut Chrome<W>) -> io::Result<()> {
        let first = self.open.partition_point(|(other, _)| *other < level);
        let track = self.track;
        let earlier = self.ended_call.take();
        let around = self.open[..first].last().map(|(_, slice)| slice.start);
        let ended = self.open.drain(first..);
        let ended = ended.filter(|(_, slice)| slice.start < end || slice.args.is_some());
        for (ended_level, slice) in ended {
            match ended_level == Level::Call && around == Some(slice.start) {
                true => self.ended_call = Some((slice, end)),
                false => out.slice(&slice, track, end)?,
            }
        }
        earlier.map_or(Ok(()), |(slice, end)| out.slice(&slice, track, end))
    }
}
