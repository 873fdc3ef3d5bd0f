//! How figures are written: numbers with their units, and ratios in words.

/// A number and what it counts, in the plural where that is needed.
pub fn count(number: impl Into<usize>, what: &str) -> String {
    match number.into() {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// A ratio in words: `about as long as`, `2.5 times as long as`.
pub fn times(ratio: f64, as_what: &str) -> String {
    match ratio {
        0.95..1.05 => format!("about {as_what}"),
        10.0.. => format!("{ratio:.0} times {as_what}"),
        1.0.. => format!("{ratio:.1} times {as_what}"),
        _ => format!("{ratio:.2} times {as_what}"),
    }
}

/// Seconds with three decimals, or with a power of ten where the digits would fill the line.
pub fn seconds(seconds: f64) -> String {
    if seconds < 1e9 {
        format!("{seconds:.3} s")
    } else {
        format!("{seconds:.0e} s")
    }
}

/// A duration with three digits, in the unit that suits it.
pub fn duration(seconds: f64) -> String {
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

/// Memory in MiB.
pub fn mebibytes(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    let decimals = if mib < 100.0 { 1 } else { 0 };
    format!("{mib:.decimals$} MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_ratio_near_one_has_no_number_and_others_have_two_digits() {
        let shown = [0.5, 0.95, 1.0499, 1.05, 2.44, 12.3].map(|ratio| times(ratio, "as much"));
        assert_eq!(
            shown,
            [
                "0.50 times as much",
                "about as much",
                "about as much",
                "1.1 times as much",
                "2.4 times as much",
                "12 times as much",
            ]
        );
    }
}
