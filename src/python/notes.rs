//! What `--explain` tells of a program: what is true of Python here, with the facts of this run.

use std::collections::HashMap;

use super::PythonEvent;
use super::facts::Facts;
use crate::events::{Call, Event, Status, Stream};
use crate::state::Activity;
use crate::views::explain::{
    Actor, Moment, Narrator, Seconds, Series, Story, clipped, note::shown, notes,
};

#[derive(Default)]
pub(super) struct ProgramNarrator {
    facts: Facts,
    /// When each process printed the oldest line that it has not written, and whether it has done
    /// something else since.
    printed: HashMap<u32, (f64, bool)>,
}

impl Narrator for ProgramNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        self.facts.see(now.record, now.run);
        self.see_output(now, story);
        let who = now.me();
        let kind = |on: &str| self.facts.objects.get(on).map_or("", |it| &it.kind).to_owned();
        match &now.event {
            Event::Started { child, method, daemon, library, .. } => {
                let child = now.run.who(*child);
                let method = method.as_deref().unwrap_or("exec").to_owned();
                let (by, other) = (who.clone(), child.clone());
                story.once(StartedBy { by: who, child, method });
                if *daemon == Some(true) && library.is_none() {
                    story.once(Daemon { by, child: other });
                }
            }
            Event::Put { value, on: Some(on), .. } if !kind(on).is_empty() => {
                let (value, on, kind) = (shown(value), clipped(on, 40), kind(on));
                story.once(PutInto { who, value, on, kind });
            }
            Event::Wait { call: Call::Get, on: Some(on) } if has_lock(&kind(on)) => {
                story.once(WaitsInGet { who });
            }
            Event::Get { value, .. } => {
                let Some(put) = now.change.arrived else { return true };
                let (value, from, waited) = (shown(value), now.run.who(put.from), now.waited());
                let took = Seconds::between(put.t, now.t);
                story.few(Series::GETS, |again| Got { who, value, from, took, waited, again });
            }
            Event::Empty { on: Some(on) } if has_feeder(&kind(on)) => {
                let on = clipped(on, 40);
                story.once(IsEmpty { who, on });
            }
            Event::Acquired { lock } if kind(lock).ends_with("Lock") => {
                story.once(HasLock { who, lock: clipped(lock, 40) });
            }
            Event::Terminate { child, .. } => {
                let child = now.run.who(*child);
                story.few(Series::SIGNALS, |again| Terminates { by: who, child, again });
            }
            Event::Exited { child, status, .. } if *child != now.pid => {
                let (Status::Code(exitcode) | Status::Signal(exitcode)) = *status;
                let is_killed = matches!(status, Status::Signal(_));
                let exitcode = if is_killed { -exitcode } else { exitcode };
                let is_python = self.is_of_multiprocessing(*child);
                let name = if is_python { "exitcode" } else { "returncode" };
                let child = now.run.who(*child);
                let role = child.role.clone();
                story.few_about(&role, Series::ENDS, |_| Ended { child, name, exitcode });
            }
            Event::Own(_) => {
                if let Some(PythonEvent::End { task, exception: Some(exception), .. }) =
                    now.event.own()
                {
                    story.once(TaskFailed { who, task, exception: clipped(&exception, 40) });
                }
            }
            // What is said of these is true of Python, too.
            Event::Running {} => return now.thread.is_none(),
            Event::Sleep { .. } | Event::EndOfFile { .. } => return false,
            // Of subprocess it is another call that waits, and several threads may wait for several.
            Event::Join { child, .. } | Event::Joined { child, .. } => {
                let mut threads = now.run.process(now.pid).into_iter().flat_map(|it| it.threads());
                let joins = |(name, does): (Option<&str>, Activity)| {
                    name.is_some() && matches!(does, Activity::Joining(_))
                };
                return threads.any(joins)
                    || now.thread.is_some()
                    || !self.is_of_multiprocessing(*child);
            }
            _ => {}
        }
        true
    }
}

impl ProgramNarrator {
    fn is_of_multiprocessing(&self, child: u32) -> bool {
        self.facts.process(child).is_some_and(|it| it.method.is_some())
    }

    /// A line that is written at once, as onto a terminal, is no news.
    fn see_output(&mut self, now: &Moment, story: &mut Story) {
        match now.event.own::<PythonEvent>() {
            Some(PythonEvent::Printed { stream: Stream::Stdout, .. }) => {
                self.printed.entry(now.pid).or_insert((now.t, false));
            }
            Some(PythonEvent::Written { stream: Stream::Stdout, of: None, open: None, .. }) => {
                if let Some((t, true)) = self.printed.remove(&now.pid) {
                    let (who, ago) = (now.me(), Seconds::between(t, now.t));
                    story.once(WrittenLate { who, ago });
                }
            }
            _ => {
                let printed = self.printed.get_mut(&now.pid);
                printed.into_iter().for_each(|it| it.1 = true);
            }
        }
    }
}

/// Whether this is a queue between processes, in which `get()` takes a lock.
fn has_lock(kind: &str) -> bool {
    has_feeder(kind) || kind == "SimpleQueue"
}

/// Whether a thread writes what is put into the pipe.
fn has_feeder(kind: &str) -> bool {
    ["Queue", "JoinableQueue"].contains(&kind)
}

notes! {
    StartedBy { by: Actor, child: Actor, method: String } samples
        (parent(), writer(), "fork".into()) (parent(), writer(), "spawn".into())
        (parent(), writer(), "forkserver".into()) (parent(), writer(), "os.fork".into())
        (parent(), writer(), "exec".into())
    en {
        let how = match method.as_str() {
            "fork" => "a copy of its parent with all that it has in memory, in which only the \
                thread that called start() goes on",
            "spawn" => "a new Python, which imports the program once more and gets the function \
                and its arguments as a pickle",
            "forkserver" => "a copy of a server, which is its parent; the program is imported once \
                more, in the child or in the server, and the function and its arguments come as a \
                pickle",
            "os.fork" => "a copy of its parent, which goes on at the same line, with the lines \
                that are still in the buffer",
            _ => "another program, in which nothing of its parent's memory is left",
        };
        format!("{by} has started {child} by {method}: {how}.")
    }
    zh {
        let how = match method.as_str() {
            "fork" => "它是父进程的副本，内存里的内容都一样，但只有调用 start() 的那个线程在其中继\
                续运行",
            "spawn" => "一个新的 Python 重新导入这个程序，函数和参数以 pickle 传过去",
            "forkserver" => "它是一个服务器进程的副本，那就是它的父进程；程序在子进程或服务器进程里\
                重新导入，函数和参数以 pickle 传过去",
            "os.fork" => "它是父进程的副本，从同一行继续，还没写出的行也在它的缓冲区里",
            _ => "这是另一个程序，父进程内存里的东西都不在其中",
        };
        format!("{by}用 {method} 启动了{child}：{how}。")
    }

    brief Daemon { by: Actor, child: Actor } samples (parent(), writer())
    en "{child} is daemonic: when {by} ends, Python does not wait for it, and ends it by SIGTERM."
    zh "{child}是守护进程（daemon）：{by}结束时，Python 不等它，而是用 SIGTERM 终止它。"

    PutInto { who: Actor, value: String, on: String, kind: String } samples
        (writer(), "'A'".into(), "q".into(), "Queue".into())
        (writer(), "'A'".into(), "q".into(), "SimpleQueue".into())
        (writer(), "'A'".into(), "q".into(), "queue.Queue".into())
    en {
        let how = match kind.as_str() {
            "SimpleQueue" => "this put() makes the pickle itself and writes it into the pipe, and \
                waits while that is full",
            kind if kind.starts_with("queue.") => "put() hands over the object itself, without a \
                pickle, and only threads of this process can get it",
            _ => "put() leaves it in this process's buffer and returns; the feeder thread makes \
                the pickle and writes it into the pipe, so a change made meanwhile goes along",
        };
        format!("{who} puts {value} into {on}: {how}.")
    }
    zh {
        let how = match kind.as_str() {
            "SimpleQueue" => "这种队列的 put() 自己做 pickle 并写进管道，管道满了就等",
            kind if kind.starts_with("queue.") => "put() 交出的就是对象本身，不做 pickle，只有本进\
                程的线程能取到",
            _ => "put() 把它留在本进程的缓冲区里就返回，由后台线程（feeder thread）做 pickle 再写\
                进管道，所以此间对它的改动也会一起送出",
        };
        format!("{who}把 {value} 放入 {on}：{how}。")
    }

    WaitsInGet { who: Actor } samples (reader())
    en "{who} waits in get(), for the queue's own lock, or with it for a value. A process that is \
        killed while it has that lock never releases it, and then no other process gets anything."
    zh "{who}在 get() 里等待：等队列自己的锁，或者持有锁等一个值。持有锁的进程要是被杀死，锁就再也\
        不会释放，别的进程什么也取不到。"

    brief Got {
        who: Actor, value: String, from: Actor, took: Seconds, waited: Seconds, again: bool
    }
        samples (reader(), "'A'".into(), writer(), TOOK, WAITED, false)
            (reader(), "'A'".into(), writer(), TOOK, WAITED, true)
    en {
        "{who} got {value} {took} after {from} called put(), having waited in get() for {waited}."
        again "{value} took {took}; {who} had waited in get() for {waited}."
    }
    zh {
        "从{from}调用 put() 到{who}取到 {value}，用了 {took}；{who}在 get() 里等了 {waited}。"
        again "{value} 传递用了 {took}；{who}在 get() 里等了 {waited}。"
    }

    IsEmpty { who: Actor, on: String } samples (reader(), "q".into())
    en "{who} finds {on} empty at this moment. That doesn't say that nothing more comes: a value \
        may still be in the buffer of the process that has put it."
    zh "{who}发现 {on} 此刻是空的。这并不说明不会再有值：放入的值可能还在那个进程的缓冲区里。"

    HasLock { who: Actor, lock: String } samples (reader(), "lock".into())
    en "{who} has {lock}. It is a number in shared memory, 1 or 0, that does not know who has the \
        lock: if this process dies now, it is never released."
    zh "{who}获取了 {lock}。它只是共享内存里的一个数，不是 1 就是 0，并不记录持有者：这个进程要是现\
        在死了，就再也没有进程会释放它。"

    brief Terminates { by: Actor, child: Actor, again: bool }
        samples (parent(), reader(), false) (parent(), reader(), true)
    en {
        "{by} sends SIGTERM to {child}, which ends it wherever it is, unless it handles that \
         signal: nothing is put in order, and what is in its buffers is lost."
        again "{by} sends SIGTERM to {child} as well."
    }
    zh {
        "{by}向{child}发送 SIGTERM：除非它处理这个信号，否则无论执行到哪里都会就此结束，来不及清\
         理，缓冲区里的内容也就丢了。"
        again "{by}也向{child}发送 SIGTERM。"
    }

    Ended { child: Actor, name: &'static str, exitcode: i32 }
        samples (writer(), "exitcode", 0) (writer(), "returncode", -15)
    en {
        let number = if *exitcode < 0 { ", the signal's number with a minus" } else { "" };
        format!("{child} has ended: in Python its {name} is {exitcode}{number}.")
    }
    zh {
        let number = if *exitcode < 0 { "，也就是信号的编号加上负号" } else { "" };
        format!("{child}结束了：在 Python 里，它的 {name} 是 {exitcode}{number}。")
    }

    WrittenLate { who: Actor, ago: Seconds } samples (writer(), AGO)
    en "{who} printed this {ago} ago. Where stdout is no terminal, Python keeps printed lines in a \
        buffer until that is full or flushed, or the process ends."
    zh "{who}在 {ago}之前就打印了这一行。如果 stdout 不是终端，Python 会把打印的行留在缓冲区里，直\
        到缓冲区满了、被刷新，或者进程结束。"

    brief TaskFailed { who: Actor, task: u64, exception: String }
        samples (writer(), 7, "ValueError".into())
    en "{exception} has ended task {task} in {who}, and not the worker: as a pickle it goes back \
        to where the result is asked for, and is raised there."
    zh "{exception} 结束了{who}里的任务 {task}，工作进程没有结束：异常以 pickle 传回去，谁来取结\
        果，就在谁那里抛出。"
}
