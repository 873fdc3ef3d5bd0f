//! Runs experiments and grades answers.

use std::io::Write;

use anyhow::{Context as _, Result, bail};

use super::experiment::{Experiment, Question};
use crate::both;
use crate::lessons;
use crate::os::streams::stdout;
use crate::repeat::{Plan, Repeated, Worked};
use crate::report::runs::Often;
use crate::run::Settings;
use crate::views::Bar;

/// How often a repair is run.
const FEW: u64 = 2;

/// How many outcomes are shown.
const SHOWN: usize = 8;

/// The results of a command's runs.
struct Trial {
    repeated: Repeated,
    /// Who waited for whom, in the last run that got stuck.
    waits: Option<String>,
}

impl Trial {
    /// A sentence that says whether the command got stuck.
    fn stuck_or_not(&self, command: &str) -> String {
        match &self.waits {
            Some(waits) => both!(
                "... mp-demo {command}: stuck, {waits}.",
                "…… mp-demo {command}：卡住，{waits}。"
            ),
            None => both!("... mp-demo {command}: not stuck.", "…… mp-demo {command}：没有卡住。"),
        }
    }
}

/// How an answer did.
pub(super) struct Grade {
    /// What came of the runs, a line each.
    pub(super) seen: Vec<String>,
    /// Whether the answer is right.
    pub(super) is_right: bool,
    /// What is true, though the runs don't show it.
    pub(super) not_seen: Option<String>,
}

impl Experiment {
    fn run(&self, command: &str, runs: u64, bar: &Bar, stderr: &mut dyn Write) -> Result<Trial> {
        let (lesson, speed) = self.lesson_of(command)?;
        let of_lesson = lessons::claims_of(self.lesson).context("there is no such lesson")?;
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
            idle_notice: Default::default(),
        };
        let mut last_waits = None;
        let repeated = plan.repeat(None, stdout(), stderr, |played| {
            if let Ok(Worked { waits: Some(waits), .. }) = played.result {
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

    /// Runs the command that is to be repaired, and says how it got stuck.
    pub(super) fn show_stuck(&self, bar: &Bar, stderr: &mut dyn Write) -> Result<String> {
        Ok(self.run(&self.command, 1, bar, stderr)?.stuck_or_not(&self.command))
    }

    /// Runs what was predicted, and grades the answer: by what is true, and not by what the runs
    /// happened to show. Only a repair is graded by whether it works.
    pub(super) fn grade(&self, answer: &str, bar: &Bar, stderr: &mut dyn Write) -> Result<Grade> {
        let mut run = |command: &str, runs| self.run(command, runs, bar, stderr);
        let mut seen = Vec::new();
        let mut is_right = answer == self.question.truth();
        let mut not_seen = None;
        match &self.question {
            Question::Often { claim, truth } => {
                let tally = run(&self.command, self.runs)?.repeated.tally;
                let counted = tally.claims().find(|(counted, _)| counted.claim.name == *claim);
                let (holds, of) =
                    counted.map_or((0, 0), |(counted, _)| (counted.holds, counted.of));
                let runs = tally.runs();
                seen.push(match of == runs {
                    true => both!(
                        "... {runs} runs: {holds} of {of}.",
                        "…… {runs} 次运行：{of} 次中 {holds} 次。"
                    ),
                    false => both!(
                        "... {runs} runs: {holds} of {of}; of the others it says nothing.",
                        "…… {runs} 次运行：{of} 次中 {holds} 次；对其余的运行，它没有说什么。"
                    ),
                });
                not_seen = proves_nothing(*truth, holds, of);
            }
            Question::Outcomes(choices) => {
                let tally = run(&self.command, self.runs)?.repeated.tally;
                let (came, runs) = (tally.outcomes(), tally.runs());
                let list = came.iter().take(SHOWN);
                let list = list.map(|came| format!("{} ({})", came.outcome, came.runs));
                let list = list.collect::<Vec<_>>().join(&both!(", ", "，"));
                let is_more = came.len() > SHOWN;
                let more = if is_more { both!(" and others", "等") } else { String::new() };
                seen.push(both!(
                    "... {runs} runs: {list}{more}.",
                    "…… {runs} 次运行：{list}{more}。"
                ));
                let came: Vec<_> = came.iter().map(|came| came.outcome.in_english()).collect();
                let mut missing = choices.right.clone();
                missing.retain(|possible| !came.contains(possible));
                not_seen = (!missing.is_empty()).then(|| {
                    let missing = missing.join(&both!(", ", "、"));
                    both!(
                        "Not seen here, and possible all the same: {missing}.",
                        "这里没有出现，但同样可能：{missing}。"
                    )
                });
            }
            Question::Waits(_) => {
                seen.push(run(&self.command, 1)?.stuck_or_not(&self.command));
            }
            Question::Repair(_) => {
                if let Some(command) = self.question.choice(answer) {
                    let trial = run(command, FEW)?;
                    seen.push(trial.stuck_or_not(command));
                    is_right = trial.waits.is_none();
                }
            }
            Question::Stuck { from } => {
                for number in [from - 1, *from] {
                    let command = self.command_with(number);
                    seen.push(run(&command, 1)?.stuck_or_not(&command));
                }
            }
        }
        Ok(Grade { seen, is_right, not_seen })
    }
}

/// What is said where the truth is "sometimes" and all runs were alike, which would mislead a
/// learner.
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
