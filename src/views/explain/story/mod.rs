//! Which note comes at which event. What happens for the first time is explained; what happens again is told where it
//! says something new about this run, and no more than a few times.

mod processes;
mod values;
mod work;

use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::lanes::{Lane, Lanes};
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
        self.in_queue.see(record);
        self.in_pipe.see(record);
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
            Event::Kill { child, message, .. } => {
                self.lanes.get(*child).signalled_by = Some(pid);
                let (by, child) = (self.lanes.who(pid), self.lanes.who(*child));
                let note = match message {
                    Some(_) => Note::Kill { by, child },
                    None => Note::KillRest { by, child },
                };
                self.few(Series::Signals, note);
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
                let in_thread = record.thread.is_some();
                self.once(Note::TaskStart {
                    who,
                    task,
                    in_thread,
                });
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

    /// What can be told when nothing more will come.
    pub fn end(&mut self) -> Vec<Note> {
        let lost = self.in_queue.len();
        if lost > 0 {
            let terminated = self.roles(|lane| lane.signalled_by.is_some());
            let is_reader = |lane: &Lane| lane.is_reader || lane.signalled_by.is_some();
            let readers_are_known = !self.lanes.which(is_reader).is_empty();
            // A log may stop before its run did. Only where everybody has ended is it certain that nobody got them.
            let note = match readers_are_known && self.lanes.count_alive() == 0 {
                true => Note::Lost {
                    lost,
                    put: self.puts,
                    terminated,
                },
                false => Note::NotGot { values: lost },
            };
            self.notes.push(note);
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

    fn roles(&self, is_it: impl Fn(&Lane) -> bool) -> List {
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
