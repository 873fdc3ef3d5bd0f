//! What the items of a page say: each event in a few words, calls as Python has them.

use serde_json::Value;

use super::steps::Link;
use crate::both;
use crate::events::{Event, Record, Stream, repr};
use crate::python::PythonEvent;
use crate::state::{Activity, State};
use crate::words::figures::{count, duration};

impl Link {
    /// The words of a link to this event, which is the cause or the effect.
    pub fn words(self, is_cause: bool, number: usize) -> String {
        match (self, is_cause) {
            (Link::Wait, true) => both!("ended by {number}", "由 {number} 结束"),
            (Link::Wait, false) => both!("ends the wait of {number}", "结束 {number} 的等待"),
            (Link::Value, true) => both!("left in {number}", "在 {number} 发出"),
            (Link::Value, false) => both!("arrives in {number}", "在 {number} 到达"),
            (Link::Loss, true) => both!("lost by {number}", "因 {number} 丢失"),
            (Link::Loss, false) => both!("loses the value of {number}", "使 {number} 的值丢失"),
            (Link::End, true) => both!("because of {number}", "原因在 {number}"),
            (Link::End, false) => both!("leads to {number}", "导致 {number}"),
            (Link::Stuck, true) => both!("waits since {number}", "从 {number} 起等待"),
            (Link::Stuck, false) => both!("stuck in {number}", "在 {number} 卡住"),
        }
    }
}

/// A value or text on one line, not too long.
pub fn short(text: &str, most: usize) -> String {
    let mut rest = text.chars();
    let mut shown: String = rest.by_ref().take(most).collect();
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

/// How much of a value is shown.
pub const MOST: usize = 60;

pub fn value(value: &Value) -> String {
    // A long text has its beginning shown, without looking at the rest of it.
    match value.as_str().map(|text| (text, short(text, MOST))) {
        Some((text, shown)) if shown != text => repr(&shown.into()),
        _ => short(&repr(value), MOST),
    }
}

/// What a thread does.
pub fn doing(does: Activity, on: Option<&str>, state: &State) -> String {
    match does {
        Activity::Running => both!("runs", "运行"),
        Activity::Sleeping => both!("sleeps", "睡眠"),
        Activity::Waiting(call) => {
            let call = call_on(on, call.name(), "");
            both!("waits in {call}", "在 {call} 中等待")
        }
        Activity::Joining(child) => {
            let role = state.process(child).map_or("", |it| &it.role);
            both!("waits in join() for {role} {child}", "在 join() 中等 {role} {child} 结束")
        }
    }
}

fn call_on(on: Option<&str>, call: &str, with: &str) -> String {
    match on {
        Some(on) => format!("{on}.{call}({with})"),
        None => format!("{call}({with})"),
    }
}

/// The event in words.
pub fn event(record: &Record, state: &State) -> String {
    let event = &record.event;
    if let Some(sentence) = event.sentence() {
        return sentence;
    }
    let sentinel = both!("sentinel", "哨兵值");
    match event {
        Event::Run { .. } => both!("the run begins", "这次运行开始"),
        Event::Running {} => match &record.thread {
            None => both!("begins", "开始运行"),
            Some(_) => both!("the thread begins", "线程开始运行"),
        },
        Event::Started { child, child_role, method, .. } => {
            let how = method.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            both!("start() → {child_role} {child}{how}", "start() → {child_role} {child}{how}")
        }
        Event::Join { child, child_role } => {
            both!("join(): waits for {child_role} {child}", "join()：等 {child_role} {child} 结束")
        }
        Event::Joined { child, child_role } => {
            both!("join() returns: {child_role} {child}", "join() 返回：{child_role} {child}")
        }
        Event::Terminate { child, child_role } => {
            both!("SIGTERM to {child_role} {child}", "向 {child_role} {child} 发 SIGTERM")
        }
        Event::Interrupt { child, child_role } => {
            both!("SIGINT to {child_role} {child}", "向 {child_role} {child} 发 SIGINT")
        }
        Event::Kill { child, child_role, .. } => {
            both!("SIGKILL to {child_role} {child}", "向 {child_role} {child} 发 SIGKILL")
        }
        // The first process, whose end nobody else tells.
        Event::Exited { child, status, .. } if *child == record.pid => status.to_string(),
        Event::Exited { child, child_role, status } => format!("{child_role} {child} {status}"),
        Event::Sleep { seconds } => {
            let long = duration(*seconds);
            both!("sleep() for {long}", "sleep()，{long}")
        }
        Event::Wait { .. } => {
            let process = state.process(record.pid);
            let thread = record.thread.as_deref();
            let does = process.map(|it| it.does(thread)).unwrap_or_default();
            doing(does, process.and_then(|it| it.waits_on(thread)), state)
        }
        Event::Put { value: it, on, .. } => call_on(on.as_deref(), "put", &value(it)),
        Event::Get { value: it, on, .. } => {
            format!("{} → {}", call_on(on.as_deref(), "get", ""), value(it))
        }
        Event::PutSentinel { on } => call_on(on.as_deref(), "put", &sentinel),
        Event::GetSentinel { on } => {
            format!("{} → {sentinel}", call_on(on.as_deref(), "get", ""))
        }
        Event::Empty { on } => format!("{} → True", call_on(on.as_deref(), "empty", "")),
        Event::EndOfFile { on } => {
            let on = on.as_deref().unwrap_or_default();
            both!("end of file (EOF): {on}", "读到 EOF：{on}")
        }
        Event::Send { value: it, on, .. } => call_on(on.as_deref(), "send", &value(it)),
        Event::Recv { value: it, on, .. } => {
            format!("{} → {}", call_on(on.as_deref(), "recv", ""), value(it))
        }
        Event::Print { value: it } => format!("print({})", value(it)),
        Event::Acquired { lock } => {
            both!("{lock}.acquire() returns", "{lock}.acquire() 返回")
        }
        Event::Release { lock } => format!("{lock}.release()"),
        Event::Stuck { likely: None, .. } => {
            both!("stuck: no process can go on", "卡住了：所有进程都无法继续")
        }
        Event::Stuck { .. } => {
            both!("most likely no process can go on", "很可能所有进程都无法继续")
        }
        Event::Output { child_role, child, .. } => {
            both!("{child_role} {child} has printed a line", "{child_role} {child} 打印了一行")
        }
        Event::Unread { child_role, child, value: it, .. } => {
            let it = value(it);
            both!("{child_role} {child} has not read {it}", "{child_role} {child} 没有读取 {it}")
        }
        Event::Progress { done, of } => both!("{done} of {of} steps done", "完成 {done} / {of}"),
        Event::Measured { .. } => both!("measures", "测量"),
        Event::Say {} => both!("prints", "打印"),
        Event::Parent { parent } => format!("getppid() → {parent}"),
        Event::TaskStart { task, .. } => both!("begins task {task}", "开始任务 {task}"),
        Event::TaskDone { task, .. } => both!("has done task {task}", "完成任务 {task}"),
        Event::Own(_) => of_program(event, state).unwrap_or_else(|| of_lesson(record)),
        _ => event.name().replace('_', " "),
    }
}

/// An event of a program of the user's.
fn of_program(event: &Event, state: &State) -> Option<String> {
    Some(match event.own::<PythonEvent>()? {
        PythonEvent::Made { on, kind, .. } => format!("{on} = {kind}()"),
        PythonEvent::Fed { on, number, .. } => {
            let sent = state.numbered(number);
            let it = sent.map_or_else(|| format!("#{number}"), |sent| value(&sent.value));
            both!("{it} goes into the pipe of {on}", "{it} 进入 {on} 的管道")
        }
        PythonEvent::Dropped { on, exception, .. } => {
            both!("never gets into {on}: {exception}", "没能进入 {on}：{exception}")
        }
        PythonEvent::Full { on, .. } => both!("{on}.put() raises Full", "{on}.put() 抛出 Full"),
        PythonEvent::Returned { call, on, exception, .. } => {
            let call = call_on(Some(&on), &call, "");
            match exception {
                None => both!("{call} returns", "{call} 返回"),
                Some(exception) => both!("{call} raises {exception}", "{call} 抛出 {exception}"),
            }
        }
        PythonEvent::Called { call, on } => call_on(Some(&on), &call, ""),
        PythonEvent::Closed { on } => call_on(Some(&on), "close", ""),
        PythonEvent::Done { on } => call_on(Some(&on), "task_done", ""),
        PythonEvent::Submit { pool, tasks, function, call, .. } => {
            let tasks = count(tasks, "task");
            both!("{pool}.{call}({function}): {tasks}", "{pool}.{call}({function})：{tasks}")
        }
        PythonEvent::Begin { task, function, .. } => {
            both!("begins task {task}: {function}()", "开始任务 {task}：{function}()")
        }
        PythonEvent::End { task, exception, .. } => match exception {
            None => both!("has done task {task}", "完成任务 {task}"),
            Some(exception) => {
                both!("task {task} raises {exception}", "任务 {task} 抛出 {exception}")
            }
        },
        PythonEvent::Raised { exception, message } => {
            let message = short(&message, 200);
            both!("ends with {exception}: {message}", "因 {exception} 结束：{message}")
        }
        PythonEvent::ThreadEnd {} => both!("the thread ends", "线程结束"),
        PythonEvent::Ended { child, status: Some(status) } => format!("{child} {status}"),
        PythonEvent::Ended { child, .. } => both!("{child} has ended", "{child} 已结束"),
        PythonEvent::Printed { .. } => both!("prints into its buffer", "打印到缓冲区"),
        PythonEvent::Written { stream: Stream::Stderr, .. } => {
            both!("a line goes to stderr", "一行写到 stderr")
        }
        PythonEvent::Written { .. } => both!("a line leaves the process", "一行离开进程"),
        PythonEvent::Unwritten { lines, .. } => {
            let lines = count(lines, "printed line");
            both!("{lines} stayed in the buffer", "有 {lines} 留在缓冲区里")
        }
        PythonEvent::Source { file, .. } => both!("its program: {file}", "它的程序：{file}"),
        PythonEvent::Unseen { .. } => both!("is not seen from here on", "从这里起看不到它"),
    })
}

/// An event of a lesson's own: its name and fields, as in the log.
fn of_lesson(record: &Record) -> String {
    let mut words = record.event.name().replace('_', " ");
    let Ok(Value::Object(fields)) = serde_json::to_value(&record.event) else {
        return words;
    };
    for (name, field) in fields.iter().filter(|(name, _)| *name != "event") {
        words += &format!(", {name} {}", value(field));
    }
    short(&words, 160)
}
