//! `--page`: a run as one HTML file. What it shows is looked at in a browser, by the Python programs
//! in `tests/page`: `fold.py` folds the log by itself, `check.py` compares, `keys.py` presses keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::common::*;

/// The browser, which only Debian's package installs by this name.
const BROWSER: &str = "chromium";

/// A program of `tests/page` with these words behind it.
fn in_browser(program: &str) -> Command {
    let mut python = command("python3");
    python.arg(path_of(&format!("tests/page/{program}.py"))).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Holds the pages of these recordings against them, at so many steps of each.
fn check(folder: &TempDir, steps: u32, recordings: &[PathBuf]) {
    let mut check = in_browser("check");
    check.arg(PROGRAM).arg(folder.path()).arg(steps.to_string()).args(recordings);
    let checked = run(&mut check);
    assert_eq!(checked.code(), 0, "{}{}", checked.stdout, checked.stderr);
    assert_eq!(checked.stdout.matches(", 0 wrong\n").count(), recordings.len());
}

/// A recording made for this by `tests/page/made.py`.
fn made(kind: &str, folder: &TempDir) -> PathBuf {
    let file = folder.path().join(format!("{kind}.jsonl"));
    assert_eq!(run(in_browser("made").arg(kind).arg(&file)).code(), 0);
    file
}

/// A page of this recording, and what is said on stderr.
fn page_of(recording: &Path) -> (String, String) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("page.html");
    let viewed = run(mp_demo(["view", "--page"]).arg(&file).arg(recording));
    assert_eq!(viewed.code(), 0, "{}", viewed.stderr);
    (fs::read_to_string(file).unwrap(), viewed.stderr)
}

#[test]
fn a_page_is_written_whole_whatever_the_run_comes_to() {
    let folder = tempdir().unwrap();
    let page = folder.path().join("page.html");
    fs::write(&page, "an older one").unwrap();
    for (words, code, shown) in [
        ("queue --speed 1000", 0, "killed by SIGTERM"),
        ("queue --speed 1000 --stop none --patience 0.3", 0, "class=graph"),
        ("queue --speed 1000 --writer false", 1, "exit 1"),
        ("view LOG --lang zh", 0, "所有事件"),
    ] {
        let words = words.replace("LOG", &recorded("queue-lost"));
        let ended = run(mp_demo(words.split(' ')).arg("--page").arg(&page));
        assert_eq!(ended.code(), code, "{words}: {}", ended.stderr);
        assert!(ended.stdout.starts_with("Parent process "), "{words}");
        let told = ended.stderr.lines().filter(|it| it.contains("page.html")).collect::<Vec<_>>();
        assert!(matches!(&told[..], [line] if line.ends_with(" KB")), "{words}: {told:?}");
        let text = fs::read_to_string(&page).unwrap();
        assert!(text.ends_with("</html>\n") && text.contains(shown), "{words}");
        assert!(text.len() < 200_000, "{words}: {}", text.len());
        // Nothing else is left beside it.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn what_goes_with_no_page_is_refused() {
    assert_refused("queue --repeat 2 --page x", "--page shows one run, and --repeat counts many");
    assert_refused("queue --json --page x", "--json and --page can't be used together");
    let log = recorded("queue-lost");
    assert_refused(&format!("view {log} {log}"), "two recordings are shown on a page only");
    assert_refused(&format!("view --page x {log} {log} {log}"), "unexpected");
    let refused = run_words("queue --page /no/such/page.html");
    assert_eq!((refused.code(), refused.stdout.as_str()), (1, ""), "before the run begins");
}

#[test]
fn text_on_a_page_is_data() {
    let folder = tempdir().unwrap();
    let (page, _) = page_of(&made("hostile", &folder));
    assert!(page.len() < 100_000, "a long value is not shown whole: {}", page.len());
    // The data and the script.
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(!page.contains("<img") && !page.contains("<b>&\"'"));
    assert!(!page.contains(['\0', '\u{1b}', '\u{202e}', '\u{2066}', '\u{2028}']));
}

#[test]
fn a_long_run_has_its_first_and_last_events_and_what_was_lost() {
    let folder = tempdir().unwrap();
    let (page, told) = page_of(&made("many_events", &folder));
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert!(!told.contains("2,000 of"), "{told}");
    let (page, told) = page_of(&made("five_thousand", &folder));
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert!(told.contains("KB; 2,001 of 5,000 events: the first, the last"), "{told}");
    for (number, is_there) in [(1, true), (1000, true), (1001, false), (2506, true), (4000, false)]
    {
        assert_eq!(page.contains(&format!("<li id=\"step={number}\">")), is_there, "{number}");
    }
    page_of(&made("many_processes", &folder));
}

#[test]
fn a_page_shows_of_each_moment_what_the_log_says_by_all_keys_and_links() {
    if !has(BROWSER) {
        return;
    }
    let folder = tempdir().unwrap();
    let file = |name: &str| folder.path().join(format!("{name}.jsonl"));
    let mut recordings: Vec<_> =
        ["queue-lost", "queue-killed", "async", "every-event", "run-queue"]
            .map(|name| PathBuf::from(recorded(name)))
            .into();
    recordings.push(made("hostile", &folder));
    let stuck = "queue --speed 1000 --stop none --patience 0.3 --readers 2 --lock --record";
    run(mp_demo(stuck.split(' ')).arg(file("stuck")));
    recordings.push(file("stuck"));
    if is_soak() {
        let runs = lessons().into_iter().flat_map(|lesson| runs_of(&lesson));
        for (number, words) in runs.enumerate() {
            let file = file(&format!("lesson-{number}"));
            let patience = if words.contains("--patience") { "" } else { "--patience 0.5" };
            run(&mut shell(&format!("{words} {patience} --record {}", file.display())));
            recordings.push(file);
        }
        for folder in ["tests/run", "tests/run/stuck"] {
            let files = fs::read_dir(path_of(folder)).unwrap().map(|it| it.unwrap().path());
            for program in files.filter(|it| it.extension().is_some_and(|it| it == "py")) {
                let name = program.file_stem().unwrap().to_str().unwrap();
                let file = file(&format!("{}-{name}", folder.replace('/', "-")));
                let mut program_run = mp_demo(["run", "--patience", "0.6", "--record"]);
                run(program_run.arg(&file).arg(&program).arg("fork"));
                recordings.push(file);
            }
        }
        recordings
            .extend(["many_events", "five_thousand", "many_processes"].map(|it| made(it, &folder)));
        recordings.retain(|file| fs::metadata(file).is_ok_and(|it| it.len() > 0));
        assert!(recordings.len() > 80, "{}", recordings.len());
    }
    check(&folder, if is_soak() { 60 } else { 18 }, &recordings);
    let mut keys = in_browser("keys");
    let pressed = run(keys.arg(PROGRAM).arg(folder.path()).arg(recorded("queue-lost")));
    assert_eq!(pressed.code(), 0, "{}{}", pressed.stdout, pressed.stderr);
}

#[test]
fn two_recordings_stand_side_by_side() {
    let folder = tempdir().unwrap();
    let page = folder.path().join("page.html");
    for pair in
        [["queue-lost", "queue-sentinel"], ["spawn", "run-queue"], ["memory", "every-event"]]
    {
        let [one, other] = pair.map(recorded);
        let viewed = run(mp_demo(["view", "--page"]).arg(&page).args([one, other]));
        assert_eq!((viewed.code(), viewed.stdout.as_str()), (0, ""), "{}", viewed.stderr);
        let text = fs::read_to_string(&page).unwrap();
        assert_eq!(text.matches("<article>").count(), 2);
        assert_eq!(text.matches(" id=\"step=1\"").count(), 1, "each anchor is there once");
        assert_eq!(text.matches(" id=\"2-step=1\"").count(), 1);
    }
}
