//! How figures are written: numbers with their units.

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
}
