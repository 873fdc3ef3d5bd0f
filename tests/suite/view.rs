//! `mp-demo view`, and what goes for recorded runs and live ones alike.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use snapbox::{assert_data_eq, str};

use crate::common::*;

/// Where the recording of an ordinary run is.
fn recording() -> String {
    recorded("queue-terminate")
}

#[test]
fn labels_say_when_and_who_in_columns() {
    assert_data_eq!(
        run(&mut mp_demo(["view", &recording(), "--labels"])).succeeded().stdout,
        str![[r#"
0.000140  parent     43784  Parent process 43784
0.000953  writer     43785  Process to write: 43785
0.000956  writer     43785  Put A to queue...
0.003969  reader     43786  Process to read: 43786
0.004017  reader     43786  Get A from queue.
0.710970  writer     43785  Put B to queue...
0.711158  reader     43786  Get B from queue.
1.255123  writer     43785  Put C to queue...
1.255275  reader     43786  Get C from queue.

"#]]
    );
}

#[test]
fn the_log_comes_out_as_it_went_in() {
    let log = fs::read_to_string(recording()).unwrap();
    let through_file = run(&mut mp_demo(["view", &recording(), "--json"])).succeeded();
    assert_eq!(through_file.stdout, log);
    assert_eq!(view_log(&log, &["--json"]).succeeded().stdout, log);
}

#[test]
fn who_failed_in_a_recorded_run_is_named() {
    let log = recorded("every-event");
    let ended = run(&mut mp_demo(["view", &log]));
    assert_eq!(ended.code(), 0);
    // It was terminated, and killed when that had no effect, which is no failure.
    assert!(!ended.stderr.contains("in this run reader"));
    let expected = "mp-demo: in this run child (PID 103) ended with exit status 1: cannot go on\n";
    assert!(ended.stderr.ends_with(expected), "{}", ended.stderr);
}

/// A unit test holds this log to having every event that there is.
#[test]
fn every_event_is_told_by_a_line_a_lane_or_a_note() {
    let log = include_str!("../logs/every-event.jsonl");
    let shown_without = |log: &str, name: &str| {
        let lines = log.lines().filter(|line| event(line)["event"] != name);
        let log: String = lines.map(|line| format!("{line}\n")).collect();
        let ended = view_log(&log, &["--timeline", "--explain"]);
        assert_eq!(ended.code(), 0, "{ended:?}");
        (ended.stdout, ended.stderr)
    };
    // What a task is, depends on the lesson.
    let tasks = include_str!("../logs/bound-io.jsonl");
    let [all, tasks] = [log, tasks].map(|log| (log, shown_without(log, "")));
    let names: std::collections::BTreeSet<String> =
        log.lines().map(|line| event(line)["event"].as_str().unwrap().to_owned()).collect();
    assert!(names.len() > 30);
    for name in names {
        // Without `run` it is no log; and measurements move a bar on the terminal (see `bound.rs`).
        if name != "run" && name != "progress" {
            let (log, shown) = if name.starts_with("task_") { &tasks } else { &all };
            let is_told = shown_without(log, &name) != *shown;
            assert!(is_told, "nobody tells of `{name}`");
        }
    }
}

#[test]
fn a_value_with_lines_of_its_own_has_a_label_before_each() {
    let log = fs::read_to_string(recording()).unwrap();
    let log = log.replace("Put B to queue...", "Put B\\nC to queue...");
    let ended = view_log(&log, &["--labels"]).succeeded();
    let of_value = ended.lines().into_iter().filter(|line| line.contains("0.71"));
    let of_value: Vec<_> = of_value.take(2).collect();
    assert!(of_value[0].ends_with("  writer     43785  Put B"), "{of_value:?}");
    assert!(of_value[1].ends_with("  writer     43785  C to queue..."), "{of_value:?}");
}

#[test]
fn a_recording_that_was_cut_off_says_whose_end_it_lacks() {
    let log = fs::read_to_string(recording()).unwrap();
    let cut: String = log.lines().take(12).map(|line| format!("{line}\n")).collect();
    let ended = view_log(&cut, &[]);
    assert_eq!(ended.code(), 0);
    let expected =
        "mp-demo: in this run the end of writer (PID 43785) and of 1 more is not recorded\n";
    assert!(ended.stderr.ends_with(expected), "{}", ended.stderr);
}

#[test]
fn a_line_without_an_end_is_refused() {
    let ended = run(&mut mp_demo(["view", "/dev/zero"]));
    assert_eq!(ended.code(), 1);
    let expected = "mp-demo: /dev/zero, line 1 has more than 67108864 bytes: ";
    assert!(ended.stderr.starts_with(expected), "{}", ended.stderr);
}

#[test]
fn a_failed_run_says_in_its_log_what_the_parent_did_about_it() {
    let mut running = Running::with_log("bound --kind io --workers 2 --tasks 20");
    let worker = running.wait_for("task_start", "worker-1");
    let victim = pid_in(&worker["pid"]);
    rustix::process::kill_process(victim, rustix::process::Signal::KILL).unwrap();
    let (ended, log) = running.finish_with_log();
    assert_eq!(ended.code(), 1);
    // A child that the parent killed has a `kill` event, and no other child has.
    let killed: Vec<_> = named(&log, "kill").into_iter().map(|e| pid_in(&e["child"])).collect();
    for exited in named(&log, "exited") {
        let child = pid_in(&exited["child"]);
        if exited["status"]["signal"] == 9 && exited["pid"] == log[0]["pid"] {
            assert_eq!(killed.contains(&child), child != victim, "{exited}");
        }
    }
    assert!(!ended.stderr.contains("the parent failed"), "{}", ended.stderr);
    // Its recording names the same.
    let log: String = log.iter().map(|event| format!("{event}\n")).collect();
    let shown = view_log(&log, &[]);
    let names_victim = format!("in this run worker-1 (PID {}) was killed", worker["pid"]);
    assert!(shown.stderr.contains(&names_victim), "{}", shown.stderr);
    assert!(!shown.stderr.contains("in this run worker-2"), "{}", shown.stderr);
    assert!(!shown.stderr.contains("the parent failed"), "{}", shown.stderr);
}

#[test]
fn views_combine() {
    let both = run(mp_demo(["view", &recording(), "--labels", "--timeline"]).env("COLUMNS", "60"))
        .succeeded();
    let labels = run(&mut mp_demo(["view", &recording(), "--labels"])).succeeded();
    let timeline =
        run(mp_demo(["view", &recording(), "--timeline"]).env("COLUMNS", "60")).succeeded();
    let picture = timeline.stdout.split_once("\n\n").unwrap().1;
    assert_eq!(both.stdout, format!("{}\n{picture}", labels.stdout));
}

#[test]
fn the_log_goes_with_no_other_view() {
    for view in ["--timeline", "--labels", "--explain"] {
        let expected = format!("error: --json and {view} can't be used together");
        assert_refused(&format!("queue --json {view}"), &expected);
        assert_refused(&format!("{view} queue --json"), &expected);
        assert_refused(&format!("--json view {} {view}", recording()), &expected);
    }
}

#[test]
fn options_of_a_run_are_refused_where_nothing_runs() {
    assert_refused("view x --seed 3", "`mp-demo view` doesn't take --seed");
    assert_refused("--speed 1 view x", "`mp-demo view` doesn't take --speed");
    assert!(!run_words("help view").succeeded().stdout.contains("--seed"));
}

#[test]
fn what_comes_is_shown_at_once_and_a_closed_output_is_no_error() {
    let mut command = mp_demo(["view", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let log = fs::read(recording()).unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&log).unwrap();
    // stdin stays open: the lines have to come without its end.
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    assert_eq!(line, "Parent process 43784\n");
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let script = format!("mp-demo view {} --timeline | head -1", recording());
    let ended = run(&mut shell(&script));
    assert_eq!(ended.succeeded().stdout, "Parent process 43784\n");
}
