//! `mp-demo run`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result};

use super::repeat::{Subject, counted};
use super::{ShownLines, exit_code, is_broken_pipe, record, settings, views, why};
use crate::both;
use crate::cli::{LinesOfCode, Options, Runnable};
use crate::lessons::DEMOS;
use crate::os::streams::{check_stdout, stderr};
use crate::os::terminal;
use crate::python::{self, Flow, Folders, Script, play};
use crate::run::Settings;
use crate::views::{Bar, Views};
use crate::why::{Exit, Notice, end_as};
use crate::words::locale;
use crate::words::plain::{Gate, name_of, on_one_line};

/// Python's exit status for a program that is not there.
const NOT_THERE: u8 = 2;

/// Runs a program of the user's, and shows it.
pub fn program(runnable: &Runnable, options: &Options) -> ExitCode {
    let count = options.repeat.repeat;
    let output = match () {
        () if options.views.json || count.is_some() => Flow::LoggedOnly,
        () if options.views.labels.is_some() || options.views.explain.is_some() => Flow::Logged,
        () => Flow::AsItIs,
    };
    let played = Folders::make().and_then(|folders| {
        let Some(mut script) = script(runnable, &folders)? else {
            say(&no_program(&runnable.words[0]));
            return Ok(ExitCode::from(NOT_THERE));
        };
        (script.output, script.is_repeated) = (output, count.is_some());
        if let Some(count) = count {
            return repeat(&script, &folders, runnable, options, count);
        }
        let ended = once(&script, &folders, options)?;
        // It may die of the program's signal, so the folders go first.
        drop(folders);
        Ok(end_as(ended))
    });
    played.unwrap_or_else(|error| exit_code(Err(error)))
}

/// What is run, with its output in the log only; nothing if there is no such program.
fn script(runnable: &Runnable, folders: &Folders) -> Result<Option<Script>> {
    let Runnable { ref words, is_command, jitter, values, .. } = *runnable;
    let (command, folder) = match is_command {
        true => (words.clone(), None),
        false => of_python(words, folders)?,
    };
    let is_there = is_command || Path::new(&command[1]).exists();
    let output = Flow::LoggedOnly;
    let script = Script { command, folder, jitter, values, output, is_repeated: true, until: None };
    Ok(is_there.then_some(script))
}

/// Runs it once for `compare`, with its output in the log only. False if it has failed.
pub(super) fn in_silence(
    runnable: &Runnable,
    settings: Settings,
    views: &mut Views,
    stderr: &mut dyn Write,
) -> Result<bool> {
    let folders = Folders::make()?;
    let script = script(runnable, &folders)?;
    let script = script.with_context(|| no_program(&runnable.words[0]))?;
    let (ended, unseen) = play(&script, &folders, settings, views, stderr, &mut tell)?;
    unseen.iter().for_each(|sentence| say(sentence));
    Ok(matches!(ended, Exit::As(0)))
}

/// The command that runs this program or lesson with these arguments, and the folder of a lesson's
/// program, which its files' names are relative to.
fn of_python(words: &[OsString], folders: &Folders) -> Result<(Vec<OsString>, Option<PathBuf>)> {
    let (program, folder) = match DEMOS.iter().find(|demo| words[0] == demo.name) {
        Some(demo) => {
            let text = demo.python(locale::chosen());
            let program = folders.add(&format!("{}_demo.py", demo.name), &text)?;
            (program.clone().into(), program.parent().map(Path::to_owned))
        }
        None => (words[0].clone(), None),
    };
    let python = [OsString::from("python3"), program];
    Ok((python.into_iter().chain(words[1..].iter().cloned()).collect(), folder))
}

fn no_program(name: &OsString) -> String {
    let name = name_of(Path::new(name));
    both!(
        "there is no program {name}, and no lesson of that name (`mp-demo --help` lists them)",
        "没有程序 {name}，也没有这个名字的课程（`mp-demo --help` 列出各课）"
    )
}

/// Runs it once, with all views.
fn once(script: &Script, folders: &Folders, options: &Options) -> Result<Exit> {
    let lines = match script.output {
        Flow::AsItIs => ShownLines::Neither,
        _ => {
            check_stdout()?;
            ShownLines::Programs
        }
    };
    let bar = Bar::new(false);
    let mut views = views(&options.views, &bar, lines)?;
    record(options, &mut views)?;
    let mut gate = Gate { out: stderr(), is_on: stderr().is_terminal() };
    let settings = settings(options, None);
    let (ended, unseen) = play(script, folders, settings, &mut views, &mut gate, &mut tell)?;
    unseen.iter().for_each(|sentence| say(sentence));
    if let Err(error) = views.finish()
        && !is_broken_pipe(&error)
    {
        return Err(error);
    }
    Ok(ended)
}

/// Says a sentence on stderr. If that is closed, the exit status has to do.
pub(super) fn say(sentence: &str) {
    let _ = stderr().write_all(format!("mp-demo: {}\n", on_one_line(sentence)).as_bytes());
}

pub(super) fn tell(notice: &Notice) {
    let width = stderr().is_terminal().then(|| terminal::width(&stderr()));
    let _ = stderr().write_all(why::words(notice, width, LinesOfCode::Never).as_bytes());
}

/// Runs it so many times, and counts claims and outcomes.
fn repeat(
    script: &Script,
    folders: &Folders,
    runnable: &Runnable,
    options: &Options,
    count: u64,
) -> Result<ExitCode> {
    let of_lesson = python::claims_of(python::NAME).ok_or_else(|| Error::msg(python::NAME))?;
    let (mut refused, mut unseen) = (None, None);
    let jitter = || both!("with random pauses of up to 2 ms", "各处随机停顿，最长 2 毫秒");
    let subject = Subject {
        name: python::NAME,
        of_lesson,
        play: Box::new(|settings, views, _, stderr| {
            let (ended, sentence) = play(script, folders, settings, views, stderr, &mut tell)?;
            unseen = unseen.take().or(sentence);
            // Without a process there is no run to be counted.
            if let (Exit::As(status), None) = (ended, views.state().parent()) {
                refused = Some(status);
                return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
            }
            Ok(Ok(()))
        }),
        condition: runnable.jitter.then(jitter),
        remark: Some(both!(
            "The log slows each call by some microseconds, so the shares without it may differ.",
            "日志使每次调用慢了几微秒，所以没有日志时比例可能不同。"
        )),
    };
    let counted = counted(subject, options, count, &runnable.typed);
    unseen.iter().for_each(|sentence: &String| say(sentence));
    refused.map_or(counted, |status| Ok(ExitCode::from(status)))
}
