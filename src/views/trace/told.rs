//! What of an event is told where in a trace.

use serde_json::Value;

use crate::events::{Call, Event, Status, str};
use crate::views::activity::Activity;

/// How a trace tells an event.
pub enum Told<'a> {
    /// As the slice of what its thread does from then on.
    Activity,
    /// As a slice with this title, until the next event of its thread: a value leaves. An arrow begins here.
    Leaves(Way, &'a Value, String),
    /// As a slice with this title, until the next event of its thread: a value arrives, and so does the arrow.
    Arrives(Way, &'a Value, String),
    /// As the begin of a slice with this title, which has other slices inside.
    TaskBegins(String),
    /// As the end of that slice.
    TaskEnds,
    /// As a counter: this many steps of that many are done.
    Steps(u64, u64),
    /// As an instant, and as the begin of a process.
    Begins(u32, &'a str),
    /// As an instant, and as the end of a process.
    Ends(u32, Status),
    /// As an instant. A value that its process has sent over a pipe did not go.
    TakenBack,
    /// As an instant.
    Instant,
}

/// What a value goes through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The queue, by `put` and `get`.
    Queue,
    /// A pipe, by `send` and `recv`.
    Pipe,
}

impl Way {
    /// Its name, and the category of its arrows.
    pub fn name(self) -> &'static str {
        match self {
            Way::Queue => "queue",
            Way::Pipe => "pipe",
        }
    }
}

/// How a trace tells this event. Each one is named here, so that a new event can't be forgotten.
pub fn told<'a>(event: &'a Event) -> Told<'a> {
    match event {
        Event::Sleep { .. } | Event::Wait { .. } | Event::Join { .. } => Told::Activity,

        Event::Put { value } => Told::Leaves(Way::Queue, value, title("put", value)),
        Event::Get { value } => Told::Arrives(Way::Queue, value, title("get", value)),
        Event::Send { value } => Told::Leaves(Way::Pipe, value, title("send", value)),
        Event::Recv { value } => Told::Arrives(Way::Pipe, value, title("recv", value)),
        Event::Refused { call, .. } => match call {
            Call::Send => Told::TakenBack,
            Call::Get | Call::Recv | Call::Join => Told::Instant,
        },

        Event::Started { child, child_role } => Told::Begins(*child, child_role),
        Event::Exited { child, status, .. } => Told::Ends(*child, *status),

        Event::TaskStart { task, kind } => Told::TaskBegins(format!("task {task} ({kind})")),
        Event::TaskDone { .. } => Told::TaskEnds,
        Event::Progress { done, of } => Told::Steps(*done, *of),

        Event::Run { .. }
        | Event::Running
        | Event::Joined { .. }
        | Event::Terminate { .. }
        | Event::Kill { .. }
        | Event::PutSentinel
        | Event::GetSentinel
        | Event::EndOfFile
        | Event::Print { .. }
        | Event::Error { .. }
        | Event::Counter { .. }
        | Event::Measured { .. }
        | Event::Say { .. }
        | Event::Pool { .. }
        | Event::Customers { .. }
        | Event::Request { .. }
        | Event::Served { .. }
        | Event::WillStart
        | Event::Turn { .. }
        | Event::Ended
        | Event::AfterJoin => Told::Instant,
    }
}

/// The title of what a process does.
pub fn activity_title(activity: Activity, event: &Event) -> String {
    match (activity, event) {
        (Activity::Running, _) => "running".into(),
        (Activity::Sleeping, _) => "sleep".into(),
        (Activity::Waiting(call), _) => format!("{} (waiting)", call.name()),
        (Activity::Joining(child), Event::Join { child_role, .. }) => {
            format!("join {child_role} {child}")
        }
        (Activity::Joining(child), _) => format!("join {child}"),
    }
}

/// How a process ended, in words.
pub fn end_in_words(status: Status) -> String {
    match status {
        Status::Code(code) => format!("exit {code}"),
        Status::Signal(_) => status.to_string().trim_start_matches("was ").to_owned(),
    }
}

/// How many characters of a value stand in a title. The whole value is in the args.
const SHOWN: usize = 40;

fn title(call: &str, value: &Value) -> String {
    let value = str(value);
    match value.char_indices().nth(SHOWN) {
        None => format!("{call} {value}"),
        Some((end, _)) => format!("{call} {}...", &value[..end]),
    }
}
