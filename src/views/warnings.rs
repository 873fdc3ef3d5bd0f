//! Warnings on stderr, whatever the view.

use std::io::Write;

use anyhow::Result;

use super::view::View;
use crate::both;
use crate::events::{Event, Record, Stream, Way};
use crate::state::{Change, State};
use crate::words::plain::{on_its_lines, on_one_line};

const SHOWN: usize = 5;

/// Tells what the article's lines don't say: lost values, refused calls, and the stderr of users'
/// commands. A closed stderr is no error.
pub struct Warnings<E> {
    pub stderr: E,
    /// Whether stderr is a terminal, so that control characters are escaped.
    pub is_terminal: bool,
}

impl<E: Write> Warnings<E> {
    fn tell(&mut self, message: &str) {
        let line = format!("mp-demo: {}\n", on_one_line(message));
        let _ = self.stderr.write_all(line.as_bytes());
    }

    fn tell_of_lost_values(&mut self, way: Way, state: &State) {
        let lost = state.on_its_way(way).count();
        if lost == 0 {
            return;
        }
        let named = state.on_its_way(way).take(SHOWN).map(|sent| sent.value.to_string());
        let named = named.collect::<Vec<_>>();
        let named = named.join(&both!(", ", "、"));
        let rest = match lost.saturating_sub(SHOWN) {
            0 => String::new(),
            more => both!(" and {more} more", "，另有 {more} 个"),
        };
        let were = if lost == 1 { "value was" } else { "values were" };
        // At the end of a log that was cut off, some process is still running.
        let is_over = state.alive().next().is_none();
        let message = match (is_over, way) {
            (_, Way::Pipe) => both!(
                "{lost} {were} sent and never received: {named}{rest}",
                "{lost} 个值发送了却没有被接收：{named}{rest}"
            ),
            (true, Way::Queue) => both!(
                "{lost} {were} put and never got: {named}{rest}",
                "{lost} 个值放进了队列却没有被取走：{named}{rest}"
            ),
            (false, Way::Queue) => both!(
                "{lost} {were} put and not received by the end of this log: {named}{rest}",
                "就这份日志来看，{lost} 个值放进了队列却没有被取走：{named}{rest}"
            ),
        };
        self.tell(&message);
    }
}

impl<E: Write> View for Warnings<E> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        match &record.event {
            // Errors are told at the end of the run, once it is known which came first.
            Event::Error { .. } => {}
            Event::Output { stream: Stream::Stderr, text, .. } => {
                let text = match self.is_terminal {
                    true => on_its_lines(text),
                    false => (&**text).into(),
                };
                let _ = self.stderr.write_all(format!("{text}\n").as_bytes());
            }
            event => {
                if let Some(sentence) = event.sentence() {
                    self.tell(&sentence);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        self.tell_of_lost_values(Way::Queue, state);
        // Only a user's command may send several messages, of which some are lost unseen.
        if state.commands().next().is_some() {
            self.tell_of_lost_values(Way::Pipe, state);
        }
        Ok(())
    }
}
