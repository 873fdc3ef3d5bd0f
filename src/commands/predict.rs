//! `mp-demo predict`.

use std::collections::VecDeque;
use std::io::{BufReader, Read as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::{exit_code, print, refuse};
use crate::both;
use crate::cli::{Prediction, ViewOptions};
use crate::multiprocessing::end_on_signals_as_first_process;
use crate::os::streams::{Stream, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::predict::{Answers, Experiment, Session, list};
use crate::views::Bar;
use crate::words::plain::{Gate, name_of};

/// Asks what commands will do, and grades the answers. A wrong one never changes the exit status.
pub fn predict(prediction: &Prediction, options: &ViewOptions) -> ExitCode {
    match predicted(prediction, options) {
        Ok(code) => code,
        Err(error) => exit_code(Err(error)),
    }
}

fn predicted(prediction: &Prediction, options: &ViewOptions) -> Result<ExitCode> {
    check_stdout()?;
    let experiments = Experiment::all(prediction.lesson)?;
    if prediction.is_list {
        return Ok(print(list(&experiments).as_bytes()));
    }
    let (from, count) = (prediction.from, experiments.len());
    let refused = |sentence: String| {
        refuse(&sentence);
        Ok(ExitCode::from(2))
    };
    if count == 0 {
        return refused(both!("this lesson has no experiments", "这一课没有题目"));
    }
    if from > count as u64 {
        return refused(both!(
            "there is no experiment {from}: the last one is {count}",
            "没有第 {from} 题：最后一题是第 {count} 题"
        ));
    }
    let stdin = Stream::new(rustix::stdio::stdin());
    let answers = match &prediction.file {
        Some(file) => Answers::Given(answers_in(file)?),
        None if !prediction.given.is_empty() => Answers::Given(prediction.given.clone().into()),
        None if stdin.is_terminal() && stdout().is_terminal() => {
            Answers::Typed(BufReader::new(stdin))
        }
        None => {
            return refused(both!(
                "predict asks questions, and this is no terminal: give answers with --answer or \
                 --answers FILE",
                "predict 需要提问，而这里不是终端：请用 --answer 或 --answers FILE 给出回答"
            ));
        }
    };
    end_on_signals_as_first_process()?;
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let width = terminal::look(&stdout(), options.color, options.lang).width;
    let session = Session {
        experiments: &experiments,
        from: from as usize,
        answers,
        width,
        bar: bar.clone(),
    };
    session.hold(&mut gate)?;
    Ok(ExitCode::SUCCESS)
}

/// The answers in a file, a line each. Empty lines and those that begin with # are none.
fn answers_in(file: &Path) -> Result<VecDeque<String>> {
    let (name, text) = if file == Path::new("-") {
        let mut text = String::new();
        let stdin = Stream::new(rustix::stdio::stdin());
        let read = BufReader::new(stdin).read_to_string(&mut text);
        (both!("standard input", "标准输入"), read.map(|_| text))
    } else {
        (name_of(file), std::fs::read_to_string(file))
    };
    let text = text.with_context(|| both!("cannot read {name}", "{name}：无法读取"))?;
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}
