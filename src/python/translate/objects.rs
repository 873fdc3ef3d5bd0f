//! Queues, pipes, locks and pools, and the values on their way through them.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

use super::roles::Names;
use crate::python::events::PythonEvent;
use crate::python::raw::Raw;

/// The objects of a run, by the keys that the injected code gives them.
#[derive(Default)]
pub struct Objects {
    by_key: HashMap<Rc<str>, Object>,
    names: Names,
}

pub struct Object {
    pub name: Rc<str>,
    /// The name of a simplex pipe's end for writing.
    second: Option<Rc<str>>,
    pub is_semaphore: bool,
    /// Whether whoever puts a value writes it into the pipe.
    pub is_simple: bool,
    /// Whether the last comes out first.
    is_stack: bool,
    /// The other end of a duplex pipe.
    peer: Option<Rc<str>>,
    /// The values in it, oldest first: of a queue those in its pipe.
    values: VecDeque<Parcel>,
}

/// A value in a queue, pipe or `queue.Queue`.
struct Parcel {
    /// Its number in the run, if its departure was seen.
    number: Option<u64>,
    from: u32,
    /// What tells it from others: the object's `id`, or a hash of the text.
    mark: u64,
}

/// How many senders' oldest values are compared with one that has arrived.
const MOST_COMPARED: usize = 64;

pub fn mark_of(raw: &Raw) -> u64 {
    raw.id.unwrap_or_else(|| {
        let mut hasher = DefaultHasher::new();
        raw.v.map(|it| it.get()).hash(&mut hasher);
        hasher.finish()
    })
}

impl Objects {
    /// An object was made, or both ends of a pipe were. Another one may have had its key before.
    pub fn make(&mut self, raw: &Raw) -> Vec<PythonEvent> {
        let Some(key) = raw.o.as_deref() else { return Vec::new() };
        let kind = raw.k.as_deref().unwrap_or("object");
        let name = self.name(raw.name.as_deref(), kind);
        let mut object = Object::new(name.clone(), kind);
        let mut names = vec![name.clone()];
        if kind == "Pipe" {
            let second = self.name(raw.name2.as_deref(), kind);
            names.push(second.clone());
            if let Some(peer) = raw.peer.as_deref().map(Rc::<str>::from) {
                let mut other = Object::new(second, kind);
                other.peer = Some(key.into());
                self.by_key.insert(peer.clone(), other);
                object.peer = Some(peer);
            } else {
                object.second = Some(second);
            }
        }
        self.by_key.insert(key.into(), object);
        // The lock of a condition or shared value may be one that has a name of its own.
        let lock = raw.lock.as_deref().map(|lock| {
            let lock = self.by_key.entry(lock.into());
            lock.or_insert_with(|| Object::new(name, "Lock")).name.to_string()
        });
        let (max, kind) = (raw.max.and_then(|it| it.try_into().ok()), kind.to_owned());
        let max = max.filter(|it| *it > 0);
        let made = |on: Rc<str>| {
            let (kind, lock) = (kind.clone(), lock.clone());
            PythonEvent::Made { on: on.to_string(), kind, lock, max }
        };
        names.into_iter().map(made).collect()
    }

    fn name(&mut self, name: Option<&str>, kind: &str) -> Rc<str> {
        match name {
            Some(name) => self.names.unique(name),
            None => {
                let kind = kind.rsplit('.').next().unwrap_or(kind).to_lowercase();
                self.names.numbered(&kind)
            }
        }
    }

    /// The object with this key. One that is seen for the first time is of this kind.
    pub fn get(&mut self, key: &str, kind: &str) -> &mut Object {
        if !self.by_key.contains_key(key) {
            let name = self.name(None, kind);
            self.by_key.insert(key.into(), Object::new(name, kind));
        }
        self.by_key.entry(key.into()).or_insert_with(|| Object::new(kind.into(), kind))
    }

    /// The name of the end on which a value is sent.
    pub fn sending_end(&mut self, key: &str) -> Rc<str> {
        let object = self.get(key, "pipe");
        object.second.as_ref().unwrap_or(&object.name).clone()
    }

    /// Whether this is an end of which the other one is not known, as those of a `Listener`: what is
    /// sent there can't be told from what is received.
    pub fn is_unpaired(&self, key: &str) -> bool {
        key.starts_with("s:") && self.by_key.get(key).is_none_or(|it| it.peer.is_none())
    }

    /// A value goes into the pipe on which `key` is the sending end.
    pub fn send(&mut self, key: &str, from: u32, number: u64, mark: u64) {
        let peer = self.get(key, "pipe").peer.clone();
        self.get(peer.as_deref().unwrap_or(key), "pipe").push(Some(number), from, mark);
    }

    /// The value with this number was not sent after all.
    pub fn take_back(&mut self, key: &str, number: u64) {
        let peer = self.get(key, "pipe").peer.clone();
        let values = &mut self.get(peer.as_deref().unwrap_or(key), "pipe").values;
        if let Some(place) = values.iter().rposition(|it| it.number == Some(number)) {
            values.remove(place);
        }
    }
}

impl Object {
    fn new(name: Rc<str>, kind: &str) -> Object {
        let is_semaphore = kind.ends_with("Semaphore");
        let (is_simple, is_stack) = (kind == "SimpleQueue", kind.ends_with("LifoQueue"));
        let (second, peer, values) = (None, None, VecDeque::new());
        Object { name, second, is_semaphore, is_simple, is_stack, peer, values }
    }

    pub fn push(&mut self, number: Option<u64>, from: u32, mark: u64) {
        self.values.push_back(Parcel { number, from, mark });
    }

    /// The value that comes out of a queue's pipe: the oldest.
    pub fn pop(&mut self) -> Option<u64> {
        self.values.pop_front()?.number
    }

    /// The value that comes out of a `queue.Queue`: the same object.
    pub fn pop_same(&mut self, mark: u64) -> Option<u64> {
        let is_it = |it: &Parcel| it.mark == mark;
        let place = match self.is_stack {
            true => self.values.iter().rposition(is_it),
            false => self.values.iter().position(is_it),
        };
        self.values.remove(place?)?.number
    }

    /// The value that comes out of a pipe. What one process sends arrives in the order of the
    /// sending; of several senders, the log's order may not be that of the pipe.
    pub fn recv(&mut self, mark: u64) -> Option<u64> {
        let mut senders = Vec::new();
        let mut is_it = |it: &Parcel| {
            let is_first = !senders.contains(&it.from);
            senders.push(it.from);
            is_first && it.mark == mark
        };
        let place = self.values.iter().take(MOST_COMPARED).position(&mut is_it);
        self.values.remove(place.unwrap_or_default())?.number
    }
}
