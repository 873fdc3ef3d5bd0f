//! What has been told so far, and what a note needs to know of the run. What happens for the first
//! time is explained. What happens again is told where it says something new about this run, and no
//! more than a few times.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::note::{List, Note, notes};

const FEW: u32 = 5;

/// A kind of event that comes so often that it is told a few times only; its name in both
/// languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Series {
    pub en: &'static str,
    pub zh: &'static str,
}

impl Series {
    pub(super) const STARTS: Series = Series { en: "starts", zh: "启动" };
    pub(super) const JOINS: Series = Series { en: "calls of join()", zh: " join() " };
    pub(crate) const ENDS: Series = Series { en: "ends of processes", zh: "进程结束" };
    pub(super) const READERS: Series = Series { en: "ends of readers", zh: "读进程结束" };
    pub(crate) const SIGNALS: Series = Series { en: "signals", zh: "信号" };
    /// What processes get from something shared: values from a queue, or a count.
    pub(crate) const GETS: Series = Series { en: "gets", zh: "取值" };
}

/// What the story remembers of a process, beyond the run's state.
#[derive(Default)]
pub(super) struct Past {
    pub has_put: bool,
    /// The queue on which the process has called `get()`.
    pub reads: Option<String>,
    /// Whether it knows that nothing more comes.
    pub is_told: bool,
    pub gets: usize,
    /// The PID of the process from which it received last, what, and through which pipe.
    pub received: Option<(u32, Value, String)>,
    /// The PID of its parent by its last `parent` event.
    pub parent: Option<u32>,
}

/// What was told of the run so far, and what a note may need to know of it. It grows with the
/// processes of the run, and not with its events.
#[derive(Default)]
pub struct Story {
    /// The past of each process, by PID.
    pub(super) past: BTreeMap<u32, Past>,
    /// How many cores the run may use.
    pub(crate) cores: usize,
    pub(super) puts: usize,
    /// When the first sentinel was put.
    pub(super) sentinel: Option<f64>,
    pub(super) started: usize,
    /// The users' commands that were told.
    pub(super) commands: HashSet<String>,
    /// How many processes ended with each exit status.
    pub(super) codes: BTreeMap<i32, usize>,
    /// How many processes were ended by each signal.
    pub(super) signals: BTreeMap<i32, usize>,
    /// The last line with which a main thread began, and in which process.
    pub(super) running_line: Option<(String, u32)>,
    /// The processes that ran when a join had returned, as told last.
    pub(super) running: List,
    /// How often each note has come.
    times: HashMap<TypeId, u32>,
    /// How often each series has come.
    counts: HashMap<Series, u32>,
    /// The roles that a series has told of.
    described: HashSet<(Series, String)>,
    /// Whether only the notes are told that say something new about this run.
    is_brief: bool,
    /// The notes that have been told and are not shown yet.
    pub(super) notes: Vec<Box<dyn Note>>,
}

impl Story {
    pub(super) fn new(is_brief: bool) -> Story {
        Story { is_brief, cores: 1, ..Story::default() }
    }

    /// The processes of whose past something is true, in the order of their PIDs.
    pub(super) fn which(&self, is_it: impl Fn(&Past) -> bool) -> Vec<u32> {
        self.past.iter().filter(|(_, past)| is_it(past)).map(|(pid, _)| *pid).collect()
    }

    /// Whether a process has put a value into a queue.
    pub(crate) fn has_put(&self) -> bool {
        self.puts > 0
    }

    /// Tells a note. Returns whether it did, as the other methods that tell a note do.
    pub(crate) fn tell<N: Note>(&mut self, note: N) -> bool {
        let times = self.times.entry(TypeId::of::<N>()).or_default();
        *times += 1;
        if !self.is_brief || (note.is_brief() && *times == 1) {
            self.notes.push(Box::new(note));
        }
        true
    }

    /// How often a note has come.
    pub(crate) fn times<N: Note>(&self) -> u32 {
        self.times.get(&TypeId::of::<N>()).copied().unwrap_or(0)
    }

    /// Tells a note if none of its kind was told before.
    pub(crate) fn once<N: Note>(&mut self, note: N) -> bool {
        self.times::<N>() == 0 && self.tell(note)
    }

    /// Tells a note; when it comes again, it is one of a series, of which a few are told.
    pub(crate) fn few<N: Note>(&mut self, of: Series, note: impl FnOnce(bool) -> N) -> bool {
        if self.times::<N>() == 0 {
            return self.tell(note(false));
        }
        let count = self.counts.entry(of).or_default();
        *count += 1;
        match *count {
            count if count < FEW => self.tell(note(true)),
            FEW => self.tell(NoMore { of }),
            _ => false,
        }
    }

    /// Tells a note about a process, as [`few`](Story::few) does, but once for each role.
    pub(crate) fn few_about<N: Note>(
        &mut self,
        role: &str,
        of: Series,
        note: impl FnOnce(bool) -> N,
    ) -> bool {
        let is_new = self.described.insert((of, role.to_owned())) || self.times::<N>() == 0;
        is_new && self.few(of, note)
    }
}

notes! {
    NoMore { of: Series } samples (Series::JOINS) (Series::GETS)
    en {
        let series = of.en;
        format!("Further {series} are not described one by one.")
    }
    zh {
        let series = of.zh;
        format!("后面的{series}不再一一说明。")
    }
}
