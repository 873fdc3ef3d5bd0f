//! The `terminate` lesson: what a process still does when a signal ends it, and what becomes of its
//! own child.

use rustix::process::Signal;

use crate::common::*;
use crate::programs::python;

const BEGIN: &str = "\
Parent process A
Child process B
Child process B has something to clean up
";
const BY_SIGTERM: &str = "Python: exitcode -15\nShell: $? 143\nRust: signal: 15 (SIGTERM)\n";
const CLEANED_UP: &str = "\
Child process B cleans up
Python: exitcode 0
Shell: $? 0
Rust: exit status: 0
";

fn screen(words: &str) -> String {
    letters(&run_words(words).succeeded().stdout)
}

#[test]
fn a_signal_that_nobody_catches_ends_a_process_without_a_cleanup() {
    for (words, end) in [
        ("terminate", BY_SIGTERM),
        (
            "terminate --signal int",
            "Python: exitcode -2\nShell: $? 130\nRust: signal: 2 (SIGINT)\n",
        ),
        (
            "terminate --signal kill",
            "Python: exitcode -9\nShell: $? 137\nRust: signal: 9 (SIGKILL)\n",
        ),
    ] {
        assert_eq!(screen(words), format!("{BEGIN}{end}"), "{words}");
    }
}

#[test]
fn who_catches_it_cleans_up_and_ends_by_itself() {
    for words in ["terminate --catch", "terminate --catch --signal int"] {
        assert_eq!(screen(words), format!("{BEGIN}{CLEANED_UP}"), "{words}");
    }
    assert_refused("terminate --catch --signal kill", "SIGKILL can't be caught");
    assert_refused("terminate --signal stop", "invalid value 'stop'");
}

#[test]
fn a_shell_and_rust_tell_the_end_as_the_lesson_does() {
    // By a real shell, and by std.
    for (number, line) in [(2, "Shell: $? 130"), (9, "Shell: $? 137"), (15, "Shell: $? 143")] {
        let script = format!("sh -c 'kill -{number} $$'; echo \"Shell: \\$? $?\"");
        assert_eq!(run(&mut shell(&script)).stdout.trim_end(), line);
    }
    let status = shell("kill -15 $$").status().unwrap();
    assert!(BY_SIGTERM.ends_with(&format!("Rust: {status}\n")), "{status}");
}

#[test]
fn a_grandchild_lives_on_until_the_parent_ends_it() {
    for signal in ["int", "term", "kill"] {
        let log = log_of(&format!("terminate --grandchild --signal {signal}"));
        let parent = &log[0]["pid"];
        let child = child_as(&log, "child");
        // Its parent, before and after the child's end.
        assert_eq!(fields(&log, "parent", "parent"), [child, parent]);
        let ends = fields(&log, "exited", "child_role");
        assert_eq!(ends, ["child", "grandchild"]);
        assert!(named(&log, "finally").is_empty());
    }
    let lines = screen("terminate --grandchild");
    let last: Vec<_> = lines.lines().rev().take(2).collect();
    assert_eq!(last, ["Parent process A ends the grandchild", "Grandchild process C, parent A"]);
}

#[test]
fn a_cleanup_ends_the_grandchild_too() {
    let log = log_of("terminate --grandchild --catch");
    assert_eq!(named(&log, "parent").len(), 1);
    let ends = fields(&log, "exited", "child_role");
    assert_eq!(ends, ["grandchild", "child"]);
    // It ends its child before it says that it has cleaned up.
    let names: Vec<_> = log.iter().filter_map(|it| it["event"].as_str()).collect();
    let place = |name: &str| names.iter().position(|it| *it == name).unwrap();
    assert!(place("exited") < place("finally"));
}

#[test]
fn the_children_can_be_run_by_hand() {
    let ended = run(&mut shell("mp-demo child terminate-child < /dev/null"));
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.stdout, "null\n");
    // End-of-file lets it return, so it cleans up.
    let lines = letters(&ended.stderr);
    assert!(lines.ends_with("A cleans up\n"), "{lines}");
    // From this line on the signal is blocked, and kept for sigwait.
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said").display().to_string();
    let script = format!(
        "mp-demo child terminate-child --catch < /dev/null > /dev/null 2> {said} &
         until grep -qs 'something to clean up' {said}; do :; done
         kill -TERM $!; wait $!; echo $?; tail -n 1 {said}"
    );
    let ended = run(&mut shell(&script)).succeeded();
    assert_eq!(letters(&ended.stdout), "0\nChild process A cleans up\n");
}

#[test]
fn nobody_is_left_when_the_parent_is_killed() {
    for words in ["terminate --grandchild", "terminate --grandchild --catch"] {
        let mut run = Running::with_log(words);
        run.wait_for_several(2, "started");
        let pids = children(&run.log);
        assert_eq!(pids.len(), 2);
        run.signal(Signal::KILL);
        run.finish();
        for pid in pids {
            assert!(ends(pid), "{words}: {pid:?}");
        }
    }
}

#[test]
fn the_programs_do_what_the_lesson_does() {
    let rust = crate::programs::program_of_rust("terminate");
    for (signal, number, name) in [("INT", 2, "SIGINT"), ("KILL", 9, "SIGKILL")] {
        let ended = run(command(rust.to_str().unwrap()).arg(signal)).succeeded();
        let end = format!("Rust: signal: {number} ({name})\n");
        assert!(ended.stdout.ends_with(&end), "{}", ended.stdout);
    }
    if !has("python3") {
        return;
    }
    for method in start_methods() {
        let ended = run(python("terminate").args([*method, "--catch"])).succeeded();
        assert_eq!(letters(&ended.stdout), format!("{BEGIN}{CLEANED_UP}"), "{method}");
        // There SIGINT is an exception, so `finally` runs, and the child fails with it.
        let ended = run(python("terminate").args([*method, "--int"]));
        let lines = letters(&ended.stdout);
        assert!(lines.contains("Child process B cleans up\n"), "{method}: {lines}");
        assert!(lines.contains("exitcode 1\n"), "{method}: {lines}");
    }
}
