//! The processes that a report tells of, each below its parent.

use std::collections::{BTreeSet, HashMap};

use crate::both;
use crate::evidence::{Sight, Snapshot};

use super::Diagnosis;
use super::lines::Stacks;

/// The most stuck processes, and the most others, that a report tells of.
const STUCK_TOLD: usize = 40;
const OTHERS_TOLD: usize = 8;
/// How many characters of a command line are shown.
const COMMAND: usize = 60;

/// All processes, each after its parent and in the order of their starts, with their depths in the
/// tree.
pub(super) fn in_order(sight: &Sight) -> Vec<(&Snapshot, usize)> {
    let mut looks: Vec<&Snapshot> = sight.looks().collect();
    looks.sort_by_key(|look| (look.started, look.pid));
    let is_there = |pid: u32| looks.iter().any(|look| look.pid == pid);
    let roots = looks.iter().rev().filter(|look| !is_there(look.parent));
    let mut next: Vec<(&Snapshot, usize)> = roots.map(|look| (*look, 0)).collect();
    let mut children: HashMap<u32, Vec<&Snapshot>> = HashMap::new();
    for look in &looks {
        children.entry(look.parent).or_default().push(look);
    }
    let mut ordered = Vec::new();
    while let Some((look, depth)) = next.pop() {
        ordered.push((look, depth));
        let mut below = children.remove(&look.pid).unwrap_or_default();
        // The kernel's list of children is in the order of their starts. PIDs are not, since they
        // start again from the lowest.
        below.sort_by_key(|it| look.children.iter().position(|pid| *pid == it.pid));
        next.extend(below.into_iter().rev().map(|child| (child, depth + 1)));
    }
    ordered
}

/// The processes that a report tells of: the stuck ones and some of the others.
pub(super) fn told(finding: &Diagnosis) -> Vec<(&Snapshot, usize)> {
    let (mut stuck, mut others) = (0, 0);
    let family: BTreeSet<u32> = finding.sight.family().map(|look| look.pid).collect();
    let mut ordered = in_order(&finding.sight);
    ordered.retain(|(look, _)| {
        let (is_told, count, most) = match finding.graph.is_stuck(look.pid) {
            true => (!look.is_servant(finding.sight.look(look.parent)), &mut stuck, STUCK_TOLD),
            false => (family.contains(&look.pid), &mut others, OTHERS_TOLD),
        };
        *count += usize::from(is_told);
        is_told && *count <= most
    });
    ordered
}

/// A line for each process, with its command line and the target that it runs.
pub(super) fn lines(finding: &Diagnosis, stacks: &Stacks) -> Vec<String> {
    let told = told(finding);
    let process = |(look, depth): &(&Snapshot, usize)| {
        let target = stacks.target(look.pid);
        let target = target.map(|it| format!("  target={it}")).unwrap_or_default();
        format!("  {}{}  {}{target}", "  ".repeat(*depth), look.pid, command(look))
    };
    let mut lines: Vec<_> = told.iter().map(process).collect();
    let more = finding.sight.family().count().saturating_sub(told.len());
    if more > 0 {
        lines.push(both!("  and {more} more", "  另外还有 {more} 个"));
    }
    lines
}

/// The command line, without the folder of its program.
fn command(look: &Snapshot) -> String {
    let arguments = look.command.iter().skip(1).map(String::as_str);
    shortened(&std::iter::once(look.program()).chain(arguments).collect::<Vec<_>>())
}

/// These words in at most [`COMMAND`] characters: paths are shortened in the middle, and what is
/// still too long is cut at its end; a mark shows each cut.
fn shortened(words: &[&str]) -> String {
    let whole = words.join(" ");
    if whole.chars().count() <= COMMAND {
        return whole;
    }
    let words: Vec<_> = words.iter().map(|word| without_middle(word)).collect();
    let short = words.join(" ");
    match short.char_indices().nth(COMMAND) {
        None => short,
        Some(_) => short.chars().take(COMMAND - 3).collect::<String>() + "...",
    }
}

/// `/home/a/b/c/program.py` as `/home/.../program.py`.
fn without_middle(word: &str) -> String {
    let parts: Vec<_> = word.split('/').collect();
    match parts[..] {
        ["", first, _, .., name] if !word.contains(' ') => format!("/{first}/.../{name}"),
        [first, _, _, .., name] if !word.contains([' ', ':']) => format!("{first}/.../{name}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_line_keeps_the_names_of_files_and_shows_where_it_was_cut() {
        let script = format!("home/{}a.py", "folder/".repeat(10));
        for (words, shown) in [
            (["python3", "/a/b/c/d.py"], "python3 /a/b/c/d.py"),
            (["python3", &format!("/{script}")], "python3 /home/.../a.py"),
            (["python3", &script], "python3 home/.../a.py"),
            (["sh", &"é ".repeat(60)], &format!("sh {}...", "é ".repeat(27))),
        ] {
            assert_eq!(shortened(&words), shown);
        }
    }
}
