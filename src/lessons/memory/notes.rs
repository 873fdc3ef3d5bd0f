//! What `--explain` tells of this lesson only.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::events::MemoryEvent;
use crate::events::Event;
use crate::views::explain::{Actor, En, Moment, Narrator, Story, Zh, clipped, notes};

#[derive(Default)]
pub(super) struct MemoryNarrator {
    /// The last value of each process's counter, and its address.
    counters: BTreeMap<u32, (i64, String)>,
    /// What each process has received since it last looked at its counter.
    received: HashMap<u32, Value>,
    /// The processes whose counters have changed.
    changed: HashSet<u32>,
}

impl Narrator for MemoryNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        if let Event::Recv { value, .. } = &now.event {
            self.received.insert(now.pid, value.clone().into_owned());
        }
        let Some(MemoryEvent::Counter { value, address }) = now.event.own() else {
            return false;
        };
        let (who, address) = (now.me(), clipped(&address, 40));
        let has_received = self.received.remove(&now.pid) == Some(value.into());
        let before = self.counters.insert(now.pid, (value, address.clone()));
        if before.as_ref().is_some_and(|(before, _)| *before != value) {
            self.changed.insert(now.pid);
        }
        let other = self.counters.iter().find(|(pid, _)| **pid != now.pid);
        let other = other.map(|(pid, (value, address))| (now.run.who(*pid), *value, address));
        match (before.map(|(before, _)| before), other) {
            (None, None) => story.once(Counter { who, value, address }),
            (None, Some((other, other_value, other_address))) => {
                let other_address = other_address.clone();
                story.once(CounterElsewhere {
                    who,
                    value,
                    address,
                    other,
                    other_value,
                    other_address,
                })
            }
            (Some(from), _) if from != value && has_received => {
                story.once(CounterReceived { who, from, to: value })
            }
            (Some(from), other) if from != value => {
                let other = other.map(|(other, value, _)| (other, value));
                story.once(CounterChanged { who, from, to: value, other })
            }
            (Some(_), Some((other, other_value, _))) if self.changed.contains(&other.pid) => {
                story.once(CounterUnchanged { who, value, other, other_value })
            }
            _ => false,
        };
        true
    }
}

notes! {
    Counter { who: Actor, value: i64, address: String } samples (parent(), 10, "0x92afd0".into())
    en "{who} looks at a global variable: its value is {value}, at the address {address} of this \
        process's own memory."
    zh "{who}查看一个全局变量：值是 {value}，地址是 {address}（属于该进程自己的地址空间）。"

    brief CounterElsewhere {
        who: Actor, value: i64, address: String,
        other: Actor, other_value: i64, other_address: String
    } samples
        (writer(), 0, "0x92afd0".into(), parent(), 10, "0x92afd0".into())
        (writer(), 0, "0x92afd0".into(), parent(), 10, "0x7ffc10".into())
    en {
        match *address == *other_address {
            true => format!("The address is the same as in {other}, {address}, but the memory \
                isn't: in {who} the variable is {value}, there it is {other_value}. An address \
                means something only within one process."),
            false => format!("{who} has a variable of its own, {value} at {address}; the one of \
                {other} is {other_value} at {other_address}."),
        }
    }
    zh {
        match *address == *other_address {
            true => format!("地址和{other}的一样，都是 {address}，内存却不是同一块：在{who}那里变量\
                是 {value}，在{other}那里是 {other_value}。地址只在一个进程之内才有意义。"),
            false => format!("{who}有自己的变量：{value}，在 {address}；{other}的是 {other_value}，\
                在 {other_address}。"),
        }
    }

    CounterChanged { who: Actor, from: i64, to: i64, other: Option<(Actor, i64)> } samples
        (writer(), 0, 5, None) (writer(), 0, 5, Some((parent(), 10)))
    en {
        let other = match &*other {
            Some((other, value)) => format!(" In {} it was {value} at the last look.", En(other)),
            None => String::new(),
        };
        format!("{who} has set its own counter from {from} to {to}.{other}")
    }
    zh {
        let other = match &*other {
            Some((other, value)) => format!("{}上次查看时，自己的是 {value}。", Zh(other)),
            None => String::new(),
        };
        format!("{who}把自己的变量从 {from} 改成了 {to}。{other}")
    }

    brief CounterUnchanged { who: Actor, value: i64, other: Actor, other_value: i64 } samples
        (parent(), 10, writer(), 5)
    en "Still {value} in {who}: although {other} has set its own to {other_value}, nothing has \
        changed here. A result has to be sent."
    zh "{who}这里仍是 {value}：{other}已把自己的改成 {other_value}，这里什么也没有变。结果必须发送过来。"

    brief CounterReceived { who: Actor, from: i64, to: i64 } samples (parent(), 10, 5)
    en "{from} became {to} because {who} stored what it received: the value came as a message, not \
        through shared memory."
    zh "{from} 变成了 {to}，是因为{who}把收到的值存了进去：靠的是消息，不是共享内存。"
}
