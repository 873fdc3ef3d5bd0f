//! The usual repairs, for known patterns of CPython programs and of others that use pipes in the
//! same way. A repair that isn't proved to fit the program is put as a question.

use std::collections::BTreeSet;

use serde::Serialize;
use strum::VariantArray;

use crate::both;
use crate::evidence::{Graph, Need, On, Sight, Snapshot, Thing, Wait, shared_memory};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    GetBeforeJoin,
    ReadBeforeWait,
    OneWrites,
    ReadBothStreams,
    CloseWriteEnd,
    OneSpeaksFirst,
    PutSentinels,
    TaskDone,
    EmptyLoop,
    PoolThatNotices,
    ReleaseLock,
    CloseLockedFile,
    OneOrder,
    NoForkWithThreads,
    RecursiveLock,
    OpenBothEnds,
}

/// The repairs that fit, the likeliest first.
pub(super) fn repairs(sight: &Sight, graph: &Graph, circle: &[u32]) -> Vec<Repair> {
    let stuck = StuckProcesses { sight, graph, circle };
    let is_meant = |repair: &Repair| stuck.fits(*repair);
    let mut repairs: Vec<_> = Repair::VARIANTS.iter().copied().filter(is_meant).collect();
    // A repair about queues and pipes says more than one about locks.
    let says_more = |it: &Repair| {
        !matches!(it, Repair::ReleaseLock | Repair::CloseWriteEnd | Repair::OneSpeaksFirst)
    };
    if repairs.iter().any(says_more) {
        repairs.retain(says_more);
    }
    repairs
}

/// How many generations of ancestors are looked at.
const DEEPEST: usize = 16;

struct StuckProcesses<'a> {
    sight: &'a Sight,
    graph: &'a Graph,
    /// Processes that wait for each other.
    circle: &'a [u32],
}

impl StuckProcesses<'_> {
    fn fits(&self, repair: Repair) -> bool {
        // The child's feeder thread can't write what was put, and its parent doesn't get().
        let is_fed = |parent: &Snapshot, child| parent.is_python() && self.has_feeder(child);
        // Whether a process of the circle waits with this need.
        let in_circle = |needs| self.things(needs).any(|(it, _)| self.circle.contains(&it.pid));
        let locks: BTreeSet<&On> = self.things(Need::Lock).map(|(_, thing)| &thing.on).collect();
        match repair {
            Repair::GetBeforeJoin => {
                self.waiters_for_writers().any(|(parent, child, _)| is_fed(parent, child))
            }
            Repair::ReadBeforeWait => self.waiters_for_writers().any(|(parent, child, thing)| {
                let mut reading = self.things(Need::Data).filter(|(it, _)| it.pid == parent.pid);
                !is_fed(parent, child)
                    && only_other(child.pid, thing) == Some(parent.pid)
                    && !reading.any(|(_, it)| it.of().iter().any(|pid| *pid != parent.pid))
            }),
            Repair::OneWrites => self.full().any(|(writer, reader, _)| {
                self.full().any(|(other, its_reader, _)| (other, its_reader) == (reader, writer))
            }),
            Repair::ReadBothStreams => self.full().any(|(writer, reader, thing)| {
                matches!(thing.fd, Some(1 | 2)) && self.needs(reader, Need::Data, writer)
            }),
            Repair::CloseWriteEnd => {
                (self.circle.len() > 2 && in_circle(Need::Data) && in_circle(Need::End))
                    || self.kept_ends().any(|look| !has_queue(look))
            }
            Repair::OneSpeaksFirst => {
                let others = [Need::End, Need::Room, Need::Lock, Need::Thread, Need::Opening];
                in_circle(Need::Data) && !others.into_iter().any(in_circle)
            }
            Repair::PutSentinels => {
                self.kept_ends().any(has_queue) && self.is_python_joining() && !self.is_pool()
            }
            Repair::TaskDone => {
                let has_lock = |pid| self.of(pid).any(|wait| needs(wait, Need::Lock));
                let mut readers = self.kept_ends().filter(|look| has_queue(look));
                !self.is_python_joining() && readers.any(|look| has_lock(look.parent))
            }
            // The event loop watches only its own descriptors, so nothing is left that could wake
            // it.
            Repair::EmptyLoop => self.waits().any(|wait| {
                let is_own = |thing: &Thing| thing.fd.is_some() && thing.of() == [wait.pid];
                let look = self.sight.look(wait.pid);
                is_loop(wait)
                    && look.is_some_and(|look| look.threads.len() == 1)
                    && wait.things.iter().all(is_own)
            }),
            Repair::PoolThatNotices => self.is_pool(),
            Repair::ReleaseLock => locks.len() == 1 && matches!(locks.first(), Some(On::Memory(_))),
            Repair::CloseLockedFile => {
                locks.len() == 1 && matches!(locks.first(), Some(On::File(_)))
            }
            Repair::OneOrder => {
                locks.len() > 1 || self.looks().any(|look| self.has_threads_with_locks(look))
            }
            Repair::NoForkWithThreads => self.is_alone_with_a_lock(true),
            Repair::RecursiveLock => self.is_alone_with_a_lock(false),
            Repair::OpenBothEnds => self.things(Need::Opening).next().is_some(),
        }
    }

    /// Processes that are stuck.
    fn looks(&self) -> impl Iterator<Item = &Snapshot> {
        self.sight.looks().filter(|look| self.graph.is_stuck(look.pid))
    }

    /// What the threads of processes that are stuck wait for.
    fn waits(&self) -> impl Iterator<Item = &Wait> {
        let waits = self.sight.waits().iter();
        waits.filter(|wait| self.graph.is_stuck(wait.pid))
    }

    fn of(&self, pid: u32) -> impl Iterator<Item = &Wait> {
        self.waits().filter(move |wait| wait.pid == pid)
    }

    fn things(&self, needs: Need) -> impl Iterator<Item = (&Wait, &Thing)> {
        let things = self.waits().flat_map(|wait| wait.things.iter().map(move |it| (wait, it)));
        things.filter(move |(_, thing)| thing.needs == needs)
    }

    /// Whether a thread of `pid` waits for `other` with this need.
    fn needs(&self, pid: u32, needs: Need, other: u32) -> bool {
        self.things(needs).any(|(wait, thing)| wait.pid == pid && thing.of().contains(&other))
    }

    /// Whether `pid` waits for the end of `other`, or of an ancestor of `other`: of a shell that
    /// waits for `other` in turn, say.
    fn waits_for_end(&self, pid: u32, other: u32) -> bool {
        let above = std::iter::successors(self.sight.look(other), |look| {
            self.sight.look(look.parent).filter(|parent| parent.pid != pid)
        });
        above.take(DEEPEST).any(|look| self.needs(pid, Need::End, look.pid))
    }

    /// Whether a process that runs Python waits for the end of another one.
    fn is_python_joining(&self) -> bool {
        self.things(Need::End)
            .any(|(wait, _)| self.sight.look(wait.pid).is_some_and(Snapshot::is_python))
    }

    /// Processes whose main thread waits for room in a pipe or socket that only one other process
    /// could read, and that process. (A program with a thread for writing has the repair already.)
    fn full(&self) -> impl Iterator<Item = (u32, u32, &Thing)> {
        let full = self.things(Need::Room).filter(|(wait, _)| wait.tid as u32 == wait.pid);
        full.filter_map(|(wait, thing)| Some((wait.pid, only_other(wait.pid, thing)?, thing)))
    }

    /// Each process that waits for another one's end and reads the pipe or socket that is full for
    /// the other one: the first, the second, and the full thing.
    fn waiters_for_writers(&self) -> impl Iterator<Item = (&Snapshot, &Snapshot, &Thing)> {
        let full = self.things(Need::Room);
        full.flat_map(|(wait, thing)| {
            let readers = thing.of().iter().filter(|pid| **pid != wait.pid);
            let waiters = readers.filter(|pid| self.waits_for_end(**pid, wait.pid));
            let looks = waiters
                .filter_map(|pid| Some((self.sight.look(*pid)?, self.sight.look(wait.pid)?)));
            looks.map(move |(parent, child)| (parent, child, thing))
        })
    }

    /// Readers that can't get EOF, since a write end is open in the reader itself or in a process
    /// that waits for the reader's end.
    fn kept_ends(&self) -> impl Iterator<Item = &Snapshot> {
        let reading = self.things(Need::Data).filter(|(wait, thing)| {
            // A socket carries both directions, so Python and Node seldom read it to EOF.
            let speaks = |look: &Snapshot| look.is_python() || look.program() == "node";
            let is_end = match thing.on {
                On::Pipe(_) | On::Fifo(_) => true,
                On::Socket { .. } => !self.sight.look(wait.pid).is_some_and(speaks),
                _ => false,
            };
            let is_held = |pid: &u32| *pid == wait.pid || self.needs(*pid, Need::End, wait.pid);
            let wakes_itself = is_loop(wait) && thing.of() == [wait.pid];
            is_end && !wakes_itself && thing.of().iter().any(is_held)
        });
        reading.filter_map(|(wait, _)| self.sight.look(wait.pid))
    }

    /// Whether a thread other than the main one waits for room, as a queue's feeder thread does.
    fn has_feeder(&self, look: &Snapshot) -> bool {
        let mut waits = self.of(look.pid);
        has_queue(look) && waits.any(|wait| wait.tid as u32 != look.pid && needs(wait, Need::Room))
    }

    /// Whether all threads of the process wait for each other, at least two besides the main one
    /// for locks.
    fn has_threads_with_locks(&self, look: &Snapshot) -> bool {
        let is_lock = |wait: &&Wait| {
            let mut things = wait.things.iter();
            wait.tid as u32 != look.pid && things.all(|it| it.on == On::Thread(None))
        };
        self.of(look.pid).all(|it| needs(it, Need::Thread))
            && self.of(look.pid).filter(is_lock).count() > 1
    }

    /// Whether a process with a single thread waits for a lock in its own memory, which the thread
    /// has taken itself, or which was taken when fork() copied it.
    fn is_alone_with_a_lock(&self, is_forked: bool) -> bool {
        self.looks().any(|look| {
            let parent = self.sight.look(look.parent);
            look.is_python()
                && look.threads.len() == 1
                && self.of(look.pid).all(|it| needs(it, Need::Thread))
                && parent.is_some_and(|it| it.command == look.command) == is_forked
        })
    }

    /// Whether a stuck process waits for a result of a Python process pool: the pool's manager
    /// threads and its workers are there.
    fn is_pool(&self) -> bool {
        self.looks().any(|look| {
            let mut waits = self.of(look.pid).filter(|it| it.tid as u32 == look.pid);
            look.threads.len() >= 4
                && !look.children.is_empty()
                && has_queue(look)
                && waits.any(|it| needs(it, Need::Thread))
        })
    }
}

/// The only process other than the waiter `pid` that could bring this thing.
fn only_other(pid: u32, thing: &Thing) -> Option<u32> {
    let mut others = thing.of().iter().filter(|it| **it != pid);
    let first = others.next()?;
    others.next().is_none().then_some(*first)
}

fn needs(wait: &Wait, needs: Need) -> bool {
    wait.things.iter().all(|it| it.needs == needs)
}

/// Whether the wait is an event loop's. An event loop can wake itself through a pipe or socket of
/// its own.
fn is_loop(wait: &Wait) -> bool {
    wait.call == "epoll_wait" || wait.things.len() > 1
}

/// Whether the process has a semaphore of Python's `multiprocessing`, as each of that module's
/// queues does.
fn has_queue(look: &Snapshot) -> bool {
    look.is_python() && shared_memory(look.pid).any(|it| it.starts_with("/dev/shm/sem."))
}

/// What to do, in one sentence.
pub(super) fn sentence(repair: Repair) -> String {
    match repair {
        Repair::GetBeforeJoin => both!(
            "If it is a queue: is everything taken from it with get() before join()? A child ends \
             only when its feeder thread has written all that was put.",
            "如果是队列：join() 之前用 get() 取完了吗？子进程要等喂数据的线程把放进队列的值都写完\
             才会结束。"
        ),
        Repair::ReadBeforeWait => both!(
            "What usually repairs it: read first, then wait: recv() before join(), in Python's \
             subprocess communicate(), in Rust wait_with_output().",
            "通常这样修：先读，再等：recv() 放在 join() 之前；Python 的 subprocess 用 \
             communicate()，Rust 用 wait_with_output()。"
        ),
        Repair::OneWrites => both!(
            "What usually repairs it: one of the two reads while it writes (in Python's \
             subprocess communicate(); else a thread), or one of them receives first.",
            "通常这样修：让其中一方边写边读（Python 的 subprocess 用 communicate()，否则用一个线\
             程），或者让一方先接收。"
        ),
        Repair::ReadBothStreams => both!(
            "What usually repairs it: read all streams of the child at the same time (in Python \
             communicate(), or stderr=STDOUT).",
            "通常这样修：同时读子进程的所有输出（Python 里用 communicate()，或者 stderr=STDOUT）。"
        ),
        Repair::CloseWriteEnd => both!(
            "Does the reader wait for end-of-file? It comes only when nobody has the end for \
             writing open any more: does each process close it that doesn't write (in Python \
             stdin.close(), in Node stdin.end())?",
            "读的一方是不是在等 EOF？只有没有任何进程打开着写端，EOF 才会到来：不写的进程都关掉写\
             端了吗（Python 里是 stdin.close()，Node 里是 stdin.end()）？"
        ),
        Repair::OneSpeaksFirst => both!(
            "Here each waits until the other one has written. Should one of them write first? Or \
             has it, and what it wrote is still in its buffer (flush=True, python3 -u, sed -u, \
             stdbuf -oL)? Or does one of them wait for end-of-file, which comes when the other one \
             closes its end for writing?",
            "这里每一方都在等另一方先写。是不是该有一方先写？还是已经写了，内容却还在缓冲区里\
             （flush=True、python3 -u、sed -u、stdbuf -oL）？还是有一方在等 EOF，要另一方关掉写端\
             才会到来？"
        ),
        Repair::PutSentinels => both!(
            "Do the readers of the queue know that nothing more will come? Is a sentinel (None, \
             say) put for each of them before join()?",
            "读进程知道不会再有值了吗？join() 之前给每个读进程都放哨兵值（比如 None）了吗？"
        ),
        Repair::TaskDone => both!(
            "If it is a queue's join(): is there a task_done() for each get()? If it is an Event: \
             who should set it?",
            "如果是队列的 join()：每次 get() 之后都调用 task_done() 了吗？如果是 Event：该由谁来 \
             set()？"
        ),
        Repair::EmptyLoop => both!(
            "A loop of events with nothing to wait for: somebody has to complete the future, set \
             the event or wake the task that it awaits; asyncio.timeout() at least tells.",
            "事件循环里已经没有会发生的事：得有代码去完成它等待的 future、设置 event 或唤醒任\
             务；asyncio.timeout() 至少能让人知道。"
        ),
        Repair::PoolThatNotices => both!(
            "If it is a Pool: was a worker of it killed? Then the result of its task never comes. \
             concurrent.futures.ProcessPoolExecutor raises BrokenProcessPool instead; \
             get(timeout=...) at least doesn't wait for ever.",
            "如果这是 Pool：有工作进程被杀死吗？那样的话，那个任务的结果永远不会来。改用 \
             concurrent.futures.ProcessPoolExecutor，会抛出 BrokenProcessPool；get(timeout=...) 至\
             少不会永远等下去。"
        ),
        Repair::ReleaseLock => both!(
            "If it is a lock: who should release it? (`with lock:` always does, unless its process \
             is killed; an RLock can be taken twice.) If it is an Event, a Condition, a Semaphore \
             or a Barrier: who should set(), notify(), release() or come?",
            "如果是锁：该由谁来释放？（`with lock:` 总会释放，除非进程被杀死；RLock 可以取两次。）\
             如果是 Event、Condition、Semaphore 或 Barrier：该由谁来 set()、notify()、release() 或\
             者到达？"
        ),
        Repair::OneOrder => both!(
            "If these are locks: are they taken in the same order everywhere? If they are Events, \
             Conditions or queues: who should set(), notify() or put?",
            "如果是几把锁：在所有地方都按同样的顺序取吗？如果是 Event、Condition 或队列：该由谁来 \
             set()、notify() 或放入？"
        ),
        Repair::NoForkWithThreads => both!(
            "Did another thread hold this lock when the process was forked \
             (multiprocessing.set_start_method('spawn') or 'forkserver')? Or does the process take \
             its own lock twice (RLock)?",
            "fork 的时候，是不是有别的线程握着这把锁（用 \
             multiprocessing.set_start_method('spawn') 或 'forkserver'）？还是这个进程把自己的锁\
             取了两次（用 RLock）？"
        ),
        Repair::RecursiveLock => both!(
            "If it is a queue, an Event or a Condition: which thread should put, set() or \
             notify()? If it is a lock: does it take its own lock twice (RLock)?",
            "如果是队列、Event 或 Condition：该由哪个线程来放入、set() 或 notify()？如果是锁：是不\
             是把自己的锁取了两次（用 RLock）？"
        ),
        Repair::CloseLockedFile => both!(
            "The lock is free when nobody has the file open any more with which it was taken: has \
             a process inherited it that doesn't need it (`9>&-`, flock -o)?",
            "取锁时打开的那个文件全部关闭之后，锁才会释放：是不是有进程继承了它却并不需要\
             （`9>&-`、flock -o）？"
        ),
        Repair::OpenBothEnds => both!(
            "What usually repairs it: start the other end first, or in the background (`&`): to \
             open a FIFO waits until both ends are opened.",
            "通常这样修：先启动另一端，或者放到后台（`&`）：打开 FIFO 要等两端都打开。"
        ),
    }
}
