//! `mp-demo compare`.

use std::fs;

use crate::common::*;

/// What is compared, run ten times as fast.
fn compared(a: &str, b: &str) -> Ended {
    let command = |it: &str| format!("{it} --speed 10");
    run(mp_demo(["compare", "--timeline=time", &command(a), &command(b)]).env("COLUMNS", "80"))
}

/// The rows of `What differs`, without the blanks between columns.
fn rows(stdout: &str) -> Vec<String> {
    let (_, rows) = stdout.split_once("What differs\n").unwrap();
    rows.lines().skip(1).map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn both_pictures_share_an_axis_and_what_differs_is_listed() {
    let ended = compared("queue --take 3", "queue --take 3 --stop sentinel").succeeded();
    assert_eq!(ended.stderr, "");
    let stdout = ended.stdout;
    let commands: Vec<_> = stdout.lines().filter(|it| it.contains(": mp-demo ")).collect();
    let b = "B: mp-demo queue --take 3 --stop sentinel --speed 10";
    assert_eq!(commands, ["A: mp-demo queue --take 3 --speed 10", b]);
    let pictures: Vec<_> = stdout.split("each event has a column)\n").skip(1).collect();
    let axes: Vec<_> = pictures.iter().map(|it| it.lines().next().unwrap()).collect();
    assert!(axes.len() == 2 && axes[0] == axes[1] && axes[0].contains("|0"), "{stdout}");
    assert!(!stdout.contains("Put A"), "{stdout}");
    let rows = rows(&stdout);
    for row in [
        "--stop terminate sentinel",
        "what was got A A B C",
        "put and never got 'B', 'C' -",
        "every value that is put is got false true",
    ] {
        assert!(rows.iter().any(|it| it == row), "{row}: {stdout}");
    }
    assert!(!rows.iter().any(|it| it.starts_with("--take")), "{stdout}");
}

#[test]
fn a_stuck_run_is_told_between_the_pictures() {
    let ended = compared("pipe --bytes 65537", "pipe --bytes 65537 --join last").succeeded();
    let (a, b) = ended.stdout.split_once("\nB: mp-demo ").unwrap();
    assert!(a.contains("Deadlock: no process can go on."), "{a}");
    assert!(!b.contains("no process can go on"), "{b}");
}

#[test]
fn a_failed_program_is_a_failure_and_what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = ["good.py", "bad.py"].map(|it| folder.path().join(it));
    fs::write(&good, "print('good')\n").unwrap();
    fs::write(&bad, "raise SystemExit(3)\n").unwrap();
    let [good, bad] = [good, bad].map(|it| format!("run {}", it.display()));
    let ended = run(&mut mp_demo(["compare", &good, &bad]));
    assert_eq!(ended.code(), 1, "{}", ended.stderr);
    assert!(ended.stdout.contains("good.py") && !ended.stdout.contains("\ngood\n"));
    for command in ["queue --repeat 3", "why 1", "queue --sto none", "compare queue queue"] {
        assert_eq!(run(&mut mp_demo(["compare", "queue", command])).code(), 2, "{command}");
    }
}

#[test]
fn a_page_has_both_runs_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.html");
    let mut command = mp_demo(["compare", "memory", "buffer", "--page"]);
    let ended = run(command.arg(&file));
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("two.html: "), "{}", ended.stderr);
    let page = fs::read_to_string(file).unwrap();
    assert!(page.contains("mp-demo memory") && page.contains("mp-demo buffer"));
}
