//! The time of a run.

use rustix::time::{ClockId, clock_gettime};

/// A run's clock: the system's monotonic clock, the same for all processes of the machine, counted
/// from the moment when the run began.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Where zero is on the system's monotonic clock, in microseconds.
    pub epoch: u64,
}

impl Clock {
    /// A clock that starts from zero now.
    pub fn start() -> Clock {
        Clock { epoch: monotonic_micros() }
    }

    /// Seconds since the run began.
    pub fn seconds(self) -> f64 {
        monotonic_micros().saturating_sub(self.epoch) as f64 / 1e6
    }
}

fn monotonic_micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1_000
}
