//! What starting, putting and sending cost: the same row measured on three sides, and compared.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::statistics::{Spread, median_ratio};
use super::text::duration;

/// What is measured. A row's name in the log is its variant's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Start a process that does nothing, and join it.
    Process,
    /// The same, against CPython's start method spawn instead of fork.
    ProcessSpawn,
    /// Start a thread that does nothing, and join it.
    Thread,
    /// One small value through a queue, from a process to its parent.
    Queue,
    /// One small value through a pipe and back.
    RoundTrip,
    /// One value of 1 MiB through a pipe.
    Mebibyte,
}

/// Who is measured.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// This program's own `Process`, `Queue`, `Connection`.
    Ours,
    /// The plain calls below.
    Limit,
    /// CPython.
    Python,
}

impl Row {
    fn label(self) -> &'static str {
        match self {
            Row::Process => "start and join a process",
            Row::ProcessSpawn => "  (CPython: by spawn)",
            Row::Thread => "start and join a thread",
            Row::Queue => "a value through a queue",
            Row::RoundTrip => "a round trip over a pipe",
            Row::Mebibyte => "1 MiB over a pipe",
        }
    }
}

/// What was measured, in seconds for one.
#[derive(Default)]
pub struct Samples {
    seconds: HashMap<(Row, Side), Vec<f64>>,
}

/// Which CPython was measured.
pub enum Version {
    /// This version.
    Is(String),
    /// There is none.
    NotFound,
    /// There is one, and it does not answer.
    Silent,
}

/// The lines above the rows, after this many turns and with this version of CPython, if any.
pub fn heading(turns: usize, python: &Version) -> [String; 2] {
    let python = match python {
        Version::Is(version) => format!("CPython {version}"),
        Version::NotFound => "no python3 found".into(),
        Version::Silent => "python3 does not answer".into(),
    };
    [
        format!("Median of {turns} turns, +- half of the middle 50 % of them, in %; {python}"),
        columns(["", "mp-demo", "limit", "ratio", "CPython", "ratio"]),
    ]
}

impl Samples {
    /// Adds what one turn gave.
    pub fn add(&mut self, row: Row, side: Side, seconds: f64) {
        self.seconds.entry((row, side)).or_default().push(seconds);
    }

    /// A row's figures for the log.
    pub fn figures(&self, row: Row) -> Value {
        let mut figures = json!({ "row": row });
        for (name, side) in [
            ("mp_demo", Side::Ours),
            ("limit", Side::Limit),
            ("cpython", Side::Python),
        ] {
            if let Some(spread) = Spread::of(self.of(row, side)) {
                figures[format!("{name}_seconds")] = spread.median.into();
                figures[format!("{name}_spread_seconds")] = spread.half_width.into();
            }
        }
        for (name, ratio) in [
            ("limit_ratio", self.limit_ratio(row)),
            ("cpython_ratio", self.python_ratio(row)),
        ] {
            if let Some(ratio) = ratio {
                figures[name] = ratio.into();
            }
        }
        figures
    }

    /// A row of the table.
    pub fn line(&self, row: Row) -> String {
        let cell = |side| Spread::of(self.of(row, side)).map(|spread| cell(&spread));
        let cells = [
            Some(row.label().into()),
            cell(Side::Ours),
            cell(Side::Limit),
            self.limit_ratio(row).map(|ratio| format!("{ratio:.2}")),
            cell(Side::Python),
            self.python_ratio(row).map(|ratio| format!("{ratio:.1}")),
        ];
        columns(cells.each_ref().map(|cell| cell.as_deref().unwrap_or("-")))
    }

    /// How many times as long this program took as the plain calls.
    fn limit_ratio(&self, row: Row) -> Option<f64> {
        median_ratio(self.of(row, Side::Ours), self.of(row, Side::Limit))
    }

    /// How many times as long CPython took as this program.
    fn python_ratio(&self, row: Row) -> Option<f64> {
        median_ratio(self.of(row, Side::Python), self.of(row, Side::Ours))
    }

    fn of(&self, row: Row, side: Side) -> &[f64] {
        self.seconds.get(&(row, side)).map_or(&[], Vec::as_slice)
    }
}

fn columns([label, ours, limit, limit_ratio, python, python_ratio]: [&str; 6]) -> String {
    format!("{label:<24}{ours:>14}{limit:>14}{limit_ratio:>6}{python:>14}{python_ratio:>6}")
}

fn cell(Spread { median, half_width }: &Spread) -> String {
    let percent = 100.0 * half_width / median;
    format!("{} +-{percent:.0}", duration(*median))
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
        assert_eq!(
            samples.line(Row::Thread),
            "start and join a thread   3.00 ms +-33             -     -  24.0 ms +-33   8.0"
        );
        assert_eq!(
            samples.figures(Row::Thread).to_string(),
            r#"{"row":"thread","mp_demo_seconds":0.003,"mp_demo_spread_seconds":0.001,"cpython_seconds":0.024,"cpython_spread_seconds":0.008,"cpython_ratio":8.0}"#
        );
    }
}
