//! How long a program has done nothing.

use std::time::{Duration, Instant};

use crate::evidence::Sight;

/// A program that reads nothing and does nothing is given up after so many times the patience.
const GIVEN_UP: u32 = 5;

/// That is at least this much later than the patience: any program may wait for a moment.
const MOMENT: Duration = Duration::from_secs(1);

/// A wait for a program that does nothing.
pub(super) struct Idle {
    begin: Instant,
    /// How long after `begin` to look at the program next; nothing for never.
    next: Option<Duration>,
    /// How the program looked when that was logged last.
    pub(super) seen: Option<Sight>,
}

impl Idle {
    pub(super) fn begin(patience: Option<Duration>) -> Idle {
        Idle { begin: Instant::now(), next: patience, seen: None }
    }

    /// How long it is until the next look; nothing for ever.
    pub(super) fn timeout(&self) -> Option<Duration> {
        Some(self.next?.saturating_sub(self.begin.elapsed()))
    }

    /// For how many seconds the program has done nothing. The next look comes when it is five times
    /// as many.
    pub(super) fn seconds(&mut self) -> f64 {
        let seconds = self.next.unwrap_or_default();
        let later = seconds.checked_mul(GIVEN_UP);
        self.next = later.map(|later| later.max(seconds.saturating_add(MOMENT)));
        seconds.as_secs_f64()
    }

    /// Ends the looks.
    pub(super) fn is_over(&mut self) {
        self.next = None;
    }
}
