//! What is said of a program on stderr when its run is over: a sentence a fact, nothing when
//! nothing is wrong. The claims have the same sentences as their evidence.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::facts::{Facts, Few, Job, Life, in_brackets};
use crate::both;
use crate::events::{Record, Status, Stream, Way};
use crate::state::{Place, State};
use crate::views::Remarker;
use crate::views::explain::note::shown;

/// How many values or places a sentence lists.
const LISTED: usize = 5;

impl Remarker for Facts {
    fn see(&mut self, record: &Record) {
        Facts::see(self, record);
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
            self.tasks(),
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
        let own = self.lives.iter().filter(|it| !it.is_foreign && !it.is_pools());
        own.filter_map(Life::bad_end).collect()
    }

    /// Values that were put or sent these ways, and never got.
    pub(super) fn lost_values(&self, state: &State, ways: &[Way]) -> Few {
        let mut groups = BTreeMap::<_, (Vec<String>, Vec<String>, usize)>::new();
        for sent in ways.iter().flat_map(|way| state.on_its_way(*way)) {
            let (from, is_put) = (sent.parcel.from, sent.parcel.way == Way::Queue);
            let in_pipe = sent.place == Place::Pipe;
            let is_blocked = sent.number.is_some_and(|it| self.blocked.contains(&it));
            let group = groups.entry((&sent.on, from, is_put, in_pipe, is_blocked)).or_default();
            group.2 += 1;
            if group.2 <= LISTED {
                group.0.push(shown(&sent.value));
            }
            let line = sent.number.and_then(|it| self.puts.get(&it)).map(ToString::to_string);
            group.1.extend(line.filter(|it| !group.1.contains(it)));
        }
        let sentences =
            groups.into_iter().map(|((on, from, is_put, in_pipe, is_blocked), group)| {
                let (values, lines, count) = group;
                let life = self.process(from);
                let who = life.map(Life::who).unwrap_or_default();
                let mut values = values.join(&both!(", ", "、"));
                if count > LISTED {
                    values += &both!(", ...", "……");
                }
                let at = places(&lines);
                let has_pipe = self.objects.get(on).is_none_or(|it| !it.is_of_threads());
                let pronoun = if count == 1 { "it was" } else { "they were" };
                let when = life.map(Life::when_it_ended).unwrap_or_default();
                let rest = match (is_put && has_pipe, in_pipe) {
                    (false, _) => String::new(),
                    (true, true) => both!(
                        "; {pronoun} in the pipe, or being written into it",
                        "，当时在管道里，或正写入管道"
                    ),
                    (true, false) if is_blocked => {
                        both!("; put() still waited for room{when}", "，当时 put() 还在等空位")
                    }
                    (true, false) => {
                        both!(
                            "; {pronoun} still in its buffer{when}",
                            "，当时还在这个进程的缓冲区里"
                        )
                    }
                };
                let is_one = count == 1;
                let (what, has) = if is_one { ("value", "was") } else { ("values", "were") };
                let never = if self.is_over() { "never" } else { "not" };
                let (put, got, put_zh, got_zh) = match is_put {
                    true => ("put into", "got", "放入", "取走"),
                    false => ("sent over", "received", "发送到", "接收"),
                };
                both!(
                    "{count} {what} that {who} {put} {on} {has} {never} {got}: {values}{at}{rest}",
                    "{who}{put_zh} {on} 的 {count} 个值没有被{got_zh}：{values}{at}{rest}"
                )
            });
        sentences.collect()
    }

    /// Lines that were printed and never written.
    pub(super) fn lost_lines(&self) -> Few {
        let lives = self.lives.iter();
        let sentences = lives.flat_map(|life| {
            life.unwritten.iter().map(|(stream, count, lines)| {
                let (who, at, when) = (life.who(), places(lines), life.when_it_ended());
                let what = if *count == 1 { "line" } else { "lines" };
                let onto = match stream {
                    Stream::Stderr => both!(" to stderr", "（stderr）"),
                    _ => String::new(),
                };
                both!(
                    "{who} printed {count} {what}{onto} that stayed in its buffer{when}{at}",
                    "{who}打印的 {count} 行{onto}留在缓冲区里{when}也没有写出{at}"
                )
            })
        });
        sentences.collect()
    }

    /// Lines that stood in a process's buffer when it forked, and were written by the fork.
    fn copied_lines(&self) -> Few {
        let sentences = self.lives.iter().flat_map(|life| {
            life.copied.iter().map(|(of, count)| {
                let printer = self.process(*of).map(Life::who).unwrap_or_default();
                let (who, what) = (life.who(), if *count == 1 { "line" } else { "lines" });
                both!(
                    "{who} wrote {count} {what} that {printer} had printed before the fork: a fork \
                     copies the buffer",
                    "{who}写出了 {printer}在 fork 之前打印的 {count} 行：fork 会复制缓冲区"
                )
            })
        });
        sentences.collect()
    }

    /// Locks whose holder has ended.
    pub(super) fn dead_holders(&self) -> Few {
        let sentences = self.held.iter().filter_map(|(lock, (holder, place))| {
            let holder = &self.lives[*holder];
            let is_dead = holder.has_ended && !holder.is_beyond;
            let (who, when) = (holder.who(), holder.when_it_ended());
            let at = place.as_ref().map(|it| both!(", acquired at {it},", "在 {it} "));
            let at = at.unwrap_or_default();
            is_dead.then(|| {
                both!(
                    "{who} had the lock {lock}{at}{when}, and nobody has released it",
                    "{who}{at}取得锁 {lock}，没有释放就结束了"
                )
            })
        });
        sentences.collect()
    }

    /// Tasks of pools that were never done, or whose exception nobody has seen.
    fn tasks(&self) -> Few {
        let sentences = self.jobs.iter().flat_map(|((pool, _), job)| {
            let Job { function, call, tasks, done, .. } = job;
            let at = in_brackets(job.at.as_ref());
            let undone = (done < tasks).then(|| match (tasks - done, tasks) {
                (1, 1) => both!(
                    "the task {function}, given to {pool} by {call}(){at}, was not done",
                    "通过 {call}() 交给 {pool} 的任务 {function}{at}，没有做完"
                ),
                (left, _) => both!(
                    "{left} of {tasks} tasks {function}, given to {pool} by {call}(){at}, not done",
                    "通过 {call}() 交给 {pool} 的 {tasks} 个任务 {function}{at}，{left} 个没有做完"
                ),
            });
            let failed = (!job.is_fetched).then_some(&job.failed.first).into_iter().flatten();
            let failed = failed.map(move |exception| {
                both!(
                    "a task {function}, given to {pool} by {call}(){at}, ended by {exception}, and \
                     nobody asked for its result",
                    "通过 {call}() 交给 {pool} 的任务 {function}{at}，因异常结束，却没有谁去取它的\
                     结果：{exception}"
                )
            });
            undone.into_iter().chain(failed).collect::<Vec<_>>()
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
        let listed = listed(&who);
        let (count, were) = match who.len() {
            1 => ("1 process".to_owned(), "was"),
            many => (format!("{many} processes"), "were"),
        };
        let many = who.len();
        Few::from_iter([both!(
            "{count} {were} never joined: {listed}",
            "有 {many} 个进程从未被 join()：{listed}"
        )])
    }

    /// Processes that go on after the program's end.
    pub(super) fn survivors(&self) -> Few {
        if !self.is_complete() {
            return Few::default();
        }
        let alive = self.lives.iter().filter(|it| !it.has_ended || it.is_beyond);
        let sentences = alive.map(|life| match (life.who(), life.has_ended) {
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
        self.method.is_some() && !self.is_library
    }

    /// Whether it is a pool's worker that the pool has ended.
    fn is_pools(&self) -> bool {
        self.is_library && self.status == Some(Status::Signal(Status::SIGTERM))
    }

    fn ended_as_wanted(&self) -> bool {
        if self.is_interrupted {
            return true;
        }
        let Some(status @ Status::Signal(signal)) = self.status else {
            return false;
        };
        // The first process ends daemonic ones, and a pool its workers, by SIGTERM.
        let by_python = self.is_daemon || self.is_library;
        status.is_wanted(self.signal.as_ref().map(|(signal, _)| *signal))
            || (by_python && signal == Status::SIGTERM)
            || signal == Status::SIGINT
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

/// ` (queue_demo.py:10, :13)`: a file is named once.
fn places(lines: &[String]) -> String {
    let mut last = "";
    let mut shown: Vec<&str> = Vec::new();
    for line in lines {
        let (file, number) = line.rsplit_once(':').unwrap_or((line, ""));
        let is_same = file == last && !number.is_empty();
        let word = if is_same { &line[file.len()..] } else { line };
        if !shown.contains(&word) {
            shown.push(word);
        }
        last = file;
    }
    match shown.is_empty() {
        true => String::new(),
        false => {
            let listed = listed(&shown);
            both!(" ({listed})", "（{listed}）")
        }
    }
}
