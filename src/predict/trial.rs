//! Runs experiments and grades answers.

use std::io::Write;

use anyhow::{Context as _, Result, bail};

use super::experiment::{Experiment, Question};
use crate::both;
use crate::lessons;
use crate::os::streams::stdout;
use crate::repeat::{Plan, Worked};
use crate::report::runs::{Often, Tally};
use crate::run::{Settings, run};
use crate::views::Bar;

const FEW: u64 = 2;

const SHOWN: usize = 8;

pub(super) struct Grade {
    /// The results of the runs, a line each.
    pub(super) seen: Vec<String>,
    pub(super) is_right: bool,
    /// The true answer, if the runs don't show it.
    pub(super) not_seen: Option<String>,
}

impl Experiment {
    /// The results of a command's runs, and who waited for whom in the last stuck run.
    fn run(
        &self,
        command: &str,
        runs: u64,
        bar: &Bar,
        stderr: &mut dyn Write,
    ) -> Result<(Tally, Option<String>)> {
        let (lesson, speed) = self.lesson_of(command)?;
        let of_lesson = lessons::claims_of(self.lesson).context("there is no such lesson")?;
        let mut plan = Plan {
            play: Box::new(|settings, views, output, stderr| {
                run(&lesson, settings, views, output, stderr)
            }),
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
        Ok((repeated.tally, last_waits))
    }

    /// Runs the command that is to be repaired, and says how it got stuck.
    pub(super) fn show_stuck(&self, bar: &Bar, stderr: &mut dyn Write) -> Result<String> {
        let (_, waits) = self.run(&self.command, 1, bar, stderr)?;
        Ok(stuck_or_not(&self.command, waits))
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
                let (tally, _) = run(&self.command, self.runs)?;
                let counted = tally.claims().find(|(counted, _)| counted.claim.name == *claim);
                let (holds, of) = counted.map_or((0, 0), |(it, _)| (it.holds, it.of));
                let runs = tally.runs;
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
                let (tally, _) = run(&self.command, self.runs)?;
                let (came, runs) = (tally.outcomes(), tally.runs);
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
                seen.push(stuck_or_not(&self.command, run(&self.command, 1)?.1));
            }
            Question::Repair(_) => {
                if let Some(command) = self.question.choice(answer) {
                    let (_, waits) = run(command, FEW)?;
                    is_right = waits.is_none();
                    seen.push(stuck_or_not(command, waits));
                }
            }
            Question::Stuck { from } => {
                for number in [from - 1, *from] {
                    let command = self.command_with(number);
                    seen.push(stuck_or_not(&command, run(&command, 1)?.1));
                }
            }
        }
        Ok(Grade { seen, is_right, not_seen })
    }
}

/// A sentence that says whether the command got stuck, and who waited for whom then.
fn stuck_or_not(command: &str, waits: Option<String>) -> String {
    match waits {
        Some(waits) => {
            both!("... mp-demo {command}: stuck, {waits}.", "…… mp-demo {command}：卡住，{waits}。")
        }
        None => both!("... mp-demo {command}: not stuck.", "…… mp-demo {command}：没有卡住。"),
    }
}

/// A warning for the case that "sometimes" is true and all runs were alike, which could mislead.
fn proves_nothing(truth: Often, holds: u64, of: u64) -> Option<String> {
    let is_alike = truth == Often::Sometimes && of > 0 && (holds == 0 || holds == of);
    let seen = if holds == 0 { Often::Never } else { Often::Always }.word();
    is_alike.then(|| both!(
        "All of these runs say \"{seen}\". That proves nothing: the next one may be the other way.",
        "这些运行都显示“{seen}”。这什么也证明不了：下一次也许就不一样。"
    ))
}
