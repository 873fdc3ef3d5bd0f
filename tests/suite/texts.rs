//! The lessons' texts in `demos/`: both languages say the same, and what they tell a learner to try
//! can be tried.

use unicode_width::UnicodeWidthStr;

use crate::common::*;
use crate::programs::{english_in, is_han};
use crate::readme::assert_all_work;

/// Columns that a lesson's one-line description may have in the Chinese help.
const TITLE_COLUMNS: usize = 34;

/// A part of a text: its source lines joined.
#[derive(Debug)]
enum Part {
    Heading(String),
    Paragraph(String),
    Item(String),
    Command(String),
}

/// What has to be the same in both languages. Of a heading that is its level.
#[derive(Debug, PartialEq)]
enum Shape {
    Heading(usize),
    Paragraph(Vec<String>),
    Item(Vec<String>),
    Command(String),
}

impl Part {
    fn shape(&self) -> Shape {
        match self {
            Part::Heading(line) => Shape::Heading(line.matches('#').count()),
            Part::Paragraph(text) => Shape::Paragraph(links(text)),
            Part::Item(text) => Shape::Item(links(text)),
            Part::Command(command) => Shape::Command(command.clone()),
        }
    }

    /// Its words, if it has any of a language.
    fn prose(&self) -> Option<&str> {
        match self {
            Part::Heading(text) | Part::Paragraph(text) | Part::Item(text) => Some(text),
            Part::Command(_) => None,
        }
    }
}

fn source(lesson: &str, language: &str) -> String {
    demo(lesson, &format!("{language}.md"))
}

/// Takes a text apart. It may have no other Markdown than this, because that is all that is drawn.
fn parts(lesson: &str, language: &str) -> Vec<Part> {
    let source = source(lesson, language);
    let mut parts = Vec::new();
    let mut continues = false;
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line == "```sh" {
            let command = lines.next().unwrap().to_owned();
            assert_eq!(lines.next(), Some("```"), "one line a command: {command}");
            parts.push(Part::Command(command));
        } else if line.starts_with('#') {
            parts.push(Part::Heading(line.to_owned()));
        } else if let Some(text) = line.strip_prefix("- ") {
            parts.push(Part::Item(text.to_owned()));
        } else if line.is_empty() {
            continues = false;
            continue;
        } else if continues {
            match parts.last_mut() {
                Some(Part::Paragraph(text) | Part::Item(text)) => {
                    *text += &format!(" {}", line.trim_start());
                }
                other => panic!("{lesson}, {language}: {line:?} follows {other:?}"),
            }
        } else {
            parts.push(Part::Paragraph(line.to_owned()));
        }
        continues = true;
    }
    parts
}

/// Where a text's links lead.
fn links(text: &str) -> Vec<String> {
    let ends = text.split("](").skip(1);
    ends.map(|rest| rest[..rest.find(')').unwrap()].to_owned()).collect()
}

/// A text without what is the same in every language: code, and where links lead.
fn without_code_and_links(text: &str) -> String {
    let words: String = text.split('`').step_by(2).collect();
    let mut parts = words.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |words, rest| words + rest.split_once(')').map_or(rest, |(_, behind)| behind))
}

/// Han characters, and the punctuation that goes with them.
fn is_chinese(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn every_text_has_a_title_and_three_sections() {
    for (language, sections) in [
        ("en", ["## What the article says", "## What is true", "## What to try next"]),
        ("zh", ["## 文章怎么说", "## 实际情况", "## 接下来试试"]),
    ] {
        for lesson in lessons() {
            let headings: Vec<_> = parts(&lesson, language)
                .into_iter()
                .filter_map(|part| match part {
                    Part::Heading(line) => Some(line),
                    _ => None,
                })
                .collect();
            assert!(headings[0].starts_with("# "), "{lesson}, {language}");
            assert_eq!(headings[1..], sections, "{lesson}, {language}");
        }
    }
}

#[test]
fn every_text_says_the_same_in_both_languages() {
    for lesson in lessons() {
        let [english, chinese] = ["en", "zh"].map(|language| {
            let parts = parts(&lesson, language);
            parts.iter().map(Part::shape).collect::<Vec<_>>()
        });
        assert_eq!(english, chinese, "{lesson}");
    }
}

#[test]
fn every_command_is_followed_by_what_to_look_at() {
    for lesson in lessons() {
        let parts = parts(&lesson, "en");
        let commands: Vec<_> =
            (0..parts.len()).filter(|&number| matches!(parts[number], Part::Command(_))).collect();
        // One for each variant that goes wrong, and some for what is right.
        assert!((2..=10).contains(&commands.len()), "{lesson}: {commands:?}");
        for command in commands {
            let next = parts.get(command + 1);
            assert!(matches!(next, Some(Part::Paragraph(_))), "{lesson}: {next:?}");
        }
    }
}

#[test]
fn an_english_title_is_what_the_help_says() {
    for lesson in lessons() {
        let help = run_words(&format!("help {lesson}")).succeeded();
        assert_eq!(help.lines()[0], title(&lesson, "en"));
    }
}

#[test]
fn a_chinese_title_fits_into_the_help() {
    for lesson in lessons() {
        let title = title(&lesson, "zh");
        assert!(title.width() <= TITLE_COLUMNS, "{title}");
        assert!(!title.ends_with(['.', '。']), "{title}");
    }
}

#[test]
fn every_text_says_where_the_lesson_itself_is() {
    for lesson in lessons() {
        for language in ["en", "zh"] {
            let source = source(&lesson, language);
            let (_, path) = source.split_once("`src/lessons/").unwrap();
            let (path, _) = path.split_once('`').unwrap();
            let file = path_of(&format!("src/lessons/{path}"));
            assert!(std::path::Path::new(&file).exists(), "{lesson}: {file}");
            assert!(path.contains(&lesson), "{lesson}: {path}");
        }
    }
}

#[test]
fn every_text_has_links_and_all_are_https() {
    for lesson in lessons() {
        let parts = parts(&lesson, "en");
        let links: Vec<_> = parts.iter().filter_map(Part::prose).flat_map(links).collect();
        assert!(!links.is_empty(), "{lesson}");
        for link in links {
            assert!(link.starts_with("https://"), "{lesson}: {link}");
        }
    }
}

#[test]
fn no_line_is_in_the_wrong_language() {
    for lesson in lessons() {
        for part in parts(&lesson, "en") {
            let words = part.prose().map(without_code_and_links);
            let words = words.unwrap_or_default();
            assert!(!words.contains(is_chinese), "{lesson}: {words}");
        }
        for part in parts(&lesson, "zh") {
            if let Some(words) = part.prose().map(without_code_and_links) {
                assert!(words.contains(is_han), "{lesson}: {words}");
                assert_eq!(english_in(&words), None, "{lesson}: {words}");
            }
        }
    }
}

#[test]
fn chinese_is_not_wrapped_because_a_line_break_would_become_a_space() {
    for lesson in lessons() {
        let source = source(&lesson, "zh");
        for part in parts(&lesson, "zh") {
            if let Some(text) = part.prose() {
                assert!(source.contains(text), "{lesson}: {text}");
            }
        }
    }
}

#[test]
fn chinese_has_a_space_before_and_after_latin_words_numbers_and_code() {
    let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '`';
    for lesson in lessons() {
        let source = source(&lesson, "zh");
        for (left, right) in source.chars().zip(source.chars().skip(1)) {
            let touch = is_han(left) && is_latin(right) || is_latin(left) && is_han(right);
            assert!(!touch, "{lesson}: {left}{right}");
        }
    }
}

#[test]
fn the_commands_work() {
    let commands = lessons().into_iter().flat_map(|lesson| {
        let commands = commands_in(&source(&lesson, "en"));
        assert!(!commands.is_empty(), "{lesson}");
        commands
    });
    // A learner's shell need not be bash.
    assert_all_work(commands.collect(), "sh", None);
}
