//! What starting, putting and sending cost: each [`Row`] measured for mp-demo, for the limit below
//! it and for CPython, and compared.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::both;
use crate::report::statistics::{Spread, median_ratio};
use crate::words::figures::{duration, left, plus_minus, right};

/// What is measured. A row's name in the log is its variant's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    Process,
    /// As `Process`, against CPython's start method spawn instead of fork.
    ProcessSpawn,
    Thread,
    Queue,
    RoundTrip,
    Mebibyte,
    Compute,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// This program's own `Process`, `Queue`, `Connection`.
    Ours,
    /// The system calls below `Ours`, with nothing around them.
    Limit,
    Python,
}

impl Row {
    /// The repetitions in one turn, for mp-demo and for the limit: so many that the clock and, for
    /// the last three, the start of the child hardly count.
    pub fn repetitions(self) -> usize {
        match self {
            Row::Process => 60,
            Row::ProcessSpawn => 20,
            Row::Thread => 300,
            Row::Queue => 100_000,
            Row::RoundTrip => 3_000,
            Row::Mebibyte => 30,
            Row::Compute => 5,
        }
    }

    fn label(self) -> String {
        match self {
            Row::Process => both!("start and join a process", "启动并 join 一个进程"),
            Row::ProcessSpawn => both!("  with CPython's spawn", "  同上，CPython 用 spawn"),
            Row::Thread => both!("start and join a thread", "启动并 join 一个线程"),
            Row::Queue => both!("a value through a queue", "一个值经过队列"),
            Row::RoundTrip => both!("a round trip over a pipe", "经管道一个来回"),
            Row::Mebibyte => both!("1 MiB over a pipe", "1 MiB 经过管道"),
            Row::Compute => both!("count 2,262 primes", "数出 2,262 个素数"),
        }
    }
}

/// What was measured, in seconds for one repetition.
#[derive(Default)]
pub struct Samples {
    seconds: HashMap<(Row, Side), Vec<f64>>,
}

/// The lines above the rows. `on_one_core` says whether all processes were kept on one core.
pub fn heading(turns: usize, python: &str, on_one_core: bool) -> Vec<String> {
    let spread = plus_minus();
    let mut lines = vec![
        both!("Medians of {turns} rounds; {python}", "{turns} 轮的中位数；{python}"),
        both!(
            "{spread} is half the interquartile range, in %: how far the rounds lie apart",
            "{spread} 是四分位距的一半，以百分比计：各轮相差多少"
        ),
        both!(
            "limit: the plain system calls alone; ratio: to limit, and CPython to mp-demo",
            "下限：只有其中的系统调用；比值：先是与下限之比，后是 CPython 与 mp-demo 之比"
        ),
    ];
    if !on_one_core {
        lines.push(both!(
            "Processes could not be kept on one core: a ratio may be luck, even one below 1.",
            "无法让各进程留在同一个核心上：比值可能出于偶然，甚至低于 1。"
        ));
    }
    let (limit, ratio) = (both!("limit", "下限"), both!("ratio", "比值"));
    lines.push(columns(["", "mp-demo", &limit, &ratio, "CPython", &ratio]));
    lines
}

impl Samples {
    pub fn add(&mut self, row: Row, side: Side, seconds: f64) {
        self.seconds.entry((row, side)).or_default().push(seconds);
    }

    pub fn figures(&self, row: Row) -> Value {
        let mut figures = json!({ "row": row });
        let sides = [("mp_demo", Side::Ours), ("limit", Side::Limit), ("cpython", Side::Python)];
        for (name, side) in sides {
            if let Some(spread) = Spread::of(self.of(row, side)) {
                figures[format!("{name}_seconds")] = spread.median.into();
                figures[format!("{name}_spread_seconds")] = spread.half_width.into();
            }
        }
        let ratios = [("limit", self.limit_ratio(row)), ("cpython", self.python_ratio(row))];
        for (name, ratio) in ratios {
            if let Some(ratio) = ratio {
                figures[format!("{name}_ratio")] = ratio.into();
            }
        }
        figures
    }

    pub fn line(&self, row: Row) -> String {
        let cell = |side| Spread::of(self.of(row, side)).map(|spread| cell(&spread));
        let cells = [
            Some(row.label()),
            cell(Side::Ours),
            cell(Side::Limit),
            self.limit_ratio(row).map(|ratio| match ratio {
                100.0.. => format!("{ratio:.0}"),
                _ => format!("{ratio:.2}"),
            }),
            cell(Side::Python),
            self.python_ratio(row).map(|ratio| format!("{ratio:.1}")),
        ];
        columns(cells.each_ref().map(|cell| cell.as_deref().unwrap_or("-")))
    }

    /// How many times as long as the limit mp-demo took.
    fn limit_ratio(&self, row: Row) -> Option<f64> {
        median_ratio(self.of(row, Side::Ours), self.of(row, Side::Limit))
    }

    /// How many times as long as mp-demo CPython took.
    fn python_ratio(&self, row: Row) -> Option<f64> {
        median_ratio(self.of(row, Side::Python), self.of(row, Side::Ours))
    }

    fn of(&self, row: Row, side: Side) -> &[f64] {
        self.seconds.get(&(row, side)).map_or(&[], Vec::as_slice)
    }
}

fn columns([label, ours, limit, limit_ratio, python, python_ratio]: [&str; 6]) -> String {
    let cells = [(ours, 14), (limit, 14), (limit_ratio, 6), (python, 14), (python_ratio, 6)];
    // A cell that is too wide still has a space before it.
    let cells = cells.map(|(cell, width)| format!(" {}", right(cell, width - 1)));
    left(label, 24) + &cells.concat()
}

fn cell(Spread { median, half_width }: &Spread) -> String {
    let percent = 100.0 * half_width / median;
    format!("{} {}{percent:.0}", duration(*median), plus_minus())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_medians_spreads_and_ratios_of_the_sides_that_were_measured() {
        let mut samples = Samples::default();
        for milliseconds in [1.0, 5.0, 3.0, 2.0, 4.0] {
            samples.add(Row::Thread, Side::Ours, milliseconds * 1e-3);
            samples.add(Row::Thread, Side::Python, milliseconds * 8e-3);
        }
        let sign = plus_minus();
        let [ours, python] = ["3.00 ms", "24.0 ms"].map(|it| format!("{it} {sign}33"));
        assert_eq!(
            samples.line(Row::Thread),
            format!("start and join a thread {ours:>14}             -     -{python:>14}   8.0")
        );
        assert_eq!(
            samples.figures(Row::Thread).to_string(),
            r#"{"row":"thread","mp_demo_seconds":0.003,"mp_demo_spread_seconds":0.001,"cpython_seconds":0.024,"cpython_spread_seconds":0.008,"cpython_ratio":8.0}"#
        );
    }
}
