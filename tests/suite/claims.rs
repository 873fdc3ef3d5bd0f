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

#[test]
fn a_recorded_run_is_judged_claim_by_claim() {
    assert_data_eq!(
        claims_of("queue-lost", &[]),
        str![[r#"
false  every value that is put is got
false  a reader begins before the first put
true   every reader gets a value
false  every reader ends by itself
true   nobody gets stuck
what was got: A

"#]]
    );
    assert_data_eq!(
        claims_of("queue-sentinel", &[]),
        str![[r#"
true   every value that is put is got
false  a reader begins before the first put
true   values are got in the order of their puts
true   every reader gets a value
true   every reader ends by itself
true   nobody gets stuck
what was got: reader-1: 1 2 5; reader-2: 你好世界 [null,2.5]

"#]]
    );
    assert_data_eq!(
        claims_of("spawn", &[]),
        str![[r#"
true   `Child process end.` is the last line
false  every child has ended before `Child process end.`
false  children end in the order of their starts
false  no two children are there at the same time
false  no thread's line comes after its child's `ended.`
true   nobody gets stuck
whose lines came in which order: parent*3 child-2 child-1 parent child-3 child-2*5 child-1*5 child-3*5 parent

"#]]
    );
    assert_data_eq!(
        claims_of("memory", &[]),
        str![[r#"
false  the parent's counter changes when the child counts
true   the parent's counter changes once it has the child's message
false  the child's counter starts where the parent's is
true   both counters lie at the same address
true   nobody gets stuck
what the counters were: child: 0 5; parent: 10 10 5

"#]]
    );
}

#[test]
fn a_recorded_run_is_judged_in_chinese() {
    assert_data_eq!(
        claims_of("queue-lost", &["--lang", "zh"]),
        str![[r#"
不成立  放入的每个值都被取走
不成立  第一次 put 之前，已有读进程开始运行
成立    每个读进程都取到值
不成立  每个读进程都自行退出
成立    没有进程卡住
取到了什么：A

"#]]
    );
}

#[test]
fn claims_are_judged_from_standard_input_too() {
    let log = fs::read_to_string(recorded("pipe-refused")).unwrap();
    let ended = view_log(&log, &["--claims"]);
    assert_eq!(ended.code(), 0);
    assert_eq!(without_lines_of_the_article(&ended.stdout), claims_of("pipe-refused", &[]));
    assert!(ended.stdout.contains("false  no call is refused\n"));
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
        assert_eq!(live.contains("false  nobody gets stuck"), is_stuck, "{live}");
    }
}

/// All claims of all lessons, so that a new lesson has nothing to add here.
#[test]
fn every_claim_has_a_name_of_its_own_and_a_sentence_in_each_language() {
    for lesson in lessons() {
        let claims = mp_demo::lessons::claims_of(&lesson).unwrap().claims();
        let mut names: Vec<_> = claims.iter().map(|claim| claim.name).collect();
        assert_eq!(names.last(), Some(&"not-stuck"), "{lesson}");
        for name in &names {
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(name.chars().all(is_kebab), "{lesson}: {name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), claims.len(), "{lesson}");

        // Sentences are in this process's language, so another process has to print the Chinese
        // ones.
        let run = match is_slow(&lesson) {
            true => short_run_of(&lesson),
            false => runs_of(&lesson).swap_remove(0),
        };
        let log = run_in_shell(&format!("{run} --json"));
        for (language, is_right) in [("en", false), ("zh", true)] {
            let said = view_log(&log, &["--claims", "--lang", language]).stdout;
            let said = said.rsplit("\n\n").next().unwrap();
            for line in said.lines() {
                assert_eq!(line.chars().any(is_han), is_right, "{lesson}: {line}");
            }
        }
    }
}

fn run_in_shell(script: &str) -> String {
    let ended = run(&mut shell(script));
    assert_eq!(ended.code(), 0, "{script}: {ended:?}");
    ended.stdout
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
