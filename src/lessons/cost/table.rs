//! The table: medians, spreads and ratios of what was measured.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::measure::{Row, Side};
use crate::events::Event;

/// What was measured, in seconds for one.
#[derive(Default)]
pub struct Samples {
    seconds: HashMap<(Row, Side), Vec<f64>>,
}

/// The lines above the rows.
pub fn heading(turns: usize, python: Option<&str>) -> Vec<String> {
    let python = match python {
        Some(version) => format!("CPython {version}"),
        None => "no python3 found".into(),
    };
    vec![
        format!("Median of {turns} turns, +- half of the middle 50 % of them, in %; {python}"),
        format!(
            "{:<24}{:>14}{:>14}{:>6}{:>14}{:>6}",
            "", "mp-demo", "limit", "ratio", "CPython", "ratio"
        ),
    ]
}

impl Samples {
    /// Adds what one turn gave.
    pub fn add(&mut self, row: Row, side: Side, seconds: f64) {
        self.seconds.entry((row, side)).or_default().push(seconds);
    }

    /// A row of the table.
    pub fn measured(&self, row: Row) -> Event<'static> {
        let ours = self.of(row, Side::Ours);
        let limit = self.of(row, Side::Limit);
        let python = self.of(row, Side::Python);
        let limit_ratio = median_ratio(ours, limit);
        let python_ratio = median_ratio(python, ours);

        let mut figures = Map::new();
        figures.insert("row".into(), row.name().into());
        for (name, samples) in [("mp_demo", ours), ("limit", limit), ("cpython", python)] {
            if let Some(spread) = Spread::of(samples) {
                figures.insert(format!("{name}_seconds"), spread.median.into());
                figures.insert(format!("{name}_spread_seconds"), spread.half_width.into());
            }
        }
        for (name, ratio) in [
            ("limit_ratio", limit_ratio),
            ("cpython_ratio", python_ratio),
        ] {
            if let Some(ratio) = ratio {
                figures.insert(name.into(), ratio.into());
            }
        }
        let line = format!(
            "{:<24}{:>14}{:>14}{:>6}{:>14}{:>6}",
            label(row),
            cell(ours),
            cell(limit),
            limit_ratio.map_or("-".into(), |ratio| format!("{ratio:.2}")),
            cell(python),
            python_ratio.map_or("-".into(), |ratio| format!("{ratio:.1}")),
        );
        let figures = Value::Object(figures);
        Event::Measured { figures, line }
    }

    fn of(&self, row: Row, side: Side) -> &[f64] {
        self.seconds.get(&(row, side)).map_or(&[], Vec::as_slice)
    }
}

fn label(row: Row) -> &'static str {
    match row {
        Row::Process => "start and join a process",
        Row::ProcessSpawn => "  (CPython: by spawn)",
        Row::Thread => "start and join a thread",
        Row::Queue => "a value through a queue",
        Row::RoundTrip => "a round trip over a pipe",
        Row::Mebibyte => "1 MiB over a pipe",
    }
}

/// A median, and half of the width of the middle 50 %.
struct Spread {
    median: f64,
    half_width: f64,
}

impl Spread {
    fn of(samples: &[f64]) -> Option<Spread> {
        let quantile = |share| quantile(samples, share);
        Some(Spread {
            median: quantile(0.5)?,
            half_width: (quantile(0.75)? - quantile(0.25)?) / 2.0,
        })
    }
}

/// How many times as long `first` took as `second`: the median of the ratios turn by turn, because the two halves of
/// a turn had the same machine.
fn median_ratio(first: &[f64], second: &[f64]) -> Option<f64> {
    let ratios: Vec<_> = first.iter().zip(second).map(|(a, b)| a / b).collect();
    quantile(&ratios, 0.5)
}

/// The value below which this share of the samples lies, between two samples by linear interpolation.
fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    Some(below + (above - below) * place.fract())
}

fn cell(samples: &[f64]) -> String {
    let Some(Spread { median, half_width }) = Spread::of(samples) else {
        return "-".into();
    };
    format!("{} +-{:.0}", duration(median), 100.0 * half_width / median)
}

/// Three digits and a unit.
fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "us"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_spreads_are_those_of_the_samples() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.25), Some(3.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0, 3.0], 0.5), Some(2.5));
        assert_eq!(cell(&[1e-3, 2e-3, 3e-3, 4e-3, 5e-3]), "3.00 ms +-33");
        assert_eq!(cell(&[]), "-");
    }

    #[test]
    fn a_ratio_is_taken_turn_by_turn() {
        // The machine was ten times as slow in the second turn, for both.
        assert_eq!(
            median_ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]),
            Some(2.0)
        );
        assert_eq!(median_ratio(&[], &[1.0]), None);
    }

    #[test]
    fn a_duration_has_three_digits_and_its_unit() {
        let shown = [5e-10, 4.2e-7, 1.234e-5, 7.18e-4, 0.0754, 12.0].map(duration);
        assert_eq!(
            shown,
            [
                "0.50 ns", "420 ns", "12.3 us", "718 us", "75.4 ms", "12.0 s"
            ]
        );
    }
}
