//! The diagnosis as a report for a person.

use std::collections::{BTreeMap, BTreeSet};

use crate::both;
use crate::events::Status;
use crate::evidence::{
    Cause, Fate, From, Need, Snapshot, Stack, TaskLook, Thing, Wait, bit, is_python, stopped,
};
use crate::words::plain::on_one_line;

use super::lines::Stacks;
use super::sentences::{self, idle};
use super::{Diagnosis, Judgement, next};
use super::{family, repairs};

/// The most dead children that a report tells of.
const DEAD_TOLD: usize = 8;

/// The sentences that say why something isn't known, each with the processes of which it is true:
/// `{}` stands for them.
type Missing = BTreeMap<String, BTreeSet<u32>>;

/// The report's lines, without newlines.
pub fn report(finding: &Diagnosis, stacks: &Stacks) -> Vec<String> {
    let mut lines = vec![heading(finding)];
    if finding.verdict == Judgement::Ended {
        return lines;
    }
    lines.extend(family::lines(finding, stacks));
    lines.extend(finding.dead.iter().take(DEAD_TOLD).map(|(parent, pid, status)| {
        both!("{parent}: its child {pid} {status}.", "{parent} 的子进程 {pid} {status}。")
    }));
    let mut missing = Missing::default();
    for (look, _) in family::told(finding) {
        lines.extend(of_process(finding, stacks, look, &mut missing));
        // One that goes on may be at its start, where there is nothing yet to read.
        let is_stuck = finding.graph.is_stuck(look.pid);
        if let Some(sentence) = stacks.why_unread(look).filter(|_| is_stuck) {
            missing.entry(sentence).or_default().insert(look.pid);
        }
    }
    for (pid, signal) in stopped(&finding.sight) {
        let name = Status::Signal(signal).signal_name();
        lines.push(both!(
            "{pid} was stopped by {name} ({signal}); `kill -CONT {pid}` lets it go on.",
            "{pid} 被 {name}（{signal}）暂停了；用 `kill -CONT {pid}` 可以让它继续。"
        ));
    }
    lines.extend(missing.into_iter().map(|(sentence, pids)| {
        let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
        sentence.replace("{}", &pids.join(", "))
    }));
    lines.extend(debugger(finding));
    lines.extend(shape(finding, stacks));
    lines.extend(repairs::advice(finding, stacks).map(|it| it.sentence));
    let shown = lines.iter().map(|line| on_one_line(&close_up(line)).into_owned());
    shown.collect()
}

fn heading(finding: &Diagnosis) -> String {
    let count = finding.sight.family().count();
    let stuck = finding.sight.family();
    let stuck = stuck.filter(|look| finding.graph.is_stuck(look.pid)).count();
    let unless = sentences::unless(finding.graph.unless());
    // Python always handles Ctrl-C, so it may be what the program waits for.
    let ctrl_c = bit(rustix::process::Signal::INT.as_raw());
    let is_python = |look: &Snapshot| look.is_python() && look.catches & ctrl_c != 0;
    let but = match finding.sight.family().any(is_python) {
        true => both!(" (Ctrl-C would end it)", "（按 Ctrl-C 可以结束）"),
        false => String::new(),
    };
    let fates = finding.sight.family().filter_map(|look| finding.graph.fate(look.pid));
    let going = fates.filter(|it| matches!(it, Fate::GoesOn(_))).count();
    match finding.verdict {
        Judgement::Stuck if count == 1 => {
            both!("Stuck: this process can't go on{but}.", "卡住了：这个进程无法继续{but}。")
        }
        Judgement::Stuck if count == 2 => both!(
            "Stuck: neither of these 2 processes can go on{but}.",
            "卡住了：这 2 个进程都无法继续{but}。"
        ),
        Judgement::Stuck => both!(
            "Stuck: none of these {count} processes can go on{but}.",
            "卡住了：这 {count} 个进程都无法继续{but}。"
        ),
        Judgement::LikelyStuck if count == 1 => both!(
            "Most likely stuck: this process can't go on, unless {unless}.",
            "很可能卡住了：这个进程无法继续，除非{unless}。"
        ),
        Judgement::LikelyStuck if count == 2 => both!(
            "Most likely stuck: neither of these 2 processes can go on, unless {unless}.",
            "很可能卡住了：这 2 个进程都无法继续，除非{unless}。"
        ),
        Judgement::LikelyStuck => both!(
            "Most likely stuck: none of these {count} processes can go on, unless {unless}.",
            "很可能卡住了：这 {count} 个进程都无法继续，除非{unless}。"
        ),
        Judgement::SomeStuck => both!(
            "Some are stuck: {stuck} of these {count} processes can't go on.",
            "部分卡住了：这 {count} 个进程里有 {stuck} 个无法继续。"
        ),
        Judgement::Stopped if count == 1 => both!("This process is stopped.", "这个进程被暂停了。"),
        Judgement::Stopped => both!(
            "These {count} processes wait for one that is stopped.",
            "这 {count} 个进程在等一个被暂停的进程。"
        ),
        Judgement::Unknown => both!(
            "Whether they are stuck can't be told: the kernel doesn't say enough.",
            "无法判断是否卡住：内核没有给出足够的信息。"
        ),
        Judgement::GoOn if count == 1 => {
            both!("This process goes on: it is not stuck.", "这个进程还能继续，没有卡住。")
        }
        Judgement::GoOn if going < count => both!(
            "Of these {count} processes {going} can go on; of the others it can't be told.",
            "这 {count} 个进程里有 {going} 个可以继续；其余的无法判断。"
        ),
        Judgement::GoOn => both!(
            "These {count} processes go on: none of them is stuck.",
            "这 {count} 个进程都还能继续，没有卡住。"
        ),
        Judgement::Ended => both!("All its processes have ended.", "所有进程都已结束。"),
    }
}

/// The sentences about one process, each with the line of code. Threads that do the same share one.
fn of_process(
    finding: &Diagnosis,
    stacks: &Stacks,
    look: &Snapshot,
    missing: &mut Missing,
) -> Vec<String> {
    let pid = look.pid;
    let mut said: Vec<(String, Option<String>, Vec<&TaskLook>)> = Vec::new();
    for thread in threads_told(finding, look) {
        let sentence = of_thread(finding, stacks, look, thread, missing);
        let line = stacks.line(look, thread.tid);
        match said.iter_mut().find(|it| (&it.0, &it.1) == (&sentence, &line)) {
            Some((.., threads)) => threads.push(thread),
            None => said.push((sentence, line, vec![thread])),
        }
    }
    let is_alone = said.len() == 1;
    let lines = said.into_iter().flat_map(|(sentence, line, threads)| {
        let count = threads.len();
        let who = threads.first().and_then(|it| who(stacks, pid, it, is_alone));
        let said = match who {
            _ if count > 1 => both!(
                "{pid}: {count} threads, each {sentence}.",
                "{pid} 的 {count} 个线程各自{sentence}。"
            ),
            Some(who) => both!("{pid}, {who}, {sentence}.", "{pid}{who}{sentence}。"),
            None => both!("{pid} {sentence}.", "{pid} {sentence}。"),
        };
        std::iter::once(said).chain(line)
    });
    lines.collect()
}

/// Which thread of a process it is, if it isn't the main one or does a duty of the library's.
fn who(stacks: &Stacks, pid: u32, thread: &TaskLook, is_alone: bool) -> Option<String> {
    let TaskLook { tid, name, .. } = thread;
    let stack = stacks.stack(*tid);
    let duty = stack.and_then(Stack::duty).and_then(sentences::duty);
    if duty.is_some() || *tid as u32 == pid || is_alone {
        return duty;
    }
    Some(match stack.and_then(|it| it.name.as_ref()) {
        Some(name) => both!("thread {name}", " 的线程 {name} "),
        None => both!("thread {tid} ({name})", " 的线程 {tid}（{name}）"),
    })
}

/// The threads that are told: all of a stuck process. Of another process, the thread that can go
/// on, or of which the kernel doesn't tell enough, or else the main thread.
fn threads_told<'a>(finding: &Diagnosis, look: &'a Snapshot) -> Vec<&'a TaskLook> {
    let fate = |thread: &&TaskLook| finding.graph.threads_fate(thread.tid);
    let alive: Vec<_> = look.threads.iter().filter(|it| fate(it).is_some()).collect();
    if finding.graph.is_stuck(look.pid) {
        return alive;
    }
    let has_reason = |thread: &&&TaskLook| match fate(thread) {
        Some(Fate::GoesOn(reason)) => !matches!(reason, Cause::Other(_)),
        other => other == Some(&Fate::Unknown) && finding.graph.fate(look.pid) == other,
    };
    let told = alive.iter().find(has_reason).or(alive.first());
    told.into_iter().copied().collect()
}

fn of_thread(
    finding: &Diagnosis,
    stacks: &Stacks,
    look: &Snapshot,
    thread: &TaskLook,
    missing: &mut Missing,
) -> String {
    let is_of_it = |it: &&Wait| (it.pid, it.tid) == (look.pid, thread.tid);
    let wait = finding.sight.waits().iter().find(is_of_it);
    match (finding.graph.threads_fate(thread.tid), wait) {
        (Some(Fate::GoesOn(Cause::Runs)), _) => both!("runs", "在运行"),
        (Some(Fate::GoesOn(Cause::Debugged)), _) => {
            both!("is in the hands of a debugger", "在调试器的控制之下")
        }
        (Some(Fate::GoesOn(Cause::Moved)), _) => {
            both!("has done something in the last half second", "在刚才的半秒里有动作")
        }
        (Some(Fate::Stopped), None) => both!("is stopped", "被暂停了"),
        (fate, Some(wait)) => {
            if fate == Some(&Fate::Unknown) && wait.things.iter().all(is_not_told) {
                missing.entry(why_not_told(wait)).or_default().insert(look.pid);
            }
            let has_others = look.threads.len() > 1;
            let sentence =
                sentences::wait(wait, has_others, &finding.fills, &stacks.told(look, wait));
            match fate {
                Some(Fate::GoesOn(Cause::Timer)) => {
                    both!("{sentence}, and a timer may wake it", "{sentence}；定时器也可能把它唤醒")
                }
                _ => sentence,
            }
        }
        (_, None) => {
            missing.entry(why_hidden(look)).or_default().insert(look.pid);
            both!(
                "waits; the kernel doesn't tell here in which call",
                "在等待，内核没有说明在哪个系统调用里"
            )
        }
    }
}

fn is_not_told(thing: &Thing) -> bool {
    thing.needs == Need::Other && thing.from == From::Unknown
}

/// The sentence that says why it isn't known who could end this wait.
fn why_not_told(wait: &Wait) -> String {
    let (pid, call) = (wait.pid, wait.call);
    match call {
        "restart_syscall" => both!(
            "{pid} was stopped meanwhile, and the kernel doesn't tell any more in which call it \
             waits.",
            "{pid} 中途被暂停过，内核不再说明它在哪个系统调用里等待。"
        ),
        "epoll_wait" => both!(
            "What {pid} watches may stand behind other descriptors by now, of which the kernel \
             doesn't tell.",
            "{pid} 监视的东西现在可能在别的描述符后面，内核没有说明。"
        ),
        _ => both!(
            "The kernel doesn't tell who could end {call}(): look in the program for who calls its \
             counterpart.",
            "内核不会说明谁能结束 {call}()：请在程序里看看对应的调用由谁来做。"
        ),
    }
}

/// The sentence that says why the kernel hides something, and what to do.
fn why_hidden(look: &Snapshot) -> String {
    let own = rustix::process::geteuid();
    let yama = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    if !own.is_root() && look.user != own.as_raw() {
        return both!(
            "The kernel shows the calls of {{}} to its user and to root only: look as root (`sudo \
             mp-demo why`).",
            "内核只让 {{}} 所属的用户和 root 看到其系统调用：请以 root 身份查看（`sudo mp-demo why`）。"
        );
    }
    match yama.trim() {
        "1" if !own.is_root() => both!(
            "Here the kernel shows the calls of a process only to its ancestors \
             (kernel.yama.ptrace_scope is 1): start the program with `mp-demo why -- COMMAND`, or \
             look as root.",
            "这里的内核只让祖先进程看到一个进程的系统调用（kernel.yama.ptrace_scope 是 1）：请用 \
             `mp-demo why -- COMMAND` 启动程序，或者以 root 身份查看。"
        ),
        _ => both!(
            "Of {{}} the kernel shows no calls: its program is not readable, is of another \
             architecture, runs in a sandbox or in the kernel itself, or nobody may look \
             (kernel.yama.ptrace_scope).",
            "内核不显示 {{}} 的系统调用：它的程序不可读、属于另一种体系结构、运行在沙箱里或者内核里，\
             或者不允许查看（kernel.yama.ptrace_scope）。"
        ),
    }
}

/// How to learn more of a stuck program that isn't Python. (Of one that is installed on the system,
/// as a shell, a debugger tells little to a learner.)
fn debugger(finding: &Diagnosis) -> Option<String> {
    const INSTALLED: [&str; 4] = ["/usr", "/bin", "/sbin", "/opt"];
    let is_own = |look: &&Snapshot| {
        let exe = std::fs::read_link(format!("/proc/{}/exe", look.pid)).unwrap_or_default();
        finding.graph.is_stuck(look.pid)
            && exe.is_absolute()
            && !INSTALLED.iter().any(|folder| exe.starts_with(folder))
            && !is_python(&exe)
    };
    let pid = finding.sight.family().find(is_own)?.pid;
    Some(both!(
        "At which lines {pid} waits, a debugger can tell: gdb -p {pid} -batch -ex \"thread apply all \
         bt\"",
        "{pid} 停在哪些代码行，可以用调试器查看：gdb -p {pid} -batch -ex \"thread apply all bt\""
    ))
}

/// The lines that sum up: a circle, dead ends.
fn shape(finding: &Diagnosis, stacks: &Stacks) -> Vec<String> {
    let mut lines = Vec::new();
    let circle: Vec<u32> = finding.circle.iter().chain(finding.circle.first()).copied().collect();
    // A thread that only waits for more to do closes no circle.
    let is_meant = |pair: &[u32]| {
        finding.sight.waits().iter().any(|it| {
            let look = finding.sight.look(it.pid).filter(|look| look.pid == pair[0]);
            it.of().any(|pid| pid == pair[1])
                && look.is_some_and(|look| idle(it, &stacks.told(look, it)).is_none())
        })
    };
    if !circle.is_empty() && circle.windows(2).all(is_meant) {
        let circle = circle.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ");
        lines.push(both!(
            "A circle: {circle}. A deadlock.",
            "形成了环，也就是死锁：{circle}。每一个都在等下一个。"
        ));
    }
    let told: BTreeSet<u32> = family::told(finding).iter().map(|(look, _)| look.pid).collect();
    let is_stuck = |it: &&Wait| finding.graph.is_stuck(it.pid) && told.contains(&it.pid);
    let has_others = |wait: &Wait| {
        let mut waits = finding.sight.waits().iter();
        waits.any(|it| it.pid == wait.pid && it.tid != wait.tid)
    };
    for wait in finding.sight.waits().iter().filter(is_stuck) {
        let pid = wait.pid;
        let is_certain = |it: &&Thing| it.fd.is_some() && matches!(it.from, From::Processes(_));
        let by_descriptors = wait.things.iter().filter(is_certain);
        let of: BTreeSet<u32> = by_descriptors.flat_map(|it| it.of()).copied().collect();
        let line = match (of.contains(&pid), of.len()) {
            // This holds for the whole process only if no other thread of it waits for another
            // process.
            (true, 1) if next(&finding.sight, &finding.graph, pid).is_empty() => both!(
                "A dead end: {pid} waits for what only {pid} itself could bring.",
                "走进了死胡同：{pid} 等的东西只有 {pid} 自己能带来。"
            ),
            (true, 2..) if has_others(wait) && !stacks.is_at_exit(pid) => both!(
                "{pid} itself could bring that, too, but its other threads wait as well.",
                "{pid} 自己也能带来，但它的其他线程也都在等。"
            ),
            _ => continue,
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() && matches!(finding.verdict, Judgement::Stuck | Judgement::SomeStuck) {
        lines.push(both!(
            "A dead end: no process that can still run brings what they wait for.",
            "走进了死胡同：还能运行的进程里，没有一个会带来它们等的东西。"
        ));
    }
    lines
}

/// Removes spaces between two characters that are not ASCII: Chinese has spaces only beside a
/// number or a Latin word.
pub(super) fn close_up(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let is_wide =
        |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| !c.is_ascii());
    let is_kept = |at: &usize| {
        chars[*at] != ' ' || !is_wide(at.checked_sub(1)) || !is_wide(at.checked_add(1))
    };
    (0..chars.len()).filter(is_kept).map(|at| chars[at]).collect()
}
