//! Processes and threads: who starts whom, who waits for whom, how each ends.

use super::{Story, count, posix_name};
use crate::events::{Record, Status};
use crate::views::explain::notes::{Note, Series, clipped, shown};

impl Story {
    pub(super) fn running(&mut self, record: &Record) {
        let pid = record.pid;
        let who = self.lanes.who(pid);
        if let Some(thread) = record.thread {
            let thread = clipped(thread, 40);
            let lane = self.lanes.get(pid);
            lane.threads.1 += 1;
            if lane.loop_is_over {
                self.once(Note::ThreadRunsLate { who, thread });
            } else {
                self.once(Note::ThreadRuns { who, thread });
            }
            return;
        }
        if who.is_parent {
            self.once(Note::ParentRuns { pid });
            return;
        }
        let line = record.line.unwrap_or_default().to_owned();
        let before = self.running_line.replace((line.clone(), pid));
        match before {
            Some((before, other)) if before == line && line.contains("MainThread") => {
                let other = self.lanes.who(other);
                self.once(Note::SameLine {
                    who: who.clone(),
                    other,
                });
            }
            _ => {}
        }
        match self.lanes.get(pid).started {
            Some((_, started)) => {
                let after = (record.t - started).max(0.0);
                self.once(Note::ChildRuns { who, after })
            }
            None => self.once(Note::ChildRunsEarly { who }),
        };
    }

    pub(super) fn started(&mut self, child: u32, role: &str, record: &Record) {
        self.started += 1;
        self.lanes.start(child, role, record.pid, record.t);
        let (by, child) = (self.lanes.who(record.pid), self.lanes.who(child));
        // The one role of a program that is not this one.
        if role == "python" {
            self.once(Note::StartedForeign { child });
        } else if !by.is_parent {
            let next = Note::StartedToo {
                by: by.clone(),
                child: child.clone(),
            };
            self.once_then_few(Note::StartedGrandchild { by, child }, Series::Starts, next);
        } else {
            let next = Note::StartedToo {
                by: by.clone(),
                child: child.clone(),
            };
            self.once_then_few(Note::Started { by, child }, Series::Starts, next);
        }
    }

    pub(super) fn join(&mut self, child: u32, by: u32, t: f64) {
        self.lanes.get(by).joins = Some((child, t));
        let lane = self.lanes.get(child);
        let (has_ended, is_terminated) = (lane.ended.is_some(), lane.signalled_by.is_some());
        let (who, parent) = (self.lanes.who(child), self.lanes.who(by));
        let running = self.lanes.running(by, child);
        let is_first = self.once(Note::Join {
            by: parent.clone(),
            child: who.clone(),
            running,
        });
        if !is_first && is_terminated {
            self.once(Note::JoinTerminated { child: who.clone() });
        } else if !is_first && !has_ended {
            self.few(
                Series::Joins,
                Note::JoinNext {
                    by: parent.clone(),
                    child: who.clone(),
                },
            );
        }
        if self.in_pipe.tags().any(|(sender, _)| *sender == child) {
            self.once(Note::JoinUnreceived {
                by: parent,
                child: who,
            });
        }
    }

    pub(super) fn joined(&mut self, child: u32, by: u32, t: f64) {
        let lane = self.lanes.get(by);
        let since = lane.joins.take().map_or(t, |(_, since)| since);
        let waited = (t - since).max(0.0);
        lane.has_just_joined = Some(waited);
        lane.joined += 1;
        let lane = self.lanes.get(child);
        lane.is_joined = true;
        let ended = lane.ended;
        let running = self.lanes.running(by, child);
        let (by, child) = (self.lanes.who(by), self.lanes.who(child));
        match ended {
            Some(ended) if ended < since => {
                let ago = since - ended;
                self.once(Note::JoinedAtOnce { child, ago });
            }
            _ => {
                let is_news = !running.is_empty() && running != self.running;
                self.running = running.clone();
                let is_first = self.once(Note::Joined {
                    by,
                    child: child.clone(),
                    waited,
                    running: running.clone(),
                });
                if !is_first && is_news {
                    let next = Note::JoinedNext {
                        child,
                        waited,
                        running,
                    };
                    self.few(Series::Joins, next);
                }
            }
        }
    }

    pub(super) fn terminate(&mut self, child: u32, by: u32) {
        let lane = self.lanes.get(child);
        if lane.ended.is_some() {
            let child = self.lanes.who(child);
            self.once(Note::TerminateEnded { child });
            return;
        }
        lane.signalled_by = Some(by);
        let (by, child) = (self.lanes.who(by), self.lanes.who(child));
        let left = self.in_queue.values().map(shown).collect();
        let next = Note::TerminateToo {
            child: child.clone(),
        };
        let first = Note::Terminate {
            by,
            child,
            put: self.puts,
            left,
        };
        self.once_then_few(first, Series::Signals, next);
    }

    pub(super) fn exited(&mut self, child: u32, status: Status, by: u32, t: f64) {
        let lane = self.lanes.end(child, t);
        let signalled_by = lane.signalled_by;
        let awaited = self.lanes.get(by).joins.map(|(awaited, _)| awaited);
        let (child_pid, child, by) = (child, self.lanes.who(child), self.lanes.who(by));
        match status {
            Status::Code(0) => {
                count(&mut self.codes, 0);
                let is_first = self.once(Note::ExitedWell {
                    child: child.clone(),
                    by: by.clone(),
                });
                // Of children that have ended together, the awaited one may be the first to be reaped.
                let awaited = awaited.filter(|awaited| {
                    *awaited != child_pid && self.lanes.get(*awaited).ended.is_none()
                });
                let is_told = is_first
                    || awaited.is_some_and(|awaited| {
                        let awaited = self.lanes.who(awaited);
                        let child = child.clone();
                        self.once(Note::ExitedUnasked { child, by, awaited })
                    });
                if !is_told {
                    self.few(Series::Ends, Note::ExitedWellToo { child });
                }
            }
            Status::Code(code) => {
                count(&mut self.codes, code);
                self.few(Series::Ends, Note::ExitedBadly { child, code });
            }
            Status::Signal(signal) => {
                count(&mut self.signals, signal);
                let name = posix_name(signal);
                let sent_by = signalled_by.map(|pid| self.lanes.who(pid));
                let next = Note::ExitedBySignalToo {
                    child: child.clone(),
                    signal,
                    name: name.clone(),
                };
                let first = Note::ExitedBySignal {
                    child,
                    signal,
                    name,
                    sent_by,
                };
                self.once_then_few(first, Series::Ends, next);
            }
        }
    }

    pub(super) fn will_start(&mut self, pid: u32) {
        let running = self.lanes.running(pid, pid);
        match self.lanes.get(pid).has_just_joined {
            Some(waited) => self.once(Note::StartsAfterJoin { waited }),
            None if running.is_empty() => self.once(Note::NotYetStarted),
            None => self.once(Note::StartsBeside { running }),
        };
    }

    pub(super) fn after_join(&mut self, pid: u32) {
        let joined = self.lanes.get(pid).joined;
        let running = self.lanes.running(pid, pid);
        if running.is_empty() {
            let ended = self.lanes.count_unjoined();
            self.once(Note::AllEndedAfterJoin { joined, ended });
        } else {
            self.once(Note::AfterJoin { joined, running });
        }
    }
}
