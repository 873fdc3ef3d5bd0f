//! Who waits for whom, in a run that is stuck.

use std::io::Write;

use anyhow::Result;
use unicode_width::UnicodeWidthStr;

use super::view::View;
use crate::both;
use crate::events::{Call, Event, Holder, Needs, Record, Waiter};
use crate::state::{Change, State};
use crate::stuck::Mistake;
use crate::words::figures::{grouped, left, wrapped};
use crate::words::locale::in_words;
use crate::words::plain::on_one_line;

/// Tells on stderr who waits for whom, as soon as the run is found stuck. A closed stderr is no
/// error.
pub struct Stuck<E> {
    stderr: E,
    /// The width at which lines are broken, if they are.
    width: Option<usize>,
    /// Finds a mistake by its lesson's name and its own.
    mistake_of: fn(&str, &str) -> Option<&'static Mistake>,
    lesson: String,
}

impl<E: Write> Stuck<E> {
    /// On a terminal, no line is wider than its `width`. `mistake_of` knows the lessons.
    pub fn new(
        stderr: E,
        width: Option<usize>,
        mistake_of: fn(&str, &str) -> Option<&'static Mistake>,
    ) -> Stuck<E> {
        Stuck { stderr, width, mistake_of, lesson: String::new() }
    }
}

impl<E: Write> View for Stuck<E> {
    fn show(&mut self, record: &Record, state: &State, _: &Change) -> Result<()> {
        if let Event::Run { lesson, .. } = &record.event {
            lesson.as_ref().clone_into(&mut self.lesson);
        }
        let Event::Stuck { waits, circle, mistake, command, likely } = &record.event else {
            return Ok(());
        };
        let mut lines = vec![match likely {
            None => {
                both!("Nobody can go on. Who waits for whom:", "所有进程都无法继续。等待关系：")
            }
            Some(_) => both!(
                "Most likely nobody can go on. Who waits for whom:",
                "很可能所有进程都无法继续。等待关系："
            ),
        }];
        lines.extend(waiters(waits));
        // With a user's command, it isn't known whether CPython would get stuck, too.
        let is_pythons = mistake.is_some() && state.commands().next().is_none();
        lines.push(match likely {
            // Where it isn't known what somebody waits for, nothing follows from it.
            None if circle.is_empty() && waits.iter().any(|it| it.needs == Needs::Unknown) => {
                both!("Nobody in it moves any more.", "其中已没有谁还在动。")
            }
            None => form(waits, circle, is_pythons, state),
            Some(_) => both!(
                "A signal that the program handles, or a process from outside, could still change \
                 that.",
                "程序会处理的信号，或者外面的进程，仍有可能改变这种情况。"
            ),
        });
        let mistake = mistake.as_deref().and_then(|name| (self.mistake_of)(&self.lesson, name));
        if is_pythons && let Some(in_python) = mistake.and_then(|it| it.in_python) {
            lines.push(in_words(in_python).to_owned());
        }
        if waits.iter().any(|waiter| waiter.kernel.is_none()) {
            lines.push(both!(
                "The kernel does not tell everything here, so part of this goes by the log.",
                "这里内核没有告知全部情况，一部分以日志为准。"
            ));
        }
        if let (Some(mistake), Some(command)) = (mistake, command) {
            let remedy = in_words(mistake.remedy);
            lines.push(match command.is_empty() {
                true => both!("{remedy}.", "{remedy}。"),
                false => both!("{remedy}: {command}", "{remedy}：{command}"),
            });
        }
        lines.push(match likely {
            None => both!("mp-demo ends the run.", "mp-demo 就此结束这次运行。"),
            Some(_) => both!("mp-demo leaves it running.", "mp-demo 让它继续运行。"),
        });
        let width = self.width.unwrap_or(usize::MAX);
        let lines = lines.iter().map(|line| wrapped(&on_one_line(line), width, "      "));
        let _ = self.stderr.write_all(lines.collect::<String>().as_bytes());
        Ok(())
    }
}

/// A line for each waiting thread: who, in which call, for what.
fn waiters(waits: &[Waiter]) -> Vec<String> {
    let names: Vec<_> = waits.iter().map(name).collect();
    let calls: Vec<_> = waits.iter().map(call).collect();
    let [names_width, calls_width] = [&names, &calls].map(|column| {
        let widths = column.iter().map(|cell| cell.width());
        widths.max().unwrap_or_default()
    });
    let lines = waits.iter().zip(names.iter().zip(&calls));
    let lines = lines.map(|(waiter, (name, call))| {
        let (name, call) = (left(name, names_width), left(call, calls_width));
        format!("  {name}  {call}  {}", what_for(waiter))
    });
    lines.collect()
}

fn name(waiter: &Waiter) -> String {
    let Waiter { role, pid, .. } = waiter;
    match &waiter.thread {
        None => format!("{role} {pid}"),
        Some(thread) if thread == Waiter::FEEDER => {
            both!("{role} {pid}'s feeder thread", "{role} {pid} 的 feeder 线程")
        }
        Some(thread) => format!("{role} {pid}/{thread}"),
    }
}

fn call(waiter: &Waiter) -> String {
    let call = &waiter.call;
    let on = waiter.on.as_ref().map(|on| format!("{on}.")).unwrap_or_default();
    match &waiter.at {
        Some(at) => both!("in {on}{call}() at {at}", "在 {at} 的 {on}{call}() 里"),
        None if is_the_kernels(waiter) => both!("in {call}(2)", "在 {call}(2) 里"),
        None => both!("in {call}()", "在 {call}() 里"),
    }
}

/// Whether the call is a system call, and not one of Python's.
fn is_the_kernels(waiter: &Waiter) -> bool {
    waiter.kernel.as_ref() == Some(&waiter.call)
}

fn what_for(waiter: &Waiter) -> String {
    let itself = |holder: &&Holder| holder.pid == waiter.pid;
    let others: Vec<_> = waiter.of.iter().filter(|it| !itself(it)).collect();
    let is_among_them = others.len() < waiter.of.len();
    let alive: Vec<_> = others.iter().filter(|it| !it.ended).copied().collect();
    let names = list(&alive);
    match waiter.needs {
        Needs::End => both!("waits for {names} to end", "等 {names} 结束"),
        // The pipe to a command of the user's counts as full as long as it is not empty.
        Needs::Room if waiter.call == Call::Write.name() && !is_the_kernels(waiter) => {
            both!("waits until {names} reads what it was given", "等 {names} 读走交给它的内容")
        }
        // A queue of a Python program that takes only so many values.
        Needs::Room if waiter.at.is_some() && waiter.bytes.is_none() => match alive.is_empty() {
            false => both!(
                "waits for room, which only {names} could make",
                "等空位，只有 {names} 能腾出来"
            ),
            true => both!("waits for room, which nobody can make", "等空位，没有进程能腾出来"),
        },
        Needs::Room => {
            let full = match (waiter.bytes, waiter.capacity) {
                (Some(bytes), Some(capacity)) if bytes < capacity => {
                    let (bytes, capacity) = (grouped(bytes), grouped(capacity));
                    both!(
                        "its pipe is full with {bytes} of {capacity} bytes, as each write takes \
                         whole pages",
                        "管道里只有 {bytes} 字节（容量 {capacity} 字节）就满了，因为每次写入都占用\
                         整页"
                    )
                }
                (Some(bytes), Some(capacity)) => {
                    let (bytes, capacity) = (grouped(bytes), grouped(capacity));
                    both!(
                        "its pipe holds {bytes} of {capacity} bytes",
                        "管道里已有 {bytes} 字节，容量是 {capacity} 字节"
                    )
                }
                _ => both!("its pipe is full", "管道满了"),
            };
            match (alive.is_empty(), is_among_them) {
                (false, _) => both!(
                    "waits for room: {full}, and only {names} could take some",
                    "等管道里有空位：{full}，只有 {names} 能取走"
                ),
                (true, true) => both!(
                    "waits for room: {full}, and nobody but itself could take some",
                    "等管道里有空位：{full}，只有这个进程自己能取走"
                ),
                (true, false) => both!("waits for room: {full}", "等管道里有空位：{full}"),
            }
        }
        Needs::Value => match (alive.is_empty(), is_among_them) {
            (false, _) => both!(
                "waits for a value, which only {names} could bring",
                "等一个值，只有 {names} 能带来"
            ),
            (true, true) => both!(
                "waits for a value or end-of-file, which nobody but itself could bring",
                "等一个值或者 EOF，而这只有这个进程自己能带来"
            ),
            (true, false) => {
                both!("waits for a value, which nobody can bring", "等一个值，没有进程能带来")
            }
        },
        Needs::Lock => match others.iter().find(|it| it.ended) {
            Some(Holder { role, pid, at: Some(at), .. }) => both!(
                "waits for the lock, which {role} {pid} took at {at} and had when it ended",
                "等锁；{role} {pid} 在 {at} 取得这把锁，结束时没有释放"
            ),
            Some(Holder { role, pid, .. }) => both!(
                "waits for the lock, which {role} {pid} had when it was killed",
                "等锁；{role} {pid} 被杀死时正握着这把锁"
            ),
            None if alive.is_empty() => {
                both!("waits for the lock; who has it is not known", "等锁；不知道锁在哪个进程手里")
            }
            None => match others.iter().find_map(|it| it.at.as_ref()) {
                Some(at) => both!(
                    "waits for the lock, which {names} took at {at}",
                    "等锁；锁在 {names} 手里，取得的地方是 {at}"
                ),
                None => both!("waits for the lock, which {names} has", "等锁；锁在 {names} 手里"),
            },
        },
        Needs::Wakeup if waiter.call == Call::Join.name() => match alive.is_empty() {
            false => both!(
                "waits for task_done(), which only {names} could call",
                "等 task_done()，只有 {names} 能调用"
            ),
            true => both!(
                "waits for task_done(), which nobody calls any more",
                "等 task_done()，已没有谁会调用"
            ),
        },
        Needs::Wakeup => match alive.is_empty() {
            false => {
                both!("waits to be woken, as {names} could do", "等别的线程来唤醒，例如 {names}")
            }
            true => both!(
                "waits to be woken, which nobody has done so far",
                "等别的线程来唤醒，至今没有谁这样做"
            ),
        },
        Needs::Unknown => both!("waits; for what is not known", "在等待；等什么，不得而知"),
    }
}

const NAMED: usize = 3;

fn list(holders: &[&Holder]) -> String {
    let named = holders.iter().take(NAMED);
    let named: Vec<_> = named.map(|it| format!("{} {}", it.role, it.pid)).collect();
    let named = named.join(&both!(" or ", " 或 "));
    match holders.len().saturating_sub(NAMED) {
        0 => named,
        more => both!("{named} or {more} more", "{named} 等（另有 {more} 个）"),
    }
}

/// The last line: a circle, or a dead end.
fn form(waits: &[Waiter], circle: &[u32], as_in_python: bool, state: &State) -> String {
    let python = match as_in_python {
        true => both!(
            " In CPython this program waits for ever.",
            "在 CPython 里，这个程序会永远等下去。"
        ),
        false => String::new(),
    };
    let role = |pid: &u32| {
        let process = state.process(*pid);
        process.map_or_else(|| pid.to_string(), |it| it.role.clone())
    };
    if let Some(first) = circle.first() {
        let roles: Vec<_> = circle.iter().chain([first]).map(role).collect();
        let roles = roles.join(" -> ");
        return both!("A circle: {roles}.{python}", "形成了环，也就是死锁：{roles}。{python}");
    }
    let holder = waits.iter().find(|it| it.needs == Needs::Lock);
    let why = match holder.and_then(|it| it.of.iter().find(|it| it.ended)) {
        Some(holder) => {
            let role = &holder.role;
            both!(
                "the lock died with {role}, and nobody releases it any more",
                "锁随着 {role} 一起没了，再也没有进程会释放"
            )
        }
        None => both!("what is waited for can't come any more", "等的东西再也不会来了"),
    };
    both!("A dead end: {why}.{python}", "走进了死胡同：{why}。{python}")
}
