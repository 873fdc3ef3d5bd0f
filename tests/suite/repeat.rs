//! `--repeat`: many runs of a command, counted.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use snapbox::{assert_data_eq, str};
use unicode_width::UnicodeWidthStr;

use crate::common::*;

/// Each line of `--repeat --json`, and the last one, which is the summary.
pub fn counted(words: &str) -> (Vec<Value>, Value) {
    let ended = run(mp_demo(words.split_whitespace()).arg("--json"));
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""), "{words}");
    let mut lines: Vec<_> = ended.stdout.lines().map(event).collect();
    let summary = lines.pop().unwrap();
    (lines, summary)
}

/// A screen without durations and seeds, which differ from run to run.
fn without_chance(screen: &str) -> String {
    let mut text = String::new();
    for line in screen.lines() {
        let mut line = line.to_owned();
        for (label, instead) in [(" runs in ", "TIME"), ("--seed ", "N")] {
            if let Some(at) = line.find(label) {
                line.replace_range(at + label.len().., instead);
            }
        }
        text += &format!("{line}\n");
    }
    text
}

#[test]
fn claims_and_outcomes_are_counted() {
    let ended = run_words("memory --repeat 30").succeeded();
    assert_data_eq!(
        without_chance(&ended.stdout),
        str![[r#"
memory: 30 runs in TIME

the parent's counter changes when the child counts
  never    0 of 30    (not once in 30: at most 10 % of runs)
the parent's counter changes once it has the child's message
  always  30 of 30    (no exception in 30: at most 10 % of runs)
the child's counter starts where the parent's is
  never    0 of 30    (not once in 30: at most 10 % of runs)
both counters lie at the same address
  always  30 of 30    (no exception in 30: at most 10 % of runs)
it gets stuck
  never    0 of 30    (not once in 30: at most 10 % of runs)

runs  what the counters were
  30  ##########################  first in run 1
      child: 0 5; parent: 10 10 5

In parentheses: 95 % confidence intervals of the shares. These are shares of
these runs, not probabilities: they change with the machine and the hour.

"#]]
    );
}

#[test]
fn in_chinese_too() {
    let ended = run_words("queue --stop eof --pause 0 --repeat 1 --lang zh --seed 3").succeeded();
    let lines = ended.lines();
    assert!(lines[0].starts_with("queue --pause 0 --stop eof：1 次运行，用时 "), "{}", lines[0]);
    for line in [
        "放入的每个值都被取走",
        "  总是  1 次中 1 次    （没有例外：例外至多占 95%）",
        "取到了什么  次数",
    ] {
        assert!(lines.contains(&line), "{line} in {ended:?}");
    }
}

#[test]
fn a_stuck_run_is_an_outcome_and_known_at_once_beside_a_load_too() {
    for load in ["", " --load"] {
        let words = format!("queue --stop none --pause 0 --repeat 2 --patience 60{load}");
        let (runs, summary) = counted(&words);
        assert_eq!(runs.len(), 2);
        for run in runs {
            assert_eq!(run["outcome"], "A B C; stuck");
            assert_eq!(run["claims"]["stuck"], true);
        }
        assert_eq!(summary["outcomes"][0]["runs"], 2);
        let seconds = summary["seconds"].as_f64().unwrap();
        assert!(seconds < 60.0, "the patience of one run: {seconds}");
    }
}

#[test]
fn the_summary_says_what_the_runs_say() {
    let (runs, summary) = counted("queue --pause 0 --repeat 60 --readers 2 A B");
    assert_eq!(runs.len(), 60);
    let mut numbers = runs.iter().map(|run| run["run"].as_u64().unwrap());
    assert!((1..=60).all(|number| numbers.next() == Some(number)));
    for (claim, figures) in summary["claims"].as_object().unwrap() {
        let said = runs.iter().map(|run| &run["claims"][claim]);
        let said: Vec<_> = said.filter_map(Value::as_bool).collect();
        let holds = said.iter().filter(|it| **it).count();
        assert_eq!(figures["holds"], holds, "{claim}");
        assert_eq!(figures["of"], said.len(), "{claim}");
        let often = match holds {
            0 => "never",
            holds if holds == said.len() => "always",
            _ => "sometimes",
        };
        assert_eq!(figures["often"], often, "{claim}");
    }
    let outcomes = summary["outcomes"].as_array().unwrap();
    let mut last = u64::MAX;
    for outcome in outcomes {
        let same = runs.iter().filter(|run| run["outcome"] == outcome["outcome"]);
        let same: Vec<_> = same.collect();
        assert_eq!(outcome["runs"], same.len());
        assert_eq!(outcome["first_run"], same[0]["run"]);
        assert_eq!(outcome["seed"], same[0]["seed"]);
        let count = outcome["runs"].as_u64().unwrap();
        assert!(count <= last, "the most frequent first: {summary}");
        last = count;
    }
}

#[test]
fn each_run_has_fresh_processes_and_the_seed_repeats_its_pauses() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let words = format!("queue --repeat 1 --seed 7 --speed 100 --keep {}", kept.display());
    let (runs, summary) = counted(&words);
    assert_eq!(summary["seed"], 7);
    let seed = &runs[0]["seed"];

    let pauses = |log: &str| {
        let events: Vec<_> = log.lines().map(event).collect();
        let pauses = fields(&events, "sleep", "seconds").into_iter().cloned();
        pauses.collect::<Vec<_>>()
    };
    let recorded = fs::read_to_string(kept.join("run-1.jsonl")).unwrap();
    let single = run_words(&format!("queue --speed 100 --json --seed {seed}"));
    assert_eq!(pauses(&recorded), pauses(&single.stdout));
    assert_eq!(pauses(&recorded).len(), 3);

    let (runs, _) = counted("queue --repeat 3 --seed 7 --speed 1000");
    assert_eq!(runs[0]["seed"], *seed);
    assert_ne!(runs[1]["seed"], runs[0]["seed"]);
}

#[test]
fn a_recording_of_each_outcome_is_kept_and_can_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("new/folder");
    let words = format!("queue --pause 0 --repeat 40 --keep {}", kept.display());
    let (runs, summary) = counted(&words);
    let mut files: Vec<_> = fs::read_dir(&kept).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let outcomes = summary["outcomes"].as_array().unwrap();
    assert_eq!(files.len(), outcomes.len());
    for outcome in outcomes {
        let first = outcome["first_run"].as_u64().unwrap();
        let file = kept.join(format!("run-{first}.jsonl"));
        assert_eq!(runs[first as usize - 1]["kept"], file.to_str().unwrap());
        let shown = run(mp_demo(["view", "--claims"]).arg(&file));
        let expected = format!("what was got: {}\n", outcome["outcome"].as_str().unwrap());
        assert!(shown.stdout.ends_with(&expected), "{expected} {shown:?}");
    }
    // Files that are there already could be mistaken for recordings of this run.
    let again = run_words(&words);
    assert_eq!((again.code(), again.stdout.as_str()), (1, ""));
    assert!(again.stderr.contains("it is not empty; choose a new folder"));
}

#[test]
fn runs_go_on_until_an_outcome_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let run_here = |options: &str| {
        let script = format!("mp-demo queue --pause 0 {options}");
        run(shell(&script).current_dir(folder.path()))
    };
    let ended = run_here("--stop eof --repeat 50 --outcome 'A B C'");
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.starts_with("queue --pause 0 --stop eof: 1 run in "));
    assert!(ended.stdout.contains("\n\"A B C\" came in run 1\n"), "{ended:?}");
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let name = files[0].as_ref().unwrap().file_name().into_string().unwrap();
    assert!(name.starts_with("queue-seed-") && name.ends_with(".jsonl"));
    assert!(ended.stdout.contains(&format!("mp-demo view {name} --timeline")));

    let ended = run_here("--stop eof --repeat 4 --outcome impossible");
    assert_eq!(ended.code(), 1);
    let words = words_of(&ended.stdout);
    let expected =
        "\"impossible\" did not come in 4 runs: it comes in less than 53 % of them, or never.";
    assert!(words.contains(expected), "{words}");
    // Nobody asks this one to keep anything.
    run_here("--repeat 20").succeeded();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn conditions_are_named_and_end_with_the_runs() {
    let ended = run_words("queue --pause 0 --repeat 3 --one-core --load").succeeded();
    let first = ended.lines()[0];
    assert!(first.contains(", all on one core, beside "), "{first}");

    let mut running = Running::with_log("queue --speed 10 --repeat 50 --load");
    let pid = running.pid();
    running.line().unwrap();
    let load = load_of(pid);
    assert!(!load.is_empty());
    kill_process(pid, Signal::KILL).unwrap();
    running.finish();
    for pid in load {
        assert!(ends(pid), "{pid:?} survives");
    }
}

#[test]
fn a_process_of_the_load_that_ends_early_is_told() {
    let mut running = Running::with_log("queue --speed 10 --repeat 3 --load");
    running.line().unwrap();
    let victim = load_of(running.pid())[0];
    kill_process(victim, Signal::KILL).unwrap();
    let ended = running.finish();
    let expected =
        format!("mp-demo: a process of --load (PID {}) has ended by run ", victim.as_raw_pid());
    assert!(ended.stderr.starts_with(&expected), "{ended:?}");
    assert_eq!((ended.code(), ended.stderr.lines().count()), (0, 1), "{ended:?}");
    let summary = event(ended.lines().last().unwrap());
    let told = summary["condition"].as_array().unwrap().last().unwrap();
    assert!(told.as_str().unwrap().ends_with(" ended early"), "{summary}");
}

/// The PIDs of this process's children that only compute.
fn load_of(pid: Pid) -> Vec<Pid> {
    let is_load = |pid: &Pid| {
        let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_pid())).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("busy")
    };
    children_of(pid).into_iter().filter(is_load).collect()
}

#[test]
fn ctrl_c_ends_the_run_in_hand_and_shows_what_there_is() {
    for is_for_all in [false, true] {
        let mut running = Running::with_log("queue --speed 10 --repeat 1000");
        running.line().unwrap();
        let pid = running.pid();
        match is_for_all {
            // As a terminal does.
            true => rustix::process::kill_process_group(pid, Signal::INT).unwrap(),
            false => kill_process(pid, Signal::INT).unwrap(),
        }
        let ended = running.finish();
        assert_eq!((ended.code(), ended.stderr.as_str()), (130, ""));
        let summary = event(ended.lines().last().unwrap());
        assert_eq!(summary["interrupted"], true);
        let runs = summary["runs"].as_u64().unwrap();
        assert!((1..1000).contains(&runs), "{summary}");
        assert_eq!(summary["failed"], 0);
    }
}

#[test]
fn a_run_that_failed_is_named_and_not_counted() {
    let mut running = Running::with_log("queue --speed 2 --repeat 2");
    let writer = loop {
        if let Some(writer) = children_of(running.pid()).first() {
            break *writer;
        }
    };
    let _ = kill_process(writer, Signal::KILL);
    running.line().unwrap();
    let ended = running.finish();
    assert_eq!(ended.code(), 1, "{ended:?}");
    let summary = event(ended.lines().last().unwrap());
    assert_eq!((&summary["runs"], &summary["failed"]), (&1.into(), &1.into()));
    let writer = writer.as_raw_pid();
    let expected = format!("writer (PID {writer}) was killed by SIGKILL (9)");
    assert!(ended.stderr.starts_with("mp-demo: run 1 (--seed "), "{}", ended.stderr);
    assert!(ended.stderr.contains(&expected), "{}", ended.stderr);
}

#[test]
fn whoever_has_seen_enough_ends_it() {
    let ended = run(&mut shell("mp-demo queue --pause 0 --repeat 100000 --json | head -n 2"));
    assert_eq!((ended.code(), ended.lines().len()), (0, 2));
}

#[test]
fn what_cannot_be_shown_or_kept_is_told() {
    for (words, expected) in [
        ("--repeat 2 > /dev/full", "cannot write to stdout"),
        ("--repeat 2 --json > /dev/full", "cannot write to stdout"),
        ("--repeat 2 1</dev/null", "cannot write to stdout"),
        ("--repeat 2 --keep /dev/null", "recordings in /dev/null: it is not a folder"),
        ("--repeat 2 --keep /proc/mp-demo", "cannot keep recordings in /proc/mp-demo"),
    ] {
        let ended = run(&mut shell(&format!("mp-demo queue --pause 0 {words}")));
        assert_eq!(ended.code(), 1, "{words}: {ended:?}");
        assert!(ended.stderr.contains(expected), "{words}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{words}: {ended:?}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    for empty in ["", " "] {
        let ended = run(&mut mp_demo(["queue", "--repeat", "1", "--outcome", empty]));
        assert_eq!(ended.code(), 2, "{ended:?}");
        assert!(ended.stderr.contains("expected an outcome as --repeat shows it"), "{ended:?}");
    }
    for number in ["0", "100001", "x", "-5", "1.5"] {
        let expected = "expected a whole number from 1 to 100000";
        assert_refused(&format!("queue --repeat {number}"), expected);
    }
    for option in ["--timeline", "--explain", "--labels", "--claims", "--trace x"] {
        let name = option.split(' ').next().unwrap();
        let expected = format!("{name} shows one run, and --repeat counts many");
        assert_refused(&format!("queue --repeat 2 {option}"), &expected);
        assert_refused(&format!("{option} queue --repeat"), &expected);
    }
    for option in ["--keep x", "--outcome A", "--one-core", "--load"] {
        let name = option.split(' ').next().unwrap();
        assert_refused(&format!("queue {option}"), &format!("{name} goes with --repeat"));
        assert_refused(
            &format!("queue {option} --lang zh"),
            &format!("{name} 要和 --repeat 一起用"),
        );
    }
    assert_refused("view --repeat 2 x", "`mp-demo view` doesn't take --repeat");
}

#[test]
fn without_a_number_a_hundred_runs_are_made() {
    let mut running = Running::with_log("queue --pause 0 --repeat");
    running.line().unwrap();
    running.signal(Signal::INT);
    let summary = event(running.finish().lines().last().unwrap());
    assert_eq!(summary["wanted"], 100);
}

#[test]
fn the_command_stands_above_as_it_could_be_typed() {
    let script = "mp-demo queue --repeat=1 --speed 1000 \"it's\" 'a b' --writers 2 --color never \
                  --lock --stop=eof";
    let ended = run(&mut shell(script)).succeeded();
    let first = words_of(&ended.stdout);
    let expected = r"queue --writers 2 --stop eof --lock --speed 1000 'it'\''s' 'a b': 1 run in";
    assert!(first.starts_with(expected), "{first}");
}

#[test]
fn on_a_terminal_a_bar_shows_how_far_it_is_and_the_summary_fits() {
    for (columns, language) in [(40, "en"), (80, "en"), (40, "zh")] {
        let args = ["spawn", "--children", "2", "--threads", "2", "--sleep", "0", "--repeat", "15"];
        let args = [&args[..], &["--lang", language]].concat();
        let screen = on_terminal(&args, &[UTF_8], (50, columns));
        assert!(screen.contains("/15"), "{screen}");
        let summary = screen.rsplit('\r').next().unwrap();
        let summary = anstream::adapter::strip_str(summary).to_string();
        for line in summary.lines() {
            assert!(line.width() <= columns.into(), "{columns}: {line}");
        }
    }
}

#[test]
fn memory_does_not_grow_with_the_runs() {
    let peak = |runs: usize| {
        let words = format!("queue --pause 0 --stop eof --repeat {runs}");
        let mut running = Running::with_log(&words);
        let pid = running.pid().as_raw_pid();
        // It is looked at before the last runs.
        (5..runs).for_each(|_| drop(running.line().unwrap()));
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        running.finish();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let (few, many) = (peak(30), peak(if is_soak() { 500 } else { 150 }));
    assert!(many < few + 1024, "{few} KiB at first, {many} KiB at last");
}

#[test]
fn stopped_children_and_those_that_only_compute_are_not_left() {
    let words = "lock --turns 100000 --repeat 1000 --one-core --load";
    let run = Running::start(&mut mp_demo(words.split(' ')));
    let cores = std::thread::available_parallelism().unwrap().get();
    let mut found = Vec::new();
    // One for each core computes; the others are of a run.
    while found.len() <= cores {
        found = children_of(run.pid());
    }
    for pid in &found {
        let _ = kill_process(*pid, Signal::STOP);
    }
    run.signal(Signal::TERM);
    assert_eq!(run.finish().code(), 143);
    for pid in found {
        assert!(!exists(pid), "{pid:?} is left");
    }
}

#[test]
fn whoever_ignores_ctrl_c_gets_all_runs() {
    // A shell starts a command with & with SIGINT ignored.
    let script = "mp-demo queue --pause 0 --repeat 3 --json & wait $!";
    let ended = run(&mut shell(script)).succeeded();
    let summary = event(ended.lines().last().unwrap());
    assert_eq!((&summary["runs"], &summary["interrupted"]), (&3.into(), &false.into()));
}
