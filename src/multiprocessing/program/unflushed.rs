//! Why a program may write nothing although it has printed: if its stdout is no terminal, the
//! output stays in the program's own buffer until the buffer is full. Each language has its own way
//! to flush it.

use std::ffi::OsStr;
use std::os::fd::AsFd;

use procfs::ProcError;
use procfs::process::{MMapPath, MemoryMap, Process};
use rustix::process::getpid;

use crate::events::{Named, Runtime};
use crate::evidence::{
    Family, Fill, From, Need, On, Onlooker, Outside, Sight, Snapshot, SystemCall, Thing,
    ThreadState, Until, What,
};
use crate::multiprocessing::descendants::children_of;

/// One look at this program and all its descendants.
pub(super) fn sight(pid: u32) -> Sight {
    Sight::of_family(&Family::Descendants(vec![pid]), Onlooker::Process)
}

/// Whether none of these processes has done anything since an earlier look, or is about to.
pub(super) fn does_nothing(sight: &Sight, earlier: &Sight) -> bool {
    let mut threads = sight.family().flat_map(|look| &look.threads);
    threads.all(|thread| thread.state == ThreadState::Waits) && sight.is_of_the_same_family(earlier)
}

/// Whether all of these processes wait for other processes. Then the run may be stuck, which the
/// parent finds out.
pub(super) fn waits_for_others(sight: &Sight) -> bool {
    let is_timed = |call: &SystemCall| {
        matches!(call.until, Until::Time | Until::Signal(_) | Until::SignalOf(_) | Until::Unknown)
    };
    let mut threads = sight.family().flat_map(|look| &look.threads);
    threads.all(|thread| thread.call.as_ref().is_some_and(|call| !is_timed(call)))
}

/// The language whose stdout buffer keeps back the output of the program `pid` or of a descendant.
/// Nothing if the silence has another reason: a process of the program waits for input or is
/// stopped, buffers nothing, or the program's stdout is closed. `its_stdout` is the inode of the
/// pipe that is the program's stdout.
pub(super) fn runtime(pid: u32, its_stdout: Option<u64>) -> Option<Runtime> {
    let sight = Sight::of(&Family::Descendants(vec![pid]), Onlooker::Process);
    let stdin = sight.look(pid).and_then(|look| pipe_of(look, 0));
    let is_input = |it: &Thing| {
        let is_stdin = stdin.is_some_and(|inode| it.on == On::Pipe(inode));
        let is_terminal = matches!(it.from, From::Outside(Outside::Terminal(_)));
        it.needs == Need::Data && (is_stdin || is_terminal)
    };
    let waits_for_input = sight.waits().iter().any(|wait| wait.things.iter().any(is_input));
    let is_stopped =
        |look: &Snapshot| look.threads.iter().any(|it| it.state == ThreadState::Stopped);
    let has_stdout = |look: &Snapshot| {
        let holds = look.holds.as_ref();
        holds.is_none_or(|it| it.values().any(|held| is_pipe(&held.what, its_stdout)))
    };
    if waits_for_input || sight.family().any(is_stopped) || !sight.family().any(has_stdout) {
        return None;
    }
    let buffers: Option<Vec<Runtime>> = sight.family().filter_map(stdout_buffer).collect();
    // The last process counts: a shell may have started helpers before its program.
    buffers?.pop()
}

/// Programs that write at once, or print nothing by themselves.
const WITHOUT_BUFFER: [&str; 8] = ["sh", "bash", "dash", "zsh", "busybox", "sleep", "node", "tail"];

/// Whose buffer a process has for what it prints, `Some(None)` if it was told to use none: by the
/// file that the process runs, `python3.11` for a script that begins with `#!`. A shell goes by its
/// command line, since it may not have started its program yet. Nothing for a program without a
/// buffer, or one that has ended.
fn stdout_buffer(look: &Snapshot) -> Option<Option<Runtime>> {
    let process = Process::new(i32::try_from(look.pid).ok()?).ok()?;
    let file = match process.exe() {
        Err(ProcError::PermissionDenied(_)) => return Some(Some(Runtime::C)),
        file => file.ok()?,
    };
    let name = file.file_name()?.to_string_lossy();
    let is_between = |c: char| c.is_whitespace() || ";|&()/\"'".contains(c);
    let words = look.command.iter().flat_map(|word| word.split(is_between));
    let words: Vec<&str> = words.collect();
    let environment = process.environ().unwrap_or_default();
    let has =
        |variable: &str| environment.get(OsStr::new(variable)).is_some_and(|it| !it.is_empty());
    let is_python = |word: &str| of_language(word) == Some(Runtime::Python);
    let runs_python = || is_python(&name) || words.iter().any(|word| is_python(word));
    // stdbuf(1) sets this variable for its program.
    if has("_STDBUF_O")
        || words.windows(2).any(|it| is_python(it[0]) && it[1] == "-u")
        || (has("PYTHONUNBUFFERED") && runs_python())
    {
        return Some(None);
    }
    if WITHOUT_BUFFER.contains(&&*name) {
        return words.iter().find_map(|word| of_language(word)).map(Some);
    }
    let is_libc = |map: &MemoryMap| {
        let MMapPath::Path(path) = &map.pathname else { return false };
        path.to_string_lossy().contains("libc.so")
    };
    let of_c = match process.maps().is_ok_and(|maps| maps.0.iter().any(is_libc)) {
        true => Runtime::C,
        false => Runtime::Static,
    };
    Some(Some(of_language(&name).unwrap_or(of_c)))
}

/// All descendants of this process that hold the other end of this pipe.
pub(super) fn holders(end: &impl AsFd) -> Vec<Named> {
    let inode = Fill::at(end).map(|fill| fill.inode);
    let mut pids: Vec<u32> =
        children_of(getpid()).into_iter().map(|pid| pid.as_raw_pid() as u32).collect();
    let mut holders = Vec::new();
    while let Some(pid) = pids.pop() {
        let Some(look) = Snapshot::at(pid) else {
            continue;
        };
        pids.extend(&look.children);
        let holds = look.holds.iter().flat_map(|it| it.values());
        if holds.into_iter().any(|held| is_pipe(&held.what, inode)) {
            holders.push(Named { role: look.program().to_string(), pid, command: None });
        }
    }
    holders
}

fn pipe_of(look: &Snapshot, fd: i32) -> Option<u64> {
    match look.holds.as_ref()?.get(&fd)?.what {
        What::Pipe(inode) => Some(inode),
        _ => None,
    }
}

fn is_pipe(what: &What, inode: Option<u64>) -> bool {
    matches!(what, What::Pipe(it) if Some(*it) == inode)
}

/// The language whose interpreter this program is.
fn of_language(program: &str) -> Option<Runtime> {
    let known: [(&[&str], Runtime); 5] = [
        (&["python", "pypy"], Runtime::Python),
        (&["ruby"], Runtime::Ruby),
        (&["perl"], Runtime::Perl),
        (&["java"], Runtime::Java),
        (&["mawk", "gawk", "awk"], Runtime::Awk),
    ];
    let is = |names: &[&str]| names.iter().any(|name| program.starts_with(name));
    known.into_iter().find(|(names, _)| is(names)).map(|(_, runtime)| runtime)
}
