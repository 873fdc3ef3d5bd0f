//! What `--explain` tells of this lesson only.

use std::collections::HashMap;

use super::events::SpawnEvent;
use crate::events::Event;
use crate::state::Activity;
use crate::views::explain::{
    Actor, List, Moment, Narrator, Seconds, Story, clipped, count, notes, them_in_chinese,
};

#[derive(Default)]
pub(super) struct SpawnNarrator {
    /// How many children the parent has joined.
    joined: usize,
    /// How long the parent's last join took, if no event has come since.
    has_just_joined: Option<Seconds>,
    loops: HashMap<u32, Loop>,
}

/// The loop of a child's main thread.
#[derive(Default)]
struct Loop {
    /// How many threads the loop has started.
    threads: u32,
    /// How many of the threads have printed a line.
    ran: u32,
    is_over: bool,
}

impl Narrator for SpawnNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        // The end of another child may be logged before the next child starts.
        let has_just_joined = self.has_just_joined.take();
        match &now.event {
            Event::Joined { child, .. } => {
                self.joined += 1;
                let has_waited = now.change.did == Activity::Joining(*child);
                self.has_just_joined = has_waited.then(|| now.waited());
            }
            Event::Running {} if now.thread.is_some() => return self.thread_runs(now, story),
            _ => {}
        }
        let who = now.me();
        match now.event.own() {
            Some(SpawnEvent::WillStart {}) => {
                let running = now.run.running(now.pid, now.pid);
                let is_first = now.run.processes().all(|it| it.pid == now.pid);
                match (has_just_joined, running.is_empty()) {
                    (Some(waited), true) => story.once(StartsAfterJoin { waited }),
                    (_, false) => story.once(StartsBeside { running }),
                    (None, true) => is_first && story.once(NotYetStarted {}),
                };
            }
            Some(SpawnEvent::Turn { .. }) => {
                self.loops.entry(now.pid).or_default().threads += 1;
                story.once(Turn { who });
            }
            Some(SpawnEvent::Ended {}) if !self.loops.contains_key(&now.pid) => {}
            Some(SpawnEvent::Ended {}) => {
                let Loop { threads, ran, is_over } = self.loops.entry(now.pid).or_default();
                *is_over = true;
                let threads = *threads;
                match threads.saturating_sub(*ran) {
                    0 => story.once(LoopOverLast { who, threads }),
                    left => story.once(LoopOver { who, threads, left }),
                };
            }
            Some(SpawnEvent::AfterJoin {}) => self.after_join(now, story),
            None => return false,
        }
        true
    }
}

impl SpawnNarrator {
    /// A thread other than the main one begins. Returns whether the loop that has started it is
    /// over.
    fn thread_runs(&mut self, now: &Moment, story: &mut Story) -> bool {
        let of = self.loops.entry(now.pid).or_default();
        of.ran += 1;
        if of.is_over {
            let thread = clipped(now.thread.as_deref().unwrap_or_default(), 40);
            story.once(ThreadRunsLate { who: now.me(), thread });
        }
        of.is_over
    }

    fn after_join(&self, now: &Moment, story: &mut Story) {
        let (joined, running) = (self.joined, now.run.running(now.pid, now.pid));
        if joined == 0 {
            // Nothing is known of what it has waited for.
        } else if running.is_empty() {
            let processes = now.run.processes();
            let ended = processes.filter(|it| it.ended.is_some() && !it.is_joined).count();
            story.once(AllEndedAfterJoin { joined, ended });
        } else {
            story.once(AfterJoin { joined, running });
        }
    }
}

notes! {
    NotYetStarted {} samples ()
    en "The parent prints this before it starts its first child: none is running yet."
    zh "父进程在启动第一个子进程之前就打印了这一行：此刻还没有子进程在运行。"

    StartsBeside { running: List } samples (one()) (two()) (many())
    en "The parent goes on to the next child without waiting for {running}, so the children run at \
        the same time."
    zh "父进程没有等{running}结束，就去启动下一个子进程了：所以这些子进程是同时运行的。"

    brief StartsAfterJoin { waited: Seconds } samples (WAITED)
    en "The parent has spent {waited} in join() and can start the next child only now: with join() \
        inside the loop, the children run one after another."
    zh "父进程在 join() 里等了 {waited}，现在才能启动下一个子进程：join() 写在循环里，子进程就只能\
        一个接一个地运行。"

    brief ThreadRunsLate { who: Actor, thread: String } samples (writer(), "Thread-3".into())
    en "{thread} of {who} runs only now, after the main thread has left its loop: the loop doesn't \
        wait for its threads."
    zh "{who}的线程 {thread} 到现在才运行，这时主线程已经退出循环了：循环里并不等待线程。"

    Turn { who: Actor } samples (writer())
    en "In each turn of its loop {who} starts a thread and doesn't wait for it: the thread's line, \
        这是多线程启动的 (\"started by multithreading\"), may come at any time from now on."
    zh "{who}每循环一次就启动一个线程，而且不等线程结束：从现在起，线程的那一行随时可能出现。"

    LoopOver { who: Actor, threads: u32, left: u32 } samples
        (writer(), 5, 2) (writer(), 5, 5) (writer(), 1, 1) (writer(), 5, 1)
    en {
        let those = match *left == *threads {
            true => format!("its {}", count(*threads, "thread")),
            false => format!("{left} of its {threads} threads"),
        };
        let (have, them) = if *left == 1 { ("has", "it") } else { ("have", "them") };
        format!("{who} has left its loop, but {those} {have} not printed anything yet. It joins {them} before it ends. Python does so by itself, for threads that are no daemons; C and Rust don't.")
    }
    zh {
        let those = match (*left == *threads, *threads) {
            (true, 1) => "还没有输出".into(),
            (true, _) => "都还没有输出".into(),
            (false, _) => format!("里还有 {left} 个没有输出"),
        };
        format!("{who}退出了循环，而该进程的 {threads} 个线程{those}。结束之前，它会 join 这些线程。Python 会自动等待非守护线程；C 和 Rust 不会。")
    }

    LoopOverLast { who: Actor, threads: u32 } samples (writer(), 5)
    en {
        let threads = count(*threads, "thread");
        format!("{who} has left its loop, and this time its {threads} ran before that. It could \
            just as well have been the other way round.")
    }
    zh "{who}退出了循环，这一次该进程的 {threads} 个线程在那之前都运行过了：反过来也完全可能。"

    brief AfterJoin { joined: usize, running: List } samples (1, one()) (1, two()) (1, many())
    en {
        let runs = if running.len() == 1 { "is" } else { "are" };
        let joins = count(*joined, "join()");
        format!("The parent prints this although {running} {runs} still running, for it has called \
            only {joins}. Before the run ends it joins the rest as well, as CPython does at exit.")
    }
    zh "父进程打印这一行时，{running}仍在运行：父进程只调用了 {joined} 次 join()。整个运行结束之\
        前，它还会对其余的子进程调用 join()，就像 CPython 退出时那样。"

    brief AllEndedAfterJoin { joined: usize, ended: usize } samples (1, 0) (1, 1) (2, 3)
    en {
        match *ended {
            0 => {
                let calls = count(*joined, "call");
                format!("All children have ended: the parent has waited for each of them in \
                    {calls} of join().")
            }
            ended => {
                let joins = count(*joined, "join()");
                let (others, them) = match ended {
                    1 => ("The other child".into(), "it"),
                    _ => (format!("The {ended} other children"), "them"),
                };
                format!("The parent has called only {joins}. {others} had ended by then, too, but \
                    only by chance: no join() waited for {them}.")
            }
        }
    }
    zh {
        let them = them_in_chinese(*ended);
        match *ended {
            0 => format!("子进程都结束了：父进程逐个等过它们，共调用了 {joined} 次 join()。"),
            _ => format!("父进程只调用了 {joined} 次 join()。另外 {ended} 个子进程此时也已结束，但\
                只是碰巧：没有哪次 join() 等过{them}。"),
        }
    }
}
