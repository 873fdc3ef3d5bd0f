//! The vocabulary: each thing that can happen in a run, declared once.
//!
//! A declaration says which fields an event has, what it changes ([`Effect`]), and how a picture
//! marks it ([`Mark`] and [`Label`]). From it come how the event is written and read, and what the
//! state of a run and its views make of it. So a new event needs its declaration here, its call
//! where it happens, and its note in `src/views/explain/`, which doesn't compile without one.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantNames};

use super::effect::{Call, Effect, Label, Mark, Stream, Way};
use super::reason::Why;
use super::status::Status;
use super::stuck::{Mistake, Waiter};
use crate::both;

/// Of `Put { value: ... } => Effect::..., [Mark::Put, Label::Value];` this makes the variant
/// `Event::Put { value }`, its reading from the log, and its arms in [`Event::effect`] and
/// [`Event::mark`]. `[]` stands for no mark.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $Name:ident {
            $( $(#[$attribute:meta])* $field:ident: $type:ty, )*
        } => $effect:expr, [$($mark:expr, $label:expr)?];
    )*) => {
        /// One thing that a process did or that happened to it.
        ///
        /// Serialized, it is the `event` field of the log's JSON object and the fields that belong
        /// to it. Every event is written by the process that did it or that it happened to; only
        /// how a child ended is written by its parent.
        #[derive(Serialize, IntoStaticStr, EnumDiscriminants)]
        #[serde(tag = "event", rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        #[strum_discriminants(name(Name), vis(),derive(EnumString, VariantNames))]
        #[strum_discriminants(strum(serialize_all = "snake_case"))]
        pub enum Event<'a> {
            $( $(#[$doc])* $Name { $( $(#[$attribute])* $field: $type, )* }, )*
        }

        impl<'a> Event<'a> {
            /// The names of all events in the log.
            pub const NAMES: &'static [&'static str] = Name::VARIANTS;

            /// Reads the event with this name from its own fields, in the log's JSON. Nothing if
            /// there is no such event.
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
            ) -> Option<serde_json::Result<Event<'a>>> {
                let fields = fields.iter().map(|(name, value)| (&**name, *value));
                let fields = MapDeserializer::new(fields);
                Some(match Name::from_str(name).ok()? {
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
                match self { $(Event::$Name { $($field),* } => $effect,)* }
            }

            /// How a picture marks it, if at all.
            #[allow(unused_variables)]
            pub fn mark(&self) -> Option<(Mark, Label<'_>)> {
                match self { $(Event::$Name { $($field),* } => events!(@mark $($mark, $label)?),)* }
            }
        }
    };
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
        /// Processors that this program may use: affinity and cgroup quota count.
        cores: usize,
        /// The program's version.
        #[serde(borrow)]
        version: Cow<'a, str>,
    } => Effect::Nothing, [];

    /// A process begins its function, or a thread does.
    Running {} => Effect::Nothing, [];

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
    } => Effect::Signals(*child, Status::SIGTERM), [Mark::Terminate, Label::Role(child_role)];
    /// `terminate`: the parent sends SIGINT to a child.
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
    } => Effect::Ends(*child, child_role, *status), [];

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
    } => Effect::Leaves(Way::Queue, value), [Mark::Put, Label::Value];
    /// A value has come out of the queue.
    Get {
        /// The value.
        value: Cow<'a, Value>,
    } => Effect::Arrives(Way::Queue, value), [Mark::Get, Label::Value];
    /// The sentinel is about to be put into the queue.
    PutSentinel {} => Effect::Nothing, [Mark::Put, Label::Sentinel];
    /// The sentinel has come out of the queue.
    GetSentinel {} => Effect::Nothing, [Mark::Get, Label::Sentinel];
    /// A process has found the queue empty at this moment.
    Empty {} => Effect::Nothing, [Mark::Get, Label::Empty];
    /// Nothing will come any more: every write end of the queue is closed.
    EndOfFile {} => Effect::Nothing, [Mark::Get, Label::EndOfFile];
    /// A value is about to be sent over the pipe. It may yet be refused.
    Send {
        /// The value.
        value: Cow<'a, Value>,
    } => Effect::Leaves(Way::Pipe, value), [Mark::Send, Label::Value];
    /// A value has come over the pipe.
    Recv {
        /// The value.
        value: Cow<'a, Value>,
    } => Effect::Arrives(Way::Pipe, value), [Mark::Recv, Label::Value];
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
    } => Effect::Acquires(lock), [];
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
        /// Which mistake led there, where it follows from the lesson's options.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mistake: Option<Mistake>,
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

    /// `spawn`: the parent is about to start a child.
    WillStart {} => Effect::Nothing, [];
    /// `spawn`: a turn of the child's loop; a thread is started next.
    Turn {
        /// The turn's number, from 0.
        i: u16,
    } => Effect::Nothing, [];
    /// `spawn`: the child has left its loop. Its threads may still run.
    Ended {} => Effect::Nothing, [];
    /// `spawn`: the parent goes on after the join that it waited in.
    AfterJoin {} => Effect::Nothing, [];

    /// `memory`: the process looks at its counter.
    Counter {
        /// What it finds there.
        value: i64,
        /// Where that is, in its own memory.
        #[serde(borrow)]
        address: Cow<'a, str>,
    } => Effect::Nothing, [];

    /// `zombie`: what the kernel says of a process.
    ProcessState {
        /// Its PID.
        of: u32,
        /// Its state, as proc(5) has it: `S` sleeping, `Z` zombie; nothing if there is no such
        /// process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<char>,
        /// How much memory it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kib: Option<u64>,
        /// Its parent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<u32>,
        /// How it ended, as long as the kernel keeps that for its parent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    } => Effect::Nothing, [];
    /// `zombie`, `terminate`: a process says who its parent is now (getppid(2)).
    Parent {
        /// That one's PID.
        parent: u32,
    } => Effect::Nothing, [];

    /// `terminate`: the process makes something that it has to clean up, as Python does in `try ...
    /// finally`.
    Try {} => Effect::Nothing, [];
    /// `terminate`: it cleans up.
    Finally {} => Effect::Nothing, [Mark::Finally, Label::Nothing];

    /// `buffer`: the process prints a line. For now it is in the buffer that the process has for
    /// its output.
    Buffered {
        /// The line, with its newline.
        #[serde(borrow)]
        text: Cow<'a, str>,
        /// How many bytes are in the buffer now.
        bytes: u64,
    } => Effect::Nothing, [Mark::Print, Label::Lines(text)];
    /// `buffer`: the process is about to hand what is in its buffer to the kernel, in one write.
    Write {
        /// What that is.
        #[serde(borrow)]
        text: Cow<'a, str>,
    } => Effect::Nothing, [Mark::Write, Label::Lines(text)];
    /// `buffer`: the parent has read a line of what its child has written.
    Read {
        /// The line, with its newline.
        #[serde(borrow)]
        text: Cow<'a, str>,
    } => Effect::Nothing, [Mark::Read, Label::Lines(text)];

    /// `lock`: the process begins to count up what it shares with others.
    Counting {
        /// How often it will read, add 1 and write.
        turns: u32,
        /// The name of the lock that it takes for each turn, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<Cow<'a, str>>,
    } => Effect::Nothing, [];
    /// `lock`: it has done all its turns.
    Counted {
        /// What it has written last.
        last: u64,
    } => Effect::Nothing, [];
    /// `lock`: the parent looks at the counter when all have counted.
    Total {
        /// What it finds there.
        value: u64,
        /// How often 1 was added.
        of: u64,
    } => Effect::Nothing, [];

    /// `bound`: the parent is about to start a pool of workers, and measures how long it takes for
    /// all tasks.
    Pool {
        /// What the tasks are: `compute`, `io` or `disk`.
        #[serde(borrow)]
        kind: Cow<'a, str>,
        /// What the workers are: `processes` or `threads`.
        #[serde(borrow)]
        with: Cow<'a, str>,
        /// How many workers.
        workers: u16,
        /// How many tasks.
        tasks: u16,
    } => Effect::Nothing, [];
    /// `bound`: a worker begins a task.
    TaskStart {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task is: `compute`, `io` or `disk`.
        #[serde(borrow)]
        kind: Cow<'a, str>,
    } => Effect::BeginsTask, [Mark::Task, Label::Number(*task)];
    /// `bound`: a worker has done its task.
    TaskDone {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task was: `compute`, `io` or `disk`.
        #[serde(borrow)]
        kind: Cow<'a, str>,
        /// How long it took.
        seconds: f64,
        /// How much processor time the worker used for it.
        processor_seconds: f64,
    } => Effect::EndsTask, [];

    /// `async`: who comes to the ticket office in this run.
    Customers {
        /// How long the office needs for each, after division by `--speed`, from customer 1 on.
        delays: Cow<'a, [f64]>,
    } => Effect::Nothing, [];
    /// `async`: a customer is about to ask the office for a ticket.
    Request {
        /// The customer's number, from 1.
        customer: u16,
    } => Effect::Asks, [Mark::Request, Label::Number(*customer)];
    /// `async`: a customer has been handed a ticket.
    Served {
        /// The customer's number, from 1.
        customer: u16,
    } => Effect::IsAnswered, [Mark::Served, Label::Number(*customer)];
}

impl Event<'_> {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        self.into()
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

impl From<Value> for Figures {
    fn from(figures: Value) -> Figures {
        match figures {
            Value::Object(figures) => Figures(figures),
            _ => Figures(Map::new()),
        }
    }
}
