//! Who failed in a recorded run. In a live one the end of the run tells that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;

use anyhow::Result;

use super::View;
use super::notes::on_one_line;
use crate::events::{Event, Record, Status};

/// Tells at the end which processes ended otherwise than the lesson wanted, in the order of their ends. It is no error
/// when nobody listens.
pub struct Failures<E> {
    stderr: E,
    /// The children that were sent a signal, and so did not fail.
    ended_by_parent: HashSet<u32>,
    last_words: HashMap<u32, String>,
    failures: Vec<String>,
    /// Children that have started, and have not ended yet.
    running: BTreeMap<u32, String>,
    /// Whether the parent itself failed, and how.
    parent: Option<String>,
}

impl<E: Write> Failures<E> {
    /// Goes to `stderr`.
    pub fn new(stderr: E) -> Failures<E> {
        Failures {
            stderr,
            ended_by_parent: HashSet::new(),
            last_words: HashMap::new(),
            failures: Vec::new(),
            running: BTreeMap::new(),
            parent: None,
        }
    }
}

impl<E: Write> View for Failures<E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        match &record.event {
            Event::Terminate { child, .. } | Event::Kill { child, .. } => {
                self.ended_by_parent.insert(*child);
            }
            Event::Started { child, child_role } => {
                self.running.insert(*child, (*child_role).to_owned());
            }
            Event::Error { message } if record.role == "parent" => {
                self.parent = Some(message.clone());
            }
            Event::Error { message } => {
                self.last_words.insert(record.pid, message.clone());
            }
            Event::Exited {
                child,
                child_role,
                status,
            } => {
                self.running.remove(child);
                let words = self.last_words.remove(child);
                if self.ended_by_parent.remove(child) || *status == Status::Code(0) {
                    return Ok(());
                }
                let words = words.map_or_else(String::new, |words| format!(": {words}"));
                self.failures
                    .push(format!("{child_role} (PID {child}) {status}{words}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(message) = self.parent.take() {
            self.failures.push(format!("the parent failed: {message}"));
        }
        let mut running = self.running.iter();
        if let Some((pid, role)) = running.next() {
            let others = match running.count() {
                0 => String::new(),
                others => format!(" and of {others} more"),
            };
            // It was cut off, or the run was.
            self.failures.push(format!(
                "the end of {role} (PID {pid}){others} is not recorded"
            ));
        }
        for failure in &self.failures {
            let line = format!("mp-demo: in this run {}\n", on_one_line(failure));
            let _ = self.stderr.write_all(line.as_bytes());
        }
        Ok(())
    }
}
