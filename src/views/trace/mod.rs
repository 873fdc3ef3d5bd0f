//! The run as a Chrome trace, which Perfetto and Chrome's own viewer open: a track for each process
//! and thread, with slices for what it did, arrows from put to get, and a counter of the values in
//! the queue.

mod chrome;
mod tracks;

use std::collections::HashMap;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use self::chrome::{Chrome, Spot};
use self::tracks::{Happened, Tracks};
use super::view::View;
use super::whole_file::WholeFile;
use crate::both;
use crate::events::{Effect, Event, Record, Way};
use crate::state::{Change, State};
use crate::words::plain::name_of;

/// Writes a trace while the run goes on. The file appears, complete, when the run is over. The
/// memory it takes grows with the living processes and the values in transit, not with the events.
pub struct Trace {
    /// What the user calls the file.
    name: String,
    out: Chrome,
    tracks: Tracks,
    /// Where the run began: the parent's track.
    begin: Option<Spot>,
    /// The time of the last event.
    end: u64,
    /// Where each value in transit was put or sent, by its parcel's number.
    departures: HashMap<u64, Spot>,
    arrows: u64,
    /// When the values in the queue were counted last.
    counted: Option<u64>,
}

impl Trace {
    /// A trace that will be written to this file; `-` is stdout, after all else that is printed
    /// there.
    pub fn create(path: &Path) -> Result<Trace> {
        let path = match path.as_os_str() == "-" {
            true => Path::new("/dev/stdout"),
            false => path,
        };
        Ok(Trace {
            name: name_of(path),
            out: Chrome::new(WholeFile::create(path)?),
            tracks: Tracks::default(),
            begin: None,
            end: 0,
            departures: HashMap::new(),
            arrows: 0,
            counted: None,
        })
    }

    fn draw(&mut self, record: &Record, state: &State, change: &Change) -> io::Result<()> {
        let event = &record.event;
        let args = args(record.text)?;
        if let Event::Run { .. } = event {
            self.out.begin(&args)?;
        }
        let arrived = change.arrived.and_then(|it| self.departures.remove(&it.id));
        // A get is not drawn before its put, even in an edited recording.
        let earliest = arrived.map_or(0, |from| from.micros);
        let micros = record.micros().max(earliest);
        let Some(process) = state.process(record.pid) else {
            return Ok(());
        };
        let happened = Happened { event, does: change.does, micros, args: &args };
        let tracked = self.tracks.get(process, micros, &mut self.out)?;
        let spot = tracked.see(record.thread.as_deref(), &happened, &mut self.out)?;
        self.end = self.end.max(spot.micros);
        self.begin.get_or_insert(spot);
        if let Some(parcel) = change.taken_back {
            self.departures.remove(&parcel.id);
            self.count(parcel.way, spot, state)?;
        }
        match event.effect() {
            // These events are shown by their slices alone.
            Effect::Sleeps
            | Effect::Waits(..)
            | Effect::Joins(_)
            | Effect::BeginsTask
            | Effect::EndsTask => {}
            Effect::Leaves(way, ..) => {
                self.departures.extend(change.left.map(|parcel| (parcel.id, spot)));
                self.count(way, spot, state)?;
            }
            Effect::Arrives(way, ..) => {
                if let Some(from) = arrived {
                    self.out.arrow(way.name(), self.arrows, from, spot)?;
                    self.arrows += 1;
                    self.count(way, spot, state)?;
                }
            }
            Effect::Begins(child, _) => {
                self.out.instant(event.name(), spot, &args)?;
                if let Some(child) = state.process(child) {
                    self.tracks.get(child, spot.micros, &mut self.out)?;
                }
            }
            Effect::Ends(child, _, status) => {
                self.out.instant(event.name(), spot, &args)?;
                self.tracks.end(child, status, spot.micros, &mut self.out)?;
            }
            _ => match event {
                Event::Progress { done, of } => {
                    let progress = both!("progress", "进度");
                    let series = both!("done of {of}", "已完成，共 {of} 步");
                    self.out.counter(&progress, &series, spot, *done)?;
                }
                _ => self.out.instant(event.name(), spot, &args)?,
            },
        }
        Ok(())
    }

    /// Counts the values in the queue, when something has happened to one on this way. Sentinels
    /// don't count: nobody gets them as values, and no value is lost with them. At the end the
    /// counter shows how many values were put and never got.
    fn count(&mut self, way: Way, spot: Spot, state: &State) -> io::Result<()> {
        if way == Way::Pipe {
            return Ok(());
        }
        let (values, now) = (both!("values in the queue", "队列里的值"), both!("now", "当前"));
        let begin = self.begin.unwrap_or(spot);
        // There is one counter for all processes, and in the log the times of two processes may be
        // out of order. The order of the log is the true one, so the counter's time stands still
        // then.
        let counted = match self.counted {
            Some(counted) => counted,
            None => {
                self.out.counter(&values, &now, begin, 0)?;
                begin.micros
            }
        };
        let micros = spot.micros.max(counted);
        self.counted = Some(micros);
        self.out.counter(&values, &now, Spot { micros, ..begin }, state.queued())
    }
}

impl View for Trace {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.draw(record, state, change).with_context(|| cannot_write(&self.name))
    }

    /// A failed run gets its trace, too: it shows how the run failed.
    fn finish(&mut self, _: &State) -> Result<()> {
        self.tracks
            .end_all(self.end, &mut self.out)
            .and_then(|()| self.out.end())
            .with_context(|| cannot_write(&self.name))
    }
}

fn cannot_write(name: &str) -> String {
    both!("cannot write the trace to {name}", "无法把跟踪写入 {name}")
}

/// The fields of an event that tell what happened, as they stand in the log.
fn args(text: &str) -> io::Result<Value> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)?;
    fields.retain(|field, _| !["v", "t", "pid", "role", "thread"].contains(&field.as_str()));
    Ok(fields.into())
}
