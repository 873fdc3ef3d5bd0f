//! Notes about values in the queue.

use super::moment::Moment;
use super::note::{Actor, List, Seconds, notes, shown};
use super::story::{Series, Story};
use crate::events::{Call, Event, Way};

impl Story {
    pub(super) fn see_queue(&mut self, now: &Moment) {
        let past = self.past.entry(now.pid).or_default();
        match &now.event {
            Event::Put { .. } => {
                past.has_put = true;
                self.puts += 1;
                self.once(Put { who: now.me() })
            }
            Event::Wait { call: Call::Get, .. } => {
                past.is_reader = true;
                match now.run.on_its_way(Way::Queue).count() {
                    0 => self.once(WaitGet { who: now.me() }),
                    there => self.once(GetsAtOnce { who: now.me(), there }),
                }
            }
            Event::Get { value, .. } => {
                past.gets += 1;
                past.is_reader = true;
                let (who, value) = (now.me(), shown(value));
                let Some(put) = now.change.arrived else {
                    self.once(GetUnknown { who, value });
                    return;
                };
                let (from, took) = (now.run.who(put.from), Seconds::between(put.t, now.t));
                let (reader, got, waited) = (who.clone(), value.clone(), now.waited());
                self.few(Series::GETS, |again| Get { who, value, from, took, waited, again });
                let readers = self.which(|past| past.is_reader).len();
                readers > 1 && self.once(Compete { who: reader, value: got, readers })
            }
            Event::PutSentinel { .. } => self.once(PutSentinel { by: now.me() }),
            Event::GetSentinel { .. } => {
                self.few(Series::READERS, |again| GetSentinel { who: now.me(), again })
            }
            Event::Empty { .. } => {
                self.few(Series::READERS, |again| Empty { who: now.me(), again })
            }
            Event::EndOfFile { .. } if !past.is_reader => self.once(EndOfPipe { who: now.me() }),
            Event::EndOfFile { .. } => {
                let writers = now.run.roles(&self.which(|past| past.has_put));
                self.few(Series::READERS, |again| EndOfFile { who: now.me(), writers, again })
            }
            _ => false,
        };
    }
}

notes! {
    Put { who: Actor } samples (writer())
    en "{who} prints this first and puts the value afterwards; otherwise a reader could report the \
        value before the writer does. Here put() itself writes into the pipe; in Python a hidden \
        feeder thread makes a pickle of the value and writes it, and put() doesn't wait for that."
    zh "{who}先打印这一行，然后才放入值：反过来的话，读进程可能抢先报告已经取到了这个值。在这里 \
        put() 自己把值写进管道；在 Python 里，由一个看不见的后台线程（feeder thread）先做 pickle 再\
        写入，put() 并不等这个线程。"

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
        who: Actor, value: String, from: Actor, took: Seconds, waited: Seconds, again: bool
    }
        samples (reader(), "'A'".into(), writer(), TOOK, WAITED, false)
            (reader(), "'A'".into(), writer(), TOOK, WAITED, true)
    en {
        "{who} got {value} {took} after {from} announced it. The queue is a pipe in the kernel: \
         between these two, no other process has passed the value on."
        again "{value} took {took}; {who} had waited in get() for {waited}."
    }
    zh {
        "从{from}打印要放入 {value} 的那一行，到{who}取到这个值，用了 {took}。队列就是内核里的一个\
         管道：从前者到后者，中间不经过别的进程。"
        again "{value} 传递用了 {took}；{who}在 get() 里等了 {waited}。"
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
    en "{by} puts a sentinel behind the last value, one for each reader: whoever gets a sentinel \
        takes it out of the queue, so the next reader needs its own."
    zh "{by}在最后一个值后面放哨兵值，每个读进程一个：哨兵值一被取走就离开了队列，所以下一个读进程\
        需要自己的那一个。"

    brief GetSentinel { who: Actor, again: bool } samples (reader(), false) (reader(), true)
    en {
        "{who} got a sentinel: every value put before it has been got. The reader leaves its loop \
         and ends by itself; no signal is needed."
        again "{who} got a sentinel of its own."
    }
    zh {
        "{who}取到了哨兵值：此前放入的值都已取走。这个读进程退出循环，自行结束，不需要用信号来终\
         止。"
        again "{who}取到了自己的那个哨兵值。"
    }

    brief Empty { who: Actor, again: bool } samples (reader(), false) (reader(), true)
    en {
        "{who} finds the queue empty, and leaves its loop. But empty() only says that nothing is \
         there right now, not that nothing more will come: a writer may be about to put the next \
         value."
        again "{who} finds the queue empty as well, and leaves."
    }
    zh {
        "{who}发现队列是空的，就退出循环。但 empty() 只说明此刻队列里没有东西，不说明以后不会再有：\
         写进程也许正要放入下一个值。"
        again "{who}也发现队列是空的，退出循环。"
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
                process holds a write end any more, {nobody}. The reader leaves its loop and ends \
                by itself."),
        }
    }
    zh {
        let nobody = match writers.is_empty() {
            true => "父进程也已不再持有写端".into(),
            false => format!("父进程、{writers}都已不再持有写端"),
        };
        match *again {
            true => format!("{who}也读到了 EOF：和哨兵值不同，EOF 对每个读进程都有效。"),
            false => format!("{who}读到了文件末尾（EOF）：管道空了，{nobody}。这个读进程退出循环，\
                自行结束。"),
        }
    }
}
