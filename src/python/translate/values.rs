//! Values leave and arrive, and pools have tasks.

use std::borrow::Cow;
use std::rc::Rc;

use super::lives::Process;
use super::objects::mark_of;
use super::records::call;
use super::{Moment, Out, Translator};
use crate::events::{Call, Event, Reason};
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

/// A value in a process's buffer of a queue.
pub struct Buffered {
    number: u64,
    thread: Box<str>,
    /// The value's text, if the object can change.
    text: Option<Box<str>>,
}

pub struct Job {
    pool: Rc<str>,
    function: String,
    /// How many of its values have not begun.
    left: u64,
}

impl Translator {
    /// Values leave and arrive.
    pub(super) fn take_value(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let (key, pid, thread) = (raw.o.as_deref().unwrap_or_default(), raw.p, raw.thread());
        let mark = mark_of(raw);
        let event: Event = match &*raw.e {
            "put" => {
                let number = self.leave(raw);
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
                let Some(number) = self.process(pid).left.remove(thread) else { return };
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
                    false if raw.took.is_some() => self.objects.get(key, "queue").pop(),
                    false => self.process(pid).took.remove(thread).flatten(),
                };
                let on = Some(self.name_of(key, "queue").into());
                Event::Get { value: Cow::Owned(raw.value()), on, number }
            }
            "send" if self.objects.is_unpaired(key) => return,
            "recv" if self.objects.is_unpaired(key) => {
                let on = self.name_of(key, "pipe");
                let (call, job, result, exception) = ("recv".into(), None, None, None);
                PythonEvent::Returned { call, on, job, result, exception }.into()
            }
            "send" => {
                let number = self.leave(raw);
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
                if let (Call::Put | Call::Send, Some(number)) =
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
    fn leave(&mut self, raw: &Raw) -> u64 {
        self.values += 1;
        let number = self.values;
        self.process(raw.p).left.insert(raw.thread().into(), number);
        number
    }

    /// The value with this number was not put or sent after all.
    fn take_back(&mut self, pid: u32, key: &str, number: u64) {
        if let Some(buffer) = self.process(pid).buffers.get_mut(key) {
            buffer.retain(|it| it.number != number);
        }
        self.objects.take_back(key, number);
    }

    pub(super) fn name_of(&mut self, key: &str, kind: &str) -> String {
        self.objects.get(key, kind).name.to_string()
    }

    /// Tasks of pools.
    pub(super) fn take_task(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        let job = raw.job();
        let function = raw.function.as_deref().unwrap_or_default().to_owned();
        let count = raw.num.unwrap_or(1);
        let event = match &*raw.e {
            "submit" => {
                let pool = self.objects.get(raw.o.as_deref().unwrap_or_default(), "pool");
                let pool = pool.name.clone();
                let left = raw.num.unwrap_or(u64::MAX);
                let entry = Job { pool: pool.clone(), function: function.clone(), left };
                self.jobs.insert((raw.p, job.clone()), entry);
                let call = raw.call.as_deref().unwrap_or_default().to_owned();
                let (pool, tasks) = (pool.to_string(), raw.num.unwrap_or_default());
                let handled = raw.cb == Some(1);
                PythonEvent::Submit { pool, job, tasks, function, call, handled }
            }
            "begin" => {
                let (pool, submitted) = self.begin_task(raw.p, &job, count);
                self.process(raw.p).tasks.insert(raw.thread().into(), pool.clone());
                let function = if function.is_empty() { submitted } else { function };
                let (pool, task) = (pool.to_string(), raw.i.unwrap_or_default());
                PythonEvent::Begin { pool, job, task, function, values: count }
            }
            _ => {
                let pool = self.process(raw.p).tasks.remove(raw.thread());
                let pool = pool.map_or_else(|| "pool".into(), |it| it.to_string());
                let [exception, message] =
                    [&raw.x, &raw.msg].map(|it| it.as_deref().map(str::to_owned));
                PythonEvent::End { pool, job, task: raw.i.unwrap_or_default(), exception, message }
            }
        };
        self.tell(moment, event, None, out);
    }

    /// So many values of a job begin in this worker. Returns the pool and the job's function.
    fn begin_task(&mut self, worker: u32, job: &str, values: u64) -> (Rc<str>, String) {
        let parent = self.process(worker).parent.unwrap_or_default();
        // Threads can be workers, too; and of a worker of the fork server the log may not know yet
        // who has started it.
        let keys = [parent, worker].map(|submitter| (submitter, job.to_owned()));
        let is_known = |key: &&(u32, String)| self.jobs.contains_key(*key);
        let key = keys.iter().find(is_known).or_else(|| self.jobs.keys().find(|it| it.1 == job));
        let Some((key, known)) =
            key.cloned().and_then(|key| Some((key.clone(), self.jobs.get_mut(&key)?)))
        else {
            return ("pool".into(), String::new());
        };
        known.left = known.left.saturating_sub(values);
        let (pool, function) = (known.pool.clone(), known.function.clone());
        if known.left == 0 {
            self.jobs.remove(&key);
        }
        (pool, function)
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
