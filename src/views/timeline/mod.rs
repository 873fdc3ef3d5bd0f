//! Who did what when: a lane per process on one time axis, drawn when the run is over.

mod axis;
mod draw;
mod glyphs;
mod lane;
mod lanes;
mod pools;

use std::io::Write;

use anyhow::Result;

pub use self::axis::Axis;
use self::draw::Picture;
use self::lane::Lane;
use self::lanes::Lanes;
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
        let Lanes { lanes, left_out, has_equals, now, palette, .. } = &mut self.drawn;
        let (left_out, has_equals, now) = (*left_out, *has_equals, *now);
        let by_time = Picture { lanes, left_out, has_equals, end: now, moments: &[], look };
        let chart = by_time.chart();
        let gap = if self.has_lines { "\n" } else { "" };
        if let Some(sentence) = by_time.why_not(chart) {
            return print(&mut self.stdout, &format!("{gap}{sentence}"));
        }
        let is_ordered = match self.axis {
            Axis::Auto => is_crowded(lanes, chart, now),
            axis => axis == Axis::Order,
        };
        let moments = if is_ordered { order(lanes, chart) } else { Vec::new() };
        let end = if is_ordered { moments.len() as u64 } else { now };
        let picture = Picture { lanes, left_out, has_equals, end, moments: &moments, look };
        let text = picture.draw(palette);
        let text = format!("{gap}{text}");
        print(&mut self.stdout, &text)
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
