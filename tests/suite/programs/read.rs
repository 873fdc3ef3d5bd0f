//! The programs in `demos/` as they are read: the Chinese ones against the English ones, and what
//! their heads tell a learner to type.

use unicode_width::UnicodeWidthStr;

use crate::common::*;

/// A lesson's program as `show` prints it.
fn shown(lesson: &str, option: &str, language: &str) -> String {
    run_words(&format!("show {lesson} {option} --lang {language}")).succeeded().stdout
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Three English words in a row in a Chinese text, outside of code: more than a name, so part of a
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

/// A unit test checks that each block of comments has its text.
#[test]
fn no_comment_of_a_chinese_program_is_in_english() {
    for lesson in lessons() {
        let programs: toml::Table = demo(&lesson, "program.zh.toml").parse().unwrap();
        for (file, texts) in &programs {
            for text in texts.as_array().unwrap() {
                let text = text.as_str().unwrap();
                assert!(text.contains(is_han), "{lesson}, {file}: {text}");
                assert_eq!(english_in(text), None, "{lesson}, {file}: {text}");
            }
        }
    }
}

#[test]
fn a_chinese_program_has_the_code_of_the_english_one() {
    let uncommented = |program: &str, comment: &str| -> Vec<String> {
        let without_docstrings: String = program.split("\"\"\"").step_by(2).collect();
        let code = without_docstrings.lines().filter(|line| !line.trim().starts_with(comment));
        code.map(|line| line.split(&format!(" {comment} ")).next().unwrap().to_owned()).collect()
    };
    for lesson in lessons() {
        for (option, comment) in [("--python", "#"), ("--rust", "//")] {
            let [english, chinese] =
                ["en", "zh"].map(|it| uncommented(&shown(&lesson, option, it), comment));
            assert_eq!(chinese, english, "{lesson} {option}");
            assert!(english.len() > 20, "{lesson} {option}");
        }
    }
}

#[test]
fn no_line_of_a_program_is_too_wide_to_be_read_beside_another_one() {
    for lesson in lessons() {
        for option in ["--python", "--rust"] {
            for language in ["en", "zh"] {
                for line in shown(&lesson, option, language).lines() {
                    assert!(line.width() <= 78, "{lesson} {option}: {line}");
                }
            }
        }
    }
}

/// Commands to be pasted have to work in any folder, wherever mp-demo is installed.
#[test]
fn the_commands_in_the_heads_of_the_python_programs_work() {
    if !has("python3") {
        return;
    }
    let mut commands = Vec::new();
    for lesson in lessons() {
        for (language, start) in [("en", "Run it with `"), ("zh", "运行：`")] {
            let program = shown(&lesson, "--python", language);
            let head = program.split("\"\"\"").nth(1).unwrap();
            assert!(head.contains(&format!("{start}mp-demo show {lesson}")), "{head}");
            let of_head = head.split('`').skip(1).step_by(2);
            // Those that measure take long, and are run elsewhere.
            if is_soak() || !measures(&lesson) {
                commands.extend(of_head.filter(|code| code.contains(" show ")).map(str::to_owned));
            }
        }
    }
    commands.sort();
    commands.dedup();
    at_once(commands, |command| {
        let folder = tempfile::tempdir().unwrap();
        let ended = run(shell(&command).current_dir(folder.path())).succeeded();
        assert_ne!(ended.stdout, "", "{command}");
    });
}

#[test]
fn nothing_that_is_read_names_a_file_that_only_the_source_has() {
    for lesson in lessons() {
        for file in ["program.py", "program.rs", "program.zh.toml", "en.md", "zh.md"] {
            let text = demo(&lesson, file);
            assert!(!text.contains("demos/"), "{lesson}, {file}");
        }
    }
}
