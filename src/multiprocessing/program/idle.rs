//! How long a program has done nothing.

use std::time::{Duration, Instant};

use crate::evidence::Sight;

/// After how many times the patience a program is given up that reads nothing and does nothing.
const GIVEN_UP: u32 = 5;

/// How much later that is at least, however short the patience: a program may wait for a moment for
/// good reasons.
const MOMENT: Duration = Duration::from_secs(1);

/// A wait for a program that does nothing.
pub(super) struct Idle {
    begin: Instant,
    /// How long after that one looks at it next; nothing for never.
    next: Option<Duration>,
    /// How it was seen when that was told last.
    pub(super) seen: Option<Sight>,
}

impl Idle {
    pub(super) fn begin(patience: Option<Duration>) -> Idle {
        Idle { begin: Instant::now(), next: patience, seen: None }
    }

    /// For how long nobody looks at it; nothing for ever.
    pub(super) fn timeout(&self) -> Option<Duration> {
        Some(self.next?.saturating_sub(self.begin.elapsed()))
    }

    /// How many seconds it has done nothing for. After that one looks at it again when it is five
    /// times as many.
    pub(super) fn seconds(&mut self) -> f64 {
        let seconds = self.next.unwrap_or_default();
        let later = seconds.checked_mul(GIVEN_UP);
        self.next = later.map(|later| later.max(seconds.saturating_add(MOMENT)));
        seconds.as_secs_f64()
    }

    /// Nobody looks at it any more.
    pub(super) fn is_over(&mut self) {
        self.next = None;
    }
}
