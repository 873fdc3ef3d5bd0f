//! What slices are called.

use serde_json::Value;

use crate::events::{Event, Status, str};
use crate::state::Activity;

/// How many characters of a value stand in a title. The whole value is in the args.
const SHOWN: usize = 40;

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

/// The title of a task, from its first event.
pub fn task_title(event: &Event) -> String {
    match event {
        Event::TaskStart { task, kind } => format!("task {task} ({kind})"),
        other => other.name().into(),
    }
}

/// The title of a call with a value.
pub fn call_title(call: &str, value: &Value) -> String {
    let value = str(value);
    match value.char_indices().nth(SHOWN) {
        None => format!("{call} {value}"),
        Some((end, _)) => format!("{call} {}...", &value[..end]),
    }
}

/// How a process ended, in words.
pub fn end_in_words(status: Status) -> String {
    match status {
        Status::Code(code) => format!("exit {code}"),
        Status::Signal(_) => status.to_string().trim_start_matches("was ").to_owned(),
    }
}
