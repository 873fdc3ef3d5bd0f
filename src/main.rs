//! mp-demo runs the lessons of an article on Python's `multiprocessing` with real processes.
//!
//! The parent's half of a lesson plays in a thread of its own. It and all its children write what happens to one
//! log; the main thread reads that log and shows it.

mod arguments;
mod cli;
mod events;
mod lessons;
mod locale;
mod multiprocessing;
mod report;
mod show;
mod terminal;
mod views;

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Error, Result, ensure};

use cli::{ChildCli, Options, Request, ViewOptions};
use events::{Event, Log};
use lessons::{Demo, Lesson};
use multiprocessing::{Birth, Children, Context, CurrentProcess, Outcome};
use views::{Article, Explain, Failures, Json, Notes, Progress, Timeline, Trace, View, Views};

fn main() -> ExitCode {
    match cli::read() {
        Ok(Request::Lesson(options, lesson)) => {
            run(&lesson, &options).unwrap_or_else(|error| exit_code(Err(error)))
        }
        Ok(Request::Show(options, demo)) => exit_code(show(demo, &options)),
        Ok(Request::View(options, file)) => exit_code(view(&file, &options)),
        Ok(Request::Print(text)) => exit_code(print(&text)),
        Ok(Request::Child(ChildCli { birth, child })) => run_child(birth, child),
        Err(error) => show_usage(&error),
    }
}

/// Runs a lesson: plays it and shows it at the same time.
fn run(lesson: &Lesson, options: &Options) -> Result<ExitCode> {
    let progress = Progress::new(io::stderr().is_terminal());
    let mut views = views(&options.views, &progress)?;
    let (log, log_reader) = Log::open()?;
    let children = Arc::new(Children::default());
    thread::scope(|scope| {
        let player = thread::Builder::new()
            .name("player".into())
            .spawn_scoped(scope, || play(lesson, options, log, &children))
            .context("cannot start the thread that plays the lesson")?;
        let shown = views::show(log_reader, &mut views, io::stdout(), &mut io::stderr());
        // What is told from here on must not stand behind half a bar.
        progress.clear();
        if shown.is_err() {
            // Nobody sees the rest, so nobody has to play it.
            children.kill_all(None);
        }
        let outcome = player
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let last_words = shown?;
        let result = outcome.and_then(|outcome| outcome.into_result(&last_words));
        // First the cause, then what follows from it; and how a run failed can be seen in a picture as well.
        let code = exit_code(result);
        views.finish()?;
        Ok(code)
    })
}

/// Shows what there is to read of a lesson.
fn show(demo: &Demo, options: &ViewOptions) -> Result<()> {
    let look = terminal::look(&io::stdout(), options.color, options.lang);
    let page = show::page(demo, look);
    match io::stdout().is_terminal() {
        true => show::print_through_pager(&page),
        false => print(page.as_bytes()),
    }
}

/// Shows a recorded run.
fn view(file: &Path, options: &ViewOptions) -> Result<()> {
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
    let progress = Progress::new(io::stderr().is_terminal());
    let mut views = views(options, &progress)?;
    views.add(Failures::new(io::stderr()));
    views::replay(BufReader::new(input), &name, &mut views)
}

/// Whether this is the file that has this path; a terminal or a pipe is not meant.
fn is_same_file(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(a), Ok(b)) => a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn print(text: &[u8]) -> Result<()> {
    let mut stdout = io::stdout();
    stdout
        .write_all(text)
        .and_then(|()| stdout.flush())
        .context("cannot write to stdout")
}

/// Plays the parent's half of a lesson, from the first event of the run to the end of its last child.
fn play(
    lesson: &Lesson,
    options: &Options,
    mut log: Log,
    children: &Arc<Children>,
) -> Result<Outcome> {
    let seed = options.seed.unwrap_or_else(|| fastrand::u32(..).into());
    log.begin(&Event::Run {
        lesson: lesson.name(),
        options: lesson.options(options.speed)?,
        seed,
        cores: thread::available_parallelism().map_or(1, usize::from),
        version: env!("CARGO_PKG_VERSION"),
    })?;
    let context = Context::new(log, Arc::clone(children), seed, options.speed)?;
    let result = lesson.play(&context);
    Ok(context.finish(result))
}

/// The views that the command line asks for.
fn views(options: &ViewOptions, progress: &Progress) -> Result<Views> {
    let stdout = terminal::look(&io::stdout(), options.color, options.lang);
    let stderr = terminal::look(&io::stderr(), options.color, options.lang);
    let mut views = Views::new();
    if options.json {
        views.add(Json::new(io::stdout(), progress.clone()));
    } else {
        let lines = Article::new(io::stdout(), stdout.colour, progress.clone());
        views.add(if options.labels {
            lines.with_labels()
        } else {
            lines
        });
    }
    views.add(Notes::new(io::stderr(), stderr.language, progress.clone()));
    if options.explain {
        views.add(Explain::new(io::stderr(), stderr, progress.clone()));
    }
    if options.timeline {
        views.add(Timeline::new(io::stdout(), stdout));
    }
    if let Some(file) = &options.trace {
        views.add(Trace::create(file)?);
    }
    views.add(progress.clone());
    Ok(views)
}

/// Runs one child of a lesson. What it fails with goes to the log, for the end of the run to tell.
fn run_child(birth: Birth, child: lessons::Child) -> ExitCode {
    let process = CurrentProcess::new(birth, child.target());
    let log = process.log().clone();
    match process.die_with_parent().and_then(|()| child.play(process)) {
        Err(error) if !is_broken_pipe(&error) => {
            let message = format!("{error:#}");
            // If even that fails, the exit status still says it.
            let _ = log.write(Event::Error { message });
            ExitCode::FAILURE
        }
        result => exit_code(result),
    }
}

/// Shows help, the version or a usage error: 0 or 2, or 1 when even that can't be written.
fn show_usage(error: &clap::Error) -> ExitCode {
    match error.print().and_then(|()| io::stdout().flush()) {
        // The status says it too when stderr can't.
        _ if error.use_stderr() => ExitCode::from(error.exit_code() as u8),
        Ok(()) => ExitCode::from(error.exit_code() as u8),
        Err(failure) => exit_code(Err(Error::new(failure).context("cannot write the help"))),
    }
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
