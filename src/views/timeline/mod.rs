//! Who did what when: a lane per process on one time axis, drawn when the run is over.

mod axis;
mod draw;
mod glyphs;
mod lane;
mod lanes;
mod pools;
mod svg;

use std::io::Write;

use anyhow::Result;

pub use self::axis::Axis;
use self::draw::Picture;
use self::lane::Lane;
pub use self::lanes::Lanes;
pub(super) use self::svg::Moment;
use super::view::{View, print};
use crate::events::{Mark, Record};
use crate::os::terminal::Look;
use crate::state::{Change, State};

/// The narrowest and the widest picture, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=400;

pub struct Timeline<W> {
    stdout: W,
    look: Look,
    /// How wide the picture may be, asked when it is drawn.
    width: Box<dyn Fn() -> usize>,
    axis: Axis,
    drawn: Lanes,
    /// Whether there are lines above the picture.
    has_lines: bool,
}

impl<W: Write> Timeline<W> {
    /// A timeline that goes to `stdout`. `width` says how wide it may be: it is asked when the
    /// timeline is drawn, since the terminal's size may have changed until then.
    pub fn new(
        stdout: W,
        axis: Axis,
        look: Look,
        width: impl Fn() -> usize + 'static,
    ) -> Timeline<W> {
        let (drawn, width) = (Lanes::default(), Box::new(width));
        Timeline { stdout, look, width, axis, drawn, has_lines: false }
    }
}

impl<W: Write> View for Timeline<W> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.has_lines |= record.line.is_some();
        self.drawn.see(record, state, change);
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        self.drawn.finish(state);
        let width = (self.width)().clamp(*WIDTHS.start(), *WIDTHS.end());
        let look = Look { width, ..self.look };
        let text = pictures([&mut self.drawn], self.axis, look).concat();
        let gap = if self.has_lines { "\n" } else { "" };
        print(&mut self.stdout, &format!("{gap}{text}"))
    }
}

/// The pictures of runs whose lanes are finished, on one axis, or why there is none; lines with
/// their newlines.
pub fn pictures<const N: usize>(mut runs: [&mut Lanes; N], axis: Axis, look: Look) -> [String; N] {
    let least = runs.iter().fold([0; 3], |least, run| run.by_time(0, least, look).widths());
    let end = runs.iter().map(|run| run.now).max().unwrap_or_default();
    let chart = |run: &Lanes| run.by_time(end, least, look).chart();
    let is_ordered = match axis {
        Axis::Auto => runs.iter().any(|run| is_crowded(&run.lanes, chart(run), end)),
        axis => axis == Axis::Order,
    };
    let why_not = runs.each_ref().map(|run| run.by_time(end, least, look).why_not(chart(run)));
    let moments = runs.each_mut().map(|run| match is_ordered {
        true => {
            let chart = chart(run);
            order(&mut run.lanes, chart)
        }
        false => Vec::new(),
    });
    let end = match moments.iter().map(Vec::len).max() {
        Some(moments @ 1..) => moments as u64,
        _ => end,
    };
    let mut number = 0;
    runs.map(|run| {
        let (why_not, moments) = (&why_not[number], &moments[number]);
        number += 1;
        let mut palette = std::mem::take(&mut run.palette);
        let picture = Picture { moments, ..run.by_time(end, least, look) };
        why_not.clone().unwrap_or_else(|| picture.draw(&mut palette))
    })
}

impl Lanes {
    fn by_time(&self, end: u64, least: [usize; 3], look: Look) -> Picture<'_> {
        let Lanes { lanes, left_out, has_equals, .. } = self;
        let (left_out, has_equals) = (*left_out, *has_equals);
        Picture { lanes, left_out, has_equals, end, moments: &[], least, look }
    }
}

/// Whether more than half of the marks, and of what was acquired, fall into two columns of a picture
/// by time, in which they hide each other.
fn is_crowded(lanes: &[Lane], columns: usize, end: u64) -> bool {
    let mut counts = vec![(0, false); columns];
    for lane in lanes.iter().filter(|lane| !lane.is_hidden) {
        let mut last = None;
        // The lane itself shows a join.
        let marks = lane.marks.iter().filter(|it| it.mark != Mark::Join).map(|it| it.time);
        for time in marks.chain(lane.acquisitions()) {
            let column = lane::column(time, columns, end);
            let (count, hides) = &mut counts[column];
            *count += 1;
            *hides |= last.replace(column) == Some(column);
        }
    }
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    let mut full: Vec<_> = counts.iter().filter(|(_, hides)| *hides).collect();
    full.sort_unstable_by(|a, b| b.cmp(a));
    full.iter().take(2).map(|(count, _)| count).sum::<usize>() * 2 > all
}

/// Puts the lanes in order: each moment has a number in place of its time. Returns the moments'
/// times. Those with no mark are moments of their own only where there is room.
fn order(lanes: &mut [Lane], columns: usize) -> Vec<u64> {
    let moments = |suffices| {
        let drawn = lanes.iter().filter(|lane| !lane.is_hidden);
        let mut moments: Vec<_> = drawn.flat_map(|lane| lane.times(suffices)).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    };
    let all = moments(false);
    let moments = if all.len() <= columns { all } else { moments(true) };
    for lane in lanes {
        lane.order(|time| moments.partition_point(|moment| *moment < time) as u64);
    }
    moments
}
