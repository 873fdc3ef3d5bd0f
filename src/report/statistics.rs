//! Medians, spreads and ratios.

/// A median, and half of the width of the middle 50 %.
pub struct Spread {
    /// As many samples are below it as above.
    pub median: f64,
    /// Half of the distance from the first quartile to the third.
    pub half_width: f64,
}

impl Spread {
    /// The spread of these samples, if there are any.
    pub fn of(samples: &[f64]) -> Option<Spread> {
        let quantile = |share| quantile(samples, share);
        Some(Spread {
            median: quantile(0.5)?,
            half_width: (quantile(0.75)? - quantile(0.25)?) / 2.0,
        })
    }
}

/// How many times as long `first` took as `second`: the median of the ratios turn by turn, because the two halves of
/// a turn had the same machine. `None` if there are no turns.
pub fn median_ratio(first: &[f64], second: &[f64]) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_among_the_samples_or_between_two() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.25), Some(3.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0, 3.0], 0.5), Some(2.5));
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
}
