//! `mp-demo predict`.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use super::{exit_code, open, print, refuse};
use crate::both;
use crate::cli::{Prediction, ViewOptions};
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{StandardStream, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::predict::{Experiment, Session, list};
use crate::views::Bar;
use crate::words::plain::Gate;

/// How many bytes of a file of answers are read: 1 MiB.
const MOST: u64 = 1 << 20;

/// Asks what commands will do, and grades the answers. A wrong one never changes the exit status.
pub fn predict(prediction: &Prediction, options: &ViewOptions) -> ExitCode {
    predicted(prediction, options).unwrap_or_else(|error| exit_code(Err(error)))
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
    if from > count as u64 {
        return refused(both!(
            "there is no question {from}: there are {count}",
            "没有第 {from} 题：一共 {count} 题"
        ));
    }
    let stdin = StandardStream::new(rustix::stdio::stdin());
    let given = match &prediction.file {
        Some(file) => Some(answers_in(file)?),
        None if !prediction.given.is_empty() => Some(prediction.given.clone().into()),
        None if stdin.is_terminal() && stdout().is_terminal() => None,
        None => {
            return refused(both!(
                "predict asks questions, and this is no terminal: give answers with --answer or \
                 --answers FILE",
                "predict 需要提问，而这里不是终端：请用 --answer 或 --answers FILE 给出回答"
            ));
        }
    };
    let _interrupt = Interrupt::catch(false, ends_all())?;
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let look = terminal::look(&stdout(), options.color, options.lang);
    let session = Session {
        experiments: &experiments,
        from: from as usize,
        given,
        input: BufReader::new(stdin),
        look,
        bar: bar.clone(),
    };
    if let Some(refusal) = session.refusal() {
        return refused(refusal);
    }
    session.hold(&mut gate)?;
    Ok(ExitCode::SUCCESS)
}

/// The answers in a file, a line each. Empty lines and lines that begin with # are skipped.
fn answers_in(file: &Path) -> Result<VecDeque<String>> {
    let (name, input) = open(file);
    let mut text = String::new();
    let read =
        input.and_then(|input| StandardStream::new(input).take(MOST + 1).read_to_string(&mut text));
    read.with_context(|| both!("cannot read {name}", "{name}：无法读取"))?;
    ensure!(
        text.len() as u64 <= MOST,
        both!(
            "{name}: more than 1 MiB, which is too long for answers: give a file with a line each",
            "{name}：超过 1 MiB，不像是回答：请给出一个文件，每行一个回答"
        )
    );
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}
