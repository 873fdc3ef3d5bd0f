//! Why a program may write nothing although it has printed: what it prints waits in a buffer of its
//! own until that is full, as soon as its stdout is no terminal. Each language has its way out.

use std::ffi::OsStr;
use std::os::fd::AsFd;

use procfs::process::{MMapPath, Process};
use rustix::process::getpid;

use crate::events::{Named, Runtime};
use crate::evidence::{
    Family, Fill, From, Need, On, Onlooker, Outside, Sight, Snapshot, SystemCall, Thing,
    ThreadState, Until, What,
};
use crate::multiprocessing::descendants::children_of;

/// How this program and all that descends from it look right now.
pub(super) fn sight(pid: u32) -> Sight {
    Sight::of_family(&Family::Descendants(vec![pid]), Onlooker::Process)
}

/// Whether nobody there has done anything since an earlier look, or is about to.
pub(super) fn does_nothing(sight: &Sight, earlier: &Sight) -> bool {
    let mut threads = sight.family().flat_map(|look| &look.threads);
    threads.all(|thread| thread.state == ThreadState::Waits) && sight.is_of_the_same_family(earlier)
}

/// Whether all that is seen there waits for others. Then the run is stuck, or somebody goes on:
/// that is found out elsewhere.
pub(super) fn waits_for_others(sight: &Sight) -> bool {
    let is_timed =
        |call: &SystemCall| matches!(call.until, Until::Time | Until::Signal | Until::Unknown);
    let mut threads = sight.family().flat_map(|look| &look.threads);
    threads.all(|thread| thread.call.as_ref().is_some_and(|call| !is_timed(call)))
}

/// The language in which the program with this PID, or a child of it, is written. Nothing where it has reason to be silent, as far as one can see: someone of them waits
/// for input, or is stopped; none of them has a buffer, or has been told to do without; or its
/// stdout is closed. `its_stdout` is the inode of the pipe that is its stdout.
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
    let is_silent =
        waits_for_input || sight.family().any(is_stopped) || !sight.family().any(has_stdout);
    if is_silent {
        return None;
    }
    let of = |look: &Snapshot| program(look.pid).and_then(|name| of_program(look, &name));
    let ways: Vec<Way> = sight.family().filter_map(of).collect();
    // Nobody may have come so far yet as to run what its command line names.
    let mut named: Vec<Way> = sight.family().filter_map(of_command_line).collect();
    // A program may have helpers before it begins. What it was told itself counts.
    if named.iter().any(|way| matches!(way, Way::HasNoBuffer)) {
        return None;
    }
    let of_named = named.pop();
    let of_running = ways.iter().rev().find_map(|way| match way {
        Way::Is(runtime) => Some(*runtime),
        Way::HasNoBuffer => None,
    });
    match (of_running, of_named) {
        (Some(runtime), _) | (None, Some(Way::Is(runtime))) => Some(runtime),
        (None, None) if ways.is_empty() => Some(Runtime::C),
        (None, Some(Way::HasNoBuffer) | None) => None,
    }
}

/// The way out of a program's buffer.
enum Way {
    Is(Runtime),
    /// It has none, or does without.
    HasNoBuffer,
}

/// Programs that write at once, or print nothing by themselves.
const WITHOUT_BUFFER: [&str; 8] = ["sh", "bash", "dash", "zsh", "busybox", "sleep", "node", "tail"];

/// The way out for the first program that this command line names and that is known.
fn of_command_line(look: &Snapshot) -> Option<Way> {
    let is_between = |c: char| c.is_whitespace() || ";|&()/\"'".contains(c);
    let words: Vec<&str> = look.command.iter().flat_map(|word| word.split(is_between)).collect();
    let mut named = words.iter().enumerate();
    named.find_map(|(number, word)| {
        let way = of_language(word)?;
        let is_python = word.starts_with("python") || word.starts_with("pypy");
        let does_without =
            words.get(number + 1) == Some(&"-u") || has_variable(look.pid, "PYTHONUNBUFFERED");
        Some(match is_python && does_without {
            true => Way::HasNoBuffer,
            false => Way::Is(way),
        })
    })
}

/// Whether this variable was set for a process, to something.
fn has_variable(pid: u32, variable: &str) -> bool {
    let process = i32::try_from(pid).ok().and_then(|pid| Process::new(pid).ok());
    let environment = process.and_then(|process| process.environ().ok()).unwrap_or_default();
    environment.get(OsStr::new(variable)).is_some_and(|it| !it.is_empty())
}

fn of_program(look: &Snapshot, name: &str) -> Option<Way> {
    let process = Process::new(i32::try_from(look.pid).ok()?).ok()?;
    let has = |variable: &str| has_variable(look.pid, variable);
    let is_python = name.starts_with("python") || name.starts_with("pypy");
    // stdbuf(1) tells its program so.
    let does_without = (is_python
        && (has("PYTHONUNBUFFERED") || look.command.get(1).is_some_and(|it| it == "-u")))
        || has("_STDBUF_O");
    if does_without || WITHOUT_BUFFER.contains(&name) {
        return Some(Way::HasNoBuffer);
    }
    let has_libc = process.maps().is_ok_and(|maps| {
        let mut maps = maps.0.iter();
        maps.any(|map| matches!(&map.pathname, MMapPath::Path(path) if path.to_string_lossy().contains("libc.so")))
    });
    let of_c = if has_libc { Runtime::C } else { Runtime::Static };
    Some(Way::Is(of_language(name).unwrap_or(of_c)))
}

/// Everyone who descends from this process and has the other end of this pipe.
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

/// The file that a process runs, without its folder: `python3.11` for a script that begins with
/// `#!`.
fn program(pid: u32) -> Option<String> {
    let file = Process::new(i32::try_from(pid).ok()?).ok()?.exe().ok()?;
    Some(file.file_name()?.to_string_lossy().into_owned())
}

/// Nothing for one that is in none of these languages.
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
