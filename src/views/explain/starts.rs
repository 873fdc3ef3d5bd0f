//! Notes about the starts of a run and of its processes.

use serde_json::{Map, Value};

use super::moment::Moment;
use super::note::{Actor, Seconds, clipped, count, notes, shown};
use super::story::{Series, Story};
use crate::events::{Call, Event};

impl Story {
    pub(super) fn see_starts(&mut self, now: &Moment) {
        match &now.event {
            Event::Run { options, seed, random_pauses, cores, .. } => {
                let (seed, cores) = (*seed, *cores);
                self.cores = cores;
                let pauses = random_pauses.unwrap_or_default();
                let options = in_words(serde_json::from_str(options.get()).unwrap_or_default());
                self.once(Options { options, seed, pauses, cores })
            }
            Event::Running {} if now.thread.is_none() => self.running(now),
            Event::Started { child, foreign, command, .. } => {
                self.started += 1;
                let child = now.run.who(*child);
                match command {
                    Some(command) => self.started_command(child, clipped(command, 40), now),
                    None => self.started(child, *foreign, now),
                }
            }
            Event::Wait { call: Call::Readline, on } => {
                let command = clipped(on.as_deref().unwrap_or_default(), 40);
                self.once(WaitReadline { who: now.me(), command })
            }
            Event::Wait { call: Call::Write, on } => {
                let command = clipped(on.as_deref().unwrap_or_default(), 40);
                self.once(WaitWrite { who: now.me(), command })
            }
            Event::Parent { parent: pid } => {
                let (who, parent) = (now.me(), now.run.who(*pid));
                let before = self.past.entry(now.pid).or_default().parent.replace(*pid);
                let before = before.filter(|before| before != pid).map(|it| now.run.who(it));
                // Nothing is said of a process of which the log has no name.
                let is_unnamed = |it: &Actor| it.role.is_empty();
                match before {
                    _ if is_unnamed(&parent) => false,
                    Some(before) if is_unnamed(&before) => false,
                    Some(before) => self.once(ParentChanged { who, before, now: parent }),
                    None => self.once(ParentIs { who, parent }),
                }
            }
            _ => false,
        };
    }

    /// The main thread of a process begins.
    fn running(&mut self, now: &Moment) -> bool {
        let (pid, who) = (now.pid, now.me());
        if who.is_parent {
            return self.once(ParentRuns { pid });
        }
        let line = now.line.as_deref().unwrap_or_default().to_owned();
        let before = self.running_line.replace((line.clone(), pid));
        let is_same = |before: &str| before == line && line.contains("MainThread");
        if let Some((_, other)) = before.filter(|(before, _)| is_same(before)) {
            self.once(SameLine { who: who.clone(), other: now.run.who(other) });
        }
        match now.run.process(pid).and_then(|it| it.started.as_ref()) {
            Some(started) => {
                let (by, after) = (now.run.who(started.by), Seconds::between(started.t, now.t));
                self.once(ChildRuns { who, by, after })
            }
            None => self.once(ChildRunsEarly { who }),
        }
    }

    fn started(&mut self, child: Actor, is_foreign: bool, now: &Moment) -> bool {
        let (by, role) = (now.me(), child.role.clone());
        if is_foreign {
            self.once(StartedForeign { by, child })
        } else if !by.is_parent && self.times::<StartedGrandchild>() == 0 {
            self.tell(StartedGrandchild { by, child })
        } else {
            let is_again = !by.is_parent;
            self.few_about(&role, Series::STARTS, |again| {
                let again = again || is_again;
                Started { by, child, again }
            })
        }
    }

    /// A process has started a command of the user's.
    fn started_command(&mut self, child: Actor, command: String, now: &Moment) -> bool {
        let (by, role) = (now.me(), child.role.clone());
        match self.commands.insert(command.clone()) {
            true => self.tell(StartedCommand { by, child, command }),
            false => self.few_about(&role, Series::STARTS, |_| StartedCommandAgain { by, child }),
        }
    }
}

/// The options as a person types them: `values ['A'], --readers 1 --stop eof`.
fn in_words(options: Map<String, Value>) -> String {
    let typed = |value: &Value| match value {
        Value::String(text) => clipped(text, 40),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        other => shown(other),
    };
    let options = options.iter().filter_map(|(name, value)| {
        let option = format!("--{}", clipped(name, 40).replace('_', "-"));
        match value {
            Value::Bool(false) | Value::Null => None,
            Value::Array(several) if several.is_empty() => None,
            Value::Bool(true) => Some(option),
            // The values that a lesson puts or sends are no option's.
            _ if name == "values" => {
                let values = shown(value);
                Some(format!("values {values}"))
            }
            Value::Array(several) => {
                let several: Vec<_> = several.iter().take(SHOWN).map(typed).collect();
                Some(format!("{option} {}", several.join(",")))
            }
            other => Some(format!("{option} {}", typed(other))),
        }
    });
    options.collect::<Vec<_>>().join(" ")
}

/// Of an option with more parts than these, the first are shown.
const SHOWN: usize = 20;

notes! {
    Options { options: String, seed: u64, pauses: bool, cores: usize } samples
        ("values [1, 2], --readers 3".into(), 7, true, 2) ("--speed 1".into(), 7, false, 1)
    en {
        let cores = count(*cores, "core");
        let pauses = match *pauses {
            true => format!(" --seed {seed} repeats its random pauses; scheduling is still up to \
                the kernel."),
            false => String::new(),
        };
        format!("Options of this run: {options}.{pauses} This run may use {cores}.")
    }
    zh {
        let pauses = match *pauses {
            true => format!("加上 --seed {seed} 可以重现随机停顿，但各进程何时运行仍由内核决定。"),
            false => String::new(),
        };
        format!("本次运行的选项：{options}。{pauses}本次运行可用的 CPU 核心有 {cores} 个。")
    }

    ParentRuns { pid: u32 } samples (100)
    en "The process that you started is the parent, PID {pid}. All others descend \
        from it."
    zh "你启动的就是父进程，PID 是 {pid}。其他进程都是它的后代。"

    ChildRunsEarly { who: Actor } samples (writer())
    en "{who} is running before its start() has even returned: from now on it and the process \
        that starts it run at the same time, and the kernel decides which goes first."
    zh "启动{who}的 start() 尚未返回，它就已经在运行了：从这一刻起，它和启动它的进程同时运行，先后\
        由内核决定。"

    ChildRuns { who: Actor, by: Actor, after: Seconds } samples (writer(), parent(), AFTER)
    en "{who} begins {after} after {by} has started it. Both run at the same time, so their lines \
        may come in another order next time."
    zh "{by}启动{who}之后过了 {after}，它才开始执行。两者同时运行，再运行一次，这几行的先后可能就不\
        同了。"

    SameLine { who: Actor, other: Actor } samples (writer(), reader())
    en "{other} has printed the same line, but this is {who}. The first thread of each of them is \
        called MainThread, so the name doesn't tell which process it is."
    zh "这一行和{other}的一模一样，却出自{who}。两个进程的第一个线程都叫 MainThread，光凭这个名字认\
        不出是哪个进程。"

    Started { by: Actor, child: Actor, again: bool }
        samples (parent(), writer(), false) (parent(), writer(), true)
    en {
        "{by} has started {child}: the same program, from its beginning, with the ends of pipes \
         that it needs as its stdin and stdout. That is fork and exec in one, Python's start \
         method spawn; the child isn't a copy of its parent."
        again "{by} has started {child} in the same way."
    }
    zh {
        "{by}启动了{child}：把本程序从头再运行一遍，需要管道时，管道的一端就接在它的 stdin 或 \
         stdout 上。这相当于 fork 加 exec，也就是 Python 的启动方法 spawn；子进程并不是父进程的副\
         本。"
        again "{by}以同样的方式启动了{child}。"
    }

    brief StartedForeign { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} has started {child}: another program, which writes nothing to this log."
    zh "{by}启动了{child}：这是另一个程序，不往这份日志里写东西。"

    brief StartedCommand { by: Actor, child: Actor, command: String }
        samples (writer(), reader(), "python3 w.py".into())
    en "{by} has started {child}, your command `{command}`, which knows nothing of mp-demo. So \
        {by} stands between it and the others: it passes on each line, and writes to the log what \
        passes."
    zh "{by}启动了{child}，也就是你的命令 `{command}`；这个程序并不知道 mp-demo。所以{by}处在它和其\
        他进程之间：逐行转交，并把经过的内容写进日志。"

    WaitReadline { who: Actor, command: String } samples (writer(), "writer-command".into())
    en "{who} waits until {command} writes a line. A line that is printed may still be in that \
        program's own buffer."
    zh "{who}在等 {command} 写出一行。打印过的行，可能还留在那个程序自己的缓冲区里。"

    WaitWrite { who: Actor, command: String } samples (reader(), "reader-command".into())
    en "{who} waits until {command} has read the value, and takes no further one before that."
    zh "{who}在等 {command} 读走这个值，在那之前不会再取下一个。"

    StartedCommandAgain { by: Actor, child: Actor } samples (writer(), reader())
    en "{by} has started {child}, which is the same command."
    zh "{by}启动了{child}，运行的是同一条命令。"

    StartedGrandchild { by: Actor, child: Actor } samples (reader(), writer())
    en "{child} was started by {by} in the same way, so as long as {by} lives, it \
        is the one to reap it, not the parent."
    zh "{child}是由{by}以同样的方式启动的，所以只要{by}还在，就该由它而不是父进程来回收。"

    ParentIs { who: Actor, parent: Actor } samples (reader(), parent())
    en "{who} asks the kernel for its parent (getppid(2)): it is {parent}."
    zh "{who}向内核询问自己的父进程（getppid(2)）：是{parent}。"

    brief ParentChanged { who: Actor, before: Actor, now: Actor }
        samples (reader(), writer(), parent())
    en "{before} is gone, and {who} lives on, adopted by {now}: the nearest ancestor that adopts \
        orphans (PR_SET_CHILD_SUBREAPER, which mp-demo has asked for), or else PID 1."
    zh "{before}已经不在了，{who}还活着，被{now}收养：收养者是愿意收养孤儿进程的祖先里最近的一个\
        （mp-demo 申请了 PR_SET_CHILD_SUBREAPER），没有的话就是 PID 1。"
}
