//! Plays one lesson and shows it at the same time. This can be done any number of times in one
//! process.

use std::fmt;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, ensure};

use crate::both;
use crate::events::{Entry, Event, Log};
use crate::lessons::{AnyLesson, events_of, mistake_of};
use crate::multiprocessing::{Children, Context, SecondGuard};
use crate::state::State;
use crate::stuck::Watched;
use crate::views::Views;
use crate::words::errors::sentence;

/// The settings of a run, besides the lesson's own options.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The seed of the random pauses; nothing for a new one each time.
    pub seed: Option<u64>,
    /// Divides every pause.
    pub speed: f64,
    /// How long nothing may happen before the run is checked for being stuck; nothing for never.
    pub patience: Option<Duration>,
    /// How long a user's command may do nothing before that is told; nothing for ever.
    pub patience_with_commands: Option<Duration>,
    /// A descriptor that becomes readable when the run is to be interrupted.
    pub interrupt: Option<BorrowedFd<'a>>,
}

/// What failed in a run: a sentence each, first cause first.
#[derive(Debug)]
pub struct Failed(pub Vec<String>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Failed {}

/// The sentences of an error: one for each failure.
pub fn sentences(error: &Error) -> Vec<String> {
    match error.downcast_ref() {
        Some(Failed(sentences)) => sentences.clone(),
        None => vec![sentence(error)],
    }
}

/// The verdict on a run that is over: success if the lesson has shown what its options are there to
/// show.
fn verdict(lesson: &str, state: &State, result: Result<()>) -> Result<()> {
    if state.failures().is_empty() {
        result?;
        // A stuck run without a mistake of the lesson's own is the fault of the user's command.
        let is_unexplained = state.stuck().is_some_and(|name| {
            let mistake = name.and_then(|name| mistake_of(lesson, name));
            mistake.is_none_or(|it| it.is_users)
        });
        ensure!(!is_unexplained, Failed(vec![why_stuck(state)]));
        return Ok(());
    }
    Err(Failed(state.failures_in_words()).into())
}

/// The sentence about a stuck run whose options don't explain that.
fn why_stuck(state: &State) -> String {
    let mut commands: Vec<_> = state.commands().collect();
    commands.sort_by_key(|process| process.number);
    let Some(command) = commands.first() else {
        return both!(
            "the run got stuck, which its options don't explain",
            "这次运行卡住了，而选项本身不会造成这种情况"
        );
    };
    let command = command.named();
    match commands.len() {
        1 => both!(
            "the run got stuck: look at what {command} waits for, and what it has not written or \
             read",
            "这次运行卡住了：请看 {command}在等什么，有什么该写没写、该读没读"
        ),
        many => both!(
            "the run got stuck: look at what {command} and the other commands, {many} in all, \
             wait for",
            "这次运行卡住了：请看 {command}等 {many} 条命令各在等什么"
        ),
    }
}

/// Plays a lesson, and hands each of its events to the views, from the first event to the end of
/// the last child. Bytes of children that are not events go to `stderr` as they are. The views are
/// not finished when this returns: the caller may first want to tell how the run ended, which is
/// the inner result.
///
/// # Errors
/// When the run can't be shown: an `io::Error` of the kind `BrokenPipe` when nobody reads `output`
/// any more, whether anything is written to it or not, or when it was interrupted. Then no process
/// is left either.
pub fn run(
    lesson: &AnyLesson,
    settings: Settings,
    views: &mut Views,
    output: impl AsFd,
    stderr: &mut dyn Write,
) -> Result<Result<()>> {
    let _guard = lesson.runs_commands().then(SecondGuard::start).transpose()?;
    let (log, log_reader) = Log::open()?;
    let children = Arc::new(Children::new()?);
    // The parent's log, for the thread that shows the run while the playing thread has it open: the
    // log's reader gets EOF only when both have let go.
    let parents_log = OnceLock::new();
    thread::scope(|scope| {
        let player = thread::Builder::new()
            .name("player".into())
            .spawn_scoped(scope, || play(lesson, settings, log, &children, &parents_log))
            .with_context(|| {
                both!("cannot start the thread that plays the lesson", "无法启动进行本课的线程")
            })?;
        let Settings { patience, interrupt, .. } = settings;
        let mut watched = Watched::new(&children, settings.patience_with_commands);
        let own = events_of(lesson.name);
        let shown = log_reader.for_each(output, interrupt, patience, own, |entry| {
            match entry {
                Entry::Event(record) => {
                    watched.event_came();
                    children.see(&record);
                    return views.show(&record);
                }
                Entry::Silence => {
                    if let Some(log) = parents_log.get().and_then(Weak::upgrade) {
                        let state = views.state();
                        watched.look(state, &log, || lesson.mistake(state));
                    }
                    if let Some(left) = watched.announces_end_in() {
                        let _ = stderr.write_all(announcement(left).as_bytes());
                    }
                }
                // A closed stderr is no error.
                Entry::Foreign(bytes) => drop(stderr.write_all(bytes)),
            }
            Ok(())
        });
        if shown.is_err() {
            // Nobody reads the rest of the run, so it is ended.
            children.kill_all(None);
        }
        let result = player.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        shown?;
        Ok(verdict(lesson.name, views.state(), result))
    })
}

/// The sentence that announces the end of a run that is most likely stuck.
fn announcement(left: Duration) -> String {
    let seconds = left.as_secs_f64().ceil();
    both!(
        "Most likely no process can go on. mp-demo ends the run in {seconds} s if nothing happens.\n",
        "很可能都无法继续了。如果没有变化，mp-demo 会在 {seconds} 秒后结束这次运行。\n"
    )
}

/// Plays the parent's half of a lesson, from the first event of the run to the end of its last
/// child.
fn play(
    lesson: &AnyLesson,
    settings: Settings,
    mut log: Log,
    children: &Arc<Children>,
    parents_log: &OnceLock<Weak<Log>>,
) -> Result<()> {
    let Settings { seed, speed, patience_with_commands, .. } = settings;
    let seed = seed.unwrap_or_else(|| fastrand::u32(..).into());
    log.begin(&Event::Run {
        lesson: lesson.name.into(),
        options: lesson.options(speed)?,
        seed,
        random_pauses: Some(lesson.has_random_pauses()),
        cores: thread::available_parallelism().map_or(1, usize::from),
        version: env!("CARGO_PKG_VERSION").into(),
    })?;
    let log = Arc::new(log);
    let _ = parents_log.set(Arc::downgrade(&log));
    let context = Context::new((*log).clone(), Arc::clone(children), seed, speed)?;
    let context = context.with_patience(patience_with_commands);
    let result = lesson.run(&context);
    context.finish(result)
}
