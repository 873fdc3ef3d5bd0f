//! Values on their way from one process to another.

use std::collections::{BTreeMap, VecDeque};

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

/// The queues and pipes of a run by name, each with the values that were put or sent there and have
/// not arrived, in order.
#[derive(Default)]
pub(super) struct Channels(BTreeMap<String, Transit>);

struct Transit {
    way: Way,
    values: VecDeque<(Value, Parcel)>,
}

impl Channels {
    pub(super) fn leave(&mut self, on: &str, value: &Value, parcel: Parcel) {
        let value = (value.clone(), parcel);
        match self.0.get_mut(on) {
            Some(channel) => channel.values.push_back(value),
            None => {
                let channel = Transit { way: parcel.way, values: VecDeque::from([value]) };
                self.0.insert(on.to_owned(), channel);
            }
        }
    }

    /// The process with the PID `by` has got or received a value, which another one put or sent.
    ///
    /// Which of two equal values arrived nobody can tell, and it makes no difference: the older one
    /// is taken. There are never more than pipes hold.
    pub(super) fn arrive(&mut self, on: &str, value: &Value, by: u32) -> Option<Parcel> {
        let values = &mut self.0.get_mut(on)?.values;
        let is_it = |(sent, parcel): &(Value, Parcel)| parcel.from != by && sent == value;
        let index = values.iter().position(is_it)?;
        values.remove(index).map(|(_, parcel)| parcel)
    }

    /// What the process with the PID `by` has put or sent last did not go.
    pub(super) fn take_back(&mut self, way: Way, by: u32) -> Option<Parcel> {
        let is_by = |(_, parcel): &(Value, Parcel)| parcel.from == by;
        let channels = self.0.values_mut().filter(|channel| channel.way == way);
        let last = channels.filter_map(|channel| {
            let index = channel.values.iter().rposition(is_by)?;
            Some((channel.values[index].1.id, index, channel))
        });
        let (_, index, channel) = last.max_by_key(|(id, ..)| *id)?;
        channel.values.remove(index).map(|(_, parcel)| parcel)
    }
}

/// All values that have left by queues, or by pipes, and have not arrived.
#[derive(Clone, Copy)]
pub struct OnItsWay<'a> {
    channels: &'a Channels,
    way: Way,
}

impl<'a> OnItsWay<'a> {
    pub(super) fn new(channels: &'a Channels, way: Way) -> OnItsWay<'a> {
        OnItsWay { channels, way }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.channels().map(|channel| channel.values.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The values, oldest first.
    pub fn values(self) -> impl Iterator<Item = &'a Value> {
        self.sorted().into_iter().map(|(value, _)| value)
    }

    /// From whom and since when, oldest first.
    pub fn parcels(self) -> impl Iterator<Item = &'a Parcel> {
        self.sorted().into_iter().map(|(_, parcel)| parcel)
    }

    fn sorted(self) -> Vec<&'a (Value, Parcel)> {
        let mut all: Vec<_> = self.channels().flat_map(|channel| &channel.values).collect();
        all.sort_by_key(|(_, parcel)| parcel.id);
        all
    }

    fn channels(self) -> impl Iterator<Item = &'a Transit> {
        self.channels.0.values().filter(move |channel| channel.way == self.way)
    }
}
