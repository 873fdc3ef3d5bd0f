//! A pool of many workers is drawn on one lane.

use std::collections::BTreeSet;

use super::lane::{Doing, Lane, Marked};
use crate::events::Mark;

/// From so many workers on, a pool has one lane.
const ON_ONE_LANE: usize = 9;

/// What a lane is of a pool of workers.
pub struct Worker {
    /// The PID of the process that has started the worker.
    parent: u32,
    /// The pool's name, known from the worker's first task on.
    pool: Option<String>,
    /// When tasks began and ended.
    tasks: Vec<(u64, bool)>,
}

impl Worker {
    pub fn of(parent: u32) -> Worker {
        Worker { parent, pool: None, tasks: Vec::new() }
    }

    pub fn begin(&mut self, pool: &str, now: u64) {
        self.pool.get_or_insert_with(|| pool.to_owned());
        self.tasks.push((now, true));
    }

    pub fn end(&mut self, now: u64) {
        self.tasks.push((now, false));
    }
}

/// Draws each pool of many workers on the lane of its first worker, and hides the others.
pub fn gather(lanes: &mut [Lane]) {
    let of = |lane: &Lane| lane.worker.as_ref().map(|it| (it.parent, it.pool.clone()));
    let pools: BTreeSet<_> = lanes.iter().filter_map(of).filter(|it| it.1.is_some()).collect();
    for pool @ (parent, name) in &pools {
        // A worker without a task may be any pool's.
        let is_only = pools.iter().filter(|(other, _)| other == parent).count() == 1;
        let is_its = |lane: &usize| {
            let lane = of(&lanes[*lane]);
            lane.as_ref() == Some(pool) || (is_only && lane == Some((*parent, None)))
        };
        let its: Vec<_> = (0..lanes.len()).filter(is_its).collect();
        let lives = its.iter().map(|lane| (lanes[*lane].began, lanes[*lane].ended));
        let lives = lives.flat_map(|(began, ended)| {
            [Some((began, true)), ended.map(|(at, _)| (at, false))].into_iter().flatten()
        });
        let most = counts(lives.collect()).into_iter().map(|(_, count)| count).max();
        let most = most.unwrap_or_default();
        if most >= ON_ONE_LANE {
            let name = name.as_deref().unwrap_or_default();
            draw_on_first(lanes, &its, format!("{name} ×{most}"));
        }
    }
}

fn draw_on_first(lanes: &mut [Lane], its: &[usize], name: String) {
    let workers = its.iter().filter_map(|lane| lanes[*lane].worker.as_ref());
    let tasks: Vec<_> = workers.flat_map(|it| it.tasks.iter().copied()).collect();
    let marks = its.iter().flat_map(|lane| std::mem::take(&mut lanes[*lane].marks));
    let mut marks: Vec<_> = marks.filter(|it| matches!(it.mark, Mark::Own(_))).collect();
    marks.iter_mut().for_each(|it: &mut Marked| it.label = "".into());
    marks.sort_by_key(|it| it.time);
    let began = its.iter().map(|lane| lanes[*lane].began).min().unwrap_or_default();
    let ends: Option<Vec<_>> = its.iter().map(|lane| lanes[*lane].ended).collect();
    let end = ends.and_then(|ends| ends.into_iter().map(|(at, _)| at).max());
    for lane in lanes.iter_mut().filter(|lane| its.contains(&lane.process)) {
        lane.is_hidden = true;
    }
    let Some(first) = its.first() else { return };
    let lane = &mut lanes[*first];
    *lane = Lane::new(&name, 0, *first, began, Doing::Waits);
    lane.marks = marks;
    lane.ended = end.map(|end| (end, None));
    for (at, count) in counts(tasks) {
        lane.switch_to(if count > 0 { Doing::Runs } else { Doing::Waits }, at);
    }
}

/// How many there are after each begin or end.
fn counts(mut changes: Vec<(u64, bool)>) -> Vec<(u64, usize)> {
    changes.sort_unstable();
    let mut count = 0_usize;
    let counted = changes.into_iter().map(|(at, begins)| {
        count = if begins { count + 1 } else { count.saturating_sub(1) };
        (at, count)
    });
    counted.collect()
}
