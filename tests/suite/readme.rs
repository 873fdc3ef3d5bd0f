//! Runs the commands of the README and the other pages, and draws their timelines again.

use std::fs;
use std::path::Path;

use crate::common::*;

/// The README, and the pages in `demos/docs/`, by their names.
pub fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(path_of("demos/docs")).unwrap();
    let docs = docs.map(|page| page.unwrap().file_name().into_string().unwrap());
    let docs = docs.filter(|page| page.ends_with(".md"));
    let mut names: Vec<_> = docs.map(|page| format!("demos/docs/{page}")).collect();
    names.retain(|name| name.ends_with(".md"));
    assert!(names.len() > 2);
    names.push("README.md".into());
    let pages = names.into_iter().map(|name| {
        let text = text_of(&name);
        (name, text)
    });
    pages.collect()
}

/// What a page must have in each language: its options but for the language's own, and how many headings, rows
/// and items.
fn of_any_language(page: &str) -> (Vec<&str>, [usize; 3]) {
    let words = page.split(|c: char| !(c.is_ascii_alphabetic() || c == '-'));
    let is_option = |it: &&str| it.starts_with("--") && it.len() > 3 && *it != "--lang";
    let mut options = Vec::from_iter(words.filter(is_option));
    options.sort_unstable();
    options.dedup();
    let count = |start| page.lines().filter(|line: &&str| line.starts_with(start)).count();
    (options, ["#", "|", "- "].map(count))
}

#[test]
fn the_chinese_pages_have_what_the_english_ones_have() {
    for name in ["usage", "run", "why"] {
        let [english, chinese] =
            ["md", "zh.md"].map(|end| text_of(&format!("demos/docs/{name}.{end}")));
        assert!(english.starts_with(&format!("[中文]({name}.zh.md)\n")));
        assert!(chinese.starts_with(&format!("[English]({name}.md)\n")));
        assert_eq!(of_any_language(&chinese), of_any_language(&english), "{name}");
    }
}

/// A command of a page and the screen that it shows.
struct Example {
    command: String,
    screen: String,
}

/// The console blocks: a line that begins with `$ ` is a command, what follows is its screen.
fn examples() -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for (_, page) in pages() {
        for block in page.split("```console\n").skip(1) {
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
    }
    examples
}

/// The Python programs of the pages, each with the file in which a learner saves it: its first line
/// names that.
fn programs() -> Vec<(String, String)> {
    let mut programs = Vec::new();
    for (_, page) in pages() {
        for block in page.split("```python\n").skip(1) {
            let program = block.split("```").next().unwrap();
            let name = program.lines().next().unwrap().strip_prefix("# ").unwrap();
            programs.push((name.to_owned(), program.to_owned()));
        }
    }
    programs
}

#[test]
fn its_examples_show_what_it_says() {
    let examples = examples();
    assert!(examples.len() > 3);
    let folder = tempfile::tempdir().unwrap();
    let programs = programs();
    assert!(!programs.is_empty());
    for (name, program) in programs {
        fs::write(folder.path().join(name), program).unwrap();
    }
    for Example { command, screen } in examples {
        if command.contains("python3") && !has("python3") {
            continue;
        }
        // Python may start slowly on a busy machine.
        let patient = command.replace(" --reader ", " --patience 1000 --reader ");
        // What hangs has to end here, without a word of the shell about its end.
        let patient = patient.replace("mp-demo why ", "exec mp-demo why --end ");
        let screen = screen.replace("It is left as it is; Ctrl-C ends it.", "mp-demo ends it.");
        let screen =
            screen.replace("程序保持原样；按 Ctrl-C 可以结束。", "mp-demo 就此结束这个程序。");
        let mut shell = shell(&format!("{{ {patient}; }} 2>&1"));
        shell.env("LC_ALL", "C.UTF-8");
        let ended = run(shell.current_dir(folder.path()));
        let is_why = command.starts_with("mp-demo why");
        let of_both = [&ended.stdout, &screen].map(|screen| {
            let screen = if is_why { with_letters(screen) } else { screen.clone() };
            let lines: Vec<_> = screen.lines().map(without_numbers).collect();
            sorted(&lines.join("\n"))
        });
        assert_eq!(of_both[0], of_both[1], "{command}");
    }
}

#[test]
fn its_pictures_are_those_of_recorded_runs() {
    for (page, language) in [("README.md", "en"), ("demos/docs/README.zh.md", "zh")] {
        let readme = text_of(page);
        let pictures: Vec<_> = readme.split("<!-- the timeline of ").skip(1).collect();
        assert!(!pictures.is_empty(), "{page}");
        pictures.into_iter().for_each(|it| assert_is_of_recording(it, language));
    }
}

fn assert_is_of_recording(picture: &str, language: &str) {
    let (log, rest) = picture.split_once(" -->\n```text\n").unwrap();
    let (picture, _) = rest.split_once("```").unwrap();
    let mut view = mp_demo(["view", &path_of(log), "--timeline", "--lang", language]);
    let ended = run(view.env("LC_ALL", "C.UTF-8"));
    assert!(ended.stdout.ends_with(&format!("\n\n{picture}")), "{ended:?}");
}

#[test]
fn its_commands_work_in_any_folder() {
    for (name, page) in pages() {
        let commands = commands_in(&page);
        let of_source =
            |command: &&String| ["tests/", "demos/", "cd "].iter().any(|it| command.contains(it));
        assert_eq!(commands.iter().find(of_source), None, "{name}");
        assert_all_work(commands, "bash", None);
    }
}

#[test]
fn a_newcomer_reads_one_page() {
    assert!(text_of("README.md").lines().count() <= 150);
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut named = 0;
    for (name, page) in pages() {
        let code = page.split('`').skip(1).step_by(2);
        for path in code.filter(|code| code.starts_with("src/") || code.starts_with("demos/")) {
            assert!(Path::new(&path_of(path)).exists(), "{name}: {path}");
            named += 1;
        }
        let links = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.starts_with("https://")) {
            let folder = Path::new(&path_of(&name)).parent().unwrap().to_owned();
            assert!(folder.join(link).exists(), "{name}: {link}");
        }
    }
    assert!(named > 20);
}

/// Checks that all commands work in this shell, here or elsewhere.
pub fn assert_all_work(mut commands: Vec<String>, interpreter: &str, here: Option<&Path>) {
    if !has("python3") {
        commands.retain(|command| !command.contains("python3"));
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    at_once(commands, |command| {
        let mut shell = shell(&format!("exec {interpreter} -c \"$0\""));
        shell.arg(&command).current_dir(here.unwrap_or(home));
        let ended = run(shell.env("HOME", home).env("TMPDIR", home));
        assert_eq!(ended.code(), 0, "{command}: {ended:?}");
        assert_ne!(ended.stdout, "", "{command}");
    });
}

#[test]
fn its_table_of_lessons_has_their_options() {
    let lessons = lessons();
    for page in ["README.md", "demos/docs/README.zh.md"] {
        let readme = text_of(page);
        let mut names = Vec::new();
        let rows = readme.lines().filter_map(|line| line.strip_prefix("| `mp-demo "));
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
        assert_eq!(sorted(&names.join("\n")), sorted(&lessons.join("\n")), "{page}");
    }
}

/// A line without PIDs and a log's times, which differ from run to run.
fn without_numbers(line: &str) -> String {
    let mut line = letters(line);
    // Where in its file a call stands changes with the file.
    if let Some(start) = line.find("/mod.rs\",\"line\":") {
        let length = line[start..].find('}').unwrap();
        line.replace_range(start..start + length, "N");
    }
    for field in ["t", "pid", "child", "epoch", "cores"] {
        let label = format!("\"{field}\":");
        if let Some(start) = line.find(&label).map(|at| at + label.len()) {
            let length = line[start..].find(',').unwrap();
            line.replace_range(start..start + length, "N");
        }
    }
    line
}
