//! The failures of a recorded run. In a live run, the end of the run tells them.

use std::io::Write;

use anyhow::Result;

use super::view::View;
use crate::both;
use crate::events::{Event, Record};
use crate::state::{Change, State};
use crate::words::plain::on_one_line;

/// Tells at the end which processes failed, first cause first.
pub struct Failures<E> {
    stderr: E,
    /// Tells by the name in the log whether the run is one of a program of the user's, whose
    /// remarks say all.
    is_program: fn(&str) -> bool,
    is_silent: bool,
}

impl<E> Failures<E> {
    pub fn new(stderr: E, is_program: fn(&str) -> bool) -> Failures<E> {
        Failures { stderr, is_program, is_silent: false }
    }
}

impl<E: Write> View for Failures<E> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        if let Event::Run { lesson, .. } = &record.event {
            self.is_silent = (self.is_program)(lesson);
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        if self.is_silent {
            return Ok(());
        }
        let mut failures = state.failures_in_words();
        let mut running: Vec<_> = state.alive().collect();
        running.sort_by_key(|process| process.pid);
        if let Some(first) = running.first() {
            let others = match running.len() - 1 {
                0 => String::new(),
                others => both!(" and of {others} more", "和另外 {others} 个进程"),
            };
            // The recording was cut off, or the run itself was.
            let (role, pid) = (&first.role, first.pid);
            failures.push(both!(
                "the end of {role} (PID {pid}){others} is not recorded",
                "{role}（PID {pid}）{others}的结束没有记录下来"
            ));
        }
        for failure in &failures {
            let failure = on_one_line(failure);
            let line = both!("mp-demo: in this run {failure}", "mp-demo: 这次运行中，{failure}");
            let _ = self.stderr.write_all(format!("{line}\n").as_bytes());
        }
        Ok(())
    }
}
