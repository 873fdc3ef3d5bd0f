//! Questions, answers and grades, one experiment after the other.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write};

use anyhow::{Context as _, Result};
use unicode_width::UnicodeWidthStr as _;

use super::answer::letter;
use super::experiment::{Experiment, Question};
use crate::both;
use crate::os::streams::{StandardStream, cannot_write, stdout};
use crate::views::Bar;
use crate::words::figures::wrapped;
use crate::words::plain::{on_its_lines, on_one_line};

/// Questions and answers about a list of experiments.
pub(crate) struct Session<'a> {
    pub(crate) experiments: &'a [Experiment],
    /// The number of the first experiment, from 1.
    pub(crate) from: usize,
    /// The answers in the order of the experiments, if they are given; otherwise they are typed.
    pub(crate) given: Option<VecDeque<String>>,
    pub(crate) input: BufReader<StandardStream>,
    pub(crate) width: usize,
    pub(crate) bar: Bar,
}

impl Session<'_> {
    /// Why the given answers are refused before anything is run, if one of them is no answer.
    pub(crate) fn refusal(&self) -> Option<String> {
        let mut number = self.from;
        for typed in self.given.iter().flatten() {
            match (typed.trim(), self.experiments.get(number - 1)) {
                ("?" | "？", _) => continue,
                ("q" | "quit", _) | (_, None) => return None,
                (_, Some(asked)) if asked.question.answer(typed).is_some() => number += 1,
                (typed, Some(asked)) => {
                    let (typed, answers) = (on_one_line(typed), asked.question.answers());
                    return Some(both!(
                        "`{typed}` is no answer to experiment {number}; answers are: {answers}",
                        "`{typed}` 不能用来回答第 {number} 题；可以回答：{answers}"
                    ));
                }
            }
        }
        None
    }

    /// Asks, runs and grades; then says how many answers were right.
    pub(crate) fn hold(mut self, stderr: &mut dyn Write) -> Result<()> {
        let of = self.experiments.len();
        let (mut asked, mut wrong) = (0, Vec::new());
        for number in self.from..=of {
            // After the last given answer no further question is shown.
            if self.given.as_ref().is_some_and(VecDeque::is_empty) {
                break;
            }
            let experiment = &self.experiments[number - 1];
            self.show(experiment, number, stderr)?;
            let Some(answer) = self.answer(experiment)? else {
                break;
            };
            let grade = experiment.grade(&answer, &self.bar, stderr)?;
            asked += 1;
            if !grade.is_right {
                wrong.push((experiment.lesson, number));
            }
            grade.seen.iter().try_for_each(|line| self.say(line))?;
            let (truth, reason) = (experiment.question.truth(), experiment.reason().trim());
            let verdict = match grade.is_right {
                true => both!("Right: {truth}. {reason}", "答对了：{truth}。{reason}"),
                false => both!("No, it is: {truth}. {reason}", "不对，应当是：{truth}。{reason}"),
            };
            self.say(&verdict)?;
            if let Some(not_seen) = grade.not_seen {
                self.say(&not_seen)?;
            }
            self.say("")?;
        }
        if asked == 0 {
            return Ok(());
        }
        let right = asked - wrong.len();
        self.say(&both!("{right} of {asked} right.", "{asked} 题答对 {right} 题。"))?;
        for of_lesson in wrong.chunk_by(|(a, _), (b, _)| a == b) {
            let (lesson, _) = of_lesson[0];
            let numbers: Vec<_> = of_lesson.iter().map(|(_, number)| number.to_string()).collect();
            let numbers = numbers.join(&both!(", ", "、"));
            self.say(&both!(
                "Look again at {numbers}: mp-demo show {lesson}",
                "请再看看第 {numbers} 题：mp-demo show {lesson}"
            ))?;
        }
        Ok(())
    }

    fn show(&self, experiment: &Experiment, number: usize, stderr: &mut dyn Write) -> Result<()> {
        let (of, lesson) = (self.experiments.len(), experiment.lesson);
        let place = both!("{number} of {of}, {lesson}", "第 {number} 题，共 {of} 题，{lesson}");
        let command = format!("mp-demo {}", experiment.command);
        match place.width() + 4 + command.width() <= self.width {
            true => self.say(&format!("{place}    {command}"))?,
            false => {
                self.say(&place)?;
                self.say(&command)?;
            }
        }
        if matches!(experiment.question, Question::Repair(_)) {
            self.say(&experiment.show_stuck(&self.bar, stderr)?)?;
        }
        self.ask(experiment)
    }

    fn ask(&self, experiment: &Experiment) -> Result<()> {
        let is_repair = matches!(experiment.question, Question::Repair(_));
        self.say(&experiment.sentence())?;
        for (index, choice) in experiment.question.choices().into_iter().enumerate() {
            let start = if is_repair { "mp-demo " } else { "" };
            self.say(&format!("  {}  {start}{choice}", letter(index)))?;
        }
        Ok(())
    }

    /// The next answer; nothing if there is none.
    fn answer(&mut self, experiment: &Experiment) -> Result<Option<String>> {
        loop {
            let prompt = format!("{} > ", experiment.question.prompt());
            let prompt = wrapped(&prompt, self.width, "");
            write(&format!("{} ", prompt.trim_end()))?;
            let typed = match &mut self.given {
                Some(left) => left.pop_front(),
                None => read_line(&mut self.input)?,
            };
            let Some(typed) = typed else {
                write("\n")?;
                return Ok(None);
            };
            // A given answer is shown as if it were typed.
            if self.given.is_some() {
                write(&format!("{}\n", on_one_line(&typed)))?;
            }
            match (typed.trim(), experiment.question.answer(&typed)) {
                ("?" | "？", _) => {
                    write(&format!("{}\n\n", experiment.python().trim_end()))?;
                    self.ask(experiment)?;
                }
                // `q` could be the letter of a choice, but no question has so many choices.
                ("q" | "quit", _) => return Ok(None),
                (_, Some(answer)) => return Ok(Some(answer)),
                (_, None) => {
                    let answers = experiment.question.answers();
                    self.say(&both!(
                        "That is no answer here; answers are: {answers}",
                        "这里不能这样回答；可以回答：{answers}"
                    ))?;
                }
            }
        }
    }

    fn say(&self, text: &str) -> Result<()> {
        let indent = if text.starts_with("  ") { "     " } else { "" };
        write(&wrapped(&on_its_lines(text), self.width, indent))
    }
}

fn read_line(input: &mut BufReader<StandardStream>) -> Result<Option<String>> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line);
    let read = read.with_context(|| both!("cannot read an answer", "无法读取回答"))?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn write(text: &str) -> Result<()> {
    stdout().write_all(text.as_bytes()).with_context(cannot_write)
}

pub(crate) fn list(experiments: &[Experiment]) -> String {
    let lines = experiments.iter().enumerate().map(|(index, experiment)| {
        let (number, command) = (index + 1, &experiment.command);
        let sentence = experiment.sentence();
        format!("{number:>3}  mp-demo {command}\n     {sentence}\n")
    });
    lines.collect()
}
