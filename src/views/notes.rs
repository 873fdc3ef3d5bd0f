//! What a person is told on stderr, whatever the view.

use std::collections::HashSet;
use std::io::Write;

use anyhow::Result;
use serde_json::Value;

use super::in_transit::InTransit;
use super::{Progress, View};
use crate::events::{Event, Record};
use crate::locale::Language;

/// How many lost values are named.
const SHOWN: usize = 5;

/// Tells, beside the view, what went another way than the article's lines say. It is no error when nobody listens.
pub struct Notes<E> {
    stderr: E,
    language: Language,
    /// Values that were put and not yet got.
    in_queue: InTransit<()>,
    /// Processes that were started and have not ended. In a log that is cut off there are some at the end.
    alive: HashSet<u32>,
    progress: Progress,
}

impl<E: Write> Notes<E> {
    /// Notes that go to `stderr`.
    pub fn new(stderr: E, language: Language, progress: Progress) -> Notes<E> {
        Notes {
            stderr,
            language,
            in_queue: InTransit::new(),
            alive: HashSet::new(),
            progress,
        }
    }

    fn tell(&mut self, message: &str) {
        let line = format!("mp-demo: {}\n", on_one_line(message));
        let stderr = &mut self.stderr;
        let _ = self.progress.beside(|| stderr.write_all(line.as_bytes()));
    }

    fn tell_of_lost_values(&mut self) {
        let lost = self.in_queue.len();
        if lost == 0 {
            return;
        }
        let named = self.in_queue.values().take(SHOWN).map(Value::to_string);
        let named = named.collect::<Vec<_>>();
        let more = lost.saturating_sub(SHOWN);
        let message = match self.language {
            Language::En => {
                let what = match lost {
                    1 => "1 value was".to_owned(),
                    _ => format!("{lost} values were"),
                };
                let rest = match more {
                    0 => String::new(),
                    _ => format!(" and {more} more"),
                };
                let never_got = match self.alive.is_empty() {
                    true => " never got",
                    false => ", as far as this log goes, not got",
                };
                format!("{what} put and{never_got}: {}{rest}", named.join(", "))
            }
            Language::Zh => {
                let rest = match more {
                    0 => String::new(),
                    _ => format!("，另有 {more} 个"),
                };
                let so_far = match self.alive.is_empty() {
                    true => "",
                    false => "就这份日志来看，",
                };
                format!(
                    "{so_far}{lost} 个值放进了队列却没有被取走：{}{rest}",
                    named.join("、")
                )
            }
        };
        self.tell(&message);
    }
}

/// A message without what moves the cursor: it may come from somebody else's recording.
pub fn on_one_line(message: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().collect(),
        false => String::from(c),
    };
    message.chars().map(shown).collect()
}

impl<E: Write> View for Notes<E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        self.in_queue.see(record);
        match &record.event {
            Event::Put { value } => self.in_queue.put(value, record.pid, ()),
            Event::Get { value } => drop(self.in_queue.take(value, record.pid)),
            Event::Started { child, .. } => {
                self.alive.insert(*child);
            }
            Event::Exited { child, .. } => {
                self.alive.remove(child);
            }
            // Errors are told at the end of the run, when it is known which came first.
            Event::Error { .. } => {}
            event => {
                if let Some(message) = event.message() {
                    self.tell(message);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.tell_of_lost_values();
        Ok(())
    }
}
