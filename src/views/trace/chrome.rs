//! The Trace Event Format of Chrome, in its JSON object form, as far as this view needs it.
//!
//! Events may be written in any order: a viewer sorts them by time; those that begin at the same
//! time by duration; and those without a duration stay in the order of the file. So a slice can be
//! written when it ends, and nothing has to be kept.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use serde_json::value::RawValue;

use crate::both;
use crate::words::plain::in_json;

/// Where something is drawn. Viewers group threads by `pid`; a process's main thread has the same
/// number as its `tid`.
#[derive(Clone, Copy, Serialize)]
pub struct Track {
    /// The process.
    pub pid: u64,
    /// Its thread.
    pub tid: u64,
}

/// A moment on a track: microseconds since the run's first event.
#[derive(Clone, Copy)]
pub struct Spot {
    /// Where.
    pub track: Track,
    /// When.
    pub micros: u64,
}

/// Something that lasts.
pub struct Slice {
    /// Its title.
    pub name: String,
    /// What kind of slice it is: viewers can filter by that.
    pub category: &'static str,
    /// When it began.
    pub start: u64,
    /// What a viewer shows when it is selected: a JSON object.
    pub args: Option<Box<RawValue>>,
}

/// JSON as Perfetto reads it: version 52 refuses a file in which a string ends with an escaped
/// backslash, unless that is written by its number. So is what a terminal would obey: a trace may
/// go there.
struct ForPerfetto;

const BACKSLASH: &str = "\\u005c";

impl Formatter for ForPerfetto {
    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::ReverseSolidus => out.write_all(BACKSLASH.as_bytes()),
            other => CompactFormatter.write_char_escape(out, other),
        }
    }

    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Every other escape is one backslash and something else.
        out.write_all(in_json(&fragment.replace(r"\\", BACKSLASH)).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        out.write_all(in_json(fragment).as_bytes())
    }
}

/// A trace that is being written.
pub struct Chrome<W> {
    out: W,
    is_begun: bool,
    has_events: bool,
}

/// One trace event. `ph`, its phase, says which kind it is.
#[derive(Serialize)]
struct TraceEvent<'a, F> {
    name: &'a str,
    ph: char,
    #[serde(flatten)]
    track: Track,
    #[serde(flatten)]
    fields: F,
}

/// What has args that may stand in a log.
#[derive(Serialize)]
struct WithArgs<'a> {
    cat: &'a str,
    ts: u64,
    /// How long it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<u64>,
    /// Scope: `t` draws an instant on its own track only.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<&'a RawValue>,
}

impl<W: Write> Chrome<W> {
    /// A trace that goes to `out`.
    pub fn new(out: W) -> Chrome<W> {
        Chrome { out, is_begun: false, has_events: false }
    }

    /// Begins the trace with what applies to all of it.
    pub fn begin(&mut self, other_data: &impl Serialize) -> io::Result<()> {
        self.is_begun = true;
        self.out.write_all(b"{\"displayTimeUnit\":\"ms\",\"otherData\":")?;
        self.write_json(other_data)?;
        self.out.write_all(b",\"traceEvents\":[")
    }

    /// Names a process, and puts it behind those with a lower `place`.
    pub fn process(&mut self, track: Track, name: &str, place: u64) -> io::Result<()> {
        self.metadata("process_name", track, &json!({ "name": name }))?;
        self.metadata("process_sort_index", track, &json!({ "sort_index": place }))
    }

    /// Names a thread.
    pub fn thread(&mut self, track: Track, name: &str) -> io::Result<()> {
        self.metadata("thread_name", track, &json!({ "name": name }))
    }

    fn metadata(&mut self, name: &str, track: Track, args: &impl Serialize) -> io::Result<()> {
        self.write('M', name, track, json!({ "args": args }))
    }

    /// A slice that has ended.
    pub fn slice(&mut self, slice: &Slice, track: Track, end: u64) -> io::Result<()> {
        let fields = WithArgs {
            cat: slice.category,
            ts: slice.start,
            dur: Some(end.saturating_sub(slice.start)),
            s: None,
            args: slice.args.as_deref(),
        };
        self.write('X', &slice.name, track, fields)
    }

    /// Something that happened at one moment.
    pub fn instant(&mut self, name: &str, spot: Spot, args: &RawValue) -> io::Result<()> {
        let (s, args) = (Some('t'), Some(args));
        let fields = WithArgs { cat: "event", ts: spot.micros, dur: None, s, args };
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

    fn write(
        &mut self,
        ph: char,
        name: &str,
        track: Track,
        fields: impl Serialize,
    ) -> io::Result<()> {
        if !self.is_begun {
            self.begin(&json!({}))?;
        }
        // One event per line, for those who read it in a pager.
        let separator: &[u8] = if self.has_events { b",\n" } else { b"\n" };
        self.has_events = true;
        self.out.write_all(separator)?;
        self.write_json(&TraceEvent { name, ph, track, fields })
    }

    fn write_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut serializer = Serializer::with_formatter(&mut self.out, ForPerfetto);
        Ok(value.serialize(&mut serializer)?)
    }

    /// Ends the trace, and returns what it was written to.
    pub fn end(&mut self) -> io::Result<&mut W> {
        if !self.is_begun {
            self.begin(&json!({}))?;
        }
        self.out.write_all(b"\n]}\n")?;
        Ok(&mut self.out)
    }
}
