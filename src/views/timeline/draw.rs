//! The picture: lanes as text.

use std::collections::{BTreeMap, BTreeSet};

use owo_colors::{OwoColorize, Style};
use unicode_width::UnicodeWidthStr;

use super::axis::{ticks, times};
use super::glyphs::{Symbol, end, in_picture};
use super::lane::{Doing, Item, Lane, column};
use crate::both;
use crate::events::{Mark, Status};
use crate::os::terminal::Look;
use crate::views::palette::Palette;
use crate::words::figures::{clipped, grouped, left, wrapped};

/// Below this width a lane's name stands above it and not in front of it.
const STACKED_BELOW: usize = 60;

/// From this width on there is room for whole words behind a lane.
const ROOMY_FROM: usize = 76;

/// How wide a column of an event is at most, where there are few.
const WIDEST: usize = 8;

/// How many marks share one place for their labels. More would stand too far from their marks.
const MOST_TOGETHER: usize = 8;

/// From how many marks on their number stands for labels that would have to be cut.
const MOST_CLIPPED: usize = 4;

pub struct Picture<'a> {
    /// The lanes, in the order of their beginnings.
    pub lanes: &'a [Lane],
    /// How many lanes are left out.
    pub left_out: usize,
    /// Whether equal values are told apart by a number.
    pub has_equals: bool,
    /// The end of the axis: a time in microseconds, or the number of moments.
    pub end: u64,
    /// The times of the moments, if the lanes are ordered.
    pub moments: &'a [u64],
    /// How wide names, PIDs and endings are at least.
    pub least: [usize; 3],
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
        let lanes = self.lanes.iter().filter(|lane| !lane.is_hidden);
        let mut lanes: Vec<&Lane> = lanes.collect();
        let place = |lane: &Lane| (lane.below.unwrap_or(lane.process), lane.below.is_some());
        lanes.sort_by_key(|lane| (place(lane), self.is_thread(lane), number(&lane.name)));
        let layout = self.layout();
        let mut used: BTreeSet<_> = self.has_equals.then_some(Symbol::Equal).into_iter().collect();
        let dim = Style::new().dimmed();
        let mut text = self.line(&self.heading(), dim) + &self.line(&self.axis(&layout), dim);
        for lane in lanes {
            let style = palette.style(lane.pid);
            let lines = self.lane(lane, &layout, &mut used);
            text.extend(lines.iter().map(|line| self.line(line, style)));
        }
        if self.left_out > 0 {
            let (left_out, are) = (self.left_out, if self.left_out == 1 { "is" } else { "are" });
            let more = both!(
                "{left_out} more {are} left out; --trace FILE has all",
                "另有 {left_out} 个没有画出；--trace FILE 里有全部"
            );
            text += &self.line(&more, dim);
        }
        text.extend(self.legend(&used).iter().map(|line| self.line(line, dim)));
        text
    }

    /// A line of the picture; nothing if it is empty.
    fn line(&self, line: &str, style: Style) -> String {
        match (line.trim_end(), self.look.colour) {
            ("", _) => String::new(),
            (line, true) => format!("{}\n", line.style(style)),
            (line, false) => format!("{line}\n"),
        }
    }

    /// How wide names, PIDs and endings are.
    pub fn widths(&self) -> [usize; 3] {
        let lanes = self.lanes.iter().filter(|lane| !lane.is_hidden);
        lanes.fold(self.least, |[name, pid, ending], lane| {
            let ending = ending.max(self.ending(lane).width());
            [name.max(self.name(lane).width()), pid.max(lane.pid.to_string().len()), ending]
        })
    }

    fn layout(&self) -> Layout {
        let [name, pid, ending] = self.widths();
        let is_stacked = self.look.width < STACKED_BELOW;
        let beside = match is_stacked {
            true => 0,
            false => name + 1 + pid + 1 + (ending + 1) * usize::from(ending > 0),
        };
        // A recording may have names of any length.
        let mut chart = self.look.width.saturating_sub(beside + 1).max(10);
        if !self.moments.is_empty() {
            let moments = self.end as usize;
            chart = chart.min(moments * (chart / moments).clamp(1, WIDEST)).max(10);
        }
        Layout { name, pid, chart, is_stacked }
    }

    fn is_thread(&self, lane: &Lane) -> bool {
        !std::ptr::eq(&self.lanes[lane.process], lane)
    }

    fn name(&self, lane: &Lane) -> String {
        let indent = if self.is_thread(lane) { "  " } else { "" };
        format!("{indent}{}", in_picture(&lane.name, self.look))
    }

    fn ending(&self, lane: &Lane) -> String {
        let Some(status) = lane.status() else {
            return String::new();
        };
        ending(status, self.look.width >= ROOMY_FROM)
    }

    /// How many columns there are for the marks.
    pub fn chart(&self) -> usize {
        self.layout().chart
    }

    /// Why there is no picture, if nothing could be seen in it: most processes are left out, and
    /// most of the others live less than a column.
    pub fn why_not(&self, columns: usize) -> Option<String> {
        let lanes = || self.lanes.iter().filter(|lane| !lane.is_hidden);
        let is_short = |lane: &&Lane| {
            let lived = lane.ended.map(|(end, _)| end.saturating_sub(lane.began));
            lived.is_some_and(|lived| lived.saturating_mul(columns as u64) < self.end)
        };
        let (drawn, short) = (lanes().count(), lanes().filter(is_short).count());
        let all = grouped((drawn + self.left_out) as u64);
        (self.left_out > drawn && short * 2 > drawn).then(|| {
            let sentence = both!(
                "No timeline: most of the {all} processes live less than a column; --trace FILE \
                 has them all.",
                "没有时间线：{all} 个进程中的大多数存活时间不到一列；--trace FILE 里有全部。"
            );
            wrapped(&sentence, self.look.width, "")
        })
    }

    /// What the columns are, and how to have it otherwise.
    fn heading(&self) -> String {
        let is_ordered = !self.moments.is_empty();
        match (is_ordered, self.look.width < STACKED_BELOW) {
            (false, true) => both!("By time", "按时间"),
            (true, true) => both!("By order", "按先后"),
            (false, false) => both!(
                "By time (--timeline=order: each event has a column)",
                "按时间（--timeline=order：每个事件一列）"
            ),
            (true, false) => both!(
                "By order, each event has a column (--timeline=time: by time)",
                "按先后，每个事件一列（--timeline=time：按时间）"
            ),
        }
    }

    fn axis(&self, layout: &Layout) -> String {
        let margin = if layout.is_stacked { 0 } else { layout.name + layout.pid + 2 };
        let mut line = " ".repeat(margin);
        let mut at = 0;
        let unicode = self.look.boxes;
        let labels = match self.moments {
            [] => ticks(self.end, layout.chart, unicode),
            moments => times(moments, self.end, layout.chart, unicode),
        };
        for (column, label) in labels {
            line += &" ".repeat(column - at);
            line.push(if self.look.boxes { '│' } else { '|' });
            line += &label;
            at = column + 1 + label.width();
        }
        line
    }

    fn lane(&self, lane: &Lane, layout: &Layout, used: &mut BTreeSet<Symbol>) -> Vec<String> {
        let (name, ending) = (self.name(lane), self.ending(lane));
        // A pool has no PID.
        let pid = match self.is_thread(lane) || lane.pid == 0 {
            true => String::new(),
            false => lane.pid.to_string(),
        };
        let marks = lane.marks_by_column(layout.chart, self.end);
        let bar = self.bar(lane, &marks, layout.chart, used);
        let name_and_pid = if layout.is_stacked { 0 } else { layout.name + layout.pid + 2 };
        // Below the lane's ending there is room, too.
        let room = self.look.width.saturating_sub(name_and_pid).max(layout.chart + 1);
        let labels = self.labels(&marks, layout.chart, room, used);
        if layout.is_stacked {
            let gap = if ending.is_empty() { "" } else { ", " };
            return vec![format!("{name} {pid}{gap}{ending}"), bar, labels];
        }
        let name = left(&name, layout.name);
        let margin = " ".repeat(name_and_pid);
        let row = format!("{name} {pid:>width$} {bar} {ending}", width = layout.pid);
        vec![row, format!("{margin}{labels}")]
    }

    fn bar(
        &self,
        lane: &Lane,
        marks: &BTreeMap<usize, Vec<Item>>,
        columns: usize,
        used: &mut BTreeSet<Symbol>,
    ) -> String {
        let doing = lane.columns(columns, self.end);
        let mut bar: Vec<char> = vec![' '; columns + 1];
        let began = column(lane.began, columns, self.end);
        let ended = lane.ended.map_or(self.end, |(time, _)| time);
        let ended = column(ended, columns, self.end);
        // Even the shortest lane is seen: its first and last column are filled.
        let mut now = Doing::Runs;
        for place in began..=ended {
            now = doing[place].unwrap_or(now);
            bar[place] = Symbol::Doing(now).glyph(self.look);
        }
        for (column, items) in marks {
            let symbol = match items.as_slice() {
                [only] => Symbol::Mark(only.mark),
                _ => Symbol::Several,
            };
            bar[*column] = symbol.glyph(self.look);
            used.insert(symbol);
            used.extend(items.iter().map(|item| Symbol::Mark(item.mark)));
            let has_number = |item: &&Item| item.labels.is_empty() && item.count > 1;
            used.extend(items.iter().find(has_number).map(|item| Symbol::Times(item.count)));
        }
        used.remove(&Symbol::Mark(Mark::Join));
        let doings = Doing::ALL.map(Symbol::Doing).into_iter();
        used.extend(doings.filter(|doing| bar.contains(&doing.glyph(self.look))));
        // The sign for the end comes after the last moment, so that it hides nothing.
        let died = lane.died.map(|(time, _)| column(time, columns, self.end));
        let died = died.map(|died| if marks.contains_key(&died) { died + 1 } else { died });
        if let Some(status) = lane.status() {
            bar[died.unwrap_or(ended + 1)] = end(status, self.look);
        }
        if died.is_some() && lane.ended.is_some() && !lane.is_left {
            bar[ended + 1] = Symbol::Reaped.glyph(self.look);
            used.insert(Symbol::Reaped);
        }
        bar.into_iter().collect()
    }

    /// The labels of the marks, each below its mark. Where marks are too close for that, their
    /// labels stand in a row below the first of the marks; where that is too long, their number.
    fn labels(
        &self,
        marks: &BTreeMap<usize, Vec<Item>>,
        columns: usize,
        most: usize,
        used: &mut BTreeSet<Symbol>,
    ) -> String {
        let labels = marks.iter().map(|(column, items)| (*column, self.label(items)));
        let mut labels = labels.filter(|(_, label)| !label.is_empty()).peekable();
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
            let is_last = labels.peek().is_none();
            let room = labels.peek().map_or(most, |(next, _)| *next - 1) - column;
            // At the end there may be room before the marks and not behind them.
            let end = if last > column && is_last { columns } else { column + 1 };
            let ends = [Some(end), is_last.then_some(most)].into_iter().flatten();
            let mut begins = ends.filter_map(|end| end.checked_sub(label.width()));
            let begin = begins.find(|it| *it > before).filter(|_| label.width() > room);
            let together = marks.range(column..=last).flat_map(|(_, items)| items);
            let many = together.clone().map(|item| item.count).sum::<usize>() > MOST_CLIPPED;
            if begin.is_none() && label.width() > room && last > column && many {
                label = self.numbers(together, used);
            }
            let label = match begin {
                Some(_) => label,
                None if room < 3 && label.width() > room => continue,
                None => clipped(&label, room, if self.look.boxes { "…" } else { "~" }),
            };
            line += &" ".repeat(begin.unwrap_or(column) - before);
            line += &label;
        }
        let more = marks.values().flatten().map(|item| item.count - item.labels.len());
        let is_shown = |more: &usize| *more > 0 && line.contains(&format!("+{more}"));
        used.extend(more.filter(is_shown).take(1).map(Symbol::More));
        line
    }

    /// How many marks there are of each sort.
    fn numbers<'a>(
        &self,
        items: impl Iterator<Item = &'a Item<'a>>,
        used: &mut BTreeSet<Symbol>,
    ) -> String {
        let mut counts: Vec<(Mark, usize)> = Vec::new();
        for item in items {
            match counts.iter_mut().find(|(mark, _)| *mark == item.mark) {
                Some((_, count)) => *count += item.count,
                None => counts.push((item.mark, item.count)),
            }
        }
        let several = counts.iter().find(|(_, count)| *count > 1);
        used.extend(several.map(|(_, count)| Symbol::Times(*count)));
        let glyph = |symbol: Symbol| symbol.glyph(self.look);
        let numbers =
            counts.iter().map(|(mark, count)| match (glyph(Symbol::Mark(*mark)), count) {
                (mark, 1) => mark.to_string(),
                (mark, count) => format!("{mark}{}{count}", glyph(Symbol::Times(*count))),
            });
        numbers.collect::<Vec<_>>().join(" ")
    }

    fn label(&self, items: &[Item]) -> String {
        let of_item = |item: &Item| {
            let labels = in_picture(&item.labels.join(" "), self.look);
            let more = item.count - item.labels.len();
            match (more, item.labels.is_empty()) {
                (0, _) => labels,
                (1, true) => String::new(),
                (more, true) => format!("{}{more}", Symbol::Times(more).glyph(self.look)),
                (more, false) => format!("{labels} +{more}"),
            }
        };
        if let [only] = items {
            return of_item(only);
        }
        let glyph = |item: &Item| Symbol::Mark(item.mark).glyph(self.look);
        let several = items.iter().map(|item| format!("{}{}", glyph(item), of_item(item)));
        several.collect::<Vec<_>>().join(" ")
    }

    fn legend(&self, used: &BTreeSet<Symbol>) -> Vec<String> {
        let mut lines = vec![String::new()];
        // One number is enough as an example.
        let is_times = |symbol: &&Symbol| matches!(symbol, Symbol::Times(_));
        let is_more = |symbol: &&Symbol| matches!(symbol, Symbol::More(_));
        let examples = [used.iter().find(is_times), used.iter().find(is_more)];
        let is_shown =
            |it: &&Symbol| !(is_times(it) || is_more(it)) || examples.contains(&Some(*it));
        for symbol in used.iter().filter(is_shown) {
            let item = symbol.explained(self.look);
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
}

/// How a process has ended, in few words, or in very few.
pub fn ending(status: Status, is_roomy: bool) -> String {
    let signal = status.signal_name();
    match status {
        Status::Code(code) => both!("exit {code}", "退出状态 {code}"),
        Status::Signal(_) if is_roomy => both!("killed by {signal}", "被 {signal} 终止"),
        Status::Signal(_) => signal,
    }
}

/// The number at the end of a name, to sort threads that may begin in another order.
pub fn number(name: &str) -> Option<u64> {
    name.rsplit('-').next()?.parse().ok()
}
