//! What `--explain` tells of this lesson only.

use std::collections::HashSet;
use std::fmt::{self, Formatter};

use clap::ValueEnum as _;

use super::events::BoundEvent;
use super::table::{TaskKind, WorkerKind};
use crate::events::Event;
use crate::views::explain::{
    Actor, GAP, Moment, Narrator, Seconds, Series, Story, Word, count, notes,
};

const POOLS: Series = Series { en: "pools and tasks", zh: "池和任务" };

#[derive(Default)]
pub(super) struct BoundNarrator {
    /// The kinds of task for which there was a pool so far.
    pools: HashSet<TaskKind>,
    /// The kinds of task that were done so far.
    tasks: HashSet<TaskKind>,
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
                if let Ok(kind) = TaskKind::from_str(kind, false)
                    && self.tasks.insert(kind)
                {
                    let (took, on_core) = (Seconds(*seconds), Seconds(*processor_seconds));
                    story.tell(TaskDone { who, kind, task: *task, took, on_core });
                }
            }
            event => {
                let Some(BoundEvent::Pool { kind, with, workers, tasks }) = event.own() else {
                    return false;
                };
                let (again, workers) = (!self.pools.insert(kind), Workers(workers, with));
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

impl Word for TaskKind {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TaskKind::Compute => "compute-bound",
            TaskKind::Io => "IO-bound",
            TaskKind::Disk => "disk-bound",
        })
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            TaskKind::Compute => write!(f, "计算密集型"),
            TaskKind::Io => write!(f, "{GAP}IO 密集型"),
            TaskKind::Disk => write!(f, "磁盘密集型"),
        }
    }
}

#[derive(Debug)]
struct Workers(u16, WorkerKind);

impl Word for Workers {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Workers(many, with) = self;
        match with {
            WorkerKind::Processes if *many == 1 => write!(f, "1 worker process"),
            WorkerKind::Processes => write!(f, "{many} worker processes"),
            WorkerKind::Threads => write!(f, "{}", count(many, "worker thread")),
        }
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Workers(many, with) = self;
        match with {
            WorkerKind::Processes if f.alternate() => write!(f, "进程池"),
            WorkerKind::Threads if f.alternate() => write!(f, "线程池"),
            WorkerKind::Processes => write!(f, "{many} 个工作进程"),
            WorkerKind::Threads => write!(f, "{many} 个工作线程"),
        }
    }
}

notes! {
    Pool { kind: TaskKind, workers: Workers, tasks: u16, cores: usize, again: bool } samples
        (TaskKind::Compute, Workers(4, WorkerKind::Processes), 8, 1, false)
        (TaskKind::Compute, Workers(4, WorkerKind::Processes), 8, 2, false)
        (TaskKind::Io, Workers(1, WorkerKind::Processes), 8, 2, false)
        (TaskKind::Disk, Workers(1, WorkerKind::Processes), 8, 2, false)
        (TaskKind::Io, Workers(1, WorkerKind::Threads), 8, 2, true)
    en {
        let tasks = count(*tasks, &format!("{kind} task"));
        let needs = match (*kind, *cores) {
            (TaskKind::Compute, 1) => "needs a core all the time, and 1 core is available".into(),
            (TaskKind::Compute, _) => {
                format!("needs a core all the time, and {cores} cores are available")
            }
            (TaskKind::Io | TaskKind::Disk, _) => {
                "mostly waits, and any number of tasks can wait at the same time".into()
            }
        };
        match *again {
            true => format!("The next pool: {workers}, and {tasks}."),
            false => format!("The parent starts a pool: {workers}, and {tasks} in a queue. \
                Such a task {needs}."),
        }
    }
    zh {
        let needs = match *kind {
            TaskKind::Compute => format!("这种任务一直要占用一个核心，而可用的核心有 {cores} 个。"),
            TaskKind::Io | TaskKind::Disk => "这种任务大部分时间在等待，而同时等待的任务可以有任意多个。".into(),
        };
        match *again {
            true => format!("下一个{workers:#}：{workers}，{tasks} 个{kind}任务。"),
            false => format!("父进程启动一个{workers:#}：{workers}，队列里有 {tasks} 个{kind}任务。{needs}"),
        }
    }

    TaskStart { who: Actor, task: u16, in_thread: bool } samples
        (writer(), 3, false) (writer(), 3, true)
    en "{who} takes task {task}. No process hands tasks out: a worker that is free takes the next \
        one from the queue."
    zh {
        let worker = if *in_thread { "工作线程" } else { "工作进程" };
        format!("{who}取走了任务 {task}。没有哪个进程分派任务：哪个{worker}空闲，就自己从队列里取下一\
            个。")
    }

    brief TaskDone { who: Actor, kind: TaskKind, task: u16, took: Seconds, on_core: Seconds }
        samples
        (writer(), TaskKind::Io, 3, AFTER, TOOK) (writer(), TaskKind::Compute, 3, AFTER, TOOK)
        (writer(), TaskKind::Compute, 3, AFTER, AFTER)
    en {
        let rest = match (on_core.0 < took.0, *kind) {
            (false, _) => "It was on a core all the time".into(),
            (true, TaskKind::Compute) => {
                format!("For {on_core} of that it was on a core; for the rest it waited for one")
            }
            (true, _) => format!("For {on_core} of that it was on a core; for the rest it waited"),
        };
        format!("Task {task} ({kind}) took {who} {took}. {rest}.")
    }
    zh {
        let rest = match (on_core.0 < took.0, *kind) {
            (false, _) => "一直在 CPU 核心上运行。".into(),
            (true, TaskKind::Compute) => format!("其中 {on_core}在 CPU 核心上运行，其余时间在等空闲的核心。"),
            (true, _) => format!("其中 {on_core}在 CPU 核心上运行，其余时间在等待。"),
        };
        format!("任务 {task}（{kind}）在{who}那里花了 {took}，{rest}")
    }
}
