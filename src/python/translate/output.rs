//! What a process has printed, and what of that has left it.

use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;

use super::{Moment, Out, Translator};
use crate::events::{At, Stream};
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

const STREAMS: [Stream; 2] = [Stream::Stdout, Stream::Stderr];

/// A standard stream of a process: stdout or stderr.
#[derive(Clone, Default)]
pub struct Output {
    /// The lines that are in its buffer, as far as is known.
    printed: VecDeque<Printed>,
    /// The begin of a line whose end is not written yet.
    partial: Vec<u8>,
    /// How much of that is told already, since another process has written behind it.
    told: usize,
    /// The last write, and where the lines were printed that end in it.
    last: Vec<u8>,
    last_places: Vec<Option<Rc<At<'static>>>>,
    /// What the last write was to write and didn't, and where its lines were printed.
    unwritten: Vec<u8>,
    unwritten_places: Vec<Option<Rc<At<'static>>>>,
    /// How many written lines none of the printed ones is.
    unmatched: usize,
    /// Bytes that went elsewhere and belong to lines that are still listed here.
    elsewhere: usize,
}

#[derive(Clone)]
struct Printed {
    text: Box<str>,
    /// Whether the text is cut off here.
    is_cut: bool,
    thread: Box<str>,
    at: Option<Rc<At<'static>>>,
    /// The process that has printed the line, before the fork that copied the buffer.
    of: Option<u32>,
}

impl Printed {
    fn is(&self, line: &[u8]) -> bool {
        let text = self.text.as_bytes();
        if self.is_cut { line.starts_with(text) } else { line == text }
    }

    /// Whether it may be this line in another encoding than UTF-8.
    fn may_be(&self, line: &[u8]) -> bool {
        let mut rest = line.iter();
        let mut ascii = self.text.bytes().filter(u8::is_ascii);
        !self.text.is_ascii() && ascii.all(|byte| rest.any(|it| *it == byte))
    }
}

/// The most places that are named of lines that were printed and not written.
const MOST_PLACES: usize = 20;

/// A line that was written, and what is known of its printing.
type Written = (String, Option<Printed>);

impl Output {
    /// Lines are printed.
    fn print(&mut self, raw: &Raw, text: &str, at: Option<&Rc<At<'static>>>) {
        let is_cut = raw.l.is_some_and(|length| text.chars().count() < length);
        let mut lines = text.split('\n').peekable();
        while let Some(line) = lines.next() {
            // Behind the last newline nothing stands, unless the text is cut.
            let is_last = lines.peek().is_none();
            if !is_last || is_cut {
                let (text, thread, at) = (line.into(), raw.thread().into(), at.cloned());
                self.printed.push_back(Printed { text, is_cut: is_last, thread, at, of: None });
            }
        }
    }

    /// Bytes leave the process. Returns the lines that end with them.
    fn write(&mut self, bytes: &[u8]) -> Vec<Written> {
        self.last.clear();
        self.last.extend_from_slice(bytes);
        // What was not written at the last time is written again.
        let (again, places) = self.take_unwritten();
        let new = bytes.strip_prefix(&*again);
        self.last_places = new.map_or_else(Vec::new, |_| places);
        self.partial.extend_from_slice(new.unwrap_or(bytes));
        let Some(end) = self.partial.iter().rposition(|byte| *byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.partial.split_off(end + 1);
        let whole = mem::replace(&mut self.partial, rest);
        let lines = whole[..end].split(|byte| *byte == b'\n');
        let lines: Vec<_> = lines.map(|line| self.written(line)).collect();
        self.last_places.extend(lines.iter().map(|(_, printed)| printed.as_ref()?.at.clone()));
        lines
    }

    fn take_unwritten(&mut self) -> (Vec<u8>, Vec<Option<Rc<At<'static>>>>) {
        (mem::take(&mut self.unwritten), mem::take(&mut self.unwritten_places))
    }

    /// Another process writes behind what this one has begun to write: what of that is not told.
    fn tear(&mut self) -> String {
        let told = mem::replace(&mut self.told, self.partial.len());
        String::from_utf8_lossy(&self.partial[told..]).into_owned()
    }

    fn written(&mut self, line: &[u8]) -> Written {
        let place = self.printed.iter().position(|it| it.is(line));
        let place = place.or_else(|| self.printed.front()?.may_be(line).then_some(0));
        let printed = place.and_then(|place| self.printed.remove(place));
        self.unmatched += usize::from(printed.is_none());
        if let (Some(printed), Some(mut before @ 1..)) = (&printed, place) {
            // What the same thread printed before has left earlier, in another form.
            let listed = self.printed.len();
            self.printed.retain(|it| {
                let is_before = before > 0;
                before = before.saturating_sub(1);
                !is_before || it.thread != printed.thread
            });
            self.unmatched = self.unmatched.saturating_sub(listed - self.printed.len());
        }
        let rest = &line[mem::take(&mut self.told)..];
        (String::from_utf8_lossy(rest).into_owned(), printed)
    }

    /// So many bytes go to another file than the one that the run began with.
    fn write_elsewhere(&mut self, bytes: usize) {
        (self.last, self.last_places) = Default::default();
        self.elsewhere += bytes;
        while let Some(line) = self.printed.front().filter(|it| it.text.len() < self.elsewhere) {
            self.elsewhere -= line.text.len() + 1;
            self.printed.pop_front();
        }
        if self.printed.is_empty() {
            self.elsewhere = 0;
        }
    }

    /// So many bytes of the last write did not go.
    fn fail(&mut self, bytes: usize) {
        self.unwritten = self.last.split_off(self.last.len().saturating_sub(bytes));
        let lines = self.unwritten.iter().filter(|byte| **byte == b'\n').count();
        let written = self.last_places.len().saturating_sub(lines);
        self.unwritten_places = self.last_places.split_off(written);
    }

    /// What a forked child of this process has of it.
    fn inherited(&self, from: u32) -> Output {
        let mut printed = self.printed.clone();
        printed.iter_mut().for_each(|it| it.of = it.of.or(Some(from)));
        Output { printed, ..Output::default() }
    }

    /// The process has ended: the last line, if it has no newline.
    fn last_line(&mut self) -> Option<Written> {
        let line = mem::take(&mut self.partial);
        let unmatched = self.unmatched;
        let written = (!line.is_empty()).then(|| self.written(&line));
        self.unmatched = unmatched;
        written.filter(|(rest, _)| !rest.is_empty())
    }

    /// The lines that are in the buffer of the process, which has ended: how many, and where they
    /// were printed.
    fn lost(&mut self) -> (u64, Vec<String>) {
        // Of lines that several threads print piece by piece at the same time, others are made.
        let lost = self.printed.drain(..).filter(|it| it.of.is_none()).skip(self.unmatched);
        let (mut count, mut places) = (0, Vec::new());
        for at in self.unwritten_places.drain(..).chain(lost.map(|line| line.at)) {
            count += 1;
            let place = at.map(|at| at.to_string()).unwrap_or_default();
            if !place.is_empty() && !places.contains(&place) && places.len() < MOST_PLACES {
                places.push(place);
            }
        }
        (count, places)
    }
}

impl Translator {
    /// Lines are printed and written.
    pub(super) fn take_output(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let number = usize::from(raw.s == Some(2.0));
        let count = raw.num.unwrap_or_default();
        let output = &mut self.process(raw.p).outputs[number];
        match (&*raw.e, raw.b.as_deref()) {
            ("forking", _) => {
                let process = self.process(raw.p);
                process.forked = [0, 1].map(|it| process.outputs[it].inherited(raw.p));
            }
            ("print", _) => {
                let text = raw.x.as_deref().unwrap_or_default();
                output.print(raw, text, moment.at.as_ref());
                for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                    let (stream, text) = (STREAMS[number], line.to_owned());
                    self.tell(moment, PythonEvent::Printed { stream, text }, None, out);
                }
            }
            ("write", Some(text)) => {
                let bytes: Vec<_> = text.chars().map(|c| c as u8).collect();
                let lines = output.write(&bytes);
                let begun = (!output.partial.is_empty()).then_some(raw.p);
                let other = mem::replace(&mut self.begun_lines[number], begun);
                if let Some(other) = other.filter(|it| *it != raw.p) {
                    let process = self.process(other);
                    let (text, t) = (process.outputs[number].tear(), process.last_t);
                    if !text.is_empty() {
                        self.wrote(&Moment::of(other, t), number, (text, None), true, out);
                    }
                }
                for line in lines {
                    self.wrote(moment, number, line, false, out);
                }
            }
            ("write", None) if raw.f == Some(1) => output.write_elsewhere(count as usize),
            ("write", None) => {
                for _ in 0..raw.nl.unwrap_or_default() {
                    let printed = self.process(raw.p).outputs[number].printed.pop_front();
                    let at = printed.as_ref().and_then(|it| it.at.clone());
                    let of = printed.and_then(|it| it.of);
                    let moment = Moment { at, ..*moment };
                    let stream = STREAMS[number];
                    let event = PythonEvent::Written { stream, text: None, of, open: None };
                    self.tell(&moment, event, None, out);
                }
            }
            _ => output.fail(count as usize),
        }
    }

    /// The lines that the process, which has ended, has begun or never written.
    pub(super) fn end_output(&mut self, pid: u32, t: u64, out: Out) {
        self.last_lines(pid, t, out);
        self.seen.survivors.remove(&pid);
        let process = self.process(pid);
        process.has_ended = true;
        process.buffers.clear();
        for (stream, mut output) in STREAMS.into_iter().zip(mem::take(&mut process.outputs)) {
            let (lines, places) = output.lost();
            if lines > 0 {
                let event = PythonEvent::Unwritten { stream, lines, places };
                self.tell(&Moment::of(pid, t), event, None, out);
            }
        }
    }

    pub(super) fn last_lines(&mut self, pid: u32, t: u64, out: Out) {
        for number in 0..STREAMS.len() {
            if let Some(line) = self.process(pid).outputs[number].last_line() {
                self.wrote(&Moment::of(pid, t), number, line, true, out);
            }
        }
    }

    fn wrote(
        &self,
        moment: &Moment,
        stream: usize,
        (text, printed): Written,
        is_open: bool,
        out: Out,
    ) {
        let Moment { t, pid, thread, .. } = *moment;
        let stream = STREAMS[stream];
        let (text, line) = match stream {
            Stream::Stderr => (Some(text), None),
            _ => (None, Some(text)),
        };
        let of = printed.as_ref().and_then(|it| it.of);
        let moment = Moment { t, pid, thread, at: printed.and_then(|it| it.at) };
        let event = PythonEvent::Written { stream, text, of, open: is_open.then_some(true) };
        self.tell(&moment, event, line.as_deref(), out);
    }
}
