//! What has been told so far, and what is known of the run beside that: what happens for the first
//! time is explained; what happens again is told where it says something new about this run, and no
//! more than a few times.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};

use super::note::{List, Note, Seconds, Who, notes};

/// How often something is told before it is only said that it will not be told any more.
const FEW: u32 = 5;

/// What comes so often that it is told a few times only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Series {
    Starts,
    Joins,
    Ends,
    Signals,
    Gets,
    Marks,
    Pools,
}

/// What only the story wants to know of a process.
#[derive(Default)]
pub struct Past {
    /// How many children it has joined.
    pub joined: usize,
    /// How long its last join took, if nothing came after it.
    pub has_just_joined: Option<Seconds>,
    /// Whether it has put anything.
    pub has_put: bool,
    /// Whether it has called `get()`.
    pub is_reader: bool,
    /// How many values it got.
    pub gets: usize,
    /// Whom it received from last.
    pub received_from: Option<u32>,
    /// How many threads it has started, and how many of them have said something.
    pub threads: (u32, u32),
    /// Whether its main thread has left its loop.
    pub loop_is_over: bool,
    /// What it last found in its counter, and where.
    pub counter: Option<(i64, String)>,
    /// Whether it has received something since then.
    pub has_received: bool,
    /// Who its parent was when it last said so.
    pub parent: Option<u32>,
    /// How many lines it has printed into its buffer.
    pub printed: usize,
    /// How many of them it has written.
    pub written: usize,
    /// Whether it has something to clean up.
    pub has_to_clean_up: bool,
    /// How many customers it has asked for and not got served.
    pub requests: usize,
    /// The most of them that there were at the same time.
    pub most_requests: usize,
}

/// The run so far, as far as a note may need it. It grows with the processes of the run, with what
/// is on its way between them, and with the customers.
pub struct Story {
    past: HashMap<u32, Past>,
    /// How many cores the run may use.
    pub cores: usize,
    /// How many values were put.
    pub puts: usize,
    /// How many processes were started.
    pub started: usize,
    /// The commands of the user's that were told of.
    pub commands: HashSet<String>,
    /// How many ended with which exit status.
    pub codes: Vec<(i32, usize)>,
    /// How many were ended by which signal.
    pub signals: Vec<(i32, usize)>,
    /// The last line with which a main thread began, and in which process.
    pub running_line: Option<(String, u32)>,
    /// Who was running when a join had returned, as it was told last.
    pub running: List,
    /// What pools were for so far.
    pub kinds_of_pools: HashSet<String>,
    /// What tasks that were done were so far.
    pub kinds_of_tasks: HashSet<String>,
    /// How long the office needs for each customer.
    pub delays: Vec<f64>,
    /// Which process has asked for which customer, and when.
    pub requests: HashMap<(u32, u16), f64>,
    /// Which processes count, or have.
    pub counting: HashSet<u32>,
    /// How often each note has come.
    times: HashMap<TypeId, u32>,
    /// How often each series has come.
    counts: HashMap<Series, u32>,
    /// Of whom a series has told.
    described: HashSet<(Series, String)>,
    /// Whether only those notes are told that say what is new about this run.
    is_brief: bool,
    notes: Vec<Box<dyn Note>>,
}

impl Story {
    /// Nothing has happened yet. A brief story has only the notes that say what is new about this
    /// run.
    pub fn new(is_brief: bool) -> Story {
        Story {
            is_brief,
            described: HashSet::new(),
            past: HashMap::new(),
            cores: 1,
            puts: 0,
            started: 0,
            commands: HashSet::new(),
            codes: Vec::new(),
            signals: Vec::new(),
            running_line: None,
            running: List::default(),
            kinds_of_pools: HashSet::new(),
            kinds_of_tasks: HashSet::new(),
            delays: Vec::new(),
            requests: HashMap::new(),
            counting: HashSet::new(),
            times: HashMap::new(),
            counts: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// What has been told since this was asked last.
    pub fn take_notes(&mut self) -> Vec<Box<dyn Note>> {
        std::mem::take(&mut self.notes)
    }

    /// What the story knows of a process.
    pub fn past(&mut self, pid: u32) -> &mut Past {
        self.past.entry(pid).or_default()
    }

    /// Another process has this PID now.
    pub fn forget(&mut self, pid: u32) {
        self.past.remove(&pid);
    }

    /// The processes of whose past something is true, in the order of their PIDs.
    pub fn which(&self, is_it: impl Fn(&Past) -> bool) -> Vec<u32> {
        let found = self.past.iter().filter(|(_, past)| is_it(past));
        let mut found: Vec<u32> = found.map(|(pid, _)| *pid).collect();
        found.sort_unstable();
        found
    }

    /// Tells a note, however often there was one of its kind.
    pub fn tell<N: Note>(&mut self, note: N) {
        let times = self.times.entry(TypeId::of::<N>()).or_default();
        *times += 1;
        if !self.is_brief || (note.is_brief() && *times == 1) {
            self.notes.push(Box::new(note));
        }
    }

    /// How often a note has come.
    pub fn times<N: Note>(&self) -> u32 {
        self.times.get(&TypeId::of::<N>()).copied().unwrap_or(0)
    }

    /// Tells a note if none of its kind was told before. Whether it was.
    pub fn once<N: Note>(&mut self, note: N) -> bool {
        let is_new = self.times::<N>() == 0;
        if is_new {
            self.tell(note);
        }
        is_new
    }

    /// Tells a note of a series, if it is one of the first.
    pub fn few(&mut self, of: Series, note: impl Note) {
        let count = self.counts.entry(of).or_default();
        *count += 1;
        match *count {
            count if count < FEW => self.tell(note),
            FEW => self.tell(NoMore { of }),
            _ => {}
        }
    }

    /// The same for a note about a process. Where the same part is played again and again, once is
    /// enough.
    pub fn few_about(&mut self, who: &Who, of: Series, note: impl Note) {
        if self.described.insert((of, who.role.clone())) {
            self.few(of, note);
        }
    }

    /// Tells a note, which is told whether it was told before; then it is one of a series.
    pub fn once_then_few<N: Note>(&mut self, of: Series, note: impl FnOnce(bool) -> N) {
        match self.times::<N>() {
            0 => self.tell(note(false)),
            _ => self.few(of, note(true)),
        }
    }

    /// The same for a note about a process.
    pub fn once_then_few_about<N: Note>(
        &mut self,
        who: Who,
        of: Series,
        note: impl FnOnce(bool) -> N,
    ) {
        match self.times::<N>() {
            0 => {
                self.described.insert((of, who.role));
                self.tell(note(false));
            }
            _ => self.few_about(&who, of, note(true)),
        }
    }
}

/// Whether this kind has not come before; of many kinds only the first are new.
pub fn is_new_kind(kinds: &mut HashSet<String>, kind: &str) -> bool {
    kinds.len() < FEW as usize && kinds.insert(kind.to_owned())
}

notes! {
    NoMore { of: Series } samples
        (Series::Starts) (Series::Joins) (Series::Ends) (Series::Signals) (Series::Gets) (Series::Marks)
        (Series::Pools)
    en {
        let series = match *of {
            Series::Starts => "starts",
            Series::Joins => "calls of join()",
            Series::Ends => "ends of processes",
            Series::Signals => "signals",
            Series::Gets => "gets",
            Series::Marks => "ends of readers",
            Series::Pools => "pools and tasks",
        };
        format!("Further {series} are not described one by one.")
    }
    zh {
        let series = match *of {
            Series::Starts => "启动",
            Series::Joins => " join() ",
            Series::Ends => "进程结束",
            Series::Signals => "信号",
            Series::Gets => "取值",
            Series::Marks => "读进程结束",
            Series::Pools => "池和任务",
        };
        format!("后面的{series}不再一一说明。")
    }
}
