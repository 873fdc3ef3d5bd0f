//! What slices are called.

use serde_json::Value;

use crate::both;
use crate::events::{Event, Status, str};
use crate::state::Activity;

/// How many characters of a value a title shows. The whole value is in the args.
const SHOWN: usize = 40;

/// The title of what a process does.
pub fn activity_title(activity: Activity, event: &Event) -> String {
    match (activity, event) {
        (Activity::Running, _) => both!("running", "运行"),
        (Activity::Sleeping, _) => both!("sleep", "休眠"),
        (Activity::Waiting(call), _) => {
            let call = call.name();
            both!("{call} (waiting)", "{call}（等待）")
        }
        (Activity::Joining(child), Event::Join { child_role, .. }) => {
            format!("join {child_role} {child}")
        }
        (Activity::Joining(child), _) => format!("join {child}"),
    }
}

/// The title of a task, from its first event.
pub fn task_title(event: &Event) -> String {
    match event {
        Event::TaskStart { task, kind } => {
            both!("task {task} ({kind})", "任务 {task}（{kind}）")
        }
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
        Status::Code(code) => both!("exit {code}", "退出状态 {code}"),
        Status::Signal(_) => status.to_string().trim_start_matches("was ").to_owned(),
    }
}
