//! Runs a program several times, each time otherwise, and finds out whether it does what an exercise
//! demands.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::Exercise;
use super::demands::{Deeds, Failure};
use crate::both;
use crate::claims::{OfRun, Seen};
use crate::events::Record;
use crate::os::interrupt::Interrupt;
use crate::python::{self, Flow, Folders, Script, play};
use crate::repeat::Condition;
use crate::run::{Failed, Settings};
use crate::state::{Change, State};
use crate::views::{View, Views};
use crate::why::{Exit, Notice};
use crate::words::locale::in_words;

/// How long a check may take in all.
const LONGEST: Duration = Duration::from_secs(60);

/// How long runs are begun, so that one that takes long still has time.
const LAST_BEGIN: Duration = Duration::from_secs(40);

/// How many runs say enough where there was no time for more.
const FEWEST: u64 = 10;

/// How long nobody may move before it is looked whether the run is stuck.
const PATIENCE: Duration = Duration::from_millis(300);

/// The claim that the run gets stuck, which is to be false whatever the task says.
const STUCK: &str = "stuck";

/// How many runs have to fail until no more are made.
const ENOUGH: u64 = 5;

/// What came out of a check.
#[derive(Default)]
pub struct Checked {
    /// How many runs were made.
    pub runs: u64,
    /// What some runs have failed by: the demand's name, a sentence, and how many runs.
    pub failed: Vec<(String, String, u64)>,
    /// The first run that has failed.
    pub first: Option<FailingRun>,
    /// Why nothing can be said of a run, if that is so.
    pub unseen: Option<String>,
}

/// A run that has failed.
pub struct FailingRun {
    pub number: u64,
    /// What was special about it, a few words each.
    pub how: Vec<String>,
    pub log: Vec<u8>,
    /// What in it decides about the claims that it has failed by.
    pub evidence: Vec<String>,
}

impl Checked {
    pub fn is_solved(&self) -> bool {
        self.runs > 0 && self.first.is_none() && self.unseen.is_none()
    }
}

/// How a run differs from a plain one.
struct Circumstances {
    jitter: bool,
    speed: f64,
    one_core: bool,
    load: bool,
}

impl Circumstances {
    /// Those of the run with this number, from 1.
    fn of(run: u64) -> Circumstances {
        let plain = Circumstances { jitter: false, speed: 1.0, one_core: false, load: false };
        // Who sleeps instead of waiting sleeps too shortly at one speed or another.
        match run % 5 {
            _ if run == 13 => Circumstances { speed: 0.04, ..plain },
            1 => plain,
            2 => Circumstances { speed: 1000.0, ..plain },
            3 => Circumstances { jitter: true, one_core: true, ..plain },
            4 => Circumstances { load: true, ..plain },
            _ => Circumstances { jitter: true, ..plain },
        }
    }

    fn words(&self, condition: &Condition) -> Vec<String> {
        let jitter = self.jitter.then(|| both!("with random pauses", "各处随机停顿"));
        let speed = (self.speed != 1.0).then(|| match self.speed {
            faster @ 1.0.. => both!("sleeps {faster} times shorter", "sleep 缩短到 1/{faster}"),
            slower => {
                let factor = 1.0 / slower;
                both!("sleeps {factor} times longer", "sleep 延长到 {factor} 倍")
            }
        });
        jitter.into_iter().chain(speed).chain(condition.words()).collect()
    }
}

/// What is seen of one run.
struct SeenRun {
    judged: OfRun,
    deeds: Deeds,
    log: Vec<u8>,
}

struct RunSeer(Rc<RefCell<SeenRun>>);

impl View for RunSeer {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        let observed = &mut *self.0.borrow_mut();
        observed.judged.see(&Seen { record, state, change });
        observed.deeds.see(record);
        observed.log.extend_from_slice(record.text.as_bytes());
        observed.log.push(b'\n');
        Ok(())
    }
}

/// Runs this program so many times, and less often if several runs have failed. `progress` is told
/// how many runs are done.
pub fn check(
    exercise: &Exercise,
    program: &Path,
    runs: u64,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(&Notice),
    mut progress: impl FnMut(u64),
) -> Result<Checked> {
    let folders = Folders::make()?;
    let begin = Instant::now();
    let of_lesson = python::claims_of(python::NAME).context(python::NAME)?;
    let mut checked = Checked::default();
    let mut failures = 0;
    while checked.runs < runs && failures < ENOUGH && begin.elapsed() < LAST_BEGIN {
        let number = checked.runs + 1;
        let how = Circumstances::of(number);
        let condition = Condition::new(how.one_core, how.load)?;
        let observed = Rc::new(RefCell::new(SeenRun {
            judged: OfRun::of(&of_lesson),
            deeds: Deeds::default(),
            log: Vec::new(),
        }));
        let mut views = Views::default();
        views.add(RunSeer(Rc::clone(&observed)));
        let script = Script {
            command: vec![OsString::from("python3"), program.into()],
            folder: None,
            jitter: how.jitter,
            values: true,
            output: Flow::LoggedOnly,
            is_repeated: true,
            until: Some(begin + LONGEST),
        };
        let settings = Settings {
            seed: Some(number),
            speed: how.speed,
            patience: None,
            patience_with_commands: Some(PATIENCE),
            interrupt: Some(interrupt.end()),
        };
        let played = play(&script, &folders, settings, &mut views, &mut io::sink(), tell);
        if interrupt.has_come() {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        }
        checked.runs = number;
        let observed = &*observed.borrow();
        let mut failed = observed.failures(exercise, views.state());
        match played {
            Ok((Exit::As(_), _)) if views.state().parent().is_none() => {
                checked.unseen = Some(both!("it could not be run", "无法运行"));
                break;
            }
            Ok((_, Some(sentence))) => {
                checked.unseen = Some(sentence);
                break;
            }
            Ok(_) => {}
            // What it has not done yet says nothing.
            Err(error) => {
                let exceeded: Failed = error.downcast()?;
                failed = vec![("limits".to_owned(), exceeded.to_string())];
                failures = ENOUGH;
            }
        }
        progress(number);
        if failed.is_empty() {
            continue;
        }
        failures += 1;
        for (name, sentence) in &failed {
            let known = checked.failed.iter_mut().find(|(known, ..)| known == name);
            match known {
                Some((.., count)) => *count += 1,
                None => checked.failed.push((name.clone(), sentence.clone(), 1)),
            }
        }
        checked.first.get_or_insert_with(|| FailingRun {
            number,
            how: how.words(&condition),
            log: observed.log.clone(),
            evidence: (failed.iter())
                .flat_map(|(name, _)| observed.judged.evidence(name, views.state()))
                .collect(),
        });
    }
    if failures == 0 && checked.runs < runs.min(FEWEST) && checked.unseen.is_none() {
        let made = checked.runs;
        checked.unseen = Some(both!(
            "its runs take so long that a check has time for only {made}",
            "每次运行太久，一次检查的时间只够 {made} 次"
        ));
    }
    Ok(checked)
}

impl SeenRun {
    fn failures(&self, exercise: &Exercise, state: &State) -> Vec<Failure> {
        let verdicts = self.judged.verdicts(state);
        let claims = &exercise.task.claims;
        let failed = verdicts.filter_map(|(claim, verdict)| {
            let wanted = match claim.name {
                STUCK => false,
                name => *claims.get(name)?,
            };
            let sentence = in_words(claim.sentence);
            let sentence = match verdict {
                Some(verdict) if verdict == wanted => return None,
                Some(true) => sentence.to_owned(),
                Some(false) => both!("it is not so that {sentence}", "“{sentence}”不成立"),
                None => {
                    both!("nothing in it shows whether {sentence}", "看不出“{sentence}”是否成立")
                }
            };
            Some((claim.name.to_owned(), sentence))
        });
        let mut failed: Vec<_> = failed.collect();
        if state.stuck().is_some() {
            // What it has not done by then follows from that.
            failed.retain(|(name, _)| name == STUCK);
            return failed;
        }
        failed.extend(self.deeds.failures(&exercise.task));
        failed
    }
}
