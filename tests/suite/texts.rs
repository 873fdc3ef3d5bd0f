//! The lessons' texts in `demos/`: both languages say the same, and what they tell a learner to try
//! can be tried.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use crate::common::*;
use crate::programs::{english_in, is_han};
use crate::readme::{assert_all_work, pages};

fn source(lesson: &str, language: &str) -> String {
    demo(lesson, &format!("{language}.md"))
}

/// A text's Markdown. `show` draws no other kinds than these, so a text may not have any.
fn events(source: &str) -> Vec<Event<'_>> {
    let events: Vec<_> = Parser::new(source).collect();
    for event in &events {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::List(None) | Tag::Item)
            | Event::Start(Tag::Link { .. } | Tag::CodeBlock(_))
            | Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak => {}
            other => panic!("{other:?} in {source}"),
        }
    }
    events
}

/// What has to be the same in both languages: of a heading its level, of a paragraph or an item
/// its links, and each command.
fn shape(source: &str) -> Vec<String> {
    let mut is_command = false;
    let parts = events(source).into_iter().filter_map(|event| {
        match &event {
            Event::Start(Tag::CodeBlock(_)) => is_command = true,
            Event::End(_) => is_command = false,
            _ => {}
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => Some(level.to_string()),
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            Event::Start(tag @ (Tag::Paragraph | Tag::Item)) => Some(format!("{tag:?}")),
            Event::Text(command) if is_command => Some(command.into_string()),
            _ => None,
        }
    });
    parts.collect()
}

/// The words of each heading, paragraph and item, with a comma for what is the same in every
/// language: code.
fn prose(source: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for event in events(source) {
        let words = blocks.last_mut().unwrap();
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::Item) => {
                blocks.push(String::new())
            }
            Event::Start(Tag::CodeBlock(_)) => blocks.push("```".into()),
            Event::Text(text) => *words += &text,
            Event::Code(_) => *words += ",",
            Event::SoftBreak => words.push(' '),
            _ => {}
        }
    }
    blocks.retain(|words| !words.is_empty() && !words.starts_with("```"));
    blocks
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
            let source = source(&lesson, language);
            let headings: Vec<_> = source.lines().filter(|line| line.starts_with('#')).collect();
            assert!(headings[0].starts_with("# "), "{lesson}, {language}");
            assert_eq!(headings[1..], sections, "{lesson}, {language}");
        }
    }
}

#[test]
fn every_text_says_the_same_in_both_languages() {
    for lesson in lessons() {
        let [english, chinese] = ["en", "zh"].map(|language| shape(&source(&lesson, language)));
        assert_eq!(english, chinese, "{lesson}");
    }
}

#[test]
fn every_command_is_followed_by_what_to_look_at() {
    for lesson in lessons() {
        let source = source(&lesson, "en");
        let events = events(&source);
        let is_end = |event: &Event| matches!(event, Event::End(TagEnd::CodeBlock));
        let ends: Vec<_> = (0..events.len()).filter(|&at| is_end(&events[at])).collect();
        // One for each wrong variant, and some for the right ones.
        assert!((2..=10).contains(&ends.len()), "{lesson}: {ends:?}");
        for end in ends {
            let (command, next) = (&events[end - 1], events.get(end + 1));
            let Event::Text(command) = command else { panic!("{lesson}: {command:?}") };
            assert_eq!(command.lines().count(), 1, "{lesson}: {command}");
            assert_eq!(next, Some(&Event::Start(Tag::Paragraph)), "{lesson}: {command}");
        }
    }
}

#[test]
fn a_title_is_what_the_help_says_and_in_chinese_it_fits_into_that() {
    for lesson in lessons() {
        let help = run_words(&format!("help {lesson}")).succeeded();
        assert_eq!(help.lines()[0], title(&lesson, "en"));
        let title = title(&lesson, "zh");
        assert!(title.width() <= 34, "{title}");
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
        let shape = shape(&source(&lesson, "en"));
        let links: Vec<_> = shape.iter().filter(|part| part.starts_with("http")).collect();
        assert!(!links.is_empty(), "{lesson}");
        assert!(links.iter().all(|link| link.starts_with("https://")), "{lesson}: {links:?}");
    }
}

#[test]
fn no_line_is_in_the_wrong_language() {
    for lesson in lessons() {
        for words in prose(&source(&lesson, "en")) {
            assert!(!words.contains(is_chinese), "{lesson}: {words}");
        }
        for words in prose(&source(&lesson, "zh")) {
            assert!(words.contains(is_han), "{lesson}: {words}");
            assert_eq!(english_in(&words), None, "{lesson}: {words}");
        }
    }
}

#[test]
fn chinese_is_not_wrapped_and_has_spaces_around_latin_words_numbers_and_code() {
    let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '`';
    let texts = lessons().into_iter().map(|lesson| (source(&lesson, "zh"), lesson));
    let pages = pages().into_iter().filter(|(name, _)| name.ends_with(".zh.md"));
    for (source, name) in texts.chain(pages.map(|(name, page)| (page, name))) {
        // A line break would become a space.
        let mut events = Parser::new_ext(&source, Options::ENABLE_TABLES);
        assert!(!events.any(|event| event == Event::SoftBreak), "{name}");
        for (left, right) in source.chars().zip(source.chars().skip(1)) {
            let touch = is_han(left) && is_latin(right) || is_latin(left) && is_han(right);
            assert!(!touch, "{name}: {left}{right}");
        }
    }
}

#[test]
fn the_commands_work() {
    let commands = lessons().into_iter().flat_map(|lesson| {
        let commands = commands_in(&source(&lesson, "en"));
        assert!(!commands.is_empty(), "{lesson}");
        // Those that measure take long.
        if is_soak() || !measures(&lesson) { commands } else { Vec::new() }
    });
    // A learner's shell need not be bash.
    assert_all_work(commands.collect(), "sh", None);
}
