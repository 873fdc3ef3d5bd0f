//! Events in, trace events out.

use std::io::{self, Write};

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::chrome::{Chrome, Spot};
use super::lanes::{Happened, Processes};
use super::told::{Told, Way, told};
use crate::events::{Event, Record};
use crate::views::in_transit::InTransit;

/// Draws a run. What it keeps grows with the processes that are there and with the values on their way, not with the
/// events.
pub struct Drawing<W> {
    out: Chrome<W>,
    processes: Processes,
    /// Where the run began: the parent's track.
    begin: Option<Spot>,
    /// When the last event was.
    end: u64,
    in_queue: InTransit<Spot>,
    in_pipes: InTransit<Spot>,
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
            processes: Processes::default(),
            begin: None,
            end: 0,
            in_queue: InTransit::new(),
            in_pipes: InTransit::new(),
            arrows: 0,
            counted: None,
        }
    }

    /// Draws the next event.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn draw(&mut self, record: &Record) -> io::Result<()> {
        let event = &record.event;
        let args = args(record.text)?;
        if let Event::Run { .. } = event {
            self.out.begin(&args)?;
        }
        let told = told(event);
        let has_failed = self.in_queue.see(record).is_some();
        self.in_pipes.see(record);
        let from = match told {
            Told::Arrives(Way::Queue, value, _) => self.in_queue.take(value, record.pid),
            Told::Arrives(Way::Pipe, value, _) => self.in_pipes.take(value, record.pid),
            _ => None,
        };
        // A value arrives after it has left. The clock says so too, but somebody may have edited the recording.
        let earliest = from.map_or(0, |from| from.micros);
        let micros = record.micros().max(earliest);

        let happened = Happened {
            event,
            told: &told,
            micros,
            args: &args,
        };
        let spot = self
            .processes
            .get(record.pid, record.role, micros, &mut self.out)?
            .see(record.thread, &happened, &mut self.out)?;
        self.end = self.end.max(spot.micros);
        self.begin.get_or_insert(spot);
        if has_failed {
            self.count(spot)?;
        }

        match told {
            // The slice tells it all.
            Told::Activity | Told::TaskBegins(_) | Told::TaskEnds => {}
            Told::Leaves(way, value, _) => match way {
                Way::Queue => {
                    self.in_queue.put(value, record.pid, spot);
                    self.count(spot)?;
                }
                Way::Pipe => self.in_pipes.put(value, record.pid, spot),
            },
            Told::Arrives(way, ..) => {
                if let Some(from) = from {
                    self.out.arrow(way.name(), self.arrows, from, spot)?;
                    self.arrows += 1;
                    if way == Way::Queue {
                        self.count(spot)?;
                    }
                }
            }
            Told::Steps(done, of) => {
                let series = format!("done of {of}");
                self.out.counter("progress", &series, spot, done)?;
            }
            Told::Begins(child, role) => {
                self.out.instant(event.name(), spot, &args)?;
                self.processes
                    .get(child, role, spot.micros, &mut self.out)?;
            }
            Told::Ends(child, status) => {
                self.out.instant(event.name(), spot, &args)?;
                self.processes
                    .end(child, status, spot.micros, &mut self.out)?;
            }
            Told::TakenBack => {
                self.out.instant(event.name(), spot, &args)?;
                self.in_pipes.take_back(record.pid);
            }
            Told::Instant => self.out.instant(event.name(), spot, &args)?,
        }
        Ok(())
    }

    /// Counts the values in the queue. Sentinels are not among them: nobody gets them as a value, and no value is lost
    /// with them. At the end the counter shows how many values were put and never got.
    fn count(&mut self, spot: Spot) -> io::Result<()> {
        let begin = self.begin.unwrap_or(spot);
        // All lanes have one counter, and the times of two processes may be the other way round in the log. The log's
        // order is the true one, so the counter's time stands still then.
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
        self.show_count(spot, self.in_queue.len() as u64)
    }

    fn show_count(&mut self, spot: Spot, count: u64) -> io::Result<()> {
        self.out.counter("values in the queue", "now", spot, count)
    }

    /// Draws what can only be drawn when the last event is there. Returns what the trace was written to.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(&mut self) -> io::Result<&mut W> {
        self.processes.end_all(self.end, &mut self.out)?;
        self.out.end()
    }
}

/// What tells of an event what happened: its fields, as they stand in the log.
fn args(text: &str) -> io::Result<Box<RawValue>> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)?;
    fields.retain(|field, _| !["v", "t", "pid", "role", "thread"].contains(&field.as_str()));
    Ok(to_raw_value(&fields)?)
}
