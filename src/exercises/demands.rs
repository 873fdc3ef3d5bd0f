//! What an exercise demands of a run beside claims: which function prints, puts and gets what, in
//! which process. It goes by the log, so printing the lines somewhere else doesn't do.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::ExerciseTask;
use crate::both;
use crate::claims::plays;
use crate::events::{Event, Record, Stream};
use crate::python::PythonEvent;
use crate::words::locale::in_words;

/// How many lines a sentence lists.
const LISTED: usize = 5;

/// A function that has to stay, and what it has to print.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptFunction {
    pub name: String,
    /// The lines that it prints, in all processes together.
    #[serde(default)]
    prints: Vec<String>,
    /// The values that it puts into queues or sends over pipes, and those that it gets or receives:
    /// these values just as often, and others as it likes. A string stands for itself, another
    /// value as JSON.
    #[serde(default)]
    puts: Vec<String>,
    #[serde(default)]
    gets: Vec<String>,
    /// Whether all that comes in this order.
    #[serde(default)]
    in_order: bool,
    /// In how many processes beside the first one it does so, at least; 0 if
    /// it does so in threads of the first one, and not in the main thread.
    #[serde(default = "one")]
    processes: usize,
    /// Whether all of its processes are started before one of them is joined.
    #[serde(default)]
    together: bool,
}

fn one() -> usize {
    1
}

/// Collects who does what in a run, and who is joined before who is started.
#[derive(Default)]
pub struct Deeds {
    first: u32,
    all: Vec<Deed>,
    started: BTreeMap<u32, usize>,
    joined: BTreeMap<u32, usize>,
}

struct Deed {
    pid: u32,
    is_threads: bool,
    role: String,
    function: String,
    what: DeedKind,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DeedKind {
    Prints,
    Puts,
    Gets,
}

/// What a run fails by: the demand's name, and a sentence.
pub type Failure = (String, String);

impl Deeds {
    /// Sees the run's next event.
    pub fn see(&mut self, record: &Record) {
        let moment = self.started.len() + self.joined.len();
        // A value that JSON doesn't have, or a long one, is there as Python shows it.
        let as_text = |value: &Value| {
            let text = value.get("python").unwrap_or(value).as_str().map(str::to_owned);
            text.unwrap_or_else(|| value.to_string())
        };
        let (what, text) = match &record.event {
            Event::Run { .. } => {
                self.first = record.pid;
                return;
            }
            Event::Started { child, .. } => {
                self.started.insert(*child, moment);
                return;
            }
            Event::Joined { child, .. } => {
                self.joined.insert(*child, moment);
                return;
            }
            Event::Put { value, .. } | Event::Send { value, .. } => {
                (DeedKind::Puts, as_text(value))
            }
            Event::Get { value, .. } | Event::Recv { value, .. } => {
                (DeedKind::Gets, as_text(value))
            }
            event if event.name() == "printed" => match event.own() {
                Some(PythonEvent::Printed { stream: Stream::Stdout, text }) => {
                    (DeedKind::Prints, text)
                }
                _ => return,
            },
            _ => return,
        };
        let (pid, role) = (record.pid, record.role.clone().into_owned());
        let function = record.at.as_ref().and_then(|at| at.function.as_deref());
        let function = function.unwrap_or_default().to_owned();
        let is_threads = record.thread.is_some();
        self.all.push(Deed { pid, is_threads, role, function, what, text });
    }

    /// What the task demands and the run has not done.
    pub fn failures(&self, task: &ExerciseTask) -> Vec<Failure> {
        let functions = task
            .function
            .iter()
            .filter_map(|function| Some((function.name.clone(), self.failure_of(function)?)));
        let is_functions = |deed: &&Deed| task.function.iter().any(|it| it.did(deed));
        let parents =
            self.all.iter().filter(|it| it.pid == self.first && it.what == DeedKind::Prints);
        let parents = parents.filter(|it| !is_functions(it));
        let lines: Vec<_> = parents.map(|it| &*it.text).collect();
        let wanted: Vec<_> = task.parent.iter().map(String::as_str).collect();
        let first = both!("the first process", "第一个进程");
        let parents = match wanted.last() {
            _ if lines != wanted => {
                Some(Difference::of(&wanted, &lines).told(&first, DeedKind::Prints))
            }
            Some(last) if task.parent_last => self.done_after(last, is_functions),
            _ => None,
        };
        functions.chain(parents.map(|it| ("parent".to_owned(), it))).collect()
    }

    /// Who still does something when the first process has printed its last line, if it should not.
    fn done_after(&self, last: &str, is_functions: impl Fn(&&Deed) -> bool) -> Option<String> {
        let is_last = |it: &Deed| it.pid == self.first && it.text == last;
        let place = self.all.iter().rposition(is_last)?;
        let later = self.all[place..].iter().find(is_functions)?;
        let Deed { text, role, .. } = later;
        let does = later.what.does();
        Some(both!(
            "the first process prints \"{last}\" too early: {role} {does} \"{text}\" after that",
            "第一个进程过早打印 \"{last}\"：在那之后 {role} 才{does} \"{text}\""
        ))
    }

    /// How the run fails the task by this function, if it does.
    fn failure_of(&self, function: &KeptFunction) -> Option<String> {
        let KeptFunction { name, prints, puts, gets, in_order, processes, together } = function;
        let deeds = self.all.iter().filter(|deed| function.did(deed));
        let in_first = *processes == 0;
        let is_misplaced = |deed: &Deed| match deed.pid == self.first {
            true => !(in_first && deed.is_threads),
            false => in_first,
        };
        if deeds.clone().any(is_misplaced) {
            return Some(match in_first {
                true => both!(
                    "{name}() should run in threads of the first process only, and not in its main \
                     thread",
                    "{name}() 应当只在第一个进程的线程里运行，而且不在主线程里"
                ),
                false => both!(
                    "{name}() runs in the first process, not only in processes of its own",
                    "{name}() 也在第一个进程里运行，而不只在自己的进程里"
                ),
            });
        }
        for (what, wanted) in
            [(DeedKind::Prints, prints), (DeedKind::Puts, puts), (DeedKind::Gets, gets)]
        {
            let is_meant = |deed: &&Deed| {
                deed.what == what && (what == DeedKind::Prints || wanted.contains(&deed.text))
            };
            let got: Vec<_> = deeds.clone().filter(is_meant).map(|it| &*it.text).collect();
            let wanted: Vec<_> = wanted.iter().map(String::as_str).collect();
            let difference = Difference::of(&wanted, &got);
            if !difference.is_none() || (*in_order && got != wanted) {
                return Some(difference.told(&both!("{name}()", " {name}() "), what));
            }
        }
        let pids: BTreeSet<_> = deeds.map(|deed| deed.pid).collect();
        if pids.len() < *processes {
            let got = pids.len();
            return Some(both!(
                "{name}() should do so in {processes} processes; it did in {got}",
                "{name}() 应当在 {processes} 个进程里这样做，实际只有 {got} 个"
            ));
        }
        let is_joined_before = |pid: &u32| {
            let joined = self.joined.get(pid);
            let mut starts = pids.iter().filter_map(|other| self.started.get(other));
            joined.is_some_and(|joined| starts.any(|started| joined < started))
        };
        (*together && pids.iter().any(is_joined_before)).then(|| {
            both!(
                "the processes of {name}() should run at the same time; one was joined before \
                 another one was started",
                "{name}() 的各个进程应当同时运行；实际上有一个先被 join()，另一个才启动"
            )
        })
    }
}

impl DeedKind {
    fn verb(self) -> &'static str {
        in_words(match self {
            DeedKind::Prints => ["print", "打印"],
            DeedKind::Puts => ["put", "放入"],
            DeedKind::Gets => ["get", "取到"],
        })
    }

    fn does(self) -> String {
        let verb = self.verb();
        both!("{verb}s", "{verb}")
    }
}

/// How what was done differs from what was wanted, whatever the order.
struct Difference<'a> {
    missing: Vec<&'a str>,
    surplus: Vec<&'a str>,
    wanted: &'a [&'a str],
}

impl<'a> Difference<'a> {
    fn of(wanted: &'a [&str], got: &[&'a str]) -> Difference<'a> {
        let (mut missing, mut surplus) = (wanted.to_vec(), Vec::new());
        for one in got {
            match missing.iter().position(|it| it == one) {
                Some(at) => drop(missing.remove(at)),
                None => surplus.push(*one),
            }
        }
        Difference { missing, surplus, wanted }
    }

    fn is_none(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }

    /// The difference in words: `who` does what. What is not in the log may have been done all the
    /// same, by a Manager's queue, say.
    fn told(&self, who: &str, what: DeedKind) -> String {
        let (verb, does) = (what.verb(), what.does());
        let [missing, surplus, wanted] = [&*self.missing, &self.surplus, self.wanted].map(listed);
        match (self.missing.is_empty(), self.surplus.is_empty()) {
            (true, true) => {
                both!(
                    "{who} does not {verb} in this order: {wanted}",
                    "{who}应按这个顺序{verb}：{wanted}"
                )
            }
            (false, true) => {
                both!("{who} is not seen to {verb} {missing}", "没有看到{who}{verb} {missing}")
            }
            (true, false) => both!("{who} also {does} {surplus}", "{who}还{does}了 {surplus}"),
            (false, false) => both!(
                "{who} is not seen to {verb} {missing}, but {does} {surplus}",
                "没有看到{who}{verb} {missing}，却{does}了 {surplus}"
            ),
        }
    }
}

impl KeptFunction {
    /// Whether the function itself has done it, or its process for it.
    fn did(&self, deed: &Deed) -> bool {
        deed.function == self.name || plays(&deed.role, &self.name)
    }
}

fn listed(lines: &[&str]) -> String {
    let first: Vec<_> = lines.iter().take(LISTED).map(|it| format!("\"{it}\"")).collect();
    let first = first.join(&both!(", ", "、"));
    match lines.len().saturating_sub(LISTED) {
        0 => first,
        more => both!("{first} and {more} more", "{first} 等，另有 {more} 个"),
    }
}
