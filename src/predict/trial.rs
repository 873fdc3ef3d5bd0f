//! Runs an experiment, to see what really comes out.

use std::io::Write;

use anyhow::{Result, bail};

use super::answer::Answer;
use super::experiment::{Experiment, Question, lesson_of};
use crate::both;
use crate::lessons;
use crate::os::streams::stdout;
use crate::repeat::{End, Plan, Repeated};
use crate::report::runs::Often;
use crate::run::Settings;
use crate::views::Bar;

/// How often a command is run that gets stuck, or should not.
const FEW: u64 = 2;

/// What came of a command.
pub struct Trial {
    repeated: Repeated,
    /// Who waited for whom, in the last run that got stuck.
    waits: Option<String>,
}

impl Trial {
    /// Runs a command so many times.
    ///
    /// # Errors
    /// When a run failed, or when nobody reads what is shown.
    pub fn of(
        experiment: &Experiment,
        command: &str,
        runs: u64,
        bar: &Bar,
        stderr: &mut dyn Write,
    ) -> Result<Trial> {
        let (lesson, speed) = lesson_of(experiment.demo, command)?;
        let Some(of_lesson) = lessons::claims_of(lesson.name()) else {
            bail!("there is no such lesson");
        };
        let mut plan = Plan {
            lesson: &lesson,
            of_lesson,
            count: runs,
            settings: Settings {
                seed: None,
                speed,
                patience: Some(std::time::Duration::MAX),
                patience_with_commands: None,
                interrupt: None,
            },
            until: None,
            keep: None,
            told: Default::default(),
        };
        let mut last_waits = None;
        let repeated = plan.repeat(None, stdout(), stderr, |played| {
            if let End::Worked { waits: Some(waits), .. } = played.end {
                last_waits = Some(waits.to_owned());
            }
            bar.show_progress(played.run, runs);
            Ok(())
        });
        bar.clear();
        if let Some(error) = repeated.error {
            return Err(error);
        }
        if let Some(failure) = repeated.failures.first() {
            let why = failure.sentences.join("; ");
            bail!(both!(
                "a run of `mp-demo {command}` failed: {why}",
                "`mp-demo {command}` 有一次运行失败：{why}"
            ));
        }
        Ok(Trial { repeated, waits: last_waits })
    }

    fn runs(&self) -> u64 {
        self.repeated.tally.runs()
    }

    /// In how many runs a claim was true, and of how many it said something.
    fn counts(&self, claim: &str) -> (u64, u64) {
        let mut claims = self.repeated.tally.claims();
        let counted = claims.find(|(counted, _)| counted.claim.name == claim);
        counted.map_or((0, 0), |(counted, _)| (counted.holds, counted.of))
    }

    fn is_stuck(&self) -> bool {
        self.waits.is_some()
    }
}

/// What is shown of an answer that was tried, and whether it is right.
pub struct Grade {
    /// What came of the runs, a line each.
    pub seen: Vec<String>,
    /// Whether the answer is right.
    pub is_right: bool,
    /// What the runs don't show, though it is true.
    pub but: Option<String>,
}

impl Experiment {
    /// What is shown before the question, if anything: a run that hangs.
    ///
    /// # Errors
    /// Those of [`Trial::of`].
    pub fn show_first(&self, bar: &Bar, stderr: &mut dyn Write) -> Result<Option<String>> {
        let Question::Repair(..) = self.question else {
            return Ok(None);
        };
        let trial = Trial::of(self, &self.command, 1, bar, stderr)?;
        Ok(Some(stuck_or_not(&self.command, &trial)))
    }

    /// Runs what was predicted, and grades the answer: by what is true, and not by what the runs
    /// happened to show. Only a repair is graded by whether it works.
    ///
    /// # Errors
    /// Those of [`Trial::of`].
    pub fn grade(&self, answer: &Answer, bar: &Bar, stderr: &mut dyn Write) -> Result<Grade> {
        let mut run = |command: &str, runs| Trial::of(self, command, runs, bar, stderr);
        let is_right = *answer == self.question.truth();
        Ok(match (&self.question, answer) {
            (Question::Often(claim, truth), _) => {
                let trial = run(&self.command, self.runs)?;
                let (holds, of) = trial.counts(claim.name);
                let runs = trial.runs();
                let seen = match of == runs {
                    true => both!(
                        "... {runs} runs: {holds} of {of}.",
                        "…… {runs} 次运行：{of} 次中 {holds} 次。"
                    ),
                    false => both!(
                        "... {runs} runs: {holds} of {of}; of the others it says nothing.",
                        "…… {runs} 次运行：{of} 次中 {holds} 次；对其余的运行，它没有说什么。"
                    ),
                };
                let but = proves_nothing(*truth, holds, of);
                Grade { seen: vec![seen], is_right, but }
            }
            (Question::Outcomes(_, possible), _) => {
                let trial = run(&self.command, self.runs)?;
                let came = trial.repeated.tally.outcomes();
                let list =
                    came.iter().take(8).map(|came| format!("{} ({})", came.outcome, came.runs));
                let (runs, list) =
                    (trial.runs(), list.collect::<Vec<_>>().join(&both!(", ", "，")));
                let more = if came.len() > 8 { both!(" and others", "等") } else { String::new() };
                let seen =
                    both!("... {runs} runs: {list}{more}.", "…… {runs} 次运行：{list}{more}。");
                let has_come =
                    |it: &&String| !came.iter().any(|came| came.outcome.in_english() == **it);
                let missing: Vec<_> =
                    possible.iter().filter(has_come).map(String::as_str).collect();
                let but = (!missing.is_empty()).then(|| {
                    let missing = missing.join(&both!(", ", "、"));
                    both!(
                        "Not seen here, and possible all the same: {missing}.",
                        "这里没有出现，但同样可能：{missing}。"
                    )
                });
                Grade { seen: vec![seen], is_right, but }
            }
            (Question::Waits(..), _) => {
                let trial = run(&self.command, 1)?;
                Grade { seen: vec![stuck_or_not(&self.command, &trial)], is_right, but: None }
            }
            (Question::Repair(..), Answer::Choices(chosen)) => {
                let mut seen = Vec::new();
                let mut works = true;
                for command in chosen {
                    let trial = run(command, FEW)?;
                    works &= !trial.is_stuck();
                    seen.push(stuck_or_not(command, &trial));
                }
                Grade { seen, is_right: works, but: None }
            }
            (Question::From(from), _) => {
                let mut seen = Vec::new();
                for number in [from - 1, *from] {
                    let command = self.command_with(number);
                    seen.push(stuck_or_not(&command, &run(&command, 1)?));
                }
                Grade { seen, is_right, but: None }
            }
            (Question::Repair(..), _) => Grade { seen: Vec::new(), is_right, but: None },
        })
    }
}

/// What is to be said where the truth is "sometimes", and all runs were alike: that is what
/// misleads those who only try it.
fn proves_nothing(truth: Often, holds: u64, of: u64) -> Option<String> {
    let seen = match holds {
        _ if truth != Often::Sometimes || of == 0 => return None,
        0 => Often::Never.word(),
        holds if holds == of => Often::Always.word(),
        _ => return None,
    };
    Some(both!(
        "All of these runs say \"{seen}\". That proves nothing: the next one may be the other way.",
        "这些运行都显示“{seen}”。这什么也证明不了：下一次也许就不一样。"
    ))
}

fn stuck_or_not(command: &str, trial: &Trial) -> String {
    match &trial.waits {
        Some(waits) => {
            both!("... mp-demo {command}: stuck, {waits}.", "…… mp-demo {command}：卡住，{waits}。")
        }
        None => both!("... mp-demo {command}: not stuck.", "…… mp-demo {command}：没有卡住。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::locale::{Language, choose};

    #[test]
    fn where_all_runs_were_alike_that_proves_nothing_if_sometimes_is_true() {
        choose(Language::En);
        let said = |truth, holds, of| proves_nothing(truth, holds, of);
        for truth in [Often::Always, Often::Never] {
            assert_eq!(said(truth, 50, 50), None);
        }
        assert_eq!(said(Often::Sometimes, 20, 50), None);
        assert_eq!(said(Often::Sometimes, 0, 0), None);
        let always = said(Often::Sometimes, 50, 50).unwrap_or_default();
        assert!(always.starts_with("All of these runs say \"always\". That proves nothing"));
        let never = said(Often::Sometimes, 0, 50).unwrap_or_default();
        assert!(never.starts_with("All of these runs say \"never\"."));
    }
}
