//! Thousands of runs, which take too long for every day: `cargo test --test suite -- --ignored
//! soaks`

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mp_demo::cli::lesson_in;

use crate::common::*;
use crate::predict::commands_of_experiments;

/// Keeps both cores busy while `act` runs.
fn under_load(act: impl FnOnce()) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        // If it panics, the threads must end, too.
        let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        is_over.store(true, Ordering::Relaxed);
        if let Err(panic) = acted {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Whether these options are none that a run may get stuck by, whatever happens in it.
fn makes_no_mistake(command: &str) -> bool {
    lesson_in(command).is_ok_and(|(lesson, _)| lesson.mistake(&Default::default()).is_none())
}

/// One of these commands, with the options of another one of its lesson if they go together.
fn some_options(random: &mut fastrand::Rng, commands: &[String]) -> String {
    let one = &commands[random.usize(..commands.len())];
    let lesson = one.split(' ').next().unwrap();
    let others: Vec<_> = commands.iter().filter_map(|it| it.strip_prefix(lesson)).collect();
    let both = format!("{one}{}", others[random.usize(..others.len())]);
    if makes_no_mistake(&both) { both } else { one.clone() }
}

#[test]
#[ignore = "2,000 runs"]
fn no_run_is_called_stuck_that_is_not() {
    under_load(|| {
        let mut random = fastrand::Rng::with_seed(1);
        let mut commands = Vec::from_iter(commands_of_experiments());
        commands.retain(|command| makes_no_mistake(command));
        // What is sent fits into the pipe, so that a join that comes first does no harm.
        let more = ["pipe", "pipe --receive all", "pipe --simplex --bytes 60000"];
        let with_commands = "queue --writers 3 --writer pwd --readers 4 --reader wc";
        commands.extend(more.into_iter().chain([with_commands]).map(str::to_owned));
        for number in 0..2_000 {
            let options = some_options(&mut random, &commands);
            let speed = [1, 2, 5, 20][number % 4];
            let words = format!("{options} --patience 0 --speed {speed} --seed {number} --json");
            let ended = run_words(&words);
            assert_eq!(ended.code(), 0, "{words}: {ended:?}");
            assert!(!ended.stdout.contains("\"event\":\"stuck\""), "{words}: {ended:?}");
        }
    });
}

#[test]
#[ignore = "50 runs of each variant, on both cores, on one, and on two that are busy"]
fn a_variant_that_goes_wrong_does_so_in_every_run() {
    let variants = [
        ("spawn --sleep 2,2,2,2,0.5 --speed 10", "Child process end."),
        ("queue --take 10 --speed 20", "2 values were put and never got: \"B\", \"C\""),
        ("queue --stop empty --speed 5", "put and never got"),
        ("queue --stop none", "A circle: parent -> reader -> parent."),
        ("queue --stop eof --keep-end", "A circle: parent -> reader -> parent."),
        ("queue --stop sentinel --readers 2 --sentinels 1", "A circle: parent -> reader-"),
        ("queue --kill reader-1 --lock", "A dead end: the lock died with reader-1"),
        ("lock --kill", "A dead end: the lock died with child-1"),
        ("buffer", "reads nothing"),
        ("buffer --end kill", "reads nothing"),
        ("pipe --reply --join first", "A circle: parent -> writer -> parent."),
        ("pipe --bytes 65537", "its pipe holds 65,536 of 65,536 bytes, and only parent"),
        ("pipe --receive all --keep-end", "A dead end: what is waited for can't come"),
    ];
    let fifty = |before: &str| {
        for (words, expected) in variants {
            let pause = if words.contains("--speed") { "" } else { "--speed 50" };
            for number in 0..50 {
                let command = format!("{before} mp-demo {words} {pause} --patience 0.1");
                let ended = run(&mut shell(&command));
                let shown = format!("{}{}", ended.stdout, ended.stderr);
                assert_eq!(ended.code(), 0, "{number} of {command}: {shown}");
                assert!(shown.contains(expected), "{number} of {command}: {shown}");
            }
        }
    };
    fifty("");
    fifty("taskset -c 0");
    under_load(|| fifty(""));
}

#[test]
#[ignore = "50 runs of each experiment"]
fn what_is_always_or_never_true_is_so_in_each_of_all_its_runs() {
    crate::predict::check_what_is_always_or_never_true(u64::MAX);
}
