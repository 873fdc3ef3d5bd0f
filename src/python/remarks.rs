//! What is said of a program on stderr when its run is over: a sentence a fact, nothing when
//! nothing is wrong. The claims have the same sentences as their evidence.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::facts::{Facts, Few, Life, in_brackets};
use crate::both;
use crate::events::{Call, Record, Status, Stream, Way};
use crate::state::{Activity, Place, Process, Sent, State};
use crate::views::Remarker;
use crate::views::explain::note::shown;
use crate::words::figures::count;

/// How many values or places a sentence lists.
const LISTED: usize = 5;

impl Remarker for Facts {
    fn see(&mut self, record: &Record, state: &State) {
        Facts::see(self, record, state);
    }

    fn remarks(&self, state: &State) -> Vec<String> {
        let kinds = [
            self.ends(),
            self.lost_values(state, &[Way::Queue, Way::Pipe]),
            self.changed.clone(),
            self.dropped.clone(),
            self.lost_lines(),
            self.copied_lines(),
            self.dead_holders(),
            self.undone_tasks(),
            self.unseen_exceptions(state),
            self.unjoined(false),
            self.survivors(),
        ];
        kinds.into_iter().flat_map(Few::sentences).collect()
    }
}

impl Facts {
    /// Processes and threads that an exception, a signal or an exit status has ended, except where
    /// the program itself wanted that: by `terminate()`, of a daemonic process, or of a pool.
    fn ends(&self) -> Few {
        let sentences = self.lives.iter().enumerate().flat_map(|(number, life)| {
            let threads = life.raised.iter().filter_map(|(thread, exception)| {
                let (who, thread) = (life.who(), thread.as_ref()?);
                Some(both!(
                    "thread {thread} of {who} ended by {exception}",
                    "{who}的线程 {thread} 因异常结束：{exception}"
                ))
            });
            let is_told = number > 0 && !life.is_beyond && !life.is_foreign;
            threads.chain(life.bad_end().filter(|_| is_told && !life.ended_as_wanted()))
        });
        sentences.collect()
    }

    /// The processes that did not end with status 0, whoever wanted that.
    pub(super) fn all_bad_ends(&self) -> Few {
        // A pool ends its workers by SIGTERM.
        let is_pools =
            |it: &Life| it.is_library && it.status == Some(Status::Signal(Status::SIGTERM));
        let own = self.lives.iter().filter(|it| !it.is_foreign && !is_pools(it));
        own.filter_map(Life::bad_end).collect()
    }

    /// Whether the status is known of each process that has ended: not where the program has reaped
    /// one by a call that isn't seen.
    pub(super) fn knows_all_ends(&self) -> bool {
        let ended = self.lives.iter().filter(|it| it.has_ended && !it.is_foreign && !it.is_library);
        ended.map(|it| it.status).all(|it| it.is_some())
    }

    /// Values that were put or sent these ways, and never got.
    pub(super) fn lost_values(&self, state: &State, ways: &[Way]) -> Few {
        let mut groups = BTreeMap::<_, Vec<&Sent>>::new();
        for sent in ways.iter().flat_map(|way| state.on_its_way(*way)) {
            let (way, is_in_pipe) = (sent.parcel.way, sent.place == Place::Pipe);
            let key = (&*sent.on, sent.parcel.from, way == Way::Queue, is_in_pipe);
            groups.entry(key).or_default().push(sent);
        }
        let sentences =
            groups.into_iter().flat_map(|((on, from, is_put, is_in_pipe), mut sent)| {
                // The last values are those whose put() still waits.
                let process = state.process(from);
                let waits_in_put = |(name, does): &(Option<&str>, _)| {
                    let is_in_put = *does == Activity::Waiting(Call::Put);
                    is_in_put && process.and_then(|it| it.waits_on(*name)) == Some(on)
                };
                let threads = process.into_iter().flat_map(|it| it.threads());
                let waiting = threads.filter(waits_in_put).count();
                let blocked = match is_put && !is_in_pipe {
                    true => sent.split_off(sent.len().saturating_sub(waiting)),
                    false => Vec::new(),
                };
                let has_pipe = self.objects.get(on).is_none_or(|it| !it.is_of_threads());
                let when = self.process(from).map(Life::when_it_ended).unwrap_or_default();
                let were = if sent.len() == 1 { "it was" } else { "they were" };
                let place = match (is_put && has_pipe, is_in_pipe) {
                    (false, _) => String::new(),
                    (true, true) => both!(
                        "; {were} in the pipe, or being written into it",
                        "，当时在管道里，或正写入管道"
                    ),
                    (true, false) => {
                        both!("; {were} still in its buffer{when}", "，当时还在这个进程的缓冲区里")
                    }
                };
                let waits = both!("; put() still waited for room{when}", "，当时 put() 还在等空位");
                let both = [(sent, place), (blocked, waits)].into_iter();
                let both = both.filter(|(sent, _)| !sent.is_empty());
                both.map(move |(sent, place)| self.lost(&sent) + &place).collect::<Vec<_>>()
            });
        sentences.collect()
    }

    /// Values of one process in one queue or pipe.
    fn lost(&self, sent: &[&Sent]) -> String {
        let Some(Sent { on, parcel, .. }) = sent.first() else { return String::new() };
        let who = self.process(parcel.from).map(Life::who).unwrap_or_default();
        let values: Vec<_> = sent.iter().take(LISTED).map(|it| shown(&it.value)).collect();
        let mut values = values.join(&both!(", ", "、"));
        if sent.len() > LISTED {
            values += &both!(", ...", "……");
        }
        let lines = sent.iter().filter_map(|it| self.puts.get(&it.number?));
        let at = places(lines.map(ToString::to_string));
        let (many, never) = (sent.len(), if self.is_over() { "never" } else { "not" });
        let what = count(many, "value");
        let was = if many == 1 { "was" } else { "were" };
        let (put, got, put_zh, got_zh) = match parcel.way {
            Way::Queue => ("put into", "got", "放入", "取走"),
            Way::Pipe => ("sent over", "received", "发送到", "接收"),
        };
        both!(
            "{what} that {who} {put} {on} {was} {never} {got}: {values}{at}",
            "{who}{put_zh} {on} 的 {many} 个值没有被{got_zh}：{values}{at}"
        )
    }

    /// Lines that were printed and never written.
    pub(super) fn lost_lines(&self) -> Few {
        let all =
            self.lives.iter().flat_map(|life| life.unwritten.iter().map(move |it| (life, it)));
        let sentences = all.map(|(life, (stream, many, lines))| {
            let (who, at, when) = (life.who(), places(lines.clone()), life.when_it_ended());
            let what = count(many, "line");
            let onto = match stream {
                Stream::Stderr => both!(" to stderr", "（stderr）"),
                _ => String::new(),
            };
            both!(
                "{who} printed {what}{onto} that stayed in its buffer{when}{at}",
                "{who}打印的 {many} 行{onto}留在缓冲区里{when}也没有写出{at}"
            )
        });
        sentences.collect()
    }

    /// Lines that stood in a process's buffer when it forked, and were written by the fork.
    pub(super) fn copied_lines(&self) -> Few {
        let all = self.lives.iter().flat_map(|life| life.copied.iter().map(move |it| (life, it)));
        let sentences = all.map(|(life, (of, many))| {
            let printer = self.process(*of).map(Life::who).unwrap_or_default();
            let (who, what) = (life.who(), count(many, "line"));
            both!(
                "{who} wrote {what} that {printer} had printed before the fork: a fork copies the \
                 buffer",
                "{who}写出了 {printer}在 fork 之前打印的 {many} 行：fork 会复制缓冲区"
            )
        });
        sentences.collect()
    }

    /// Locks whose holder has ended.
    pub(super) fn dead_holders(&self) -> Few {
        let sentences = self.held.iter().filter_map(|(lock, held)| {
            let holder = &self.lives[held.life];
            let (who, when) = (holder.who(), holder.when_it_ended());
            let at = held.at.as_ref().map(|it| both!(", acquired at {it},", "在 {it} "));
            let at = at.unwrap_or_default();
            (holder.has_ended && !holder.is_beyond).then(|| {
                both!(
                    "{who} had the lock {lock}{at}{when}, and did not release it",
                    "{who}{at}获取了锁 {lock}，没有释放就结束了"
                )
            })
        });
        sentences.collect()
    }

    /// Two locks that two processes took in opposite order, if no third lock keeps them apart.
    pub(super) fn opposite_orders(&self) -> Few {
        let pairs = self.orders.iter().filter(|((first, second), _)| first < second);
        let sentences = pairs.filter_map(|((first, second), orders)| {
            let opposite = self.orders.get(&(second.clone(), first.clone()))?;
            let mut both = orders.iter().flat_map(|one| opposite.iter().map(move |it| (one, it)));
            let (one, other) =
                both.find(|(a, b)| a.life != b.life && a.under.is_disjoint(&b.under))?;
            let [(who, at), (other, other_at)] =
                [one, other].map(|it| (self.lives[it.life].who(), in_brackets(it.at.as_ref())));
            Some(both!(
                "{who} took {first}, then {second}{at}, and {other} took {second}, then \
                 {first}{other_at}",
                "{who}先获取 {first} 后获取 {second}{at}，{other}先获取 {second} 后获取 {first}{other_at}"
            ))
        });
        sentences.collect()
    }

    /// Tasks of pools that were never done: one sentence for all that were submitted at the same
    /// line.
    pub(super) fn undone_tasks(&self) -> Few {
        let mut groups = BTreeMap::<_, (u64, u64)>::new();
        for ((pool, _), job) in &self.jobs {
            let (tasks, left) = groups.entry((pool, job.place())).or_default();
            (*tasks, *left) = (*tasks + job.tasks, *left + job.tasks.saturating_sub(job.done));
        }
        groups.retain(|_, (_, left)| *left > 0);
        let sentences = groups.into_iter().map(|((pool, (function, call, at)), group)| {
            let ((tasks, left), at) = (group, in_brackets(at));
            match tasks {
                1 => both!(
                    "the task {function}, given to {pool} by {call}(){at}, was not done",
                    "通过 {call}() 交给 {pool} 的任务 {function}{at}，没有做完"
                ),
                _ => both!(
                    "{left} of {tasks} tasks {function}, given to {pool} by {call}(){at}, not done",
                    "通过 {call}() 交给 {pool} 的 {tasks} 个任务 {function}{at}，有 {left} 个没有做完"
                ),
            }
        });
        sentences.collect()
    }

    /// Tasks of pools whose exceptions nobody has seen, likewise; not of a pool for whose results
    /// somebody still waits.
    pub(super) fn unseen_exceptions(&self, state: &State) -> Few {
        let waits_for = |pool: &str, (thread, does): (Option<&str>, _), it: &Process| {
            does == Activity::Waiting(Call::Result) && it.waits_on(thread) == Some(pool)
        };
        let is_awaited = |pool: &str| {
            state.processes().any(|it| it.threads().any(|thread| waits_for(pool, thread, it)))
        };
        let mut groups = BTreeMap::<_, (Vec<&str>, usize)>::new();
        for ((pool, _), job) in self.jobs.iter().filter(|(_, job)| !job.is_fetched) {
            let (unseen, failed) = groups.entry((pool, job.place())).or_default();
            *failed += job.failed.first.len() + job.failed.more;
            for exception in &job.failed.first {
                if !unseen.contains(&&**exception) {
                    unseen.push(exception);
                }
            }
        }
        groups.retain(|(pool, _), _| !is_awaited(pool));
        groups.retain(|_, (_, failed)| *failed > 0);
        let sentences = groups.into_iter().map(|((pool, (function, call, at)), group)| {
            let ((unseen, failed), at) = (group, in_brackets(at));
            let exceptions = listed(&unseen);
            match failed {
                1 => both!(
                    "a task {function}, given to {pool} by {call}(){at}, ended by {exceptions}, and \
                     its result was never asked for",
                    "通过 {call}() 交给 {pool} 的任务 {function}{at}，因异常结束，结果却从未被取走\
                     ：{exceptions}"
                ),
                _ => both!(
                    "{failed} tasks {function}, given to {pool} by {call}(){at}, ended by \
                     {exceptions}, and their results were never asked for",
                    "通过 {call}() 交给 {pool} 的任务 {function}{at}，有 {failed} 个因异常结束，结果却\
                     从未被取走：{exceptions}"
                ),
            }
        });
        sentences.collect()
    }

    /// The processes that were never joined, in one sentence. Not `all` of them need a `join()`:
    /// Python waits at its end for those that are not daemonic.
    pub(super) fn unjoined(&self, all: bool) -> Few {
        let needs = |life: &&Life| {
            let is_wanted = all || !(life.is_daemon || life.is_asked || life.signal.is_some());
            life.is_ours() && !life.is_joined && is_wanted && (all || life.has_ended)
        };
        let named = |life: &Life| match (life.who(), life.is_waited_for) {
            (who, true) => {
                both!("{who}, whose join() did not last", "{who}（join() 没有等到结束）")
            }
            (who, false) => who,
        };
        let who: Vec<_> = self.lives.iter().filter(needs).map(named).collect();
        if who.is_empty() || !self.is_complete() {
            return Few::default();
        }
        let (listed, many) = (listed(&who), who.len());
        let were = if many == 1 { "process was" } else { "processes were" };
        Few::from_iter([both!(
            "{many} {were} never joined: {listed}",
            "有 {many} 个进程从未被 join()：{listed}"
        )])
    }

    /// Processes that go on after the program's end.
    pub(super) fn survivors(&self) -> Few {
        let alive = self.lives.iter().filter(|it| !it.has_ended || it.is_beyond);
        let sentences =
            alive.filter(|_| self.is_complete()).map(|life| match (life.who(), life.has_ended) {
                (who, false) => {
                    both!("{who} goes on after the program's end", "程序结束之后，{who}仍在运行")
                }
                (who, true) => both!(
                    "{who} outlived the program, and has ended since",
                    "{who}比程序结束得晚，现在也已经结束"
                ),
            });
        sentences.collect()
    }
}

impl Life {
    /// Whether it is a process that the program has started by `Process.start()`.
    pub(super) fn is_ours(&self) -> bool {
        self.method.as_ref().is_some_and(|it| it != "os.fork") && !self.is_library
    }

    fn ended_as_wanted(&self) -> bool {
        let Some(status @ Status::Signal(signal)) = self.status else {
            return self.is_interrupted;
        };
        // The first process ends daemonic ones, and a pool its workers, by SIGTERM.
        let by_python = (self.is_daemon || self.is_library) && signal == Status::SIGTERM;
        let is_wanted = status.is_wanted(self.signal.as_ref().map(|(signal, _)| *signal));
        self.is_interrupted || by_python || is_wanted || signal == Status::SIGINT
    }

    /// The sentence that tells an end by an exception, a signal or an exit status.
    fn bad_end(&self) -> Option<String> {
        let who = self.who();
        let raised = self.raised.iter().find(|(thread, _)| thread.is_none());
        if let (Some((_, exception)), Some(Status::Code(1))) = (raised, self.status) {
            return Some(both!("{who} ended by {exception}", "{who}因异常结束：{exception}"));
        }
        let status = self.status.filter(|it| *it != Status::Code(0))?;
        let sent = self.signal.as_ref().filter(|(sent, _)| status == Status::Signal(*sent));
        let at = in_brackets(sent.and_then(|(_, place)| place.as_ref()));
        Some(match self.values {
            0 => both!("{who} {status}{at}", "{who}{status}{at}"),
            _ => both!("{who} {status}{at} in the middle of a task", "{who}做任务时{status}{at}"),
        })
    }

    /// ` when SIGTERM ended it`; nothing if it has not ended.
    fn when_it_ended(&self) -> String {
        match self.status {
            _ if self.has_ended && self.is_beyond => {
                both!(" when mp-demo ended the run", "，直到 mp-demo 结束这次运行")
            }
            Some(status @ Status::Signal(_)) => {
                let name = status.signal_name();
                both!(" when {name} ended it", "，直到被 {name} 终止")
            }
            _ if self.has_ended => both!(" when it ended", "，直到进程结束"),
            _ => String::new(),
        }
    }
}

/// The first few of them, and how many more.
fn listed(all: &[impl Display]) -> String {
    let first: Vec<_> = all.iter().take(LISTED).map(ToString::to_string).collect();
    let first = first.join(&both!(", ", "、"));
    match all.len().saturating_sub(LISTED) {
        0 => first,
        more => both!("{first} and {more} more", "{first}，另有 {more} 个"),
    }
}

/// ` (queue_demo.py:10, :13)`: each line once, and a file is named once.
fn places(lines: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for line in lines {
        if !all.contains(&line) {
            all.push(line);
        }
    }
    let file = |line: &'_ str| line.rsplit_once(':').map_or(0, |(file, _)| file.len());
    let shown = all.iter().enumerate().map(|(place, line)| {
        let before = place.checked_sub(1).map(|it| &all[it][..file(&all[it])]);
        if before == Some(&line[..file(line)]) { &line[file(line)..] } else { line }
    });
    let listed = listed(&shown.collect::<Vec<_>>());
    if all.is_empty() { String::new() } else { both!(" ({listed})", "（{listed}）") }
}
