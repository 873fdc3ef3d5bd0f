//! `mp-demo tour`.

use std::io::{BufReader, Write as _};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use super::exercise::rows;
use super::{exit_code, print, refuse};
use crate::both;
use crate::cli::ViewOptions;
use crate::exercises::{Exercise, TourStep};
use crate::lessons::{DEMOS, Demo};
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{StandardStream, cannot_write, check_stdout, stderr, stdout};
use crate::os::terminal::{self, Look};
use crate::predict::{Experiment, Session, list};
use crate::views::Bar;
use crate::words::figures::wrapped;
use crate::words::locale::{self, Language};
use crate::words::plain::Gate;

/// Lists the steps of the tour, or goes one of them.
pub fn tour(number: Option<u64>, options: &ViewOptions) -> ExitCode {
    let gone = check_stdout().and_then(|()| match number {
        None => Ok(print(overview(&TourStep::all()?, options).as_bytes())),
        Some(number) => go(number, options),
    });
    gone.unwrap_or_else(|error| exit_code(Err(error)))
}

fn demo_of(step: &TourStep) -> Option<&'static Demo> {
    DEMOS.iter().find(|demo| demo.name == step.name)
}

fn title(step: &TourStep) -> &str {
    let title = demo_of(step).map(|demo| demo.title(locale::chosen()));
    title.or(step.title.as_ref().map(|it| it.chosen())).unwrap_or_default()
}

/// The option for the language, for the next command, if this one has it.
pub(super) fn wished(options: &ViewOptions) -> &'static str {
    match options.lang {
        None => "",
        Some(Language::En) => " --lang en",
        Some(Language::Zh) => " --lang zh",
    }
}

fn overview(steps: &[TourStep], options: &ViewOptions) -> String {
    let width = terminal::look(&stdout(), options.color, options.lang).width;
    let row = |(number, step): (usize, &TourStep)| {
        let line = format!("{number:>3}  {:<9}  {}", step.name, title(step));
        wrapped(&line, width, &" ".repeat(16))
    };
    let rows: String = (1..).zip(steps).map(row).collect();
    let lang = wished(options);
    let how = both!(
        "Each step has a question, a run, mostly the question once more with something changed, \
         and exercises. Begin with `mp-demo tour 1{lang}`.",
        "每一步有一个问题和一次运行；大多数还会改动一处再问一次，并且有练习。从 `mp-demo tour 1{lang}` 开始。"
    );
    format!("{rows}\n{}", wrapped(&how, width, ""))
}

fn go(number: u64, options: &ViewOptions) -> Result<ExitCode> {
    let steps = TourStep::all()?;
    let last = steps.len();
    let at = usize::try_from(number).ok().and_then(|it| it.checked_sub(1));
    let Some(step) = at.and_then(|it| steps.get(it)) else {
        refuse(&both!("the tour has steps 1 to {last}", "导览只有第 1 到第 {last} 步"));
        return Ok(ExitCode::from(2));
    };
    let look = terminal::look(&stdout(), options.color, options.lang);
    let say = |text: &str| {
        let text = wrapped(text, look.width, "");
        stdout().write_all(text.as_bytes()).with_context(cannot_write)
    };
    let title = title(step);
    say(&both!("Step {number} of {last}: {title}", "第 {number} 步（共 {last} 步）：{title}"))?;
    say("")?;
    say(step.text.chosen())?;
    say("")?;
    let _interrupt = Interrupt::catch(false, ends_all())?;
    ask(step, step.first.as_deref(), look)?;
    // Options stand before a program, whose own words follow.
    let run = step.run.split_once(' ').map_or("", |(_, rest)| rest);
    let name = &step.name;
    say(&format!("$ mp-demo {name} {run}"))?;
    let mut command = Command::new("/proc/self/exe");
    command.arg(name);
    if let Some(file) = &options.page {
        command.arg("--page").arg(file);
    }
    let language = if locale::chosen() == Language::Zh { "zh" } else { "en" };
    command.args(["--lang", language]).args(run.split_whitespace());
    let status =
        command.status().with_context(|| both!("cannot run mp-demo", "无法运行 mp-demo"))?;
    if !status.success() {
        return Ok(ExitCode::FAILURE);
    }
    say("")?;
    ask(step, step.again.as_deref(), look)?;
    let lang = wished(options);
    let exercises = Exercise::all()?;
    let exercises = rows(exercises.iter().filter(|it| it.task.step == step.name), look.width);
    if !exercises.is_empty() {
        say(&both!(
            "Now you: mp-demo exercise NAME{lang}",
            "轮到你了：mp-demo exercise NAME{lang}"
        ))?;
        stdout().write_all(exercises.as_bytes()).with_context(cannot_write)?;
    }
    match steps.get(number as usize) {
        Some(_) => {
            let next = number + 1;
            say(&both!("Next: mp-demo tour {next}{lang}", "下一步：mp-demo tour {next}{lang}"))?;
        }
        None => say(&both!(
            "That was the last step. `mp-demo exercise{lang}` has all exercises, `mp-demo predict{lang}` \
             all questions.",
            "这是最后一步。`mp-demo exercise{lang}` 有全部练习，`mp-demo predict{lang}` 有全部问题。"
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks the step's question with this name. Where nobody can answer, it is shown with its answer.
fn ask(step: &TourStep, name: Option<&str>, look: Look) -> Result<()> {
    let (Some(demo), Some(name)) = (demo_of(step), name) else { return Ok(()) };
    let mut experiments = Experiment::all(Some(demo))?;
    experiments.retain(|it| it.name == name);
    let stdin = StandardStream::new(rustix::stdio::stdin());
    if !(stdin.is_terminal() && stdout().is_terminal()) {
        let answers = experiments.iter().map(|it| {
            let (truth, reason) = (it.question.truth(), it.reason().trim());
            both!("     Answer: {truth}. {reason}", "     答案：{truth}。{reason}")
        });
        let answers: String = answers.map(|it| wrapped(&it, look.width, "     ")).collect();
        let text = format!("{}{answers}\n", list(&experiments));
        return stdout().write_all(text.as_bytes()).with_context(cannot_write);
    }
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let (experiments, input) = (&*experiments, BufReader::new(stdin));
    let session = Session { experiments, from: 1, given: None, input, look, bar: bar.clone() };
    session.hold(&mut gate)
}
