//! Events of the log, made of what the injected code tells of each process: who that is, what its
//! objects are called, and which put a get has got.

mod objects;
mod output;
mod records;
mod roles;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::rc::Rc;
use std::{env, mem, thread};

use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use self::objects::Objects;
use self::output::{Output, Written};
use self::roles::Names;
use super::events::PythonEvent;
use super::raw::Raw;
use crate::events::{At, Event, Logged, Status, Stream, VERSION, Who};
use crate::words::plain::on_one_line;

/// The longest file of the program that is put into the log, in bytes.
const LONGEST_SOURCE: u64 = 256 << 10;

/// What is known before the program starts.
pub struct Begun {
    pub root: u32,
    pub command: Vec<String>,
    pub options: Value,
    pub seed: u64,
    /// The time of the run's first event: CLOCK_MONOTONIC, in microseconds.
    pub epoch: u64,
    /// The fresh folder of a lesson's program: its files are named relative to it.
    pub folder: Option<PathBuf>,
}

/// What can be said of a run that the log doesn't say.
#[derive(Default)]
pub struct Seen {
    /// Whether any Python said hello.
    pub hello: bool,
    /// The versions of Python of which nothing could be seen.
    pub unseen: Vec<String>,
    /// The roles of the processes that live, without helpers of Python's own.
    pub survivors: BTreeMap<u32, String>,
}

/// Makes events of what the injected code tells.
pub struct Translator {
    begun: Begun,
    folders: Vec<PathBuf>,
    processes: HashMap<u32, Process>,
    roles: Names,
    objects: Objects,
    /// The names of the files that an event has named, by their paths.
    files: HashMap<Box<str>, Rc<str>>,
    /// How many values have left.
    values: u64,
    /// The jobs whose tasks have not all begun, by the process that submitted them.
    jobs: HashMap<(u32, String), Job>,
    new: Vec<u32>,
    seen: Seen,
}

#[derive(Default)]
struct Process {
    /// None until it is known what it does.
    role: Option<Rc<str>>,
    parent: Option<u32>,
    /// Whether its start is told.
    is_started: bool,
    /// Whether it is one of Python's own, which tells nothing but what it prints.
    is_helper: bool,
    /// Whether it has told anything.
    speaks: bool,
    has_ended: bool,
    /// Whether its exit status is told.
    has_exited: bool,
    outputs: [Output; 2],
    /// The output's buffers at the last fork that didn't empty them.
    forked: [Output; 2],
    /// The values that were put and not fed into their queue's pipe, by the queue's key.
    buffers: HashMap<Rc<str>, VecDeque<Buffered>>,
    /// By thread: the number of the value that it took out of a pipe and hasn't got yet.
    took: HashMap<Box<str>, Option<u64>>,
    /// By thread: the last value that it put or sent.
    left: HashMap<Box<str>, (Rc<str>, u64)>,
    /// The pool and job of the task that it does.
    task: Option<(Rc<str>, String)>,
}

/// A value in a process's buffer of a queue.
struct Buffered {
    number: u64,
    thread: Box<str>,
    /// The value's text, if the object can change.
    text: Option<Box<str>>,
}

struct Job {
    pool: Rc<str>,
    function: String,
    /// How many of its values have not begun.
    left: u64,
}

/// How a child was started.
#[derive(Default)]
struct Start<'a> {
    foreign: bool,
    method: Option<&'a str>,
    daemon: Option<bool>,
    library: Option<bool>,
}

/// When and where something happened.
struct Moment<'a> {
    t: u64,
    pid: u32,
    thread: Option<&'a str>,
    at: Option<Rc<At<'static>>>,
}

/// Takes a line of the log.
type Out<'a> = &'a mut dyn FnMut(&str);

impl Translator {
    pub fn new(begun: Begun) -> Translator {
        let folders = begun.folder.iter().cloned().chain(env::current_dir());
        Translator {
            folders: folders.collect(),
            begun,
            processes: HashMap::new(),
            roles: Names::default(),
            objects: Objects::default(),
            files: HashMap::new(),
            values: 0,
            jobs: HashMap::new(),
            new: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// The run's first event.
    pub fn begin(&mut self, out: Out) {
        let Begun { root, command, options, seed, epoch, .. } = &self.begun;
        let (root, seed, t, mut options) = (*root, *seed, *epoch, options.clone());
        let role = match roles::is_python(command) {
            true => "MainProcess",
            false => roles::of_command(command),
        };
        let role = self.roles.unique(role);
        if let Some(options) = options.as_object_mut() {
            options.entry("command").or_insert_with(|| json!(command));
        }
        let random_pauses = Some(options["jitter"] == true);
        let Ok(options) = to_raw_value(&options) else { return };
        self.begin_process(root, None, Some(&role));
        self.new.clear();
        let event = Event::Run {
            lesson: super::NAME.into(),
            options,
            seed,
            random_pauses,
            cores: thread::available_parallelism().map_or(1, usize::from),
            version: env!("CARGO_PKG_VERSION").into(),
        };
        self.tell(&Moment { t, pid: root, thread: None, at: None }, event, None, out);
    }

    /// Takes a line that the injected code wrote, put together of its parts, without a newline.
    /// Hands the events that it makes to `out`, each a line of the log. False if it is no such
    /// line.
    pub fn take(&mut self, line: &[u8], out: Out) -> bool {
        let Some(raw) = Raw::read(line) else { return false };
        let at = raw.a.as_ref();
        let at = at.map(|(file, function, line)| (self.file(file), function, *line));
        let at = at.map(|((name, is_new), function, line)| {
            let function = Some(Cow::Owned(function.to_string()));
            (Rc::new(At { file: name.to_string().into(), line, function }), is_new)
        });
        let is_new = at.as_ref().is_some_and(|(_, is_new)| *is_new);
        let (t, pid, thread) = (raw.t, raw.p, raw.n.as_deref());
        let moment = Moment { t, pid, thread, at: at.map(|(at, _)| at) };
        if !matches!(&*raw.e, "hello" | "run" | "fork" | "unseen") && !self.knows(pid) {
            self.begin_process(pid, None, None);
        }
        if let (true, Some((path, ..)), Some(at)) = (is_new, &raw.a, &moment.at) {
            // A process that begins has no role yet.
            let pid = if self.knows(pid) { pid } else { raw.pp.unwrap_or(pid) };
            self.source(path, at, &Moment { t, pid, thread: None, at: None }, out);
        }
        self.take_record(&raw, &moment, out);
        true
    }

    /// The process with this PID has ended, and everything that it told was taken; with this
    /// status, if that can be known. If it was this program that reaped it, nobody else will tell
    /// the status.
    pub fn ended(
        &mut self,
        pid: u32,
        status: Option<Status>,
        reaped_by_us: bool,
        t: u64,
        out: Out,
    ) {
        let Some(process) = self.processes.get(&pid).filter(|it| !it.has_ended) else { return };
        let parent = process.parent;
        let is_helper = process.is_helper;
        self.end_output(pid, t, out);
        if pid == self.begun.root {
            // What the others have begun to print is all that will be seen of it.
            let others: Vec<_> = self.seen.survivors.keys().copied().collect();
            others.into_iter().for_each(|other| self.last_lines(other, t, out));
        }
        // Its parent can't tell, or nobody has asked it.
        let parent = parent.and_then(|it| self.processes.get(&it));
        let is_orphan = parent.is_none_or(|it| it.has_ended || !it.speaks);
        match status {
            _ if is_helper => {}
            Some(status) if reaped_by_us || is_orphan => {
                self.exited(&Moment { t, pid, thread: None, at: None }, pid, status, out);
            }
            _ => {
                let event = PythonEvent::Ended { child: pid, status };
                self.tell(&Moment { t, pid, thread: None, at: None }, event, None, out);
            }
        }
    }

    /// The processes that were not there at the last call.
    pub fn new_processes(&mut self) -> Vec<u32> {
        mem::take(&mut self.new)
    }

    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    fn knows(&self, pid: u32) -> bool {
        self.processes.contains_key(&pid)
    }

    fn process(&mut self, pid: u32) -> &mut Process {
        self.processes.entry(pid).or_default()
    }

    /// A process begins, or more becomes known of one that has begun. An earlier one with its PID
    /// has ended.
    fn begin_process(&mut self, pid: u32, parent: Option<u32>, role: Option<&str>) {
        if self.processes.get(&pid).is_none_or(|it| it.has_ended) {
            self.processes.insert(pid, Process::default());
            self.new.push(pid);
        }
        let process = self.processes.entry(pid).or_default();
        process.parent = process.parent.or(parent);
        if let (None, Some(role)) = (&process.role, role) {
            process.role = Some(role.into());
            self.seen.survivors.insert(pid, role.into());
        }
    }

    fn role(&self, pid: u32) -> Rc<str> {
        let role = self.processes.get(&pid).and_then(|it| it.role.clone());
        role.unwrap_or_else(|| "child".into())
    }

    /// Gives the process this role, or a number behind it, if it has none.
    fn name_process(&mut self, pid: u32, parent: Option<u32>, role: &str) {
        let has_role = |it: &&Process| it.role.is_some() && !it.has_ended;
        let is_new = self.processes.get(&pid).filter(has_role).is_none();
        let role = is_new.then(|| self.roles.unique(role));
        self.begin_process(pid, parent, role.as_deref());
    }

    /// The name of a file, and whether it is named for the first time.
    fn file(&mut self, path: &str) -> (Rc<str>, bool) {
        if let Some(name) = self.files.get(path) {
            return (name.clone(), false);
        }
        let name = self.folders.iter().find_map(|it| {
            let folder = it.to_str()?;
            path.strip_prefix(folder)?.strip_prefix('/').filter(|name| !name.is_empty())
        });
        let name: Rc<str> = name.unwrap_or(path).into();
        self.files.insert(path.into(), name.clone());
        (name, true)
    }

    /// Puts a file of the program into the log, if it is one.
    fn source(&mut self, path: &str, at: &At, moment: &Moment, out: Out) {
        let mut text = Vec::new();
        let file = File::open(path).map(|file| file.take(LONGEST_SOURCE + 1));
        let read = file.and_then(|mut file| file.read_to_end(&mut text));
        if read.is_ok_and(|length| length as u64 <= LONGEST_SOURCE) {
            let text = String::from_utf8_lossy(&text).into_owned();
            let event = PythonEvent::Source { file: at.file.to_string(), text };
            self.tell(moment, event, None, out);
        }
    }

    fn tell<'e>(&self, moment: &Moment, event: impl Into<Event<'e>>, line: Option<&str>, out: Out) {
        let Moment { t, pid, thread, at } = moment;
        let role = self.role(*pid);
        let who =
            Who { pid: *pid, role: (&*role).into(), thread: thread.map(|it| on_one_line(it)) };
        let t = t.saturating_sub(self.begun.epoch) as f64 / 1e6;
        let event = &event.into();
        let logged = Logged { v: VERSION, t, who: &who, at: at.as_deref(), event, line };
        if let Ok(text) = serde_json::to_string(&logged) {
            out(&text);
        }
    }

    /// A child's start is told by its parent, or in its name.
    fn started(&mut self, moment: &Moment, child: u32, role: &str, start: Start, out: Out) {
        self.name_process(child, Some(moment.pid), role);
        let process = self.process(child);
        // A child of the fork server has that as its parent in the kernel.
        process.parent = Some(moment.pid);
        if !mem::replace(&mut process.is_started, true) {
            let child_role = self.role(child);
            let event = Event::Started {
                child,
                child_role: (&*child_role).into(),
                foreign: start.foreign,
                command: None,
                stdin: None,
                stdout: None,
                method: start.method.map(Cow::Borrowed),
                daemon: start.daemon,
                library: start.library,
            };
            self.tell(moment, event, None, out);
        }
    }

    /// The end of a process and its status, told by whoever knows it.
    fn exited(&mut self, moment: &Moment, child: u32, status: Status, out: Out) {
        if !self.knows(child) || self.process(child).has_exited {
            return;
        }
        self.end_output(child, moment.t, out);
        let process = self.process(child);
        process.has_exited = true;
        let is_helper = process.is_helper;
        if !is_helper {
            let child_role = self.role(child);
            let child_role = (&*child_role).into();
            self.tell(moment, Event::Exited { child, child_role, status }, None, out);
        }
    }

    /// The lines that the process, which has ended, has begun or never written.
    fn end_output(&mut self, pid: u32, t: u64, out: Out) {
        self.last_lines(pid, t, out);
        self.seen.survivors.remove(&pid);
        let process = self.process(pid);
        process.has_ended = true;
        process.buffers.clear();
        for (stream, mut output) in STREAMS.into_iter().zip(mem::take(&mut process.outputs)) {
            let (lines, places) = output.lost();
            if lines > 0 {
                let event = PythonEvent::Unwritten { stream, lines, places };
                self.tell(&Moment { t, pid, thread: None, at: None }, event, None, out);
            }
        }
    }

    fn last_lines(&mut self, pid: u32, t: u64, out: Out) {
        for number in 0..STREAMS.len() {
            if let Some(line) = self.process(pid).outputs[number].last_line() {
                self.wrote(&Moment { t, pid, thread: None, at: None }, number, line, out);
            }
        }
    }

    fn wrote(&self, moment: &Moment, stream: usize, (text, printed): Written, out: Out) {
        let Moment { t, pid, thread, .. } = *moment;
        let stream = STREAMS[stream];
        let (text, line) = match stream {
            Stream::Stderr => (Some(text), None),
            _ => (None, Some(text)),
        };
        let of = printed.as_ref().and_then(|it| it.of);
        let moment = Moment { t, pid, thread, at: printed.and_then(|it| it.at) };
        let event = PythonEvent::Written { stream, text, of };
        self.tell(&moment, event, line.as_deref(), out);
    }
}

const STREAMS: [Stream; 2] = [Stream::Stdout, Stream::Stderr];

#[cfg(test)]
mod tests;
