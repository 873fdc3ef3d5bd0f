//! Plays one lesson and shows it at the same time. This can be done any number of times in one process.

use std::fmt;
use std::io::Write;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Error, Result};

use crate::both;
use crate::events::{Entry, Event, Log, LogReader};
use crate::lessons::AnyLesson;
use crate::multiprocessing::{Children, Context, Outcome};
use crate::state::State;
use crate::views::Views;

/// What a run is to be like, beside the lesson's own options.
#[derive(Clone, Copy)]
pub struct Settings {
    /// The seed of its random pauses; nothing for a new one each time.
    pub seed: Option<u64>,
    /// Divides every pause.
    pub speed: f64,
}

/// How a run ended.
pub struct Verdict(Option<Error>);

/// What failed in a run: a sentence each, first cause first.
#[derive(Debug)]
pub struct Failed(pub Vec<String>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Failed {}

impl Verdict {
    /// Success, if the lesson has shown what it is there to show.
    ///
    /// # Errors
    /// [`Failed`], or what went wrong otherwise.
    pub fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }

    /// The verdict on a run whose log is at its end.
    fn of(state: &State, outcome: Result<Outcome>) -> Verdict {
        let mut failures: Vec<_> = state.failures().iter().map(ToString::to_string).collect();
        let error = outcome.and_then(Outcome::into_result).err();
        if failures.is_empty() {
            return Verdict(error);
        }
        if let Some(error) = state.parents_error() {
            failures.push(both!("the parent failed: {error}", "父进程出错：{error}"));
        }
        Verdict(Some(Failed(failures).into()))
    }
}

/// Plays a lesson, and hands each of its events to the views, from the first event to the end of the last child. Bytes
/// of children that are not events go to `stderr` as they are. The views are not finished when this returns: first the
/// caller may want to tell how the run ended.
///
/// # Errors
/// When the run can't be shown: an `io::Error` of the kind `BrokenPipe` when nobody reads `output` any more, whether
/// anything is written to it or not. Nobody is left behind then either.
pub fn run(
    lesson: &AnyLesson,
    settings: Settings,
    views: &mut Views,
    output: impl AsFd,
    stderr: &mut dyn Write,
) -> Result<Verdict> {
    let (log, log_reader) = Log::open()?;
    let children = Arc::new(Children::new()?);
    thread::scope(|scope| {
        let player = thread::Builder::new()
            .name("player".into())
            .spawn_scoped(scope, || play(lesson, settings, log, &children))
            .with_context(|| {
                both!(
                    "cannot start the thread that plays the lesson",
                    "无法启动进行本课的线程"
                )
            })?;
        let shown = show(log_reader, views, output, stderr);
        if shown.is_err() {
            // Nobody sees the rest, so nobody has to play it.
            children.kill_all(None);
        }
        let outcome = player
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        shown?;
        Ok(Verdict::of(views.state(), outcome))
    })
}

/// Plays the parent's half of a lesson, from the first event of the run to the end of its last child.
fn play(
    lesson: &AnyLesson,
    settings: Settings,
    mut log: Log,
    children: &Arc<Children>,
) -> Result<Outcome> {
    let Settings { seed, speed } = settings;
    let seed = seed.unwrap_or_else(|| fastrand::u32(..).into());
    log.begin(&Event::Run {
        lesson: lesson.name().into(),
        options: lesson.options(speed)?,
        seed,
        cores: thread::available_parallelism().map_or(1, usize::from),
        version: env!("CARGO_PKG_VERSION").into(),
    })?;
    let context = Context::new(log, Arc::clone(children), seed, speed)?;
    let result = lesson.run(&context);
    Ok(context.finish(result))
}

fn show(
    log: LogReader,
    views: &mut Views,
    output: impl AsFd,
    stderr: &mut dyn Write,
) -> Result<()> {
    log.for_each(output, |entry| match entry {
        Entry::Event(record) => views.show(&record),
        Entry::Foreign(bytes) => {
            // It is no error when nobody listens.
            let _ = stderr.write_all(bytes);
            Ok(())
        }
    })
}
