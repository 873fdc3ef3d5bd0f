//! How long a program has done nothing.

use std::time::{Duration, Instant};

use crate::evidence::Sight;

/// After how many times the patience a program is given up that reads nothing and does nothing.
const GIVEN_UP: u32 = 5;

/// A wait for a program that does nothing.
pub(super) struct Idle {
    begin: Instant,
    patience: Option<Duration>,
    /// How it was seen when that was told last.
    pub(super) seen: Option<Sight>,
    /// When one looks at it next, as so many times the patience.
    times: u32,
}

impl Idle {
    pub(super) fn begin(patience: Option<Duration>) -> Idle {
        Idle {
            begin: Instant::now(),
            patience,
            seen: None,
            times: 1,
        }
    }

    /// For how long nobody looks at it; nothing for ever.
    pub(super) fn timeout(&self) -> Option<Duration> {
        let until = self.patience?.checked_mul(self.times)?;
        Some(until.saturating_sub(self.begin.elapsed()))
    }

    /// How many seconds it has done nothing for. It is looked at again when so many have become five times as many.
    pub(super) fn seconds(&mut self) -> f64 {
        let seconds = self.patience.unwrap_or_default() * self.times;
        self.times = if self.times == 1 {
            GIVEN_UP
        } else {
            self.times * 2
        };
        seconds.as_secs_f64()
    }

    /// Nobody looks at it any more.
    pub(super) fn is_over(&mut self) {
        self.patience = None;
    }
}
