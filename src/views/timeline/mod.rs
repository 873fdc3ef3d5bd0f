//! Who did what when: a lane per process on one time axis.
//!
//! The picture is drawn when the run is over. Until then each lane keeps its time in bins
//! ([`bins`]), so that a long run needs no more memory than a short one.

mod axis;
mod bins;
mod draw;
mod glyphs;
mod labels;
mod lane;
mod marks;
mod words;

use std::collections::HashMap;
use std::io::Write;

use anyhow::{Context as _, Result};

use self::bins::Scale;
use self::draw::Drawing;
use self::labels::{Departure, Labels};
use self::lane::Lane;
use self::marks::Marked;
use self::words::{Word, word};
use super::palette::Palette;
use super::view::View;
use crate::events::{Call, Effect, Event, Label, Mark, Needs, Record, Status};
use crate::os::terminal::Look;
use crate::state::{Change, Process, State};

/// How many lanes a picture has at most: who looks for something among more does so in a trace.
const MOST_LANES: usize = 48;

/// How many of them may play the same part, `reader-1`, `reader-2` and so on. A thousand of these
/// must not keep out the one process that starts after them.
const MOST_ALIKE: usize = 30;

/// The narrowest and the widest picture, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=400;

/// A terminal is seldom made wider than this while a lesson runs.
const USUAL_WIDTH: usize = 200;

/// Draws a timeline when the run is over.
pub struct Timeline<W> {
    stdout: W,
    look: Look,
    /// How wide the picture may be, asked when it is drawn.
    width: Box<dyn Fn() -> usize>,
    palette: Palette,
    scale: Scale,
    /// The time of the last event.
    now: u64,
    lanes: Vec<Lane>,
    /// The lane of each process that lives; none for those that had no place.
    processes: HashMap<u32, Option<usize>>,
    threads: HashMap<(u32, String), ThreadLane>,
    labels: Labels,
    left_out: usize,
    /// Whether there are lines above the picture.
    has_lines: bool,
}

/// A thread of its own lane, or of none.
enum ThreadLane {
    /// It has done one thing so far: a mark on its process's lane shows that.
    Momentary(Lane),
    /// It has a lane.
    Lasting(usize),
    /// It had no place.
    LeftOut,
}

/// The part that somebody plays: its role or name without a number.
fn part(name: &str) -> &str {
    name.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit())
}

impl<W: Write> Timeline<W> {
    /// A timeline that goes to `stdout`. `width` says how wide it may be: it is asked when the
    /// timeline is drawn, for somebody may have changed the terminal's size since then.
    pub fn new(stdout: W, look: Look, width: impl Fn() -> usize + 'static) -> Timeline<W> {
        let expected = look.width.clamp(USUAL_WIDTH, *WIDTHS.end());
        Timeline {
            stdout,
            look,
            width: Box::new(width),
            palette: Palette::default(),
            scale: Scale::new(expected),
            now: 0,
            lanes: Vec::new(),
            processes: HashMap::new(),
            threads: HashMap::new(),
            labels: Labels::default(),
            left_out: 0,
            has_lines: false,
        }
    }

    /// Moves on to this time. It never goes back: between processes, times can be a little out of
    /// order.
    fn reach(&mut self, time: u64) {
        self.now = self.now.max(time);
        for _ in 0..self.scale.reach(time) {
            self.lanes.iter_mut().for_each(Lane::fold);
            for thread in self.threads.values_mut() {
                if let ThreadLane::Momentary(lane) = thread {
                    lane.fold();
                }
            }
        }
    }

    /// Whether there is a lane for one more with this role or name.
    fn has_place(&mut self, name: &str) -> bool {
        let alike = self.lanes.iter().filter(|lane| part(&lane.name) == part(name));
        let has_place = self.lanes.len() < MOST_LANES && alike.count() < MOST_ALIKE;
        self.left_out += usize::from(!has_place);
        has_place
    }

    /// The lane of a process, from now on if it had none.
    fn process(&mut self, pid: u32, role: &str, now: u64) -> Option<usize> {
        if let Some(lane) = self.processes.get(&pid) {
            return *lane;
        }
        let number = self.lanes.len();
        let lane = self.has_place(role).then(|| {
            self.lanes.push(Lane::new(role, pid, number, now));
            number
        });
        self.processes.insert(pid, lane);
        lane
    }

    /// Takes an event of a thread that is not its process's main thread. Says on which lane its
    /// marks belong.
    fn thread(
        &mut self,
        process: usize,
        (pid, name): (u32, &str),
        change: &Change,
        now: u64,
    ) -> Option<usize> {
        let key = (pid, name.to_owned());
        let (does, scale) = (change.does, self.scale);
        match self.threads.remove(&key) {
            None => {
                let mut lane = Lane::new(name, pid, process, now);
                lane.turn_to(does, now, scale);
                self.threads.insert(key, ThreadLane::Momentary(lane));
                self.mark_at(process, Mark::Thread, String::new(), now);
                None
            }
            Some(ThreadLane::Momentary(mut lane)) => {
                let place = self.has_place(name).then_some(self.lanes.len());
                let thread = place.map_or(ThreadLane::LeftOut, ThreadLane::Lasting);
                self.threads.insert(key, thread);
                if place.is_some() {
                    lane.turn_to(does, now, scale);
                    self.lanes.push(lane);
                }
                place
            }
            Some(ThreadLane::Lasting(number)) => {
                self.threads.insert(key, ThreadLane::Lasting(number));
                self.lanes[number].turn_to(does, now, scale);
                Some(number)
            }
            Some(ThreadLane::LeftOut) => {
                self.threads.insert(key, ThreadLane::LeftOut);
                None
            }
        }
    }

    fn end(&mut self, pid: u32, status: Status, now: u64) {
        // Its PID may be another's from now on.
        let Some(Some(process)) = self.processes.remove(&pid) else {
            return;
        };
        self.threads.retain(|(of, _), _| *of != pid);
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            if lane.process == process && lane.ended.is_none() {
                lane.end((number == process).then_some(status), now, self.scale);
            }
        }
    }

    /// What was put or sent turns out to be of another sort.
    fn turn(&mut self, departure: Departure, from: Mark, to: Mark) {
        if let Some(lane) = departure.lane {
            let marks = &mut self.lanes[lane].marks;
            marks.turn(departure.time, from, to, departure.label, self.scale);
        }
    }

    fn mark_at(&mut self, lane: usize, mark: Mark, label: String, time: u64) {
        self.lanes[lane].marks.add(Marked::new(time, mark, label), self.scale);
    }
}

impl<W: Write> View for Timeline<W> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.palette.see(record);
        self.has_lines |= record.line.is_some();
        let now = record.micros();
        self.reach(now);
        // What a command of the user's says is told by a thread that does nothing else.
        if record.thread.is_some() && matches!(record.event.effect(), Effect::Aside) {
            return Ok(());
        }
        let process = self.process(record.pid, &record.role, now);
        let lane = match (process, record.thread.as_deref()) {
            (Some(process), Some(name)) => self.thread(process, (record.pid, name), change, now),
            (Some(process), None) => {
                self.lanes[process].turn_to(change.does, now, self.scale);
                Some(process)
            }
            (None, _) => None,
        };
        let taken_back = self.labels.taken_back(change);
        if let (Some(departure), Event::Refused { .. }) = (taken_back, &record.event) {
            self.turn(departure, Mark::Send, Mark::Refused);
        }
        match &record.event {
            Event::Started { child, child_role, foreign, command, .. } => {
                let number = self.process(*child, child_role, now);
                if let (true, Some(number)) = (*foreign, number) {
                    let below = lane.filter(|_| command.is_some());
                    self.lanes[number].is_foreign(below);
                }
            }
            Event::Exited { child, status, .. } => self.end(*child, *status, now),
            Event::Stuck { waits, .. } => {
                let for_room = waits.iter().filter(|it| it.needs == Needs::Room);
                for waiter in for_room.filter(|it| it.thread.is_none()) {
                    if let Some(Some(process)) = self.processes.get(&waiter.pid) {
                        self.lanes[*process].has_waited(now, self.scale);
                    }
                }
            }
            _ => {}
        }
        let value = self.labels.see(&record.event, change, lane, now);
        let language = self.look.language;
        let (Some(lane), Some((mark, label))) = (lane, record.event.mark()) else {
            return Ok(());
        };
        let is_told = match &record.event {
            // The mark of the send itself says it.
            Event::Refused { call, .. } => *call == Call::Send,
            // The mark of its SIGTERM names it.
            Event::Join { child, .. } => state.process(*child).is_some_and(Process::is_signalled),
            _ => false,
        };
        if is_told {
            return Ok(());
        }
        let label = match label {
            Label::Nothing => String::new(),
            Label::Value => value.unwrap_or_default(),
            Label::Sentinel => word(Word::Sentinel, language).into(),
            Label::EndOfFile => "EOF".into(),
            Label::Empty => word(Word::Empty, self.look.language).into(),
            Label::Role(role) => role.into(),
            Label::Number(number) => number.to_string(),
            Label::Lines(text) => text.lines().collect::<Vec<_>>().join(" "),
        };
        self.mark_at(lane, mark, label, now);
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        let now = self.now;
        for lane in &mut self.lanes {
            lane.advance(now, self.scale);
        }
        for departure in self.labels.lost(state) {
            self.turn(departure, Mark::Put, Mark::Lost);
        }
        let width = (self.width)().clamp(*WIDTHS.start(), *WIDTHS.end());
        let drawing = Drawing {
            lanes: &self.lanes,
            left_out: self.left_out,
            end: now,
            scale: self.scale,
            look: Look { width, ..self.look },
        };
        let gap = if self.has_lines { "\n" } else { "" };
        let text = format!("{gap}{}", drawing.draw(&mut self.palette));
        self.stdout
            .write_all(text.as_bytes())
            .and_then(|()| self.stdout.flush())
            .context("cannot write the timeline to stdout")
    }
}
