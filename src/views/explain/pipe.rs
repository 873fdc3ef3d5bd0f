//! Notes about messages in a pipe.

use super::moment::Moment;
use super::note::{Actor, Seconds, notes};
use super::story::Story;
use crate::events::{Call, Event};

impl Story {
    pub(super) fn see_pipe(&mut self, now: &Moment) {
        let past = self.past.entry(now.pid).or_default();
        let who = now.me();
        match &now.event {
            Event::Send { .. } => match past.received_from {
                Some(_) => self.once(SendBack { who }),
                None => self.once(Send { who }),
            },
            Event::Wait { call: Call::Recv, .. } => self.once(WaitRecv { who }),
            Event::Recv { .. } => {
                past.received_from = now.change.arrived.map(|parcel| parcel.from);
                match now.change.arrived {
                    Some(sent) => {
                        let took = Seconds::between(sent.t, now.t);
                        self.once(Recv { who, from: now.run.who(sent.from), took })
                    }
                    None => self.once(RecvUnknown { who }),
                }
            }
            Event::Print { .. } => match past.received_from {
                Some(from) => self.once(PrintReceived { who, from: now.run.who(from) }),
                None => self.once(Print { who }),
            },
            Event::Refused { call, .. } if self.times::<Refused>() < 2 => {
                let again = self.times::<Refused>() > 0;
                self.tell(Refused { who, call: *call, again })
            }
            _ => false,
        };
    }
}

notes! {
    Send { who: Actor } samples (writer())
    en "{who} sends all of it as one message: a line of JSON here, a pickle in Python. A pipe \
        holds 64 KiB; if the message is longer, send() waits until the other end receives."
    zh "{who}把全部内容作为一条消息发送：在这里是一行 JSON，在 Python 里是 pickle。管道能装 64 \
        KiB；再长一些，send() 就要等另一端接收。"

    SendBack { who: Actor } samples (parent())
    en "{who} now sends in the other direction. A two-way pipe allows that: it is two kernel pipes \
        here, a socket pair in Python. A one-way pipe refuses."
    zh "{who}现在朝另一个方向发送。双向管道可以这样做：在这里是两个内核管道，在 Python 里是一对套接\
        字（socket）；单向管道会拒绝。"

    WaitRecv { who: Actor } samples (reader())
    en "{who} calls recv(), which blocks until the other end has sent something."
    zh "{who}调用 recv()，一直阻塞到另一端发来内容为止。"

    brief Recv { who: Actor, from: Actor, took: Seconds } samples (parent(), writer(), TOOK)
    en "{who} received it {took} after {from} called send(): one send() takes one recv(), however \
        long the message."
    zh "从{from}调用 send() 到{who}收到，用了 {took}：一次 send() 对应一次 recv()，消息多长都一样。"

    RecvUnknown { who: Actor } samples (parent())
    en "{who} received a message; the log doesn't say which process sent it."
    zh "{who}收到了一条消息；日志里没有记下是哪个进程发送的。"

    Print { who: Actor } samples (parent())
    en "{who} prints what it has."
    zh "{who}打印自己手里的内容。"

    PrintReceived { who: Actor, from: Actor } samples (parent(), writer())
    en "{who} prints its own copy of what {from} sent: processes share no variables."
    zh "{who}打印的是自己的一份副本，原件在{from}那里：进程之间不共享变量。"

    brief Refused { who: Actor, call: Call, again: bool }
        samples (parent(), Call::Send, false) (writer(), Call::Recv, true)
    en {
        "One end of a one-way pipe (duplex=False) can only receive and the other only send, so \
         {call} in {who} was refused. That does no harm, and the process goes on."
        again "The same rule applies at the other end: {call} in {who} was refused."
    }
    zh {
        "单向管道（duplex=False）的一端只能接收，另一端只能发送，所以{who}的{call}被拒绝了。这并无\
         大碍，该进程会继续运行。"
        again "在另一端也是同样的规则：{who}的{call}被拒绝了。"
    }
}
