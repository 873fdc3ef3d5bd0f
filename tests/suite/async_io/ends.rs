//! How a run of `async` ends when a process is killed while another one is stopped.

use rustix::process::{Signal, kill_process};

use crate::common::*;

#[test]
fn a_killed_process_ends_the_run_though_another_is_stopped() {
    // Each would wait longer than any test takes.
    for (victim, stopped, words) in [
        ("office", "in-line", "async --customers 3 --wait 1000"),
        ("in-line", "office", "async --customers 3 --wait 1000"),
        ("customer-2", "customer-1", "async --customers 2 --wait 2 --speed 4"),
        ("office", "customer-1", "async --customers 2 --wait 2 --speed 4"),
        ("loop", "office", "async --customers 2 --wait 2 --speed 4"),
        ("office", "loop", "async --customers 2 --wait 2 --speed 4"),
        ("blocked-loop", "office", "async --customers 2 --wait 2 --speed 4"),
        ("office", "blocked-loop", "async --customers 2 --wait 2 --speed 4"),
    ] {
        let words = format!("{words} --seed 3 --json");
        let mut run = Running::start(&mut mp_demo(words.split(' ')));
        let mut find = |role: &str| loop {
            let started = named(&run.log, "started");
            let found = started.iter().find(|e| e["child_role"] == role);
            if let Some(found) = found {
                return pid_in(&found["child"]);
            }
            let count = started.len();
            run.wait_for_several(count + 1, "started");
        };
        let (victim_pid, stopped_pid) = (find(victim), find(stopped));
        kill_process(stopped_pid, Signal::STOP).unwrap();
        kill_process(victim_pid, Signal::KILL).unwrap();
        let (ended, log) = run.finish_with_log();
        assert_eq!(ended.code(), 1, "{ended:?}");
        let pid = victim_pid.as_raw_pid();
        let first = format!("mp-demo: {victim} (PID {pid}) was killed by SIGKILL (9)\n");
        assert!(ended.stderr.starts_with(&first), "{ended:?}");
        for event in named(&log, "started") {
            assert!(!exists(pid_in(&event["child"])), "{event} is left");
        }
    }
}
