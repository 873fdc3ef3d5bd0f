//! What is written beside the marks of values: the same at both ends of their way.

use std::collections::HashMap;

use serde_json::Value;

use crate::events::{Effect, Event, Way, repr};
use crate::state::{Change, State};

/// How many different values are remembered, to number those that come again.
const MOST_REMEMBERED: usize = 1000;

/// Labels of values, of which equal ones are told apart by a number.
#[derive(Default)]
pub struct Labels {
    /// By the parcel's number, as long as the value is on its way.
    departures: HashMap<u64, Departure>,
    seen: HashMap<String, u32>,
}

/// A value that was put or sent.
pub struct Departure {
    /// What the lanes say of it.
    pub label: String,
    /// Its mark, if that is drawn: the lane and the place among its marks.
    pub mark: Option<(usize, usize)>,
}

impl Labels {
    /// Takes an event, which gets this mark. What the lane says of the value, if there is one.
    pub fn see(
        &mut self,
        event: &Event,
        change: &Change,
        mark: Option<(usize, usize)>,
    ) -> Option<String> {
        match (event.effect(), change.left) {
            (Effect::Leaves(_, _, value), Some(parcel)) => {
                let label = self.numbered(value);
                let departure = Departure { label: label.clone(), mark };
                self.departures.insert(parcel.id, departure);
                Some(label)
            }
            (Effect::Arrives(_, _, value), _) => {
                let departure = change.arrived.and_then(|it| self.departures.remove(&it.id));
                // Of a value whose departure is not in the log, only itself is known.
                Some(departure.map_or_else(|| label(value), |departure| departure.label))
            }
            _ => None,
        }
    }

    /// The departure of the value that turned out not to have gone, if there was one.
    pub fn taken_back(&mut self, change: &Change) -> Option<Departure> {
        self.departures.remove(&change.taken_back?.id)
    }

    /// The departures of the values that were put into a queue and never got.
    pub fn lost(&mut self, state: &State) -> Vec<Departure> {
        let left = state.on_its_way(Way::Queue).parcels();
        left.filter_map(|parcel| self.departures.remove(&parcel.id)).collect()
    }

    fn numbered(&mut self, value: &Value) -> String {
        let label = label(value);
        if self.seen.len() >= MOST_REMEMBERED && !self.seen.contains_key(&label) {
            return label;
        }
        let times = self.seen.entry(label.clone()).or_default();
        *times += 1;
        match times {
            1 => label,
            times => format!("{label}#{times}"),
        }
    }
}

/// A value on one line: as Python's `repr` shows it, a string without its quotes.
fn label(value: &Value) -> String {
    let shown = repr(value);
    match value.is_string() {
        true => shown[1..shown.len() - 1].to_owned(),
        false => shown,
    }
}
