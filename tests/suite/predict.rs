//! `mp-demo predict`, and whether its true answers are true.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use mp_demo::cli::lesson_in;
use mp_demo::lessons::DEMOS;
use mp_demo::predict::{Experiment, Often, Question};
use mp_demo::words::locale::{Language, choose};
use serde_json::{Map, Value};

use crate::common::*;
use crate::programs::is_han;
use crate::repeat::counted;

fn experiments() -> Vec<Experiment> {
    choose(Language::En);
    Experiment::all(None).unwrap_or_else(|error| panic!("{error:#}"))
}

/// The commands that something is predicted of, each once and at full length.
pub fn commands_of_experiments() -> BTreeSet<String> {
    let commands = experiments().into_iter().map(|experiment| {
        let command = experiment.command_with(65_537);
        let mut words: Vec<_> = command.split(' ').collect();
        if let Some(at) = words.iter().position(|word| *word == "--speed") {
            words.drain(at..at + 2);
        }
        words.join(" ")
    });
    commands.collect()
}

/// What so many runs of a command come to.
fn repeated(command: &str, runs: u64) -> (Vec<Value>, Value) {
    counted(&format!("{command} --repeat {runs}"))
}

fn is_stuck(command: &str) -> bool {
    let (lines, _) = repeated(command, 1);
    lines[0]["claims"]["stuck"] == true
}

fn file_of(experiment: &Experiment, kind: &str) -> String {
    path_of(&format!("tests/experiments/{}-{}-{kind}.jsonl", experiment.lesson, experiment.name))
}

fn recorded_options(file: &str) -> Map<String, Value> {
    let log = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    event(log.lines().next().unwrap())["options"].as_object().unwrap().clone()
}

/// Whether a run with the recorded options is one of this command. An option that is newer than
/// the recording had its default then.
fn is_run_of(command: &str, recorded: &Map<String, Value>) -> bool {
    let options = |command: &str| -> Map<String, Value> {
        let (lesson, speed) = lesson_in(command).unwrap();
        serde_json::from_str(lesson.options(speed).unwrap().get()).unwrap()
    };
    let defaults = options(command.split(' ').next().unwrap());
    let now = options(command);
    recorded.keys().all(|name| now.contains_key(name))
        && now.iter().all(|(name, value)| recorded.get(name).unwrap_or(&defaults[name]) == value)
}

/// The verdicts on a recorded run of this experiment, which has to be a run of its command.
fn recorded_run(experiment: &Experiment, kind: &str) -> String {
    let file = file_of(experiment, kind);
    assert!(is_run_of(&experiment.command, &recorded_options(&file)), "{file}");
    let ended = run(&mut mp_demo(["view", &file, "--claims", "--lang", "en"]));
    assert_eq!(ended.code(), 0, "{ended:?}");
    ended.stdout.rsplit("\n\n").next().unwrap().to_owned()
}

#[test]
fn there_are_enough_experiments_each_with_its_name_and_its_reason_in_both_languages() {
    let experiments = experiments();
    assert!(experiments.len() >= 50);
    let mut names: Vec<_> = experiments.iter().map(|it| (it.lesson, &it.name)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), experiments.len());
    for demo in DEMOS {
        let text: toml::Table = toml::from_str(demo.experiments).unwrap();
        for experiment in text["experiment"].as_array().unwrap() {
            let [english, chinese] =
                ["en", "zh"].map(|it| experiment["reason"][it].as_str().unwrap());
            assert!(!english.chars().any(is_han) && english.ends_with('.'), "{english}");
            assert!(chinese.chars().any(is_han) && chinese.ends_with('。'), "{chinese}");
        }
    }
    // There are questions of every kind.
    let kinds: std::collections::HashSet<_> =
        experiments.iter().map(|it| std::mem::discriminant(&it.question)).collect();
    assert_eq!(kinds.len(), 5);
}

#[test]
fn what_is_always_or_never_true_is_so_in_every_run() {
    check_what_is_always_or_never_true(3, "", false);
}

/// Runs the command of each experiment under a condition, but no more often than that: of those
/// that measure, which need a quiet machine, or of the others.
pub fn check_what_is_always_or_never_true(most: u64, condition: &str, measures: bool) {
    // Several experiments may ask about the same command.
    let mut commands: BTreeMap<String, (u64, Vec<(String, Often)>)> = BTreeMap::new();
    for experiment in experiments() {
        if let Question::Often { claim, truth } = experiment.question
            && truth != Often::Sometimes
            && (experiment.lesson == "bound") == measures
        {
            let one_core = if experiment.one_core { " --one-core" } else { "" };
            let command = experiment.command + one_core;
            let (runs, truths) = commands.entry(command).or_default();
            *runs = experiment.runs.min(most).max(*runs);
            truths.push((claim, truth));
        }
    }
    assert!(!commands.is_empty());
    let check = |(command, (runs, truths)): (String, (u64, Vec<(String, Often)>))| {
        let is_set = command.contains(condition);
        let condition = if is_set { "" } else { condition };
        let (_, summary) = repeated(&format!("{command} {condition}"), runs);
        for (claim, truth) in truths {
            let often = &summary["claims"][&claim]["often"];
            assert_eq!(*often, truth.word(), "{command}, {claim}: {summary}");
        }
    };
    match measures {
        true => commands.into_iter().for_each(check),
        false => at_once(commands, check),
    }
}

#[test]
fn what_is_sometimes_true_has_a_recorded_run_of_each_kind() {
    let mut count = 0;
    for experiment in experiments() {
        if let Question::Often { truth: Often::Sometimes, .. } = &experiment.question {
            count += 1;
            let claim = experiment.sentence();
            let claim = claim.strip_prefix("In all runs, in some, or in none: ").unwrap();
            let claim = claim.strip_suffix('?').unwrap();
            for (kind, word) in [("true", "true   "), ("false", "false  ")] {
                let claims = recorded_run(&experiment, kind);
                let line = format!("{word}{claim}");
                assert!(claims.lines().any(|it| it == line), "{line} in {claims}");
            }
        }
    }
    assert!(count > 5);
}

#[test]
fn possible_outcomes_have_a_recorded_run_and_the_others_never_come() {
    for experiment in experiments() {
        let Question::Outcomes(choices) = &experiment.question else {
            continue;
        };
        if let [outcome] = &choices.right[..] {
            // It comes in every run. `cost` compares with Python.
            if experiment.lesson != "cost" || has("python3") {
                for run in repeated(&experiment.command, experiment.runs).0 {
                    assert_eq!(run["outcome"], outcome.as_str(), "{}", experiment.command);
                }
            }
            continue;
        }
        for (number, outcome) in choices.right.iter().enumerate() {
            let claims = recorded_run(&experiment, &(number + 1).to_string());
            assert!(claims.ends_with(&format!(": {outcome}\n")), "{outcome}: {claims}");
        }
        let command = format!("{} --speed 1000", experiment.command);
        let is_right = |outcome: &str| choices.right.iter().any(|it| it == outcome);
        for run in repeated(&command, 25).0 {
            let outcome = run["outcome"].as_str().unwrap();
            let is_offered = experiment.question.choices().contains(&outcome);
            assert!(!is_offered || is_right(outcome), "{command}: {outcome}");
        }
    }
}

#[test]
fn who_waits_for_whom_what_repairs_it_and_from_where_on_it_is_stuck_is_so() {
    at_once(experiments(), |experiment| {
        let command = &experiment.command;
        match &experiment.question {
            Question::Waits(choices) => {
                let (lines, _) = repeated(command, 1);
                assert_eq!(lines[0]["waits"], choices.right[0].as_str(), "{command}");
            }
            Question::Repair(choices) => {
                assert!(is_stuck(command), "{command}");
                for (choices, repairs) in [(&choices.right, true), (&choices.wrong, false)] {
                    for choice in choices {
                        assert_eq!(is_stuck(choice), !repairs, "{choice}");
                    }
                }
            }
            Question::Stuck { from } => {
                assert!(is_stuck(&experiment.command_with(*from)));
                assert!(!is_stuck(&experiment.command_with(from - 1)));
            }
            Question::Often { .. } | Question::Outcomes(_) => {}
        }
    });
}

#[test]
fn each_question_can_be_asked() {
    for experiment in experiments() {
        let Experiment { name, call, command, runs, lesson, .. } = &experiment;
        assert!((1..=1_000).contains(runs), "{lesson}, {name}");
        assert!(experiment.program().contains(call.as_str()), "{lesson}, {name}: {call}");
        let mut commands = vec![experiment.command_with(65_537)];
        let choices = experiment.question.choices();
        let is_twice = choices.windows(2).any(|pair| pair[0] == pair[1]);
        assert!(!is_twice && choices.len() <= 16, "{lesson}, {name}: {choices:?}");
        match &experiment.question {
            Question::Often { claim, .. } => {
                let claims = mp_demo::lessons::claims_of(lesson).unwrap().claims();
                assert!(claims.iter().any(|it| it.name == claim), "{lesson}, {name}: {claim}");
            }
            Question::Outcomes(_) => {}
            Question::Waits(choices) => assert_eq!(choices.right.len(), 1, "{lesson}, {name}"),
            Question::Repair(of) => {
                assert_eq!(of.right.len(), 1, "{lesson}, {name}");
                commands.extend(choices.iter().map(|it| (*it).to_owned()));
            }
            Question::Stuck { .. } => assert!(command.contains("{N}"), "{command}"),
        }
        for command in commands {
            experiment.lesson_of(&command).unwrap_or_else(|error| panic!("{error:#}"));
        }
    }
    // `next` is a command, too.
    for next in DEMOS.iter().filter_map(|demo| mp_demo::predict::next_of(demo.name)) {
        assert!(lesson_in(&next).is_ok(), "{next}");
    }
}

#[test]
fn answers_are_graded_by_the_truth_and_never_change_the_status() {
    let words = "predict memory --answer never --answer s --answer ALWAYS";
    let ended = run_words(words).succeeded();
    snapbox::assert_data_eq!(
        ended.stdout,
        snapbox::str![[r#"
Question 1 of 3, memory
mp-demo memory
In all runs, in some, or in none: the parent's counter changes when the child
counts?
[a]lways  [s]ometimes  [n]ever  [?] the call  [??] the program  [q]uit > never
... 10 runs: true in 0.
Right: never. The child has memory of its own. What it adds there never reaches
its parent's counter.

Question 2 of 3, memory
mp-demo memory
In all runs, in some, or in none: the parent's counter changes once it has the
child's message?
[a]lways  [s]ometimes  [n]ever  [?] the call  [??] the program  [q]uit > s
... 10 runs: true in 10.
No, it is: always. The result comes as a message, and the parent itself writes
it to its counter. More: mp-demo show memory

Question 3 of 3, memory
mp-demo memory
In all runs, in some, or in none: the child's counter starts where the parent's
is?
[a]lways  [s]ometimes  [n]ever  [?] the call  [??] the program  [q]uit > ALWAYS
... 10 runs: true in 0.
No, it is: never. This child is a new program, as under spawn, so its counter
begins at 0 and not at the 10 that the parent has set. Under fork it would be a
copy and begin at 10. More: mp-demo show memory

1 of 3 right.

"#]]
    );
    // On one core all of its runs are mostly alike.
    let script = "taskset -c 0 mp-demo predict pipe --from 3 --answer s";
    let said = words_of(&run(&mut shell(script)).succeeded().stdout);
    for (count, often) in [("0 of 50.", "never"), ("50 of 50.", "always")] {
        let told = format!("All of these runs say \"{often}\". That proves nothing: the next one");
        let is_alike = said.contains(&format!("50 runs: {count}"));
        assert_eq!(said.contains(&told), is_alike, "{said}");
    }
}

#[test]
fn a_true_answer_to_each_question_is_right_and_another_one_is_not() {
    let all = experiments();
    let answers = |experiment: &Experiment| {
        let question = &experiment.question;
        let right = question.truth();
        let wrong = match question {
            Question::Often { .. } if right == "always" => "never".to_owned(),
            Question::Often { .. } => "always".to_owned(),
            Question::Stuck { from } => (from + 1).to_string(),
            Question::Outcomes(_) => "-".to_owned(),
            Question::Waits(_) | Question::Repair(_) => {
                let letters = (b'a'..=b'z').map(|it| char::from(it).to_string());
                letters.into_iter().find(|it| *it != right).unwrap()
            }
        };
        [right, wrong]
    };
    // One of each kind: that with the fewest runs, of those that measure nothing.
    let mut tried = std::collections::HashSet::new();
    let mut by_runs: Vec<_> =
        all.iter().filter(|it| !["bound", "cost"].contains(&it.lesson)).collect();
    by_runs.sort_by_key(|experiment| experiment.runs);
    for experiment in by_runs {
        if !tried.insert(std::mem::discriminant(&experiment.question)) {
            continue;
        }
        let lesson = experiment.lesson;
        let of_lesson: Vec<_> = all.iter().filter(|it| it.lesson == lesson).collect();
        let number = of_lesson.iter().position(|it| it.name == experiment.name).unwrap() + 1;
        for (answer, expected) in
            answers(experiment).into_iter().zip(["1 of 1 right.", "0 of 1 right."])
        {
            let from = number.to_string();
            let mut command = mp_demo(["predict", lesson, "--from", &from, "--answer", &answer]);
            let ended = run(&mut command).succeeded();
            assert!(ended.stdout.contains(expected), "{answer}: {}", ended.stdout);
        }
    }
    assert_eq!(tried.len(), 5);
}

#[test]
fn answers_come_from_a_file_or_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers");
    std::fs::write(&file, "# to memory\nn\n\na\n").unwrap();
    let from_file = run(mp_demo(["predict", "memory", "--answers"]).arg(&file)).succeeded();
    assert!(from_file.stdout.ends_with("2 of 2 right.\n"), "{from_file:?}");
    let script = format!("mp-demo predict memory --answers - < {}", file.display());
    assert_eq!(run(&mut shell(&script)).succeeded().stdout, from_file.stdout);

    let ended = run_words("predict memory --answers /nowhere");
    assert_eq!((ended.code(), ended.stdout.as_str()), (1, ""));
    // An endless file is not read for ever.
    for script in ["--answers /dev/zero", "--answers - </dev/zero"] {
        let ended = run(&mut shell(&format!("mp-demo predict memory {script}")));
        assert_eq!((ended.code(), ended.stdout.as_str()), (1, ""));
        assert!(ended.stderr.contains(": more than 1 MiB, which is too long"), "{ended:?}");
    }
}

#[test]
fn what_is_no_answer_is_refused_with_the_answers_before_anything_is_run() {
    for (words, number, answers) in [
        ("memory --from 3 --answer ? --answer 5", 3, "[a]lways  [s]ometimes  [n]ever"),
        ("queue --from 2 --answer z", 2, "letters from a to f; - for none"),
        ("queue --from 11 --answer ab", 11, "a letter from a to d"),
        ("pipe --from 5 --answer many", 5, "a number"),
    ] {
        let typed = words.rsplit(' ').next().unwrap();
        let refused =
            format!("`{typed}` is no answer to question {number}; answers are: {answers}\n");
        assert_refused(&format!("predict {words}"), &refused);
    }
    let ended = run_words("predict memory --answer 5 --lang zh");
    let refused = "mp-demo: `5` 不能用来回答第 1 题；[a] 总是  [s] 有时  [n] 从不\n";
    assert_eq!((ended.code(), ended.stderr.as_str()), (2, refused));
}

#[test]
fn where_one_run_proves_it_slow_runs_are_few() {
    let experiments = experiments();
    let most = |is_slow: &dyn Fn(&str, &str) -> bool| {
        let slow = experiments.iter().filter(|it| match &it.question {
            Question::Often { claim, truth } => {
                *truth != Often::Sometimes && is_slow(&it.command, &format!("{claim} {truth:?}"))
            }
            _ => false,
        });
        slow.map(|it| it.runs).max().unwrap()
    };
    // One that gets stuck takes most of a second.
    assert!(most(&|_, claim| claim == "stuck Always") <= 2);
    // These sleep for tenths of a second, whatever happens.
    assert!(most(&|command, _| command.starts_with("buffer")) <= 10);
    assert!(most(&|command, _| command.ends_with("zombie --speed 10")) <= 10);
}

#[test]
fn where_nobody_can_answer_that_is_said() {
    for (words, expected) in [
        ("", "this is no terminal: give answers with --answer or --answers FILE\n"),
        ("memory --from 4 --answer a", "there is no question 4: there are 3\n"),
    ] {
        assert_refused(&format!("predict {words}"), expected);
    }
}

#[test]
fn the_list_has_every_experiment_and_no_answer() {
    let list = run_words("predict --list").succeeded().stdout;
    for (index, experiment) in experiments().iter().enumerate() {
        let line = format!("{:>3}  {}\n", index + 1, experiment.in_shell(&experiment.command));
        assert!(list.contains(&line), "{line}");
        assert!(!list.contains(experiment.reason()));
    }
    let list = run_words("predict memory --list --lang zh").succeeded().stdout;
    assert!(list.contains("子进程计数时，父进程的计数器也会变：运行很多次，是每次"), "{list}");
    // The choices stand there, too, outcomes in the language of the list.
    let list = run_words("predict queue --list --lang zh").succeeded().stdout;
    assert!(list.contains("  f  没有\n"), "{list}");
}

#[test]
fn what_there_is_to_read_of_a_lesson_ends_with_what_there_is_to_predict() {
    for demo in DEMOS {
        let page = run_words(&format!("show {}", demo.name)).succeeded().stdout;
        let page = words_of(&page);
        let experiments: Vec<_> =
            experiments().into_iter().filter(|it| it.lesson == demo.name).collect();
        assert_eq!(page.contains("What to predict"), !experiments.is_empty(), "{}", demo.name);
        for experiment in experiments {
            let item = experiment.in_shell(&experiment.command) + ": " + &experiment.sentence();
            let item = item.replace('`', "");
            assert!(page.replace('`', "").contains(&item), "{item}");
            assert!(!page.contains(experiment.reason()), "{}", experiment.name);
        }
    }
}

/// What stands on a terminal of 60 columns after this was typed there.
fn typed_on_terminal(words: &str, typed: &str) -> String {
    let (mut terminal, other_side) = pty_process::blocking::open().unwrap();
    terminal.resize(pty_process::Size::new(24, 60)).unwrap();
    let command = pty_process::blocking::Command::new(PROGRAM).args(words.split(' '));
    let command = command.env("TERM", "xterm-256color").env("LC_ALL", "zh_CN.UTF-8");
    let command = command.env_remove("LANGUAGE").env("PAGER", "cat; echo paged");
    let mut child = command.spawn(other_side).unwrap();
    terminal.write_all(typed.as_bytes()).unwrap();
    let (mut screen, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = terminal.read(&mut buffer) {
        screen.extend_from_slice(&buffer[..length]);
    }
    assert!(child.wait().unwrap().success());
    let screen = String::from_utf8_lossy(&screen).replace("\r\n", "\n");
    anstream::adapter::strip_str(&screen).to_string()
}

#[test]
fn on_a_terminal_one_is_asked_until_one_answers_or_leaves() {
    let screen = typed_on_terminal("predict memory", "what\n？\n??\nｎ。\nq\n");
    for part in [
        "第 1 题（共 3 题，memory 课）",
        "没有这个选项。[a] 总是",
        "答对了：从不。",
        "1 题答对 1 题。",
    ] {
        assert!(screen.contains(part), "{part} in {screen}");
    }
    // The ten lines have their numbers, and the one in question a mark; the program is paged. The
    // question stands below either.
    let asked: Vec<_> = screen.split("子进程计数时，父进程的计数器也会变：").collect();
    let [_, _, of_lines, of_program] = asked[..] else { panic!("{screen}") };
    let (_, lines) = asked[1].rsplit_once("退出 > ").unwrap();
    let lines: Vec<_> = lines.lines().take_while(|line| !line.is_empty()).collect();
    let (of_what, lines) = lines.split_first().unwrap();
    assert!(of_what.starts_with("选自这一课的 Python 程序"), "{screen}");
    assert_eq!(lines.len(), 10, "{screen}");
    let marked: Vec<_> = lines.iter().filter(|line| line.starts_with('>')).collect();
    assert!(marked.len() == 1 && marked[0].contains("counter.value += 5"), "{screen}");
    assert!(of_lines.contains("__main__") && of_lines.contains("paged"), "{screen}");
    assert!(of_program.contains("[q] 退出"), "{screen}");
    // Whoever leaves is not asked again.
    assert!(!screen.contains("再问一遍"), "{screen}");
}

#[test]
fn what_was_missed_is_asked_again_if_one_wants_it() {
    let screen = typed_on_terminal("predict memory", "n\nn\nn\nperhaps\ny\na\n");
    assert_eq!(screen.matches("答错的那一题再问一遍？[y/n] >").count(), 2, "{screen}");
    assert_eq!(screen.matches("第 2 题（共 3 题，memory 课）").count(), 2, "{screen}");
    assert_eq!(screen.matches("第 3 题（共 3 题，memory 课）").count(), 1, "{screen}");
    let (_, again) = screen.split_once("3 题答对 2 题。").unwrap();
    assert!(again.contains("1 题答对 1 题。"), "{screen}");
    let screen = typed_on_terminal("predict memory --from 3", "a\nn\n");
    assert!(screen.contains("再问一遍？[y/n] >") && !screen.contains("答对 1 题"), "{screen}");
    // Where the answers are given, nobody is asked.
    let ended = run_words("predict memory --from 3 --answer a").succeeded();
    assert!(ended.stdout.ends_with("More: mp-demo show memory\n\n0 of 1 right.\n"), "{ended:?}");
}

#[test]
fn long_runs_show_on_a_terminal_how_far_they_are() {
    let args = ["predict", "zombie", "--from", "3", "--answer", "a"];
    let screen = on_terminal(&args, &[UTF_8], (24, 80));
    let (before, after) = screen.split_once("... 10 runs: true in 10.").unwrap();
    assert!(before.contains("/10") && !after.contains("/10"), "{screen}");
    // Nothing of it is left on its line.
    assert!(before.rsplit_once("/10").unwrap().1.contains("\x1b[2K"), "{screen:?}");
}
