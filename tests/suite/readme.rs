//! The README's commands, run.

use std::fs;
use std::thread;

use crate::common::*;

/// A command of the README and the screen that it shows.
struct Example {
    command: String,
    screen: String,
}

/// The README's console blocks: a line that begins with `$ ` is a command, what follows is its screen.
fn examples() -> Vec<Example> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
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
        let ended = run(shell.current_dir(env!("CARGO_MANIFEST_DIR")));
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
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1);
    let commands: Vec<_> = blocks
        .flat_map(|block| block.split("```").next().unwrap().lines())
        .collect();
    assert!(commands.len() > 4);
    // At the same time, because most of them wait.
    thread::scope(|scope| {
        for command in commands {
            if command.contains("python3") && !crate::demos::python_is_there() {
                continue;
            }
            scope.spawn(move || {
                let ended = run(shell(command).current_dir(env!("CARGO_MANIFEST_DIR")));
                assert_eq!(ended.code(), 0, "{command}: {ended:?}");
                assert_ne!(ended.stdout, "", "{command}");
            });
        }
    });
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
