//! Notes about values in the queue.

use std::borrow::Cow;

use super::moment::Moment;
use super::note::{Actor, En, List, Seconds, Zh, notes, shown};
use super::story::{Series, Story};
use crate::events::{Call, Event, Way};
use crate::state::Activity;

impl Story {
    /// The processes that have called `get()` on this queue.
    pub(super) fn readers_of(&self, queue: &str) -> Vec<u32> {
        self.which(|past| past.reads.as_deref() == Some(queue))
    }

    pub(super) fn see_queue(&mut self, now: &Moment) {
        let past = self.past.entry(now.pid).or_default();
        match &now.event {
            Event::Put { .. } => {
                past.has_put = true;
                self.puts += 1;
                self.once(Put { who: now.me(), prints: now.line.is_some() })
            }
            Event::Wait { call: Call::Get, on } => {
                let queue = name_of(on);
                past.reads = Some(queue.to_owned());
                match now.run.on_its_way(Way::Queue).filter(|sent| sent.on == queue).count() {
                    0 => self.once(WaitGet { who: now.me() }),
                    there => self.once(GetsAtOnce { who: now.me(), there }),
                }
            }
            Event::Get { value, on, .. } => {
                past.gets += 1;
                past.reads = Some(name_of(on).to_owned());
                let (who, value) = (now.me(), shown(value));
                let Some(put) = now.change.arrived else {
                    self.once(GetUnknown { who, value });
                    return;
                };
                let (from, took) = (now.run.who(put.from), Seconds::between(put.t, now.t));
                let (reader, got) = (who.clone(), value.clone());
                let has_waited = matches!(now.change.did, Activity::Waiting(_));
                let waited = has_waited.then(|| now.waited());
                self.few(Series::GETS, |again| Get { who, value, from, took, waited, again });
                let readers = self.readers_of(name_of(on)).len();
                readers > 1 && self.once(Compete { who: reader, value: got, readers })
            }
            Event::PutSentinel { .. } => {
                self.sentinel.get_or_insert(now.t);
                self.once(PutSentinel { by: now.me() })
            }
            Event::GetSentinel { on } => {
                past.is_told = true;
                let is_left = |first| {
                    let mut left = now.run.on_its_way(Way::Queue);
                    left.any(|sent| sent.on == name_of(on) && sent.parcel.t < first)
                };
                let all_got = self.sentinel.is_some_and(|first| !is_left(first));
                self.few(Series::READERS, |again| GetSentinel { who: now.me(), all_got, again })
            }
            Event::Empty { .. } => {
                past.is_told = true;
                let mut writers = self.which(|past| past.has_put);
                writers.retain(|pid| now.run.ended(*pid).is_none());
                let writers = now.run.roles(&writers);
                self.few(Series::READERS, |again| Empty { who: now.me(), writers, again })
            }
            Event::EndOfFile { .. } if past.reads.is_none() => {
                self.once(EndOfPipe { who: now.me() })
            }
            Event::EndOfFile { .. } => {
                past.is_told = true;
                let writers = now.run.roles(&self.which(|past| past.has_put));
                self.few(Series::READERS, |again| EndOfFile { who: now.me(), writers, again })
            }
            _ => false,
        };
    }
}

/// The name of a queue in the log, if the log names it.
fn name_of<'a>(on: &'a Option<Cow<str>>) -> &'a str {
    on.as_deref().unwrap_or(Way::Queue.name())
}

notes! {
    Put { who: Actor, prints: bool } samples (writer(), true) (writer(), false)
    en {
        let first = match *prints {
            true => format!("{who} prints this first and puts the value afterwards; otherwise a \
                reader could report the value before the writer does."),
            false => format!("{who} puts a value into a queue."),
        };
        format!("{first} Here put() itself writes into the pipe; in Python a hidden feeder thread \
            makes a pickle of the value and writes it, and put() doesn't wait for that.")
    }
    zh {
        let first = match *prints {
            true => format!("{who}先打印这一行，然后才放入值：反过来的话，读进程可能抢先报告已经取\
                到了这个值。"),
            false => format!("{who}向队列放入一个值。"),
        };
        format!("{first}在这里 put() 自己把值写进管道；在 Python 里，由后台线程（feeder thread）\
            先做 pickle 再写入，put() 并不等这个线程。")
    }

    WaitGet { who: Actor } samples (reader())
    en "{who} calls get(). While the queue is empty the call blocks, until a value comes or the \
        last write end is closed."
    zh "{who}调用 get()。只要队列是空的，这个调用就一直阻塞，直到有值到来，或者最后一个写端关闭。"

    GetsAtOnce { who: Actor, there: usize } samples (reader(), 1) (reader(), 4)
    en {
        let values = match *there {
            1 => "1 value is".into(),
            _ => format!("{there} values are"),
        };
        format!("{who} calls get() and hardly has to wait: {values} already in the queue.")
    }
    zh "{who}调用 get()，几乎不用等：队列里已有 {there} 个值。"

    brief Get {
        who: Actor, value: String, from: Actor, took: Seconds, waited: Option<Seconds>, again: bool
    }
        samples (reader(), "'A'".into(), writer(), TOOK, Some(WAITED), false)
            (reader(), "'A'".into(), writer(), TOOK, Some(WAITED), true)
            (reader(), "'A'".into(), writer(), TOOK, None, true)
    en {
        match (*again, &*waited) {
            (false, _) => format!("{who} got {value} {took} after {from} began to put it. The \
                queue is a pipe in the kernel: between these two, no other process has passed the \
                value on."),
            (true, Some(waited)) => {
                let waited = En(waited);
                format!("{value} took {took}; {who} had waited in get() for {waited}.")
            }
            (true, None) => format!("{who} got {value} after {took}."),
        }
    }
    zh {
        match (*again, &*waited) {
            (false, _) => format!("从{from}开始放入 {value}，到{who}取到它，用了 {took}。队列就是内\
                核里的一个管道：从前者到后者，中间不经过别的进程。"),
            (true, Some(waited)) => {
                let waited = Zh(waited);
                format!("{value} 传递用了 {took}；{who}在 get() 里等了 {waited}。")
            }
            (true, None) => format!("{value} 传递用了 {took}，取到它的是{who}。"),
        }
    }

    GetUnknown { who: Actor, value: String } samples (reader(), "'A'".into())
    en "{who} got {value}; the log doesn't say which process put it."
    zh "{who}取到了 {value}；日志里没有记下是哪个进程放入的。"

    Compete { who: Actor, value: String, readers: usize } samples (reader(), "'A'".into(), 3)
    en "{readers} processes have called get() on this queue by now, and only {who} got {value}: \
        each value goes to exactly one reader, and the kernel decides which."
    zh "到此时已有 {readers} 个进程在这个队列上调用过 get()，而 {value} 只到了{who}手里：每个值只归\
        一个读进程。归哪一个，只由内核决定。"

    PutSentinel { by: Actor } samples (parent())
    en "{by} puts a sentinel behind the values. The reader that gets it takes it out of the queue, \
        so each reader needs one of its own."
    zh "{by}在各个值后面放一个哨兵值。哨兵值一被取走就离开了队列，所以每个读进程都要有自己的一个。"

    brief GetSentinel { who: Actor, all_got: bool, again: bool }
        samples (reader(), true, false) (reader(), false, false) (reader(), true, true)
    en {
        let all = if *all_got { ": every value put before it has been got" } else { "" };
        match *again {
            true => format!("{who} got a sentinel of its own."),
            false => format!("{who} got a sentinel{all}. It knows now that nothing more comes, so \
                it can end by itself, and needs no signal."),
        }
    }
    zh {
        let all = if *all_got { "，此前放入的值都已取走" } else { "" };
        match *again {
            true => format!("{who}取到了自己的那个哨兵值。"),
            false => format!("{who}取到了哨兵值{all}。它由此知道不会再有值，可以自行结束，不需要用\
                信号来终止。"),
        }
    }

    brief Empty { who: Actor, writers: List, again: bool }
        samples (reader(), one(), false) (reader(), none(), false) (reader(), none(), true)
    en {
        let more = match writers.is_empty() {
            true => String::new(),
            false => format!(": {writers} may be about to put the next value"),
        };
        match *again {
            true => format!("{who} finds the queue empty as well, and gets no more."),
            false => format!("{who} finds the queue empty, and gets no more. But empty() only says \
                that nothing is there right now, not that nothing more will come{more}."),
        }
    }
    zh {
        let more = match writers.is_empty() {
            true => String::new(),
            false => format!("：{writers}也许正要放入下一个值"),
        };
        match *again {
            true => format!("{who}也发现队列是空的，不再读了。"),
            false => format!("{who}发现队列是空的，就不再读了。但 empty() 只说明此刻队列里没有东\
                西，不说明以后不会再有{more}。"),
        }
    }

    brief EndOfPipe { who: Actor } samples (parent())
    en "{who} reached the end of file (EOF): no process has the other end of this pipe any more, \
        so nothing more can come. In Python, recv() raises EOFError here."
    zh "{who}读到了文件末尾（EOF）：再也没有进程持有这个管道的另一端，不会再有内容到来。在 Python \
        里，recv() 这时会抛出 EOFError。"

    brief EndOfFile { who: Actor, writers: List, again: bool } samples
        (reader(), none(), false) (reader(), two(), false) (reader(), none(), true)
    en {
        let nobody = match writers.is_empty() {
            true => "not even the parent".into(),
            false => format!("neither the parent nor {writers}"),
        };
        match *again {
            true => format!("{who} reached EOF as well: unlike a sentinel, EOF is there for every \
                reader."),
            false => format!("{who} reached the end of file (EOF): the pipe is empty and no \
                process holds a write end any more, {nobody}. So nothing more can come. In a Queue of Python's, EOF never comes: each reader has a write end itself."),
        }
    }
    zh {
        let nobody = match writers.is_empty() {
            true => "父进程也已不再持有写端".into(),
            false => format!("父进程、{writers}都已不再持有写端"),
        };
        match *again {
            true => format!("{who}也读到了 EOF：和哨兵值不同，EOF 对每个读进程都有效。"),
            false => format!("{who}读到了文件末尾（EOF）：管道空了，{nobody}，不会再有值到来。在 Python 的 Queue 里等不到 EOF：每个读进程自己也有一个写端。"),
        }
    }
}
