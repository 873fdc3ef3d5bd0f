//! The lessons, as found in `demos/`: no test lists them, so a new one is never forgotten.

use std::collections::HashMap;
use std::fs;
use std::sync::{LazyLock, Mutex};

use super::*;

/// Where a file of the project is.
pub fn path_of(file: &str) -> String {
    format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the project.
pub fn text_of(file: &str) -> String {
    let path = path_of(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A log in `tests/logs`.
pub fn recorded(name: &str) -> String {
    path_of(&format!("tests/logs/{name}.jsonl"))
}

/// The lessons: all folders in `demos/` but those of other texts and of the exercises.
pub fn lessons() -> Vec<String> {
    let folders = fs::read_dir(path_of("demos")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let mut lessons: Vec<_> =
        names.filter(|name| !["docs", "exercises", "tour.toml"].contains(&&**name)).collect();
    lessons.sort();
    assert!(!lessons.is_empty());
    lessons
}

/// A file in a lesson's folder.
pub fn demo(lesson: &str, file: &str) -> String {
    text_of(&format!("demos/{lesson}/{file}"))
}

/// A lesson in one line: the title of its text.
pub fn title(lesson: &str, language: &str) -> String {
    let text = demo(lesson, &format!("{language}.md"));
    let first = text.lines().next().unwrap();
    first.strip_prefix("# ").unwrap().to_owned()
}

/// The subcommands that are no lessons.
pub fn tools() -> Vec<String> {
    let help = run_words("--help").succeeded().stdout;
    let (_, list) = help.split_once("\nOther commands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    let names: Vec<_> = names.map(str::to_owned).collect();
    assert!(names.len() > 3, "{help}");
    names
}

/// The commands in a text's blocks of shell, a line each.
pub fn commands_in(markdown: &str) -> Vec<String> {
    let blocks = markdown.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
    lines.map(str::to_owned).collect()
}

/// The runs of a lesson that its text suggests, for a shell: without views, and without what reads
/// the output.
pub fn runs_of(lesson: &str) -> Vec<String> {
    let start = format!("mp-demo {lesson}");
    let commands = commands_in(&demo(lesson, "en.md")).into_iter();
    let runs = commands.map(|command| {
        let run = command.split(" | ").next().unwrap().split(' ');
        let is_view = |word: &&str| ["--json", "--explain", "--timeline"].contains(word);
        run.filter(|word| !is_view(word)).collect::<Vec<_>>().join(" ")
    });
    let mut runs: Vec<_> = runs.filter(|run| run.contains(&start)).collect();
    runs.sort();
    runs.dedup();
    assert!(!runs.is_empty(), "what to try of {lesson}?");
    runs
}

/// A short run of a lesson, without `--speed`: the first command that something is predicted of, or
/// else that its text suggests.
pub fn short_run_of(lesson: &str) -> String {
    let experiments = demo(lesson, "experiments.toml");
    let first = experiments.lines().find_map(|line| line.strip_prefix("command = \""));
    let Some(command) = first else { return runs_of(lesson).swap_remove(0) };
    let command = command.trim_end_matches('"').split(" --speed ").next().unwrap();
    format!("mp-demo {command}")
}

/// The log of a short run of a lesson, which is made once for all tests.
pub fn short_log_of(lesson: &str) -> &'static str {
    static LOGS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let logs = Mutex::new(HashMap::new());
        at_once(lessons(), |lesson| {
            let ended = run(&mut shell(&format!("{} --json", short_run_of(&lesson))));
            assert_eq!(ended.code(), 0, "{ended:?}");
            logs.lock().unwrap().insert(lesson, ended.stdout);
        });
        logs.into_inner().unwrap()
    });
    &LOGS[lesson]
}

/// Whether a lesson measures: then the runs that its text suggests take long, and its lines are its
/// own and not those of a Python program.
pub fn measures(lesson: &str) -> bool {
    short_log_of(lesson).contains(r#""event":"measured""#)
}

/// A help screen without its list of lessons. Checks that: each lesson with its title in that
/// language, those that are steps of the tour in its order.
pub fn help_without_lessons(help: &str, language: &str) -> String {
    let is_list = |block: &&str| block.starts_with("Lessons:") || block.starts_with("课程");
    let list = help.split("\n\n").find(is_list).unwrap();
    let (heading, rows) = list.split_once('\n').unwrap();
    // A title may go on in a second line, which is indented further.
    let rows = rows.replace(&format!("\n{}", " ".repeat(13)), " ");
    let tour = run(mp_demo(["tour"]).env("COLUMNS", "200")).succeeded().stdout;
    let steps = tour.lines().filter_map(|line| line.split_whitespace().nth(1));
    let steps: Vec<_> = steps.filter(|name| lessons().iter().any(|it| it == name)).collect();
    let mut named: Vec<_> = rows.lines().filter_map(|row| row.split_whitespace().next()).collect();
    for (name, row) in named.iter().zip(rows.lines()) {
        assert_eq!(words_of(row), format!("{name} {}", title(name, language)));
    }
    let are_steps = named.iter().filter(|name| steps.contains(name));
    assert_eq!(are_steps.copied().collect::<Vec<_>>(), steps, "{help}");
    named.sort();
    assert_eq!(named, lessons());
    help.replace(list, heading)
}

/// A text's words with one space between them.
pub fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
