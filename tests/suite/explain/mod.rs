//! `--explain`

mod facts;
mod truth;

use unicode_width::UnicodeWidthStr;

use crate::common::*;

/// The notes on stderr for a recorded run in `tests/logs/`. stdout has the same lines as without
/// notes.
fn notes_of(log: &str, language: &str, columns: usize) -> String {
    let path = recorded(log);
    let plain = run(&mut mp_demo(["view", &path]));
    let args = ["view", &path, "--explain", "--lang", language];
    let explained = run(mp_demo(args).env("COLUMNS", columns.to_string()));
    assert_eq!(explained.code(), 0, "{explained:?}");
    assert_eq!(explained.stdout, plain.stdout);
    explained.stderr
}

/// The same as one text, with ASCII brackets.
fn text_of(log: &str, language: &str) -> String {
    words_of(&notes_of(log, language, 10_000)).replace('（', " (").replace('）', ")")
}

/// The lines that are notes: those of the program itself begin with its name.
fn notes(stderr: &str) -> Vec<&str> {
    let lines = stderr.lines();
    lines.filter(|line| !line.starts_with("mp-demo: ")).collect()
}

#[test]
fn no_note_is_wider_than_the_terminal_and_all_are_indented() {
    for log in ["async", "bound-io", "queue-four-lost", "spawn-each"] {
        for language in ["en", "zh"] {
            for columns in [20, 40, 80, 200] {
                let stderr = notes_of(log, language, columns);
                for line in notes(&stderr) {
                    assert!(line.width() <= columns, "{columns}: {line}");
                    assert!(line.starts_with("  "), "{line:?}");
                    assert!(!line.trim().is_empty(), "{stderr}");
                }
            }
        }
    }
}

#[test]
fn notes_name_the_processes_of_this_run() {
    let ended = run_words("queue --speed 20 --stop eof --explain");
    let mut named = 0;
    for line in ended.lines() {
        for (label, role) in [("Process to write: ", "writer"), ("Process to read: ", "reader")] {
            if let Some(pid) = line.strip_prefix(label) {
                let name = format!("{role} (PID {pid})");
                // A note may be wrapped.
                let text = words_of(&notes(&ended.stderr).join(" "));
                assert!(text.contains(&name), "{name} in {text}");
                named += 1;
            }
        }
    }
    assert_eq!(named, 2, "{ended:?}");
}

#[test]
fn colour_makes_notes_dim() {
    let ended = run(mp_demo(["memory", "--explain"]).env("CLICOLOR_FORCE", "1"));
    assert!(ended.stderr.lines().count() > 5, "{ended:?}");
    for line in ended.stderr.lines() {
        assert!(line.starts_with("    \x1b[2m") && line.ends_with("\x1b[0m"), "{line:?}");
    }
}

#[test]
fn a_log_that_stops_before_its_run_does_not_say_that_values_are_lost() {
    let log = include_str!("../../logs/queue-four-lost.jsonl");
    let lines: Vec<_> = log.split_inclusive('\n').collect();
    let first_put = lines.iter().position(|line| line.contains(r#""event":"put""#)).unwrap();
    for (language, expected) in [
        ("en", "mp-demo: 1 value was put and not received by the end of this log: \"A\"\n"),
        ("en", "    1 value was put and not received by the end of this log.\n"),
        ("zh", "mp-demo: 1 个值放进了队列，就这份日志来看没有被取走：\"A\"\n"),
        ("zh", "    就这份日志来看，有 1 个值放入后没有被取走。\n"),
    ] {
        let options = ["--explain", "--lang", language];
        let stopped = view_log(lines[..=first_put].concat(), &options).stderr;
        assert!(stopped.contains(expected), "{stopped}");
        assert!(!stopped.contains("lost"), "{stopped}");
    }
}

/// From the first event to the last. All other logs are tested by facts, so that a changed word
/// changes one screen and not eight.
#[test]
fn a_recorded_run_is_explained() {
    snapbox::assert_data_eq!(
        notes_of("queue-four-lost", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C', 'D'] --writers 1 --readers 1
    --pause 0 --stop terminate --speed 1. This run may use 2 cores.
    The process that you started is the parent, PID 19549. All others descend
    from it.
    The parent has started writer (PID 19551): the same program, from its
    beginning, with the ends of pipes that it needs as its stdin and stdout.
    That is fork and exec in one, Python's start method spawn; the child isn't a
    copy of its parent.
    The parent has started reader (PID 19552) in the same way.
    The parent waits in join() until writer (PID 19551) ends. It isn't waiting
    for reader.
    writer (PID 19551) begins 0.90 ms after the parent has started it. Both run
    at the same time, so their lines may come in another order next time.
    writer (PID 19551) prints this first and puts the value afterwards;
    otherwise a reader could report the value before the writer does. Here put()
    itself writes into the pipe; in Python a hidden feeder thread makes a pickle
    of the value and writes it, and put() doesn't wait for that.
    reader (PID 19552) calls get() and hardly has to wait: 4 values are already
    in the queue.
    writer (PID 19551) has ended by itself with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 0.98 ms, because writer (PID 19551) has ended.
    Still running, and not yet joined: reader.
    Nothing has told reader (PID 19552) to stop calling get(), so join() could
    wait for ever. The parent sends SIGTERM (15), although 4 values were put and
    are not got yet: 'A', 'B', 'C' and 'D'.
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, reader (PID 19552) would stay a zombie until the parent ends or
    reaps it some other way. In Python the next start() would; with forkserver,
    the server reaps at once.
    reader (PID 19552) got 'A' 0.16 ms after writer (PID 19551) began to put it.
    The queue is a pipe in the kernel: between these two, no other process has
    passed the value on.
    reader (PID 19552) was killed by SIGTERM (15): in Python its exitcode is
    -15, in a shell its exit status is 143 = 128 + 15. The parent has reaped it,
    so no zombie is left.
mp-demo: 3 values were put and never got: "B", "C", "D"
    Of 4 values that were put, 3 were lost: the last process that called get(),
    reader (PID 19552), was killed by SIGTERM (15), without getting them. When a
    writer has ended, it has put everything; that doesn't mean that everything
    has been got.
    In all, 2 processes were started, and all were reaped: 1 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}
