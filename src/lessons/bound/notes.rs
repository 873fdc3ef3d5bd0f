//! What `--explain` tells of this lesson only.

use std::collections::HashSet;
use std::fmt::{self, Formatter};

use super::events::BoundEvent;
use crate::events::Event;
use crate::views::explain::{
    Actor, GAP, Moment, Narrator, Seconds, Series, Story, Word, clipped, count, notes,
};

const POOLS: Series = Series { en: "pools and tasks", zh: "池和任务" };

/// Of so many kinds, each is described when it comes first.
const MOST_KINDS: usize = 5;

#[derive(Default)]
pub(super) struct BoundNarrator {
    /// What pools were for so far.
    pools: HashSet<String>,
    /// What tasks that were done were so far.
    tasks: HashSet<String>,
}

impl Narrator for BoundNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match &now.event {
            Event::TaskStart { task, .. } => {
                let in_thread = now.thread.is_some();
                story.once(TaskStart { who, task: *task, in_thread });
            }
            Event::TaskDone { task, kind, seconds, processor_seconds } => {
                if is_new(&mut self.tasks, kind) {
                    let (took, on_core) = (Seconds(*seconds), Seconds(*processor_seconds));
                    let kind = KindWord::of(kind);
                    story.tell(TaskDone { who, kind, task: *task, took, on_core });
                }
            }
            event => {
                let Some(BoundEvent::Pool { kind, with, workers, tasks }) = event.own() else {
                    return false;
                };
                let again = !is_new(&mut self.pools, &kind);
                let (kind, workers) = (KindWord::of(&kind), Workers::of(workers, &with));
                let pool = Pool { kind, workers, tasks, cores: story.cores, again };
                match again {
                    true => story.few(POOLS, |_| pool),
                    false => story.tell(pool),
                };
            }
        }
        true
    }
}

/// Whether this kind has not come before; of many kinds only the first are new.
fn is_new(kinds: &mut HashSet<String>, kind: &str) -> bool {
    kinds.len() < MOST_KINDS && kinds.insert(kind.to_owned())
}

/// What tasks are: by what bounds them.
#[derive(Debug)]
struct KindWord(String);

impl KindWord {
    fn of(name: &str) -> KindWord {
        KindWord(clipped(name, 20))
    }

    /// Its name in the log.
    fn name(&self) -> &str {
        &self.0
    }
}

impl Word for KindWord {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.name() {
            "compute" => "compute-bound",
            "io" => "IO-bound",
            "disk" => "disk-bound",
            other => other,
        })
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            "compute" => write!(f, "计算密集型"),
            "io" => write!(f, "{GAP}IO 密集型"),
            "disk" => write!(f, "磁盘密集型"),
            other => write!(f, "{GAP}{other}{GAP}"),
        }
    }
}

#[derive(Debug)]
struct Workers(u16, String);

impl Workers {
    fn of(many: u16, with: &str) -> Workers {
        Workers(many, clipped(with, 20))
    }
}

impl Word for Workers {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Workers(many, with) = self;
        match with.as_str() {
            "processes" if *many == 1 => write!(f, "1 worker process"),
            "processes" => write!(f, "{many} worker processes"),
            "threads" => write!(f, "{}", count(many, "worker thread")),
            with => write!(f, "{} ({with})", count(many, "worker")),
        }
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Workers(many, with) = self;
        match with.as_str() {
            "processes" if f.alternate() => write!(f, "进程池"),
            "threads" if f.alternate() => write!(f, "线程池"),
            _ if f.alternate() => write!(f, "池"),
            "processes" => write!(f, "{many} 个工作进程"),
            "threads" => write!(f, "{many} 个工作线程"),
            with => write!(f, "{many} 个工作者（{with}）"),
        }
    }
}

notes! {
    Pool { kind: KindWord, workers: Workers, tasks: u16, cores: usize, again: bool } samples
        (KindWord::of("compute"), Workers::of(4, "processes"), 8, 1, false)
        (KindWord::of("compute"), Workers::of(4, "processes"), 8, 2, false)
        (KindWord::of("io"), Workers::of(1, "processes"), 8, 2, false)
        (KindWord::of("disk"), Workers::of(1, "processes"), 8, 2, false)
        (KindWord::of("?"), Workers::of(4, "processes"), 8, 2, false)
        (KindWord::of("io"), Workers::of(1, "threads"), 8, 2, true) (KindWord::of("?"), Workers::of(2, "fibres"), 1, 2, true)
    en {
        let tasks = count(*tasks, &format!("{kind} task"));
        let needs = match (kind.name(), *cores) {
            ("compute", 1) => " Such a task needs a core all the time, and 1 core is available.".into(),
            ("compute", _) => format!(" Such a task needs a core all the time, and {cores} cores are available."),
            ("io" | "disk", _) => " Such a task mostly waits, and any number of tasks can wait at the same time.".into(),
            _ => String::new(),
        };
        match *again {
            true => format!("The next pool: {workers}, and {tasks}."),
            false => format!("The parent starts a pool: {workers}, and {tasks} in a queue.{needs}"),
        }
    }
    zh {
        let needs = match kind.name() {
            "compute" => format!("这种任务一直要占用一个核心，而可用的核心有 {cores} 个。"),
            "io" | "disk" => "这种任务大部分时间在等待，而同时等待的任务可以有任意多个。".into(),
            _ => String::new(),
        };
        match *again {
            true => format!("下一个{workers:#}：{workers}，{tasks} 个{kind}任务。"),
            false => format!("父进程启动一个{workers:#}：{workers}，队列里有 {tasks} 个{kind}任务。{needs}"),
        }
    }

    TaskStart { who: Actor, task: u16, in_thread: bool } samples (writer(), 3, false) (writer(), 3, true)
    en "{who} takes task {task}. The parent doesn't hand tasks out: a worker that is free takes \
        the next one from the queue."
    zh {
        let worker = if *in_thread { "工作线程" } else { "工作进程" };
        format!("{who}取走了任务 {task}。任务不由父进程分派：哪个{worker}空闲，就自己从队列里取下一\
            个。")
    }

    brief TaskDone { who: Actor, kind: KindWord, task: u16, took: Seconds, on_core: Seconds } samples
        (writer(), KindWord::of("io"), 3, AFTER, TOOK) (writer(), KindWord::of("compute"), 3, AFTER, TOOK)
        (writer(), KindWord::of("compute"), 3, AFTER, AFTER)
    en {
        let rest = match (on_core.0 < took.0, kind.name()) {
            (false, _) => "It was on a core all the time.".into(),
            (true, "compute") => format!("For {on_core} of that it was on a core; for the rest it waited for one."),
            (true, _) => format!("For {on_core} of that it was on a core; for the rest it waited."),
        };
        format!("Task {task} ({kind}) took {who} {took}. {rest}")
    }
    zh {
        let rest = match (on_core.0 < took.0, kind.name()) {
            (false, _) => "一直在 CPU 核心上运行。".into(),
            (true, "compute") => format!("其中 {on_core}在 CPU 核心上运行，其余时间在等空闲的核心。"),
            (true, _) => format!("其中 {on_core}在 CPU 核心上运行，其余时间在等待。"),
        };
        format!("任务 {task}（{kind}）在{who}那里花了 {took}，{rest}")
    }
}
