//! `mp-demo exercise`, and `mp-demo check` of the exercises and of repairs, right ones and wrong ones.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::*;

const EXERCISES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demos/exercises");
const REPAIRS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exercises");

/// The names of the exercises.
pub fn names() -> Vec<String> {
    let entries = fs::read_dir(EXERCISES).unwrap();
    let mut names: Vec<_> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The programs with repairs of an exercise, by what their name begins with.
pub fn repairs(name: &str, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(REPAIRS).join(name)).unwrap();
    let mut files: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    files.retain(|it| it.file_name().unwrap().to_str().unwrap().starts_with(kind));
    files.sort();
    files
}

/// Checks a program as this exercise, with the default number of runs if none is given.
pub fn check(name: &str, program: &Path, runs: Option<u32>) -> Ended {
    let mut command = mp_demo(["check", "--exercise", name]);
    command.args(runs.map(|runs| format!("--runs={runs}"))).arg(program);
    run(&mut command)
}

/// What `check` says when a run fails by what the exercise fails by as it is.
fn said_of_fault(name: &str) -> String {
    let task = fs::read_to_string(Path::new(EXERCISES).join(name).join("task.toml")).unwrap();
    let fault = task.lines().find_map(|line| line.strip_prefix("fault = \"")).unwrap();
    let fault = fault.trim_end_matches('"');
    if fault == "parent" {
        return "the first process".to_owned();
    }
    let described = include_str!("../../demos/docs/run.md");
    let row = described.lines().find_map(|line| line.strip_prefix(&format!("| `{fault}` | ")));
    match row {
        Some(row) => row.trim_end_matches(" |").split([';', ',']).next().unwrap().to_owned(),
        None => format!("{fault}()"),
    }
}

#[test]
fn each_program_fails_as_it_is_and_by_its_own_fault() {
    at_once(names(), |name| {
        let program = Path::new(EXERCISES).join(&name).join("program.py");
        for _ in 0..if is_soak() { 5 } else { 1 } {
            let ended = check(&name, &program, (!is_soak()).then_some(3));
            assert_eq!((ended.code(), &*ended.stderr), (1, ""), "{name}: {ended:?}");
            assert!(ended.stdout.starts_with("Not solved:\n"), "{ended:?}");
            let fault = said_of_fault(&name);
            // Lines are wrapped.
            let words = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&fault), "{name}, {fault}: {ended:?}");
        }
    });
}

#[test]
fn right_repairs_pass_and_wrong_ones_fail() {
    at_once(names(), |name| {
        let (right, wrong) = (repairs(&name, "right"), repairs(&name, "wrong"));
        assert!(right.len() >= 2 && wrong.len() >= 3, "{name}");
        let all = if is_soak() { right.len() } else { 1 };
        for program in &right[..all] {
            let ended = check(&name, program, (!is_soak()).then_some(3));
            assert_eq!(ended.code(), 0, "{program:?}: {ended:?}");
            assert!(ended.stdout.starts_with("Solved: "), "{ended:?}");
        }
        for program in wrong.iter().filter(|_| is_soak()) {
            assert_eq!(check(&name, program, None).code(), 1, "{program:?}");
        }
    });
}

#[test]
fn an_exercise_is_written_once_and_says_what_is_to_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let here = |words: &str| {
        let mut command = mp_demo(words.split_whitespace());
        run(command.current_dir(folder.path()))
    };
    let list = here("exercise").succeeded().stdout;
    for name in names() {
        assert!(list.contains(&format!("  {name} ")), "{list}");
    }
    let set = here("exercise lost-values").succeeded().stdout;
    for line in ["lost_values.py is written.", "What is wrong: ", "What has to be true: "] {
        assert!(set.contains(line), "{set}");
    }
    let file = folder.path().join("lost_values.py");
    let program = Path::new(EXERCISES).join("lost-values/program.py");
    assert_eq!(fs::read(&file).unwrap(), fs::read(program).unwrap());
    fs::write(&file, "mine").unwrap();
    let again = here("exercise lost-values").succeeded().stdout;
    assert!(
        again.starts_with("lost_values.py is here already, and is left as it is.\n"),
        "{again}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let hints = ["", " 1", " 2", " 3"];
    let hints = hints.map(|n| here(&format!("exercise lost-values --hint{n}")).succeeded().stdout);
    assert!(hints[0] == hints[1] && hints[1] != hints[2] && hints[2] != hints[3]);
    crate::chinese::says_nothing_in_english(&["exercise"]);
    for name in names() {
        for words in [&["exercise", &name][..], &["exercise", &name, "--hint", "1"]] {
            let mut command = mp_demo(words);
            command.args(["--lang", "zh"]).current_dir(folder.path());
            crate::chinese::check(&run(&mut command), false, &name);
        }
    }
    assert_refused("exercise lost-value", "a similar value exists: 'lost-values'");
    assert_refused("exercise --hint 2", "<NAME>");
}

#[test]
fn a_folder_is_checked_file_by_file_and_what_is_not_there_is_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    let classes = folder.path().join("class");
    fs::create_dir(&own).unwrap();
    fs::create_dir(&classes).unwrap();
    for file in ["program.py", "task.toml"] {
        let from = Path::new(EXERCISES).join("doubled-lines").join(file);
        fs::copy(from, own.join(file)).unwrap();
    }
    fs::copy(&repairs("doubled-lines", "right")[0], classes.join("anna.py")).unwrap();
    fs::copy(&repairs("doubled-lines", "wrong")[0], classes.join("bert.py")).unwrap();
    fs::write(classes.join("carl.py"), "print('not even near\n").unwrap();
    let checked = run(mp_demo(["check", "--runs", "1", "--exercise"]).arg(&own).arg(&classes));
    assert_eq!((checked.code(), &*checked.stderr), (1, ""), "{checked:?}");
    let words = checked.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.starts_with("anna.py: solved bert.py: not solved, in 1 of 1 runs: "), "{words}");
    assert!(words.contains(" carl.py: not solved, in 1 of 1 runs: "), "{words}");
    for (words, said) in [
        ("check nowhere.py", "there is no file nowhere.py"),
        ("check --exercise nowhere Cargo.toml", "there is no exercise nowhere, and no folder"),
        ("check Cargo.toml", "the name Cargo.toml says no exercise: "),
        ("check --exercise lost-values src", "there is no *.py in src"),
        ("check --exercise lost-values --page x src", "--page shows a run of one program"),
    ] {
        let refused = run_words(words);
        assert_eq!((refused.code(), &*refused.stdout), (2, ""), "{refused:?}");
        assert!(refused.stderr.starts_with(&format!("mp-demo: {said}")), "{refused:?}");
    }
}

#[test]
fn a_check_is_bounded_and_leaves_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lost_values.py");
    let check = |text: &str| {
        fs::write(&program, text).unwrap();
        run(mp_demo(["check"]).arg(&program))
    };
    // The processes write their PIDs, so that they can be looked for.
    let many = format!(
        "import os, time\npids = open({:?}, 'w')\nfor _ in range(80):\n    pid = os.fork()\n    \
         if pid == 0:\n        time.sleep(1000)\n    print(pid, file=pids, flush=True)\ntime.sleep(1000)",
        folder.path().join("pids")
    );
    let ended = check(&many);
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("more than the 64 that it may have"), "{ended:?}");
    for pid in fs::read_to_string(folder.path().join("pids")).unwrap().lines() {
        assert!(!Path::new("/proc").join(pid).exists(), "{pid}");
    }
    let ended = check("room = bytearray(3 << 30)");
    assert!(ended.stdout.contains("MemoryError"), "{ended:?}");
    if is_soak() {
        let ended = check("while True: pass");
        assert!(ended.stdout.contains("SIGXCPU"), "{ended:?}");
        let ended = check("import time\ntime.sleep(1000)");
        assert!(ended.stdout.contains("it has not ended in the time"), "{ended:?}");
    }
}

#[test]
fn the_tour_has_a_step_for_each_lesson_and_each_step_says_what_comes_next() {
    let steps = run_words("tour").succeeded().stdout;
    for lesson in lessons() {
        assert!(steps.contains(&format!("  {lesson} ")), "{steps}");
    }
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let step = run(mp_demo(["tour", "8", "--page"]).arg(&page));
    assert_eq!(step.code(), 0, "{step:?}");
    for part in ["Step 8 of 12: ", "Answer: always.", "$ mp-demo lock", "lost-updates", "tour 9"] {
        assert!(step.stdout.contains(part), "{step:?}");
    }
    assert!(page.exists());
    let none = run_words("tour 13");
    assert_eq!((none.code(), &*none.stderr), (2, "mp-demo: the tour has steps 1 to 12\n"));
    crate::chinese::says_nothing_in_english(&["tour"]);
    for number in 1..=12 {
        if is_soak() || number == 12 {
            assert_eq!(run_words(&format!("tour {number}")).code(), 0, "{number}");
        }
    }
}
