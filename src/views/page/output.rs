//! What the run has printed so far.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use super::html::escaped;
use super::panels::Now;
use super::steps::Slots;
use super::words::short;
use crate::both;
use crate::events::{Event, Stream};
use crate::python::PythonEvent;

/// How many lines are kept from the start, and from the end.
const KEPT: usize = 1_000;

/// How long a line may be.
const LONGEST: usize = 400;

/// How many lines in a buffer are shown.
const NAMED: usize = 6;

/// The lines that have left their processes, and those that are still in a buffer.
#[derive(Default)]
pub struct Output {
    first: Vec<Line>,
    last: VecDeque<Line>,
    left_out: usize,
    /// What is in each process's buffers.
    buffers: BTreeMap<(u32, bool), VecDeque<String>>,
    slot: Option<usize>,
}

/// A line as HTML, and the number of its event.
type Line = (String, usize);

impl Output {
    pub fn see(&mut self, number: usize, now: &Now, slots: &mut Slots) {
        let slot = *self.slot.get_or_insert_with(|| slots.add());
        let record = now.record;
        let mut is_changed = false;
        match (&record.event, record.event.own()) {
            (Event::Output { child, stream: Stream::Stderr, text, .. }, _) => {
                self.add(text, true, *child, number, now);
            }
            (_, Some(PythonEvent::Printed { stream, text })) => {
                let buffer = self.buffers.entry((record.pid, stream == Stream::Stderr));
                buffer.or_default().push_back(short(&text, LONGEST));
                is_changed = true;
            }
            (_, Some(PythonEvent::Written { stream, text, of, open })) => {
                let is_stderr = stream == Stream::Stderr;
                let buffer = self.buffers.get_mut(&(record.pid, is_stderr));
                // What a fork has inherited is in no buffer of its own, nor is a line's beginning.
                buffer.filter(|_| of.is_none() && open.is_none()).and_then(VecDeque::pop_front);
                is_changed = true;
                let line = record.line.as_deref().or(text.as_deref()).unwrap_or("…");
                self.add(line, is_stderr, record.pid, number, now);
            }
            _ => {
                let line = record.line.as_deref();
                line.into_iter().for_each(|it| self.add(it, false, record.pid, number, now));
            }
        }
        if let Some(pid) = now.ended() {
            is_changed |=
                self.buffers.iter().any(|((of, _), lines)| *of == pid && !lines.is_empty());
        }
        if is_changed {
            slots.set(slot, &self.in_buffers(now));
        }
    }

    fn add(&mut self, line: &str, is_stderr: bool, pid: u32, number: usize, now: &Now) {
        let class = if is_stderr { " class=err" } else { "" };
        let who = now.named(pid, None);
        let line = escaped(&short(line, LONGEST));
        let html = format!("{class}>{who} <samp>{line}</samp></li>");
        if self.first.len() < KEPT {
            return self.first.push((html, number));
        }
        self.last.push_back((html, number));
        if self.last.len() > KEPT {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    /// The lines that are printed and not written.
    fn in_buffers(&self, now: &Now) -> String {
        let mut html = String::new();
        for ((pid, _), lines) in self.buffers.iter().filter(|(_, lines)| !lines.is_empty()) {
            let who = now.named(*pid, None);
            let is_over = now.state.process(*pid).is_none_or(|it| it.ended.is_some());
            let words = match is_over {
                false => both!("in the buffer of {who}:", "还在 {who} 的缓冲区里："),
                true => both!("stayed in the buffer of {who}:", "留在 {who} 的缓冲区里："),
            };
            let _ = write!(html, "<p class=buffer>{words}");
            for line in lines.iter().take(NAMED) {
                let _ = write!(html, "<br><samp>{}</samp>", escaped(line));
            }
            if lines.len() > NAMED {
                let _ = write!(html, "<br>+{}", lines.len() - NAMED);
            }
            html += "</p>";
        }
        html
    }

    /// All lines; `step` tells the step at which an event's line appears.
    pub fn html(&self, slots: &Slots, step: impl Fn(usize) -> usize) -> String {
        let mut html = String::from("<ol class=output>");
        for (place, (line, number)) in self.first.iter().chain(&self.last).enumerate() {
            if place == KEPT && self.left_out > 0 {
                let left_out = self.left_out;
                let more = both!("{left_out} lines are left out", "有 {left_out} 行没有列出");
                let _ = write!(html, "<li class=dim>{more}</li>");
            }
            let _ = write!(html, "<li data-from={}{line}", step(*number));
        }
        html += "</ol>";
        html + &self.slot.map(|slot| slots.element(slot, "div", "")).unwrap_or_default()
    }
}
