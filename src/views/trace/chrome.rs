//! The Trace Event Format of Chrome, in its JSON object form, as far as this view needs it.
//!
//! Viewers sort events by time, then by duration, and keep the order of events without a duration.
//! So a slice can be written when it ends, and nothing has to be kept.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::both;
use crate::views::whole_file::WholeFile;
use crate::words::plain::in_json;

/// Where something is drawn. The `tid` of a process's main thread is its `pid`.
#[derive(Clone, Copy, Serialize)]
pub struct Track {
    pub pid: u64,
    pub tid: u64,
}

/// A moment on a track, in microseconds since the run's first event.
#[derive(Clone, Copy)]
pub struct Spot {
    pub track: Track,
    pub micros: u64,
}

/// Something that lasts, and what a viewer shows when it is selected.
pub struct Slice {
    pub name: String,
    /// A category, by which viewers can filter.
    pub category: &'static str,
    pub start: u64,
    pub args: Option<Value>,
}

pub struct Chrome {
    out: WholeFile,
    /// The separator before the next event; nothing until the trace has begun.
    separator: Option<&'static str>,
}

/// One trace event. `ph`, its phase, says which kind it is.
#[derive(Serialize)]
struct TraceEvent<'a> {
    name: &'a str,
    ph: char,
    #[serde(flatten)]
    track: Track,
    #[serde(flatten)]
    fields: Value,
}

impl Chrome {
    pub fn new(out: WholeFile) -> Chrome {
        Chrome { out, separator: None }
    }

    /// Begins the trace with what applies to all of it.
    pub fn begin(&mut self, other_data: &Value) -> io::Result<()> {
        self.separator = Some("\n");
        self.out.write_all(b"{\"displayTimeUnit\":\"ms\",\"otherData\":")?;
        self.write_json(other_data)?;
        self.out.write_all(b",\"traceEvents\":[")
    }

    /// Names a process, and puts it behind those with a lower `place`.
    pub fn process(&mut self, track: Track, name: &str, place: usize) -> io::Result<()> {
        self.write('M', "process_name", track, json!({ "args": { "name": name } }))?;
        let place = json!({ "args": { "sort_index": place } });
        self.write('M', "process_sort_index", track, place)
    }

    /// Names a thread.
    pub fn thread(&mut self, track: Track, name: &str) -> io::Result<()> {
        self.write('M', "thread_name", track, json!({ "args": { "name": name } }))
    }

    /// A slice that has ended.
    pub fn slice(&mut self, slice: Slice, track: Track, end: u64) -> io::Result<()> {
        let Slice { name, category, start, args } = slice;
        let mut fields = json!({ "cat": category, "ts": start, "dur": end.saturating_sub(start) });
        if let Some(args) = args {
            fields["args"] = args;
        }
        self.write('X', &name, track, fields)
    }

    /// Something that happened at one moment. Its scope `t` draws it on its own track only.
    pub fn instant(&mut self, name: &str, spot: Spot, args: &Value) -> io::Result<()> {
        let fields = json!({ "cat": "event", "ts": spot.micros, "s": "t", "args": args });
        self.write('i', name, spot.track, fields)
    }

    /// An arrow. Both ends need the same category, name and `id`, or viewers don't see that they
    /// belong together. `bp`, the binding point, ties the head to the slice around it, and not to
    /// the next one.
    pub fn arrow(&mut self, category: &str, id: u64, from: Spot, to: Spot) -> io::Result<()> {
        let name = both!("value", "值");
        let end = |spot: Spot| json!({ "cat": category, "ts": spot.micros, "id": id });
        self.write('s', &name, from.track, end(from))?;
        let mut head = end(to);
        head["bp"] = "e".into();
        self.write('f', &name, to.track, head)
    }

    /// A counter's new value. Perfetto titles it with `name` and `series`, separated by a space.
    pub fn counter(&mut self, name: &str, series: &str, spot: Spot, value: u64) -> io::Result<()> {
        self.write('C', name, spot.track, json!({ "ts": spot.micros, "args": { series: value } }))
    }

    /// Writes an event on a line of its own, for those who read it in a pager.
    fn write(&mut self, ph: char, name: &str, track: Track, fields: Value) -> io::Result<()> {
        if self.separator.is_none() {
            self.begin(&json!({}))?;
        }
        let separator = self.separator.replace(",\n").unwrap_or_default();
        self.out.write_all(separator.as_bytes())?;
        self.write_json(&TraceEvent { name, ph, track, fields })
    }

    /// JSON as Perfetto reads it: version 52 refuses a file in which a string ends with an escaped
    /// backslash, unless that is written by its number. Control characters are escaped, too, since
    /// a trace may go to a terminal.
    fn write_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        // Every other escape has one backslash only.
        let text = serde_json::to_string(value)?.replace(r"\\", r"\u005c");
        self.out.write_all(in_json(&text).as_bytes())
    }

    /// Ends the trace, and puts the file in its place.
    pub fn end(&mut self) -> io::Result<()> {
        if self.separator.is_none() {
            self.begin(&json!({}))?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.put_in_place()
    }
}
