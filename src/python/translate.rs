//! Events of the log, made of what the injected code tells of each process: who that is, what its
//! objects are called, and which put a get has got.

mod lives;
mod objects;
mod output;
mod records;
mod roles;
mod values;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::rc::Rc;
use std::{env, mem, thread};

use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use self::lives::Process;
use self::objects::Objects;
use self::roles::Names;
use self::values::Job;
use super::events::PythonEvent;
use super::raw::Raw;
use crate::events::{At, Event, Logged, VERSION, Who};
use crate::words::plain::on_one_line;

/// The longest file of the program that is put into the log, in bytes.
const LONGEST_SOURCE: u64 = 256 << 10;

/// What is known before the program starts.
pub struct Begun {
    pub root: u32,
    pub command: Vec<String>,
    pub options: Value,
    pub seed: u64,
    /// The time of the run's first event, if no Python tells one: CLOCK_MONOTONIC, in microseconds.
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
    /// Whether a Python has told anything.
    has_begun: bool,
    folders: Vec<PathBuf>,
    processes: HashMap<u32, Process>,
    roles: Names,
    objects: Objects,
    /// The names of the files that an event has named, by their paths.
    files: HashMap<Box<str>, Rc<str>>,
    /// By stream: the process that was the last to write to it, if it has not ended its line.
    begun_lines: [Option<u32>; 2],
    /// How many values have left.
    values: u64,
    /// The jobs whose tasks have not all begun, by the process that submitted them.
    jobs: HashMap<(u32, String), Job>,
    new: Vec<u32>,
    seen: Seen,
}

/// When and where something happened.
struct Moment<'a> {
    t: u64,
    pid: u32,
    thread: Option<&'a str>,
    at: Option<Rc<At<'static>>>,
}

impl Moment<'_> {
    /// Something that no line of the process's did.
    fn of(pid: u32, t: u64) -> Moment<'static> {
        Moment { t, pid, thread: None, at: None }
    }
}

/// Takes a line of the log.
type Out<'a> = &'a mut dyn FnMut(&str);

impl Translator {
    pub fn new(begun: Begun) -> Translator {
        let folders = begun.folder.iter().cloned().chain(env::current_dir());
        Translator {
            folders: folders.collect(),
            begun,
            has_begun: false,
            processes: HashMap::new(),
            roles: Names::default(),
            objects: Objects::default(),
            files: HashMap::new(),
            begun_lines: [None; 2],
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
        self.tell(&Moment::of(root, t), event, None, out);
    }

    /// Takes a line that the injected code wrote, put together of its parts, without a newline.
    /// Hands the events that it makes to `out`, each a line of the log. False if it is no such
    /// line.
    pub fn take(&mut self, line: &[u8], out: Out) -> bool {
        let Some(raw) = Raw::read(line) else { return false };
        let (t, pid, thread) = (raw.t, raw.p, raw.n.as_deref());
        if !mem::replace(&mut self.has_begun, true) {
            self.begun.epoch = t;
        }
        let mut moment = Moment { t, pid, thread, at: None };
        if !matches!(&*raw.e, "hello" | "run" | "fork" | "unseen") && !self.knows(pid) {
            self.begin_process(pid, None, None);
        }
        if let Some((path, function, line)) = &raw.a {
            let file = match self.files.get(&**path) {
                Some(file) => file.clone(),
                None => {
                    // A process that begins has no role yet.
                    let pid = if self.knows(pid) { pid } else { raw.pp.unwrap_or(pid) };
                    self.see_file(path, &Moment::of(pid, t), out)
                }
            };
            let (file, function) = (file.to_string().into(), Some(function.to_string().into()));
            moment.at = Some(Rc::new(At { file, line: *line, function }));
        }
        self.take_record(&raw, &moment, out);
        true
    }

    /// The processes that were not there at the last call.
    pub fn new_processes(&mut self) -> Vec<u32> {
        mem::take(&mut self.new)
    }

    /// A time by CLOCK_MONOTONIC, in microseconds, as the log has it: what a Python needs to start
    /// the first time is no part of the run.
    pub fn seconds(&self, micros: u64) -> f64 {
        micros.saturating_sub(self.begun.epoch) as f64 / 1e6
    }

    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Gives a file of the program its name, and puts it into the log.
    fn see_file(&mut self, path: &str, moment: &Moment, out: Out) -> Rc<str> {
        let name = self.folders.iter().find_map(|it| {
            let name = path.strip_prefix(it.to_str()?)?.strip_prefix('/')?;
            (!name.is_empty()).then_some(name)
        });
        let name: Rc<str> = name.unwrap_or(path).into();
        self.files.insert(path.into(), name.clone());
        let mut text = Vec::new();
        let file = File::open(path).map(|file| file.take(LONGEST_SOURCE + 1));
        let read = file.and_then(|mut file| file.read_to_end(&mut text));
        if read.is_ok_and(|length| length as u64 <= LONGEST_SOURCE) {
            let text = String::from_utf8_lossy(&text).into_owned();
            let event = PythonEvent::Source { file: name.to_string(), text };
            self.tell(moment, event, None, out);
        }
        name
    }

    fn tell<'e>(&self, moment: &Moment, event: impl Into<Event<'e>>, line: Option<&str>, out: Out) {
        let Moment { t, pid, thread, at } = moment;
        let role = self.role(*pid);
        let who = Who { pid: *pid, role: (&*role).into(), thread: thread.map(on_one_line) };
        let t = self.seconds(*t);
        let event = &event.into();
        let logged = Logged { v: VERSION, t, who: &who, at: at.as_deref(), event, line };
        if let Ok(text) = serde_json::to_string(&logged) {
            out(&text);
        }
    }
}

#[cfg(test)]
mod tests;
