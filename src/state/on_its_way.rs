//! Values on their way from one process to another.

use std::collections::VecDeque;

use serde_json::Value;

use crate::events::Way;

/// A value that was put or sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parcel {
    /// Its number among the values of the run.
    pub id: u64,
    /// What it goes through.
    pub way: Way,
    /// The PID of the process that has put or sent it.
    pub from: u32,
    /// When, in seconds since the run's first event.
    pub t: f64,
    /// The same in microseconds.
    pub micros: u64,
}

/// Values that were put or sent and have not arrived, in order.
///
/// Which of two equal values arrived nobody can tell, and it makes no difference: the older one is
/// taken. There are never more than pipes hold.
#[derive(Default)]
pub struct OnItsWay(VecDeque<(Value, Parcel)>);

impl OnItsWay {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values, oldest first.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(value, _)| value)
    }

    /// From whom and since when, oldest first.
    pub fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.0.iter().map(|(_, parcel)| parcel)
    }

    pub(super) fn leave(&mut self, value: &Value, parcel: Parcel) {
        self.0.push_back((value.clone(), parcel));
    }

    /// The process with the PID `by` has got or received a value, which another one put or sent.
    pub(super) fn arrive(&mut self, value: &Value, by: u32) -> Option<Parcel> {
        let is_it = |(sent, parcel): &(Value, Parcel)| parcel.from != by && sent == value;
        let index = self.0.iter().position(is_it)?;
        self.0.remove(index).map(|(_, parcel)| parcel)
    }

    /// What the process with the PID `by` has put or sent last did not go.
    pub(super) fn take_back(&mut self, by: u32) -> Option<Parcel> {
        let index = self.0.iter().rposition(|(_, parcel)| parcel.from == by)?;
        self.0.remove(index).map(|(_, parcel)| parcel)
    }
}
