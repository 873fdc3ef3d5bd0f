//! Runs experiments and grades answers.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::experiment::{Experiment, Question};
use crate::both;
use crate::lessons;
use crate::os::streams::stdout;
use crate::repeat::{Condition, Plan, Worked};
use crate::report::runs::{Often, Tally};
use crate::run::{Settings, run};
use crate::views::Bar;
use crate::words::figures::count;

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
                // Of a single run the lesson itself tells how far it is.
                if runs == 1 {
                    views.add(bar.clone());
                }
                run(&lesson, settings, views, output, stderr)
            }),
            of_lesson,
            count: runs,
            settings: Settings {
                seed: None,
                speed,
                patience: Some(Duration::MAX),
                patience_with_commands: None,
                interrupt: None,
            },
            until: None,
            keep: None,
            idle_notice: Default::default(),
        };
        let mut last_waits = None;
        let _condition = Condition::new(self.one_core, false)?;
        let start = Instant::now();
        let repeated = plan.repeat(None, stdout(), stderr, |played| {
            if let Ok(Worked { waits: Some(waits), .. }) = played.result {
                last_waits = Some(waits.to_owned());
            }
            // What is over before anybody looks at a bar has none.
            if start.elapsed() > Duration::from_secs(1) {
                bar.show_progress(played.run, runs);
            }
            Ok(())
        });
        bar.clear();
        if let Some(error) = repeated.error {
            return Err(error);
        }
        if let Some(failure) = repeated.failures.first() {
            let (command, why) = (self.in_shell(command), failure.sentences.join("; "));
            bail!(both!("a run of `{command}` failed: {why}", "`{command}` 有一次运行失败：{why}"));
        }
        Ok((repeated.tally, last_waits))
    }

    /// Runs the command that is to be repaired, and says how it got stuck.
    pub(super) fn show_stuck(&self, bar: &Bar, stderr: &mut dyn Write) -> Result<String> {
        let (_, waits) = self.run(&self.command, 1, bar, stderr)?;
        Ok(self.stuck_or_not(&self.command, waits))
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
                let in_runs = count(runs, "run");
                seen.push(match of {
                    _ if of == runs => both!(
                        "... {in_runs}: true in {holds}.",
                        "…… 运行 {runs} 次，{holds} 次如此。"
                    ),
                    0 => both!(
                        "... {in_runs}, but it can't be told from them.",
                        "…… 运行 {runs} 次，但都无法判断。"
                    ),
                    _ => both!(
                        "... {in_runs}: true in {holds} of the {of} that it applies to.",
                        "…… 运行 {runs} 次，其中 {of} 次适用，{holds} 次如此。"
                    ),
                });
                let is_alike = *truth == Often::Sometimes && of > 0 && (holds == 0 || holds == of);
                not_seen = is_alike.then(|| self.not_seen(holds));
            }
            Question::Outcomes(choices) => {
                let (tally, _) = run(&self.command, self.runs)?;
                let (came, runs) = (tally.outcomes(), tally.runs);
                let in_runs = count(runs, "run");
                let list = came.iter().take(SHOWN);
                let list = list.map(|came| {
                    let (outcome, runs) = (&came.outcome, came.runs);
                    both!("{outcome} ({runs})", "{outcome}（{runs}）")
                });
                let list = list.collect::<Vec<_>>().join(&both!(", ", "，"));
                let is_more = came.len() > SHOWN;
                let more = if is_more { both!(" and others", "等") } else { String::new() };
                seen.push(both!(
                    "... {in_runs}: {list}{more}.",
                    "…… 运行 {runs} 次：{list}{more}。"
                ));
                let came: Vec<_> = came.iter().map(|came| came.outcome.in_english()).collect();
                let mut missing = choices.right.clone();
                missing.retain(|possible| !came.contains(possible));
                not_seen = (!missing.is_empty()).then(|| {
                    let missing: Vec<_> = missing.iter().map(|it| self.outcome(it)).collect();
                    let missing = missing.join(&both!(", ", "、"));
                    both!(
                        "Not seen here, and possible all the same: {missing}.",
                        "这里没有出现，但同样可能：{missing}。"
                    )
                });
            }
            Question::Waits(_) => {
                seen.push(self.stuck_or_not(&self.command, run(&self.command, 1)?.1));
            }
            Question::Repair(_) => {
                if let Some(command) = self.question.choice(answer) {
                    let (_, waits) = run(command, FEW)?;
                    is_right = waits.is_none();
                    seen.push(self.stuck_or_not(command, waits));
                }
            }
            Question::Stuck { from } => {
                for number in [from - 1, *from] {
                    let command = self.command_with(number);
                    seen.push(self.stuck_or_not(&command, run(&command, 1)?.1));
                }
            }
        }
        Ok(Grade { seen, is_right, not_seen })
    }

    /// A sentence that says whether the command got stuck, and who waited for whom then.
    fn stuck_or_not(&self, command: &str, waits: Option<String>) -> String {
        let command = self.in_shell(command);
        match waits {
            Some(waits) => both!("... {command}: stuck, {waits}.", "…… {command}：卡住，{waits}。"),
            None => both!("... {command}: not stuck.", "…… {command}：没有卡住。"),
        }
    }

    /// What is to be known if "sometimes" is true, and all runs were alike.
    fn not_seen(&self, holds: u64) -> String {
        let command = &self.command;
        let not_seen = match holds {
            0 => both!("It never happened here, but it can.", "这里一次也没有，但它可能发生。"),
            _ => both!("It always happened here, but it need not.", "这里每次都如此，但并不必然。"),
        };
        both!(
            "{not_seen} More runs may show it: mp-demo {command} --repeat 500 --load",
            "{not_seen}多跑几次也许能看到：mp-demo {command} --repeat 500 --load"
        )
    }
}
