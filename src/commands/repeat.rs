//! `--repeat`.

use std::cell::RefCell;
use std::io::Write;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context as _, Result};

use super::{exit_code, settings};

use crate::claims::OfLesson;
use crate::cli::Options;
use crate::lessons::{self, AnyLesson};
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{cannot_write, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::repeat::{Condition, Keep, Plan, Play, Summary, Worked};
use crate::run::run;
use crate::views::Bar;
use crate::words::locale::in_words;
use crate::words::plain::{Gate, in_json, on_one_line};

/// Runs a lesson `count` times, and counts claims and outcomes. `command` is the command line
/// without the options of `--repeat`.
pub fn repeat(lesson: &AnyLesson, options: &Options, count: u64, command: &str) -> ExitCode {
    let subject = lessons::claims_of(lesson.name).with_context(|| lesson.name);
    let counted = subject.and_then(|of_lesson| {
        let subject = Subject {
            name: lesson.name,
            of_lesson,
            play: Box::new(|settings, views, output, stderr| {
                run(lesson, settings, views, output, stderr)
            }),
            condition: None,
            remark: None,
        };
        counted(subject, options, count, command)
    });
    counted.unwrap_or_else(|error| exit_code(Err(error)))
}

/// What is repeated.
pub(super) struct Subject<'a> {
    /// The name that recordings in the current folder begin with.
    pub name: &'static str,
    pub of_lesson: OfLesson,
    pub play: Box<Play<'a>>,
    /// A condition of its own, in a few words.
    pub condition: Option<String>,
    /// What is to be known of the figures.
    pub remark: Option<String>,
}

/// Runs it so many times, shows the summary, and returns the exit status.
pub(super) fn counted(
    subject: Subject,
    options: &Options,
    count: u64,
    command: &str,
) -> Result<ExitCode> {
    let repeat = &options.repeat;
    check_stdout()?;
    let interrupt = Interrupt::catch(true, ends_all())?;
    let Subject { name, of_lesson, play, condition: own_condition, remark } = subject;
    let until = repeat.outcome.as_deref().map(|outcome| of_lesson.typed(outcome));
    let keep = match (&repeat.keep, &until) {
        (Some(folder), _) => Some(Keep::in_folder(folder)?),
        (None, Some(_)) => Some(Keep::here(name)),
        (None, None) => None,
    };
    let mut condition = Condition::new(repeat.one_core, repeat.load)?;
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let mut plan = Plan {
        play,
        of_lesson,
        count,
        settings: settings(options, None),
        until,
        keep,
        idle_notice: Rc::new(RefCell::new(Some(Box::new(bar.beside(stderr()))))),
    };
    let mut beside_bar = bar.beside(stderr());
    let mut warn = |line: &str| {
        let _ = beside_bar.write_all(format!("mp-demo: {}\n", on_one_line(line)).as_bytes());
    };
    let mut kept = None;
    let mut out = bar.beside(stdout());
    bar.show_progress(0, count);
    let repeated = plan.repeat(Some(&interrupt), stdout(), &mut gate, |played| {
        if let Ok(Worked { kept: Some(file), .. }) = played.result {
            kept.get_or_insert_with(|| file.to_owned());
        }
        if options.views.json {
            let line = format!("{}\n", in_json(&played.json().to_string()));
            out.write_all(line.as_bytes()).with_context(cannot_write)?;
        }
        for loss in condition.losses(played.run) {
            warn(&loss);
        }
        bar.show_progress(played.run, count);
        Ok(())
    });
    bar.clear();
    interrupt.die_of_it();
    let condition: Vec<_> = own_condition.into_iter().chain(condition.words()).collect();
    let summary = Summary {
        repeated: &repeated,
        command,
        wanted: count,
        condition: &condition,
        heading: in_words(plan.of_lesson.heading),
        until: plan.until.as_ref(),
        kept: kept.as_deref(),
        remark: remark.as_deref(),
    };
    let look = terminal::look(&stdout(), options.views.color, options.views.lang);
    let text = match options.views.json {
        true => format!("{}\n", in_json(&summary.json().to_string())),
        false => summary.text(look.width, look.unicode),
    };
    stdout().write_all(text.as_bytes()).with_context(cannot_write)?;
    for line in summary.failures() {
        warn(&line);
    }
    if repeated.is_interrupted {
        return Ok(ExitCode::from(130));
    }
    if let Some(error) = repeated.error {
        return Err(error);
    }
    Ok(match plan.until {
        Some(_) if !repeated.is_found => ExitCode::FAILURE,
        _ if repeated.failed > 0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}
