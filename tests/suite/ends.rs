//! How runs end: children killed, parents killed, processes that can't be started, and nobody left behind.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::common::*;

/// Kills a child at one moment after another, until a run is over before its moment comes.
pub fn kill_at_every_moment(words: &str, role: &str) {
    for moment in 0.. {
        let mut running = Running::start(&mut mp_demo(words.split_whitespace()));
        let mut victim = None;
        while let Some(line) = running.line() {
            let event = event(&line);
            if event["event"] == "started" && event["child_role"] == role {
                victim = Some(pid_in(&event["child"]));
            }
            running.log.push(event);
            if let Some(victim) = victim.filter(|_| running.log.len() >= moment) {
                // It may have ended by itself just now.
                let _ = kill_process(victim, Signal::KILL);
                break;
            }
        }
        let was_over = running.log.len() < moment;
        let (ended, log) = running.finish_with_log();

        let victim = victim.unwrap();
        let exited = &log[position(&log, |e| {
            e["event"] == "exited" && pid_in(&e["child"]) == victim
        })];
        if exited["status"] == json!({"signal": 9}) {
            assert_eq!(ended.code(), 1, "{ended:?}");
            let cause = format!(
                "{role} (PID {}) was killed by SIGKILL (9)",
                victim.as_raw_pid()
            );
            // The first line is about the victim, or about the child whose own child it was.
            let first = ended.stderr.lines().next().unwrap();
            assert!(first.starts_with("mp-demo: "), "{ended:?}");
            assert!(first.ends_with(&cause), "{ended:?}");
        } else {
            assert_eq!(ended.code(), 0, "{ended:?}");
        }
        for child in children(&log) {
            assert!(!exists(child), "{child:?} is left");
        }
        if was_over {
            assert!(moment > 5);
            return;
        }
    }
}

/// Everybody who was started.
pub fn children(log: &[Value]) -> Vec<Pid> {
    named(log, "started")
        .iter()
        .map(|e| pid_in(&e["child"]))
        .collect()
}

#[test]
fn a_child_of_spawn_may_be_killed_at_any_moment() {
    kill_at_every_moment(
        "spawn --json --children 3 --threads 2 --sleep 0.01",
        "child-2",
    );
    kill_at_every_moment(
        "spawn --json --join each --children 2 --threads 1 --sleep 0",
        "child-1",
    );
}

#[test]
fn a_writer_may_be_killed_at_any_moment() {
    for stop in ["terminate", "sentinel", "eof"] {
        kill_at_every_moment(
            &format!("queue --json --stop {stop} --pause 0.01"),
            "writer",
        );
    }
}

#[test]
fn a_reader_may_be_killed_at_any_moment() {
    for stop in ["terminate", "sentinel", "eof"] {
        kill_at_every_moment(
            &format!("queue --json --stop {stop} --pause 0.01"),
            "reader",
        );
        kill_at_every_moment(
            &format!("queue --json --stop {stop} --pause 0.01 --readers 2"),
            "reader-2",
        );
    }
}

#[test]
fn the_child_at_the_other_end_of_a_pipe_may_be_killed_at_any_moment() {
    kill_at_every_moment("pipe --json --speed 100", "writer");
    kill_at_every_moment("pipe --json --speed 100 --reply", "writer");
}

#[test]
fn the_first_cause_is_named_first() {
    let words = "queue --json --pause 0.1 1 2 3 4 5 6 7 8 9";
    let mut run = Running::start(&mut mp_demo(words.split(' ')));
    let reader = run.wait_for("wait", "reader");
    kill_process(pid_in(&reader["pid"]), Signal::KILL).unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    // A value may have been on its way. That is a consequence, so it comes last.
    let stderr = ended.stderr.split("mp-demo: 1 value was put").next();
    snapbox::assert_data_eq!(
        letters(stderr.unwrap()),
        snapbox::str![[r#"
mp-demo: reader (PID A) was killed by SIGKILL (9)
mp-demo: then writer (PID B) ended with exit status 1: cannot put into the queue: it has no reader any more

"#]]
    );
}

#[test]
fn other_readers_go_on_when_one_is_killed() {
    let words = "queue --json --stop eof --readers 3 --pause 0.1 1 2 3 4 5 6 7 8 9";
    let mut run = Running::start(&mut mp_demo(words.split(' ')));
    let victim = run.wait_for("running", "reader-2");
    kill_process(pid_in(&victim["pid"]), Signal::KILL).unwrap();
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 1);
    let survivors = named(&log, "end_of_file");
    assert_eq!(survivors.len(), 2);
    // At most the value that the killed reader had just taken is gone.
    assert!(values(&log, "get").len() >= 8 - 1);
}

#[test]
fn a_reader_that_ignores_sigterm_is_killed_and_that_is_told() {
    let script = "trap '' TERM; exec mp-demo queue --speed 100 --seed 7 --json";
    let ended = run(&mut shell(script));
    assert_eq!(ended.code(), 0);
    let events = ended.events();
    assert_eq!(named(&events, "exited")[1]["status"], json!({"signal": 9}));
    snapbox::assert_data_eq!(
        letters(&ended.stderr),
        snapbox::str![[r#"
mp-demo: reader (PID A) did not end within a second of SIGTERM, so it gets SIGKILL

"#]]
    );
}

#[test]
fn many_readers_that_ignore_sigterm_have_their_second_at_the_same_time() {
    let script = "trap '' TERM; exec mp-demo queue --readers 8 --pause 0 --json";
    let events = run(&mut shell(script)).events();
    let kills: Vec<_> = named(&events, "kill")
        .iter()
        .map(|e| e["t"].as_f64().unwrap())
        .collect();
    let terminated = named(&events, "terminate")[0]["t"].as_f64().unwrap();
    assert_eq!(kills.len(), 8);
    // The eighth was not given seven seconds more than the first.
    assert!(
        kills[7] - terminated < 4.0 * (kills[0] - terminated),
        "{kills:?}"
    );
}

#[test]
fn a_value_that_was_got_has_its_line_even_if_its_reader_is_terminated() {
    // What the pipe has lost and nobody has told would show as a gap: a value got later than one that never was.
    let numbers: Vec<_> = (0..300).map(|n| n.to_string()).collect();
    for _ in 0..20 {
        let args = ["queue", "--json", "--pause", "0"].map(String::from);
        let events = run(&mut mp_demo(args.iter().chain(&numbers))).events();
        let got: Vec<_> = values(&events, "get")
            .iter()
            .filter_map(|v| v.as_u64())
            .collect();
        let expected: Vec<_> = (0..got.len() as u64).collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn a_stopped_reader_is_ended_too() {
    let mut run = Running::start(&mut mp_demo("queue --pause 0.3 --json".split(' ')));
    let reader = run.wait_for("wait", "reader");
    kill_process(pid_in(&reader["pid"]), Signal::STOP).unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("\"event\":\"kill\""));
}

#[test]
fn the_parents_death_is_told_by_its_status_and_takes_all_children_along() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::KILL, 137)] {
        let mut run = Running::start(&mut mp_demo("spawn --sleep 1000 --json".split(' ')));
        run.wait_for_several(5, "started");
        run.wait_for_several(5, "sleep");
        let children = children(&run.log);
        run.signal(signal);
        assert_eq!(run.finish().code(), code);
        for child in children {
            assert!(ends(child), "{child:?} is left");
        }
    }
}

#[test]
fn a_parent_that_ignores_sigchld_refuses_to_begin() {
    for words in ["spawn", "queue", "queue --stop sentinel", "pipe"] {
        let ended = run(&mut shell(&format!("trap '' CHLD; exec mp-demo {words}")));
        assert_eq!(ended.code(), 1, "{words}");
        assert_eq!(
            ended.stderr,
            "mp-demo: SIGCHLD is ignored here, so the system would not tell how children end; \
             start mp-demo from a program that does not ignore it\n"
        );
    }
}

#[test]
fn a_child_that_is_not_ours_does_no_harm() {
    let script = "sleep 0.05 & exec mp-demo spawn --children 2 --sleep 0.2";
    let ended = run(&mut shell(script)).succeeded();
    assert!(ended.lines().contains(&"Child process end."));
}

#[test]
fn when_the_program_is_gone_the_run_says_so_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("mp-demo");
    // By another process: what this one has open for writing, a child that another test starts right now has open
    // too, and then the copy can't be run (ETXTBSY).
    let mut cp = command("cp");
    run(cp.args([PROGRAM, program.to_str().unwrap()])).succeeded();

    // As long as nobody reads, the log fills up and the parent waits, long before it has started all.
    let args = "spawn --children 1000 --sleep 1000 --json".split(' ');
    let mut run = Running::start(command(program.to_str().unwrap()).args(args));
    run.wait_for_several(2, "started");
    fs::remove_file(&program).unwrap();
    let (ended, log) = run.finish_with_log();

    let started = children(&log);
    assert!(started.len() < 1000);
    let role = format!("child-{}", started.len() + 1);
    let path = program.display();
    assert_eq!(ended.code(), 1);
    assert_eq!(
        ended.stderr,
        format!(
            "mp-demo: cannot start {role} ({path}): No such file or directory (os error 2); \
             {} other processes were running and have been ended; put the program back where it was and run it again\n",
            started.len()
        )
    );
    assert!(started.iter().all(|child| !exists(*child)));
}

#[test]
fn when_descriptors_run_out_the_run_says_so_and_ends() {
    let ended = run(&mut shell("ulimit -n 6; mp-demo queue"));
    assert_eq!(ended.code(), 1);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.contains("Too many open files"), "{ended:?}");
}

#[test]
fn a_child_has_three_descriptors_whatever_the_parent_was_started_with() {
    let script = "exec mp-demo queue --pause 1000 --json 7</etc/passwd 9>/dev/null";
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
    run.signal(Signal::TERM);
    run.finish();
}

#[test]
fn a_childs_command_line_reads_well() {
    let mut run = Running::start(&mut mp_demo("queue --pause 1000 --json A".split(' ')));
    let writer = run.wait_for("sleep", "writer");
    let command_line = fs::read_to_string(format!("/proc/{}/cmdline", writer["pid"])).unwrap();
    let words: Vec<_> = command_line.trim_end_matches('\0').split('\0').collect();
    assert_eq!(words[..3], ["mp-demo", "child", "queue-writer"]);
    assert_eq!(words[words.len() - 2..], ["--", "A"]);
    run.signal(Signal::TERM);
    run.finish();
}

#[test]
fn the_parents_memory_does_not_grow_with_the_events() {
    let words = "spawn --children 20 --threads 1000 --sleep 0 --json";
    let mut run = Running::start(&mut mp_demo(words.split(' ')));
    let status = format!("/proc/{}/status", run.pid().as_raw_pid());
    let mut events = 0;
    let mut peak_kib = 0;
    while run.line().is_some() {
        events += 1;
        // Near the end of the log the parent may be gone already.
        if events % 100 == 1 {
            let status = fs::read_to_string(&status).unwrap_or_default();
            // Without the pages of the program's file, of which a debug build has many.
            let own = status
                .lines()
                .find_map(|line| line.strip_prefix("RssAnon:"));
            let own = own.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok());
            peak_kib = peak_kib.max(own.unwrap_or(0));
        }
    }
    assert!(events > 40_000);
    assert!((1..8 * 1024).contains(&peak_kib), "{peak_kib} KiB");
    run.finish();
}
