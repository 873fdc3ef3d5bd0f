//! Who waits for whom, in a run that is stuck.

use std::io::Write;

use anyhow::Result;
use unicode_width::UnicodeWidthStr;

use super::view::View;
use crate::both;
use crate::events::{Event, Needs, Record, Waiter};
use crate::state::{Change, State};
use crate::stuck::Mistake;
use crate::stuck::words::{is_the_kernels, opposite_order, proof, what_for};
use crate::words::figures::{left, wrapped};
use crate::words::locale::in_words;
use crate::words::plain::on_one_line;

/// Tells on stderr who waits for whom, as soon as the run is found stuck. A closed stderr is no
/// error.
pub struct Stuck<E> {
    pub(super) stderr: E,
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

impl Stuck<Vec<u8>> {
    /// What was said since the last call.
    pub fn said(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.stderr)).into_owned()
    }
}

impl<E: Write> View for Stuck<E> {
    fn show(&mut self, record: &Record, state: &State, _: &Change) -> Result<()> {
        if let Event::Run { lesson, .. } = &record.event {
            lesson.as_ref().clone_into(&mut self.lesson);
        }
        let Event::Stuck { waits, circle, mistake, command, repair, likely } = &record.event else {
            return Ok(());
        };
        let mut lines = vec![match likely {
            None if circle.is_empty() => {
                both!("No process can go on. Who waits for whom:", "所有进程都无法继续。等待关系：")
            }
            None => both!(
                "Deadlock: no process can go on. Who waits for whom:",
                "死锁：所有进程都无法继续。等待关系："
            ),
            Some(_) => both!(
                "Most likely no process can go on. Who waits for whom:",
                "很可能所有进程都无法继续。等待关系："
            ),
        }];
        let width = self.width.unwrap_or(usize::MAX);
        lines.extend(waiters(waits, width));
        // With a user's command, it isn't known whether CPython would get stuck, too.
        let is_pythons = mistake.is_some() && state.commands().next().is_none();
        lines.push(match likely {
            // Where it isn't known what somebody waits for, nothing follows from it.
            None if circle.is_empty() && waits.iter().any(|it| it.needs == Needs::Unknown) => {
                both!("None of them moves any more.", "所有进程都停住了。")
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
        lines.extend(opposite_order(waits, circle));
        lines.extend(waits.iter().filter_map(proof));
        lines.dedup();
        if waits.iter().any(|waiter| waiter.kernel.is_none() && waiter.at.is_none()) {
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
        lines.extend(repair.as_deref().map(str::to_owned));
        lines.push(match likely {
            None => both!("mp-demo ends the run.", "mp-demo 就此结束这次运行。"),
            Some(_) => both!("mp-demo leaves it running.", "mp-demo 让它继续运行。"),
        });
        let lines = lines.iter().map(|line| {
            let indent = if line.starts_with(' ') { "      " } else { "" };
            wrapped(&on_one_line(line), width, indent)
        });
        let _ = self.stderr.write_all(lines.collect::<String>().as_bytes());
        Ok(())
    }
}

/// A line for each waiting thread: who, in which call, for what; in columns, where there is room.
fn waiters(waits: &[Waiter], width: usize) -> Vec<String> {
    let names: Vec<_> = waits.iter().map(name).collect();
    let calls: Vec<_> = waits.iter().map(call).collect();
    let [names_width, calls_width] = [&names, &calls].map(|column| {
        let widths = column.iter().map(|cell| cell.width());
        widths.max().unwrap_or_default()
    });
    let lines = |names_width, calls_width, gap| -> Vec<String> {
        let cells = waits.iter().zip(names.iter().zip(&calls));
        let lines = cells.map(|(waiter, (name, call))| {
            let (name, call) = (left(name, names_width), left(call, calls_width));
            format!("  {name}{gap}{call}{gap}{}", what_for(waiter))
        });
        lines.collect()
    };
    let columns = lines(names_width, calls_width, "  ");
    match columns.iter().all(|line| line.width() <= width) {
        true => columns,
        false => lines(0, 0, " "),
    }
}

fn name(waiter: &Waiter) -> String {
    let Waiter { role, pid, .. } = waiter;
    match &waiter.thread {
        None => format!("{role} {pid}"),
        Some(thread) if thread == Waiter::FEEDER => {
            both!("{role} {pid}'s feeder thread", "{role} {pid} 的后台线程（feeder thread）")
        }
        Some(thread) => format!("{role} {pid}/{thread}"),
    }
}

fn call(waiter: &Waiter) -> String {
    let on = waiter.on.as_ref().filter(|_| waiter.at.is_some());
    let on = on.map(|on| format!("{on}.")).unwrap_or_default();
    let call = match waiter.call.as_str() {
        call if is_the_kernels(waiter) => format!("{call}(2)"),
        call if call.starts_with('`') => call.to_owned(),
        call => format!("{on}{call}()"),
    };
    match &waiter.at {
        Some(at) => both!("in {call} at {at}", "在 {at} 的 {call} 里"),
        None => both!("in {call}", "在 {call} 里"),
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
                "{role} had the lock when it died, and no other process releases it",
                "{role} 结束时持有锁，再也没有进程会释放它"
            )
        }
        None => both!("what is waited for can't come any more", "等的东西再也不会来了"),
    };
    both!("A dead end: {why}.{python}", "走进了死胡同：{why}。{python}")
}
