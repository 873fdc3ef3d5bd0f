//! The event that each raw record is.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error as NoCall;

use super::objects::Object;
use super::{Moment, Out, Translator};
use crate::events::{Call, Event};
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

impl Translator {
    pub(super) fn take_record(&mut self, raw: &Raw, moment: &Moment, out: Out) {
        if !self.processes.contains_key(&raw.p) {
            self.begin_process(raw.p, raw.pp, None);
        }
        let process = self.process(raw.p);
        process.speaks = true;
        if raw.n.is_none() {
            process.last_t = raw.t;
        }
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

    /// The event of a record that needs no more than its names.
    fn plain(&mut self, raw: &Raw) -> Option<Event<'static>> {
        let own = |text: &Option<Cow<str>>| text.as_deref().unwrap_or_default().to_owned();
        let key = raw.o.as_deref().unwrap_or_default();
        let child = raw.c.unwrap_or_default();
        let child_role = || Cow::Owned(self.role(child).to_string());
        let called = |call: &str, on: &str| -> Event<'static> {
            PythonEvent::Called { call: call.into(), on: on.into() }.into()
        };
        Some(match (&*raw.e, raw.s.unwrap_or_default()) {
            ("joined", _) if raw.ended != Some(false) => {
                Event::Joined { child, child_role: child_role() }
            }
            ("joined", _) => returned("join", &self.role(child), raw.ended, None),
            ("join", _) => Event::Join { child, child_role: child_role() },
            ("signal", 15.0) => Event::Terminate { child, child_role: child_role() },
            ("signal", 2.0) => Event::Interrupt { child, child_role: child_role() },
            ("signal", 9.0) => Event::Kill { child, child_role: child_role(), why: None },
            ("signal", _) => called(&own(&raw.call), &self.role(child)),
            ("exit", _) => called("os._exit", &self.role(raw.p)),
            ("raise", _) => {
                PythonEvent::Raised { exception: own(&raw.x), message: own(&raw.msg) }.into()
            }
            ("tstart", _) => called("start", &own(&raw.th)),
            ("trun", _) => Event::Running {},
            ("tend", _) => {
                self.process(raw.p).left.remove(raw.thread());
                PythonEvent::ThreadEnd {}.into()
            }
            ("tjoin", _) => Event::Wait { call: Call::Join, on: Some(own(&raw.th).into()) },
            ("tjoined", _) => returned("join", &own(&raw.th), raw.ended, None),
            ("empty", _) => Event::Empty { on: Some(self.name_of(key, "queue").into()) },
            ("task_done", _) => PythonEvent::Done { on: self.name_of(key, "queue") }.into(),
            ("close", _) if raw.writes == Some(1) => {
                PythonEvent::Closed { on: self.objects.sending_end(key).to_string() }.into()
            }
            ("close", _) => PythonEvent::Closed { on: self.name_of(key, "pipe") }.into(),
            ("eof", _) => Event::EndOfFile { on: Some(self.name_of(key, "pipe").into()) },
            ("wait", _) => {
                let call = call(raw)?;
                Event::Wait { call, on: Some(self.name_of(key, kind_of(call)).into()) }
            }
            ("returned", _) => {
                let on = match call(raw) {
                    Some(Call::Send) => self.objects.sending_end(key).to_string(),
                    call => self.name_of(key, call.map_or("object", kind_of)),
                };
                returned(&own(&raw.call), &on, raw.r, Some(raw))
            }
            (does @ ("acquired" | "release"), _) => match (self.objects.get(key, "lock"), does) {
                (Object { is_semaphore: true, name, .. }, "acquired") => called("acquire", name),
                (Object { is_semaphore: true, name, .. }, _) => called("release", name),
                (Object { name, .. }, "acquired") => {
                    Event::Acquired { lock: name.to_string().into() }
                }
                (Object { name, .. }, _) => Event::Release { lock: name.to_string().into() },
            },
            ("called", _) => called(&own(&raw.call), &self.name_of(key, "event")),
            ("sleep", seconds) => Event::Sleep { seconds },
            _ => return None,
        })
    }
}

/// A call has returned; the record may have its job and its exception.
fn returned(call: &str, on: &str, result: Option<bool>, raw: Option<&Raw>) -> Event<'static> {
    let (call, on) = (call.to_owned(), on.to_owned());
    let job = raw.filter(|it| it.job.is_some()).map(Raw::job);
    let exception = raw.and_then(|it| it.x.as_deref()).map(str::to_owned);
    PythonEvent::Returned { call, on, job, result, exception }.into()
}

/// The call of multiprocessing that a record is about.
pub fn call(raw: &Raw) -> Option<Call> {
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
