//! The README's commands, run.

use std::path::Path;
use std::thread;

use crate::common::*;

/// A command of the README and the screen that it shows.
struct Example {
    command: String,
    screen: String,
}

/// The README's console blocks: a line that begins with `$ ` is a command, what follows is its screen.
fn examples() -> Vec<Example> {
    let readme = text_of("README.md");
    let mut examples: Vec<Example> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                let (command, screen) = (command.to_owned(), String::new());
                examples.push(Example { command, screen });
            } else {
                examples.last_mut().unwrap().screen += &format!("{line}\n");
            }
        }
    }
    examples
}

#[test]
fn its_examples_show_what_it_says() {
    let examples = examples();
    assert!(examples.len() > 5);
    for Example { command, screen } in examples {
        let script = command.replace("cargo run --release -- ", "mp-demo ");
        let mut shell = shell(&format!("{{ {script}; }} 2>&1"));
        shell.env("LC_ALL", "C.UTF-8");
        let ended = run(shell.current_dir(path_of("")));
        if command.contains(" view ") {
            // A recorded run always looks the same.
            assert_eq!(ended.stdout, screen, "{command}");
        }
        let of_both = [&ended.stdout, &screen].map(|screen| {
            let lines: Vec<_> = screen.lines().map(without_numbers).collect();
            sorted(&lines.join("\n"))
        });
        assert_eq!(of_both[0], of_both[1], "{command}");
    }
}

#[test]
fn its_commands_work() {
    let commands = commands_in(&text_of("README.md"));
    assert!(commands.len() > 4);
    assert_all_work(commands, "bash", Some(Path::new(&path_of(""))));
}

/// Checks that all commands work in this shell, here or elsewhere: at the same time, because most of them wait.
pub fn assert_all_work(mut commands: Vec<String>, interpreter: &str, here: Option<&Path>) {
    if !has("python3") {
        commands.retain(|command| !command.contains("python3"));
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    thread::scope(|scope| {
        for command in &commands {
            scope.spawn(move || {
                let mut shell = shell(&format!("exec {interpreter} -c \"$0\""));
                shell.arg(command).current_dir(here.unwrap_or(home));
                let ended = run(shell.env("HOME", home).env("TMPDIR", home));
                assert_eq!(ended.code(), 0, "{command}: {ended:?}");
                assert_ne!(ended.stdout, "", "{command}");
            });
        }
    });
}

#[test]
fn its_table_of_lessons_has_their_options() {
    let readme = text_of("README.md");
    let lessons = lessons();
    let mut names = Vec::new();
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `mp-demo "));
    for row in rows {
        let (name, row) = row.split_once('`').unwrap();
        assert!(lessons.iter().any(|lesson| lesson == name), "{name}");
        let help = run(&mut mp_demo(["help", name])).succeeded().stdout;
        let words = row.split(['`', ' ']);
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(&format!(" {option}")), "{name}: {option}");
        }
        names.push(name);
    }
    assert!(names.starts_with(&["spawn", "queue", "pipe"]), "{names:?}");
}

/// A line without what is different in each run: PIDs, and the times of a log.
fn without_numbers(line: &str) -> String {
    let mut line = letters(line);
    for field in ["t", "pid", "child", "epoch", "cores"] {
        let label = format!("\"{field}\":");
        if let Some(start) = line.find(&label).map(|at| at + label.len()) {
            let length = line[start..].find(',').unwrap();
            line.replace_range(start..start + length, "N");
        }
    }
    line
}
