//! Events in, trace events out.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::chrome::{Chrome, Spot};
use super::tracks::{Happened, Tracks};
use crate::both;
use crate::events::{Effect, Event, Record, Way};
use crate::state::{Change, State};

/// Draws a run. The memory it takes grows with the processes that live and the values on their way,
/// not with the events.
pub struct Drawing<W> {
    out: Chrome<W>,
    tracks: Tracks,
    /// Where the run began: the parent's track.
    begin: Option<Spot>,
    /// The time of the last event.
    end: u64,
    /// Where the values on their way have left, by the number of the parcel.
    departures: HashMap<u64, Spot>,
    /// How many arrows there are.
    arrows: u64,
    /// When the values in the queue were counted last.
    counted: Option<u64>,
}

impl<W: Write> Drawing<W> {
    /// A trace that goes to `out`.
    pub fn new(out: W) -> Drawing<W> {
        Drawing {
            out: Chrome::new(out),
            tracks: Tracks::default(),
            begin: None,
            end: 0,
            departures: HashMap::new(),
            arrows: 0,
            counted: None,
        }
    }

    /// Draws the next event.
    pub fn draw(&mut self, record: &Record, state: &State, change: &Change) -> io::Result<()> {
        let event = &record.event;
        let args = args(record.text)?;
        if let Event::Run { .. } = event {
            self.out.begin(&args)?;
        }
        let arrived = change.arrived.and_then(|it| self.departures.remove(&it.id));
        // A value arrives after it has left, in an edited recording too.
        let earliest = arrived.map_or(0, |from| from.micros);
        let happened = Happened {
            event,
            does: change.does,
            micros: record.micros().max(earliest),
            args: &args,
        };
        let Some(process) = state.process(record.pid) else {
            return Ok(());
        };
        let spot = self.tracks.get(process, happened.micros, &mut self.out)?.see(
            record.thread.as_deref(),
            &happened,
            &mut self.out,
        )?;
        self.end = self.end.max(spot.micros);
        self.begin.get_or_insert(spot);
        if let Some(parcel) = change.taken_back {
            self.departures.remove(&parcel.id);
            if parcel.way == Way::Queue {
                self.count(spot, state)?;
            }
        }

        match event.effect() {
            // The slice tells it all.
            Effect::Sleeps
            | Effect::Waits(..)
            | Effect::Joins(_)
            | Effect::BeginsTask
            | Effect::EndsTask => {}
            Effect::Leaves(way, _, _) => {
                let left = change.left.map(|parcel| (parcel.id, spot));
                self.departures.extend(left);
                if way == Way::Queue {
                    self.count(spot, state)?;
                }
            }
            Effect::Arrives(way, _, _) => {
                if let Some(from) = arrived {
                    self.out.arrow(way.name(), self.arrows, from, spot)?;
                    self.arrows += 1;
                    if way == Way::Queue {
                        self.count(spot, state)?;
                    }
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

    /// Counts the values in the queue. Sentinels don't count: nobody gets them as values, and no
    /// value is lost with them. At the end the counter shows how many values were put and never
    /// got.
    fn count(&mut self, spot: Spot, state: &State) -> io::Result<()> {
        let begin = self.begin.unwrap_or(spot);
        // There is one counter for all processes, and in the log the times of two processes may be
        // out of order. The order of the log is the true one, so the counter's time stands still
        // then.
        let counted = match self.counted {
            Some(counted) => counted,
            None => {
                self.show_count(begin, 0)?;
                begin.micros
            }
        };
        let micros = spot.micros.max(counted);
        self.counted = Some(micros);
        let spot = Spot { micros, ..begin };
        self.show_count(spot, state.on_its_way(Way::Queue).len() as u64)
    }

    fn show_count(&mut self, spot: Spot, count: u64) -> io::Result<()> {
        let values = both!("values in the queue", "队列里的值");
        let now = both!("now", "当前");
        self.out.counter(&values, &now, spot, count)
    }

    /// Draws what can only be drawn when the last event is there. Returns what the trace was
    /// written to.
    pub fn finish(&mut self) -> io::Result<&mut W> {
        self.tracks.end_all(self.end, &mut self.out)?;
        self.out.end()
    }
}

/// The fields of an event that tell what happened, as they stand in the log.
fn args(text: &str) -> io::Result<Box<RawValue>> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)?;
    fields.retain(|field, _| !["v", "t", "pid", "role", "thread"].contains(&field.as_str()));
    Ok(to_raw_value(&fields)?)
}
