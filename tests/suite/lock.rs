//! `mp-demo lock`

use crate::claims::verdicts;
use crate::common::*;
use crate::programs::python;

/// The lines of a run: the parent's as they come, the children's sorted between them. PIDs as
/// letters.
fn screen(stdout: &str) -> String {
    let mut lines: Vec<_> = stdout.lines().collect();
    let end = lines.len() - 1;
    // Whichever is first, it has the lower PID.
    lines[1..end].sort_unstable();
    letters(&format!("{}\n", lines.join("\n")))
}

fn screen_of(words: &str) -> String {
    screen(&run_words(words).succeeded().stdout)
}

const WITH_LOCK: &str = "\
Parent process A
Child process B: counter += 1, 1000 times
Child process C: counter += 1, 1000 times
Parent process A: counter = 2000 of 2000
";

/// What the parent found, and what was added.
fn total(words: &str) -> (u64, u64) {
    let log = log_of(words);
    let total = named(&log, "total")[0];
    (total["value"].as_u64().unwrap(), total["of"].as_u64().unwrap())
}

#[test]
fn with_either_lock_nothing_is_lost() {
    for options in ["--with lock", "--kind semaphore", "--kind flock", "--with lock --gap none"] {
        assert_eq!(screen_of(&format!("lock {options}")), WITH_LOCK, "{options}");
    }
    for options in ["--with lock", "--kind flock"] {
        let words = format!("lock {options} --processes 5 --turns 300");
        assert_eq!(total(&words), (1500, 1500), "{words}");
    }
}

#[test]
fn without_a_lock_additions_are_lost_in_every_run() {
    for run in 0..5 {
        let (value, of) = total("lock");
        assert_eq!(of, 2000);
        // The last process to write has done a thousand turns, or has overwritten others' work.
        assert!((2..of).contains(&value), "run {run}: {value}");
    }
    let alone = "lock --processes 1 --gap none --turns 50";
    assert_eq!(total(alone), (50, 50));
}

#[test]
fn they_lose_on_one_core_as_well() {
    if !has("taskset") {
        return;
    }
    for _ in 0..3 {
        let ended = run(&mut shell("taskset -c 0 mp-demo lock")).succeeded();
        assert!(!ended.stdout.contains("= 2000 of"), "{}", ended.stdout);
    }
}

#[test]
fn nobody_counts_before_all_are_at_the_gate() {
    let log = log_of("lock --processes 4");
    let at_gate = |e: &serde_json::Value| e["event"] == "wait" && e["on"] == "gate";
    let last = log.iter().rposition(at_gate).unwrap();
    assert_eq!(log.iter().filter(|e| at_gate(e)).count(), 4);
    assert!(last < position(&log, |e| e["event"] == "counting"));
}

#[test]
fn a_lock_is_told_of_at_the_first_turns_only() {
    for kind in ["semaphore", "flock"] {
        let log = log_of(&format!("lock --kind {kind}"));
        for event in ["acquired", "release"] {
            assert_eq!(fields(&log, event, "lock"), [kind; 10], "{event}");
        }
    }
}

#[test]
fn the_kernel_frees_a_file_lock_whose_holder_is_killed() {
    let expected = WITH_LOCK.replace("2000 of 2000", "1000 of 1000");
    assert_eq!(screen_of("lock --kill --kind flock"), expected);
    assert_eq!(total("lock --kill --kind flock --processes 4 --turns 10"), (30, 30));
}

#[test]
fn a_semaphore_whose_holder_is_killed_stays_taken() {
    let ended = run_words("lock --kill --patience 0.1 --lang en");
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.lines().len(), 3, "{ended:?}");
    let told = ended.stderr;
    for expected in [
        "waits for the lock, which child-1 ",
        "A dead end: child-1 had the lock when it died",
        "take one that the kernel frees: mp-demo lock --kill --kind flock",
    ] {
        assert!(told.contains(expected), "{told}");
    }
    let log = run_words("lock --kill --patience 0.1 --json").events();
    let stuck = named(&log, "stuck")[0];
    assert_eq!(stuck["mistake"], "killed_semaphore_holder");
    assert_eq!(named(&log, "total").len(), 0);
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    assert_refused("lock --with none --kind flock", "--kind and --kill go with --with lock");
    assert_refused("lock --with none --kill", "--kind and --kill go with --with lock");
    assert_refused("lock --kill --processes 1", "--kill needs --processes 2 or more");
    for words in ["--turns 0", "--turns 1000001", "--turns x", "--processes 0", "--gap long"] {
        assert_eq!(run_words(&format!("lock {words}")).code(), 2, "{words}");
    }
}

#[test]
fn the_notes_say_what_was_lost_and_who_had_the_lock() {
    let notes = |words: &str| words_of(&run_words(&format!("{words} --explain --lang en")).stderr);
    let lost = notes("lock");
    assert!(lost.contains("Nothing keeps another process from reading the same number"), "{lost}");
    assert!(lost.contains("then it wrote over that."), "{lost}");
    let whole = notes("lock --with lock");
    assert!(whole.contains("The parent finds 2000: not one addition is lost."), "{whole}");
    assert!(whole.contains("It doesn't record its holder"), "{whole}");
    let freed = notes("lock --kill --kind flock");
    assert!(freed.contains("with that the lock is free."), "{freed}");
    let stuck = notes("lock --kill --patience 0.1");
    assert!(stuck.contains("the semaphore stays 0."), "{stuck}");
}

#[test]
fn its_claims_differ_by_its_options() {
    assert_eq!(verdicts("lock"), "true true true false");
    assert!(verdicts("lock --with lock").starts_with("false true "));
    // The parent has not looked at the counter.
    assert_eq!(verdicts("lock --kill --patience 0.1"), "false false true");
}

#[test]
fn the_children_can_be_run_by_hand() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display();
    let counter = format!("mp-demo child lock-counter --lock flock --turns 500 0<>{path}");
    let script = format!("{counter} & {counter} & wait; od -A n -t u8 {path}");
    let ended = run(&mut shell(&script));
    assert_eq!(ended.stderr.lines().count(), 2, "{ended:?}");
    assert_eq!(words_of(&ended.stdout), "1000");
}

#[test]
fn the_programs_do_what_the_lesson_does() {
    let rust = crate::programs::program_of_rust("lock");
    let ended = run(command(rust.to_str().unwrap()).arg("lock")).succeeded();
    assert_eq!(screen(&ended.stdout), WITH_LOCK);
    // How much is lost without the lock is up to chance.
    let ended = run(&mut command(rust.to_str().unwrap())).succeeded();
    assert!(ended.stdout.ends_with(" of 2000\n"), "{}", ended.stdout);
    if !has("python3") {
        return;
    }
    for method in start_methods() {
        let ended = run(python("lock").args([*method, "lock"])).succeeded();
        assert_eq!(screen(&ended.stdout), WITH_LOCK, "{method}");
        let ended = run(python("lock").arg(method)).succeeded();
        assert!(ended.stdout.ends_with(" of 2000\n"), "{method}: {}", ended.stdout);
    }
}
