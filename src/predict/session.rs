//! Questions, answers and grades, one experiment after the other.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write};

use anyhow::{Context as _, Result, bail};
use unicode_width::UnicodeWidthStr as _;

use super::answer::{Answer, letter};
use super::experiment::{Experiment, Question};
use crate::both;
use crate::os::streams::{Stream, cannot_write, stdout};
use crate::views::Bar;
use crate::words::locale;
use crate::words::plain::{on_its_lines, on_one_line};

/// Where answers come from.
pub enum Answers {
    /// Whoever sits at the terminal.
    Typed(BufReader<Stream>),
    /// They are given, in the order of the experiments.
    Given(VecDeque<String>),
}

/// What somebody means at the prompt.
enum Meant {
    Answer(Answer),
    Program,
    Quit,
}

/// Experiments that are put to somebody.
pub struct Session<'a> {
    /// All of them.
    pub experiments: &'a [Experiment],
    /// The number of the first, from 1.
    pub from: usize,
    /// Where answers come from.
    pub answers: Answers,
    /// How many columns a line may have.
    pub width: usize,
    /// Shows how far the runs are.
    pub bar: Bar,
}

impl Session<'_> {
    /// Asks, runs and grades until there is no more to ask, or nobody who answers; then says how
    /// many answers were right.
    ///
    /// # Errors
    /// When an answer that was given is none, when a run failed, or when nobody reads what is
    /// shown.
    pub fn hold(mut self, stderr: &mut dyn Write) -> Result<()> {
        let of = self.experiments.len();
        let (mut right, mut asked, mut wrong) = (0, 0, Vec::new());
        for number in self.from..=of {
            // Nobody is asked who has no more to say.
            if matches!(&self.answers, Answers::Given(left) if left.is_empty()) {
                break;
            }
            let experiment = &self.experiments[number - 1];
            self.show(experiment, number, stderr)?;
            let Some(answer) = self.answer(experiment, number)? else {
                break;
            };
            let grade = experiment.grade(&answer, &self.bar, stderr)?;
            asked += 1;
            match grade.is_right {
                true => right += 1,
                false => wrong.push((experiment.demo.name, number)),
            }
            for line in &grade.seen {
                self.say(line)?;
            }
            let reason = experiment.reason().trim();
            let truth = experiment.question.words(&experiment.question.truth());
            let verdict = match grade.is_right {
                true => both!("Right: {truth}. {reason}", "答对了：{truth}。{reason}"),
                false => both!("No, it is: {truth}. {reason}", "不对，应当是：{truth}。{reason}"),
            };
            self.say(&verdict)?;
            if let Some(but) = grade.but {
                self.say(&but)?;
            }
            self.say("")?;
        }
        if asked == 0 {
            return Ok(());
        }
        self.say(&both!("{right} of {asked} right.", "{asked} 题答对 {right} 题。"))?;
        let mut lessons: Vec<_> = wrong.iter().map(|(lesson, _)| *lesson).collect();
        lessons.dedup();
        for lesson in lessons {
            let numbers = wrong.iter().filter(|(of, _)| *of == lesson);
            let numbers: Vec<_> = numbers.map(|(_, number)| number.to_string()).collect();
            let numbers = numbers.join(&both!(", ", "、"));
            self.say(&both!(
                "Look again at {numbers}: mp-demo show {lesson}",
                "请再看看第 {numbers} 题：mp-demo show {lesson}"
            ))?;
        }
        Ok(())
    }

    fn show(&self, experiment: &Experiment, number: usize, stderr: &mut dyn Write) -> Result<()> {
        let (of, lesson) = (self.experiments.len(), experiment.demo.name);
        let place = both!("{number} of {of}, {lesson}", "第 {number} 题，共 {of} 题，{lesson}");
        let command = format!("mp-demo {}", experiment.command);
        match place.width() + 4 + command.width() <= self.width {
            true => self.say(&format!("{place}    {command}"))?,
            false => {
                self.say(&place)?;
                self.say(&command)?;
            }
        }
        if let Some(hang) = experiment.show_first(&self.bar, stderr)? {
            self.say(&hang)?;
        }
        self.say(&experiment.question.sentence())?;
        for (number, choice) in experiment.question.choices().iter().enumerate() {
            let command = matches!(experiment.question, Question::Repair(..));
            let start = if command { "mp-demo " } else { "" };
            self.say(&format!("  {}  {start}{choice}", letter(number)))?;
        }
        Ok(())
    }

    /// The next answer; nothing if there is none.
    fn answer(&mut self, experiment: &Experiment, number: usize) -> Result<Option<Answer>> {
        loop {
            let prompt = format!("{} > ", experiment.question.prompt());
            let width = self.width;
            let prompt = textwrap::fill(&prompt, width);
            write(&format!("{} ", prompt.trim_end()))?;
            let (typed, is_given) = match &mut self.answers {
                Answers::Given(left) => (left.pop_front(), true),
                Answers::Typed(input) => (read_line(input)?, false),
            };
            // What is given is shown as if it were typed.
            let shown = match (&typed, is_given) {
                (Some(typed), true) => format!("{}\n", on_one_line(typed)),
                (None, _) => "\n".into(),
                (Some(_), false) => String::new(),
            };
            write(&shown)?;
            let Some(typed) = typed else { return Ok(None) };
            match (meant(&typed, experiment), is_given) {
                (Some(Meant::Answer(answer)), _) => return Ok(Some(answer)),
                (Some(Meant::Quit), _) => return Ok(None),
                (Some(Meant::Program), _) => write(&experiment.demo.python(locale::chosen()))?,
                (None, false) => {
                    self.say(&both!("That is no answer here.", "这里不能这样回答。"))?
                }
                (None, true) => {
                    let typed = on_one_line(typed.trim());
                    bail!(both!(
                        "`{typed}` is no answer to experiment {number}",
                        "`{typed}` 不能用来回答第 {number} 题"
                    ));
                }
            }
        }
    }

    fn say(&self, text: &str) -> Result<()> {
        let options = textwrap::Options::new(self.width)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .subsequent_indent(if text.starts_with("  ") { "     " } else { "" });
        write(&format!("{}\n", textwrap::fill(&on_its_lines(text), &options)))
    }
}

fn meant(typed: &str, experiment: &Experiment) -> Option<Meant> {
    match typed.trim() {
        "?" | "？" => Some(Meant::Program),
        // Where letters are choices there may be a choice of that letter, but there are never so
        // many.
        "q" | "quit" => Some(Meant::Quit),
        typed => experiment.question.answer(typed).map(Meant::Answer),
    }
}

fn read_line(input: &mut BufReader<Stream>) -> Result<Option<String>> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line);
    let read = read.with_context(|| both!("cannot read an answer", "无法读取回答"))?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn write(text: &str) -> Result<()> {
    stdout().write_all(text.as_bytes()).with_context(cannot_write)
}

/// The experiments, without their answers.
pub fn list(experiments: &[Experiment]) -> String {
    let lines = experiments.iter().enumerate().map(|(index, experiment)| {
        let (number, command) = (index + 1, &experiment.command);
        let question = experiment.question.sentence();
        format!("{number:>3}  mp-demo {command}\n     {question}\n")
    });
    lines.collect()
}
