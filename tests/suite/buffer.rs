//! `mp-demo buffer`

use crate::claims::verdicts;
use crate::common::*;
use crate::programs::python;

/// The screen of a run, PIDs as letters.
fn screen(words: &str) -> String {
    letters(&run_words(&format!("{words} --speed 20")).succeeded().stdout)
}

const PRINTED: &str = "\
Parent process A
Child process B prints A
Child process B prints B
Child process B prints C
";

const READ: &str = "\
Parent process A reads A
Parent process A reads B
Parent process A reads C
";

#[test]
fn what_is_only_in_the_buffer_is_lost_with_its_process() {
    for end in ["", " --end terminate", " --end kill", " --to pipe"] {
        let expected = format!("{PRINTED}Parent process A reads nothing\n");
        assert_eq!(screen(&format!("buffer{end}")), expected, "{end}");
    }
}

#[test]
fn what_is_written_is_read_however_the_process_ends() {
    for way in ["--to terminal", "--flush", "--to terminal --flush"] {
        for end in ["exit", "terminate", "kill"] {
            let words = format!("buffer {way} --end {end}");
            assert_eq!(screen(&words), format!("{PRINTED}{READ}"), "{words}");
        }
    }
    assert_eq!(screen("buffer --end exit"), format!("{PRINTED}{READ}"));
}

/// The order of a child's calls: `A` was printed, `(A)` was written.
fn prints_and_writes(words: &str) -> String {
    let log = log_of(&format!("{words} --speed 20"));
    let child = log.iter().filter(|e| e["role"] == "child");
    let told = child.filter_map(|e| {
        let text = e["text"].as_str()?.replace('\n', "");
        Some(match e["event"].as_str()? {
            "buffered" => text,
            "write" => format!("({text})"),
            other => panic!("{other}"),
        })
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn print_and_write_are_told_apart() {
    for (words, expected) in [
        ("buffer", "A B C"),
        ("buffer --end exit", "A B C (ABC)"),
        ("buffer --flush", "A (A) B (B) C (C)"),
        ("buffer --to terminal", "A (A) B (B) C (C)"),
        ("buffer --to terminal --end exit", "A (A) B (B) C (C)"),
    ] {
        assert_eq!(prints_and_writes(words), expected, "{words}");
    }
}

#[test]
fn the_buffer_holds_what_was_printed_and_not_written() {
    for (words, expected) in [("buffer", [2, 4, 6]), ("buffer --flush", [2, 2, 2])] {
        let log = log_of(&format!("{words} --speed 20"));
        assert_eq!(fields(&log, "buffered", "bytes"), expected, "{words}");
    }
}

#[test]
fn a_child_that_is_run_by_hand_looks_at_its_own_stdout() {
    let child = "mp-demo child buffer-printer --speed 20 < /dev/null";
    let prints = ["A", "B", "C"].map(|word| format!("Child process A prints {word}\n"));
    let to_pipe = run(&mut shell(&format!("{child} 2>&1 | cat")));
    assert_eq!(letters(&to_pipe.stdout), format!("{}A\nB\nC\n", prints.concat()));
    if has("script") {
        let ended = run(&mut shell(&format!("script -qec '{child}' /dev/null")));
        let shown = letters(&ended.stdout.replace('\r', ""));
        let by_turns =
            ["A", "B", "C"].map(|word| format!("Child process A prints {word}\n{word}\n"));
        assert_eq!(shown, by_turns.concat());
    }
}

#[test]
fn a_timeline_has_what_was_printed_and_what_was_written() {
    let ended = run_words("buffer --end exit --timeline --ascii --speed 20").succeeded();
    let picture = ended.stdout.split_once("\n\n").unwrap().1;
    assert!(picture.contains("o print"), "{picture}");
    assert!(picture.contains("O write") || picture.contains("OA B C"), "{picture}");
    let lost = run_words("buffer --timeline --ascii --speed 20").succeeded();
    assert!(!lost.stdout.contains("write"), "{}", lost.stdout);
}

#[test]
fn the_notes_say_where_the_lines_were() {
    let notes = |words: &str| words_of(&run_words(&format!("{words} --speed 20")).stderr);
    let lost = notes("buffer --explain=brief --lang en");
    assert!(lost.contains("which has printed 3 lines, of which 3 were not written yet."), "{lost}");
    assert!(lost.contains("3 lines were in the buffer of child"), "{lost}");
    let written = notes("buffer --explain=brief --end kill --to terminal --lang en");
    assert!(written.contains("sends SIGKILL (9) to child"), "{written}");
    assert!(written.contains("printed 3 lines, and written all of them."), "{written}");
    assert!(!written.contains("died with it"), "{written}");
    let chinese = notes("buffer --explain=brief --lang zh");
    assert!(chinese.contains("缓冲区里还有 3 行，随着进程一起没有了"), "{chinese}");
}

#[test]
fn its_claims_differ_by_its_options() {
    assert_eq!(verdicts("buffer --speed 20"), "false false false false");
    assert_eq!(verdicts("buffer --speed 20 --end exit"), "true false false false");
    assert_eq!(verdicts("buffer --speed 20 --to terminal"), "true true true false");
}

#[test]
fn the_python_program_does_what_the_lesson_does() {
    if !has("python3") {
        return;
    }
    for (how, options) in [("terminate", ""), ("exit", " --end exit"), ("flush", " --flush")] {
        let ended = run(python("buffer").args(["spawn", how])).succeeded();
        assert_eq!(letters(&ended.stdout), screen(&format!("buffer{options}")), "{how}");
    }
}
