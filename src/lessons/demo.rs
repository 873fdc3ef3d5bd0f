//! What there is to read of a lesson: the files in its folder in `demos/`.

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::words::comments::with_comments;
use crate::words::locale::Language;

/// What there is to read of a lesson.
pub struct Demo {
    /// The lesson's name on the command line.
    pub name: &'static str,
    /// The text in English, in Markdown.
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
    /// The Chinese texts of its help: TOML.
    pub(crate) chinese_help: &'static str,
    /// The experiments that a learner predicts: TOML.
    pub experiments: &'static str,
    /// The Python program, with comments in English.
    pub(crate) python: &'static str,
    /// The same program in Rust, with nothing but std.
    pub(crate) rust: &'static str,
    /// For each program the Chinese texts of its blocks of comments, in their order: TOML.
    pub(crate) chinese_comments: &'static str,
}

impl Demo {
    pub(crate) fn text(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.english,
            Language::Zh => self.chinese,
        }
    }

    /// The Python program with comments in this language.
    pub(crate) fn python(&self, language: Language) -> String {
        self.program("program.py", self.python, language)
    }

    /// The Rust program with comments in this language.
    pub(crate) fn rust(&self, language: Language) -> String {
        self.program("program.rs", self.rust, language)
    }

    /// The program to begin with for this part of the lesson. The child of `pipe` is its writer.
    pub(crate) fn beginning(
        &self,
        part: Part,
        program_in: ProgramLanguage,
        language: Language,
    ) -> Option<String> {
        let is_of_pipe = self.name == "pipe" && part == Part::Writer;
        let name: &str = if is_of_pipe { Part::Child } else { part }.into();
        let ending: &str = program_in.into();
        let file = format!("{name}.{ending}");
        let mut programs = BEGINNINGS.iter();
        let (_, _, program) =
            programs.find(|(lesson, name, _)| *lesson == self.name && *name == file)?;
        Some(self.program(&file, program, language))
    }

    fn program(&self, file: &str, program: &str, language: Language) -> String {
        let translated = match language {
            Language::En => None,
            Language::Zh => with_comments(file, program, self.comments_of(file)),
        };
        translated.unwrap_or_else(|| program.to_owned())
    }

    fn comments_of(&self, file: &str) -> Vec<String> {
        // A test makes sure that the file can be read.
        let texts: BTreeMap<String, Vec<String>> =
            toml::from_str(self.chinese_comments).unwrap_or_default();
        texts.get(file).cloned().unwrap_or_default()
    }

    /// The lesson in one line: the title of its text.
    pub(crate) fn title(&self, language: Language) -> &'static str {
        let first = self.text(language).lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

/// A programming language. Its files end with the serialized name.
#[derive(Clone, Copy, Debug, ValueEnum, strum::IntoStaticStr)]
pub enum ProgramLanguage {
    /// Python
    #[value(aliases = ["py", "python3"])]
    #[strum(serialize = "py")]
    Python,
    /// Rust
    #[value(alias = "rs")]
    #[strum(serialize = "rs")]
    Rust,
    /// C
    #[strum(serialize = "c")]
    C,
    /// Go
    #[strum(serialize = "go")]
    Go,
    /// JavaScript, for Node
    #[value(aliases = ["js", "node"])]
    #[strum(serialize = "js")]
    Javascript,
    /// A POSIX shell
    #[value(aliases = ["shell", "bash"])]
    #[strum(serialize = "sh")]
    Sh,
}

/// The part that a program plays; its file has this name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Part {
    Writer,
    Reader,
    Child,
}

/// Of `"queue": "writer"` this makes the lesson's name, the file's name and the program for each of
/// `demos/queue/writer.py` and so on.
macro_rules! beginnings {
    ($($lesson:literal: $name:literal,)*) => {
        [$(
            beginnings!(@ $lesson, $name, ".py"),
            beginnings!(@ $lesson, $name, ".rs"),
            beginnings!(@ $lesson, $name, ".c"),
            beginnings!(@ $lesson, $name, ".go"),
            beginnings!(@ $lesson, $name, ".js"),
            beginnings!(@ $lesson, $name, ".sh"),
        )*]
    };
    (@ $lesson:literal, $name:literal, $ending:literal) => {{
        let program = include_str!(concat!("../../demos/", $lesson, "/", $name, $ending));
        ($lesson, concat!($name, $ending), program)
    }};
}

/// Small programs to begin with, for those who write a writer, a reader or a child of their own.
const BEGINNINGS: [(&str, &str, &str); 18] = beginnings! {
    "queue": "writer",
    "queue": "reader",
    "pipe": "child",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::DEMOS;

    #[test]
    fn each_block_of_comments_has_its_chinese_text_and_each_text_its_block() {
        for demo in DEMOS {
            let mut programs = vec![("program.py", demo.python), ("program.rs", demo.rust)];
            let of_lesson = BEGINNINGS.iter().filter(|(lesson, ..)| *lesson == demo.name);
            programs.extend(of_lesson.map(|(_, file, program)| (*file, *program)));
            for (file, program) in &programs {
                let translated = with_comments(file, program, demo.comments_of(file));
                assert!(translated.is_some(), "{}, {file}", demo.name);
            }
            let texts: toml::Table = toml::from_str(demo.chinese_comments).expect("TOML");
            assert_eq!(texts.len(), programs.len(), "{}", demo.name);
        }
    }
}
