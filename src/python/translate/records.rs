//! The event that each raw record is.

use std::borrow::Cow;
use std::rc::Rc;

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error as NoCall;

use super::objects::{Object, mark_of};
use super::{Buffered, Job, Moment, Out, Process, STREAMS, Start, Translator, roles};
use crate::events::{Call, Event, Reason, Status};
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

impl Translator {
    pub(super) fn take_record(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let process = self.process(raw.p);
        process.speaks = true;
        let is_helper = process.is_helper;
        match &*raw.e {
            "hello" | "run" | "fork" | "unseen" | "start" | "popen" | "status" => {
                self.take_life(raw, moment, out);
            }
            "print" | "write" | "unwritten" | "forking" => self.take_output(raw, moment, out),
            _ if is_helper => {}
            "put" | "fed" | "dropped" | "full" | "took" | "get" | "send" | "recv" | "refused" => {
                self.take_value(raw, moment, out);
            }
            "make" => {
                for event in self.objects.make(raw) {
                    self.tell(moment, event, None, out);
                }
            }
            "submit" | "begin" | "end" => self.take_task(raw, moment, out),
            _ => {
                if let Some(event) = self.plain(raw) {
                    self.tell(moment, event, None, out);
                }
            }
        }
    }

    /// Processes begin and end.
    fn take_life(&mut self, raw: &Raw, moment: &Moment, out: Out) {
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
                if let Some(parent) = parent {
                    let Moment { t, at, .. } = moment;
                    let by = Moment { t: *t, pid: parent, thread: None, at: at.clone() };
                    self.started(&by, raw.p, "fork", Start::default(), out);
                    self.process(raw.p).outputs = self.process(parent).forked.clone();
                }
                self.tell(moment, Event::Running {}, None, out);
            }
            ("run", _) => {
                self.name_process(raw.p, raw.pp, role);
                self.tell(moment, Event::Running {}, None, out);
            }
            ("start", Some(child)) => {
                let is_told = |it: Option<bool>| it.filter(|it| *it);
                let (daemon, library) = (is_told(raw.daemon), is_told(raw.lib));
                let start =
                    Start { foreign: false, method: raw.method.as_deref(), daemon, library };
                self.started(moment, child, role, start, out);
            }
            ("popen", Some(child)) => {
                let is_seen = self.knows(child) || roles::is_python(command);
                let start = Start { foreign: !is_seen, ..Start::default() };
                self.started(moment, child, roles::of_command(command), start, out);
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

    /// A Python begins that is not multiprocessing's.
    fn begin_python(&mut self, pid: u32, role: &str, moment: &Moment, out: Out) {
        match pid == self.begun.root {
            true => self.process(pid).role = Some("MainProcess".into()),
            false => self.name_process(pid, None, role),
        }
        self.tell(moment, Event::Running {}, None, out);
    }

    /// Values leave and arrive.
    fn take_value(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let (key, pid, thread) = (raw.o.as_deref().unwrap_or_default(), raw.p, raw.thread());
        let mark = mark_of(raw);
        let event: Event = match &*raw.e {
            "put" => {
                let number = self.leave(raw, key);
                let queue = self.objects.get(key, "queue");
                // A queue between threads has no pipe.
                match key.starts_with("i:") {
                    true => queue.push(Some(number), pid, mark),
                    false => {
                        let text = raw.changes.and(raw.v).map(|it| it.get().into());
                        let value = Buffered { number, thread: thread.into(), text };
                        let buffers = &mut self.process(pid).buffers;
                        buffers.entry(key.into()).or_default().push_back(value);
                    }
                }
                let (on, number) = (Some(self.name_of(key, "queue").into()), Some(number));
                Event::Put { value: Cow::Owned(raw.value()), on, number }
            }
            "fed" => {
                let queue = self.objects.get(key, "queue");
                let is_simple = queue.is_simple;
                let process = self.processes.get_mut(&pid);
                let fed = process.and_then(|it| it.leave_buffer(key, thread, is_simple));
                queue.push(fed.as_ref().map(|it| it.number), pid, 0);
                let Some(Buffered { number, text, .. }) = fed else { return };
                let is_changed = text.is_some_and(|text| raw.v.is_some_and(|v| v.get() != &*text));
                let (on, value) = (queue.name.to_string(), is_changed.then(|| raw.value()));
                PythonEvent::Fed { on, number, value }.into()
            }
            "dropped" => {
                let dropped = self.process(pid).leave_buffer(key, thread, false);
                let Some(Buffered { number, .. }) = dropped else { return };
                let exception = raw.x.as_deref().unwrap_or_default().into();
                PythonEvent::Dropped { on: self.name_of(key, "queue"), number, exception }.into()
            }
            "full" => {
                let Some((_, number)) = self.process(pid).left.remove(thread) else { return };
                self.take_back(pid, key, number);
                PythonEvent::Full { on: self.name_of(key, "queue"), number }.into()
            }
            "took" => {
                let number = self.objects.get(key, "queue").pop();
                self.process(pid).took.insert(thread.into(), number);
                return;
            }
            "get" => {
                let number = match key.starts_with("i:") {
                    true => self.objects.get(key, "queue").pop_same(mark),
                    false => self.process(pid).took.remove(thread).flatten(),
                };
                let on = Some(self.name_of(key, "queue").into());
                Event::Get { value: Cow::Owned(raw.value()), on, number }
            }
            "send" => {
                let number = self.leave(raw, key);
                self.objects.send(key, pid, number, mark);
                let on = Some(self.objects.sending_end(key).to_string().into());
                Event::Send { value: Cow::Owned(raw.value()), on, number: Some(number) }
            }
            "recv" => {
                let end = self.objects.get(key, "pipe");
                let (on, number) = (Some(end.name.to_string().into()), end.recv(mark));
                Event::Recv { value: Cow::Owned(raw.value()), on, number }
            }
            _ => {
                let exception = raw.x.as_deref().unwrap_or_default().to_owned();
                let Some(call) = call(raw) else { return };
                if let (Call::Put | Call::Send, Some((_, number))) =
                    (call, self.process(pid).left.remove(thread))
                {
                    self.take_back(pid, key, number);
                }
                Event::Refused { call, why: Reason::Said { text: exception }.into() }
            }
        };
        self.tell(moment, event, None, out);
    }

    /// A value leaves its thread: its number in the run.
    fn leave(&mut self, raw: &Raw, key: &str) -> u64 {
        self.values += 1;
        let number = self.values;
        self.process(raw.p).left.insert(raw.thread().into(), (key.into(), number));
        number
    }

    /// The value with this number was not put or sent after all.
    fn take_back(&mut self, pid: u32, key: &str, number: u64) {
        if let Some(buffer) = self.process(pid).buffers.get_mut(key) {
            buffer.retain(|it| it.number != number);
        }
        self.objects.take_back(key, number);
    }

    fn name_of(&mut self, key: &str, kind: &str) -> String {
        self.objects.get(key, kind).name.to_string()
    }

    /// Tasks of pools.
    fn take_task(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let job = raw.job();
        let function = raw.function.as_deref().unwrap_or_default().to_owned();
        let count = raw.num.unwrap_or(1);
        let event = match &*raw.e {
            "submit" => {
                let pool = self.objects.get(raw.o.as_deref().unwrap_or_default(), "pool");
                let pool = pool.name.clone();
                let entry = Job { pool: pool.clone(), function: function.clone(), left: count };
                self.jobs.insert((raw.p, job.clone()), entry);
                let (pool, call) = (pool.to_string(), raw.call.as_deref().unwrap_or_default());
                PythonEvent::Submit { pool, job, tasks: count, function, call: call.to_owned() }
            }
            "begin" => {
                let (pool, submitted) = self.begin_task(raw.p, &job, count);
                self.process(raw.p).task = Some((pool.clone(), job.clone()));
                let function = if function.is_empty() { submitted } else { function };
                let (pool, task) = (pool.to_string(), raw.i.unwrap_or_default());
                PythonEvent::Begin { pool, job, task, function, values: count }
            }
            _ => {
                let task = self.process(raw.p).task.take();
                let (pool, job) = task.unwrap_or_else(|| ("pool".into(), job));
                let [exception, message] =
                    [&raw.x, &raw.msg].map(|it| it.as_deref().map(str::to_owned));
                let (pool, task) = (pool.to_string(), raw.i.unwrap_or_default());
                PythonEvent::End { pool, job, task, exception, message }
            }
        };
        self.tell(moment, event, None, out);
    }

    /// So many values of a job begin in this worker. Returns the pool and the job's function.
    fn begin_task(&mut self, worker: u32, job: &str, values: u64) -> (Rc<str>, String) {
        let parent = self.process(worker).parent.unwrap_or_default();
        let mut key = (parent, job.to_owned());
        if !self.jobs.contains_key(&key) {
            // Of a worker of the fork server the log may not know yet who has started it.
            let other = self.jobs.keys().find(|(_, it)| it == job);
            key = other.cloned().unwrap_or(key);
        }
        let Some(known) = self.jobs.get_mut(&key) else {
            return ("pool".into(), String::new());
        };
        known.left = known.left.saturating_sub(values);
        let (pool, function) = (known.pool.clone(), known.function.clone());
        if known.left == 0 {
            self.jobs.remove(&key);
        }
        (pool, function)
    }

    /// Lines are printed and written.
    fn take_output(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let number = usize::from(raw.s == Some(2.0));
        let count = raw.num.unwrap_or_default();
        let output = &mut self.process(raw.p).outputs[number];
        match (&*raw.e, raw.b.as_deref()) {
            ("forking", _) => {
                let process = self.process(raw.p);
                process.forked = [0, 1].map(|it| process.outputs[it].inherited(raw.p));
            }
            ("print", _) => {
                let text = raw.x.as_deref().unwrap_or_default();
                output.print(text, raw.l, moment.at.as_ref());
                for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                    let (stream, text) = (STREAMS[number], line.to_owned());
                    self.tell(moment, PythonEvent::Printed { stream, text }, None, out);
                }
            }
            ("write", Some(text)) => {
                let bytes: Vec<_> = text.chars().map(|c| c as u8).collect();
                for line in output.write(&bytes) {
                    self.wrote(moment, number, line, out);
                }
            }
            ("write", None) if raw.f == Some(1) => output.write_elsewhere(count as usize),
            ("write", None) => {
                for printed in output.write_lines(raw.nl.unwrap_or_default()) {
                    let at = printed.as_ref().and_then(|it| it.at.clone());
                    let of = printed.and_then(|it| it.of);
                    let moment = Moment { at, ..*moment };
                    let stream = STREAMS[number];
                    let event = PythonEvent::Written { stream, text: None, of };
                    self.tell(&moment, event, None, out);
                }
            }
            _ => output.fail(count as usize),
        }
    }

    /// The event of a record that needs no more than its names.
    fn plain(&mut self, raw: &Raw) -> Option<Event<'static>> {
        let own = |text: &Option<Cow<str>>| text.as_deref().unwrap_or_default().to_owned();
        let key = raw.o.as_deref().unwrap_or_default();
        let child = raw.c.unwrap_or_default();
        let child_role = || Cow::Owned(self.role(child).to_string());
        let message = own(&raw.msg);
        Some(match (&*raw.e, raw.s.unwrap_or_default()) {
            ("join", _) => Event::Join { child, child_role: child_role() },
            ("joined", _) if raw.ended == Some(false) => PythonEvent::Returned {
                call: "join".into(),
                on: self.role(child).to_string(),
                job: None,
                result: Some(false),
                exception: None,
            }
            .into(),
            ("joined", _) => Event::Joined { child, child_role: child_role() },
            ("signal", 15.0) => Event::Terminate { child, child_role: child_role() },
            ("signal", 2.0) => Event::Interrupt { child, child_role: child_role() },
            ("signal", 9.0) => Event::Kill { child, child_role: child_role(), why: None },
            ("signal", _) => {
                PythonEvent::Called { call: own(&raw.call), on: self.role(child).to_string() }
                    .into()
            }
            ("exit", _) => {
                let on = self.role(raw.p).to_string();
                PythonEvent::Called { call: "os._exit".into(), on }.into()
            }
            ("raise", _) => PythonEvent::Raised { exception: own(&raw.x), message }.into(),
            ("tstart", _) => PythonEvent::Called { call: "start".into(), on: own(&raw.th) }.into(),
            ("trun", _) => Event::Running {},
            ("tend", _) => {
                self.process(raw.p).left.remove(raw.thread());
                PythonEvent::ThreadEnd {}.into()
            }
            ("tjoin", _) => Event::Wait { call: Call::Join, on: Some(own(&raw.th).into()) },
            ("tjoined", _) => PythonEvent::Returned {
                call: "join".into(),
                on: own(&raw.th),
                job: None,
                result: raw.ended,
                exception: None,
            }
            .into(),
            ("empty", _) => Event::Empty { on: Some(self.name_of(key, "queue").into()) },
            ("task_done", _) => PythonEvent::Done { on: self.name_of(key, "queue") }.into(),
            ("close", _) => PythonEvent::Closed { on: self.name_of(key, "pipe") }.into(),
            ("eof", _) => Event::EndOfFile { on: Some(self.name_of(key, "pipe").into()) },
            ("wait", _) => {
                let call = call(raw)?;
                Event::Wait { call, on: Some(self.name_of(key, kind_of(call)).into()) }
            }
            ("returned", _) => PythonEvent::Returned {
                call: own(&raw.call),
                on: self.name_of(key, call(raw).map_or("object", kind_of)),
                job: raw.job.is_some().then(|| raw.job()),
                result: raw.r,
                exception: raw.x.as_deref().map(str::to_owned),
            }
            .into(),
            ("acquired", _) => match self.objects.get(key, "lock") {
                Object { is_semaphore: true, name, .. } => {
                    PythonEvent::Called { call: "acquire".into(), on: name.to_string() }.into()
                }
                Object { name, .. } => Event::Acquired { lock: name.to_string().into() },
            },
            ("release", _) => match self.objects.get(key, "lock") {
                Object { is_semaphore: true, name, .. } => {
                    PythonEvent::Called { call: "release".into(), on: name.to_string() }.into()
                }
                Object { name, .. } => Event::Release { lock: name.to_string().into() },
            },
            ("called", _) => {
                PythonEvent::Called { call: own(&raw.call), on: self.name_of(key, "event") }.into()
            }
            ("sleep", seconds) => Event::Sleep { seconds },
            _ => return None,
        })
    }
}

impl Process {
    /// The value that leaves the process's buffer of this queue: the oldest, or that which this
    /// thread has put, where each thread writes its own.
    fn leave_buffer(&mut self, key: &str, thread: &str, is_simple: bool) -> Option<Buffered> {
        let buffer = self.buffers.get_mut(key)?;
        let is_own = |it: &Buffered| is_simple && &*it.thread == thread;
        buffer.remove(buffer.iter().take(MOST_SEARCHED).position(is_own).unwrap_or_default())
    }
}

/// How many threads may put into a SimpleQueue at the same time and still be told apart.
const MOST_SEARCHED: usize = 64;

/// The call of multiprocessing that a record is about.
fn call(raw: &Raw) -> Option<Call> {
    let name = raw.call.as_deref()?.into_deserializer();
    Call::deserialize(name).map_err(|_: NoCall| ()).ok()
}

/// What an object is of which nothing else is known than this call.
fn kind_of(call: Call) -> &'static str {
    match call {
        Call::Acquire => "lock",
        Call::Get | Call::Put | Call::Join => "queue",
        Call::Wait => "event",
        Call::Result => "pool",
        _ => "pipe",
    }
}
