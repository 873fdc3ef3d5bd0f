//! The processes of a run: who begins and ends, and what each is called.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::rc::Rc;

use super::output::Output;
use super::values::Buffered;
use super::{Moment, Out, Translator, roles};
use crate::events::{Event, Status};
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

#[derive(Default)]
pub struct Process {
    /// None until it is known what it does.
    pub role: Option<Rc<str>>,
    pub parent: Option<u32>,
    /// Whether its start is told.
    is_started: bool,
    /// Whether multiprocessing runs it: then its start will be told.
    has_run: bool,
    /// Whether a bare fork has made it.
    is_bare: bool,
    /// How it ended, if known, while its start is not told.
    end_to_tell: Option<Option<Status>>,
    /// Whether it is one of Python's own, which tells nothing but what it prints.
    pub is_helper: bool,
    /// Whether it has told anything.
    pub speaks: bool,
    /// The time of the last record of its main thread.
    pub last_t: u64,
    pub has_ended: bool,
    /// The time at which this was told, if it was.
    ended_at: u64,
    /// Whether its exit status is told.
    has_exited: bool,
    pub outputs: [Output; 2],
    /// The output's buffers at the last fork that didn't empty them.
    pub forked: [Output; 2],
    /// The values that were put and not fed into their queue's pipe, by the queue's key.
    pub buffers: HashMap<Rc<str>, VecDeque<Buffered>>,
    /// By thread: the number of the value that it took out of a pipe and hasn't got yet.
    pub took: HashMap<Box<str>, Option<u64>>,
    /// By thread: the number of the value that it put or sent last.
    pub left: HashMap<Box<str>, u64>,
    /// By thread: the pool of the task that it does.
    pub tasks: HashMap<Box<str>, Rc<str>>,
}

impl Translator {
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
        // No hook sees os.wait().
        let is_bare = process.is_bare;
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
            Some(status) if reaped_by_us || is_orphan || is_bare => {
                self.exited(&Moment::of(pid, t), pid, status, out);
            }
            _ => {
                let process = self.process(pid);
                process.ended_at = t;
                if process.has_run && !process.is_started {
                    process.end_to_tell = Some(status);
                } else {
                    let event = PythonEvent::Ended { child: pid, status };
                    self.tell(&Moment::of(pid, t), event, None, out);
                }
            }
        }
    }

    pub(super) fn knows(&self, pid: u32) -> bool {
        self.processes.contains_key(&pid)
    }

    pub(super) fn process(&mut self, pid: u32) -> &mut Process {
        self.processes.entry(pid).or_default()
    }

    /// A process begins, or more becomes known of one that has begun. An earlier one with its PID
    /// has ended.
    pub(super) fn begin_process(&mut self, pid: u32, parent: Option<u32>, role: Option<&str>) {
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

    pub(super) fn role(&self, pid: u32) -> Rc<str> {
        let role = self.processes.get(&pid).and_then(|it| it.role.clone());
        role.unwrap_or_else(|| "child".into())
    }

    /// Gives the process this role, or a number behind it, if it has none.
    pub(super) fn name_process(&mut self, pid: u32, parent: Option<u32>, role: &str) {
        let has_role = |it: &&Process| it.role.is_some() && !it.has_ended;
        let is_new = self.processes.get(&pid).filter(has_role).is_none();
        let role = is_new.then(|| self.roles.unique(role));
        self.begin_process(pid, parent, role.as_deref());
    }

    /// A child's start is told by its parent, or in its name.
    fn started(&mut self, raw: &Raw, moment: &Moment, child: u32, role: &str, out: Out) {
        let is_python = raw.cmd.as_deref().is_none_or(roles::is_python) || self.knows(child);
        let has_ended_before = |it: &Process| it.has_run && !it.is_started && !it.has_exited;
        if !self.processes.get(&child).is_some_and(has_ended_before) {
            self.name_process(child, Some(moment.pid), role);
        }
        let process = self.process(child);
        let bare = process.is_bare.then_some("os.fork");
        // A child of the fork server has that as its parent in the kernel.
        process.parent = Some(moment.pid);
        if !mem::replace(&mut process.is_started, true) {
            let child_role = self.role(child);
            let event = Event::Started {
                child,
                child_role: (&*child_role).into(),
                foreign: !is_python,
                command: None,
                stdin: None,
                stdout: None,
                method: raw.method.as_deref().or(bare).map(Cow::Borrowed),
                daemon: raw.daemon.filter(|it| *it),
                library: raw.lib.filter(|it| *it),
            };
            self.tell(moment, event, None, out);
            let process = self.process(child);
            if let Some(status) = process.end_to_tell.take() {
                let then = Moment::of(child, process.ended_at);
                self.tell(&then, PythonEvent::Ended { child, status }, None, out);
            }
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
        if !process.is_helper {
            let child_role = self.role(child);
            let child_role = (&*child_role).into();
            self.tell(moment, Event::Exited { child, child_role, status }, None, out);
        }
    }

    /// Processes begin and end.
    pub(super) fn take_life(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let command = raw.cmd.as_deref().unwrap_or_default();
        let name = raw.name.as_deref().unwrap_or("Process");
        let is_librarys = raw.lib == Some(true);
        let role = roles::of_process(name, raw.target.as_deref(), is_librarys);
        match (&*raw.e, raw.c) {
            ("hello", _) => {
                self.seen.hello = true;
                self.begin_process(raw.p, raw.pp, None);
                match raw.k.as_deref().unwrap_or_default() {
                    "" => self.begin_python(raw.p, roles::of_command(command), moment, out),
                    "spawn" => {}
                    helper => {
                        let process = self.process(raw.p);
                        process.is_helper = true;
                        process.role.get_or_insert(helper.into());
                    }
                }
            }
            ("unseen", _) => {
                self.begin_process(raw.p, raw.pp, None);
                self.begin_python(raw.p, "python", moment, out);
                let version = raw.v.map(|it| it.get().trim_matches('"').to_owned());
                let version = version.unwrap_or_default();
                if !self.seen.unseen.contains(&version) {
                    self.seen.unseen.push(version.clone());
                }
                self.tell(moment, PythonEvent::Unseen { version }, None, out);
            }
            ("fork", _) => {
                let parent = raw.pp.filter(|it| self.knows(*it));
                self.name_process(raw.p, raw.pp, "fork");
                self.process(raw.p).is_bare = true;
                if let Some(parent) = parent {
                    let Moment { t, at, .. } = moment;
                    let by = Moment { t: *t, pid: parent, thread: None, at: at.clone() };
                    self.started(raw, &by, raw.p, "fork", out);
                    self.inherit(raw, parent);
                }
                self.tell(moment, Event::Running {}, None, out);
            }
            ("run", _) => {
                self.name_process(raw.p, raw.pp, role);
                self.process(raw.p).has_run = true;
                raw.pp.into_iter().for_each(|parent| self.inherit(raw, parent));
                self.tell(moment, Event::Running {}, None, out);
            }
            ("start", Some(child)) => self.started(raw, moment, child, role, out),
            ("popen", Some(child)) => {
                self.started(raw, moment, child, roles::of_command(command), out);
            }
            ("status", Some(child)) => {
                let status = match raw.code.unwrap_or_default() {
                    signal @ ..0 => Status::Signal(signal.saturating_neg()),
                    code => Status::Code(code),
                };
                self.exited(moment, child, status, out);
            }
            _ => {}
        }
    }

    /// A fork begins with the lines that were in its parent's buffers.
    fn inherit(&mut self, raw: &Raw, parent: u32) {
        if raw.copies == Some(true) {
            self.process(raw.p).outputs = self.process(parent).forked.clone();
        }
    }

    /// A Python begins that is not multiprocessing's.
    fn begin_python(&mut self, pid: u32, role: &str, moment: &Moment, out: Out) {
        match pid == self.begun.root {
            true => self.process(pid).role = Some("MainProcess".into()),
            false => self.name_process(pid, None, role),
        }
        self.tell(moment, Event::Running {}, None, out);
    }
}
