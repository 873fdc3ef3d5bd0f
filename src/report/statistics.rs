//! Medians, spreads and ratios.

/// A median, and half of the width of the middle 50 %.
pub struct Spread {
    pub median: f64,
    /// Half of the distance from the first quartile to the third.
    pub half_width: f64,
}

impl Spread {
    /// Nothing if there are no samples.
    pub fn of(samples: &[f64]) -> Option<Spread> {
        let quantile = |share| quantile(samples, share);
        Some(Spread {
            median: quantile(0.5)?,
            half_width: (quantile(0.75)? - quantile(0.25)?) / 2.0,
        })
    }
}

/// How many times as long `first` took as `second`: the median of the ratios turn by turn, since
/// the machine was equally fast in both halves of a turn. `None` if there are no turns.
pub fn median_ratio(first: &[f64], second: &[f64]) -> Option<f64> {
    let ratios: Vec<_> = first.iter().zip(second).map(|(a, b)| a / b).collect();
    quantile(&ratios, 0.5)
}

/// The smallest sample that at least half of the samples don't exceed.
pub fn lower_median(samples: impl IntoIterator<Item = f64>) -> Option<f64> {
    let sorted = sorted(samples);
    let middle = sorted.len().checked_sub(1)? / 2;
    Some(sorted[middle])
}

/// The 95 % confidence interval of the share of something that came `count` times in `of` runs:
/// Wilson's interval, which stays within 0 and 1 and is right for few runs, too.
pub fn wilson(count: u64, of: u64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    if of == 0 {
        return (0.0, 1.0);
    }
    let n = of as f64;
    let share = count as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The upper 95 % confidence bound of the share of something that never came in so many runs: the
/// rule of three; for few runs, where that approximation is too high, the exact bound.
pub fn most_if_never(runs: u64) -> f64 {
    match runs {
        0 => 1.0,
        1..30 => 1.0 - 0.05_f64.powf(1.0 / runs as f64),
        _ => 3.0 / runs as f64,
    }
}

/// As precise as the log's clock, so that what is printed follows from what the log has.
pub fn micros(seconds: f64) -> f64 {
    let rounded = (seconds * 1e6).round() / 1e6;
    if rounded.is_finite() { rounded } else { seconds }
}

/// The value below which this share of the samples lies, by linear interpolation.
fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(samples.iter().copied());
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

fn sorted(samples: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut samples: Vec<_> = samples.into_iter().collect();
    samples.sort_by(f64::total_cmp);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_among_the_samples_or_between_two() {
        let samples = [4.0, 1.0, 2.0, 3.0];
        assert_eq!((quantile(&[], 0.5), lower_median([])), (None, None));
        assert_eq!(quantile(&samples[..3], 0.5), Some(2.0));
        assert_eq!((quantile(&samples, 0.5), lower_median(samples)), (Some(2.5), Some(2.0)));
    }

    #[test]
    fn what_a_count_says_of_the_rest_is_an_interval() {
        let rounded = |count, of| {
            let (low, high) = wilson(count, of);
            ((low * 1e4).round() / 1e4, (high * 1e4).round() / 1e4)
        };
        // The expected intervals are another program's.
        assert_eq!(rounded(104, 200), (0.451, 0.5882));
        assert_eq!(rounded(1, 10), (0.0179, 0.4042));
        assert_eq!(rounded(0, 10), (0.0, 0.2775));
        assert_eq!(rounded(10, 10), (0.7225, 1.0));
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn what_never_came_may_come_as_often_as_the_rule_of_three_says() {
        assert_eq!(most_if_never(200), 0.015);
        assert_eq!(most_if_never(100), 0.03);
        assert_eq!(most_if_never(0), 1.0);
        // 0.95 to the power of 1, and of 2.
        assert!((most_if_never(1) - 0.95).abs() < 1e-9);
        assert!((most_if_never(2) - (1.0 - 0.05_f64.sqrt())).abs() < 1e-9);
        assert!(most_if_never(29) < 3.0 / 29.0);
    }

    #[test]
    fn a_ratio_is_taken_turn_by_turn() {
        // The machine was ten times as slow in the second turn, for both.
        assert_eq!(median_ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]), Some(2.0));
    }
}
