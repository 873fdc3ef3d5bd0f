//! The lanes of a run: what each process and thread did when, and what is marked there.

use std::collections::HashMap;

use serde_json::Value;

use super::lane::{Doing, Lane, Marked};
use super::pools::{self, Worker};
use crate::both;
use crate::events::{Call, Effect, Event, Label, Mark, Needs, Record, Status, Way, repr};
use crate::python::PythonEvent;
use crate::state::{Change, State};
use crate::views::palette::Palette;

/// The most lanes of a picture. More are easier to read in a trace.
const MOST_LANES: usize = 48;

/// The most lanes that play the same part, `reader-1`, `reader-2` and so on. A thousand readers
/// must not keep out the one process that starts after them.
const MOST_ALIKE: usize = 30;

/// The most workers of pools that are remembered.
const MOST_WORKERS: usize = 1000;

/// The most different values that are remembered, to number the ones that come again.
const MOST_REMEMBERED: usize = 1000;

/// By how many microseconds the times of different processes can be out of order.
const OUT_OF_ORDER: u64 = 1_000;

/// The lanes of a run so far.
#[derive(Default)]
pub struct Lanes {
    pub palette: Palette,
    /// The time of the last event, or, where two have the same, a little later.
    pub now: u64,
    /// The time at which the last event is drawn.
    pub time: u64,
    has_begun: bool,
    /// The lanes, in the order of their beginnings.
    pub lanes: Vec<Lane>,
    /// The lane of each living process; none for a process that had no place.
    processes: HashMap<u32, Option<usize>>,
    threads: HashMap<(u32, String), ThreadLane>,
    /// The values in transit, by their parcels' numbers.
    departures: HashMap<u64, Departure>,
    /// The lane that has each lock.
    holders: HashMap<String, usize>,
    /// From where to where values went: the lane and the time of both events.
    pub arrows: Vec<[(usize, u64); 2]>,
    /// How often each value has left.
    seen: HashMap<String, u32>,
    /// How many lanes are left out.
    pub left_out: usize,
    /// Whether equal values are told apart by a number.
    pub has_equals: bool,
}

/// Where a thread is drawn.
enum ThreadLane {
    /// The thread had one event so far, which is a mark on its process's lane: its time, what the
    /// thread did then, and whether its function began.
    Momentary(u64, Doing, bool),
    /// The thread has a lane; none if there was no place.
    Lasting(Option<usize>),
}

/// A value that was put or sent.
struct Departure {
    /// The label at both the put and the get.
    label: String,
    /// The put's mark, if it is drawn: the lane, and the place among the lane's marks.
    mark: Option<(usize, usize)>,
}

/// A role or name without its number.
fn part(name: &str) -> &str {
    name.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit())
}

impl Lanes {
    /// Takes note of an event.
    pub fn see(&mut self, record: &Record, state: &State, change: &Change) {
        self.palette.see(record);
        // Between processes, times can be a little out of order: the log's order is the right one.
        // But what is told late has its own time.
        let earliest = self.now.saturating_add(u64::from(self.has_begun));
        let now = match record.micros() {
            late if earliest.saturating_sub(late) > OUT_OF_ORDER => late,
            time => time.max(earliest),
        };
        (self.now, self.time, self.has_begun) = (now.max(self.now), now, true);
        if let (Some(parcel), Effect::Drops(_)) = (change.taken_back, record.event.effect()) {
            self.change_mark(parcel.id, Mark::Lost);
        }
        // A thread that only logs a user's command's output gets no lane.
        if record.thread.is_some() && record.event.effect().is_aside() {
            return;
        }
        let process = self.process(record.pid, &record.role, None, now);
        let effect = record.event.effect();
        let lane = match (process, record.thread.as_deref()) {
            // A thread of Python's own that looks after a pool is not drawn.
            (_, Some(_)) if matches!(effect, Effect::Begins(..) | Effect::Ends(..)) => None,
            (Some(process), Some(name)) if matches!(effect, Effect::EndsThread) => {
                self.end_thread(process, (record.pid, name), now);
                None
            }
            (Some(process), Some(name)) => {
                let begins = matches!(record.event, Event::Running {});
                self.thread(process, (record.pid, name), change.does.into(), begins, now)
            }
            (Some(process), None) => {
                self.lanes[process].switch_to(change.does.into(), now);
                Some(process)
            }
            (None, _) => None,
        };
        if let (Some(parcel), Effect::Refused(_) | Effect::TakesBack(_)) =
            (change.taken_back, &effect)
        {
            self.change_mark(parcel.id, Mark::Refused);
        }
        match &record.event {
            Event::Started { child, child_role, foreign, command, library, .. } => {
                let worker = library.map(|_| Worker::of(record.pid));
                let number = self.process(*child, child_role, worker, now);
                if let (true, Some(number)) = (*foreign, number) {
                    // A user's command is drawn below its go-between.
                    self.lanes[number].below = lane.filter(|_| command.is_some());
                    self.lanes[number].has_done(Doing::Lives);
                }
            }
            // The program's own end is the picture's, unless something is wrong.
            Event::Exited { child, status: Status::Code(0), .. } if *child == record.pid => {
                self.end(*child, None, true, now);
            }
            Event::Exited { child, status, .. } => self.end(*child, Some(*status), true, now),
            Event::Sleep { seconds } => {
                if let Some(lane) = lane {
                    self.lanes[lane].sleeps_until = now.saturating_add((seconds * 1e6) as u64);
                }
            }
            Event::Stuck { waits, .. } => {
                let for_room = waits.iter().filter(|it| it.needs == Needs::Room);
                for waiter in for_room.filter(|it| it.thread.is_none()) {
                    if let Some(Some(process)) = self.processes.get(&waiter.pid) {
                        self.lanes[*process].has_done(Doing::Waits);
                    }
                }
            }
            _ => {}
        }
        if let Effect::IsGone(pid) = effect {
            self.end(pid, None, false, now);
        }
        if let Effect::IsZombie(pid, status) = effect
            && let Some(Some(process)) = self.processes.get(&pid)
        {
            self.lanes[*process].die(status, now);
        }
        match (effect, lane) {
            (Effect::Acquires(lock), Some(lane)) => {
                if self.holders.insert(lock.to_owned(), lane) != Some(lane) {
                    self.lanes[lane].holds += 1;
                }
                self.lanes[lane].switch_to(Doing::Runs, now);
            }
            (Effect::Releases(lock), lane) => {
                if let Some(holder) = self.holders.remove(lock) {
                    let holds = &mut self.lanes[holder].holds;
                    *holds = holds.saturating_sub(1);
                }
                lane.into_iter().for_each(|it| self.lanes[it].switch_to(Doing::Runs, now));
            }
            _ => {}
        }
        let worker = process.and_then(|process| self.lanes[process].worker.as_mut());
        match (worker, effect, record.event.own()) {
            (Some(worker), _, Some(PythonEvent::Begin { pool, .. })) => worker.begin(&pool, now),
            (Some(worker), Effect::AwaitsTask, _) => worker.end(now),
            _ => {}
        }
        let place = lane.map(|lane| (lane, self.lanes[lane].marks.len()));
        let value = self.value(&record.event, change, place);
        let (Some(lane), Some((mark, label))) = (lane, record.event.mark()) else {
            return;
        };
        let is_told = match &record.event {
            // A refused send is marked at the send itself.
            Event::Refused { call, .. } => *call == Call::Send,
            // A join after a signal gets no mark: the signal's mark names the child. But a zombie's
            // does, if the program itself joins it: a log says where, then.
            Event::Join { child, .. } => {
                let zombie = self.processes.get(child).copied().flatten();
                match zombie.map(|it| &mut self.lanes[it]).filter(|it| it.died.is_some()) {
                    Some(zombie) => {
                        zombie.is_left = record.at.is_none();
                        zombie.is_left
                    }
                    None => state.process(*child).is_some_and(|it| it.signalled.is_some()),
                }
            }
            _ => false,
        };
        if is_told {
            return;
        }
        let label = match label {
            Label::Nothing => String::new(),
            Label::Value => value.unwrap_or_default(),
            Label::Sentinel => both!("sentinel", "哨兵值"),
            Label::Empty => both!("empty", "空"),
            Label::Role(role) => role.into(),
            Label::Number(number) => number.to_string(),
            Label::Lines(text) => text.lines().collect::<Vec<_>>().join(" "),
        };
        self.mark(lane, mark, &label, now);
    }

    /// Completes the lanes: the run is over.
    pub fn finish(&mut self, state: &State) {
        for sent in state.on_its_way(Way::Queue) {
            self.change_mark(sent.parcel.id, Mark::Lost);
        }
        for lane in &mut self.lanes {
            lane.wake(self.now);
            if lane.is_glimpsed && lane.ended.is_none() {
                lane.end(None, self.now);
            }
        }
        pools::gather(&mut self.lanes);
        // Workers of many small pools may still be too many.
        let drawn = self.lanes.iter_mut().filter(|lane| !lane.is_hidden);
        for lane in drawn.skip(MOST_LANES) {
            lane.is_hidden = true;
            self.left_out += 1;
        }
    }

    fn add(&mut self, lane: Lane) -> Option<usize> {
        // Many workers of a pool will be one lane.
        let drawn = self.lanes.iter().filter(|other| other.worker.is_none());
        let alike = drawn.clone().filter(|other| part(&other.name) == part(&lane.name)).count();
        let is_too_many = match lane.worker {
            None => drawn.count() >= MOST_LANES || alike >= MOST_ALIKE,
            Some(_) => self.lanes.len() >= MOST_WORKERS,
        };
        if is_too_many {
            self.left_out += 1;
            return None;
        }
        self.lanes.push(lane);
        Some(self.lanes.len() - 1)
    }

    /// The lane of a process; a new one from now on if it had none.
    fn process(&mut self, pid: u32, role: &str, worker: Option<Worker>, now: u64) -> Option<usize> {
        if let Some(lane) = self.processes.get(&pid) {
            if let (Some(lane), Some(_)) = (lane, &worker) {
                self.lanes[*lane].worker = worker;
            }
            return *lane;
        }
        let mut lane = Lane::new(role, pid, self.lanes.len(), now, Doing::Runs);
        lane.worker = worker;
        let lane = self.add(lane);
        self.processes.insert(pid, lane);
        lane
    }

    /// The lane of a thread that is not the main thread, and has an event.
    fn thread(
        &mut self,
        process: usize,
        (pid, name): (u32, &str),
        doing: Doing,
        begins: bool,
        now: u64,
    ) -> Option<usize> {
        let key = (pid, name.to_owned());
        let lane = match self.threads.get(&key) {
            None => {
                self.threads.insert(key, ThreadLane::Momentary(now, doing, begins));
                self.mark(process, Mark::Thread, "", now);
                return None;
            }
            Some(&ThreadLane::Momentary(began, doing, begins)) => {
                let mut lane = Lane::new(name, pid, process, began, doing);
                lane.is_glimpsed = !begins;
                let lane = self.add(lane);
                self.threads.insert(key, ThreadLane::Lasting(lane));
                lane
            }
            Some(ThreadLane::Lasting(lane)) => *lane,
        }?;
        self.lanes[lane].switch_to(doing, now);
        Some(lane)
    }

    /// The process has ended. How, may be told later.
    fn end(&mut self, pid: u32, status: Option<Status>, is_all: bool, now: u64) {
        let process = match is_all {
            // The PID may be another process's from now on.
            true => self.processes.remove(&pid),
            false => self.processes.get(&pid).copied(),
        };
        let Some(Some(process)) = process else { return };
        self.threads.retain(|(of, _), _| *of != pid);
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let status = status.filter(|_| number == process);
            match lane.ended {
                _ if lane.process != process => {}
                None => lane.end(status, now),
                Some((at, None)) if number == process => lane.ended = Some((at, status)),
                Some(_) => {}
            }
        }
    }

    /// A thread has done its function. One of the same name may follow.
    fn end_thread(&mut self, process: usize, (pid, name): (u32, &str), now: u64) {
        match self.threads.remove(&(pid, name.to_owned())) {
            Some(ThreadLane::Lasting(Some(lane))) => self.lanes[lane].end(None, now),
            Some(_) => {}
            None => self.mark(process, Mark::Thread, "", now),
        }
    }

    /// The label of the value that is put or got with this event, which gets this mark.
    fn value(
        &mut self,
        event: &Event,
        change: &Change,
        mark: Option<(usize, usize)>,
    ) -> Option<String> {
        match (event.effect(), change.left) {
            (Effect::Leaves(_, _, value, _), Some(parcel)) => {
                let label = self.numbered(value);
                let departure = Departure { label: label.clone(), mark };
                self.departures.insert(parcel.id, departure);
                Some(label)
            }
            (Effect::Arrives(_, _, value, _), _) => {
                let departure = change.arrived.and_then(|it| self.departures.remove(&it.id));
                if let (Some((from, place)), Some((to, _))) =
                    (departure.as_ref().and_then(|it| it.mark), mark)
                    && let Some(left) = self.lanes[from].marks.get(place)
                {
                    self.arrows.push([(from, left.time), (to, self.time)]);
                }
                // A value whose put is not in the log, or that was changed since, is labelled by itself.
                let now = label(value);
                let is_same = |it: &Departure| {
                    it.label
                        .strip_prefix(&now)
                        .is_some_and(|it| it.is_empty() || it.starts_with('#'))
                };
                Some(departure.filter(is_same).map_or(now, |departure| departure.label))
            }
            _ => None,
        }
    }

    /// The label of a value that is put or sent. Equal values are told apart by a number.
    fn numbered(&mut self, value: &Value) -> String {
        let label = label(value);
        if self.seen.len() >= MOST_REMEMBERED && !self.seen.contains_key(&label) {
            return label;
        }
        let times = self.seen.entry(label.clone()).or_default();
        *times += 1;
        if *times == 1 {
            return label;
        }
        self.has_equals = true;
        format!("{label}#{times}")
    }

    fn mark(&mut self, lane: usize, mark: Mark, label: &str, time: u64) {
        self.lanes[lane].marks.push(Marked { time, mark, label: label.into() });
    }

    /// Changes the mark of a put or send, which turns out to be of another sort.
    fn change_mark(&mut self, parcel: u64, to: Mark) {
        let departure = self.departures.remove(&parcel);
        let Some((lane, place)) = departure.and_then(|it| it.mark) else { return };
        let marked = self.lanes[lane].marks.get_mut(place);
        if let Some(marked) = marked.filter(|it| matches!(it.mark, Mark::Put | Mark::Send)) {
            marked.mark = to;
        }
    }
}

/// A value on one line: as Python's `repr` shows it, a string without its quotes.
fn label(value: &Value) -> String {
    let shown = repr(value);
    match value.is_string() {
        true => shown[1..shown.len() - 1].to_owned(),
        false => shown,
    }
}
