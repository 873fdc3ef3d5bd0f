//! Questions, answers and grades, one question after the other.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write};

use anyhow::{Context as _, Result};

use super::answer::plain;
use super::experiment::{Experiment, Question};
use crate::both;
use crate::os::streams::{StandardStream, cannot_write, stdout};
use crate::os::terminal::Look;
use crate::show::{print_through_pager, python};
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
    pub(crate) look: Look,
    pub(crate) bar: Bar,
}

impl Session<'_> {
    /// Why the given answers are refused before anything is run, if one of them is no answer.
    pub(crate) fn refusal(&self) -> Option<String> {
        let mut number = self.from;
        for typed in self.given.iter().flatten() {
            match (plain(typed).as_str(), self.experiments.get(number - 1)) {
                ("?" | "??", _) => continue,
                ("q" | "quit", _) | (_, None) => return None,
                (_, Some(asked)) if asked.question.answer(typed).is_some() => number += 1,
                (_, Some(asked)) => {
                    let (typed, answers) = (on_one_line(typed), asked.question.answers());
                    return Some(both!(
                        "`{typed}` is no answer to question {number}; answers are: {answers}",
                        "`{typed}` 不能用来回答第 {number} 题；{answers}"
                    ));
                }
            }
        }
        None
    }

    /// Asks, runs and grades; then says how many answers were right, and asks the others again if
    /// that is wanted.
    pub(crate) fn hold(mut self, stderr: &mut dyn Write) -> Result<()> {
        let mut numbers: Vec<_> = (self.from..=self.experiments.len()).collect();
        loop {
            let (asked, missed) = self.round(&numbers, stderr)?;
            // One question alone needs no account.
            if asked == 0 || self.experiments.len() == 1 {
                return Ok(());
            }
            let right = asked - missed.len();
            self.say(&both!("{right} of {asked} right.", "{asked} 题答对 {right} 题。"))?;
            // Whoever has left, or whose answers are given, has no more to say.
            let is_over = missed.is_empty() || asked < numbers.len() || self.given.is_some();
            if is_over || !self.wants_again(missed.len())? {
                return Ok(());
            }
            self.say("")?;
            numbers = missed;
        }
    }

    /// Asks the questions of these numbers. Returns how many were answered, and which of them not
    /// right.
    fn round(&mut self, numbers: &[usize], stderr: &mut dyn Write) -> Result<(usize, Vec<usize>)> {
        let (mut asked, mut missed) = (0, Vec::new());
        for &number in numbers {
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
                missed.push(number);
            }
            grade.seen.iter().try_for_each(|line| self.say(line))?;
            let (truth, reason) = (experiment.question.truth(), experiment.reason().trim());
            let lesson = experiment.lesson;
            self.say(&match grade.is_right {
                true => both!("Right: {truth}. {reason}", "答对了：{truth}。{reason}"),
                false => both!(
                    "No, it is: {truth}. {reason} More: mp-demo show {lesson}",
                    "不对，应当是：{truth}。{reason}详见：mp-demo show {lesson}"
                ),
            })?;
            grade.not_seen.iter().try_for_each(|line| self.say(line))?;
            self.say("")?;
        }
        Ok((asked, missed))
    }

    fn show(&self, experiment: &Experiment, number: usize, stderr: &mut dyn Write) -> Result<()> {
        let (of, lesson) = (self.experiments.len(), experiment.lesson);
        let place = both!(
            "Question {number} of {of}, {lesson}",
            "第 {number} 题（共 {of} 题，{lesson} 课）"
        );
        if of > 1 {
            self.say(&place)?;
        }
        self.say(&experiment.in_shell(&experiment.command))?;
        if matches!(experiment.question, Question::Repair(_)) {
            self.say(&experiment.show_stuck(&self.bar, stderr)?)?;
        }
        self.ask(experiment)
    }

    fn ask(&self, experiment: &Experiment) -> Result<()> {
        self.say(&experiment.sentence())?;
        experiment.choices().iter().try_for_each(|choice| self.say(choice))
    }

    /// The next answer; nothing if there is none.
    fn answer(&mut self, experiment: &Experiment) -> Result<Option<String>> {
        loop {
            let Some(typed) = self.typed(&experiment.question.prompt())? else {
                return Ok(None);
            };
            match (plain(&typed).as_str(), experiment.question.answer(&typed)) {
                ("?", _) => {
                    self.say(&both!(
                        "From the lesson's Python program, in which an option of the command may \
                         be missing:",
                        "选自这一课的 Python 程序，命令里的选项它不一定有："
                    ))?;
                    write(&experiment.lines(self.look.colour))?;
                }
                ("??", _) => {
                    let program = python(&experiment.program(), self.look.colour);
                    match self.given {
                        None => print_through_pager(&program)?,
                        Some(_) => write(&program)?,
                    }
                }
                // `q` could be the letter of a choice, but no question has so many choices.
                ("q" | "quit", _) => return Ok(None),
                (_, Some(answer)) => return Ok(Some(answer)),
                (_, None) => {
                    let answers = experiment.question.answers();
                    self.say(&both!(
                        "That isn't one of the choices: {answers}",
                        "没有这个选项。{answers}"
                    ))?;
                    continue;
                }
            }
            self.say("")?;
            self.ask(experiment)?;
        }
    }

    fn wants_again(&mut self, missed: usize) -> Result<bool> {
        let prompt = match missed {
            1 => both!("Ask the missed one again? [y/n] > ", "答错的那一题再问一遍？[y/n] > "),
            _ => both!(
                "Ask the {missed} missed ones again? [y/n] > ",
                "答错的 {missed} 题再问一遍？[y/n] > "
            ),
        };
        loop {
            let typed = self.typed(&prompt)?.as_deref().map(plain);
            match typed.as_deref() {
                Some("y" | "yes" | "是") => return Ok(true),
                None | Some("n" | "no" | "否" | "q" | "quit") => return Ok(false),
                Some(_) => {}
            }
        }
    }

    /// What is typed at a prompt, or given; nothing at the end of the input.
    fn typed(&mut self, prompt: &str) -> Result<Option<String>> {
        let prompt = wrapped(prompt, self.look.width, "");
        write(&format!("{} ", prompt.trim_end()))?;
        let typed = match &mut self.given {
            Some(left) => left.pop_front(),
            None => read_line(&mut self.input)?,
        };
        match &typed {
            None => write("\n")?,
            // A given answer is shown as if it were typed.
            Some(typed) if self.given.is_some() => write(&format!("{}\n", on_one_line(typed)))?,
            Some(_) => {}
        }
        Ok(typed)
    }

    fn say(&self, text: &str) -> Result<()> {
        let indent = if text.starts_with("  ") { "     " } else { "" };
        write(&wrapped(&on_its_lines(text), self.look.width, indent))
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

/// The questions with their choices, and no answers.
pub(crate) fn list(experiments: &[Experiment]) -> String {
    let questions = experiments.iter().enumerate().map(|(index, experiment)| {
        let (number, command) = (index + 1, experiment.in_shell(&experiment.command));
        let asked = [experiment.sentence()].into_iter().chain(experiment.choices());
        let asked: String = asked.map(|line| format!("     {line}\n")).collect();
        format!("{number:>3}  {command}\n{asked}")
    });
    questions.collect()
}
