//! Where the threads of a Python process are: their frames.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;

use procfs::process::Process;
use py_spy::StackTrace;
use serde::Serialize;

use super::interpreter::Interpreters;
use super::look::{Snapshot, ThreadState};

/// The frames of a thread of Python's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stack {
    pub tid: i32,
    /// The name that Python's `threading` has given the thread.
    pub name: Option<String>,
    /// The frames, innermost first: those of the thread's own, without the ones of the parent that
    /// fork() has copied.
    pub frames: Vec<PythonFrame>,
}

/// A call of a Python function.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct PythonFrame {
    pub file: String,
    pub line: u32,
    /// The function's name, with that of its class from Python 3.11 on.
    pub function: String,
    /// Whether it is Python's own library, or an installed one.
    pub library: bool,
}

/// Why there are no frames.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unread {
    /// A build of Python without the global interpreter lock.
    FreeThreaded,
    /// A version that is too new, or too old.
    Version(String),
    /// The process's memory may not be read.
    NotAllowed,
    Other,
}

/// The most bytes between the stack pointer of a thread and the end of its stack.
const STACK: u64 = 8 << 20;

impl PythonFrame {
    /// Whether this is the library's function of this name in this file, as
    /// `multiprocessing/queues.py`. A method is named without its class.
    pub fn is(&self, file: &str, function: &str) -> bool {
        self.library
            && self.name() == function
            && self.file.strip_suffix(file).is_some_and(|folder| folder.ends_with('/'))
    }

    /// The function's name without its class.
    pub fn name(&self) -> &str {
        self.function.rsplit('.').next().unwrap_or_default()
    }
}

impl Stack {
    /// The innermost frame of the learner's own, and the frames of the library inside of it.
    pub fn split(&self) -> (&[PythonFrame], Option<&PythonFrame>) {
        let own = self.frames.iter().position(|it| !it.library);
        (&self.frames[..own.unwrap_or(self.frames.len())], own.map(|at| &self.frames[at]))
    }
}

/// The frames of all threads of this process that have done nothing since this look, and that could
/// be told apart. Nothing if it doesn't run Python.
pub fn stacks(look: &Snapshot, known: &mut Interpreters) -> Option<Result<Vec<Stack>, Unread>> {
    // A process whose main thread has ended is readable through another thread.
    let alive = look.threads.iter().filter(|it| it.state != ThreadState::Ended);
    let tid = alive.map(|it| it.tid).min_by_key(|tid| *tid as u32 != look.pid)?;
    let exe = std::fs::read_link(format!("/proc/{tid}/exe")).unwrap_or_default();
    if !is_python(Path::new(look.program())) && !is_python(&exe) {
        return None;
    }
    // Only the names of further threads are told.
    let names = look.threads.len() > 1;
    let read = catch_unwind(AssertUnwindSafe(|| known.read(tid, &exe, names)));
    Some(read.unwrap_or(Err(Unread::Other)).map(|traces| {
        let process = Process::new(look.pid as i32).ok();
        let is_still = |tid| {
            let thread = look.threads.iter().find(|it| it.tid == tid);
            process.as_ref().zip(thread).is_some_and(|(process, it)| it.is_still(process))
        };
        let has_script = script(look).is_some();
        let still = matched(traces, look).into_iter().filter(|(tid, _)| is_still(*tid));
        still.map(|(tid, trace)| stack(tid, trace, has_script)).collect()
    }))
}

/// The program that is an argument of the command line (`-c`).
pub fn script(look: &Snapshot) -> Option<&str> {
    let options = look.command.iter().skip(1).take_while(|it| it.starts_with('-'));
    let at = options.enumerate().find(|(_, it)| *it == "-c")?.0;
    let script = look.command.get(at + 2)?;
    // Children of `spawn` and `forkserver` are started with a script of the library's.
    (!script.starts_with("from multiprocessing.")).then_some(script)
}

/// Whether this program is Python's: `python`, `python3.13`.
pub fn is_python(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let version = name.strip_prefix("python").map(|it| it.strip_suffix('t').unwrap_or(it));
    version.is_some_and(|it| it.chars().all(|it| it.is_ascii_digit() || it == '.'))
}

/// Runs `look` without the messages that a panic would print.
pub fn quietly<T>(look: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = look();
    panic::set_hook(hook);
    result
}

/// The traces with the IDs of their threads. Before 3.11, Python knows only the address of the
/// thread's descriptor, which lies at the end of its stack; the main thread's lies elsewhere, so
/// that is the one left over.
fn matched(traces: Vec<StackTrace>, look: &Snapshot) -> Vec<(i32, StackTrace)> {
    let mut left: Vec<Option<StackTrace>> = traces.into_iter().map(Some).collect();
    let mut free: Vec<i32> = look.threads.iter().map(|it| it.tid).collect();
    let mut distances = Vec::new();
    for (index, trace) in left.iter().enumerate().filter_map(|(at, it)| Some((at, it.as_ref()?))) {
        for thread in &look.threads {
            let distance = match trace.os_thread_id {
                Some(id) => (id == thread.inner_tid as u64).then_some(0),
                None => trace.thread_id.checked_sub(thread.stack).filter(|it| *it < STACK),
            };
            distances.extend(distance.map(|it| (it, index, thread.tid)));
        }
    }
    distances.sort_unstable();
    let mut all = Vec::new();
    for (_, index, tid) in distances {
        if let Some(at) = free.iter().position(|it| *it == tid)
            && let Some(trace) = left[index].take()
        {
            free.swap_remove(at);
            all.push((tid, trace));
        }
    }
    let (mut left, main) = (left.into_iter().flatten(), look.pid as i32);
    if let (Some(trace), None, true) = (left.next(), left.next(), free.contains(&main)) {
        all.push((main, trace));
    }
    all
}

fn stack(tid: i32, trace: StackTrace, has_script: bool) -> Stack {
    let mut frames: Vec<PythonFrame> = Vec::new();
    for frame in trace.frames {
        // The code that mp-demo puts into a program that it runs is no part of it.
        if ["/mp_demo_hook.py", "/mp_demo_calls.py"].iter().any(|it| frame.filename.ends_with(it)) {
            continue;
        }
        // The library makes some functions out of text: those of shared values and of proxies.
        let is_made = matches!(frame.name.as_str(), "getvalue" | "setvalue" | "getraw" | "setraw")
            || frames.last().is_some_and(|it| it.is("multiprocessing/managers.py", "_callmethod"));
        let library = match frame.filename.as_str() {
            "<string>" => !has_script || is_made,
            file => is_library(file),
        };
        let line = u32::try_from(frame.line).unwrap_or_default();
        let frame = PythonFrame { file: frame.filename, line, function: frame.name, library };
        // From here on, all frames are the parent's, or of the code that starts a child.
        if frame.is("multiprocessing/popen_fork.py", "_launch") {
            break;
        }
        frames.push(frame);
        if frames.last().is_some_and(|it| it.is("multiprocessing/process.py", "_bootstrap")) {
            break;
        }
    }
    Stack { tid, name: trace.thread_name, frames }
}

/// Whether this file belongs to Python's library or to an installed one, and not to the learner's
/// program.
fn is_library(file: &str) -> bool {
    // `3`, `3.11`, `3.13t`
    let is_version = |rest: &str| {
        let after = rest.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        after.len() < rest.len() && after.trim_start_matches('t').starts_with('/')
    };
    file.starts_with("<frozen ")
        || file.contains("/site-packages/")
        || file.contains("/dist-packages/")
        || ["/lib/python", "/lib64/python"]
            .iter()
            .any(|it| file.split_once(it).is_some_and(|(_, rest)| is_version(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_told_from_the_learners_files() {
        for file in [
            "/usr/lib/python3.11/threading.py",
            "/usr/lib/python3/dist-packages/numpy/core.py",
            "/home/a/.pyenv/versions/3.13.0/lib/python3.13t/queue.py",
            "/home/a/venv/lib/python3.8/site-packages/x/y.py",
            "<frozen runpy>",
        ] {
            assert!(is_library(file), "{file}");
        }
        for file in
            ["hang.py", "/home/a/lib/python/hang.py", "/a/lib/python3-course/a.py", "<stdin>"]
        {
            assert!(!is_library(file), "{file}");
        }
    }

    #[test]
    fn python_is_known_by_its_name() {
        assert!(is_python(Path::new("/usr/bin/python3.13t")) && is_python(Path::new("python")));
        assert!(!is_python(Path::new("/usr/bin/python3-config")) && !is_python(Path::new("")));
    }
}
