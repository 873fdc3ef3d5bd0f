//! Runs in which no process can go on, and runs that only look so.

use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::common::*;

/// What a run shows, first on stdout, then on stderr, with letters for PIDs. Columns are as wide as
/// the PIDs are long.
fn screen(ended: &Ended) -> String {
    let text = letters(&format!("{}{}", ended.stdout, ended.stderr));
    let words = |line: &str| {
        let indent = if line.starts_with("  ") { "  " } else { "" };
        let columns: Vec<_> = line.split("  ").map(str::trim).collect();
        let columns: Vec<_> = columns.into_iter().filter(|it| !it.is_empty()).collect();
        format!("{indent}{}\n", columns.join("  "))
    };
    text.lines().map(words).collect()
}

/// Runs it with a short patience; its status is 0.
fn stuck(words: &str) -> String {
    let ended = run_words(&format!("{words} --patience 0.1 --speed 100"));
    assert_eq!(ended.code(), 0, "{words}: {ended:?}");
    screen(&ended)
}

#[test]
fn who_joins_before_he_receives_waits_for_a_child_whose_pipe_is_full() {
    snapbox::assert_data_eq!(
        stuck("pipe --bytes 65537"),
        snapbox::str![[r#"
Parent process A
Process to write: B
Deadlock: no process can go on. Who waits for whom:
  parent A  in join()  waits for writer B to end
  writer B  in send()  waits for room: its pipe holds 65,536 of 65,536 bytes, and only parent A could take some
A circle: parent -> writer -> parent. In CPython this program waits for ever.
(In CPython, a one-way pipe has room for a message of 65,532 bytes; a two-way one, which is a socket, has the size net.core.wmem_default: usually 219,264.)
Receive before you join: mp-demo pipe --bytes 65537 --join last
mp-demo ends the run.

"#]]
    );
}

#[test]
fn who_keeps_the_childs_end_waits_for_an_end_of_file_that_only_he_could_bring() {
    let kept = r#"
Parent process A
Process to write: B
No process can go on. Who waits for whom:
  parent A  in recv()  waits for a value or end-of-file, which only it could bring
A dead end: what is waited for can't come any more. In CPython this program waits for ever.
Close the end that the child has got: mp-demo pipe --join last --receive all
mp-demo ends the run.
"#;
    for words in ["", " --simplex", " --join last"] {
        let words = format!("pipe --receive all --keep-end{words}");
        assert_eq!(stuck(&words), kept.trim_start(), "{words}");
    }
    // Without it, end-of-file comes.
    let events = log_of("pipe --receive all --speed 100");
    assert_eq!(named(&events, "end_of_file").len(), 1);
}

#[test]
fn each_mistake_is_named_with_what_repairs_it() {
    let ever = "In CPython this program waits for ever.\n";
    for (words, waits, end) in [
        (
            "pipe --reply --join first",
            "writer B  in recv()  waits for a value, which only parent A could bring\n",
            "A circle: parent -> writer -> parent. EVERReply before you join: mp-demo pipe --reply \
             --join last\n",
        ),
        (
            "queue --stop none A",
            "in get()  waits for a value, which only parent A could bring\n",
            "A circle: parent -> reader -> parent. EVERTell the readers that nothing more will \
             come: mp-demo queue --stop sentinel\n",
        ),
        (
            "queue --stop eof --keep-end A",
            "in get()  waits for a value, which only parent A could bring\n",
            "A circle: parent -> reader -> parent. EVER(CPython's Queue has no end-of-file, as each \
             reader has a put end itself: put sentinels there.)\nClose the put end: mp-demo queue \
             --stop eof\n",
        ),
        (
            "queue --stop sentinel --sentinels 1 --readers 2 A",
            "in get()  waits for a value, which only parent A could bring\n",
            "EVERPut a sentinel for each reader: mp-demo queue --readers 2 --stop sentinel\n",
        ),
        (
            "queue --lock --kill reader-1 A",
            "in acquire()  waits for the lock, which reader-1 B had when it was killed\n",
            "A dead end: reader-1 had the lock when it died, and no other process releases it. EVERDon't \
             kill a process that may have a lock; or do without the lock: mp-demo queue --readers 2 \
             --kill reader-1\n",
        ),
    ] {
        let shown = stuck(words);
        // One of two readers, where there are two.
        assert_eq!(shown.matches(waits).count(), 1, "{shown}");
        let end = format!("{}mp-demo ends the run.\n", end.replace("EVER", ever));
        assert!(shown.contains(&end), "{shown}");
    }
}

#[test]
fn without_a_lock_a_killed_reader_harms_nobody() {
    for readers in [1, 2, 3] {
        let role = if readers == 1 { "reader".into() } else { format!("reader-{readers}") };
        let words = format!("queue --readers {readers} --kill {role} --speed 100 --json");
        let ended = run_words(&words);
        assert_eq!(ended.code(), 0, "{ended:?}");
        let events = ended.events();
        let got = values(&events, "get").len();
        assert_eq!(got, if readers == 1 { 0 } else { 3 }, "{words}");
    }
}

#[test]
fn readers_with_a_lock_take_turns() {
    let events = log_of("queue --lock --readers 3 --stop eof --pause 0 1 2 3 4 5 6 7 8 9");
    let mut holder = Value::Null;
    for event in &events {
        match event["event"].as_str().unwrap() {
            "acquired" => {
                assert!(holder.is_null(), "{event}");
                holder = event["pid"].clone();
            }
            "get" => assert_eq!(holder, event["pid"], "{event}"),
            "release" => holder = Value::Null,
            _ => {}
        }
    }
    assert_eq!(values(&events, "get").len(), 9);
}

#[test]
fn a_slow_reader_loses_values_in_every_run() {
    let events = run_words("queue --take 3 --speed 2 --json").events();
    assert_eq!(values(&events, "put").len(), 3);
    assert_eq!(values(&events, "get"), [&json!("A")]);
}

#[test]
fn a_reader_that_leaves_an_empty_queue_leaves_too_early() {
    let events = run_words("queue --stop empty --seed 1 --pause 2 --json").events();
    let left = position(&events, |e| e["event"] == "empty");
    let last_put = events.iter().rposition(|e| e["event"] == "put").unwrap();
    assert!(left < last_put);
    assert!(values(&events, "get").len() < 3);
}

#[test]
fn the_last_child_may_be_the_first_to_end() {
    let events = log_of("spawn --sleep 2,2,2,2,0.5 --speed 5 --threads 1");
    let sleeps = fields(&events, "sleep", "seconds");
    assert_eq!(sleeps.iter().filter(|it| ***it == json!(0.4)).count(), 4);
    assert_eq!(sleeps.iter().filter(|it| ***it == json!(0.1)).count(), 1);
    let after = position(&events, |e| e["event"] == "after_join");
    let ended = events[..after].iter().filter(|e| e["event"] == "ended");
    assert_eq!(ended.count(), 1);
}

#[test]
fn the_log_has_the_evidence_and_a_recording_shows_the_same() {
    let words = "pipe --bytes 70000 --patience 0.1 --json";
    let ended = run_words(words);
    let events = ended.events();
    let stuck = named(&events, "stuck")[0];
    let (parent, writer) = (&events[0]["pid"], &named(&events, "started")[0]["child"]);
    assert_eq!(stuck["circle"], json!([parent, writer]));
    assert_eq!(stuck["mistake"], "join_before_receive");
    assert_eq!(stuck["waits"][1]["bytes"], 65_536);
    assert_eq!(stuck["waits"][1]["on"], "pipe");
    assert_eq!(stuck["waits"][1]["kernel"], "write");
    assert_eq!(stuck["waits"][1]["of"], json!([{"pid": parent, "role": "parent"}]));

    let shown = view_log(&ended.stdout, &["--timeline"]);
    let explained = shown.stderr.strip_prefix(&ended.stderr);
    assert!(explained.is_some(), "{shown:?}\n{ended:?}");
    assert!(shown.stdout.contains("8 no process can go on"), "{}", shown.stdout);
    // It wrote no event after its `send`, and it was stopped.
    assert!(shown.stdout.contains("v-----"), "{}", shown.stdout);
    let chinese = view_log(&ended.stdout, &["--lang", "zh"]);
    assert!(chinese.stderr.contains("形成了环，也就是死锁"), "{}", chinese.stderr);
    assert!(chinese.stderr.contains("先接收，再 join"), "{}", chinese.stderr);

    // Another version may know mistakes that this one doesn't know: nothing is said of them.
    let log = ended.stdout.replace("join_before_receive", "something_new");
    let unknown = view_log(log, &[]);
    assert!(unknown.stderr.contains("A circle: parent -> writer"), "{}", unknown.stderr);
    assert!(!unknown.stderr.contains("Receive before you join"), "{}", unknown.stderr);
    assert!(!unknown.stderr.contains("219,264"), "{}", unknown.stderr);
}

#[test]
fn a_stopped_child_is_named_once_and_waited_for() {
    let mut run =
        Running::start(&mut mp_demo(["pipe", "--join", "last", "--json", "--patience", "0.1"]));
    let writer = run.wait_for("sleep", "writer");
    kill(&writer["pid"], Signal::STOP);
    let stopped = run.wait_for("stopped", "parent");
    assert_eq!(stopped["signal"], 19);
    kill(&writer["pid"], Signal::CONT);
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(named(&log, "stuck").is_empty());
    let pid = &writer["pid"];
    assert_eq!(
        ended.stderr,
        format!(
            "mp-demo: writer (PID {pid}) was stopped by SIGSTOP (19); the run waits for it; \
             `kill -CONT {pid}` lets it go on\n"
        )
    );
}

#[test]
fn whoever_sleeps_or_is_stopped_is_not_stuck() {
    for words in [
        "spawn --children 2 --threads 1 --sleep 1.2",
        "queue --pause 1.2 --stop eof A B",
        "pipe",
        "async --customers 1 --wait 1",
        "bound --kind io --tasks 1 --workers 1 --speed 0.1",
    ] {
        let events = log_of(&format!("{words} --patience 0 --seed 1"));
        assert!(named(&events, "stuck").is_empty(), "{words}");
    }
}

#[test]
fn patience_may_never_end() {
    let mut run = Running::with_log("pipe --bytes 65537 --patience never");
    run.wait_for("join", "parent");
    run.wait_for("send", "writer");
    // The parent's main thread waits for events in ppoll(2), whose third argument is how long: for
    // ever.
    let syscall = format!("/proc/{}/syscall", run.pid().as_raw_pid());
    loop {
        let call = std::fs::read_to_string(&syscall).unwrap();
        let words: Vec<_> = call.split_whitespace().collect();
        if words[0].parse::<u64>().is_ok_and(|_| words[3] == "0x0") {
            break;
        }
        std::thread::yield_now();
    }
    let children = children(&run.log);
    run.signal(Signal::TERM);
    assert_eq!(run.finish().code(), 128 + 15);
    assert!(children.into_iter().all(ends));
}

#[test]
fn a_stopped_child_of_a_child_is_named_and_waited_for() {
    let words = "bound --kind io --tasks 1 --workers 1 --patience 0 --speed 0.1";
    let mut run = Running::with_log(words);
    run.wait_for("task_start", "worker");
    let answerer = run.wait_for("started", "worker")["child"].clone();
    kill(&answerer, Signal::STOP);
    let stopped = run.wait_for("stopped", "parent");
    assert_eq!((&stopped["child"], &stopped["signal"]), (&answerer, &json!(19)));
    kill(&answerer, Signal::CONT);
    let (ended, log) = run.finish_with_log();
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(named(&log, "stuck").is_empty());
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    assert_refused("queue --kill reader-3 --readers 2", "this run has 2: `reader-1` to `reader-2`");
    assert_refused("queue --kill writer", "not `writer`");
    assert_refused("queue --sentinels 1", "--sentinels goes with --stop sentinel");
    assert_refused("queue --stop sentinel --sentinels 2", "no reader takes a second one: 0 to 1");
    assert_refused("queue --keep-end", "--keep-end goes with --stop eof");
    assert_refused("pipe --bytes 4", "expected a whole number from 5 to 10000000");
    assert_refused("pipe --bytes 9 A", "cannot be used with");
    assert_refused(
        "pipe --patience soon",
        "expected a number of seconds from 0 to 86400, or `never`",
    );
}

#[test]
fn where_the_kernel_does_not_tell_it_goes_by_the_log() {
    if !rustix::process::geteuid().is_root() || !has("setpriv") {
        skipped("only root can be somebody else");
        return;
    }
    // A process whose program the user may not read is hidden from the user in /proc.
    let folder = tempfile::tempdir().unwrap();
    let program = copied(&folder);
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(folder.path(), 0o755);
    allow(program.as_ref(), 0o111);
    let run_as_nobody = |words: &str| {
        let mut command = command("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(&program).args(words.split(' '));
        run(command.args(["--patience", "0.1", "--speed", "50"]).current_dir("/"))
    };
    let ended = run_as_nobody("pipe --bytes 65537");
    assert_eq!(ended.code(), 0, "{ended:?}");
    let shown = screen(&ended);
    assert!(
        shown.contains(
            "  writer B  in send()  waits for room: its pipe is full, and only parent A could take some\n\
             A circle: parent -> writer -> parent."
        ),
        "{shown}"
    );
    let caveat = "The kernel does not tell everything here, so part of this goes by the log.\n";
    assert!(shown.contains(caveat), "{shown}");
    // There, too, a process that can go on is not called stuck.
    let ended = run_as_nobody("spawn --children 2 --threads 2 --sleep 40");
    assert!(!ended.stderr.contains("process can go on"), "{ended:?}");
    assert_eq!(ended.code(), 0, "{ended:?}");
}
