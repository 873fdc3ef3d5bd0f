//! Plays a lesson again and again, one run after the other, each with fresh processes, and counts
//! what came of it.
//!
//! What it shows is a summary; the runs themselves are not shown. A run that got stuck is an
//! outcome, one that failed is none.

mod condition;
mod keep;
mod summary;

use std::cell::RefCell;
use std::io::Write;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};
use fastrand::Rng;

use crate::claims::{Judges, OfLesson, Outcome, Seen, Turns};
use crate::events::{Event, Record, Waiter};
use crate::lessons::AnyLesson;
use crate::os::interrupt::Interrupt;
use crate::report::runs::Tally;
use crate::run::{Failed, Settings, run};
use crate::state::{Change, State};
use crate::views::{View, Views};
use crate::words::plain::on_one_line;

pub use condition::Condition;
pub use keep::Keep;
pub use summary::Summary;

/// How soon one looks whether a run is stuck. The next look comes half a second later, and if both
/// agree, it is.
const PATIENCE: Duration = Duration::from_millis(50);

/// How many failures are told.
const TOLD: usize = 5;

/// What to repeat, and how.
pub struct Plan<'a> {
    /// The lesson.
    pub lesson: &'a AnyLesson,
    /// What can be said of its runs.
    pub of_lesson: OfLesson,
    /// How many runs, at most.
    pub count: u64,
    /// What each run is like. Its seed is the one from which those of the runs follow.
    pub settings: Settings<'a>,
    /// The outcome that ends it.
    pub until: Option<Outcome>,
    /// Where recordings are kept, if they are.
    pub keep: Option<Keep>,
    /// Where it is told that a command of the user's does nothing.
    pub told: Told,
}

/// What came of it.
pub struct Repeated {
    /// The runs that worked.
    pub tally: Tally,
    /// The seed from which those of the runs follow.
    pub seed: u64,
    /// How long it took.
    pub took: Duration,
    /// How many runs failed.
    pub failed: u64,
    /// The first of these.
    pub failures: Vec<Failure>,
    /// Whether somebody has interrupted it.
    pub is_interrupted: bool,
    /// Whether the outcome came that was to end it.
    pub is_found: bool,
    /// What has ended it early, if anything.
    pub error: Option<Error>,
}

/// A run that failed.
pub struct Failure {
    /// Its number, from 1.
    pub run: u64,
    /// Its seed.
    pub seed: u64,
    /// A sentence for each who failed.
    pub sentences: Vec<String>,
}

/// A run, for whoever wants to know of each.
pub struct Played<'a> {
    /// Its number, from 1.
    pub run: u64,
    /// Its seed.
    pub seed: u64,
    /// What came of it.
    pub end: End<'a>,
}

/// What came of a run.
pub enum End<'a> {
    /// It worked.
    Worked {
        /// What came out.
        outcome: &'a Outcome,
        /// What each claim says of it, by name.
        claims: Vec<(&'static str, Option<bool>)>,
        /// Where its recording is, if it was kept.
        kept: Option<&'a str>,
        /// Who waited for whom, if it got stuck.
        waits: Option<&'a str>,
    },
    /// It failed, as these sentences say.
    Failed(&'a [String]),
}

impl Plan<'_> {
    /// Repeats it. `see` is told of each run. What children write that is no event goes to
    /// `stderr`.
    pub fn repeat(
        &mut self,
        interrupt: Option<&Interrupt>,
        output: impl AsFd,
        stderr: &mut dyn Write,
        mut see: impl FnMut(Played) -> Result<()>,
    ) -> Repeated {
        let seed = self.settings.seed.unwrap_or_else(|| fastrand::u32(..).into());
        let mut seeds = Rng::with_seed(seed);
        let start = Instant::now();
        let mut repeated = Repeated {
            tally: Tally::new(self.of_lesson.0),
            seed,
            took: Duration::ZERO,
            failed: 0,
            failures: Vec::new(),
            is_interrupted: false,
            is_found: false,
            error: None,
        };
        for number in 1..=self.count {
            let settings = Settings {
                seed: Some(seeds.u32(..).into()),
                patience: self.settings.patience.map(|it| it.min(PATIENCE)),
                interrupt: interrupt.map(Interrupt::end),
                ..self.settings
            };
            let ran = self.play(settings, &output, stderr);
            repeated.is_interrupted = interrupt.is_some_and(Interrupt::has_come);
            if repeated.is_interrupted {
                // What became of the run in hand follows from that.
                break;
            }
            let seed = settings.seed.unwrap_or_default();
            let counted =
                ran.and_then(|ran| self.count(number, seed, ran, &mut repeated, &mut see));
            repeated.error = counted.err();
            if repeated.is_found || repeated.error.is_some() {
                break;
            }
        }
        repeated.took = start.elapsed();
        repeated
    }

    /// Plays one run to its end.
    fn play(&self, settings: Settings, output: &impl AsFd, stderr: &mut dyn Write) -> Result<Ran> {
        let watched = Watched::new(&self.of_lesson, self.keep.is_some());
        let watched = Rc::new(RefCell::new(watched));
        let mut views = Views::default();
        views.add(Watcher(Rc::clone(&watched), Rc::clone(&self.told)));
        let verdict = run(self.lesson, settings, &mut views, output, stderr)?;
        Ok(Ran { views, watched, verdict: verdict.into_result() })
    }

    /// Counts a run that was played, and tells of it.
    fn count(
        &mut self,
        number: u64,
        seed: u64,
        ran: Ran,
        repeated: &mut Repeated,
        see: &mut impl FnMut(Played) -> Result<()>,
    ) -> Result<()> {
        let mut see = |end| see(Played { run: number, seed, end });
        if let Err(error) = ran.verdict {
            let sentences = sentences(&error);
            see(End::Failed(&sentences))?;
            repeated.failed += 1;
            if repeated.failures.len() < TOLD {
                repeated.failures.push(Failure { run: number, seed, sentences });
            }
            return Ok(());
        }
        let (mut watched, state) = (ran.watched.borrow_mut(), ran.views.state());
        let outcome = watched.judges.outcome(state);
        let verdicts: Vec<_> = watched.judges.verdicts(state).collect();
        repeated.is_found = self.until.as_ref() == Some(&outcome);
        let is_kept = match &self.until {
            Some(_) => repeated.is_found,
            None => repeated.tally.is_new(&outcome),
        };
        let kept = match (&mut self.keep, is_kept) {
            (Some(keep), true) => Some(keep.keep(number, seed, &watched.log)?),
            _ => None,
        };
        let claims = verdicts.iter().map(|(claim, verdict)| (claim.name, *verdict));
        see(End::Worked {
            outcome: &outcome,
            claims: claims.collect(),
            kept: kept.as_deref(),
            waits: watched.waits.as_deref(),
        })?;
        let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict);
        let turns = watched.turns.take();
        repeated.tally.add(number, seed, verdicts, outcome, turns);
        Ok(())
    }
}

/// A run that was played.
struct Ran {
    views: Views,
    watched: Rc<RefCell<Watched>>,
    verdict: Result<()>,
}

/// What is told of a run that failed.
fn sentences(error: &Error) -> Vec<String> {
    match error.downcast_ref() {
        Some(Failed(sentences)) => sentences.clone(),
        None => vec![crate::words::errors::sentence(error)],
    }
}

/// Who waits for whom, in words that are the same in every language: `parent -> writer, writer ->
/// parent`.
fn who_waits_for_whom(waits: &[Waiter]) -> String {
    let waits = waits.iter().map(|waiter| {
        let of = waiter.of.iter().map(|it| it.role.as_str());
        format!("{} -> {}", waiter.role, of.collect::<Vec<_>>().join(" + "))
    });
    waits.collect::<Vec<_>>().join(", ")
}

/// What is made of the events of one run.
struct Watched {
    judges: Judges,
    turns: Turns,
    /// The log itself, if it may be kept.
    log: Vec<u8>,
    is_recorded: bool,
    waits: Option<String>,
}

impl Watched {
    fn new(of_lesson: &OfLesson, is_recorded: bool) -> Watched {
        Watched {
            judges: Judges::of(of_lesson),
            turns: Turns::default(),
            log: Vec::new(),
            is_recorded,
            waits: None,
        }
    }
}

/// Where it is told, once, that a command of the user's does nothing: the run may wait for it for
/// ever.
pub type Told = Rc<RefCell<Option<Box<dyn Write>>>>;

struct Watcher(Rc<RefCell<Watched>>, Told);

impl View for Watcher {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        let mut watched = self.0.borrow_mut();
        let seen = Seen { record, state, change };
        watched.judges.see(&seen);
        watched.turns.see(&seen);
        if let Event::Stuck { waits, .. } = &record.event {
            watched.waits = Some(who_waits_for_whom(waits));
        }
        if let Event::Idle { why, .. } = &record.event
            && let Some(mut stderr) = self.1.borrow_mut().take()
        {
            let _ = stderr
                .write_all(format!("mp-demo: {}\n", on_one_line(&why.to_string())).as_bytes());
        }
        if watched.is_recorded {
            watched.log.extend_from_slice(record.text.as_bytes());
            watched.log.push(b'\n');
        }
        Ok(())
    }
}
