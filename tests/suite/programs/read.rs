//! The programs in `demos/` as they are read: the Chinese ones against the English ones, and what
//! their heads tell a learner to type.

use std::thread;

use unicode_width::UnicodeWidthStr;

use crate::common::*;

const PROGRAMS: [&str; 4] = ["program.py", "program.zh.py", "program.rs", "program.zh.rs"];

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Three English words in a row in a Chinese text, code left out: more than a name, so part of a
/// sentence.
pub fn english_in(text: &str) -> Option<String> {
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join("，");
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', '.', ':', ';']);
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
    };
    let words: Vec<_> = text.split_whitespace().collect();
    let in_a_row = words.windows(3).find(|words| words.iter().all(|word| is_word(word)));
    in_a_row.map(|words| words.join(" "))
}

/// A program's lines of code, with a mark for each comment or docstring; and the comments and
/// docstrings, a line each.
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
            let english = demo(&lesson, &format!("program.{ending}"));
            let chinese = demo(&lesson, &format!("program.zh.{ending}"));
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
            for line in demo(&lesson, file).lines() {
                assert!(line.width() <= 78, "{lesson}, {file}: {line}");
            }
        }
    }
}

/// What is to be pasted has to work wherever the program is installed, in any folder.
#[test]
fn the_commands_in_the_heads_of_the_python_programs_work() {
    if !has("python3") {
        return;
    }
    let mut commands = Vec::new();
    for lesson in lessons() {
        for (file, start) in [("program.py", "Run it with `"), ("program.zh.py", "运行：`")] {
            let program = demo(&lesson, file);
            let head = program.split("\"\"\"").nth(1).unwrap();
            assert!(head.contains(&format!("{start}mp-demo show {lesson}")), "{head}");
            let of_head = head.split('`').skip(1).step_by(2);
            commands.extend(of_head.filter(|code| code.contains(" show ")).map(str::to_owned));
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
            let text = demo(&lesson, file);
            assert!(!text.contains("demos/"), "{lesson}, {file}");
        }
    }
}
