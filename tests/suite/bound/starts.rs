//! Runs in which a thread can't be started.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use serde_json::Value;

use crate::common::*;

/// How runs with forty threads end without address space for all of their stacks, of 2 MiB each.
/// Under some limits another allocation fails, which ends a process by SIGABRT.
fn runs_without_room(words: &str) -> Vec<Ended> {
    let runs = [45_000, 60_000].map(|kib| {
        let script = format!("ulimit -v {kib}; exec mp-demo {words} --with threads --workers 40");
        run(&mut shell(&script))
    });
    runs.into_iter().filter(|run| !run.stderr.contains("SIGABRT")).collect()
}

#[test]
fn a_thread_for_which_there_is_no_room_ends_the_run() {
    for kind in ["compute", "disk", "io --speed 50"] {
        let runs = runs_without_room(&format!("bound --kind {kind} --tasks 2 --json"));
        assert!(!runs.is_empty(), "all of them were killed");
        for ended in runs {
            assert_eq!(ended.code(), 1, "{ended:?}");
            let events = ended.events();
            let is_worker = |e: &&&Value| e["child_role"] == "worker";
            let worker = named(&events, "started");
            let worker = pid_in(&worker.iter().find(is_worker).unwrap()["child"]);
            let cause = format!(
                "mp-demo: worker (PID {worker}) ended with exit status 1: cannot start thread "
            );
            let number = ended.stderr.strip_prefix(&cause);
            let number = number.and_then(|rest| {
                let (number, rest) = rest.split_once(" of 40: Resource temporarily unavailable")?;
                assert!(rest.contains("; ask for fewer, or raise the limit"));
                number.parse::<u16>().ok()
            });
            assert!(number.is_some_and(|number| number <= 40), "{ended:?}");
            assert!(!exists(worker), "{worker:?} is left");
        }
    }
}

/// Processes that belong to this user.
fn processes_of(user: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let theirs = processes.filter(|entry| entry.metadata().is_ok_and(|entry| entry.uid() == user));
    theirs
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

#[test]
fn a_user_who_may_have_few_processes_gets_one_error_at_whichever_start_fails() {
    if !rustix::process::getuid().is_root() || !has("setpriv") {
        skipped("only root can become a user who has no other processes");
        return;
    }
    // A user ID that nobody else uses, in a folder that everybody may enter.
    let user = 60_000 + std::process::id() % 5_000;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = copied(&folder);

    for words in [
        "bound --kind compute --tasks 1 --workers 2",
        "bound --kind compute --tasks 1 --workers 3 --with threads",
        "bound --kind io --tasks 2 --workers 2 --speed 50",
        "bound --kind io --tasks 2 --workers 2 --with threads --speed 50",
        "async --customers 2 --wait 0.01",
        "spawn --children 2 --threads 2 --sleep 0",
    ] {
        let limited = |limit| {
            run(&mut shell(&format!(
                "ulimit -u {limit}; \
                 exec setpriv --reuid={user} --regid={user} --clear-groups {program} {words}"
            )))
        };
        for limit in 1..10 {
            let ended = limited(limit);
            let failed = !ended.stderr.is_empty();
            assert_eq!(ended.code(), i32::from(failed), "{limit} {words}: {ended:?}");
            let first = ended.stderr.lines().next();
            assert_eq!(
                first.is_some_and(|first| first.contains("cannot start ")),
                failed,
                "{limit} {words}: {ended:?}"
            );
            assert!(
                ended.stderr.lines().all(|line| line.starts_with("mp-demo: ")),
                "{limit} {words}: {ended:?}"
            );
            assert!(failed || limit > 3, "{words}: {ended:?}");
            assert_eq!(processes_of(user), [""; 0], "{limit} {words}: {ended:?}");
        }
        limited(50).succeeded();
    }
}
