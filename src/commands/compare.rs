//! `mp-demo compare`, and the runs of a handout.

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::Result;

use super::{KNOWLEDGE, exit_code, print, refuse, run as program, settings, usage};
use crate::both;
use crate::cli::{Request, ViewOptions, request_in};
use crate::lessons::{Demo, mistake_of};
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{check_stdout, stderr, stdout};
use crate::os::terminal::{self, Look};
use crate::predict::handout_of;
use crate::python;
use crate::run::{Settings, run};
use crate::show::{RunOnPaper, handout};
use crate::views::{Axis, Bar, Compared, Paper, Side, Views, comparison};
use crate::words::locale;
use crate::words::plain::Gate;

/// How wide a picture in a handout is, in columns.
const ON_PAPER: usize = 96;

/// Runs two commands, one after the other, and shows what differs; as a page, too, if a file is
/// given. The exit status is 1 if one of them has failed, and 2 if one is nothing that can be
/// compared.
pub fn compare(commands: &[String; 2], options: &ViewOptions) -> ExitCode {
    compared(commands, options).unwrap_or_else(|error| exit_code(Err(error)))
}

fn compared(commands: &[String; 2], options: &ViewOptions) -> Result<ExitCode> {
    check_stdout()?;
    let mut requests = Vec::new();
    for command in commands {
        match request_in(command) {
            Ok(request @ (Request::Lesson(..) | Request::Run(..))) => requests.push(request),
            Ok(_) => {
                refuse(&both!(
                    "cannot compare `{command}`: give a lesson or `run PROGRAM`, with options but \
                     without --repeat",
                    "无法比较 `{command}`：请给出一课或 `run PROGRAM`，可以带选项，但不带 --repeat"
                ));
                return Ok(ExitCode::from(2));
            }
            Err(error) => {
                let _ = usage(error);
                return Ok(ExitCode::from(2));
            }
        }
    }
    // The commands may have chosen another language.
    let mut look = terminal::look(&stdout(), options.color, options.lang);
    locale::choose(look.language);
    look.boxes &= !options.ascii;
    let page = options.page.as_deref().map(|file| Paper::create(file, stderr())).transpose()?;
    let Some(runs) = in_turn(&requests, look)? else { return Ok(ExitCode::from(130)) };
    let has_failed = runs.iter().any(|run| run.has_failed);
    let [a, b] = runs.as_slice() else { return Ok(ExitCode::FAILURE) };
    let [first, second] = commands;
    let text = comparison(
        [
            (first, &mut a.side.borrow_mut(), a.views.state()),
            (second, &mut b.side.borrow_mut(), b.views.state()),
        ],
        options.timeline.unwrap_or(Axis::Auto),
        look,
    );
    let code = print(text.as_bytes());
    if let Some(mut page) = page {
        let finished = runs.into_iter().filter_map(|run| {
            let on_page = run.side.borrow_mut().on_page.take()?;
            Some(on_page.finished(run.views.state()))
        });
        page.write(finished.collect())?;
    }
    Ok(if has_failed { ExitCode::FAILURE } else { code })
}

/// Writes a lesson's handout to a file.
pub fn hand_out(demo: &Demo, file: &Path, has_answers: bool, options: &ViewOptions) -> ExitCode {
    exit_code(handed_out(demo, file, has_answers, options))
}

fn handed_out(demo: &Demo, file: &Path, has_answers: bool, options: &ViewOptions) -> Result<()> {
    let look = terminal::look(&stdout(), options.color, options.lang);
    let look = Look { colour: false, width: ON_PAPER, unicode: true, boxes: true, ..look };
    let mut page = Paper::create(file, stderr())?;
    let commands = handout_of(demo);
    let requests: Vec<_> = commands.iter().filter_map(|it| request_in(it).ok()).collect();
    let Some(runs) = in_turn(&requests, look)? else { return Ok(()) };
    let runs: Vec<_> = commands.into_iter().zip(runs).collect();
    let runs = runs.iter().map(|(command, run)| {
        let (lines, picture) = run.side.borrow_mut().on_paper(run.views.state(), look);
        RunOnPaper { command: format!("mp-demo {command}"), lines, picture }
    });
    page.write_text(&handout(demo, &runs.collect::<Vec<_>>(), has_answers), "")
}

/// A run that is over.
struct Run {
    side: Rc<RefCell<Side>>,
    views: Views,
    has_failed: bool,
}

/// Runs what is asked for, one after the other, with the same random pauses and without the output.
/// Nothing if Ctrl-C has ended a run.
fn in_turn(requests: &[Request], look: Look) -> Result<Option<Vec<Run>>> {
    let interrupt = Interrupt::catch(true, ends_all())?;
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let seed = fastrand::u32(..).into();
    let mut runs = Vec::new();
    for request in requests {
        bar.show_progress(runs.len() as u64, requests.len() as u64);
        let side = Side::new(look, python::claims_of, mistake_of, KNOWLEDGE);
        let side = Rc::new(RefCell::new(side));
        let mut views = Views::default();
        views.add(Compared(Rc::clone(&side)));
        let settings = |options| {
            let settings: Settings<'_> = settings(options, Some(interrupt.end()));
            Settings { seed: settings.seed.or(Some(seed)), ..settings }
        };
        let worked = match request {
            Request::Lesson(options, lesson, _) => {
                let verdict = run(lesson, settings(options), &mut views, stdout(), &mut gate);
                verdict.map(|verdict| verdict.map(|()| true))
            }
            Request::Run(options, runnable) => {
                program::in_silence(runnable, settings(options), &mut views, &mut gate).map(Ok)
            }
            _ => continue,
        };
        if interrupt.has_come() {
            bar.clear();
            interrupt.die_of_it();
            return Ok(None);
        }
        let has_failed = match worked? {
            Ok(worked) => !worked,
            Err(error) => {
                bar.clear();
                let _ = exit_code(Err(error));
                true
            }
        };
        runs.push(Run { side, views, has_failed });
    }
    bar.clear();
    Ok(Some(runs))
}
