//! `mp-demo compare`.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::Result;

use super::{exit_code, print, refuse, run as program, settings, usage};
use crate::both;
use crate::cli::{Request, ViewOptions, request_in};
use crate::lessons::mistake_of;
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::python;
use crate::run::{Settings, run};
use crate::views::{Axis, Bar, Compared, Side, Views, comparison};
use crate::words::plain::Gate;

/// Runs two commands, one after the other, and shows what differs. The exit status is 1 if one of
/// them has failed, and 2 if one is nothing that can be compared.
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
    crate::words::locale::choose(look.language);
    look.boxes &= !options.ascii;
    let interrupt = Interrupt::catch(true, ends_all())?;
    let bar = Bar::new(stderr().is_terminal());
    let mut gate = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
    let (seed, mut has_failed) = (fastrand::u32(..).into(), false);
    let mut sides = Vec::new();
    for request in &requests {
        bar.show_progress(sides.len() as u64, commands.len() as u64);
        let side = Rc::new(RefCell::new(Side::new(look, python::claims_of, mistake_of)));
        let mut views = Views::default();
        views.add(Compared(Rc::clone(&side)));
        let in_turn = |settings: Settings<'_>| Settings {
            seed: settings.seed.or(Some(seed)),
            interrupt: Some(interrupt.end()),
            ..settings
        };
        let worked = match request {
            Request::Lesson(options, lesson, _) => {
                let settings = in_turn(self::settings(options, None));
                let verdict = run(lesson, settings, &mut views, stdout(), &mut gate);
                verdict.map(|verdict| verdict.map(|()| true))
            }
            Request::Run(options, runnable) => {
                let settings = in_turn(self::settings(options, None));
                program::in_silence(runnable, settings, &mut views, &mut gate).map(Ok)
            }
            _ => continue,
        };
        if interrupt.has_come() {
            bar.clear();
            interrupt.die_of_it();
            return Ok(ExitCode::from(130));
        }
        match worked? {
            Ok(worked) => has_failed |= !worked,
            Err(error) => {
                bar.clear();
                let _ = exit_code(Err(error));
                has_failed = true;
            }
        }
        sides.push((side, views));
    }
    bar.clear();
    let [(a, of_a), (b, of_b)] = sides.as_slice() else { return Ok(ExitCode::FAILURE) };
    let [first, second] = commands;
    let text = comparison(
        [(first, &mut a.borrow_mut(), of_a.state()), (second, &mut b.borrow_mut(), of_b.state())],
        options.timeline.unwrap_or(Axis::Auto),
        look,
    );
    let code = print(text.as_bytes());
    Ok(if has_failed { ExitCode::FAILURE } else { code })
}
