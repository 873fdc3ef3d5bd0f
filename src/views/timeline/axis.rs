//! The axis: times, or moments in their order.

use clap::ValueEnum;
use unicode_width::UnicodeWidthStr as _;

/// What a picture's columns are.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Axis {
    /// By time; by order where more than half of the marks would fall into two columns
    Auto,
    /// Equal columns are equal times
    Time,
    /// Each event has a column
    Order,
}

/// How many columns a number has at least: closer together they are a row of numbers and no axis.
const ROOM: usize = 7;

/// Where the axis has a mark, in columns, and what it says there: round numbers, as close as their
/// width allows. `end` is the time at the end of the axis, in microseconds.
pub fn ticks(end: u64, columns: usize, unicode: bool) -> Vec<(usize, String)> {
    let (unit, name) = unit(end, unicode);
    // A bar, the digits, room for a point and a digit, and one column that stays free.
    let digits = (end / unit).to_string().len();
    let step = step(end, columns, (digits + 4).max(ROOM));
    // As many decimals as the step has.
    let decimals = (0..6)
        .find(|decimals| (step * 10_u64.pow(*decimals)).is_multiple_of(unit))
        .unwrap_or(6) as usize;
    let times = (0..).map(|number| number * step).take_while(|time| *time <= end);
    let ticks = times.map(|time| {
        let text = match time {
            0 => format!("0 {name}"),
            _ => format!("{:.decimals$}", time as f64 / unit as f64),
        };
        (super::lane::column(time, columns, end), text)
    });
    ticks.filter(|(column, text)| column + text.len() < columns).collect()
}

/// The unit for times up to this one, in microseconds, and its name.
fn unit(end: u64, unicode: bool) -> (u64, &'static str) {
    match end {
        0..1_000 if unicode => (1, "µs"),
        0..1_000 => (1, "us"),
        1_000..1_000_000 => (1_000, "ms"),
        _ => (1_000_000, "s"),
    }
}

/// The times of some of the moments, each at its column; `end` is how many columns of moments there
/// are.
pub fn times(moments: &[u64], end: u64, columns: usize, unicode: bool) -> Vec<(usize, String)> {
    let mut times: Vec<(usize, String)> = Vec::new();
    let mut free = 0;
    for (number, time) in moments.iter().enumerate() {
        let column = super::lane::column(number as u64, columns, end);
        let (unit, name) = unit(*time, unicode);
        let decimals = match time / unit {
            _ if unit == 1 => 0,
            0..10 => 2,
            10..100 => 1,
            _ => 0,
        };
        let text = format!("{:.decimals$} {name}", *time as f64 / unit as f64);
        if column >= free && column + text.width() < columns {
            free = column + text.width() + 3;
            times.push((column, text));
        }
    }
    times
}

/// The smallest of 1, 2, 5, 10, 20, 50 ... microseconds that leaves so many columns for a number.
fn step(end: u64, columns: usize, room: usize) -> u64 {
    let leaves_room =
        |step: &u64| u128::from(*step) * columns as u128 >= u128::from(end.max(1)) * room as u128;
    (0..18)
        .flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)))
        .find(leaves_room)
        .unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(end: u64, columns: usize) -> String {
        let mut line = String::new();
        for (column, text) in ticks(end, columns, true) {
            line = format!("{line:column$}|{text}");
        }
        line
    }

    #[test]
    fn an_axis_has_round_numbers_at_their_places() {
        assert_eq!(drawn(994_921, 60), "|0 ms       |200        |400        |600        |800");
        assert_eq!(drawn(10_000_000, 40), "|0 s    |2      |4      |6      |8");
        assert_eq!(drawn(2_000_000, 60), "|0 s           |0.5           |1.0           |1.5");
        assert_eq!(drawn(1_300, 40), "|0 ms          |0.5           |1.0");
        assert_eq!(drawn(3_600_000_000, 40), "|0 s       |1000      |2000      |3000");
        assert_eq!(drawn(0, 40), "|0 µs");
        // However long it is, no number stands in another's place.
        for end in (0..64).map(|power| (1_u64 << power) / 1_000) {
            for columns in 10..100 {
                let mut free = 0;
                for (column, text) in ticks(end, columns, true) {
                    assert!(column >= free, "{end} in {columns}");
                    free = column + 1 + text.len();
                }
            }
        }
    }
}
