//! What there is to tell, without the words: each note has the facts of this run in its fields, and each language has
//! a text for each note.

use serde_json::Value;
use strum::{EnumCount, IntoStaticStr};

use crate::events::{Call, repr};

/// How many names or values are listed before the rest is only counted.
const LISTED: usize = 5;

/// How many characters of a value are shown.
const CLIPPED: usize = 40;

/// What is less long ago was just now, in seconds.
pub const JUST_NOW: f64 = 1e-4;

/// A process.
#[derive(Clone, Debug, PartialEq)]
pub struct Who {
    /// Its role in the log.
    pub role: String,
    /// Its PID.
    pub pid: u32,
    /// Whether it is the run's first process, which both languages have a word for.
    pub is_parent: bool,
}

/// The first few of many, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The first.
    pub shown: Vec<String>,
    /// How many more.
    pub more: usize,
}

impl<S: Into<String>> FromIterator<S> for List {
    fn from_iter<I: IntoIterator<Item = S>>(all: I) -> List {
        let mut all = all.into_iter();
        let shown = all.by_ref().take(LISTED).map(Into::into).collect();
        let more = all.count();
        List { shown, more }
    }
}

impl List {
    /// How many there are in all.
    pub fn len(&self) -> usize {
        self.shown.len() + self.more
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

/// A value as Python shows it, if it is short; else its beginning.
pub fn shown(value: &Value) -> String {
    clipped(&repr(value), CLIPPED)
}

/// The beginning of a text.
pub fn clipped(text: &str, length: usize) -> String {
    // What a terminal would obey is not for a note, whoever wrote the log.
    let mut rest = text.chars().filter(|character| !character.is_control());
    let mut beginning: String = rest.by_ref().take(length).collect();
    if rest.next().is_some() {
        beginning += "...";
    }
    beginning
}

/// A unit of time.
#[allow(missing_docs)]
pub enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
}

/// A time in the unit that suits it. The log's times have microseconds, and no part of one.
pub fn time(seconds: f64) -> (String, Unit) {
    let milliseconds = seconds * 1e3;
    match milliseconds {
        _ if seconds >= 1e9 => (format!("{seconds:.2e}"), Unit::Seconds),
        _ if seconds >= 1.0 => (format!("{seconds:.2}"), Unit::Seconds),
        100.0.. => (format!("{milliseconds:.0}"), Unit::Milliseconds),
        10.0.. => (format!("{milliseconds:.1}"), Unit::Milliseconds),
        0.1.. => (format!("{milliseconds:.2}"), Unit::Milliseconds),
        _ => (format!("{:.0}", seconds * 1e6), Unit::Microseconds),
    }
}

/// A space at which no line ends. It is a plain one on the screen.
pub const NO_BREAK: char = '\u{a0}';

/// What comes so often that it is told a few times only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumCount, IntoStaticStr)]
#[cfg_attr(test, derive(strum::VariantArray))]
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

/// One note. What happens for the first time is explained; a name in `...Too` or `...Next` is the short form for what
/// happens again.
#[derive(Debug, EnumCount, IntoStaticStr)]
#[allow(missing_docs)]
pub enum Note {
    Run {
        options: String,
        seed: u64,
        cores: usize,
    },
    ParentRuns {
        pid: u32,
    },
    ChildRunsEarly {
        who: Who,
    },
    ChildRuns {
        who: Who,
        after: f64,
    },
    SameLine {
        who: Who,
        other: Who,
    },
    ThreadRuns {
        who: Who,
        thread: String,
    },
    ThreadRunsLate {
        who: Who,
        thread: String,
    },
    NotYetStarted,
    StartsBeside {
        running: List,
    },
    StartsAfterJoin {
        waited: f64,
    },
    Started {
        by: Who,
        child: Who,
    },
    StartedToo {
        by: Who,
        child: Who,
    },
    StartedForeign {
        child: Who,
    },
    StartedGrandchild {
        by: Who,
        child: Who,
    },
    Join {
        by: Who,
        child: Who,
        running: List,
    },
    JoinNext {
        by: Who,
        child: Who,
    },
    JoinTerminated {
        child: Who,
    },
    JoinUnreceived {
        by: Who,
        child: Who,
    },
    Joined {
        by: Who,
        child: Who,
        waited: f64,
        running: List,
    },
    JoinedNext {
        child: Who,
        waited: f64,
        running: List,
    },
    JoinedAtOnce {
        child: Who,
        ago: f64,
    },
    AfterJoin {
        joined: usize,
        running: List,
    },
    AllEndedAfterJoin {
        joined: usize,
        ended: usize,
    },
    Terminate {
        by: Who,
        child: Who,
        put: usize,
        left: List,
    },
    TerminateToo {
        child: Who,
    },
    TerminateEnded {
        child: Who,
    },
    Kill {
        by: Who,
        child: Who,
    },
    KillRest {
        by: Who,
        child: Who,
    },
    ExitedWell {
        child: Who,
        by: Who,
    },
    ExitedWellToo {
        child: Who,
    },
    ExitedUnasked {
        child: Who,
        by: Who,
        awaited: Who,
    },
    ExitedBadly {
        child: Who,
        code: i32,
    },
    ExitedBySignal {
        child: Who,
        signal: i32,
        name: Option<String>,
        sent_by: Option<Who>,
    },
    ExitedBySignalToo {
        child: Who,
        signal: i32,
        name: Option<String>,
    },
    Sleep {
        who: Who,
        seconds: f64,
    },
    WaitGet {
        who: Who,
    },
    WaitRecv {
        who: Who,
    },
    WaitSend {
        who: Who,
    },
    WaitJoin {
        who: Who,
    },
    GetsAtOnce {
        who: Who,
        there: usize,
    },
    Put {
        who: Who,
    },
    Get {
        who: Who,
        value: String,
        from: Who,
        took: f64,
    },
    GetNext {
        who: Who,
        value: String,
        took: f64,
        waited: f64,
    },
    GetUnknown {
        who: Who,
        value: String,
    },
    Compete {
        who: Who,
        value: String,
        readers: usize,
    },
    PutSentinel {
        by: Who,
    },
    GetSentinel {
        who: Who,
    },
    GetSentinelToo {
        who: Who,
    },
    EndOfFile {
        who: Who,
        writers: List,
    },
    EndOfFileToo {
        who: Who,
    },
    Send {
        who: Who,
    },
    SendBack {
        who: Who,
    },
    Recv {
        who: Who,
        from: Who,
        took: f64,
    },
    RecvUnknown {
        who: Who,
    },
    Print {
        who: Who,
    },
    PrintReceived {
        who: Who,
        from: Who,
    },
    Refused {
        who: Who,
        call: Call,
    },
    RefusedToo {
        who: Who,
        call: Call,
    },
    GivesUp {
        who: Who,
        message: String,
    },
    Turn {
        who: Who,
    },
    LoopOver {
        who: Who,
        threads: u32,
        left: u32,
    },
    LoopOverLast {
        who: Who,
        threads: u32,
    },
    Counter {
        who: Who,
        value: i64,
        address: String,
    },
    CounterElsewhere {
        who: Who,
        value: i64,
        address: String,
        other: Who,
        other_value: i64,
        other_address: String,
    },
    CounterChanged {
        who: Who,
        from: i64,
        to: i64,
        other: Option<(Who, i64)>,
    },
    CounterUnchanged {
        who: Who,
        value: i64,
        other: Who,
        other_value: i64,
    },
    CounterReceived {
        who: Who,
        from: i64,
        to: i64,
    },
    Measured {
        cores: usize,
    },
    Pool {
        kind: String,
        workers: u16,
        with: String,
        tasks: u16,
        cores: usize,
    },
    PoolNext {
        kind: String,
        workers: u16,
        with: String,
        tasks: u16,
    },
    TaskStart {
        who: Who,
        task: u16,
        in_thread: bool,
    },
    TaskDone {
        who: Who,
        kind: String,
        task: u16,
        seconds: f64,
        processor_seconds: f64,
    },
    Customers {
        customers: usize,
        sum: f64,
        longest: f64,
    },
    Request {
        who: Who,
        customer: u16,
    },
    RequestBeside {
        who: Who,
        open: usize,
    },
    RequestInOthers {
        processes: usize,
    },
    Served {
        who: Who,
        customer: u16,
        took: f64,
        delay: f64,
    },
    ServedLate {
        who: Who,
        customer: u16,
        took: f64,
        delay: f64,
    },
    NoMore {
        of: Series,
    },
    Summary {
        started: usize,
        /// By exit status, by signal, and how many.
        codes: Vec<(i32, usize)>,
        signals: Vec<(i32, Option<String>, usize)>,
        unseen: usize,
    },
    Shares {
        gets: List,
    },
    Lost {
        lost: usize,
        put: usize,
        terminated: List,
    },
    NotGot {
        values: usize,
    },
}
