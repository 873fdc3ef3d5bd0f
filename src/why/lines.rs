//! The lines at which the threads of a Python program wait, as a report shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use procfs::process::Process;
use rustix::time::{ClockId, clock_gettime};

use crate::both;
use crate::events::CodeLine;
use crate::evidence::{
    Duty, Goal, Interpreters, PythonFrame, Snapshot, Stack, Unread, Wait, quietly, script, stacks,
};

use super::Diagnosis;

/// The frames of all Python processes of a diagnosis.
#[derive(Default)]
pub struct Stacks {
    /// By the thread's ID.
    stacks: BTreeMap<i32, Stack>,
    /// The processes that run Python and could not be read.
    unread: BTreeMap<u32, Unread>,
}

/// What Python's frames tell of a wait.
#[derive(Default)]
pub struct Told {
    /// The call as the learner wrote it, without arguments: `p.join()`, or `` `with lock` ``.
    pub call: Option<String>,
    /// The learner's line.
    pub at: Option<CodeLine>,
    /// The thread's name in Python.
    pub thread: Option<String>,
    pub duty: Option<Duty>,
    pub goal: Option<Goal>,
    /// Whether the main thread of the process is at its exit: it will call nothing any more.
    pub is_at_exit: bool,
}

/// A line that was changed this soon after the start was read in its new form: the kernel counts
/// starts in ticks, and Python takes longer to come to the program's text.
const SOON: Duration = Duration::from_millis(20);
/// How many characters of a line, and of a call, are shown.
const LINE: usize = 100;
const CALL: usize = 40;

/// The functions that have no frame, as they are not written in Python, by their system calls.
const WITHOUT_FRAME: [(&[&str], &[&str]); 9] = [
    (&["futex"], &["acquire", "get"]),
    (
        &["read", "recvfrom", "recvmsg"],
        &["read", "read1", "readline", "readlines", "readinto", "input", "recv", "recvfrom"],
    ),
    (
        &["write", "sendto", "sendmsg"],
        &["write", "writelines", "print", "flush", "send", "sendall"],
    ),
    (&["wait4", "waitid"], &["waitpid", "wait", "wait3", "wait4", "waitid", "system"]),
    (&["poll", "epoll_wait", "select"], &["poll", "select", "sleep"]),
    (&["clock_nanosleep"], &["sleep"]),
    (&["flock", "fcntl"], &["flock", "lockf", "fcntl"]),
    (&["accept4", "accept", "connect"], &["accept", "connect"]),
    (&["open", "pause"], &["open", "pause"]),
];

impl Stacks {
    /// Reads the frames of all processes that were looked at.
    pub fn of(finding: &Diagnosis) -> Stacks {
        let mut all = Stacks::default();
        quietly(|| {
            let waits = finding.sight.waits();
            let waiting: BTreeSet<u32> = waits.iter().map(|it| it.pid).collect();
            let mut known = Interpreters::default();
            for look in waiting.into_iter().filter_map(|pid| finding.sight.look(pid)) {
                match stacks(look, &mut known) {
                    Some(Ok(stacks)) => {
                        all.stacks.extend(stacks.into_iter().map(|it| (it.tid, it)))
                    }
                    Some(Err(why)) => _ = all.unread.insert(look.pid, why),
                    None => {}
                }
            }
        });
        all
    }

    pub(super) fn stack(&self, tid: i32) -> Option<&Stack> {
        self.stacks.get(&tid)
    }

    /// The sentence that says why a process, for which `{}` stands, has no lines. (Where not even
    /// its calls are shown, there is another one.)
    pub(super) fn why_unread(&self, look: &Snapshot) -> Option<String> {
        look.threads.iter().find(|it| it.call.is_some())?;
        Some(match self.unread.get(&look.pid)? {
            Unread::FreeThreaded => both!(
                "No lines for {{}}: mp-demo can't read a free-threaded build of Python.",
                "没有 {{}} 的代码行：mp-demo 读不了自由线程（free-threaded）版本的 Python。"
            ),
            Unread::Version(version) => both!(
                "No lines for {{}}: mp-demo doesn't know Python {version}.",
                "没有 {{}} 的代码行：mp-demo 不认识 Python {version}。"
            ),
            Unread::NotAllowed => both!(
                "No lines for {{}}: mp-demo may not read the memory; root may.",
                "没有 {{}} 的代码行：mp-demo 无权读取内存，root 可以。"
            ),
            Unread::Other => both!(
                "No lines for {{}}: what the memory holds can't be read as Python's.",
                "没有 {{}} 的代码行：无法按 Python 的方式读懂内存里的内容。"
            ),
        })
    }

    /// What the frames tell of this wait.
    pub fn told(&self, look: &Snapshot, wait: &Wait) -> Told {
        let Some(stack) = self.stack(wait.tid) else {
            return Told::default();
        };
        let (call, is_futex) = (call(look, stack, wait.call), wait.call == "futex");
        let is_lock = |call: &String| call.ends_with(".acquire()") || call.starts_with('`');
        let is_acquire = is_futex && stack.called().is_none() && call.as_ref().is_some_and(is_lock);
        let own = stack.split().1;
        Told {
            call,
            at: own.map(|it| CodeLine { file: shown(look, &it.file), line: it.line }),
            thread: stack.name.clone(),
            duty: stack.duty(),
            goal: stack.goal(is_futex).or(is_acquire.then_some(Goal::Release)),
            is_at_exit: self.is_at_exit(look.pid),
        }
    }

    /// Whether the main thread of this process is at its exit.
    pub(super) fn is_at_exit(&self, pid: u32) -> bool {
        self.stack(pid as i32).and_then(Stack::duty) == Some(Duty::Exit)
    }

    /// Where the thread is: file, line, function and the line's text. Nothing for a thread that has
    /// no line of the learner's.
    pub(super) fn line(&self, look: &Snapshot, tid: i32) -> Option<String> {
        // (0 stands for a line that could not be read.)
        let frame = self.stack(tid)?.split().1.filter(|it| it.line > 0)?;
        let place = format!("{}:{}", shown(look, &frame.file), frame.line);
        let function = frame.function.rsplit("<locals>.").next().unwrap_or_default();
        let place = both!("{place} in {function}", "{place}，{function}");
        Some(match text(look, frame) {
            Source::Known(text) => {
                let short: String = text.chars().take(LINE).collect();
                let mark = if short.len() < text.len() { "..." } else { "" };
                both!("      {place}:   {short}{mark}", "      {place}：   {short}{mark}")
            }
            Source::Changed => both!(
                "      {place} (the file has changed since the start)",
                "      {place}（启动之后文件改过）"
            ),
            Source::Unknown => format!("      {place}"),
        })
    }

    /// The function that a child of `multiprocessing` runs (`target`), while it runs.
    pub(super) fn target(&self, pid: u32) -> Option<&str> {
        let frames = &self.stack(pid as i32)?.frames;
        let run = frames.iter().position(|it| it.is("multiprocessing/process.py", "run"))?;
        frames[..run].last().filter(|it| !it.library).map(PythonFrame::name)
    }
}

/// The text of a program.
pub(super) enum Source {
    Known(String),
    /// The file is newer than the process.
    Changed,
    Unknown,
}

/// The text of the file in which this frame is.
pub(super) fn source(look: &Snapshot, frame: &PythonFrame) -> Source {
    let (pid, file) = (look.pid, frame.file.as_str());
    if file == "<string>" {
        return script(look).map_or(Source::Unknown, |it| Source::Known(it.to_owned()));
    }
    let path = match file.starts_with('/') {
        true => format!("/proc/{pid}/root{file}"),
        false => format!("/proc/{pid}/cwd/{file}"),
    };
    let Ok(metadata) = std::fs::metadata(&path) else {
        return Source::Unknown;
    };
    let changed = Duration::new(metadata.ctime() as u64, metadata.ctime_nsec() as u32);
    match started(look) {
        Some(started) if started + SOON < UNIX_EPOCH + changed => Source::Changed,
        Some(_) if metadata.is_file() => {
            std::fs::read_to_string(path).map_or(Source::Unknown, Source::Known)
        }
        _ => Source::Unknown,
    }
}

/// The text of a line.
fn text(look: &Snapshot, frame: &PythonFrame) -> Source {
    let all = match source(look, frame) {
        Source::Known(all) => all,
        other => return other,
    };
    let line = (frame.line as usize).checked_sub(1).and_then(|at| all.lines().nth(at));
    line.map_or(Source::Unknown, |it| Source::Known(it.trim().to_owned()))
}

/// When the process was started, or the one of which it is a copy: that one has read the program.
fn started(look: &Snapshot) -> Option<SystemTime> {
    let (mut started, mut parent) = (look.started, look.parent as i32);
    while let Ok(process) = Process::new(parent)
        && process.cmdline().is_ok_and(|it| it == look.command)
        && let Ok(stat) = process.stat()
    {
        (started, parent) = (stat.starttime, stat.ppid);
    }
    let since_boot =
        Duration::from_secs(started) / u32::try_from(procfs::ticks_per_second()).ok()?;
    let now = Duration::try_from(clock_gettime(ClockId::Boottime)).ok()?;
    SystemTime::now().checked_sub(now.checked_sub(since_boot)?)
}

/// A file's name as the user typed it, or relative to the working folder.
fn shown(look: &Snapshot, file: &str) -> String {
    let folder = std::fs::read_link(format!("/proc/{}/cwd", look.pid)).unwrap_or_default();
    let mut typed = look.command.iter().skip(1);
    if let Some(typed) = typed.find(|it| folder.join(it) == Path::new(file)) {
        return typed.clone();
    }
    let here = std::env::current_dir().unwrap_or_default();
    Path::new(file).strip_prefix(here).unwrap_or(Path::new(file)).display().to_string()
}

/// The call in which the thread waits, in the learner's words.
fn call(look: &Snapshot, stack: &Stack, system_call: &str) -> Option<String> {
    let (inner, own) = stack.split();
    let text = match own.map(|frame| text(look, frame)) {
        Some(Source::Known(text)) => text,
        _ => String::new(),
    };
    let text = text.split(" #").next().unwrap_or_default().trim_end();
    match stack.called() {
        Some(called) => {
            let names: &[&str] = match called.name() {
                "__enter__" | "__exit__" => return with(text),
                "next" => &["imap", "imap_unordered", "next"],
                "result_iterator" | "_chain_from_iterable_of_lists" => &["map"],
                name => &[name],
            };
            let name = names[names.len() - 1];
            let is_known =
                !name.starts_with(['_', '<']) && !matches!(name, "getvalue" | "setvalue");
            only_call(text, names).or_else(|| is_known.then(|| format!("{name}()")))
        }
        None if !inner.is_empty() => None,
        None => {
            let calls = WITHOUT_FRAME.iter().find(|(calls, _)| calls.contains(&system_call))?;
            let is_with = system_call == "futex" && text.starts_with("with ");
            if is_with { with(text) } else { only_call(text, calls.1) }
        }
    }
}

/// The head of a `with` statement, which may go on in the next line, or have its body in this one.
fn with(text: &str) -> Option<String> {
    text.strip_prefix("with ")?;
    let head = text.strip_suffix(':').or_else(|| text.split_once(": ").map(|it| it.0));
    Some(format!("`{}`", head.filter(|it| it.len() <= CALL).unwrap_or("with ...")))
}

/// The call of a function with one of these names, if the line has only one such.
fn only_call(text: &str, names: &[&str]) -> Option<String> {
    let is_name = |it: char| it.is_alphanumeric() || it == '_';
    let mut all = Vec::new();
    for name in names {
        for (at, _) in text.match_indices(&format!("{name}(")) {
            if text[..at].ends_with(is_name) {
                continue;
            }
            let mut depth = 0;
            // Before the dot there may be calls and subscripts.
            let before = text[..at].char_indices().rev().find(|(_, it)| match it {
                ')' | ']' => {
                    depth += 1;
                    false
                }
                '(' | '[' => {
                    depth -= 1;
                    depth < 0
                }
                it => depth == 0 && !is_name(*it) && *it != '.',
            });
            let start = before.map_or(0, |(at, it)| at + it.len_utf8());
            let object = &text[start..at];
            // (What is on the line above isn't seen.)
            all.push(match object.len() <= CALL && !object.starts_with('.') {
                true => format!("{object}{name}()"),
                false => format!("{name}()"),
            });
        }
    }
    all.dedup();
    if let [only] = &all[..] { Some(only.clone()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_as_it_is_written() {
        for (line, names, call) in [
            ("p.join()", &["join"][..], Some("p.join()")),
            ("print(len(queue.get()))", &["get"], Some("queue.get()")),
            (
                "while self.queues[i + 1].get(True) is not None:",
                &["get"],
                Some("self.queues[i + 1].get()"),
            ),
            ("queue.Queue().get()", &["get"], Some("queue.Queue().get()")),
            ("x = budget(1)", &["get"], None),
            ("a.get(b.get())", &["get"], None),
            ("print(child.stdout.read())", &["read", "input"], Some("child.stdout.read()")),
            ("名字.join()", &["join"], Some("名字.join()")),
        ] {
            assert_eq!(only_call(line, names).as_deref(), call, "{line}");
        }
    }

    #[test]
    fn the_head_of_a_with_statement_is_its_call() {
        assert_eq!(with("with a, b:").as_deref(), Some("`with a, b`"));
        assert_eq!(with("with self.lock: n += 1").as_deref(), Some("`with self.lock`"));
        assert_eq!(with("with first, \\").as_deref(), Some("`with ...`"));
        assert_eq!(with("lock.acquire()"), None);
    }
}
