//! Disk tasks: real files without a name.

use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use rustix::fs::statfs;
use rustix::process::{Signal, kill_process};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use super::pools;
use crate::common::*;

/// A run with this temporary folder.
fn run_in(folder: &Path, words: &str) -> Running {
    let mut command = mp_demo(words.split(' '));
    Running::start(command.env("TMPDIR", folder))
}

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

/// Whether fsync waits in this folder at all: on some file systems and in some containers it
/// doesn't.
fn waits_in(folder: &Path) -> bool {
    let processor_seconds = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let file = tempfile::tempfile_in(folder).unwrap();
    let (start, processor_start) = (Instant::now(), processor_seconds());
    for _ in 0..200 {
        file.write_all_at(&[1; 4096], 0).unwrap();
        file.sync_data().unwrap();
    }
    let used = processor_seconds() - processor_start;
    used < 0.8 * start.elapsed().as_secs_f64()
}

fn is_in_memory(folder: &Path) -> bool {
    const TMPFS: i64 = 0x0102_1994;
    statfs(folder).unwrap().f_type as i64 == TMPFS
}

#[test]
fn disk_tasks_wait_in_each_pool_and_the_verdict_says_how_long() {
    let folder = tempfile::tempdir().unwrap();
    let words = "bound --kind disk --with both --tasks 3 --workers 1,2 --json";
    let events = run_in(folder.path(), words).finish().succeeded().events();
    let mut verdicts = lines_in(&events)
        .into_iter()
        .filter(|line| line.starts_with("With 1 worker, a disk task waited "));
    assert_eq!(pools(&events).len(), 4);
    for pool in pools(&events) {
        assert_eq!(pool[0]["kind"], "disk");
        let done = named(pool, "task_done");
        assert_eq!(done.len(), 3);
        assert!(done.iter().all(|e| e["kind"] == "disk"));
    }
    for row in named(&events, "measured") {
        if row["workers"] == 1 {
            let used = number(row, "processor_seconds") / number(row, "tasks_seconds");
            let waited = format!(
                "With 1 worker, a disk task waited {:.1} % of its time.",
                100.0 * (1.0 - used)
            );
            assert_eq!(verdicts.next(), Some(waited.as_str()));
            assert!(used < 0.95 || !waits_in(folder.path()), "{row}");
        }
    }
    assert!(is_empty(folder.path()));
}

#[test]
fn whoever_is_killed_no_file_is_left() {
    for victim in ["parent", "worker-1"] {
        let folder = tempfile::tempdir().unwrap();
        let words = "bound --kind disk --tasks 1000 --workers 3 --json";
        let mut running = run_in(folder.path(), words);
        running.wait_for_several(3, "task_start");
        running.wait_for("started", "parent");
        assert!(is_empty(folder.path()), "a file has a name");
        let children: Vec<_> =
            named(&running.log, "started").iter().map(|e| pid_in(&e["child"])).collect();
        match victim {
            "parent" => running.signal(Signal::KILL),
            _ => kill_process(children[0], Signal::KILL).unwrap(),
        }
        let ended = running.finish();
        assert_ne!(ended.code(), 0);
        assert!(children.into_iter().all(ends));
        assert!(is_empty(folder.path()));
    }
}

#[test]
fn a_folder_in_memory_is_told_as_the_reason() {
    let temporary = tempfile::tempdir().unwrap();
    for folder in [temporary.path(), Path::new("/dev/shm")] {
        if !folder.is_dir() {
            continue;
        }
        let words = "bound --kind disk --tasks 1 --workers 1";
        let ended = run_in(folder, words).finish().succeeded();
        let reason =
            "The temporary folder is in memory (tmpfs), so these tasks waited for no disk.";
        assert_eq!(ended.lines().contains(&reason), is_in_memory(folder), "{ended:?}");
    }
}

#[test]
fn without_a_folder_there_is_one_error() {
    let ended = run_in(Path::new("/nowhere"), "bound --kind disk").finish();
    assert_eq!((ended.code(), ended.stdout.as_str()), (1, ""), "{ended:?}");
    let error = "mp-demo: cannot create a file in the temporary folder (`TMPDIR` chooses another): \
                 No such file or directory";
    assert!(ended.stderr.starts_with(error), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1);
}

#[test]
fn both_means_compute_and_io_and_all_means_disk_too() {
    for (words, kinds) in [
        ("", &["compute", "io"][..]),
        ("--kind both", &["compute", "io"]),
        ("--kind all", &["compute", "io", "disk"]),
    ] {
        let words = format!("bound {words} --tasks 1 --workers 1 --speed 50 --json");
        let events = run_words(&words).succeeded().events();
        let measured: Vec<_> =
            named(&events, "measured").iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(measured, kinds);
    }
}

#[test]
fn a_disk_worker_may_be_started_by_hand() {
    let task = json!({"task": 1, "work": {"write_blocks": 3}});
    let by_hand = |kind| {
        let script = format!("echo '{task}' | mp-demo child bound-worker --kind {kind}");
        run(&mut shell(&script))
    };
    let ended = by_hand("disk").succeeded();
    assert_eq!(event(ended.lines()[1])["done"]["answer"], 3);

    let ended = by_hand("compute");
    assert_eq!(ended.code(), 1);
    assert_eq!(
        ended.stderr,
        "mp-demo: this worker can't do such a task; start it with --kind disk\n"
    );
}
