//! What a person is told on stderr, whatever the view.

use std::io::Write;

use anyhow::Result;
use serde_json::Value;

use super::view::View;
use crate::events::{Event, Record, Way};
use crate::locale::Language;
use crate::plain::on_one_line;
use crate::state::{Change, State};

/// How many lost values are named.
const SHOWN: usize = 5;

/// Tells, beside the view, what went another way than the article's lines say. It is no error when nobody listens.
pub struct Warnings<E> {
    stderr: E,
    language: Language,
}

impl<E: Write> Warnings<E> {
    /// Warnings that go to `stderr`.
    pub fn new(stderr: E, language: Language) -> Warnings<E> {
        Warnings { stderr, language }
    }

    fn tell(&mut self, message: &str) {
        let line = format!("mp-demo: {}\n", on_one_line(message));
        let _ = self.stderr.write_all(line.as_bytes());
    }

    fn tell_of_lost_values(&mut self, state: &State) {
        let lost = state.on_its_way(Way::Queue).len();
        if lost == 0 {
            return;
        }
        let named = state
            .on_its_way(Way::Queue)
            .values()
            .take(SHOWN)
            .map(Value::to_string);
        let named = named.collect::<Vec<_>>();
        let more = lost.saturating_sub(SHOWN);
        // In a log that is cut off, somebody still runs at the end.
        let is_over = state.alive().next().is_none();
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
                let never_got = match is_over {
                    true => " never got",
                    false => " not received by the end of this log",
                };
                format!("{what} put and{never_got}: {}{rest}", named.join(", "))
            }
            Language::Zh => {
                let rest = match more {
                    0 => String::new(),
                    _ => format!("，另有 {more} 个"),
                };
                let so_far = match is_over {
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

impl<E: Write> View for Warnings<E> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        match &record.event {
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

    fn finish(&mut self, state: &State) -> Result<()> {
        self.tell_of_lost_values(state);
        Ok(())
    }
}
