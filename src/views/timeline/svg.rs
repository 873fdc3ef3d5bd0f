//! The lanes as SVG, for a page: by order, a column for each step of the page, or by time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::axis::ticks;
use super::draw::{ending, number};
use super::glyphs::{Symbol, end};
use super::lane::{Doing, Lane};
use super::lanes::Lanes;
use crate::both;
use crate::events::{Mark, Status};
use crate::os::terminal::Look;
use crate::views::page::escaped;
use crate::words::figures::clipped;
use crate::words::locale::chosen;

/// How high a lane is, with the labels below it, and where the first one begins.
const ROW: usize = 32;
const TOP: usize = 26;

/// What is free at both sides: at the right for how the last process has ended.
const LEFT: usize = 8;
const RIGHT: usize = 170;

/// How wide a picture by time is, and how wide the columns of one by order together, if there are
/// few.
const WIDTH: usize = 960;

/// How wide a column is.
const COLUMN: std::ops::RangeInclusive<usize> = 22..=48;

/// About how wide a character of a label is, for what must not touch the next one.
const CHARACTER: usize = 7;

/// What a page can show.
fn look() -> Look {
    Look { colour: false, width: 80, unicode: true, boxes: true, language: chosen() }
}

/// The step of a page: the event's number in the log, and its time on the lanes.
pub type Moment = (usize, u64);

/// Where on a picture a time is.
struct Scale<'a> {
    /// The times of the steps in order; none for a picture by time.
    steps: &'a [u64],
    end: u64,
    column: usize,
}

impl Scale<'_> {
    fn x(&self, time: u64) -> usize {
        if self.steps.is_empty() {
            let width = u128::from(time) * WIDTH as u128 / u128::from(self.end.max(1));
            return LEFT + (width as usize).min(WIDTH);
        }
        let place = self.steps.partition_point(|step| *step < time);
        LEFT + place * self.column + self.column / 2
    }

    /// Whether what happened at this time has a place.
    fn has(&self, time: u64) -> bool {
        self.steps.is_empty() || self.steps.binary_search(&time).is_ok()
    }
}

impl Lanes {
    /// The pictures of these steps, each with the names of its lanes and the legend: by order, and
    /// by time. The present step is the last.
    pub fn svg(&self, steps: &[Moment]) -> String {
        let mut lanes: Vec<&Lane> = self.lanes.iter().filter(|lane| !lane.is_hidden).collect();
        let is_thread = |lane: &Lane| !std::ptr::eq(&self.lanes[lane.process], lane);
        let place = |lane: &Lane| (lane.below.unwrap_or(lane.process), lane.below.is_some());
        lanes.sort_by_key(|lane| (place(lane), is_thread(lane), number(&lane.name)));
        let height = TOP + lanes.len() * ROW;
        let mut names = format!(
            "<svg class=names width=160 height={height} role=img aria-label=\"{}\">",
            both!("the names of the lanes", "泳道的名字")
        );
        for (row, lane) in lanes.iter().enumerate() {
            let (x, y) = (8 + 10 * usize::from(is_thread(lane)), TOP + row * ROW + 10);
            let pid = if lane.pid == 0 { String::new() } else { lane.pid.to_string() };
            let name = escaped(&clipped(&lane.name, 14, "…"));
            let colour = self.palette.class(lane.pid);
            let _ = write!(
                names,
                "<circle class={colour} cx={x} cy={y} r=4 /><text x={} y={}>{name} \
                 <tspan class=dim>{pid}</tspan></text>",
                x + 8,
                y + 4
            );
        }
        names += "</svg>";
        let mut times: Vec<u64> = steps.iter().map(|(_, time)| *time).collect();
        times.sort_unstable();
        times.dedup();
        let column = (WIDTH / times.len().max(1)).clamp(*COLUMN.start(), *COLUMN.end());
        let mut used = BTreeSet::new();
        let by_order = Scale { steps: &times, end: self.now, column };
        let by_time = Scale { steps: &[], end: self.now, column };
        let mut text = format!("<div class=lanes>{names}");
        for (scale, class) in [(by_order, "order"), (by_time, "time")] {
            text += &self.picture(&lanes, &scale, steps, class, &mut used);
        }
        text += "</div>";
        if self.left_out > 0 {
            let left_out = self.left_out;
            let more = both!("{left_out} more are left out", "另有 {left_out} 个没有画出");
            let _ = write!(text, "<p class=dim>{more}</p>");
        }
        let legend =
            used.iter().map(|it: &Symbol| format!("<span>{}</span>", it.explained(look())));
        text + "<p class=legend>" + &legend.collect::<Vec<_>>().join(" ") + "</p>"
    }

    fn picture(
        &self,
        lanes: &[&Lane],
        scale: &Scale,
        steps: &[Moment],
        class: &str,
        used: &mut BTreeSet<Symbol>,
    ) -> String {
        let is_ordered = !scale.steps.is_empty();
        let last = if is_ordered { scale.steps.len() * scale.column } else { WIDTH };
        let (width, height) = (LEFT + last + RIGHT, TOP + lanes.len() * ROW);
        let positions: Vec<_> = steps.iter().map(|(_, time)| scale.x(*time).to_string()).collect();
        let now = steps.last().map_or(LEFT, |(_, time)| scale.x(*time));
        let label = match is_ordered {
            true => both!(
                "who did what, each event in a column; the list of events says the same",
                "谁做了什么，每个事件一列；事件列表说的是同样的内容"
            ),
            false => both!(
                "who did what when, by time; the list of events says the same",
                "谁在什么时候做了什么，按时间；事件列表说的是同样的内容"
            ),
        };
        let mut text = format!(
            "<div class=\"scroll {class}\" tabindex=0 role=group aria-label=\"{label}\"><svg \
             width={width} height={height} data-x=\"{}\" aria-hidden=true><rect class=now \
             x={} y=14 width=4 height={height} />",
            positions.join(" "),
            now.saturating_sub(2)
        );
        let axis: Vec<(usize, String)> = match is_ordered {
            true => {
                let every = 5.max(CHARACTER * 6 / scale.column);
                let numbers = steps.iter().zip(1_usize..);
                let numbers = numbers.filter(|(_, place)| *place == 1 || place % every == 0);
                numbers.map(|((number, time), _)| (scale.x(*time), number.to_string())).collect()
            }
            false => {
                let ticks = ticks(self.now, WIDTH / CHARACTER, true).into_iter();
                ticks.map(|(column, text)| (LEFT + column * CHARACTER, text)).collect()
            }
        };
        for (x, label) in axis {
            let _ = write!(text, "<text class=axis x={x} y=11>{label}</text>");
        }
        for (row, lane) in lanes.iter().enumerate() {
            self.lane(lane, TOP + row * ROW + 10, scale, used, &mut text);
        }
        text += &self.arrows(lanes, scale);
        text + "</svg></div>"
    }

    fn lane(
        &self,
        lane: &Lane,
        y: usize,
        scale: &Scale,
        used: &mut BTreeSet<Symbol>,
        text: &mut String,
    ) {
        let colour = self.palette.class(lane.pid);
        let over = lane.ended.map(|it| it.0);
        let ends = lane.activities().skip(1).map(|(begin, _)| begin);
        let ends = ends.chain([over.unwrap_or(self.now)]);
        let mut paths: BTreeMap<Doing, String> = BTreeMap::new();
        for ((begin, doing), end) in lane.activities().zip(ends) {
            let (from, to) = (scale.x(begin), scale.x(end));
            if from < to {
                let path = paths.entry(doing).or_default();
                let _ = write!(path, "M{from} {y}H{to}");
            }
        }
        let _ = write!(text, "<g class={colour}>");
        for (doing, path) in paths {
            used.insert(Symbol::Doing(doing));
            let _ = write!(text, "<path class=d{} d=\"{path}\"/>", doing as usize);
        }
        let died = lane.died.map(|it| it.0).or(over);
        if let (Some(status), Some(died)) = (lane.status(), died) {
            let x = scale.x(died) + 2;
            let how = ending(status, true);
            let sign = end(status, look());
            let is_bad = if status == Status::Code(0) { "" } else { " class=bad" };
            // A zombie's lane goes on.
            let _ = match lane.died {
                Some(_) => write!(text, "<text x={} y={}>{sign} {how}</text>", x, y + 18),
                None => write!(text, "<text{is_bad} x={x} y={}>{sign} {how}</text>", y + 4),
            };
        }
        *text += "</g>";
        let marks = lane.marks.iter().filter(|it| scale.has(it.time) && it.mark != Mark::Join);
        let marks: Vec<_> = marks.map(|it| (scale.x(it.time), it)).collect();
        let (mut signs, mut labels, mut free) = (String::new(), String::new(), 0);
        for (place, (x, marked)) in marks.iter().enumerate() {
            let symbol = Symbol::Mark(marked.mark);
            used.insert(symbol);
            let _ = write!(signs, "<text x={x} y={}>{}</text>", y + 4, symbol.glyph(look()));
            let until = marks.get(place + 1).map_or(x + RIGHT, |(next, _)| *next);
            let room = (until.saturating_sub(*x) / CHARACTER).saturating_sub(1).max(2);
            if marked.label.is_empty() || *x < free {
                continue;
            }
            let shown = clipped(&marked.label, room, "…");
            free = x + (shown.chars().count() + 1) * CHARACTER;
            let _ = write!(labels, "<text x={} y={}>{}", x - 4, y + 18, escaped(&shown));
            if shown != *marked.label {
                let whole = clipped(&marked.label, 80, "…");
                let _ = write!(labels, "<title>{}</title>", escaped(&whole));
            }
            labels += "</text>";
        }
        let _ = write!(text, "<g class=m>{signs}</g>{labels}");
    }

    /// From each put to its get, and from each send to its recv.
    fn arrows(&self, lanes: &[&Lane], scale: &Scale) -> String {
        let row = |number: usize| {
            let lane = self.lanes.get(number)?;
            lanes.iter().position(|other| std::ptr::eq(*other, lane))
        };
        let mut path = String::new();
        for [(from, begin), (to, end)] in &self.arrows {
            let (Some(from), Some(to)) = (row(*from), row(*to)) else { continue };
            if !scale.has(*begin) || !scale.has(*end) || from == to {
                continue;
            }
            let y = |row: usize| (TOP + row * ROW + 10) as f64;
            let ([x, x1], [y, y1]) =
                ([scale.x(*begin) as f64, scale.x(*end) as f64], [y(from), y(to)]);
            let length = (x1 - x).hypot(y1 - y).max(1.0);
            let (dx, dy) = ((x1 - x) / length, (y1 - y) / length);
            // Between the signs of both events.
            let (x, y, x1, y1) = (x + 7.0 * dx, y + 7.0 * dy, x1 - 7.0 * dx, y1 - 7.0 * dy);
            let (backx, backy) = (x1 - 6.0 * dx, y1 - 6.0 * dy);
            let _ = write!(
                path,
                "M{x:.0} {y:.0}L{x1:.0} {y1:.0}M{:.0} {:.0}L{x1:.0} {y1:.0}L{:.0} {:.0}",
                backx - 4.0 * dy,
                backy + 4.0 * dx,
                backx + 4.0 * dy,
                backy - 4.0 * dx
            );
        }
        format!("<path class=arrow d=\"{path}\"/>")
    }
}
