//! The vocabulary: each thing that can happen in a run, declared once.
//!
//! A declaration says which fields an event has, what it changes ([`Effect`]), and how a picture
//! marks it ([`Mark`] and [`Label`]). From it come how the event is written and read, and what the
//! state of a run and its views make of it. Here stands what can happen in any program with several
//! processes; what happens in one lesson only is declared in its folder ([`own`](super::own)).

use std::borrow::Cow;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::effect::{Call, Effect, Label, Mark, Stream, Times, Way};
use super::own::{Own, Vocabulary};
use super::reason::Why;
use super::status::Status;
use super::stuck::Waiter;
use crate::both;

/// Of `Put { value: ... } => Effect::..., [Mark::Put, Label::Value];` this makes the variant
/// `Event::Put { value }`, its reading from the log, and its arms in [`Event::effect`] and
/// [`Event::mark`]. `[]` stands for no mark. `Once` or `Again` behind it makes the event one whose
/// place among the others is of interest.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $Name:ident {
            $( $(#[$attribute:meta])* $field:ident: $type:ty, )*
        } => $effect:expr, [$($mark:expr, $label:expr)?] $(, $times:ident)?;
    )*) => {
        /// One thing that a process did or that happened to it.
        ///
        /// Serialized, it is the `event` field of the log's JSON object and the fields that belong
        /// to it. Every event is written by the process that did it or that it happened to; only
        /// how a child ended is written by its parent.
        #[derive(Serialize, IntoStaticStr)]
        #[serde(tag = "event", rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub enum Event<'a> {
            $( $(#[$doc])* $Name { $( $(#[$attribute])* $field: $type, )* }, )*
            /// An event of the run's lesson.
            #[serde(untagged)]
            Own(Own),
        }

        #[derive(EnumString, VariantNames)]
        #[strum(serialize_all = "snake_case")]
        enum Name { $($Name,)* }

        impl<'a> Event<'a> {
            /// The names of all events but those of lessons.
            pub const NAMES: &'static [&'static str] = Name::VARIANTS;

            /// Reads the event with this name from its own fields, in the log's JSON; `own` are
            /// the events of the run's lesson. Nothing if there is no such event.
            ///
            /// Each event's fields are read by a struct of their own. serde could read an enum by
            /// its tag, but it would hold back the fields until it has seen the tag, and numbers of
            /// any length (serde_json's `arbitrary_precision`) don't survive that.
            ///
            /// # Errors
            /// When a field is missing or malformed.
            pub(super) fn read(
                name: &str,
                fields: &[(Cow<'a, str>, &'a RawValue)],
                own: Vocabulary,
            ) -> Option<serde_json::Result<Event<'a>>> {
                let Ok(name) = Name::from_str(name) else {
                    return own.read(name, fields);
                };
                let fields = fields.iter().map(|(name, value)| (&**name, *value));
                let fields = MapDeserializer::new(fields);
                Some(match name {
                    $(Name::$Name => {
                        #[derive(Deserialize)]
                        struct Fields<'a> {
                            $( $(#[$attribute])* $field: $type, )*
                            #[serde(skip)]
                            lifetime: PhantomData<&'a ()>,
                        }
                        Fields::deserialize(fields).map(|fields| {
                            let Fields { $($field,)* lifetime: PhantomData } = fields;
                            Event::$Name { $($field),* }
                        })
                    })*
                })
            }

            /// What it changes.
            #[allow(unused_variables)]
            pub fn effect(&self) -> Effect<'_> {
                match self {
                    $(Event::$Name { $($field),* } => $effect,)*
                    Event::Own(own) => own.effect,
                }
            }

            /// How often a process has it, if its place among the others is of interest: if it is
            /// something that a process does, and not only what leads to it or is said of it.
            pub fn times(&self) -> Option<Times> {
                match self {
                    $(Event::$Name { .. } => events!(@times $($times)?),)*
                    Event::Own(own) => own.times,
                }
            }

            /// How a picture marks it, if at all.
            #[allow(unused_variables)]
            pub fn mark(&self) -> Option<(Mark, Label<'_>)> {
                match self {
                    $(Event::$Name { $($field),* } => events!(@mark $($mark, $label)?),)*
                    Event::Own(own) => {
                        own.mark.as_ref().map(|(sign, label)| (Mark::Own(sign), Label::Lines(label)))
                    }
                }
            }
        }
    };
    (@times) => { None };
    (@times $times:ident) => { Some(Times::$times) };
    (@mark) => { None };
    (@mark $mark:expr, $label:expr) => { Some(($mark, $label)) };
}

events! {
    /// A run begins. Always the first event of a log.
    Run {
        /// The lesson's name on the command line.
        #[serde(borrow)]
        lesson: Cow<'a, str>,
        /// The lesson's options, defaults filled in, and `speed`.
        options: Box<RawValue>,
        /// What repeats this run's random pauses.
        seed: u64,
        /// Whether there are any. Older logs don't say so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        random_pauses: Option<bool>,
        /// Processors that this program may use: affinity and cgroup quota count.
        cores: usize,
        /// The program's version.
        #[serde(borrow)]
        version: Cow<'a, str>,
    } => Effect::Nothing, [];

    /// A process begins its function, or a thread does.
    Running {} => Effect::Nothing, [], Once;

    /// The parent has started a child. The child runs at once: its first event may stand before
    /// this one.
    Started {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// It is another program, which writes nothing to this log.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        foreign: bool,
        /// The user's command that it runs, where it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<Cow<'a, str>>,
        /// The queue that it gets from or the pipe that it receives from, which is its stdin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stdin: Option<Cow<'a, str>>,
        /// The queue that it puts into or the pipe that it sends to, which is its stdout.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stdout: Option<Cow<'a, str>>,
    } => Effect::Begins(*child, child_role), [];
    /// The parent begins to wait for a child's end, until `joined`.
    Join {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
    } => Effect::Joins(*child), [Mark::Join, Label::Role(child_role)];
    /// The parent's `join()` has returned.
    Joined {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
    } => Effect::Joined(*child), [];
    /// The parent sends SIGTERM to a child.
    Terminate {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
    } => Effect::Signals(*child, Status::SIGTERM), [Mark::Terminate, Label::Role(child_role)], Once;
    /// The parent sends SIGINT to a child.
    Interrupt {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
    } => Effect::Signals(*child, Status::SIGINT), [Mark::Interrupt, Label::Role(child_role)];
    /// The parent sends SIGKILL to a child.
    Kill {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// Why that was needed, where it is not that the run is over.
        #[serde(alias = "message", default, skip_serializing_if = "Option::is_none")]
        why: Option<Why>,
    } => Effect::Signals(*child, Status::SIGKILL), [Mark::Kill, Label::Role(child_role)];
    /// A child has ended and was reaped by the parent.
    Exited {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// How it ended.
        status: Status,
    } => Effect::Ends(*child, child_role, *status), [], Once;

    /// The process or thread sleeps from now on, until its next event.
    Sleep {
        /// For how long, after division by `--speed`.
        seconds: f64,
    } => Effect::Sleeps, [];
    /// The process waits from now on in a call that may block, until its next event.
    Wait {
        /// The call.
        call: Call,
        /// The name of the queue or pipe that it waits for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Waits(*call, on.as_deref()), [];
    /// A value is about to be put into the queue: before the put, as in the article.
    Put {
        /// The value.
        value: Cow<'a, Value>,
        /// The name of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Leaves(Way::Queue, on.as_deref(), value), [Mark::Put, Label::Value], Again;
    /// A value has come out of the queue.
    Get {
        /// The value.
        value: Cow<'a, Value>,
        /// The name of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Arrives(Way::Queue, on.as_deref(), value), [Mark::Get, Label::Value], Again;
    /// The sentinel is about to be put into the queue.
    PutSentinel {
        /// The name of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Nothing, [Mark::Put, Label::Sentinel];
    /// The sentinel has come out of the queue.
    GetSentinel {
        /// The name of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Nothing, [Mark::Get, Label::Sentinel], Once;
    /// A process has found the queue empty at this moment.
    Empty {
        /// The name of the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Nothing, [Mark::Get, Label::Empty], Once;
    /// Nothing will come any more: every write end of the queue is closed.
    EndOfFile {
        /// The name of the queue or pipe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Nothing, [Mark::Get, Label::EndOfFile], Once;
    /// A value is about to be sent over the pipe. It may yet be refused.
    Send {
        /// The value.
        value: Cow<'a, Value>,
        /// The name of the pipe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Leaves(Way::Pipe, on.as_deref(), value), [Mark::Send, Label::Value], Again;
    /// A value has come over the pipe.
    Recv {
        /// The value.
        value: Cow<'a, Value>,
        /// The name of the pipe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Cow<'a, str>>,
    } => Effect::Arrives(Way::Pipe, on.as_deref(), value), [Mark::Recv, Label::Value], Again;
    /// A value is printed.
    Print {
        /// The value.
        value: Cow<'a, Value>,
    } => Effect::Nothing, [];
    /// A call was refused, as the lesson wants to show.
    Refused {
        /// The call.
        call: Call,
        /// Why.
        #[serde(alias = "message")]
        why: Why,
    } => Effect::Refused(*call), [Mark::Refused, Label::Nothing];
    /// A lock has been acquired.
    Acquired {
        /// The lock's name.
        #[serde(borrow)]
        lock: Cow<'a, str>,
    } => Effect::Acquires(lock), [], Again;
    /// A lock is about to be released.
    Release {
        /// The lock's name.
        #[serde(borrow)]
        lock: Cow<'a, str>,
    } => Effect::Releases(lock), [];
    /// Nobody in the run can go on; the parent ends it.
    Stuck {
        /// Who waits for whom.
        waits: Cow<'a, [Waiter]>,
        /// The PIDs of processes that wait for each other, in a circle; empty if there is no
        /// circle.
        circle: Cow<'a, [u32]>,
        /// The name of the mistake that led there, where it follows from the lesson's options.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mistake: Option<Cow<'a, str>>,
        /// The command without that mistake.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<Cow<'a, str>>,
    } => Effect::Aside, [Mark::Stuck, Label::Nothing];
    /// A child was found stopped; the run waits until it goes on.
    Stopped {
        /// The child's PID.
        child: u32,
        /// The child's role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// The number of the signal that stopped it.
        signal: i32,
        /// What a log of version 1 says of it.
        #[serde(alias = "message", default, skip_serializing_if = "Option::is_none")]
        why: Option<Why>,
    } => Effect::Aside, [];
    /// A program of the user's has said something beside its values. The process that has started
    /// it tells so.
    Output {
        /// Its PID.
        child: u32,
        /// Its role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// Where it has said it.
        stream: Stream,
        /// A line, without its newline.
        #[serde(borrow)]
        text: Cow<'a, str>,
    } => Effect::Aside, [];
    /// A program of the user's has neither written nor read for the patience, although it should.
    /// The process that has started it tells so.
    Idle {
        /// Its PID.
        child: u32,
        /// Its role.
        #[serde(borrow)]
        child_role: Cow<'a, str>,
        /// To which it has written nothing, or from which it has read nothing.
        stream: Stream,
        /// What is seen of it.
        #[serde(alias = "message")]
        why: Why,
    } => Effect::Aside, [];
    /// What made this process give up; its exit status is then 1.
    Error {
        /// What it could not do, and why.
        #[serde(alias = "message")]
        why: Why,
    } => Effect::GivesUp(why), [Mark::Error, Label::Nothing];

    /// Part of a measurement is done.
    Progress {
        /// How many steps are done.
        done: u64,
        /// How many there are.
        of: u64,
    } => Effect::Nothing, [];
    /// Something was measured in this run.
    Measured {
        /// The figures by name, units in the names.
        #[serde(flatten)]
        figures: Figures,
    } => Effect::Nothing, [];
    /// The lesson says something that holds no figure of its own: a heading, or what follows from
    /// the figures.
    Say {} => Effect::Nothing, [];

    /// A process says who its parent is now (getppid(2)).
    Parent {
        /// That one's PID.
        parent: u32,
    } => Effect::Nothing, [];

    /// A worker begins a task.
    TaskStart {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task is, as its lesson calls that.
        #[serde(borrow)]
        kind: Cow<'a, str>,
    } => Effect::BeginsTask, [Mark::Task, Label::Number(*task)], Again;
    /// A worker has done its task.
    TaskDone {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task was, as its lesson calls that.
        #[serde(borrow)]
        kind: Cow<'a, str>,
        /// How long it took.
        seconds: f64,
        /// How much processor time the worker used for it.
        processor_seconds: f64,
    } => Effect::EndsTask, [], Again;

}

impl Event<'_> {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Own(own) => own.name,
            event => event.into(),
        }
    }

    /// What a person has to be told beside the article's lines, if anything.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Event::Refused { why, .. }
            | Event::Error { why }
            | Event::Idle { why, .. }
            | Event::Stopped { why: Some(why), .. } => Some(why.to_string()),
            Event::Stopped { child, child_role: role, signal, why: None } => {
                let name = Status::Signal(*signal).signal_name();
                Some(both!(
                    "{role} (PID {child}) was stopped by {name} ({signal}); the run waits for it; \
                     `kill -CONT {child}` lets it go on",
                    "{role}（PID {child}）被 {name}（{signal}）暂停了；这次运行会一直等；用 `kill \
                     -CONT {child}` 可以让它继续"
                ))
            }
            Event::Kill { why, .. } => why.as_ref().map(Why::to_string),
            _ => None,
        }
    }
}

/// The figures of a measurement by name: in the log, fields beside those that every event has.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Figures(pub Map<String, Value>);

impl Figures {
    /// The number with this name, if there is one.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    /// The word with this name, if there is one.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl From<Value> for Figures {
    fn from(figures: Value) -> Figures {
        match figures {
            Value::Object(figures) => Figures(figures),
            _ => Figures(Map::new()),
        }
    }
}
