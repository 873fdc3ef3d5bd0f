//! What there is to read of a lesson: the files in its folder in `demos/`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Lines;

use clap::ValueEnum;

use crate::words::locale::Language;

/// What there is to read of a lesson.
pub struct Demo {
    /// The lesson's name on the command line.
    pub name: &'static str,
    /// Whether it is about a claim of the article, and not about what its reader meets next.
    pub is_of_article: bool,
    /// The text in English, in Markdown.
    pub english: &'static str,
    /// The text in Chinese.
    pub chinese: &'static str,
    /// The Chinese texts of its help: TOML.
    pub chinese_help: &'static str,
    /// The experiments that a learner predicts: TOML.
    pub experiments: &'static str,
    /// The Python program, with comments in English.
    pub python: &'static str,
    /// The same program in Rust, with nothing but std.
    pub rust: &'static str,
    /// For each program the Chinese texts of its blocks of comments, in their order: TOML.
    pub chinese_comments: &'static str,
}

impl Demo {
    /// The lesson's text.
    pub fn text(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.english,
            Language::Zh => self.chinese,
        }
    }

    /// The Python program with comments in this language.
    pub fn python(&self, language: Language) -> String {
        self.program("program.py", self.python, language)
    }

    /// The Rust program with comments in this language.
    pub fn rust(&self, language: Language) -> String {
        self.program("program.rs", self.rust, language)
    }

    /// The program to begin with for this part of the lesson, if there is one. The child of `pipe`
    /// is its writer.
    pub fn beginning(&self, part: Part, program_in: In, language: Language) -> Option<String> {
        let part = match (self.name, part) {
            ("pipe", Part::Writer) => Part::Child,
            _ => part,
        };
        let beginning = BEGINNINGS.iter().find(|it| it.lesson == self.name && it.part == part)?;
        let (file, program) = beginning.programs[program_in as usize];
        Some(self.program(file, program, language))
    }

    fn program(&self, file: &str, program: &str, language: Language) -> String {
        let translated = match language {
            Language::En => None,
            Language::Zh => with_comments(file, program, self.comments_of(file)),
        };
        translated.unwrap_or_else(|| program.to_owned())
    }

    /// The Chinese texts for a program's comments.
    fn comments_of(&self, file: &str) -> Vec<String> {
        // A damaged file is found by a test.
        let texts: BTreeMap<String, Vec<String>> =
            toml::from_str(self.chinese_comments).unwrap_or_default();
        texts.get(file).cloned().unwrap_or_default()
    }

    /// The lesson in one line: the title of its text.
    pub fn title(&self, language: Language) -> &'static str {
        let first = self.text(language).lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

/// A language of programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum In {
    /// Python
    #[value(aliases = ["py", "python3"])]
    Python,
    /// Rust
    #[value(alias = "rs")]
    Rust,
    /// C
    C,
    /// Go
    Go,
    /// JavaScript, for Node
    #[value(aliases = ["js", "node"])]
    Javascript,
    /// A POSIX shell
    #[value(aliases = ["shell", "bash"])]
    Sh,
}

/// The part that a program plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// It writes values.
    Writer,
    /// It reads values.
    Reader,
    /// It sends messages, and reads the reply.
    Child,
}

/// Small programs to begin with, for those who write a writer, a reader or a child of their own.
struct Beginning {
    lesson: &'static str,
    part: Part,
    /// The name of each file and the program in it, in the order of [`In`].
    programs: [(&'static str, &'static str); 6],
}

/// Of `"queue": Writer, "writer";` this makes the programs `demos/queue/writer.py` and so on.
macro_rules! beginnings {
    ($($lesson:literal: $part:ident, $name:literal;)*) => {
        const BEGINNINGS: &[Beginning] = &[
            $(Beginning {
                lesson: $lesson,
                part: Part::$part,
                programs: [
                    beginnings!(@ $lesson, $name, ".py"),
                    beginnings!(@ $lesson, $name, ".rs"),
                    beginnings!(@ $lesson, $name, ".c"),
                    beginnings!(@ $lesson, $name, ".go"),
                    beginnings!(@ $lesson, $name, ".js"),
                    beginnings!(@ $lesson, $name, ".sh"),
                ],
            },)*
        ];
    };
    (@ $lesson:literal, $name:literal, $ending:literal) => {
        (
            concat!($name, $ending),
            include_str!(concat!("../../demos/", $lesson, "/", $name, $ending)),
        )
    };
}

beginnings! {
    "queue": Writer, "writer";
    "queue": Reader, "reader";
    "pipe": Child, "child";
}

/// What a docstring is quoted with.
const QUOTES: &str = "\"\"\"";

/// A program with these texts for its comments, one for each block of them. Nothing where there are
/// more blocks than texts, or fewer.
fn with_comments(file: &str, program: &str, texts: Vec<String>) -> Option<String> {
    let mark = if file.ends_with(".py") || file.ends_with(".sh") { "#" } else { "//" };
    let mut texts = texts.into_iter();
    let mut lines = program.lines().peekable();
    let mut shown = String::new();
    while let Some(line) = lines.next() {
        match Frame::of_block(line, &mut lines, mark) {
            Some(frame) => shown += &frame.around(&texts.next()?),
            None => shown += line,
        }
        shown.push('\n');
    }
    texts.next().is_none().then_some(shown)
}

/// What stands around the text of a block of comments: of consecutive lines, of a docstring, or of
/// a comment behind code.
struct Frame {
    before_first_line: String,
    before_others: String,
    end: String,
}

impl Frame {
    /// The frame of the block that begins at `line`, if one does; takes the block's other lines.
    fn of_block(line: &str, lines: &mut Peekable<Lines>, mark: &str) -> Option<Frame> {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if let Some(mut last) = code.strip_prefix(QUOTES) {
            while !last.ends_with(QUOTES) {
                last = lines.next()?;
            }
            let line_end = if last.trim_start() == QUOTES { "\n" } else { "" };
            let end_indent = if line_end.is_empty() { "" } else { indent };
            return Some(Frame {
                before_first_line: format!("{indent}{QUOTES}"),
                before_others: indent.to_owned(),
                end: format!("{line_end}{end_indent}{QUOTES}"),
            });
        }
        if let Some(start) = comment_start(line, mark) {
            while lines.next_if(|next| comment_start(next, mark) == Some(start)).is_some() {}
            let start = format!("{start} ");
            let end = String::new();
            return Some(Frame { before_first_line: start.clone(), before_others: start, end });
        }
        let mark = format!(" {mark} ");
        let (code, _) = line.split_once(&mark)?;
        let (before_others, end) = (String::new(), String::new());
        Some(Frame { before_first_line: format!("{code}{mark}"), before_others, end })
    }

    fn around(&self, text: &str) -> String {
        let mut shown = String::new();
        for (index, line) in text.lines().enumerate() {
            let before = match index {
                0 => &self.before_first_line,
                _ => &self.before_others,
            };
            // Go's commands stand behind a tab alone, and an empty line ends with no space.
            let is_tabbed = line.starts_with('\t') || line.is_empty();
            let before = if is_tabbed { before.trim_end_matches(' ') } else { before };
            shown += if index == 0 { "" } else { "\n" };
            shown += &format!("{before}{line}");
        }
        shown + &self.end
    }
}

/// What a line begins with that is a comment and nothing else: its indentation and `//!`, say.
fn comment_start<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let text = line.trim_start().strip_prefix(mark)?;
    let text = match mark {
        "//" => text.strip_prefix(['/', '!']).unwrap_or(text),
        _ => text,
    };
    let is_comment = text.is_empty() || text.starts_with([' ', '\t']);
    is_comment.then(|| &line[..line.len() - text.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::DEMOS;

    #[test]
    fn each_block_of_comments_has_its_chinese_text_and_each_text_its_block() {
        for demo in DEMOS {
            let mut programs = vec![("program.py", demo.python), ("program.rs", demo.rust)];
            let of_lesson = BEGINNINGS.iter().filter(|it| it.lesson == demo.name);
            programs.extend(of_lesson.flat_map(|it| it.programs));
            for (file, program) in &programs {
                let translated = with_comments(file, program, demo.comments_of(file));
                assert!(translated.is_some(), "{}, {file}", demo.name);
            }
            let texts: toml::Table = toml::from_str(demo.chinese_comments).unwrap();
            assert_eq!(texts.len(), programs.len(), "{}", demo.name);
        }
    }

    #[test]
    fn comments_are_replaced_where_they_stand() {
        let translated = |file, program, texts: &[&str]| {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            with_comments(file, program, texts)
        };
        let python = "\"\"\"A.\n\nB.\n\"\"\"\ndef f():\n    \"\"\"C.\"\"\"\n    # D\n    # E\n    \
                      x = '#'  # F\n";
        assert_eq!(
            translated("x.py", python, &["甲\n\n乙", "丙", "丁\n戊\n己", "庚"]).unwrap(),
            "\"\"\"甲\n\n乙\n\"\"\"\ndef f():\n    \"\"\"丙\"\"\"\n    # 丁\n    # 戊\n    # 己\n    \
             x = '#'  # 庚\n"
        );
        let rust = "//! A\n//!\n//! B\n/// C\n#[x]\nfn f() {} // D\n";
        assert_eq!(
            translated("x.rs", rust, &["甲\n\n\t乙", "丙", "丁"]).unwrap(),
            "//! 甲\n//!\n//!\t乙\n/// 丙\n#[x]\nfn f() {} // 丁\n"
        );
        assert_eq!(translated("x.rs", rust, &["甲", "丙"]), None);
        assert_eq!(translated("x.rs", rust, &["甲", "丙", "丁", "戊"]), None);
    }
}
