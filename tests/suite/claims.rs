//! Claims about runs, judged from recordings whose answers are known, and from live runs.

use std::fs;

use snapbox::{assert_data_eq, str};
use unicode_width::UnicodeWidthStr;

use crate::common::*;
use crate::programs::is_han;

/// What stands below the article's lines, and an empty line.
fn without_lines_of_the_article(screen: &str) -> String {
    screen.rsplit("\n\n").next().unwrap().to_owned()
}

/// What `--claims` says of a recording, without the article's lines above it.
fn claims_of(recording: &str, options: &[&str]) -> String {
    let mut command = mp_demo(["view", &recorded(recording), "--claims"]);
    let ended = run(command.args(options));
    assert_eq!(ended.code(), 0, "{ended:?}");
    without_lines_of_the_article(&ended.stdout)
}

/// The verdicts on a run, without the sentences.
pub fn verdicts(words: &str) -> String {
    let ended = run_words(&format!("{words} --claims --lang en"));
    let claims = without_lines_of_the_article(&ended.stdout);
    let words = claims.lines().filter_map(|line| line.split(' ').next());
    words.filter(|word| ["true", "false"].contains(word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_recorded_run_is_judged_claim_by_claim() {
    assert_data_eq!(
        claims_of("queue-lost", &[]),
        str![[r#"
false  every value that is put is got
false  a reader begins before the first put
true   every reader gets a value
false  every reader ends by itself
false  it gets stuck
what was got: A

"#]]
    );
    assert_data_eq!(
        claims_of("spawn", &[]),
        str![[r#"
true   `Child process end.` is the last line
false  every child has ended before `Child process end.`
false  children end in the order of their starts
true   two children are there at the same time
true   a thread's line comes after its child's `ended.`
false  it gets stuck
whose lines came in which order: parent*3 child-2 child-1 parent child-3 child-2*5 child-1*5 child-3*5 parent

"#]]
    );
}

#[test]
fn of_a_run_that_was_cut_off_only_what_it_proves_is_said() {
    let log = fs::read_to_string(recorded("queue-lost")).unwrap();
    let until_put: Vec<_> = log.lines().take(7).collect();
    let ended = view_log(until_put.join("\n") + "\n", &["--claims"]);
    assert_data_eq!(
        without_lines_of_the_article(&ended.stdout),
        str![[r#"
false  a reader begins before the first put
what was got: nothing

"#]]
    );
}

#[test]
fn of_a_lesson_that_is_not_known_nothing_is_claimed() {
    let log = fs::read_to_string(recorded("queue-lost")).unwrap();
    let foreign = log.replace(r#""lesson":"queue""#, r#""lesson":"knitting""#);
    let ended = view_log(&foreign, &["--claims"]);
    let expected = "nothing is claimed of a lesson `knitting`\n";
    assert_eq!(without_lines_of_the_article(&ended.stdout), expected);
}

#[test]
fn a_live_run_is_judged_as_its_recording_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let file = file.to_str().unwrap();
    for words in ["queue --stop none --patience 0.1", "queue --stop eof --speed 100"] {
        let script = format!("mp-demo {words} --json > {file} && mp-demo view {file} --claims");
        let recorded = run(&mut shell(&script));
        assert_eq!(recorded.code(), 0, "{recorded:?}");
        let live = run_words(&format!("{words} --claims"));
        let [recorded, live] =
            [&recorded, &live].map(|it| without_lines_of_the_article(&it.stdout));
        // The kernel decides which begins first.
        let stays = |text: &str| text.replace("true   a reader begins", "false  a reader begins");
        assert_eq!(stays(&recorded), stays(&live));
        let is_stuck = words.contains("none");
        assert_eq!(live.contains("true   it gets stuck"), is_stuck, "{live}");
    }
}

/// All claims of all lessons, so that a new lesson has nothing to add here.
#[test]
fn every_claim_has_a_name_of_its_own_and_a_sentence_in_each_language() {
    for lesson in lessons() {
        let claims = mp_demo::lessons::claims_of(&lesson).unwrap().claims();
        let mut names: Vec<_> = claims.iter().map(|claim| claim.name).collect();
        assert_eq!(names.last(), Some(&"stuck"), "{lesson}");
        for name in &names {
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(name.chars().all(is_kebab), "{lesson}: {name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), claims.len(), "{lesson}");

        // Sentences are in this process's language, so another process has to print the Chinese
        // ones.
        for (language, is_right) in [("en", false), ("zh", true)] {
            let said = view_log(short_log_of(&lesson), &["--claims", "--lang", language]).stdout;
            let said = said.rsplit("\n\n").next().unwrap();
            for line in said.lines() {
                assert_eq!(line.chars().any(is_han), is_right, "{lesson}: {line}");
            }
        }
    }
}

#[test]
fn on_a_terminal_claims_fit_its_width() {
    for language in ["en", "zh"] {
        for (recording, columns) in [("spawn", 40), ("async", 40), ("queue-sentinel", 80)] {
            let args = ["view", &recorded(recording), "--claims", "--lang", language];
            let screen = on_terminal(&args, &[UTF_8], (24, columns));
            let claims = screen.rsplit("\n\n").next().unwrap();
            for line in claims.lines() {
                assert!(line.width() <= columns.into(), "{columns}: {line}");
            }
        }
    }
}

#[test]
fn claims_and_the_log_are_not_shown_together() {
    assert_refused("queue --json --claims", "--json and --claims can't be used together");
    assert_refused("show queue --claims", "`mp-demo show` doesn't take --claims");
}
