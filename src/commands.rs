//! Carries out what the command line asks for, up to the exit status.

mod compare;
mod exercise;
mod predict;
mod repeat;
mod run;
mod tour;
mod why;

use std::borrow::Cow::Borrowed;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result, ensure};
use clap::ColorChoice;
use clap::error::ErrorKind;
use owo_colors::OwoColorize as _;
use signal_hook::consts::SIGTERM;
use signal_hook::low_level::emulate_default_handler;

use crate::both;
use crate::cli::{
    ChildCli, Explanation, Options, Prefix, ViewOptions, fitting, harmless, in_chinese,
};
use crate::events::{Event, Why, recording};
use crate::lessons::{AnyLesson, Demo, mistake_of};
use crate::multiprocessing::{CurrentProcess, Interruption, Logs, ends_all};
use crate::os::interrupt::Interrupt;
use crate::os::streams::{StandardStream, cannot_write, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::predict::next_of;
use crate::python;
use crate::run::{Settings, run, sentences};
use crate::show as reading;
use crate::state::State;
use crate::views::{
    Article, Bar, Claims, Explain, Failures, Json, Knowledge, Page, Paper, Recording, RunOnPage,
    Stuck, Timeline, Trace, Views, Warnings,
};
use crate::words::figures::wrapped;
use crate::words::locale::{self, Language};
use crate::words::plain::{Gate, name_of, on_its_lines, on_one_line};

pub use compare::compare;
use compare::hand_out;
pub use exercise::{check, exercise};
pub use predict::predict;
pub use repeat::repeat;
pub use run::program;
pub use tour::tour;
pub use why::why;

/// Runs a lesson, and shows it as it goes on. If it `is_plain`, without options, what to try next is
/// said on a terminal.
pub fn lesson(lesson: &AnyLesson, options: &Options, is_plain: bool) -> ExitCode {
    let play = || {
        check_stdout()?;
        let interrupt = Interrupt::catch(false, ends_all())?;
        let bar = Bar::new(stderr().is_terminal());
        let mut views = views(&options.views, &bar, ShownLines::Lessons)?;
        record(options, &mut views)?;
        let settings = settings(options, Some(interrupt.end()));
        let mut stderr = Gate { out: bar.beside(stderr()), is_on: stderr().is_terminal() };
        let verdict = run(lesson, settings, &mut views, stdout(), &mut stderr);
        // Clears the progress bar: the next lines may not be printed behind half a bar.
        bar.clear();
        interrupt.die_of_it();
        // The run's failure is told first. Then the views finish, since a timeline or trace shows a
        // failed run, too.
        let code = exit_code(verdict?);
        views.finish()?;
        let is_terminal = stdout().is_terminal() && self::stderr().is_terminal();
        if let Some(next) = next_of(lesson.name).filter(|_| is_plain && is_terminal) {
            let line = both!("Next: mp-demo {next}", "接下来：mp-demo {next}");
            let look = terminal::look(&self::stderr(), options.views.color, options.views.lang);
            let line = wrapped(&line, look.width, "").trim_end().to_owned();
            let line = if look.colour { line.dimmed().to_string() } else { line };
            let _ = self::stderr().write_all(format!("\n{line}\n").as_bytes());
        }
        Ok(code)
    };
    play().unwrap_or_else(|error| exit_code(Err(error)))
}

fn settings<'a>(options: &Options, interrupt: Option<BorrowedFd<'a>>) -> Settings<'a> {
    let patience = options.patience.0;
    let (seed, speed) = (options.seed, options.speed);
    Settings { seed, speed, patience, patience_with_commands: patience, interrupt }
}

/// Shows what there is to read of a lesson, or writes it to a file as a handout, with the answers or
/// without.
pub fn show(demo: &Demo, has_answers: bool, options: &ViewOptions) -> ExitCode {
    if let Some(file) = &options.page {
        return hand_out(demo, file, has_answers, options);
    }
    let look = terminal::look(&stdout(), options.color, options.lang);
    let page = reading::page(demo, look);
    match stdout().is_terminal() {
        true => exit_code(check_stdout().and_then(|()| reading::print_through_pager(&page))),
        false => print(page.as_bytes()),
    }
}

/// Shows a recorded run, or writes a page of two.
pub fn view(files: &[PathBuf], options: &ViewOptions) -> ExitCode {
    exit_code(match (files, &options.page) {
        ([file], _) => replay(file, options),
        (files, Some(page)) => side_by_side(files, page),
        (_, None) => Ok(()),
    })
}

/// Writes a page of recorded runs, side by side.
fn side_by_side(files: &[PathBuf], page: &Path) -> Result<()> {
    let mut paper = Paper::create(page, stderr())?;
    let run = |file: &PathBuf| {
        let (name, input) = open(file);
        let input = input.with_context(|| both!("cannot open {name}", "无法打开 {name}"))?;
        refuse_to_overwrite(&input, page)?;
        let input = BufReader::new(StandardStream::new(input));
        let (mut run, mut state) = (RunOnPage::new(KNOWLEDGE), State::default());
        recording::for_each(input, &name, python::events_of, |record| {
            let change = state.apply(record);
            run.show(record, &state, &change)
        })?;
        Ok(run.finished(&state))
    };
    let runs = files.iter().map(run).collect::<Result<Vec<_>>>()?;
    paper.write(runs)
}

fn refuse_to_overwrite(recording: &File, file: &Path) -> Result<()> {
    let name = name_of(file);
    ensure!(
        !is_same_file(recording, file),
        both!(
            "cannot write to {name}: it is the recording itself; choose another file",
            "无法写入 {name}：那就是这份记录本身；请换一个文件"
        )
    );
    Ok(())
}

fn replay(file: &Path, options: &ViewOptions) -> Result<()> {
    check_stdout()?;
    let (name, input) = open(file);
    let input = input.with_context(|| both!("cannot open {name}", "无法打开 {name}"))?;
    let written = [&options.trace, &options.page].into_iter().flatten();
    written.into_iter().try_for_each(|file| refuse_to_overwrite(&input, file))?;
    let bar = Bar::new(stderr().is_terminal());
    let mut views = views(options, &bar, ShownLines::Programs)?;
    views.add(Failures::new(stderr(), python::is_program));
    // Success means that the recording was shown, however the recorded run itself ended.
    let input = BufReader::new(StandardStream::new(input));
    recording::for_each(input, &name, python::events_of, |record| views.show(record))?;
    views.finish()
}

/// A file that the user has named, and what to call it. `-` is standard input.
fn open(file: &Path) -> (String, io::Result<File>) {
    if file == Path::new("-") {
        let stdin = rustix::stdio::stdin().try_clone_to_owned();
        return (both!("standard input", "标准输入"), stdin.map(File::from));
    }
    (name_of(file), File::open(file))
}

/// Whether this is the file at this path. Terminals and pipes don't count.
fn is_same_file(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(a), Ok(b)) => a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Prints a refusal on stderr.
fn refuse(sentence: &str) -> ExitCode {
    let _ = stderr().write_all(format!("mp-demo: {sentence}\n").as_bytes());
    ExitCode::FAILURE
}

/// Prints a text on stdout.
pub fn print(text: &[u8]) -> ExitCode {
    exit_code(stdout().write_all(text).with_context(cannot_write))
}

/// Runs one child of a lesson. If the child fails, it logs why, and the parent tells it at the end
/// of the run.
pub fn child(cli: ChildCli) -> ExitCode {
    let ChildCli { birth, target, run } = cli;
    birth.lang.into_iter().for_each(locale::choose);
    let process = CurrentProcess::new(birth, target);
    let log = process.log().clone();
    let ran = process.die_with_parent().and_then(|()| run(process));
    match ran.as_ref().err().and_then(Interruption::of) {
        // The SIGTERM that this process has passed on to its children ends it, too.
        Some(Interruption::Terminated) => {
            let _ = emulate_default_handler(SIGTERM);
            return ExitCode::FAILURE;
        }
        // The command's failure is in the log already.
        Some(Interruption::CommandFailed) => return ExitCode::FAILURE,
        _ => {}
    }
    match ran {
        Err(error) if !is_broken_pipe(&error) => {
            // If the log fails, too, the exit status still tells it.
            let _ = log.write(Event::Error { why: Why::of(&error) });
            ExitCode::FAILURE
        }
        result => exit_code(result),
    }
}

/// Shows help, the version or a usage error: 0 or 2, or 1 when even that can't be written.
pub fn usage(error: clap::Error) -> ExitCode {
    let status = ExitCode::from(error.exit_code() as u8);
    if error.use_stderr() {
        // If stderr can't be written to, the exit status still tells it.
        let _ = write_usage(error, stderr());
        return status;
    }
    match write_usage(error, stdout()).with_context(cannot_write) {
        Ok(()) => status,
        Err(failure) => exit_code(Err(failure)),
    }
}

fn write_usage(error: clap::Error, mut out: StandardStream) -> io::Result<()> {
    let is_page = error.kind() == ErrorKind::DisplayHelp && out.is_terminal();
    let text = usage_text(error, &out);
    match is_page {
        true => reading::print_through_pager(&text).map_err(io::Error::other),
        false => out.write_all(text.as_bytes()),
    }
}

fn usage_text(error: clap::Error, out: &StandardStream) -> String {
    // clap quotes the words of the command line, which may have control characters.
    let is_harmless = |word: OsString| matches!(on_one_line(&word.to_string_lossy()), Borrowed(_));
    let has_harmless_words = env::args_os().all(is_harmless);
    let error = harmless(error);
    let is_help =
        !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    // An error that goes into a file keeps its lines, so that each can be looked for.
    let fits = is_help || out.is_terminal();
    let fitting = |text: String| if fits { fitting(&text) } else { text };
    if !is_help && locale::chosen() == Language::Zh {
        return on_its_lines(&fitting(in_chinese(&error))).into_owned();
    }
    if has_harmless_words && terminal::look(out, ColorChoice::Auto, None).colour {
        return fitting(error.render().ansi().to_string());
    }
    on_its_lines(&fitting(error.render().to_string())).into_owned()
}

/// The lines of a run that the views show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ShownLines {
    /// Those of stdout: a lesson has no others.
    Lessons,
    /// Those of stderr, too.
    Programs,
    /// None: the program has written them itself, and stdout is its own.
    Neither,
}

/// Adds the view that records the run, if the command line asks for it.
fn record(options: &Options, views: &mut Views) -> Result<()> {
    options.record.as_deref().map_or(Ok(()), |file| {
        views.add(Recording::create(file)?);
        Ok(())
    })
}

/// Who knows the lessons and programs of a page.
pub(crate) const KNOWLEDGE: Knowledge =
    Knowledge { narrator_of: python::narrator_of, remarker_of: python::remarker_of, mistake_of };

/// The views that the command line asks for.
fn views(options: &ViewOptions, bar: &Bar, lines: ShownLines) -> Result<Views> {
    let look = terminal::look(&stdout(), options.color, options.lang);
    let stderrs_look = terminal::look(&stderr(), options.color, options.lang);
    let mut views = Views::default();
    let labelled = |article: Article<_>| match options.labels {
        Some(labels) => article.with_labels(labels == Prefix::Lines),
        None => article,
    };
    if options.json {
        views.add(Json { stdout: bar.beside(stdout()), is_terminal: stdout().is_terminal() });
    } else if lines != ShownLines::Neither {
        let out = bar.beside(stdout());
        let width = stdout().is_terminal().then_some(look.width);
        views.add(labelled(Article::new(out, look.colour, width)));
    }
    if lines == ShownLines::Programs {
        let out = bar.beside(stderr());
        let width = stderr().is_terminal().then_some(stderrs_look.width);
        let article = Article::new(out, stderrs_look.colour, width);
        views.add(labelled(article).of_stderr(python::line_of_stderr));
    }
    let width = stderr().is_terminal().then_some(stderrs_look.width);
    views.add(Warnings::new(bar.beside(stderr()), width, python::remarker_of));
    views.add(Stuck::new(bar.beside(stderr()), width, mistake_of));
    if let Some(explanation) = options.explain {
        let is_brief = explanation == Explanation::Brief;
        let narrator_of = python::narrator_of;
        views.add(Explain::new(bar.beside(stderr()), stderrs_look, is_brief, narrator_of));
    }
    let (out, mut look) = match lines {
        ShownLines::Neither => (stderr(), stderrs_look),
        _ => (stdout(), look),
    };
    look.boxes &= !options.ascii;
    if let Some(axis) = options.timeline {
        views.add(Timeline::new(out, axis, look, move || terminal::width(&out)));
    }
    if options.claims {
        let width = out.is_terminal().then_some(look.width);
        views.add(Claims::new(out, width, python::claims_of));
    }
    if let Some(file) = &options.trace {
        views.add(Trace::create(file)?);
    }
    if let Some(file) = &options.page {
        views.add(Page::new(Paper::create(file, bar.beside(stderr()))?, KNOWLEDGE));
    }
    views.add(bar.clone());
    Ok(views)
}

fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of stdout has closed it, as in `| head -1`: no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr can't be written to either, the exit status still tells it.
            let _ = stderr().write_all(in_lines(&error).as_bytes());
            ExitCode::FAILURE
        }
    }
}

/// The error message: a line for each failure. A sentence may quote text that is not ours, so its
/// newlines are escaped.
fn in_lines(error: &Error) -> String {
    let sentences = sentences(error);
    let sentences = sentences.iter().map(|sentence| on_one_line(sentence));
    let then = both!("then ", "随后 ");
    let text = sentences.collect::<Vec<_>>().join(&format!("\nmp-demo: {then}"));
    format!("mp-demo: {text}\n")
}

fn is_broken_pipe(error: &Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
