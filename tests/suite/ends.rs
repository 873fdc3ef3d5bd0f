//! How runs end: children killed, parents killed, processes that can't be started; and no process
//! is left behind.

use std::fs;

use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

use crate::common::*;
use crate::queue::numbers;

/// Runs a lesson and kills a child as soon as `victim` finds its `started` in the log. False if the
/// run was over before.
pub fn kill_child(words: &str, mut victim: impl FnMut(&[Value]) -> Option<&Value>) -> bool {
    let mut running = Running::with_log(words);
    let mut found = victim(&running.log).cloned();
    while found.is_none()
        && let Some(line) = running.line()
    {
        running.log.push(event(&line));
        found = victim(&running.log).cloned();
    }
    let Some(started) = found else {
        assert_eq!(running.finish().code(), 0, "{words}");
        return false;
    };
    // It may have ended by itself just now.
    let _ = kill_process(pid_in(&started["child"]), Signal::KILL);
    let (ended, log) = running.finish_with_log();

    let (role, pid) = (started["child_role"].as_str().unwrap(), &started["child"]);
    let is_exit = |e: &Value| e["event"] == "exited" && e["child"] == *pid;
    if log[position(&log, is_exit)]["status"] == json!({"signal": 9}) {
        assert_eq!(ended.code(), 1, "{ended:?}");
        let cause = format!("{role} (PID {pid}) was killed by SIGKILL (9)");
        // The first line is about the killed child, or about its parent.
        // On a busy machine `cost` may have said before that a Python doesn't answer.
        let mut lines = ended.stderr.lines().filter(|line| !line.ends_with("; it is left out"));
        let first = lines.next().unwrap();
        assert!(first.starts_with("mp-demo: "), "{ended:?}");
        assert!(first.ends_with(&cause), "{ended:?}");
    } else {
        assert_eq!(ended.code(), 0, "{ended:?}");
    }
    for child in children(&log) {
        assert!(!exists(child), "{child:?} is left");
    }
    true
}

/// Sends a signal to the parent of a run twice, and checks that all children end; returns the parent's
/// exit status as a shell has it.
pub fn kill_parent(mut run: Running, signal: Signal) -> i32 {
    let mut log = std::mem::take(&mut run.log);
    run.signal(signal);
    let _ = kill_process(run.pid(), signal);
    let ended = run.finish();
    log.extend(ended.stdout.lines().map(event));
    // It can't reap anybody then.
    let is_sudden = [Signal::KILL, Signal::SEGV, Signal::BUS].contains(&signal);
    for child in children(&log) {
        assert!(ends(child), "{child:?} is left");
        assert!(is_sudden || !exists(child), "{child:?} is left as a zombie");
    }
    ended.code()
}

/// Closes the output of a run: that is no failure, and no process is left.
pub fn close_output(run: Running) {
    let children = children(&run.log);
    let (mut parent, stderr) = run.close_stdout();
    assert!(parent.wait().unwrap().success());
    assert_eq!(stderr.join().unwrap(), "");
    for child in children {
        assert!(!exists(child), "{child:?} is left");
    }
}

/// Long runs: how many children each starts, and the event that says, so many times, that they are
/// at work.
const AT_WORK: [(&str, usize, (usize, &str)); 10] = [
    ("spawn --sleep 1000", 5, (5, "sleep")),
    ("bound --kind io --tasks 1000 --workers 3", 6, (3, "task_start")),
    ("async --wait 1000", 2, (1, "request")),
    ("buffer --speed 0.001", 1, (1, "buffered")),
    ("buffer --to terminal --speed 0.001", 1, (1, "write")),
    ("lock --turns 1000000", 2, (2, "counting")),
    ("lock --turns 1000000 --with lock", 2, (2, "counting")),
    ("lock --turns 1000000 --kind flock", 2, (2, "counting")),
    ("zombie --pause 1000", 1, (1, "sleep")),
    ("zombie --orphan --pause 1000", 2, (1, "sleep")),
];

fn at_work((words, children, (count, event)): (&str, usize, (usize, &str))) -> Running {
    let mut run = Running::with_log(words);
    run.wait_for_several(count, event);
    // A child's first event may stand before its start.
    run.wait_for_several(children, "started");
    run
}

/// Runs, and whom each moment of them may cost his life.
const MAY_BE_KILLED: [(&str, &str); 29] = [
    ("spawn --children 3 --threads 2 --sleep 0.01", "child-2"),
    ("spawn --join each --children 2 --threads 1 --sleep 0", "child-1"),
    ("queue --stop terminate --pause 0.01", "writer"),
    ("queue --stop sentinel --pause 0.01", "writer"),
    ("queue --stop eof --pause 0.01", "writer"),
    ("queue --stop terminate --pause 0.01", "reader"),
    ("queue --stop sentinel --pause 0.01", "reader"),
    ("queue --stop eof --pause 0.01", "reader"),
    ("queue --stop terminate --pause 0.01 --readers 2", "reader-2"),
    ("queue --stop sentinel --pause 0.01 --readers 2", "reader-2"),
    ("queue --stop eof --pause 0.01 --readers 2", "reader-2"),
    ("pipe --speed 100", "writer"),
    ("pipe --speed 100 --reply", "writer"),
    ("memory", "child"),
    ("bound --kind compute --tasks 1 --workers 2", "worker-2"),
    ("bound --kind io --tasks 3 --workers 2 --speed 50", "worker-2"),
    ("bound --kind io --tasks 3 --workers 2 --speed 50", "answerer-2"),
    ("bound --kind io --tasks 3 --workers 2 --speed 50 --with threads", "worker"),
    ("bound --kind io --tasks 3 --workers 2 --speed 50 --with threads", "answerer-1"),
    ("async --customers 2 --wait 0.01", "office"),
    ("async --customers 2 --wait 0.01", "in-line"),
    ("async --customers 2 --wait 0.01", "customer-2"),
    ("async --customers 2 --wait 0.01", "loop"),
    ("async --customers 2 --wait 0.01", "blocked-loop"),
    ("terminate --catch", "child"),
    ("buffer", "child"),
    ("buffer --to terminal --end exit", "child"),
    ("lock --with lock", "child-1"),
    ("lock --kind flock", "child-2"),
];

/// Kills a child at its start in the first run and some events later in each next run, until a run
/// ends before that.
#[test]
fn a_child_may_be_killed_at_any_moment() {
    let step = if is_soak() { 1 } else { 7 };
    at_once(MAY_BE_KILLED, |(words, role)| {
        let (mut moment, mut count) = (0, 0);
        while kill_child(words, |log| {
            let mut started = named(log, "started").into_iter().rev();
            let started = started.find(|started| started["child_role"] == role);
            let started = started.filter(|_| log.len() >= moment)?;
            moment = log.len() + step;
            Some(started)
        }) {
            count += 1;
        }
        assert!(count * step > 5, "{words}: {count}");
    });
}

#[test]
fn the_first_cause_is_named_first() {
    let mut run = Running::with_log("queue --pause 1000 1 2 3 4 5 6 7 8 9");
    let reader = run.wait_for("wait", "reader");
    kill(&reader["pid"], Signal::KILL);
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    // A value may have been on its way, which is a consequence and is told last.
    let stderr = ended.stderr.split("mp-demo: 1 value was put").next().unwrap();
    assert_eq!(letters(stderr), "mp-demo: reader (PID A) was killed by SIGKILL (9)\n");
}

/// None of these would end without the rule that an unwanted end of a child ends the run.
#[test]
fn a_child_that_somebody_kills_ends_every_lesson_soon() {
    for (words, event, role) in [
        ("spawn --children 3 --sleep 80000", "sleep", "child-1"),
        ("spawn --children 3 --sleep 80000 --join each", "sleep", "child-1"),
        ("spawn --children 3 --sleep 80000 --join all", "sleep", "child-3"),
        ("queue --pause 80000", "wait", "reader"),
        ("queue --pause 80000", "sleep", "writer"),
        ("queue --pause 80000 --stop sentinel --readers 2", "wait", "reader-2"),
        ("queue --pause 80000 --stop eof --readers 2", "wait", "reader-1"),
        ("async --wait 80000 --customers 2", "request", "in-line"),
        ("async --wait 80000 --customers 2", "request", "office"),
        ("async --wait 1 --customers 2", "request", "customer-2"),
        ("async --wait 1 --customers 2", "request", "loop"),
        ("async --wait 1 --customers 2", "request", "blocked-loop"),
    ] {
        let mut run = Running::with_log(words);
        let witness = if role == "office" { "in-line" } else { role };
        let mut victim = run.wait_for(event, witness)["pid"].clone();
        let log = run.log.clone();
        let pids = fields(&log, "started", "child");
        if role == "office" {
            victim = pids[0].clone();
        }
        // A stopped process can't end by itself, and has to be killed.
        for other in pids.iter().filter(|pid| **pid != &victim) {
            kill(other, Signal::STOP);
        }
        kill(&victim, Signal::KILL);
        let ended = run.finish();
        assert_eq!(ended.code(), 1, "{words}: {ended:?}");
        let first = format!("mp-demo: {role} (PID {victim}) was killed by SIGKILL (9)\n");
        assert!(ended.stderr.starts_with(&first), "{words}: {ended:?}");
        for pid in pids {
            assert!(!exists(pid_in(pid)), "{words}: {pid} is left");
        }
    }
}

#[test]
fn many_readers_that_ignore_sigterm_have_their_second_at_the_same_time() {
    let script = "trap '' TERM; exec mp-demo queue --readers 8 --pause 0 --json";
    let events = run(&mut shell(script)).events();
    let times = |name| {
        let times = fields(&events, name, "t").into_iter();
        times.map(|t| t.as_f64().unwrap()).collect::<Vec<_>>()
    };
    let (terminated, kills) = (times("terminate")[0], times("kill"));
    assert_eq!(kills.len(), 8);
    // All eight had the same second to end, and not one after the other.
    let [first, last] = [kills[0], kills[7]].map(|t| t - terminated);
    assert!(last < 4.0 * first, "{kills:?}");
}

#[test]
fn a_value_that_was_got_has_its_line_even_if_its_reader_is_terminated() {
    // A value lost in the pipe without a report would show as a gap in the values that were got.
    let words = format!("queue --json --pause 0 {}", numbers(300));
    let got = |_| {
        let events = run_words(&words).events();
        let got = values(&events, "get");
        assert_eq!(got, (0..got.len() as i64).collect::<Vec<_>>());
        got.len()
    };
    // The reader is terminated before its first value in some of these runs, and not in all.
    assert_ne!((0..20).map(got).sum::<usize>(), 0);
}

#[test]
fn the_parents_death_is_told_by_its_status_and_takes_all_children_along() {
    at_once(AT_WORK, |run| {
        for signal in
            [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::USR1, Signal::KILL]
        {
            assert_eq!(kill_parent(at_work(run), signal), 128 + signal.as_raw(), "{run:?}");
        }
    });
}

#[test]
fn nobody_is_left_when_the_output_is_closed() {
    at_once(AT_WORK, |run| close_output(at_work(run)));
}

#[test]
fn a_child_that_is_not_ours_does_no_harm() {
    let script = "sleep 0.05 & exec mp-demo spawn --children 2 --sleep 0.2";
    let ended = run(&mut shell(script)).succeeded();
    assert!(ended.lines().contains(&"Child process end."));
}

#[test]
fn when_descriptors_run_out_the_run_says_so_and_ends() {
    let ended = run(&mut shell("ulimit -n 6; mp-demo queue"));
    assert_eq!(ended.code(), 1);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.contains("Too many open files"), "{ended:?}");
}

#[test]
fn a_child_has_three_descriptors_and_a_command_line_that_reads_well() {
    let script = "exec mp-demo queue --pause 1000 --json A 7</etc/passwd 9>/dev/null";
    let mut run = Running::start(&mut shell(script));
    let reader = run.wait_for("wait", "reader");
    let writer = run.wait_for("sleep", "writer");
    for child in [&reader, &writer] {
        let mut descriptors: Vec<_> = fs::read_dir(format!("/proc/{}/fd", child["pid"]))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        descriptors.sort();
        assert_eq!(descriptors, ["0", "1", "2"]);
    }
    let of_reader = |fd: u32| fs::read_link(format!("/proc/{}/fd/{fd}", reader["pid"])).unwrap();
    let of_writer = |fd: u32| fs::read_link(format!("/proc/{}/fd/{fd}", writer["pid"])).unwrap();
    // The queue is one pipe, the log another; what a child does not use is null.
    assert_eq!(of_reader(0), of_writer(1));
    assert_eq!(of_reader(2), of_writer(2));
    assert_eq!(of_reader(1).to_str(), Some("/dev/null"));
    assert_eq!(of_writer(0).to_str(), Some("/dev/null"));

    let of_writer =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", writer["pid"])).unwrap();
    assert_eq!(of_writer("comm"), "mp-demo\n");
    let command_line = of_writer("cmdline");
    let words: Vec<_> = command_line.trim_end_matches('\0').split('\0').collect();
    assert_eq!(words[..3], ["mp-demo", "child", "queue-writer"]);
    assert_eq!(words[words.len() - 2..], ["--", "A"]);
    run.signal(Signal::TERM);
    run.finish();
}

#[test]
fn the_parents_memory_does_not_grow_with_the_events() {
    let children = if is_soak() { 20 } else { 5 };
    let words = format!("spawn --children {children} --threads 1000 --sleep 0");
    let mut run = Running::with_log(&words);
    let status = format!("/proc/{}/status", run.pid().as_raw_pid());
    let mut events = 0;
    let mut peak_kib = 0;
    while run.line().is_some() {
        events += 1;
        // Near the end of the log the parent may have ended.
        if events % 100 == 1 {
            let status = fs::read_to_string(&status).unwrap_or_default();
            // Without pages of the program's file, which are many in a debug build.
            let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
            let own = own.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok());
            peak_kib = peak_kib.max(own.unwrap_or(0));
        }
    }
    assert!(events > 2_000 * children);
    assert!((1..8 * 1024).contains(&peak_kib), "{peak_kib} KiB");
    run.finish();
}
