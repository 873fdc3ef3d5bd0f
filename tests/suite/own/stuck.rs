//! Runs with such programs in which no process can go on.

use super::run_own;
use crate::common::*;

#[test]
fn a_child_that_should_speak_first_and_waits_is_stuck_and_not_called_silent() {
    let child = "sh -c 'read -r line; echo 1'";
    let mut command = mp_demo(["pipe", "--child", child, "--reply", "--patience", "0.3"]);
    let ended = run(&mut command);
    assert_eq!(ended.code(), 1, "{ended:?}");
    let pid = |role: &str| {
        let line = ended.stderr.lines().find(|line| line.starts_with(&format!("  {role} ")));
        line.unwrap_or_default().split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    let (writer, program) = (pid("writer"), pid("writer-command"));
    for expected in [
        format!("only writer-command {program} could bring\n"),
        format!(
            "only writer {writer} could bring\nA circle: writer -> writer-command -> writer.\n"
        ),
        "The message has to be written before the reply is read, and flushed.\n".to_owned(),
        format!(
            "mp-demo: the run got stuck: look at what writer-command (PID {program}, `{child}`) waits for, "
        ),
    ] {
        assert!(ended.stderr.contains(&expected), "{expected} {}", ended.stderr);
    }
}

#[test]
fn a_lesson_that_gets_stuck_does_so_with_a_command_too() {
    for (args, expected) in [
        (
            &["queue", "--reader", "cat", "--stop", "none"][..],
            "mp-demo queue --reader cat --stop sentinel",
        ),
        (
            &["queue", "--reader", "cat", "--readers", "2", "--stop", "eof", "--keep-end"],
            "mp-demo queue --readers 2 --reader cat --stop eof",
        ),
        (
            &["pipe", "--child", "seq 20000"],
            "mp-demo pipe --child 'seq 20000' --join last --receive all",
        ),
    ] {
        let ended = run_own(&[args, &["--patience", "0.3"]].concat());
        assert_eq!(ended.code(), 0, "{ended:?}");
        assert!(ended.stderr.contains(&format!(": {expected}\n")), "{ended:?}");
        // Nothing is claimed about what another language would do with this program.
        assert!(!ended.stderr.contains("CPython"), "{ended:?}");
    }
}

#[test]
fn a_run_that_is_most_likely_stuck_is_ended_later_and_that_is_said_beforehand() {
    // sort handles SIGALRM.
    let ended = run_own(&["queue", "--reader", "sort", "--stop", "none", "--patience", "0.2"]);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let begin =
        "Most likely no process can go on. mp-demo ends the run in 1 s if nothing happens.\n";
    let end = "\nmp-demo ends the run.\n";
    let (announced, said) = (ended.stderr.find(begin), ended.stderr.find(end));
    assert!(announced.is_some() && announced < said, "{ended:?}");
    assert_eq!(ended.stderr.matches(begin).count(), 1);
}

#[test]
fn what_a_command_has_left_in_the_background_is_not_among_those_that_wait() {
    let child = "sh -c 'sleep 1000 >/dev/null 2>&1 </dev/null & echo 1; read -r line'";
    let args = ["pipe", "--child", child, "--reply", "--join", "first", "--patience", "0.2"];
    let ended = run_own(&args);
    assert!(ended.stderr.contains("\nA circle: parent -> writer -> parent.\n"), "{ended:?}");
    assert!(!ended.stderr.contains("  sleep "), "{ended:?}");
}

#[test]
fn a_stuck_child_gets_advice_that_helps_or_none() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder.path().join("child"), "read -r line");
    let advice = |child: &str| {
        let mut command = mp_demo(["pipe", "--child", child, "--reply", "--patience", "0.3"]);
        let ended = run(command.current_dir(folder.path()));
        assert_eq!(ended.code(), 1, "{ended:?}");
        let mut lines = ended.stderr.lines().rev();
        lines.find(|line| *line == "mp-demo ends the run.").unwrap();
        lines.next().unwrap().to_owned()
    };
    let flushed = "The message has to be written before the reply is read, and flushed";
    let expected = format!("{flushed}: mp-demo pipe --child 'stdbuf -oL ./child' --reply");
    assert_eq!(advice("./child"), expected);
    assert_eq!(advice("stdbuf -oL ./child"), format!("{flushed}."));
    // This one has written its message, so nothing is wrong with that.
    assert_eq!(advice("yes"), "A circle: writer -> writer-command -> writer.");
}
