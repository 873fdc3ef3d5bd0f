//! A run begins, and its processes.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::moment::Moment;
use super::note::{List, Seconds, Who, clipped, count, notes, shown};
use super::story::{Series, Story};

impl Story {
    /// The run begins.
    pub fn run_begins(&mut self, options: &RawValue, seed: u64, cores: usize) {
        self.cores = cores;
        let options = options_in_words(options);
        self.once(Options {
            options,
            seed,
            cores,
        });
    }

    /// The main thread of a process begins.
    pub fn running(&mut self, now: &Moment) {
        let (pid, who) = (now.pid, now.me());
        if who.is_parent {
            self.once(ParentRuns { pid });
            return;
        }
        let line = now.line.as_deref().unwrap_or_default().to_owned();
        match self.running_line.replace((line.clone(), pid)) {
            Some((before, other)) if before == line && !line.is_empty() => {
                let (who, other) = (who.clone(), now.run.who(other));
                self.once(SameLine { who, other });
            }
            _ => {}
        }
        match now.run.started(pid) {
            Some(started) => {
                let after = Seconds::between(started, now.t);
                self.once(ChildRuns { who, after })
            }
            None => self.once(ChildRunsEarly { who }),
        };
    }

    /// A process has started another one.
    pub fn started(&mut self, child: u32, is_foreign: bool, now: &Moment) {
        self.started += 1;
        let (by, child) = (now.me(), now.run.who(child));
        if is_foreign {
            self.once(StartedForeign { by, child });
        } else if !by.is_parent && self.times::<StartedGrandchild>() == 0 {
            self.tell(StartedGrandchild { by, child });
        } else if by.is_parent {
            self.once_then_few(Series::Starts, |again| Started { by, child, again });
        } else {
            let again = true;
            self.few(Series::Starts, Started { by, child, again });
        }
    }

    /// The parent is about to start a child.
    pub fn will_start(&mut self, now: &Moment) {
        let pid = now.pid;
        let running = now.run.running(pid, pid);
        match self.past(pid).has_just_joined {
            Some(waited) => self.once(StartsAfterJoin { waited }),
            None if running.is_empty() => self.once(NotYetStarted {}),
            None => self.once(StartsBeside { running }),
        };
    }
}

/// The options as a person reads them: `readers 1, stop "eof"`.
fn options_in_words(options: &RawValue) -> String {
    let options: Map<String, Value> = serde_json::from_str(options.get()).unwrap_or_default();
    let options = options.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => clipped(text, 40),
            other => shown(other),
        };
        format!("{} {value}", clipped(name, 40))
    });
    options.collect::<Vec<_>>().join(", ")
}

notes! {
    Options { options: String, seed: u64, cores: usize } samples ("values [1, 2], readers 3".into(), 7, 2)
    en {
        let cores = count(*cores, "core");
        format!("Options of this run: {options}. --seed {seed} repeats the random pauses, where there are any; who runs when \
            stays the kernel's choice. This run may use {cores}.")
    }
    zh "本次运行的选项：{options}。加上 --seed {seed} 可以重现随机停顿（如果有的话），但各进程何时运行仍由内核决定。\
        本次运行可用的 CPU 核心有 {cores} 个。"

    ParentRuns { pid: u32 } samples (100)
    en "The process that you started is the parent, PID {pid}. All others of this run are its children."
    zh "你启动的就是父进程，PID 是 {pid}。本次运行的其他进程都是它的子进程。"

    ChildRunsEarly { who: Who } samples (writer())
    en "{who} is already running while the parent is still busy starting it: from now on both run at the same time, in \
        whatever order the kernel chooses."
    zh "父进程启动子进程的调用尚未返回，{who}就已经在运行了：从这一刻起两者同时运行，先后由内核决定。"

    ChildRuns { who: Who, after: Seconds } samples (writer(), AFTER)
    en "{who} begins {after} after the parent has started it. Both run at the same time, so in another run their lines may \
        have changed places."
    zh "{who}在父进程启动它 {after}之后才开始执行。两者同时运行，再运行一次，这几行的先后可能就不同了。"

    SameLine { who: Who, other: Who } samples (writer(), reader())
    en "The same line as from {other}, but this is {who}. MainThread is the name of the first thread in every process: it \
        tells nobody which process it is."
    zh "这一行和{other}的一模一样，却出自{who}。每个进程的第一个线程都叫 MainThread，光凭这个名字认不出是哪个进程。"

    Started { by: Who, child: Who, again: bool } samples (parent(), writer(), false) (parent(), writer(), true)
    en {
        "{by} has started {child}: this program once more, from its beginning, with ends of pipes, where \
                it needs any, as stdin and stdout. That is fork and exec in one, Python's start method spawn; the child is \
                no copy of its parent."
        again "{by} has started {child} in the same way."
    }
    zh {
        "{by}启动了{child}：把本程序从头再运行一遍，需要管道时，管道的一端就接在它的 stdin 或 stdout \
                上。这相当于 fork 加 exec，也就是 Python 的启动方法 spawn；子进程并不是父进程的副本。"
        again "{by}以同样的方式启动了{child}。"
    }

    StartedForeign { by: Who, child: Who } samples (parent(), writer())
    en "{by} has started {child}: another program, which writes nothing to this log."
    zh "{by}启动了{child}：这是另一个程序，不往这份日志里写东西。"

    StartedGrandchild { by: Who, child: Who } samples (reader(), writer())
    en "{child} was started by {by}, in the same way: so it is {by}, and not the parent, who has to reap it."
    zh "{child}是由{by}以同样的方式启动的，所以要由{by}而不是父进程来回收它。"

    NotYetStarted {} samples ()
    en "The parent says this before it starts a child: none is running yet."
    zh "父进程在启动子进程之前就打印了这一行：此刻还没有子进程在运行。"

    StartsBeside { running: List } samples (one()) (two()) (many())
    en "The parent goes on to the next child without waiting for {running}: so the children run at the same time."
    zh "父进程没有等{running}结束，就去启动下一个子进程了：所以这些子进程是同时运行的。"

    StartsAfterJoin { waited: Seconds } samples (WAITED)
    en "Only now, after {waited} in join(), can the parent start the next child: with join() inside the loop, the \
        children run one after another."
    zh "父进程在 join() 里等了 {waited}，现在才能启动下一个子进程：join() 写在循环里，子进程就只能一个接一个地运行。"
}
