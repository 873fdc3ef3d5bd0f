//! An experiment, as it stands in a lesson's `experiments.toml`.

use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Deserialize;
use toml::Spanned;

use crate::claims::Claim;
use crate::cli::lesson_in;
use crate::lessons::{self, AnyLesson, DEMOS, Demo};
use crate::report::runs::Often;
use crate::words::locale::{self, Language};

/// How many runs are made where an experiment doesn't say.
const RUNS: u64 = 50;

/// Stands for a number in a command.
const NUMBER: &str = "{N}";

/// Something to predict: a command, a question, and the true answer with its reason.
pub struct Experiment {
    /// The lesson.
    pub demo: &'static Demo,
    /// Its name among those of the lesson.
    pub name: String,
    /// The command, without the program's name.
    pub command: String,
    /// What is asked.
    pub question: Question,
    /// How many runs are made.
    pub runs: u64,
    reason: [String; 2],
}

/// What is asked of a command.
pub enum Question {
    /// How often a claim is true.
    Often(&'static Claim, Often),
    /// Which outcomes are possible: the choices, and which are.
    Outcomes(Vec<String>, Vec<String>),
    /// Who waits for whom: the choices, and the right one.
    Waits(Vec<String>, String),
    /// Which command is without the mistake: the choices, and the right one.
    Repair(Vec<String>, String),
    /// From which number on it gets stuck.
    From(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    experiment: Vec<Spanned<Written>>,
}

/// Of the last five there is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    command: String,
    reason: Reason,
    runs: Option<u64>,
    often: Option<WrittenOften>,
    outcomes: Option<WrittenOutcomes>,
    waits: Option<WrittenWaits>,
    repair: Option<WrittenRepair>,
    stuck: Option<WrittenFrom>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    en: String,
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOften {
    claim: String,
    truth: Often,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOutcomes {
    possible: Vec<String>,
    impossible: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWaits {
    now: String,
    others: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRepair {
    by: String,
    others: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFrom {
    from: u64,
}

impl Experiment {
    /// All experiments, in the order of the lessons; those of one lesson if it is given.
    ///
    /// # Errors
    /// When a file is damaged, which a test finds: the sentence names its line.
    pub fn all(of: Option<&Demo>) -> Result<Vec<Experiment>> {
        let demos = DEMOS.iter().filter(|demo| of.is_none_or(|of| of.name == demo.name));
        let mut all = Vec::new();
        for demo in demos {
            all.extend(Experiment::read(demo, demo.experiments)?);
        }
        Ok(all)
    }

    /// Those in a lesson's file with this text.
    ///
    /// # Errors
    /// When it is damaged: the sentence names its line.
    pub fn read(demo: &'static Demo, text: &str) -> Result<Vec<Experiment>> {
        let file = format!("demos/{}/experiments.toml", demo.name);
        let written: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let (line, message) = (line_at(text, start), error.message());
            anyhow!("{file}, line {line}: {message}")
        })?;
        let read = |written: Spanned<Written>| {
            let line = line_at(text, written.span().start);
            let experiment = Experiment::of(demo, written.into_inner());
            experiment.with_context(|| format!("{file}, the experiment at line {line}"))
        };
        written.experiment.into_iter().map(read).collect()
    }

    fn of(demo: &'static Demo, written: Written) -> Result<Experiment> {
        let choices = |right: &[String], wrong: &[String]| {
            let mut choices: Vec<_> = right.iter().chain(wrong).cloned().collect();
            choices.sort();
            let count = choices.len();
            choices.dedup();
            ensure!(
                count == choices.len() && (2..=26).contains(&count),
                "it needs 2 to 26 choices, all different"
            );
            Ok(choices)
        };
        let mut questions = Vec::new();
        if let Some(often) = written.often {
            let (claims, _) = lessons::claims_of(demo.name).context("there is no such lesson")?;
            let claim = claims.iter().find(|it| it.name == often.claim);
            let claim =
                claim.with_context(|| format!("the lesson has no claim `{}`", often.claim))?;
            questions.push(Question::Often(claim, often.truth));
        }
        if let Some(it) = written.outcomes {
            questions.push(Question::Outcomes(choices(&it.possible, &it.impossible)?, it.possible));
        }
        if let Some(it) = written.waits {
            let choices = choices(std::slice::from_ref(&it.now), &it.others)?;
            questions.push(Question::Waits(choices, it.now));
        }
        if let Some(it) = written.repair {
            let choices = choices(std::slice::from_ref(&it.by), &it.others)?;
            for command in &choices {
                lesson_of(demo, command)?;
            }
            questions.push(Question::Repair(choices, it.by));
        }
        if let Some(it) = written.stuck {
            ensure!(written.command.contains(NUMBER), "its command has no {NUMBER}");
            questions.push(Question::From(it.from));
        }
        let (Some(question), true) = (questions.pop(), questions.is_empty()) else {
            return Err(anyhow!(
                "it needs one of often, outcomes, waits, repair and stuck, and no two"
            ));
        };
        let runs = written.runs.unwrap_or(RUNS);
        ensure!((1..=1_000).contains(&runs), "its runs are not 1 to 1000");
        let experiment = Experiment {
            demo,
            name: written.name,
            command: written.command,
            question,
            runs,
            reason: [written.reason.en, written.reason.zh],
        };
        let number = match experiment.question {
            Question::From(from) => from,
            _ => 0,
        };
        lesson_of(demo, &experiment.command_with(number))?;
        Ok(experiment)
    }

    /// The command with this number in it, if it has a place for one.
    pub fn command_with(&self, number: u64) -> String {
        self.command.replace(NUMBER, &number.to_string())
    }

    /// Why the true answer is true, in the reader's language.
    pub fn reason(&self) -> &str {
        let [english, chinese] = &self.reason;
        match locale::chosen() {
            Language::En => english,
            Language::Zh => chinese,
        }
    }
}

/// The lesson that a command runs, and its speed.
///
/// # Errors
/// When it is none of this lesson.
pub(super) fn lesson_of(demo: &Demo, command: &str) -> Result<(AnyLesson, f64)> {
    let (lesson, speed) = lesson_in(command).with_context(|| format!("`mp-demo {command}`"))?;
    ensure!(lesson.name() == demo.name, "`mp-demo {command}` is of another lesson");
    Ok((lesson, speed))
}

/// The number of the line in which this byte of a text is.
fn line_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text);
    before.matches('\n').count() + 1
}
