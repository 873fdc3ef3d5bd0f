//! The summary of repeated runs: for a person, and in JSON.

use serde_json::{Map, Value, json};

use super::{FailedRun, Played, Repeated, Worked};
use crate::both;
use crate::claims::Outcome;
use crate::report::runs::{Came, percent};
use crate::report::statistics::most_if_never;
use crate::words::figures::{clipped, duration, wrapped};
use crate::words::plain::on_one_line;

pub struct Summary<'a> {
    pub repeated: &'a Repeated,
    /// The command without the options of `--repeat`.
    pub command: &'a str,
    /// The number of runs that was asked for.
    pub wanted: u64,
    /// The conditions of the runs, a few words each.
    pub condition: &'a [String],
    pub heading: &'a str,
    /// The outcome that was looked for, if one was.
    pub until: Option<&'a Outcome>,
    /// What else is to be known of the figures.
    pub remark: Option<&'a str>,
    /// The sentence about the recordings and the file to look at first, if any was kept.
    pub kept: Option<&'a str>,
}

impl Summary<'_> {
    pub fn text(&self, width: usize, unicode: bool) -> String {
        let tally = &self.repeated.tally;
        let mut text = self.headline(width);
        if tally.runs == 0 {
            return text;
        }
        text += "\n";
        let claims = tally.claims_table(width);
        if !claims.is_empty() {
            text += &format!("{claims}\n");
        }
        text += &tally.outcomes_table(self.heading, width);
        let decided = tally.what_decided(width, unicode);
        if !decided.is_empty() {
            text += &format!("\n{decided}");
        }
        text += "\n";
        let seeds = both!(
            "A seed repeats the pauses of a run, not the kernel's choices.",
            "种子只能重现一次运行里的停顿，不能重现内核的选择。"
        );
        let brackets = both!(
            "In parentheses: 95 % confidence intervals of the shares.",
            "括号里是比例的 95% 置信区间。"
        );
        let of_some = both!(
            "A claim is counted in the runs to which it applies.",
            "一个论断只统计它适用的各次运行。"
        );
        let shares = both!(
            "These are shares of these runs, not probabilities: they change with the machine and \
             the hour.",
            "这里的比例只属于这些运行，不是概率：换台机器、换个时间再跑，比例就会变。"
        );
        let applies_to_some = tally.claims().any(|(counted, _)| counted.of < tally.runs);
        let sentences = [
            tally.has_pauses.then_some(seeds),
            (!claims.is_empty()).then_some(brackets),
            applies_to_some.then_some(of_some),
            Some(shares),
        ];
        let sentences: Vec<_> = sentences.into_iter().flatten().collect();
        text += &wrapped(&sentences.join(&both!(" ", "")), width, "");
        text.extend(self.remark.map(|remark| wrapped(remark, width, "")));
        if let Some(until) = self.until {
            text += &wrapped(&self.found(until), width, "");
        }
        if let Some(kept) = self.kept {
            let kept = on_one_line(kept);
            let kept = match self.until {
                Some(_) => both!(
                    "That run is recorded: mp-demo view {kept} --timeline",
                    "那次运行有记录：mp-demo view {kept} --timeline"
                ),
                None => both!(
                    "Each outcome's first run is recorded: mp-demo view {kept} --timeline",
                    "每种结果首次出现的那次运行都有记录：mp-demo view {kept} --timeline"
                ),
            };
            text += &wrapped(&kept, width, "");
        }
        text
    }

    fn found(&self, until: &Outcome) -> String {
        let tally = &self.repeated.tally;
        let outcome = until.to_string();
        let outcome = on_one_line(&outcome);
        if let Some(Came { first, seed, .. }) = tally.came(until) {
            let seed = if tally.has_pauses {
                both!(": --seed {seed}", "：--seed {seed}")
            } else {
                String::new()
            };
            return both!(
                "\"{outcome}\" came in run {first}{seed}",
                "“{outcome}”出现在第 {first} 次运行{seed}"
            );
        }
        let (runs, most) = (tally.runs, percent(most_if_never(tally.runs)));
        both!(
            "\"{outcome}\" did not come in {runs} runs: it comes in less than {most} % of them, or \
             never. That it can't come is not proved.",
            "{runs} 次运行里没有出现“{outcome}”：它出现的比例低于 {most}%，或者从不出现。这并不能\
             证明它不可能出现。"
        )
    }

    fn headline(&self, width: usize) -> String {
        let Repeated { tally, took, is_interrupted, failed, .. } = self.repeated;
        let (done, wanted, took) = (tally.runs, self.wanted, duration(took.as_secs_f64()));
        let command = on_one_line(self.command);
        // Stopping early because the outcome came is not reported as incomplete.
        let is_less = done < wanted && !self.repeated.is_found;
        let runs = match (is_less, done) {
            (true, _) => both!(
                "{done} of {wanted} runs in {took}",
                "{wanted} 次运行中的 {done} 次，用时 {took}"
            ),
            (false, 1) => both!("1 run in {took}", "1 次运行，用时 {took}"),
            (false, _) => both!("{done} runs in {took}", "{done} 次运行，用时 {took}"),
        };
        let mut words = vec![runs];
        words.extend(self.condition.iter().cloned());
        words.extend((*failed > 0).then(|| both!("{failed} failed", "{failed} 次失败")));
        words.extend(is_interrupted.then(|| both!("interrupted", "被中断")));
        let words = words.join(&both!(", ", "，"));
        let colon = both!(": ", "：");
        let most = width.saturating_mul(2).max(80);
        let command = clipped(&command, most, "...");
        wrapped(&format!("{command}{colon}{words}"), width, "  ")
    }

    pub fn failures(&self) -> Vec<String> {
        let Repeated { tally, failed, failures, .. } = self.repeated;
        let lines = failures.iter().map(|FailedRun { run, seed, sentences }| {
            let sentences = sentences.join(&both!("; then ", "；随后 "));
            match tally.has_pauses {
                true => both!(
                    "run {run} (--seed {seed}) failed: {sentences}",
                    "第 {run} 次运行（--seed {seed}）失败：{sentences}"
                ),
                false => both!("run {run} failed: {sentences}", "第 {run} 次运行失败：{sentences}"),
            }
        });
        let rest = failed.saturating_sub(failures.len() as u64);
        let rest =
            (rest > 0).then(|| both!("and {rest} more runs failed", "另有 {rest} 次运行失败"));
        lines.chain(rest).collect()
    }

    pub fn json(&self) -> Value {
        let Repeated { tally, took, seed, failed, is_interrupted, .. } = self.repeated;
        let claims = tally.claims().map(|(counted, often)| {
            let figures = json!({
                "holds": counted.holds,
                "of": counted.of,
                "often": often,
                "interval": counted.interval(),
            });
            (counted.claim.name.to_owned(), figures)
        });
        let outcomes = tally.outcomes().into_iter().map(|came| {
            json!({
                "outcome": came.outcome.in_english(),
                "runs": came.runs,
                "first_run": came.first,
                "seed": came.seed,
            })
        });
        json!({
            "v": 1,
            "summary": self.command,
            "runs": tally.runs,
            "wanted": self.wanted,
            "failed": failed,
            "interrupted": is_interrupted,
            "seconds": took.as_secs_f64(),
            "seed": seed,
            "condition": self.condition,
            "claims": claims.collect::<Map<_, _>>(),
            "outcomes": outcomes.collect::<Vec<_>>(),
            "runs_with_other_outcomes": tally.beyond,
            "decided_by": tally.decided_by(),
        })
    }
}

impl Played<'_> {
    pub fn json(&self) -> Value {
        let mut line = json!({ "v": 1, "run": self.run, "seed": self.seed });
        match &self.result {
            Ok(Worked { outcome, claims, kept, waits }) => {
                line["outcome"] = outcome.in_english().into();
                let said = claims.iter().filter_map(|(name, verdict)| {
                    Some((name.to_string(), Value::from((*verdict)?)))
                });
                line["claims"] = Value::Object(said.collect());
                if let Some(waits) = waits {
                    line["waits"] = (*waits).into();
                }
                if let Some(kept) = kept {
                    line["kept"] = (*kept).into();
                }
            }
            Err(sentences) => line["failed"] = json!(sentences),
        }
        line
    }
}
