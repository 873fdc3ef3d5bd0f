//! Small programs to begin with, for whoever writes a writer, a reader or a child of his own. They
//! stand in the lesson's folder in `demos/`.

use clap::ValueEnum;

use crate::words::locale::Language;

/// A language of programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, strum::VariantArray)]
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

/// A program in each language, first with comments in English, then in Chinese.
struct Beginning {
    lesson: &'static str,
    part: Part,
    programs: [[&'static str; 2]; 6],
}

/// Of `"queue": Writer, "writer";` this makes the programs `demos/queue/writer.py` and so on.
macro_rules! beginnings {
    ($($lesson:literal: $part:ident, $name:literal;)*) => {
        const BEGINNINGS: &[Beginning] = &[
            $(Beginning {
                lesson: $lesson,
                part: Part::$part,
                // In the order of the languages.
                programs: [
                    beginnings!(@ $lesson, $name, "py"),
                    beginnings!(@ $lesson, $name, "rs"),
                    beginnings!(@ $lesson, $name, "c"),
                    beginnings!(@ $lesson, $name, "go"),
                    beginnings!(@ $lesson, $name, "js"),
                    beginnings!(@ $lesson, $name, "sh"),
                ],
            },)*
        ];
    };
    (@ $lesson:literal, $name:literal, $ending:literal) => {
        [
            include_str!(concat!("../../demos/", $lesson, "/", $name, ".", $ending)),
            include_str!(concat!("../../demos/", $lesson, "/", $name, ".zh.", $ending)),
        ]
    };
}

beginnings! {
    "queue": Writer, "writer";
    "queue": Reader, "reader";
    "pipe": Child, "child";
}

/// The program for this part of a lesson, if there is one. The child of `pipe` is its writer.
pub fn beginning(
    lesson: &str,
    part: Part,
    program_in: In,
    language: Language,
) -> Option<&'static str> {
    let part = match (lesson, part) {
        ("pipe", Part::Writer) => Part::Child,
        _ => part,
    };
    let mut of_lesson = BEGINNINGS.iter().filter(|it| it.lesson == lesson);
    let beginning = of_lesson.find(|it| it.part == part)?;
    Some(beginning.programs[program_in as usize][language as usize])
}
