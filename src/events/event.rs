//! The events that all lessons share, each declared once: its fields, what it changes ([`Effect`]),
//! and how a picture marks it ([`Mark`] and [`Label`]). The events of a single lesson are declared
//! in the lesson's folder ([`own`](super::own)).

use std::borrow::Cow;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::effect::{Call, Effect, Label, Mark, Times, Way};
use super::own::{Own, OwnEvent, RawFields, Vocabulary};
use super::reason::Why;
use super::status::Status;
use super::stream::Stream;
use super::stuck::Waiter;
use crate::both;

/// Of `Put { value: ...; on: ... } => Effect::..., [Mark::Put, Label::Value];` this makes the
/// variant `Event::Put { value, on }`, its reading from the log, and its arms in [`Event::effect`]
/// and [`Event::mark`]. What stands behind `;` is an `Option`, left out of the log where it is
/// `None`. `[]` stands for no mark. `Once` or `Again` makes the event one whose place among the
/// others is of interest.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $Name:ident {
            $( $(#[$attribute:meta])* $field:ident: $type:ty ),*
            $(; $( $(#[$also:meta])* $optional:ident: $inner:ty ),+ )?
        } => $effect:expr, [$($mark:expr, $label:expr)?] $(, $times:ident)?;
    )*) => {
        /// One thing that a process did or that happened to it.
        ///
        /// Serialized, it is the `event` field of the log's JSON object and the fields that belong
        /// to it. Every event is written by the process that did it or that it happened to; only
        /// how a child ended is written by its parent. `child` is a PID, and `on` the name of a
        /// queue or pipe. `number` is a value's number in the run, the same when it leaves and when
        /// it arrives, where that is known.
        #[derive(Serialize, IntoStaticStr)]
        #[serde(tag = "event", rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub enum Event<'a> {
            $(
                $(#[$doc])*
                $Name {
                    $( $(#[$attribute])* $field: $type, )*
                    $($(
                        $(#[$also])*
                        #[serde(default, skip_serializing_if = "Option::is_none")]
                        $optional: Option<$inner>,
                    )+)?
                },
            )*
            /// An event of the run's lesson.
            #[serde(untagged)]
            Own(Own),
        }

        #[derive(EnumString, VariantNames)]
        #[strum(serialize_all = "snake_case")]
        enum Name { $($Name,)* }

        impl<'a> Event<'a> {
            pub const NAMES: &'static [&'static str] = Name::VARIANTS;

            /// The names of each event's fields, in the order of [`NAMES`](Event::NAMES).
            #[cfg(test)]
            pub(crate) const FIELDS: &'static [&'static [&'static str]] =
                &[$( &[$(stringify!($field),)* $($(stringify!($optional)),+)?] ),*];

            /// Reads the event with this name from its own fields; `own` are the events of the
            /// run's lesson. Nothing if there is no such event.
            ///
            /// Each event's fields are read by a struct of their own: to read an enum by its tag,
            /// serde would hold the fields back until it has seen the tag, and numbers of any
            /// length (serde_json's `arbitrary_precision`) don't survive that.
            pub(super) fn read(
                name: &str,
                fields: &RawFields<'a>,
                own: Vocabulary,
            ) -> Option<serde_json::Result<Event<'a>>> {
                let Ok(name) = Name::from_str(name) else {
                    return own.read(name, fields).map(|own| own.map(Event::Own));
                };
                let fields = fields.iter().map(|(name, text)| (&**name, *text));
                let fields = MapDeserializer::new(fields);
                Some(match name {
                    $(Name::$Name => {
                        #[derive(Deserialize)]
                        struct Fields<'a> {
                            $( $(#[$attribute])* $field: $type, )*
                            $( $( $(#[$also])* $optional: Option<$inner>, )+ )?
                            #[serde(skip)]
                            lifetime: PhantomData<&'a ()>,
                        }
                        Fields::deserialize(fields).map(|fields| {
                            let Fields { $($field,)* $($($optional,)+)? lifetime: _ } = fields;
                            Event::$Name { $($field,)* $($($optional,)+)? }
                        })
                    })*
                })
            }

            /// What the event changes.
            #[allow(unused_variables)]
            pub fn effect(&self) -> Effect<'_> {
                match self {
                    $(Event::$Name { $($field,)* $($($optional,)+)? } => $effect,)*
                    Event::Own(own) => own.effect,
                }
            }

            /// How often a process has the event, if the event's place in the order of the run is
            /// of interest.
            pub fn times(&self) -> Option<Times> {
                match self {
                    $(Event::$Name { .. } => events!(@times $($times)?),)*
                    Event::Own(own) => own.times,
                }
            }

            /// How a picture marks the event, if at all.
            #[allow(unused_variables)]
            pub fn mark(&self) -> Option<(Mark, Label<'_>)> {
                match self {
                    $(Event::$Name { $($field,)* $($($optional,)+)? } => {
                        events!(@mark $($mark, $label)?)
                    })*
                    Event::Own(own) => {
                        let (sign, label) = own.mark.as_ref()?;
                        Some((Mark::Own(sign), Label::Lines(label)))
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
        lesson: Cow<'a, str>,
        /// The lesson's options, defaults filled in, and `speed`.
        options: Box<RawValue>,
        /// The seed that repeats this run's random pauses.
        seed: u64,
        /// Whether the run makes random pauses. Older logs don't tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        random_pauses: Option<bool>,
        /// Processors that this program may use: affinity and cgroup quota count.
        cores: usize,
        version: Cow<'a, str>
    } => Effect::Nothing, [];

    /// A process begins its function, or a thread does.
    Running {} => Effect::Nothing, [], Once;

    /// The parent has started a child. The child runs at once: its first event may stand before
    /// this one.
    Started {
        child: u32,
        child_role: Cow<'a, str>,
        /// The child runs a user's program, which writes nothing to this log.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        foreign: bool;
        /// The user's command that the child runs, if any.
        command: Cow<'a, str>,
        /// The queue or pipe that is the child's stdin.
        stdin: Cow<'a, str>,
        /// The queue or pipe that is the child's stdout.
        stdout: Cow<'a, str>,
        /// Python's start method: `fork`, `spawn` or `forkserver`.
        method: Cow<'a, str>,
        /// Whether Python ends the child when its parent ends.
        daemon: bool,
        /// Whether the child runs a function of Python's library, as a pool's workers do.
        library: bool
    } => Effect::Begins(*child, child_role), [];
    /// The parent begins to wait for a child's end, until `joined`.
    Join { child: u32, child_role: Cow<'a, str> }
        => Effect::Joins(*child), [Mark::Join, Label::Role(child_role)];
    /// The parent's `join()` has returned.
    Joined { child: u32, child_role: Cow<'a, str> } => Effect::Joined(*child), [];
    /// The parent sends SIGTERM to a child.
    Terminate { child: u32, child_role: Cow<'a, str> }
        => Effect::Signals(*child, Status::SIGTERM), [Mark::Terminate, Label::Role(child_role)],
        Once;
    /// The parent sends SIGINT to a child.
    Interrupt { child: u32, child_role: Cow<'a, str> }
        => Effect::Signals(*child, Status::SIGINT), [Mark::Interrupt, Label::Role(child_role)];
    /// The parent sends SIGKILL to a child, for this reason. Without a reason, the run is over.
    Kill { child: u32, child_role: Cow<'a, str>; #[serde(alias = "message")] why: Why }
        => Effect::Signals(*child, Status::SIGKILL), [Mark::Kill, Label::Role(child_role)];
    /// A child has ended and was reaped by the parent.
    Exited { child: u32, child_role: Cow<'a, str>, status: Status }
        => Effect::Ends(*child, child_role, *status), [], Once;

    /// The process or thread sleeps for so long, after division by `--speed`.
    Sleep { seconds: f64 } => Effect::Sleeps, [];
    /// The process waits from now on in a call that may block, until its next event.
    Wait { call: Call; on: Cow<'a, str> } => Effect::Waits(*call, on.as_deref()), [];
    /// A value is about to be put into the queue: before the put, as in the article.
    Put { value: Cow<'a, Value>; on: Cow<'a, str>, number: u64 }
        => Effect::Leaves(Way::Queue, on.as_deref(), value, *number),
        [Mark::Put, Label::Value], Again;
    /// A value has come out of the queue.
    Get { value: Cow<'a, Value>; on: Cow<'a, str>, number: u64 }
        => Effect::Arrives(Way::Queue, on.as_deref(), value, *number),
        [Mark::Get, Label::Value], Again;
    /// The sentinel is about to be put into the queue.
    PutSentinel {; on: Cow<'a, str> } => Effect::Nothing, [Mark::Put, Label::Sentinel];
    /// The sentinel has come out of the queue.
    GetSentinel {; on: Cow<'a, str> } => Effect::Nothing, [Mark::Get, Label::Sentinel], Once;
    /// A process has found the queue empty at this moment.
    Empty {; on: Cow<'a, str> } => Effect::Nothing, [Mark::Get, Label::Empty], Once;
    /// Nothing will come any more: every write end of the queue or pipe is closed.
    EndOfFile {; on: Cow<'a, str> } => Effect::Nothing, [Mark::EndOfFile, Label::Nothing], Once;
    /// A value is about to be sent over the pipe. It may yet be refused.
    Send { value: Cow<'a, Value>; on: Cow<'a, str>, number: u64 }
        => Effect::Leaves(Way::Pipe, on.as_deref(), value, *number),
        [Mark::Send, Label::Value], Again;
    /// A value has come over the pipe.
    Recv { value: Cow<'a, Value>; on: Cow<'a, str>, number: u64 }
        => Effect::Arrives(Way::Pipe, on.as_deref(), value, *number),
        [Mark::Recv, Label::Value], Again;
    /// A value is printed.
    Print { value: Cow<'a, Value> } => Effect::Nothing, [];
    /// A call was refused, as the lesson wants to show.
    Refused { call: Call, #[serde(alias = "message")] why: Why }
        => Effect::Refused(*call), [Mark::Refused, Label::Nothing];
    /// A lock has been acquired.
    Acquired { lock: Cow<'a, str> } => Effect::Acquires(lock), [], Again;
    /// A lock is about to be released.
    Release { lock: Cow<'a, str> } => Effect::Releases(lock), [];
    /// The run is stuck: no process can go on. The parent ends the run.
    Stuck {
        /// Who waits for whom.
        waits: Cow<'a, [Waiter]>,
        /// The PIDs of processes that wait for each other, in a circle, if there is one.
        circle: Cow<'a, [u32]>;
        /// The name of the mistake that got the run stuck, where the lesson's options tell it.
        mistake: Cow<'a, str>,
        /// The command without that mistake.
        command: Cow<'a, str>,
        /// What repairs a program of the user's, as a sentence in the language of the run.
        repair: Cow<'a, str>,
        /// The run is only most likely stuck, and goes on.
        likely: bool
    } => Effect::Aside, [Mark::Stuck, Label::Nothing];
    /// A child was found stopped by this signal; the run waits until it goes on. A log of version 1
    /// has a sentence for it.
    Stopped {
        child: u32, child_role: Cow<'a, str>, signal: i32; #[serde(alias = "message")] why: Why
    } => Effect::Aside, [];
    /// A user's program has printed a line that is no value. Its go-between writes this event.
    Output { child: u32, child_role: Cow<'a, str>, stream: Stream, text: Cow<'a, str> }
        => Effect::Aside, [];
    /// A user's program has neither written nor read for as long as `--patience`, although it
    /// should. Its go-between writes this event.
    Idle {
        child: u32,
        child_role: Cow<'a, str>,
        /// The stream on which the program has been idle: its stdin or its stdout.
        stream: Stream,
        /// What the go-between sees of the program.
        #[serde(alias = "message")]
        why: Why
    } => Effect::Aside, [];
    /// A user's program has ended without reading this value, which its go-between had taken from
    /// the queue or pipe for it. The go-between writes this event.
    Unread { child: u32, child_role: Cow<'a, str>, value: Cow<'a, Value> } => Effect::Aside, [];
    /// The process gives up, for this reason, with exit status 1.
    Error { #[serde(alias = "message")] why: Why }
        => Effect::GivesUp(why), [Mark::Error, Label::Nothing];

    /// So many steps of a measurement are done.
    Progress { done: u64, of: u64 } => Effect::Nothing, [];
    /// Something was measured in this run: the figures by name, units in the names.
    Measured { #[serde(flatten)] figures: Figures } => Effect::Nothing, [];
    /// The lesson says something that holds no figure of its own: a heading, or what follows from
    /// the figures.
    Say {} => Effect::Nothing, [];

    /// A process says who its parent is now (getppid(2)).
    Parent { parent: u32 } => Effect::Nothing, [];

    /// A worker begins the task with this number, from 1, in its pool. `kind` is what its lesson
    /// calls it.
    TaskStart { task: u16, kind: Cow<'a, str> }
        => Effect::BeginsTask, [Mark::Task, Label::Number(*task)], Again;
    /// A worker has done its task, in so many seconds by the clock, and of processor time.
    TaskDone { task: u16, kind: Cow<'a, str>, seconds: f64, processor_seconds: f64 }
        => Effect::EndsTask, [], Again;
}

impl<O: OwnEvent> From<O> for Event<'_> {
    fn from(event: O) -> Self {
        Event::Own(event.into())
    }
}

impl Event<'_> {
    /// The event of this lesson that it is, if it is one.
    pub fn own<O: OwnEvent>(&self) -> Option<O> {
        match self {
            Event::Own(own) => own.typed(),
            _ => None,
        }
    }

    /// The event's name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Own(own) => own.name,
            event => event.into(),
        }
    }

    /// The sentence that tells the event to a person, if it has to be told beside the article's
    /// lines.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Event::Refused { why, .. }
            | Event::Error { why }
            | Event::Idle { why, .. }
            | Event::Kill { why: Some(why), .. }
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
            _ => None,
        }
    }
}

/// The figures of a measurement by name: in the log, fields beside those that every event has.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Figures(pub Map<String, Value>);

impl Figures {
    pub fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

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
