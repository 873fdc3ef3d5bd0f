//! The steps of a page: an event each, and what it changes on the page.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::rc::Rc;

use serde::Serialize;

use crate::views::timeline::Moment;

/// How many steps from the start and from the end are kept, and how many between them at which
/// values left that never arrived.
const KEPT: usize = 1_000;

/// How many steps there are from one snapshot to the next.
const SNAPSHOT: usize = 200;

/// What a step changes: places on the page, each with what stands there before and after it.
type Changes = BTreeMap<usize, [Rc<str>; 2]>;

/// The places on the page that change, each with the HTML that stands there now.
#[derive(Default)]
pub struct Slots {
    now: Vec<Rc<str>>,
    changes: Changes,
}

impl Slots {
    pub fn add(&mut self) -> usize {
        self.now.push("".into());
        self.now.len() - 1
    }

    pub fn set(&mut self, slot: usize, html: &str) {
        if *self.now[slot] != *html {
            let after: Rc<str> = html.into();
            let before = std::mem::replace(&mut self.now[slot], Rc::clone(&after));
            let [_, now] = self.changes.entry(slot).or_insert([before, Rc::clone(&after)]);
            *now = after;
        }
    }

    /// The element of this slot as it is now, with these attributes.
    pub fn element(&self, slot: usize, tag: &str, attributes: &str) -> String {
        format!("<{tag} data-slot={slot}{attributes}>{}</{tag}>", self.now[slot])
    }
}

/// An event as a page has it.
pub struct Step {
    /// The event's number in the log, from 1.
    pub number: usize,
    /// In seconds since the run's first event.
    pub t: f64,
    /// The time on the lanes.
    pub time: u64,
    /// The number of the process among those of the run.
    pub process: usize,
    /// The item in the list of events, up to its links.
    pub html: String,
    /// The slot of the line of code at which it happened.
    pub at: Option<usize>,
    /// The value that has left with it.
    pub left: Option<u64>,
    changes: Changes,
}

impl Step {
    /// A step that has changed what was set in the slots since the last one.
    pub fn new(number: usize, t: f64, time: u64, process: usize, slots: &mut Slots) -> Step {
        let changes = std::mem::take(&mut slots.changes);
        Step { number, t, time, process, html: String::new(), at: None, left: None, changes }
    }

    /// Leaves out the step before this one, which changes what both change.
    fn take_over(&mut self, earlier: Changes) {
        for (slot, [before, after]) in earlier {
            let [own, _] = self.changes.entry(slot).or_insert([Rc::clone(&before), after]);
            *own = before;
        }
        self.changes.retain(|_, [before, after]| before != after);
    }
}

/// The steps that a page has: of a long run the first and the last, and those at which values left
/// that never arrived.
#[derive(Default)]
pub struct Steps {
    first: Vec<Step>,
    between: VecDeque<Step>,
    last: VecDeque<Step>,
}

impl Steps {
    /// Adds a step. `is_lost` says whether a value has not arrived so far.
    pub fn push(&mut self, step: Step, is_lost: impl Fn(u64) -> bool) {
        if self.first.len() < KEPT {
            return self.first.push(step);
        }
        self.last.push_back(step);
        if self.last.len() > KEPT
            && let Some(step) = self.last.pop_front()
        {
            match step.left {
                Some(value) if is_lost(value) => self.between.push_back(step),
                _ => self.merge_into_next(self.between.len(), step.changes),
            }
            if self.between.len() > KEPT {
                self.forget(&is_lost);
            }
        }
    }

    fn merge_into_next(&mut self, place: usize, changes: Changes) {
        let next = self.between.get_mut(place).or(self.last.front_mut());
        next.into_iter().for_each(|next| next.take_over(changes.clone()));
    }

    /// Leaves out the steps of values that have arrived, or else the oldest one.
    fn forget(&mut self, is_lost: &impl Fn(u64) -> bool) {
        let mut place = 0;
        while place < self.between.len() {
            let is_kept = self.between[place].left.is_some_and(is_lost);
            let is_kept = is_kept && self.between.len() - place <= KEPT;
            if is_kept {
                place += 1;
            } else if let Some(step) = self.between.remove(place) {
                self.merge_into_next(place, step.changes);
            }
        }
    }

    /// All of them.
    pub fn finish(mut self, is_lost: impl Fn(u64) -> bool) -> Vec<Step> {
        self.forget(&is_lost);
        self.first.into_iter().chain(self.between).chain(self.last).collect()
    }
}

/// What the script knows of a run.
#[derive(Serialize)]
pub struct Data {
    /// How many steps there are.
    pub count: usize,
    /// The numbers of the steps in the log, if some are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<Vec<usize>>,
    /// Their times, in milliseconds.
    times: Vec<f64>,
    processes: Vec<usize>,
    /// The slot to be seen at each step, or -1.
    at: Vec<i64>,
    strings: Vec<Rc<str>>,
    /// Of each step: slot, before, after, slot, before, after and so on; what stands there is the
    /// number of a string.
    changes: Vec<Vec<usize>>,
    /// What stands in each slot before the first step, and after each 200th.
    snapshots: Vec<Vec<usize>>,
}

impl Data {
    pub fn of(steps: &[Step], slots: &Slots) -> Data {
        let mut numbers: HashMap<Rc<str>, usize> = HashMap::from([("".into(), 0)]);
        let mut strings: Vec<Rc<str>> = vec!["".into()];
        let mut number_of = |text: &Rc<str>| {
            *numbers.entry(Rc::clone(text)).or_insert_with(|| {
                strings.push(Rc::clone(text));
                strings.len() - 1
            })
        };
        let mut now = vec![0; slots.now.len()];
        let (mut changes, mut snapshots) = (Vec::new(), vec![now.clone()]);
        for (place, step) in steps.iter().enumerate() {
            let mut changed = Vec::new();
            for (slot, both) in &step.changes {
                let [before, after] = both.each_ref().map(&mut number_of);
                changed.extend([*slot, before, after]);
                now[*slot] = after;
            }
            changes.push(changed);
            if (place + 1).is_multiple_of(SNAPSHOT) {
                snapshots.push(now.clone());
            }
        }
        Data {
            count: steps.len(),
            numbers: steps
                .last()
                .is_some_and(|last| last.number != steps.len())
                .then(|| steps.iter().map(|step| step.number).collect()),
            times: steps.iter().map(|step| (step.t * 1e4).round() / 10.0).collect(),
            processes: steps.iter().map(|step| step.process).collect(),
            at: steps.iter().map(|step| step.at.map_or(-1, |slot| slot as i64)).collect(),
            strings,
            changes,
            snapshots,
        }
    }
}

/// The moments of these steps on the lanes.
pub fn moments(steps: &[Step]) -> Vec<Moment> {
    steps.iter().map(|step| (step.number, step.time)).collect()
}

/// From events to others: from a symptom to its cause, and back.
#[derive(Default)]
pub struct Links {
    /// By the number of an event: the other's number, and the words for it.
    of: BTreeMap<usize, Vec<(usize, bool, Link)>>,
}

/// What two events have to do with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The wait, and what ended it.
    Wait,
    /// What came, and where it left.
    Value,
    /// What was lost, and what lost it.
    Loss,
    /// An end, and its reason.
    End,
    /// A run that is stuck, and a wait in it.
    Stuck,
}

/// How many links an event has in one direction.
const MOST_LINKS: usize = 6;

impl Links {
    /// Links the event `from` to its cause.
    pub fn add(&mut self, from: usize, cause: usize, link: Link) {
        for (of, to, is_cause) in [(from, cause, true), (cause, from, false)] {
            let links = self.of.entry(of).or_default();
            let alike = links.iter().filter(|(_, other, _)| *other == is_cause).count();
            if from != cause && alike < MOST_LINKS {
                links.push((to, is_cause, link));
            }
        }
    }

    /// The links of an event to others that a page has.
    pub fn html(&self, number: usize, has: impl Fn(usize) -> bool) -> String {
        let mut html = String::new();
        for (to, is_cause, link) in self.of.get(&number).into_iter().flatten() {
            if has(*to) {
                let class = if *is_cause { "cause" } else { "effect" };
                let words = link.words(*is_cause, *to);
                let _ = write!(html, " <a class={class} href=\"#step={to}\">{words}</a>");
            }
        }
        html
    }
}
