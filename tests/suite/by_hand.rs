//! `mp-demo child`, started by a person in a shell.

use crate::common::*;

#[test]
fn a_shell_pipeline_is_the_queue_lesson() {
    let ended = run(&mut shell(
        "mp-demo child queue-writer --speed 100 A B C | mp-demo child queue-reader; \
         echo ${PIPESTATUS[@]}",
    ));
    assert_eq!(ended.stdout, "0 0\n");
    let expected = "\
Process to read: B
Process to write: A
Put A to queue...
Get A from queue.
Put B to queue...
Get B from queue.
Put C to queue...
Get C from queue.";
    let first = ended.stderr.find("read: ").unwrap() < ended.stderr.find("write: ").unwrap();
    let expected = match first {
        true => expected.replace("read: B", "read: A").replace("write: A", "write: B"),
        false => expected.to_owned(),
    };
    assert_same_lines(&ended.stderr, &expected);
}

#[test]
fn rubbish_on_a_childs_stdin_is_one_error_that_names_the_line() {
    for (script, expected) in [
        (
            r"printf '1\n[2,\n3\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 2 is no JSON value: EOF while parsing a value at column 0",
        ),
        (
            r"printf '\377\376\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 1 is no JSON value: expected value at column 1",
        ),
        (
            "printf '1\\n2' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 2 ends before its newline",
        ),
        (
            "yes | tr -d '\\n' | mp-demo child queue-reader",
            "mp-demo: cannot get from the queue: line 1 is longer than 4096 bytes",
        ),
        (
            "echo oops | mp-demo child pipe-writer --reply >/dev/null",
            "mp-demo: cannot receive from the pipe: line 1 is no JSON value: expected value at column 1",
        ),
        (
            "mp-demo child pipe-writer --reply </dev/null >/dev/null",
            "mp-demo: cannot receive: the other end of the pipe is closed (EOFError in Python)",
        ),
        (
            "mp-demo child queue-writer A B | :",
            "mp-demo: cannot put into the queue: it has no reader any more",
        ),
    ] {
        let ended = run(&mut shell(&format!("set -o pipefail; {script}")));
        assert_eq!(ended.stderr.lines().last(), Some(expected), "{script}");
        assert_eq!(ended.stderr.matches("mp-demo: ").count(), 1, "{script}");
        assert_eq!(ended.stdout, "", "{script}");
        assert_eq!(ended.code(), 1, "{script}");
    }
}

#[test]
fn a_reader_by_hand_gets_everything_and_ends_at_end_of_file() {
    let ended = run(&mut shell(
        "mp-demo child queue-writer --pause 0 1 2 3 | { mp-demo child queue-reader; cat; }; \
         echo ${PIPESTATUS[@]}",
    ));
    assert_eq!(ended.stdout, "0 0\n");
    assert!(ended.stderr.contains("Get 3 from queue."));
}

#[test]
fn what_is_no_lock_is_not_taken_for_one() {
    for null in ["1<>/dev/null", ">/dev/null"] {
        let ended = run(&mut shell(&format!("echo 1 | mp-demo child queue-reader --lock {null}")));
        assert_eq!(ended.code(), 1, "{null}: {ended:?}");
        assert!(ended.stderr.contains("cannot use the lock"), "{ended:?}");
    }
}
