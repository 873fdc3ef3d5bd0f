//! Why a program may write nothing although it has printed: what it prints waits in a buffer of its own until that is full,
//! as soon as its stdout is no terminal. Each language has its way out.

use std::os::fd::AsFd;

use procfs::process::Process;

use super::orphans::children_of_this_process;
use crate::both;
use crate::evidence::{Family, Fill, Look, Needs, On, Onlooker, Sight, What};

/// What to do for the program with this PID, by the language in which it, or a child of it, is written. Nothing where
/// someone of them waits for input: such a program may have reason to be silent. `end` is the one from which its stdout is
/// read.
pub(super) fn way_out(pid: u32, end: &impl AsFd) -> Option<String> {
    let its_stdout = Fill::at(end).map(|fill| fill.inode);
    let sight = Sight::of(&Family::Descendants(vec![pid]), Onlooker::Process);
    let stdin = sight.look(pid).and_then(|look| pipe_of(look, 0));
    let waits_for_input = sight.waits().iter().any(|wait| {
        let mut things = wait.things.iter();
        things.any(|it| {
            let is_stdin = stdin.is_some_and(|inode| it.on == On::Pipe(inode));
            it.needs == Needs::Data && is_stdin
        })
    });
    // One that waits for room, or has closed its stdout, is not silent by accident.
    let has_stdout = |look: &Look| {
        let holds = look.holds.as_ref();
        holds.is_none_or(|it| it.values().any(|held| is_pipe(&held.what, its_stdout)))
    };
    if waits_for_input || !sight.family().any(has_stdout) {
        return None;
    }
    let programs = sight.family().filter_map(|look| program(look.pid));
    let ways = programs.filter_map(|program| of_language(&program));
    // Nobody may have come so far yet as to run what its command line names.
    let words = sight.family().flat_map(|look| &look.command);
    let named =
        words.flat_map(|word| word.split(|c: char| c.is_whitespace() || ";|&()/\"'".contains(c)));
    let mut of_named = named.filter_map(of_language);
    Some(ways.last().or_else(|| of_named.next()).unwrap_or_else(of_c))
}

/// Everyone who descends from this process and has the other end of this pipe: names and PIDs.
pub(super) fn holders(end: &impl AsFd) -> Vec<String> {
    let inode = Fill::at(end).map(|fill| fill.inode);
    let mut pids: Vec<u32> = children_of_this_process()
        .map(|pid| pid.as_raw_pid() as u32)
        .collect();
    let mut holders = Vec::new();
    while let Some(pid) = pids.pop() {
        let Some(look) = Look::at(pid) else {
            continue;
        };
        pids.extend(&look.children);
        let holds = look.holds.iter().flat_map(|it| it.values());
        if holds.into_iter().any(|held| is_pipe(&held.what, inode)) {
            let name = look.program();
            holders.push(both!("{name} (PID {pid})", "{name}（PID {pid}）"));
        }
    }
    holders
}

fn pipe_of(look: &Look, fd: i32) -> Option<u64> {
    match look.holds.as_ref()?.get(&fd)?.what {
        What::Pipe(inode) => Some(inode),
        _ => None,
    }
}

fn is_pipe(what: &What, inode: Option<u64>) -> bool {
    matches!(what, What::Pipe(it) if Some(*it) == inode)
}

/// The file that a process runs, without its folder: `python3.11` for a script that begins with `#!`.
fn program(pid: u32) -> Option<String> {
    let file = Process::new(i32::try_from(pid).ok()?).ok()?.exe().ok()?;
    Some(file.file_name()?.to_string_lossy().into_owned())
}

fn of_language(program: &str) -> Option<String> {
    let is = |names: &[&str]| names.iter().any(|name| program.starts_with(name));
    Some(match program {
        _ if is(&["python", "pypy"]) => both!(
            "run it with `python3 -u`, set PYTHONUNBUFFERED=1, or print with flush=True",
            "可以用 `python3 -u` 运行，设置 PYTHONUNBUFFERED=1，或者打印时加上 flush=True"
        ),
        _ if is(&["ruby"]) => both!(
            "let it set `$stdout.sync = true`",
            "可以在程序里设置 `$stdout.sync = true`"
        ),
        _ if is(&["perl"]) => both!("let it set `$| = 1`", "可以在程序里设置 `$| = 1`"),
        _ if is(&["java"]) => both!(
            "let it call System.out.flush() after each line",
            "可以在每一行之后调用 System.out.flush()"
        ),
        _ if is(&["mawk", "gawk", "awk"]) => both!(
            "let it call fflush() after each line",
            "可以在每一行之后调用 fflush()"
        ),
        _ => return None,
    })
}

fn of_c() -> String {
    both!(
        "let it flush after each line, in C with fflush(stdout), or run it with `stdbuf -oL`",
        "可以在每一行之后刷新缓冲区（C 语言用 fflush(stdout)），或者用 `stdbuf -oL` 运行"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{Language, choose};

    #[test]
    fn each_language_has_its_way_out() {
        choose(Language::En);
        for (program, way) in [
            ("python3.11", Some("flush=True")),
            ("pypy3", Some("PYTHONUNBUFFERED=1")),
            ("ruby3.1", Some("$stdout.sync")),
            ("perl", Some("$| = 1")),
            ("mawk", Some("fflush()")),
            ("dash", None),
        ] {
            let said = of_language(program);
            assert_eq!(said.is_some(), way.is_some(), "{program}");
            assert!(said.unwrap_or_default().contains(way.unwrap_or_default()));
        }
        assert!(of_c().contains("stdbuf -oL"));
    }
}
