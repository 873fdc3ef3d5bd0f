//! The failures of a recorded run. In a live run, the end of the run tells them.

use std::io::Write;

use anyhow::Result;

use super::view::View;
use crate::both;
use crate::state::State;
use crate::words::plain::on_one_line;

/// Tells at the end which processes failed, first cause first.
pub struct Failures<E>(pub E);

impl<E: Write> View for Failures<E> {
    fn finish(&mut self, state: &State) -> Result<()> {
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
            let _ = self.0.write_all(format!("{line}\n").as_bytes());
        }
        Ok(())
    }
}
