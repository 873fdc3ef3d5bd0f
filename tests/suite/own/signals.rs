//! Signals that reach such programs.

use serde_json::json;

use super::{own, run_own};
use crate::common::*;

/// A run in which the reader is terminated, but not before it has said that it is ready.
fn terminated(reader: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo A; while [ ! -e ready ]; do sleep 0.01; done'";
    let mut command =
        own(&["queue", "--writer", writer, "--reader", reader, "--stop", "terminate", "--json"]);
    let ended = run(command.current_dir(folder.path()));
    assert_eq!(ended.code(), 0, "{ended:?}");
    ended
}

#[test]
fn sigterm_reaches_the_reader_itself() {
    let ended = terminated(
        "sh -c 'trap \"echo cleaning up >&2; exit 0\" TERM; touch ready; while read -r line; do echo $line; done'",
    );
    let log = ended.events();
    let signals = named(&log, "terminate");
    let roles: Vec<_> = signals.iter().map(|it| it["child_role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["reader", "reader-command"]);
    assert!(ended.stderr.lines().any(|it| it == "cleaning up"), "{ended:?}");
    // The go-between dies of it, as the article's reader does.
    let exits = named(&log, "exited");
    let of =
        |role: &str| exits.iter().find(|it| it["child_role"] == role).unwrap()["status"].clone();
    assert_eq!((of("reader"), of("reader-command")), (json!({"signal": 15}), json!({"code": 0})));
}

#[test]
fn a_reader_that_ignores_sigterm_gets_sigkill_and_its_name() {
    let reader = "sh -c 'trap \"\" TERM; touch ready; while :; do sleep 1; done'";
    let told = letters(&terminated(reader).stderr);
    let expected = format!(
        "mp-demo: reader-command (PID A, `{reader}`) did not end within a second of SIGTERM, so it gets SIGKILL\n"
    );
    assert!(told.contains(&expected), "{told}");
    // The process between has time for that: it is not killed itself.
    assert_eq!(told.matches("SIGKILL").count(), 1, "{told}");
}

#[test]
fn a_value_that_a_terminated_reader_has_not_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let writer = "sh -c 'echo A; while [ ! -e ready ]; do sleep 0.01; done'";
    let reader = "sh -c 'touch ready; sleep 1000'";
    let mut command =
        own(&["queue", "--writer", writer, "--reader", reader, "--stop", "terminate"]);
    let ended = run(command.current_dir(folder.path()));
    let told = "`) was sent SIGTERM before it had read the value that waits on its stdin\n";
    assert!(ended.code() == 0 && ended.stderr.contains(told), "{ended:?}");
    let value = "taken from the queue, and not read by the program: \"A\"\n";
    assert!(ended.stderr.ends_with(value), "{ended:?}");
}

#[test]
fn the_notes_say_who_passes_a_signal_on() {
    let log = made_up(
        r#"0.1 1 parent started "child":2,"child_role":"reader","stdin":"queue"
        0.2 2 reader started "child":3,"child_role":"reader-command","foreign":true,"command":"cat"
        0.3 1 parent terminate "child":2,"child_role":"reader"
        0.4 2 reader terminate "child":3,"child_role":"reader-command""#,
    );
    let notes = words_of(&view_log(log, &["--explain", "--lang", "en"]).stderr);
    for note in [
        "reader (PID 2), which passes it on to the command that it has started",
        "reader (PID 2) passes SIGTERM on to reader-command (PID 3)",
    ] {
        assert!(notes.contains(note), "{notes}");
    }
    assert!(!notes.contains("loop is endless"), "{notes}");
    let notes = run_own(&["queue", "--reader", "true", "X", "--explain"]).stderr;
    assert!(!words_of(&notes).contains("--kill"), "{notes}");
}
