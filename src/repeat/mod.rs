//! Plays a lesson or a program again and again, one run after the other, each with fresh
//! processes, and counts outcomes and claims. A stuck run has an outcome, a failed run has none.

mod condition;
mod keep;
mod summary;

use std::cell::RefCell;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};
use fastrand::Rng;

use crate::claims::{OfLesson, OfRun, Outcome, Seen, Turns};
use crate::events::{Event, Record, Waiter};
use crate::os::interrupt::Interrupt;
use crate::report::runs::Tally;
use crate::run::{Settings, sentences};
use crate::state::{Change, State};
use crate::views::{View, Views};
use crate::words::plain::on_one_line;

pub use condition::Condition;
pub use keep::Keep;
pub use summary::Summary;

/// How long nothing may happen in a run before it is checked for being stuck.
const PATIENCE: Duration = Duration::from_millis(50);

const TOLD: usize = 5;

/// Plays one run with these settings, and shows it to the views; as [`run`](crate::run::run) does,
/// which also says what the descriptor and the writer are for.
pub type Play<'a> =
    dyn FnMut(Settings, &mut Views, BorrowedFd, &mut dyn Write) -> Result<Result<()>> + 'a;

/// What to repeat, and how.
pub struct Plan<'a> {
    pub play: Box<Play<'a>>,
    pub of_lesson: OfLesson,
    pub count: u64,
    /// The settings of each run. The runs' seeds follow from the seed here.
    pub settings: Settings<'a>,
    pub until: Option<Outcome>,
    /// Where recordings are kept, if they are.
    pub keep: Option<Keep>,
    /// Where the notice goes that a user's command is idle.
    pub idle_notice: IdleNotice,
}

#[derive(Default)]
pub struct Repeated {
    /// The runs that worked.
    pub tally: Tally,
    pub seed: u64,
    pub took: Duration,
    pub failed: u64,
    /// The first of the failed runs.
    pub failures: Vec<FailedRun>,
    pub is_interrupted: bool,
    /// Whether the outcome came that ends the repetition.
    pub is_found: bool,
    /// The error that has ended the repetition early, if any.
    pub error: Option<Error>,
}

pub struct FailedRun {
    pub run: u64,
    pub seed: u64,
    /// A sentence for each process that failed.
    pub sentences: Vec<String>,
}

pub struct Played<'a> {
    pub run: u64,
    pub seed: u64,
    /// The result of a run that worked, or the sentences about its failures.
    pub result: Result<Worked<'a>, &'a [String]>,
}

pub struct Worked<'a> {
    pub outcome: &'a Outcome,
    pub claims: Vec<(&'static str, Option<bool>)>,
    /// The path of the run's recording, if it was kept.
    pub kept: Option<&'a str>,
    /// Who waited for whom, if the run got stuck.
    pub waits: Option<&'a str>,
}

impl Plan<'_> {
    /// Calls `see` with each run. What children write that is no event goes to `stderr`.
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
        let mut repeated =
            Repeated { tally: Tally::new(&self.of_lesson.claims()), seed, ..Repeated::default() };
        for number in 1..=self.count {
            let settings = Settings {
                seed: Some(seeds.u32(..).into()),
                patience: self.settings.patience.map(|it| it.min(PATIENCE)),
                interrupt: interrupt.map(Interrupt::end),
                ..self.settings
            };
            let observed = Rc::new(RefCell::new(Observed {
                judged: OfRun::of(&self.of_lesson),
                turns: Turns::default(),
                log: self.keep.is_some().then(Vec::new),
                waits: None,
                has_pauses: false,
                idle_notice: Rc::clone(&self.idle_notice),
            }));
            let mut views = Views::default();
            views.add(Observer(Rc::clone(&observed)));
            let verdict = (self.play)(settings, &mut views, output.as_fd(), stderr);
            repeated.is_interrupted = interrupt.is_some_and(Interrupt::has_come);
            if repeated.is_interrupted {
                // The run in hand was interrupted as well, so it is not counted.
                break;
            }
            let seed = settings.seed.unwrap_or_default();
            repeated.tally.has_pauses |= observed.borrow().has_pauses;
            let counted = verdict.and_then(|verdict| match verdict {
                Ok(()) => {
                    let observed = &mut *observed.borrow_mut();
                    self.count(number, seed, observed, views.state(), &mut repeated, &mut see)
                }
                Err(error) => {
                    let sentences = sentences(&error);
                    see(Played { run: number, seed, result: Err(&sentences) })?;
                    repeated.failed += 1;
                    if repeated.failures.len() < TOLD {
                        repeated.failures.push(FailedRun { run: number, seed, sentences });
                    }
                    Ok(())
                }
            });
            repeated.error = counted.err();
            if repeated.is_found || repeated.error.is_some() {
                break;
            }
        }
        repeated.took = start.elapsed();
        repeated
    }

    /// Counts a run that worked, and shows it to `see`.
    fn count(
        &mut self,
        number: u64,
        seed: u64,
        observed: &mut Observed,
        state: &State,
        repeated: &mut Repeated,
        see: &mut impl FnMut(Played) -> Result<()>,
    ) -> Result<()> {
        let outcome = observed.judged.outcome(state);
        let verdicts: Vec<_> = observed.judged.verdicts(state).collect();
        repeated.is_found = self.until.as_ref() == Some(&outcome);
        let is_kept = match &self.until {
            Some(_) => repeated.is_found,
            None => repeated.tally.is_new(&outcome),
        };
        let kept = match (&mut self.keep, &observed.log) {
            (Some(keep), Some(log)) if is_kept => Some(keep.keep(number, seed, log)?),
            _ => None,
        };
        let worked = Worked {
            outcome: &outcome,
            claims: verdicts.iter().map(|(claim, verdict)| (claim.name, *verdict)).collect(),
            kept: kept.as_deref(),
            waits: observed.waits.as_deref(),
        };
        see(Played { run: number, seed, result: Ok(worked) })?;
        let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict);
        let turns = observed.turns.take();
        repeated.tally.add(number, seed, verdicts, outcome, turns);
        Ok(())
    }
}

/// Who waits for whom, the same in every language: `parent -> writer, writer -> parent`.
fn who_waits_for_whom(waits: &[Waiter]) -> String {
    let waits = waits.iter().map(|waiter| {
        let of = waiter.of.iter().map(|it| it.role.as_str());
        format!("{} -> {}", waiter.role, of.collect::<Vec<_>>().join(" + "))
    });
    waits.collect::<Vec<_>>().join(", ")
}

/// Where the notice goes, once, that a user's command is idle.
pub type IdleNotice = Rc<RefCell<Option<Box<dyn Write>>>>;

/// What is kept of the events of one run.
struct Observed {
    judged: OfRun,
    turns: Turns,
    /// The log itself, if it may be kept.
    log: Option<Vec<u8>>,
    waits: Option<String>,
    /// Whether the run makes random pauses.
    has_pauses: bool,
    idle_notice: IdleNotice,
}

struct Observer(Rc<RefCell<Observed>>);

impl View for Observer {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        let observed = &mut *self.0.borrow_mut();
        let seen = Seen { record, state, change };
        observed.judged.see(&seen);
        observed.turns.see(&seen);
        if let Event::Run { random_pauses, .. } = &record.event {
            observed.has_pauses = random_pauses.unwrap_or_default();
        }
        if let Event::Stuck { waits, .. } = &record.event {
            observed.waits = Some(who_waits_for_whom(waits));
        }
        if let Event::Idle { why, .. } = &record.event
            && let Some(mut stderr) = observed.idle_notice.borrow_mut().take()
        {
            let why = why.to_string();
            let _ = stderr.write_all(format!("mp-demo: {}\n", on_one_line(&why)).as_bytes());
        }
        if let Some(log) = &mut observed.log {
            log.extend_from_slice(record.text.as_bytes());
            log.push(b'\n');
        }
        Ok(())
    }
}
