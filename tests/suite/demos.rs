//! The programs in `demos/`: the Python ones against the lessons, the same lines from each process in the same order
//! (for the Rust ones see `rust_programs.rs`), and the Chinese ones against the English.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::thread;

use unicode_width::UnicodeWidthStr;

use crate::common::*;

const PROGRAMS: [&str; 4] = ["program.py", "program.zh.py", "program.rs", "program.zh.rs"];

/// The lessons that have a folder.
pub fn lessons() -> Vec<String> {
    let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/demos")).unwrap();
    let mut lessons: Vec<_> = folders
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    lessons.sort();
    assert!(!lessons.is_empty());
    lessons
}

/// A file of a lesson, as text.
pub fn source(lesson: &str, file: &str) -> String {
    let path = format!("{}/demos/{lesson}/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Three English words in a row in a Chinese text, code left out: more than a name, so part of a sentence.
pub fn english_in(text: &str) -> Option<String> {
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join("，");
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', '.', ':', ';']);
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
    };
    let words: Vec<_> = text.split_whitespace().collect();
    let in_a_row = words
        .windows(3)
        .find(|words| words.iter().all(|word| is_word(word)));
    in_a_row.map(|words| words.join(" "))
}

/// Each process's lines, and how many lines its threads printed; processes in an order that both programs have.
pub type Processes = Vec<(Vec<String>, usize)>;

const OF_A_THREAD: &str = "这是多线程启动的";

pub fn group(lines: impl Iterator<Item = (String, String)>) -> Processes {
    let mut processes: HashMap<String, (Vec<String>, usize)> = HashMap::new();
    for (pid, line) in lines {
        let (own, of_threads) = processes.entry(pid.clone()).or_default();
        if line == OF_A_THREAD {
            *of_threads += 1;
        } else {
            // Who prints a PID here prints its own.
            own.push(line.replace(&pid, "PID"));
        }
    }
    let mut processes: Vec<_> = processes.into_values().collect();
    processes.sort();
    processes
}

fn of_python(lesson: &str, start_method: &str) -> Processes {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut python = command("python3");
    python.args([
        format!("{root}/demos/{lesson}/program.py").as_str(),
        start_method,
    ]);
    python.env("PYTHONPATH", format!("{root}/tests/python"));
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    python.env("PYTHONIOENCODING", "utf-8");
    let ended = run(&mut python).succeeded();
    group(ended.stdout.lines().map(|line| {
        let (pid, line) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
        (pid.to_owned(), line.to_owned())
    }))
}

pub fn of_ours(words: &str) -> Processes {
    let events = run_words(words).succeeded().events();
    group(
        events
            .iter()
            .filter_map(|e| Some((e["pid"].to_string(), e["line"].as_str()?.to_owned()))),
    )
}

/// Whether there is a Python to compare with. Says so if not, and with `CI` set there has to be one.
pub fn python_is_there() -> bool {
    let is_there = Command::new("python3").arg("--version").output().is_ok();
    if !is_there {
        assert!(
            std::env::var_os("CI").is_none(),
            "python3 is missing, and CI is set"
        );
        // Past the test harness, which would keep it to itself.
        let skipped = "SKIPPED: there is no python3 to hold the programs in demos/ against\n";
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    }
    is_there
}

#[test]
fn the_python_programs_print_what_the_lessons_print_under_fork() {
    compare_under("fork");
}

#[test]
fn the_python_programs_print_what_the_lessons_print_under_spawn() {
    compare_under("spawn");
}

#[test]
fn the_python_programs_print_what_the_lessons_print_under_forkserver() {
    compare_under("forkserver");
}

fn compare_under(start_method: &str) {
    if !python_is_there() {
        return;
    }
    let spawn = of_ours("spawn --speed 20 --json");
    assert_eq!(spawn.len(), 6);
    assert_eq!(of_python("spawn", start_method), spawn);

    let pipe = of_ours("pipe --speed 20 --json");
    assert_eq!(pipe.len(), 2);
    assert_eq!(of_python("pipe", start_method), pipe);

    let queue = of_ours("queue --seed 7 --json");
    assert_eq!(queue.len(), 3);
    assert_same_queue(of_python("queue", start_method), queue);
}

/// The pauses of the programs are random, and their readers are terminated whether they have got everything or not;
/// with short pauses they may not even have come to their first line.
#[track_caller]
pub fn assert_same_queue(program: Processes, ours: Processes) {
    let is_reader = |process: &(Vec<String>, usize)| process.0[0] == "Process to read: PID";
    let (our_reader, our_others): (Processes, Processes) = ours.into_iter().partition(is_reader);
    let (readers, others): (Processes, Processes) = program.into_iter().partition(is_reader);
    assert_eq!(others, our_others);
    for (lines, _) in readers {
        assert!(our_reader[0].0.starts_with(&lines), "{lines:?}");
    }
}

#[test]
fn the_python_queue_gets_everything_when_its_pauses_are_long() {
    if !python_is_there() {
        return;
    }
    let root = env!("CARGO_MANIFEST_DIR");
    let script = format!(
        "import random, runpy; random.random = lambda: 0.9; \
         runpy.run_path('{root}/demos/queue/program.py', run_name='__main__')"
    );
    // Under fork the writer has the long pauses of this script.
    let script =
        format!("import multiprocessing; multiprocessing.set_start_method('fork'); {script}");
    let ended = run(command("python3").args(["-c", &script])).succeeded();
    let ours = run_words("queue --seed 7").succeeded();
    assert_eq!(screen(&ended), screen(&ours));
}

#[test]
fn values_look_as_python_prints_them() {
    if !python_is_there() {
        return;
    }
    let values = [
        "null",
        "true",
        "-0",
        "-0.0",
        "1e5",
        "1E16",
        "123456789012345678",
        "1e-7",
        "0.1",
        "1e400",
        "-1e400",
        "5e-324",
        "1.7976931348623157e308",
        "9007199254740993",
        "12345678901234567890123456789012345678901234567890",
        "2.675",
        "1e22",
        "1e21",
        "123456.789e3",
        "\"\"",
        "\"it's\"",
        "\"\\\"\"",
        "\"'\\\"\"",
        "\"\\n\\t\\u0000\\u007f\"",
        "\"\\u0085\\u00ad\\u2028\\u3000\"",
        "\"\u{e9}\u{4f60}\u{1f600}\"",
        "[]",
        "{}",
        "[[1,[2.0]],{}]",
        "{\"b\": [true], \"a\": {\"c\": null}, \"b\": 2}",
    ];
    let script = "import json, sys; print([json.loads(v) for v in sys.argv[1:]])";
    let mut python = command("python3");
    python
        .args(["-c", script])
        .args(values)
        .env("PYTHONIOENCODING", "utf-8");
    let of_python = run(&mut python).succeeded().stdout;
    let ours = run(mp_demo(["pipe", "--speed", "1000", "--"]).args(values)).succeeded();
    assert_eq!(ours.lines().last(), of_python.lines().last().as_ref());
}

/// Lines sorted, every PID as the same letter.
fn screen(ended: &Ended) -> String {
    let lines: Vec<_> = ended.lines().into_iter().map(letters).collect();
    sorted(&lines.join("\n"))
}

/// A program's lines of code, with a mark for each comment or docstring; and the comments and docstrings, a line each.
fn code_and_comments(program: &str, comment: &str) -> (Vec<String>, Vec<String>) {
    let (mut code, mut comments) = (Vec::new(), Vec::<String>::new());
    let (mut in_docstring, mut follows_comment) = (false, false);
    for line in program.lines() {
        let text = line.trim();
        let quotes = text.matches("\"\"\"").count();
        let is_docstring = comment == "#" && (in_docstring || text.starts_with("\"\"\""));
        let is_comment = is_docstring || text.starts_with(comment);
        let behind_code = line.split_once(&format!(" {comment} "));
        if is_comment && (follows_comment || in_docstring) {
            *comments.last_mut().unwrap() += &format!(" {text}");
        } else if is_comment {
            comments.push(text.to_owned());
            code.push(comment.to_owned());
        } else if let Some((before, text)) = behind_code {
            comments.push(text.to_owned());
            code.push(before.to_owned());
        } else {
            code.push(line.to_owned());
        }
        in_docstring ^= is_docstring && quotes == 1;
        follows_comment = is_comment && !is_docstring;
    }
    (code, comments)
}

#[test]
fn a_chinese_program_is_the_english_one_with_chinese_comments() {
    for lesson in lessons() {
        for (ending, comment) in [("py", "#"), ("rs", "//")] {
            let english = source(&lesson, &format!("program.{ending}"));
            let chinese = source(&lesson, &format!("program.zh.{ending}"));
            let (english_code, _) = code_and_comments(&english, comment);
            let (chinese_code, comments) = code_and_comments(&chinese, comment);
            assert_eq!(chinese_code, english_code, "{lesson}, {ending}");
            assert!(comments.len() > 1, "{lesson}, {ending}");
            for comment in comments {
                assert!(comment.contains(is_han), "{lesson}: {comment}");
                assert_eq!(english_in(&comment), None, "{lesson}: {comment}");
            }
        }
    }
}

#[test]
fn no_line_of_a_program_is_too_wide_to_be_read_beside_the_other_one() {
    for lesson in lessons() {
        for file in PROGRAMS {
            for line in source(&lesson, file).lines() {
                assert!(line.width() <= 78, "{lesson}, {file}: {line}");
            }
        }
    }
}

/// What is to be pasted has to work wherever the program is installed, in any folder.
#[test]
fn the_commands_in_the_heads_of_the_python_programs_work() {
    if !python_is_there() {
        return;
    }
    let mut commands = Vec::new();
    for lesson in lessons() {
        for (file, start) in [
            ("program.py", "Run it with `"),
            ("program.zh.py", "运行：`"),
        ] {
            let program = source(&lesson, file);
            let head = program.split("\"\"\"").nth(1).unwrap();
            assert!(
                head.contains(&format!("{start}mp-demo show {lesson}")),
                "{head}"
            );
            let of_head = head.split('`').skip(1).step_by(2);
            commands.extend(
                of_head
                    .filter(|code| code.contains(" show "))
                    .map(str::to_owned),
            );
        }
    }
    commands.sort();
    commands.dedup();
    thread::scope(|scope| {
        for command in &commands {
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                let ended = run(shell(command).current_dir(folder.path())).succeeded();
                assert_ne!(ended.stdout, "", "{command}");
            });
        }
    });
}

#[test]
fn nothing_that_is_read_names_a_file_that_only_the_source_has() {
    for lesson in lessons() {
        for file in PROGRAMS.into_iter().chain(["en.md", "zh.md"]) {
            let text = source(&lesson, file);
            assert!(!text.contains("demos/"), "{lesson}, {file}");
        }
    }
}
