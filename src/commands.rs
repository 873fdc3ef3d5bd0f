//! What the command line can ask for, each to the exit status.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result, ensure};

use crate::cli::{ChildCli, Explanation, Options, ViewOptions};
use crate::events::{Event, recording};
use crate::lessons::{AnyLesson, Demo};
use crate::locale;
use crate::multiprocessing::{CurrentProcess, Logs, end_on_signals_as_first_process};
use crate::run::{Settings, run};
use crate::views::{Article, Bar, Explain, Failures, Json, Timeline, Trace, Views, Warnings};
use crate::{show as reading, terminal};

/// Runs a lesson, and shows it as it goes on.
pub fn lesson(lesson: &AnyLesson, options: &Options) -> ExitCode {
    let play = || {
        end_on_signals_as_first_process()?;
        let bar = Bar::new(io::stderr().is_terminal());
        let mut views = views(&options.views, &bar)?;
        let settings = Settings {
            seed: options.seed,
            speed: options.speed,
        };
        let mut stderr = bar.beside(io::stderr());
        let verdict = run(lesson, settings, &mut views, io::stdout(), &mut stderr);
        // What is told from here on must not stand behind half a bar.
        bar.clear();
        // First the cause, then what follows from it; and how a run failed can be seen in a picture as well.
        let code = exit_code(verdict?.into_result());
        views.finish()?;
        Ok(code)
    };
    play().unwrap_or_else(|error| exit_code(Err(error)))
}

/// Shows what there is to read of a lesson.
pub fn show(demo: &Demo, options: &ViewOptions) -> ExitCode {
    let look = terminal::look(&io::stdout(), options.color, options.lang);
    let page = reading::page(demo, look);
    match io::stdout().is_terminal() {
        true => exit_code(reading::print_through_pager(&page)),
        false => print(page.as_bytes()),
    }
}

/// Shows a recorded run.
pub fn view(file: &Path, options: &ViewOptions) -> ExitCode {
    exit_code(replay(file, options))
}

fn replay(file: &Path, options: &ViewOptions) -> Result<()> {
    let (name, input) = if file == Path::new("-") {
        let stdin = io::stdin().as_fd().try_clone_to_owned();
        ("standard input".into(), stdin.map(File::from))
    } else {
        (file.display().to_string(), File::open(file))
    };
    let input = input.with_context(|| format!("cannot open {name}"))?;
    if let Some(trace) = &options.trace {
        ensure!(
            !is_same_file(&input, trace),
            "cannot write the trace to {}: it is the recording itself; choose another file",
            trace.display()
        );
    }
    let bar = Bar::new(io::stderr().is_terminal());
    let mut views = views(options, &bar)?;
    views.add(Failures::new(io::stderr()));
    // Whether it went well is told as it was then; that it is shown is success.
    recording::for_each(BufReader::new(input), &name, |record| views.show(record))?;
    views.finish()
}

/// Whether this is the file that has this path; a terminal or a pipe is not meant.
fn is_same_file(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(a), Ok(b)) => a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Prints a text on stdout.
pub fn print(text: &[u8]) -> ExitCode {
    let mut stdout = io::stdout();
    let printed = stdout.write_all(text).and_then(|()| stdout.flush());
    exit_code(printed.context("cannot write to stdout"))
}

/// Runs one child of a lesson. What it fails with goes to the log, for the end of the run to tell.
pub fn child(cli: ChildCli) -> ExitCode {
    let ChildCli { birth, child } = cli;
    birth.lang.into_iter().for_each(locale::choose);
    let process = CurrentProcess::new(birth, child.name());
    let log = process.log().clone();
    match process.die_with_parent().and_then(|()| child.run(process)) {
        Err(error) if !is_broken_pipe(&error) => {
            let message = format!("{error:#}").into();
            // If even that fails, the exit status still says it.
            let _ = log.write(Event::Error { message });
            ExitCode::FAILURE
        }
        result => exit_code(result),
    }
}

/// Shows help, the version or a usage error: 0 or 2, or 1 when even that can't be written.
pub fn usage(error: &clap::Error) -> ExitCode {
    match error.print().and_then(|()| io::stdout().flush()) {
        // The status says it too when stderr can't.
        _ if error.use_stderr() => ExitCode::from(error.exit_code() as u8),
        Ok(()) => ExitCode::from(error.exit_code() as u8),
        Err(failure) => exit_code(Err(Error::new(failure).context("cannot write the help"))),
    }
}

/// The views that the command line asks for.
fn views(options: &ViewOptions, bar: &Bar) -> Result<Views> {
    let mut stdout = terminal::look(&io::stdout(), options.color, options.lang);
    stdout.boxes &= !options.ascii;
    let stderr = terminal::look(&io::stderr(), options.color, options.lang);
    let mut views = Views::default();
    if options.json {
        views.add(Json::new(bar.beside(io::stdout())));
    } else {
        let lines = Article::new(bar.beside(io::stdout()), stdout.colour);
        views.add(if options.labels {
            lines.with_labels()
        } else {
            lines
        });
    }
    views.add(Warnings::new(bar.beside(io::stderr()), stderr.language));
    if let Some(explanation) = options.explain {
        let is_brief = explanation == Explanation::Brief;
        views.add(Explain::new(bar.beside(io::stderr()), stderr, is_brief));
    }
    if options.timeline {
        let width = || terminal::width(&io::stdout());
        views.add(Timeline::new(io::stdout(), stdout, width));
    }
    if let Some(file) = &options.trace {
        views.add(Trace::create(file)?);
    }
    views.add(bar.clone());
    Ok(views)
}

fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough (`| head -1`).
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // With stderr gone as well, the exit status has to say it alone.
            let _ = io::stderr().write_all(format!("mp-demo: {error:#}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
