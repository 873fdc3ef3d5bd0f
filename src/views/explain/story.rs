//! Which note comes at which event. What happens for the first time is explained; what happens again is told where it
//! says something new about this run, and no more than a few times.

use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::lanes::Lanes;
use super::notes::{List, Note, Series, clipped, shown};
use crate::events::{Call, Event, Record, Status};
use crate::views::in_transit::InTransit;

/// How often something is told before it is only said that it will not be told any more.
const FEW: u32 = 5;

/// A customer who was served this much later than the office needed did not wait for the office.
const LATE: f64 = 1.5;

/// The run so far, as far as a note may need it. It grows with the processes of the run, with what is on its way between
/// them, and with the customers.
pub struct Story {
    lanes: Lanes,
    /// Put and not got: by whom, and when.
    in_queue: InTransit<(u32, f64)>,
    /// Sent and not received.
    in_pipe: InTransit<(u32, f64)>,
    puts: usize,
    /// How many processes get.
    readers: usize,
    cores: usize,
    started: usize,
    codes: Vec<(i32, usize)>,
    signals: Vec<(i32, usize)>,
    /// The last line with which a main thread began, and in which process.
    running_line: Option<(String, u32)>,
    kinds_of_pools: HashSet<String>,
    kinds_of_tasks: HashSet<String>,
    delays: Vec<f64>,
    requests: HashMap<(u32, u16), f64>,
    /// Who was running when a join had returned, as it was told last.
    running: List,
    told: HashSet<Discriminant<Note>>,
    counts: HashMap<Series, u32>,
    notes: Vec<Note>,
}

impl Story {
    /// Nothing has happened yet.
    pub fn new() -> Story {
        Story {
            lanes: Lanes::default(),
            in_queue: InTransit::new(),
            in_pipe: InTransit::new(),
            puts: 0,
            readers: 0,

            cores: 1,
            started: 0,
            codes: Vec::new(),
            signals: Vec::new(),
            running_line: None,
            kinds_of_pools: HashSet::new(),
            kinds_of_tasks: HashSet::new(),
            delays: Vec::new(),
            requests: HashMap::new(),
            running: List::default(),
            told: HashSet::new(),
            counts: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// What there is to tell of an event.
    pub fn see(&mut self, record: &Record) -> Vec<Note> {
        self.lanes.of(record);
        self.tell_of(record);
        // A join that has just ended is news for the next event only. In between a child's end may be reaped.
        if !matches!(record.event, Event::Joined { .. }) {
            self.lanes.of(record).has_just_joined = None;
        }
        std::mem::take(&mut self.notes)
    }

    /// Tells a note if none of its kind was told before.
    fn once(&mut self, note: Note) -> bool {
        let is_new = self.told.insert(discriminant(&note));
        if is_new {
            self.notes.push(note);
        }
        is_new
    }

    /// Tells a note of a series, if it is one of the first.
    fn few(&mut self, of: Series, note: Note) {
        let count = self.counts.entry(of).or_default();
        *count += 1;
        match *count {
            count if count < FEW => self.notes.push(note),
            FEW => self.notes.push(Note::NoMore { of }),
            _ => {}
        }
    }

    fn once_then_few(&mut self, first: Note, of: Series, next: Note) {
        if !self.once(first) {
            self.few(of, next);
        }
    }

    fn tell_of(&mut self, record: &Record) {
        let (pid, t) = (record.pid, record.t);
        match &record.event {
            Event::Run {
                options,
                seed,
                cores,
                ..
            } => {
                self.cores = *cores;
                let (options, seed, cores) = (options_in_words(options), *seed, *cores);
                self.once(Note::Run {
                    options,
                    seed,
                    cores,
                });
            }
            Event::Running => self.running(record),
            Event::Started { child, child_role } => self.started(*child, child_role, record),
            Event::Join { child, .. } => self.join(*child, pid, t),
            Event::Joined { child, .. } => self.joined(*child, pid, t),
            Event::Terminate { child, .. } => self.terminate(*child, pid),
            Event::Kill { child, .. } => {
                self.lanes.get(*child).signalled_by = Some(pid);
                let child = self.lanes.who(*child);
                self.few(Series::Signals, Note::Kill { child });
            }
            Event::Exited { child, status, .. } => self.exited(*child, *status, pid, t),
            Event::Sleep { seconds } => {
                if *seconds > 0.0 {
                    let (who, seconds) = (self.lanes.who(pid), *seconds);
                    self.once(Note::Sleep { who, seconds });
                }
            }
            Event::Wait { call } => self.wait(*call, pid, t),
            Event::Put { value } => {
                self.in_queue.put(value, pid, (pid, t));
                self.puts += 1;
                self.lanes.get(pid).has_put = true;
                let who = self.lanes.who(pid);
                self.once(Note::Put { who });
            }
            Event::Get { value } => self.get(value, pid, t),
            Event::PutSentinel => {
                let by = self.lanes.who(pid);
                self.once(Note::PutSentinel { by });
            }
            Event::GetSentinel => {
                let who = self.lanes.who(pid);
                let (first, next) = (who.clone(), Note::GetSentinelToo { who });
                self.once_then_few(Note::GetSentinel { who: first }, Series::Marks, next);
            }
            Event::EndOfFile => {
                let who = self.lanes.who(pid);
                let writers = self.roles(|lane| lane.has_put);
                let first = Note::EndOfFile {
                    who: who.clone(),
                    writers,
                };
                self.once_then_few(first, Series::Marks, Note::EndOfFileToo { who });
            }
            Event::Send { value } => self.send(value, pid, t),
            Event::Recv { value } => self.recv(value, pid, t),
            Event::Print { .. } => {
                let who = self.lanes.who(pid);
                match self.lanes.get(pid).received_from {
                    Some(from) => {
                        let from = self.lanes.who(from);
                        self.once(Note::PrintReceived { who, from })
                    }
                    None => self.once(Note::Print { who }),
                };
            }
            Event::Refused { call, .. } => {
                if *call == Call::Send {
                    self.in_pipe.take_back(pid);
                }
                let (who, call) = (self.lanes.who(pid), *call);
                let first = who.clone();
                if !self.once(Note::Refused { who: first, call }) {
                    self.once(Note::RefusedToo { who, call });
                }
            }
            Event::Error { message } => {
                let (who, message) = (self.lanes.who(pid), clipped(message, 200));
                self.few(Series::Ends, Note::GivesUp { who, message });
            }

            Event::WillStart => self.will_start(pid),
            Event::Turn { .. } => {
                self.lanes.get(pid).threads.0 += 1;
                let who = self.lanes.who(pid);
                self.once(Note::Turn { who });
            }
            Event::Ended => {
                let lane = self.lanes.get(pid);
                lane.loop_is_over = true;
                let (threads, ran) = lane.threads;
                let left = threads.saturating_sub(ran);
                let who = self.lanes.who(pid);
                self.once(match left {
                    0 => Note::LoopOverLast { who, threads },
                    _ => Note::LoopOver { who, threads, left },
                });
            }
            Event::AfterJoin => self.after_join(pid),

            Event::Counter { value, address } => self.counter(*value, address, pid),
            // Its line says it all.
            Event::Say { .. } => {}
            // A bar shows it, and in a recording it is of no interest.
            Event::Progress { .. } => {}
            Event::Measured { .. } => {
                let cores = self.cores;
                self.once(Note::Measured { cores });
            }
            Event::Pool {
                kind,
                with,
                workers,
                tasks,
            } => self.pool(kind, with, *workers, *tasks),
            Event::TaskStart { task, .. } => {
                let (who, task) = (self.lanes.who(pid), *task);
                self.once(Note::TaskStart { who, task });
            }
            Event::TaskDone {
                task,
                kind,
                seconds,
                processor_seconds,
            } => {
                if is_new_kind(&mut self.kinds_of_tasks, kind) {
                    let who = self.lanes.who(pid);
                    self.notes.push(Note::TaskDone {
                        who,
                        kind: clipped(kind, 20),
                        task: *task,
                        seconds: *seconds,
                        processor_seconds: *processor_seconds,
                    });
                }
            }
            Event::Customers { delays, .. } => {
                self.delays = delays.to_vec();
                self.once(Note::Customers {
                    customers: delays.len(),
                    sum: delays.iter().sum(),
                    longest: delays.iter().copied().fold(0.0, f64::max),
                });
            }
            Event::Request { customer } => self.request(*customer, pid, t),
            Event::Served { customer } => self.served(*customer, pid, t),
        }
    }

    fn running(&mut self, record: &Record) {
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

    fn started(&mut self, child: u32, role: &str, record: &Record) {
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

    fn join(&mut self, child: u32, by: u32, t: f64) {
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

    fn joined(&mut self, child: u32, by: u32, t: f64) {
        let lane = self.lanes.get(by);
        let since = lane.joins.take().map_or(t, |(_, since)| since);
        let waited = (t - since).max(0.0);
        lane.has_just_joined = Some(waited);
        lane.joined += 1;
        let lane = self.lanes.get(child);
        lane.is_joined = true;
        let ended = lane.ended;
        let running = self.lanes.running(by, child);
        let child = self.lanes.who(child);
        match ended {
            Some(ended) if ended < since => {
                let ago = since - ended;
                self.once(Note::JoinedAtOnce { child, ago });
            }
            _ => {
                let is_news = !running.is_empty() && running != self.running;
                self.running = running.clone();
                let is_first = self.once(Note::Joined {
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

    fn terminate(&mut self, child: u32, by: u32) {
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

    fn exited(&mut self, child: u32, status: Status, by: u32, t: f64) {
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

    fn wait(&mut self, call: Call, pid: u32, t: f64) {
        let lane = self.lanes.get(pid);
        lane.waits_since = Some(t);
        if call == Call::Get && !std::mem::replace(&mut lane.is_reader, true) {
            self.readers += 1;
        }

        let who = self.lanes.who(pid);
        let there = self.in_queue.len();
        if call == Call::Get && there > 0 {
            self.once(Note::GetsAtOnce { who, there });
            return;
        }
        match call {
            Call::Get => self.once(Note::WaitGet { who }),
            Call::Recv => self.once(Note::WaitRecv { who }),
            Call::Send => self.once(Note::WaitSend { who }),
            Call::Join => self.once(Note::WaitJoin { who }),
        };
    }

    fn get(&mut self, value: &Value, pid: u32, t: f64) {
        let lane = self.lanes.get(pid);
        lane.gets += 1;
        let waited = t - lane.waits_since.take().unwrap_or(t);
        if !std::mem::replace(&mut lane.is_reader, true) {
            self.readers += 1;
        }
        let taken = self.in_queue.take(value, pid);
        let (who, value) = (self.lanes.who(pid), shown(value));
        let Some((from, put)) = taken else {
            self.once(Note::GetUnknown { who, value });
            return;
        };
        let (took, waited) = ((t - put).max(0.0), waited.max(0.0));
        let from = self.lanes.who(from);
        let first = Note::Get {
            who: who.clone(),
            value: value.clone(),
            from,
            took,
        };
        let next = Note::GetNext {
            who: who.clone(),
            value: value.clone(),
            took,
            waited,
        };
        self.once_then_few(first, Series::Gets, next);
        let readers = self.readers;
        if readers > 1 {
            self.once(Note::Compete {
                who,
                value,
                readers,
            });
        }
    }

    fn send(&mut self, value: &Value, pid: u32, t: f64) {
        let is_answer = self.lanes.get(pid).received_from.is_some();
        self.in_pipe.put(value, pid, (pid, t));
        let who = self.lanes.who(pid);
        if is_answer {
            self.once(Note::SendBack { who: who.clone() });
        } else {
            self.once(Note::Send { who: who.clone() });
        }
        let joining = |lane: &super::lanes::Lane| lane.joins.is_some_and(|(child, _)| child == pid);
        if let Some(by) = self.lanes.which(joining).first() {
            let by = self.lanes.who(*by);
            self.once(Note::JoinUnreceived { by, child: who });
        }
    }

    fn recv(&mut self, value: &Value, pid: u32, t: f64) {
        let taken = self.in_pipe.take(value, pid);
        let lane = self.lanes.get(pid);
        lane.waits_since = None;
        lane.has_received = true;
        lane.received_from = taken.map(|(from, _)| from);
        let who = self.lanes.who(pid);
        match taken {
            Some((from, sent)) => {
                let (from, took) = (self.lanes.who(from), (t - sent).max(0.0));
                self.once(Note::Recv { who, from, took })
            }
            None => self.once(Note::RecvUnknown { who }),
        };
    }

    fn will_start(&mut self, pid: u32) {
        let running = self.lanes.running(pid, pid);
        match self.lanes.get(pid).has_just_joined {
            Some(waited) => self.once(Note::StartsAfterJoin { waited }),
            None if running.is_empty() => self.once(Note::NotYetStarted),
            None => self.once(Note::StartsBeside { running }),
        };
    }

    fn after_join(&mut self, pid: u32) {
        let joined = self.lanes.get(pid).joined;
        let running = self.lanes.running(pid, pid);
        if running.is_empty() {
            let ended = self.lanes.count_unjoined();
            self.once(Note::AllEndedAfterJoin { joined, ended });
        } else {
            self.once(Note::AfterJoin { joined, running });
        }
    }

    fn counter(&mut self, value: i64, address: &str, pid: u32) {
        let lane = self.lanes.get(pid);
        let has_received = std::mem::take(&mut lane.has_received);
        let address = clipped(address, 40);
        let before = lane.counter.replace((value, address.clone()));
        let others = self.lanes.which(|lane| lane.counter.is_some());
        let other = others.into_iter().find(|other| *other != pid);
        let other = other.and_then(|other| {
            let (value, address) = self.lanes.get(other).counter.clone()?;
            Some((self.lanes.who(other), value, address))
        });
        let who = self.lanes.who(pid);
        match (before.map(|(before, _)| before), other) {
            (None, None) => self.once(Note::Counter {
                who,
                value,
                address,
            }),
            (None, Some((other, other_value, other_address))) => {
                self.once(Note::CounterElsewhere {
                    who,
                    value,
                    address,
                    other,
                    other_value,
                    other_address,
                })
            }
            (Some(from), _) if from != value && has_received => {
                let to = value;
                self.once(Note::CounterReceived { who, from, to })
            }
            (Some(from), other) if from != value => {
                let (to, other) = (value, other.map(|(other, value, _)| (other, value)));
                self.once(Note::CounterChanged {
                    who,
                    from,
                    to,
                    other,
                })
            }
            (Some(_), Some((other, other_value, _))) => self.once(Note::CounterUnchanged {
                who,
                value,
                other,
                other_value,
            }),
            (Some(_), None) => false,
        };
    }

    fn pool(&mut self, kind: &str, with: &str, workers: u16, tasks: u16) {
        let is_new = is_new_kind(&mut self.kinds_of_pools, kind);
        let (kind, with) = (clipped(kind, 20), clipped(with, 20));
        if is_new {
            self.notes.push(Note::Pool {
                kind,
                workers,
                with,
                tasks,
                cores: self.cores,
            });
        } else {
            let next = Note::PoolNext {
                kind,
                workers,
                with,
                tasks,
            };
            self.few(Series::Pools, next);
        }
    }

    fn request(&mut self, customer: u16, pid: u32, t: f64) {
        self.requests.insert((pid, customer), t);
        let lane = self.lanes.get(pid);
        lane.requests += 1;
        lane.most_requests = lane.most_requests.max(lane.requests);
        let open = lane.requests;
        let who = self.lanes.who(pid);
        let is_first = self.once(Note::Request {
            who: who.clone(),
            customer,
        });
        if !is_first && open > 1 {
            self.once(Note::RequestBeside { who, open });
        }
        let processes = self.lanes.which(|lane| lane.requests > 0).len();
        if processes > 1 {
            self.once(Note::RequestInOthers { processes });
        }
    }

    fn served(&mut self, customer: u16, pid: u32, t: f64) {
        let asked = self.requests.remove(&(pid, customer)).unwrap_or(t);
        let lane = self.lanes.get(pid);
        lane.requests = lane.requests.saturating_sub(1);
        let is_loop = lane.most_requests > 1;
        let took = (t - asked).max(0.0);
        let delay = self.delays.get(usize::from(customer).wrapping_sub(1));
        let Some(delay) = delay.copied() else { return };
        let who = self.lanes.who(pid);
        let is_first = self.once(Note::Served {
            who: who.clone(),
            customer,
            took,
            delay,
        });
        if !is_first && is_loop && took > LATE * delay + 0.002 {
            self.once(Note::ServedLate {
                who,
                customer,
                took,
                delay,
            });
        }
    }

    /// What can be told when nothing more will come. `went_well`: the values that are still on their way were lost, and
    /// not because something failed.
    pub fn end(&mut self, went_well: bool) -> Vec<Note> {
        let lost = self.in_queue.len();
        if lost > 0 && went_well {
            let terminated = self.roles(|lane| lane.signalled_by.is_some());
            let put = self.puts;
            self.notes.push(Note::Lost {
                lost,
                put,
                terminated,
            });
        }
        let readers = self.lanes.which(|lane| lane.is_reader);
        if readers.len() > 1 && self.puts > 0 {
            let share = |pid: &u32| {
                let role = self.lanes.role(*pid);
                let gets = self.lanes.get(*pid).gets;
                format!("{role}: {gets}")
            };
            let gets: Vec<String> = readers.iter().map(share).collect();
            let gets = gets.into_iter().collect();
            self.notes.push(Note::Shares { gets });
        }
        if self.started > 0 {
            let signals = self.signals.iter();
            let signals = signals.map(|&(signal, count)| (signal, posix_name(signal), count));
            self.notes.push(Note::Summary {
                started: self.started,
                codes: self.codes.clone(),
                signals: signals.collect(),
                unseen: self.lanes.count_alive(),
            });
        }
        std::mem::take(&mut self.notes)
    }

    fn roles(&self, is_it: impl Fn(&super::lanes::Lane) -> bool) -> List {
        let pids = self.lanes.which(is_it);
        pids.into_iter().map(|pid| self.lanes.role(pid)).collect()
    }
}

/// Whether this kind has not come before; of many kinds only the first are new.
fn is_new_kind(kinds: &mut HashSet<String>, kind: &str) -> bool {
    kinds.len() < FEW as usize && kinds.insert(kind.to_owned())
}

/// The POSIX name of a signal, if it has one.
fn posix_name(signal: i32) -> Option<String> {
    let name = Status::Signal(signal).signal_name();
    name.starts_with("SIG").then_some(name)
}

fn count(counts: &mut Vec<(i32, usize)>, what: i32) {
    match counts.iter_mut().find(|(counted, _)| *counted == what) {
        Some((_, count)) => *count += 1,
        None => counts.push((what, 1)),
    }
}

/// The options as a person reads them: `readers 1, stop "eof"`.
fn options_in_words(options: &RawValue) -> String {
    let options: Map<String, Value> = serde_json::from_str(options.get()).unwrap_or_default();
    let options = options.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => clipped(text, 40),
            other => shown(other),
        };
        format!("{} {value}", clipped(name, 40))
    });
    options.collect::<Vec<_>>().join(", ")
}
