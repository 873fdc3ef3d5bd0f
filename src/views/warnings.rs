//! Warnings on stderr, whatever the view.

use std::io::Write;

use anyhow::Result;
use serde_json::Value;

use super::view::View;
use crate::both;
use crate::events::{Event, Record, Stream, Way};
use crate::state::{Change, State};
use crate::words::figures::wrapped;
use crate::words::locale::{Both, in_words};
use crate::words::plain::{on_its_lines, on_one_line};

const SHOWN: usize = 5;

/// Tells what the article's lines don't say: lost values, refused calls, and the stderr of users'
/// commands. A closed stderr is no error.
pub struct Warnings<E> {
    stderr: E,
    /// How wide stderr is, if it is a terminal: there lines are broken, and control characters
    /// escaped.
    width: Option<usize>,
    /// Finds the remarker of the lesson with this name.
    remarker_of: fn(&str) -> Option<Box<dyn Remarker>>,
    remarker: Option<Box<dyn Remarker>>,
}

/// Says, instead of the warnings, what there is to say of a program of the user's.
pub trait Remarker {
    fn see(&mut self, record: &Record, state: &State);

    /// The sentences about a run that has ended in this state.
    fn remarks(&self, state: &State) -> Vec<String>;
}

impl<E: Write> Warnings<E> {
    /// `remarker_of` knows whose runs have a remarker.
    pub fn new(
        stderr: E,
        width: Option<usize>,
        remarker_of: fn(&str) -> Option<Box<dyn Remarker>>,
    ) -> Warnings<E> {
        Warnings { stderr, width, remarker_of, remarker: None }
    }

    fn tell(&mut self, message: &str) {
        let line = format!("mp-demo: {}", on_one_line(message));
        let line = match self.width {
            Some(width) => wrapped(&line, width, "    "),
            None => line + "\n",
        };
        let _ = self.stderr.write_all(line.as_bytes());
    }

    fn tell_of_lost_values(&mut self, values: &[&Value], what: Both) {
        let (lost, what) = (values.len(), in_words(what));
        if lost == 0 {
            return;
        }
        let named: Vec<_> = values.iter().take(SHOWN).map(|value| value.to_string()).collect();
        let named = named.join(&both!(", ", "、"));
        let rest = match lost.saturating_sub(SHOWN) {
            0 => String::new(),
            more => both!(" and {more} more", "，另有 {more} 个"),
        };
        let were = if lost == 1 { "value was" } else { "values were" };
        self.tell(&both!(
            "{lost} {were} {what}: {named}{rest}",
            "{lost} 个值{what}：{named}{rest}"
        ));
    }
}

impl Warnings<Vec<u8>> {
    /// What was said since the last call.
    pub fn said(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.stderr)).into_owned()
    }
}

impl<E: Write> View for Warnings<E> {
    fn show(&mut self, record: &Record, state: &State, _: &Change) -> Result<()> {
        if let Event::Run { lesson, .. } = &record.event {
            self.remarker = (self.remarker_of)(lesson);
        }
        if let Some(remarker) = &mut self.remarker {
            remarker.see(record, state);
            return Ok(());
        }
        match &record.event {
            // Errors are told at the end of the run, once it is known which came first.
            Event::Error { .. } => {}
            Event::Output { stream: Stream::Stderr, text, .. } => {
                let text = match self.width {
                    Some(_) => on_its_lines(text),
                    None => (&**text).into(),
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
        if let Some(remarker) = &self.remarker {
            let remarks = remarker.remarks(state);
            remarks.iter().for_each(|remark| self.tell(remark));
            return Ok(());
        }
        let put = match state.alive().next() {
            None => ["put and never got", "放进了队列却没有被取走"],
            // The log was cut off.
            Some(_) => [
                "put and not received by the end of this log",
                "放进了队列，就这份日志来看没有被取走",
            ],
        };
        let sent = |way| state.on_its_way(way).map(|sent| &sent.value).collect::<Vec<_>>();
        self.tell_of_lost_values(&sent(Way::Queue), put);
        // Only a user's command may send several messages, of which some are lost unseen.
        if state.commands().next().is_some() {
            let what = ["sent and never received", "发送了却没有被接收"];
            self.tell_of_lost_values(&sent(Way::Pipe), what);
        }
        let what =
            ["taken from the queue, and not read by the program", "已从队列取出，程序却没有读取"];
        self.tell_of_lost_values(&state.unread(Way::Queue), what);
        let what =
            ["taken from the pipe, and not read by the program", "已从管道取出，程序却没有读取"];
        self.tell_of_lost_values(&state.unread(Way::Pipe), what);
        Ok(())
    }
}
