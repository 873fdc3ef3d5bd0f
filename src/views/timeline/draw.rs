//! The picture: lanes as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use owo_colors::{OwoColorize, Style};
use unicode_width::UnicodeWidthStr;

use super::axis::ticks;
use super::glyphs::Glyphs;
use super::lane::{Doing, Lane};
use super::marks::{Item, by_column, column};
use super::words::{PictureWord, ending, left_out, word};
use crate::events::Mark;
use crate::os::terminal::Look;
use crate::views::palette::Palette;

/// Below this width a lane's name stands above it and not in front of it.
const STACKED_BELOW: usize = 60;

/// From this width on there is room for whole words behind a lane.
const ROOMY_FROM: usize = 76;

/// How many marks share one place for their labels. Of more, what stands there would be far from
/// its mark.
const MOST_TOGETHER: usize = 8;

/// What is to be drawn.
pub struct Picture<'a> {
    /// The lanes, in the order of their beginnings.
    pub lanes: &'a [Lane],
    /// How many more there were.
    pub left_out: usize,
    /// The time at the end of the axis, in microseconds.
    pub end: u64,
    /// What may be drawn.
    pub look: Look,
}

/// How wide the parts of each row are.
struct Layout {
    name: usize,
    pid: usize,
    chart: usize,
    is_stacked: bool,
}

impl Picture<'_> {
    /// The picture, lines with their newlines.
    pub fn draw(&self, palette: &mut Palette) -> String {
        // A thread stands below its process.
        let mut lanes: Vec<&Lane> = self.lanes.iter().collect();
        let place = |lane: &Lane| (lane.below.unwrap_or(lane.process), lane.below.is_some());
        lanes.sort_by_key(|lane| (place(lane), self.is_thread(lane), number(&lane.name)));
        let layout = self.layout(&lanes);
        let mut used = Legend::default();
        let mut text = String::new();
        self.push_axis(&mut text, &layout);
        for lane in lanes {
            let style = self.look.colour.then(|| palette.style(lane.pid));
            self.push_lane(&mut text, lane, &layout, style.unwrap_or_default(), &mut used);
        }
        if self.left_out > 0 {
            self.push_dimmed(&mut text, &left_out(self.left_out, self.look.language));
        }
        for line in self.legend(&used) {
            self.push_dimmed(&mut text, &line);
        }
        text
    }

    fn layout(&self, lanes: &[&Lane]) -> Layout {
        let widest = |width: &dyn Fn(&Lane) -> usize| {
            let widths = lanes.iter().map(|lane| width(lane));
            widths.max().unwrap_or_default()
        };
        let name = widest(&|lane| self.name(lane).width());
        let pid = widest(&|lane| lane.pid.to_string().len());
        let ending = widest(&|lane| self.ending(lane).width());
        let is_stacked = self.look.width < STACKED_BELOW;
        let beside = match is_stacked {
            true => 0,
            false => name + 1 + pid + 1 + (ending + 1) * usize::from(ending > 0),
        };
        Layout {
            name,
            pid,
            // A recording may have names of any length.
            chart: self.look.width.saturating_sub(beside + 1).max(10),
            is_stacked,
        }
    }

    fn is_thread(&self, lane: &Lane) -> bool {
        !std::ptr::eq(&self.lanes[lane.process], lane)
    }

    fn name(&self, lane: &Lane) -> String {
        let name = self.glyphs().shown(&lane.name);
        match self.is_thread(lane) {
            true => format!("  {name}"),
            false => name,
        }
    }

    fn ending(&self, lane: &Lane) -> String {
        match lane.ended {
            Some((_, Some(status))) => {
                ending(status, self.look.language, self.look.width < ROOMY_FROM)
            }
            _ => String::new(),
        }
    }

    fn push_axis(&self, text: &mut String, layout: &Layout) {
        let mut line = String::new();
        if !layout.is_stacked {
            line = " ".repeat(layout.name + layout.pid + 2);
        }
        let begin = line.len();
        let mut at = 0;
        for (column, label) in ticks(self.end, layout.chart) {
            line += &" ".repeat(column - at);
            line.push(self.glyphs().tick());
            line += &label;
            at = column + 1 + label.len();
        }
        if line.len() > begin {
            self.push_dimmed(text, &line);
        }
    }

    fn push_lane(
        &self,
        text: &mut String,
        lane: &Lane,
        layout: &Layout,
        style: Style,
        used: &mut Legend,
    ) {
        let (name, ending) = (self.name(lane), self.ending(lane));
        let pid = match self.is_thread(lane) {
            true => String::new(),
            false => lane.pid.to_string(),
        };
        let marks = by_column(&lane.marks, layout.chart, self.end);
        let bar = self.bar(lane, &marks, layout.chart, used);
        let labels = self.labels(&marks, layout.chart);
        let mut push = |line: &str| {
            let line = line.trim_end();
            // Writing to a String can't fail.
            let _ = match self.look.colour {
                true => writeln!(text, "{}", line.style(style)),
                false => writeln!(text, "{line}"),
            };
        };
        if layout.is_stacked {
            let gap = if ending.is_empty() { "" } else { ", " };
            push(&format!("{name} {pid}{gap}{ending}"));
            push(&bar);
            if !labels.is_empty() {
                push(&labels);
            }
        } else {
            let padding = " ".repeat(layout.name - name.width());
            let pid = format!("{pid:>width$}", width = layout.pid);
            push(&format!("{name}{padding} {pid} {bar} {ending}"));
            if !labels.is_empty() {
                push(&format!("{}{labels}", " ".repeat(layout.name + layout.pid + 2)));
            }
        }
    }

    fn bar(
        &self,
        lane: &Lane,
        marks: &BTreeMap<usize, Vec<Item>>,
        columns: usize,
        used: &mut Legend,
    ) -> String {
        let doing = lane.columns(columns, self.end);
        let mut bar: Vec<char> = vec![' '; columns + 1];
        let began = column(lane.began, columns, self.end);
        let ended = lane.ended.map_or(self.end, |(time, _)| time);
        let ended = column(ended, columns, self.end);
        // However short it lived, it is seen; and the columns in which it began and ended are drawn
        // whole.
        let mut now = Doing::Runs;
        for place in began..=ended {
            now = doing[place].unwrap_or(now);
            bar[place] = self.glyphs().doing(now);
        }
        for (column, items) in marks {
            bar[*column] = match items.as_slice() {
                [only] => self.glyphs().mark(only.mark),
                _ => self.glyphs().several(),
            };
            used.several |= items.len() > 1;
            for item in items {
                if item.mark != Mark::Join {
                    used.marks.insert(item.mark);
                }
                used.times |= item.labels.is_empty() && item.count > 1;
            }
        }
        for doing in Doing::ALL {
            used.doing[doing as usize] |= bar.contains(&self.glyphs().doing(doing));
        }
        if let Some((_, Some(status))) = lane.ended {
            // Behind the last moment, so that it hides nothing.
            bar[ended + 1] = self.glyphs().end(status);
        }
        bar.into_iter().collect()
    }

    /// The labels of the marks, each below its mark. Where marks stand too close for that, their
    /// labels stand one behind the other, below the first of these marks.
    fn labels(&self, marks: &BTreeMap<usize, Vec<Item>>, columns: usize) -> String {
        let labels = marks
            .iter()
            .map(|(column, items)| (*column, self.label(items)))
            .filter(|(_, label)| !label.is_empty());
        let mut labels = labels.peekable();
        let mut line = String::new();
        while let Some((column, mut label)) = labels.next() {
            let mut last = column;
            // One column stays free before the next.
            let is_too_long =
                |label: &String, next: &(usize, String)| column + label.width() >= next.0;
            for _ in 1..MOST_TOGETHER {
                let Some((next, more)) = labels.next_if(|next| is_too_long(&label, next)) else {
                    break;
                };
                label = format!("{label} {more}");
                last = next;
            }
            let before = line.width();
            let room = labels.peek().map_or(columns + 1, |(next, _)| *next - 1) - column;
            // At the end there may be room before a mark and not behind it.
            let begin = match (column + 1).checked_sub(label.width()) {
                Some(begin) if label.width() > room && begin > before && last == column => begin,
                _ => column,
            };
            let label = match begin < column {
                true => label,
                false => self.glyphs().cut(&label, room),
            };
            if !label.is_empty() {
                line += &" ".repeat(begin - before);
                line += &label;
            }
        }
        line
    }

    fn label(&self, items: &[Item]) -> String {
        let of_item = |item: &Item| {
            let labels = self.glyphs().shown(&item.labels.join(" "));
            let more = item.count - item.labels.len();
            match (more, item.labels.is_empty()) {
                (0, _) => labels,
                (1, true) => String::new(),
                (more, true) => format!("{}{more}", self.glyphs().times()),
                (more, false) => format!("{labels} +{more}"),
            }
        };
        match items {
            [only] => of_item(only),
            several => {
                let item =
                    |item: &Item| format!("{}{}", self.glyphs().mark(item.mark), of_item(item));
                several.iter().map(item).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn legend(&self, used: &Legend) -> Vec<String> {
        let doing = Doing::ALL
            .into_iter()
            .filter(|doing| used.doing[*doing as usize])
            .map(|doing| (self.glyphs().doing(doing), PictureWord::Doing(doing)));
        let marks =
            used.marks.iter().map(|mark| (self.glyphs().mark(*mark), PictureWord::Mark(*mark)));
        let mut lines = vec![String::new()];
        let several = used.several.then(|| (self.glyphs().several(), PictureWord::Several));
        let times = format!("{}2", self.glyphs().times());
        let times = used.times.then_some((times, PictureWord::Times));
        let symbols = doing.chain(marks).chain(several);
        let symbols = symbols.map(|(symbol, meaning)| (symbol.to_string(), meaning));
        for (symbol, meaning) in symbols.chain(times) {
            let item = format!("{symbol} {}", word(meaning, self.look.language));
            match lines.last_mut() {
                Some(line) if line.is_empty() => *line = item,
                Some(line) if line.width() + 3 + item.width() <= self.look.width => {
                    *line += &format!("   {item}");
                }
                _ => lines.push(item),
            }
        }
        lines
    }

    fn glyphs(&self) -> Glyphs {
        Glyphs { unicode: self.look.unicode, boxes: self.look.boxes }
    }

    fn push_dimmed(&self, text: &mut String, line: &str) {
        // Writing to a String can't fail.
        let _ = match self.look.colour {
            true => writeln!(text, "{}", line.dimmed()),
            false => writeln!(text, "{line}"),
        };
    }
}

/// The number at the end of a name: threads may begin in another order.
fn number(name: &str) -> Option<u64> {
    name.rsplit('-').next()?.parse().ok()
}

/// What occurs in a picture and has to be explained below it.
#[derive(Default)]
struct Legend {
    doing: [bool; Doing::ALL.len()],
    marks: BTreeSet<Mark>,
    several: bool,
    times: bool,
}
