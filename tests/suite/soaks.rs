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
#[ignore = "500 checks of exercises"]
fn no_repair_is_judged_wrongly_while_both_cores_are_busy() {
    under_load(|| {
        let names = crate::exercises::names();
        let mut random = fastrand::Rng::with_seed(1);
        for number in 0..500 {
            let name = &names[random.usize(..names.len())];
            let is_right = number % 2 == 0;
            let repairs = crate::exercises::repairs(name, if is_right { "right" } else { "wrong" });
            let program = &repairs[random.usize(..repairs.len())];
            let ended = crate::exercises::check(name, program, None);
            assert_eq!(ended.code(), i32::from(!is_right), "{program:?}: {ended:?}");
        }
    });
}

#[test]
#[ignore = "50 runs of each experiment, on both cores, on one, and beside a load"]
fn what_is_always_or_never_true_is_so_in_each_of_all_its_runs() {
    for condition in ["", "--one-core", "--load"] {
        crate::predict::check_what_is_always_or_never_true(u64::MAX, condition, false);
    }
}
