//! Whether a program prints what a lesson prints: from each process the same lines in the same
//! order. How the lines of different processes are mixed is up to the kernel, so any mixture will
//! do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::common::*;

/// Stands where a process prints its own PID.
const OWN_PID: &str = "{PID}";

/// A process of a lesson, with the lines that it has yet to print.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speaker {
    /// Its PID in the program's run, once that is known.
    pid: Option<String>,
    /// The lines of each of its threads.
    threads: Vec<VecDeque<String>>,
    /// Whether a signal ends it: the program may then end it at an earlier line.
    may_be_cut_short: bool,
}

/// The processes that print something in a lesson's log.
pub fn speakers(log: &[Value]) -> Vec<Speaker> {
    let mut threads: BTreeMap<_, BTreeMap<_, VecDeque<String>>> = BTreeMap::new();
    for event in log {
        if let Some(line) = event["line"].as_str() {
            let pid = event["pid"].to_string();
            let line = with_own_pid(&without_address(line), &pid);
            let of_process = threads.entry(pid).or_default();
            let of_thread = of_process.entry(event["thread"].to_string()).or_default();
            of_thread.push_back(line);
        }
    }
    let ended_by_signal = |pid: &String| {
        let terminated = named(log, "terminate").into_iter();
        terminated.chain(named(log, "kill")).any(|e| e["child"].as_u64() == pid.parse().ok())
    };
    let speakers = threads.into_iter().map(|(pid, threads)| Speaker {
        pid: None,
        threads: threads.into_values().collect(),
        may_be_cut_short: ended_by_signal(&pid),
    });
    speakers.collect()
}

/// The line with a mark in place of the first number that is this PID.
fn with_own_pid(line: &str, pid: &str) -> String {
    let is_pid = |(at, _): &(usize, &str)| {
        let (before, behind) = (&line[..*at], &line[at + pid.len()..]);
        let is_digit = |c: char| c.is_ascii_digit();
        !before.ends_with(is_digit) && !behind.starts_with(is_digit)
    };
    match line.match_indices(pid).find(is_pid) {
        Some((at, _)) => format!("{}{OWN_PID}{}", &line[..at], &line[at + pid.len()..]),
        None => line.to_owned(),
    }
}

/// A line that a program printed, and the PID of its process where that is known.
pub type Said = (Option<String>, String);

/// Checks that a program has printed the lines of these processes, all of them and no others.
#[track_caller]
pub fn assert_said(program: &[Said], by: &[Speaker]) {
    let is_known = program.iter().all(|(pid, _)| pid.is_some());
    let mut whole = by.to_vec();
    if !is_known {
        whole = by.iter().flat_map(by_lines_alone).collect();
    }
    whole.sort();
    // All states that the lines so far may have led to.
    let mut states = BTreeSet::from([whole]);
    for said in program {
        let next: BTreeSet<_> = states.iter().flat_map(|state| after(state, said)).collect();
        assert!(!next.is_empty(), "who says {said:?}? {program:#?} {by:#?}");
        states = next;
    }
    let is_all = |speaker: &Speaker| {
        speaker.may_be_cut_short || speaker.threads.iter().all(VecDeque::is_empty)
    };
    let is_end = |state: &Vec<Speaker>| state.iter().all(is_all);
    assert!(states.iter().any(is_end), "not all is said: {program:#?} {by:#?}");
}

/// If no line of a process has its PID, nothing ties its threads together: each becomes a speaker
/// of its own.
fn by_lines_alone(speaker: &Speaker) -> Vec<Speaker> {
    let mut lines = speaker.threads.iter().flatten();
    if lines.any(|line| line.contains(OWN_PID)) {
        return vec![speaker.clone()];
    }
    let threads = speaker
        .threads
        .iter()
        .map(|lines| Speaker { threads: vec![lines.clone()], ..speaker.clone() });
    threads.collect()
}

/// The states after this line: one for each thread that may have printed it.
fn after(state: &[Speaker], (pid, line): &Said) -> Vec<Vec<Speaker>> {
    let mut all = Vec::new();
    for (index, speaker) in state.iter().enumerate() {
        for (thread, lines) in speaker.threads.iter().enumerate() {
            let known = pid.as_deref().or(speaker.pid.as_deref());
            let told = lines.front().and_then(|expected| says(expected, line, known));
            let Some(pid) = told else { continue };
            let is_taken = pid.is_some() && state.iter().any(|other| other.pid == pid);
            if speaker.pid != pid && (speaker.pid.is_some() || is_taken) {
                continue;
            }
            let mut next = state.to_vec();
            next[index].pid = pid;
            next[index].threads[thread].pop_front();
            next[index].threads.sort();
            next.sort();
            all.push(next);
        }
    }
    all
}

/// If `line` is the expected one, of the process with the `known` PID, returns the PID where it is
/// known now.
fn says(expected: &str, line: &str, known: Option<&str>) -> Option<Option<String>> {
    let Some((start, end)) = expected.split_once(OWN_PID) else {
        return (line == expected).then(|| known.map(str::to_owned));
    };
    let pid = line.strip_prefix(start)?.strip_suffix(end)?;
    let is_number = !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && known.is_none_or(|known| known == pid)).then(|| Some(pid.to_owned()))
}
