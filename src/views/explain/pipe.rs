//! Notes about messages in a pipe.

use std::borrow::Cow;

use serde_json::Value;

use super::moment::Moment;
use super::note::{Actor, Seconds, notes};
use super::story::Story;
use crate::events::{Call, Event, Way};

impl Story {
    pub(super) fn see_pipe(&mut self, now: &Moment) {
        let past = self.past.entry(now.pid).or_default();
        let who = now.me();
        match &now.event {
            Event::Send { value, on, .. } => match &past.received {
                Some((_, _, pipe)) if *pipe == name_of(on) => self.once(SendBack { who }),
                _ => self.once(Send { who, may_be_long: may_be_long(value) }),
            },
            Event::Wait { call: Call::Recv, .. } => self.once(WaitRecv { who }),
            Event::Recv { value, on, .. } => {
                let from = now.change.arrived.map(|parcel| parcel.from);
                let what = |from| (from, value.clone().into_owned(), name_of(on).to_owned());
                past.received = from.map(what);
                match now.change.arrived {
                    Some(sent) => {
                        let took = Seconds::between(sent.t, now.t);
                        self.once(Recv { who, from: now.run.who(sent.from), took })
                    }
                    None => self.once(RecvUnknown { who }),
                }
            }
            Event::Print { value } => match &past.received {
                Some((from, received, _)) if *received == **value => {
                    let from = now.run.who(*from);
                    self.once(PrintReceived { who, from })
                }
                _ => false,
            },
            Event::Refused { call, .. } if self.times::<Refused>() < 2 => {
                let again = self.times::<Refused>() > 0;
                self.tell(Refused { who, call: *call, again })
            }
            _ => false,
        };
    }
}

/// The name of a pipe in the log, if the log names it.
fn name_of<'a>(on: &'a Option<Cow<str>>) -> &'a str {
    on.as_deref().unwrap_or(Way::Pipe.name())
}

/// Whether a pipe could be too small for such a value: not for a number or a short text.
pub(super) fn may_be_long(value: &Value) -> bool {
    value.is_array() || value.is_object() || value.as_str().is_some_and(|text| text.len() > 100)
}

notes! {
    Send { who: Actor, may_be_long: bool } samples (writer(), true) (writer(), false)
    en {
        let room = match *may_be_long {
            true => " A pipe usually holds 64 KiB; if the message is longer, send() waits until \
                the other end receives.",
            false => "",
        };
        format!("{who} sends it as one message: a line of JSON here, a pickle in Python.{room}")
    }
    zh {
        let room = match *may_be_long {
            true => "管道通常能装 64 KiB；再长一些，send() 就要等另一端接收。",
            false => "",
        };
        format!("{who}把它作为一条消息发送：在这里是一行 JSON，在 Python 里是 pickle。{room}")
    }

    SendBack { who: Actor } samples (parent())
    en "{who} now sends in the other direction. A two-way pipe allows that: it is two kernel pipes \
        here, a socket pair in Python. A one-way pipe refuses."
    zh "{who}现在朝另一个方向发送。双向管道可以这样做：在这里是两个内核管道，在 Python 里是一对套接\
        字（socket）；单向管道会拒绝。"

    WaitRecv { who: Actor } samples (reader())
    en "{who} calls recv(), which blocks until something comes, or the other end is \
        closed."
    zh "{who}调用 recv()，一直阻塞到另一端发来内容，或者另一端关闭为止。"

    brief Recv { who: Actor, from: Actor, took: Seconds } samples (parent(), writer(), TOOK)
    en "{who} received it {took} after {from} called send(): one send() takes one recv(), however \
        long the message."
    zh "从{from}调用 send() 到{who}收到，用了 {took}：一次 send() 对应一次 recv()，消息多长都一样。"

    RecvUnknown { who: Actor } samples (parent())
    en "{who} received a message; the log doesn't say which process sent it."
    zh "{who}收到了一条消息；日志里没有记下是哪个进程发送的。"

    PrintReceived { who: Actor, from: Actor } samples (parent(), writer())
    en "{who} prints its own copy of what {from} sent: processes share no variables."
    zh "{who}打印的是自己的一份副本，原件在{from}那里：进程之间不共享变量。"

    brief Refused { who: Actor, call: Call, again: bool }
        samples (parent(), Call::Send, false) (writer(), Call::Recv, true)
    en {
        "One end of a one-way pipe (duplex=False) can only receive and the other only send, so \
         {call} in {who} was refused. In Python it raises OSError."
        again "The same rule applies at the other end: {call} in {who} was refused."
    }
    zh {
        "单向管道（duplex=False）的一端只能接收，另一端只能发送，所以{who}的{call}被拒绝了。在 \
         Python 里会抛出 OSError。"
        again "在另一端也是同样的规则：{who}的{call}被拒绝了。"
    }
}
