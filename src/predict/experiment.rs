//! An experiment, as it stands in a lesson's `experiments.toml`.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::answer::letter;
use crate::both;
use crate::cli::lesson_in;
use crate::lessons::{self, AnyLesson, DEMOS, Demo};
use crate::report::runs::Often;
use crate::show::python;
use crate::words::locale::{self, Texts, in_words};

/// The placeholder for a number in a command.
const NUMBER: &str = "{N}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The command to try after the lesson's run without options, without the program's name.
    #[serde(default)]
    next: Option<String>,
    /// The commands whose runs the handout shows, without the program's name.
    #[serde(default)]
    handout: Vec<String>,
    #[serde(default)]
    experiment: Vec<Experiment>,
}

/// Something to predict: a command, a question, and the true answer with its reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// The lesson in whose folder the experiment stands.
    #[serde(skip)]
    pub lesson: &'static str,
    /// The experiment's name among those of the lesson.
    pub name: String,
    /// The command, without the program's name.
    pub command: String,
    /// What is asked.
    pub question: Question,
    /// How many runs are made.
    #[serde(default = "fifty")]
    pub runs: u64,
    /// Whether all of a run stays on one core.
    #[serde(default)]
    pub one_core: bool,
    /// What stands in the lesson's Python program where the answer is decided.
    pub call: String,
    reason: Texts,
}

/// The command to try after the lesson's run without options, without the program's name.
pub fn next_of(lesson: &str) -> Option<String> {
    DEMOS.iter().find(|demo| demo.name == lesson).and_then(|demo| file_of(demo)?.next)
}

/// The commands whose runs the lesson's handout shows, without the program's name.
pub fn handout_of(demo: &Demo) -> Vec<String> {
    file_of(demo).map(|file| file.handout).unwrap_or_default()
}

fn file_of(demo: &Demo) -> Option<File> {
    // A test makes sure that the file can be read.
    toml::from_str(demo.experiments).ok()
}

fn fifty() -> u64 {
    50
}

/// The question about a command, with the true answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Question {
    /// How often a claim is true.
    Often {
        /// The claim's name.
        claim: String,
        /// How often the claim is true.
        truth: Often,
    },
    /// Which outcomes are possible.
    Outcomes(Choices),
    /// Who waits for whom.
    Waits(Choices),
    /// Which command is without the mistake.
    Repair(Choices),
    /// From which number on the command gets stuck.
    Stuck {
        /// The least such number.
        from: u64,
    },
}

/// The choices of a question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// The true choices: one, or several for [`Question::Outcomes`].
    pub right: Vec<String>,
    /// The wrong choices.
    pub wrong: Vec<String>,
}

impl Question {
    /// Whether one choice is right, and no more.
    pub(super) fn has_one_answer(&self) -> bool {
        matches!(self, Question::Outcomes(Choices { right, .. }) if right.len() == 1)
            || matches!(self, Question::Waits(_) | Question::Repair(_))
    }

    /// The choices in the order in which they are shown; empty if the question has none.
    pub fn choices(&self) -> Vec<&str> {
        let (Question::Outcomes(choices) | Question::Waits(choices) | Question::Repair(choices)) =
            self
        else {
            return Vec::new();
        };
        let all = choices.right.iter().chain(&choices.wrong);
        let mut all: Vec<_> = all.map(String::as_str).collect();
        all.sort();
        all
    }
}

impl Experiment {
    /// All experiments, in the order of the lessons; those of one lesson if it is given. A test makes
    /// sure that each can be asked.
    pub fn all(of: Option<&Demo>) -> Result<Vec<Experiment>> {
        let mut all = Vec::new();
        for demo in DEMOS.iter().filter(|demo| of.is_none_or(|of| of.name == demo.name)) {
            let file: File = toml::from_str(demo.experiments)
                .with_context(|| format!("demos/{}/experiments.toml", demo.name))?;
            let of_lesson = file.experiment.into_iter();
            all.extend(of_lesson.map(|it| Experiment { lesson: demo.name, ..it }));
        }
        Ok(all)
    }

    /// The sentence of the claim with this name.
    fn claimed(&self, name: &str) -> String {
        let claims = lessons::claims_of(self.lesson).map(|of_lesson| of_lesson.claims());
        let claim = claims.into_iter().flatten().find(|claim| claim.name == name);
        claim.map_or(name, |claim| in_words(claim.sentence)).to_owned()
    }

    /// The lesson that a command runs, and its speed.
    pub fn lesson_of(&self, command: &str) -> Result<(AnyLesson, f64)> {
        let (lesson, speed) = lesson_in(command).with_context(|| format!("`mp-demo {command}`"))?;
        ensure!(lesson.name == self.lesson, "`mp-demo {command}` is of another lesson");
        Ok((lesson, speed))
    }

    /// The command with this number in it, if it has a place for one.
    pub fn command_with(&self, number: u64) -> String {
        self.command.replace(NUMBER, &number.to_string())
    }

    /// Why the true answer is true, in the reader's language.
    pub fn reason(&self) -> &str {
        self.reason.chosen()
    }

    /// How this command is typed.
    pub fn in_shell(&self, command: &str) -> String {
        let one_core = if self.one_core { "taskset -c 0 " } else { "" };
        format!("{one_core}mp-demo {command}")
    }

    /// The lesson's Python program.
    pub fn program(&self) -> String {
        let demo = DEMOS.iter().find(|demo| demo.name == self.lesson);
        demo.map(|demo| demo.python(locale::chosen())).unwrap_or_default()
    }

    /// The ten lines of that program around the call that is asked about, with their numbers.
    pub(super) fn lines(&self, colour: bool) -> String {
        let program = self.program();
        let of_call = program.lines().position(|line| line.contains(&self.call)).unwrap_or(0);
        let first = of_call.saturating_sub(5);
        let lines: Vec<_> = program.lines().skip(first).take(10).collect();
        let lines = python(&textwrap::dedent(&lines.join("\n")), colour);
        let lines = lines.split('\n').zip(first..).map(|(line, index)| {
            let mark = if index == of_call { '>' } else { ' ' };
            format!("{mark}{:>3} {line}", index + 1).trim_end().to_owned() + "\n"
        });
        lines.collect()
    }

    /// An outcome, in the reader's language.
    pub(super) fn outcome(&self, outcome: &str) -> String {
        let of_lesson = lessons::claims_of(self.lesson);
        of_lesson.map_or(outcome.to_owned(), |it| it.typed(outcome).to_string())
    }

    /// The choices, a line each.
    pub(crate) fn choices(&self) -> Vec<String> {
        let choices = self.question.choices().into_iter().enumerate();
        let lines = choices.map(|(index, choice)| {
            let choice = match self.question {
                Question::Repair(_) => self.in_shell(choice),
                Question::Outcomes(_) => self.outcome(choice),
                _ => choice.to_owned(),
            };
            format!("  {}  {choice}", letter(index))
        });
        lines.collect()
    }

    /// What is asked, in one sentence.
    pub fn sentence(&self) -> String {
        match &self.question {
            Question::Often { claim, .. } => {
                let claim = self.claimed(claim);
                both!(
                    "In all runs, in some, or in none: {claim}?",
                    "{claim}：运行很多次，是每次如此、有时如此，还是从不如此？"
                )
            }
            Question::Outcomes(_) => {
                let what = lessons::claims_of(self.lesson).map_or("", |it| in_words(it.heading));
                match self.question.has_one_answer() {
                    true => both!("What will come out ({what})?", "会是哪种结果（{what}）？"),
                    false => both!(
                        "Which outcomes are possible ({what})? Name all of them.",
                        "可能出现哪些结果（{what}）？请列出全部。"
                    ),
                }
            }
            Question::Waits(_) => both!(
                "If it gets stuck, who waits for whom? (A -> B: A waits for B.)",
                "如果卡住，等待关系是怎样的？（A -> B：A 等 B。）"
            ),
            Question::Repair(_) => both!(
                "Which command fixes it, so that it doesn't get stuck?",
                "哪条命令能修好它，使它不再卡住？"
            ),
            Question::Stuck { .. } => {
                both!("From which number N on does it get stuck?", "N 从多少起，它会卡住？")
            }
        }
    }
}
