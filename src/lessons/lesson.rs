//! What a lesson is to the rest of the program.

use anyhow::Result;
use serde::Serialize;

use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, WHO_ENDED_HOW};
use crate::events::Mistake;
use crate::multiprocessing::Context;
use crate::words::locale::Language;

/// The parent's half of a lesson: its fields are its options on the command line.
pub trait Lesson: clap::Args + Serialize {
    /// Sentences about a run that its log proves true or false. A lesson has its own beside this
    /// one.
    const CLAIMS: &'static [Claim] = &[NOBODY_GETS_STUCK];

    /// What comes out of a run, by which it is told apart from others.
    const OUTCOMES: Outcomes = WHO_ENDED_HOW;

    /// Why a run with these options can't come out like this, whatever the kernel does; nothing
    /// where it can, or where nobody knows. `outcome` is what a teller of [`Lesson::OUTCOMES`] may
    /// have told, or what a person has made up.
    fn why_never(&self, outcome: &str) -> Option<String> {
        let _ = outcome;
        None
    }

    /// Refuses options that can't work together, before anything starts. All combinations are valid
    /// unless a lesson says otherwise.
    ///
    /// # Errors
    /// One sentence for the user.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// If a run with these options gets stuck, by which mistake of theirs, and the command without
    /// it. Nothing where these options are no reason to get stuck.
    fn mistake(&self) -> Option<(Mistake, String)> {
        None
    }

    /// Whether these options run commands of the user's.
    fn runs_commands(&self) -> bool {
        false
    }

    /// What the parent does, as in the article's program: `mp` is its `multiprocessing`.
    ///
    /// # Errors
    /// What the parent itself could not do. How the children ended is judged when the run is over.
    fn run(&self, mp: &Context) -> Result<()>;
}

/// What there is to read of a lesson: the files in its folder in `demos/`.
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
    /// The Python program, with comments in English and in Chinese.
    pub python: [&'static str; 2],
    /// The same program in Rust, with nothing but std, likewise.
    pub rust: [&'static str; 2],
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
    pub fn python(&self, language: Language) -> &'static str {
        self.python[language as usize]
    }

    /// The Rust program with comments in this language.
    pub fn rust(&self, language: Language) -> &'static str {
        self.rust[language as usize]
    }

    /// The lesson in one line: the title of its text.
    pub fn title(&self, language: Language) -> &'static str {
        let first = self.text(language).lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}
