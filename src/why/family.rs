//! Of which processes a report tells, each below its parent.

use std::collections::BTreeSet;

use crate::both;
use crate::evidence::Look;

use super::Finding;

/// How many processes are told of, of those that are stuck and of those that are not.
const STUCK_TOLD: usize = 40;
const OTHERS_TOLD: usize = 8;
/// How many characters of a command line are shown.
const COMMAND: usize = 60;

/// Whom a report is about: those that are stuck, with some of the others; how far below the first parent each stands.
pub(super) fn told(finding: &Finding) -> Vec<(&Look, usize)> {
    let is_stuck = |look: &Look| finding.graph.is_stuck(look.pid);
    let stuck = finding.sight.looks().filter(|it| is_stuck(it));
    let others = finding.sight.family().filter(|it| !is_stuck(it));
    let mut told: Vec<_> = stuck
        .take(STUCK_TOLD)
        .chain(others.take(OTHERS_TOLD))
        .collect();
    told.sort_by_key(|look| (look.started, look.pid));
    let pids: BTreeSet<u32> = told.iter().map(|look| look.pid).collect();
    let mut ordered = Vec::new();
    let mut next: Vec<(&Look, usize)> = told
        .iter()
        .rev()
        .filter(|look| !pids.contains(&look.parent))
        .map(|look| (*look, 0))
        .collect();
    while let Some((look, depth)) = next.pop() {
        ordered.push((look, depth));
        let mut children: Vec<_> = told.iter().filter(|it| it.parent == look.pid).collect();
        // In the order of their starts, which the kernel keeps: PIDs begin anew when the last one is used up.
        children.sort_by_key(|it| look.children.iter().position(|pid| *pid == it.pid));
        next.extend(children.iter().rev().map(|child| (**child, depth + 1)));
    }
    ordered
}

/// A line for each, with its command line.
pub(super) fn lines(finding: &Finding) -> Vec<String> {
    let told = told(finding);
    let process = |(look, depth): &(&Look, usize)| {
        let command: String = command(look).chars().take(COMMAND).collect();
        format!("  {}{}  {command}", "  ".repeat(*depth), look.pid)
    };
    let mut lines: Vec<_> = told.iter().map(process).collect();
    let more = finding.sight.family().count().saturating_sub(told.len());
    if more > 0 {
        lines.push(both!("  and {more} more", "  另外还有 {more} 个"));
    }
    lines
}

/// The command line, without the folder of its program.
fn command(look: &Look) -> String {
    let arguments = look.command.iter().skip(1).map(String::as_str);
    let words: Vec<_> = std::iter::once(look.program()).chain(arguments).collect();
    words.join(" ")
}
