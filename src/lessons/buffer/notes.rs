//! What `--explain` tells of this lesson only.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::events::BufferEvent;
use crate::events::{Event, Status};
use crate::views::explain::{Actor, Moment, Narrator, SignalName, Story, count, notes, was};

#[derive(Default)]
pub(super) struct BufferNarrator {
    /// The lines of each process, by PID.
    lines: HashMap<u32, Lines>,
    /// What the child's stdout is, and whether it flushes.
    settings: Settings,
    /// The processes that come to their end by themselves, and flush.
    ending: HashSet<u32>,
}

/// The options of the run that decide when a line is written.
#[derive(Default, Deserialize)]
struct Settings {
    to: String,
    flush: bool,
}

/// Why a buffer is written.
#[derive(Clone, Copy, Debug)]
enum Because {
    Terminal,
    Flush,
    Exit,
    Unknown,
}

/// How many lines a process has printed, and how many of them it has written.
#[derive(Clone, Copy, Default)]
struct Lines {
    printed: usize,
    written: usize,
}

impl Narrator for BufferNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match &now.event {
            Event::Run { options, .. } => {
                self.settings = serde_json::from_str(options.get()).unwrap_or_default();
            }
            Event::EndOfFile { .. } => drop(self.ending.insert(now.pid)),
            _ => {}
        }
        let (is_terminal, flush) = (self.settings.to == "terminal", self.settings.flush);
        if let Some(event) = now.event.own() {
            let lines = self.lines.entry(now.pid).or_default();
            match event {
                BufferEvent::Buffered { bytes, .. } => {
                    lines.printed += 1;
                    match lines.printed - lines.written {
                        1 => story.once(Buffered { who }),
                        lines if !is_terminal && !flush => {
                            story.once(Gathers { who, lines, bytes })
                        }
                        _ => false,
                    };
                }
                BufferEvent::Write { text } => {
                    lines.written = lines.printed.min(lines.written + text.lines().count());
                    let because = match self.ending.contains(&now.pid) {
                        _ if is_terminal => Because::Terminal,
                        _ if flush => Because::Flush,
                        true => Because::Exit,
                        false => Because::Unknown,
                    };
                    story.once(Write { who, lines: text.lines().count(), because });
                }
                BufferEvent::Read { .. } => {
                    let mut printers = self.lines.keys().filter(|pid| **pid != now.pid);
                    let has_ended = printers
                        .all(|pid| now.run.process(*pid).is_some_and(|it| it.ended.is_some()));
                    story.once(Read { who, has_ended });
                }
            }
            return true;
        }
        if let Some((child_pid, signal)) = now.signals_on_purpose()
            && let Some(Lines { printed, written }) = self.lines.get(&child_pid)
        {
            let (lines, held) = (*printed, printed - written);
            let child = now.run.who(child_pid);
            return story.once(EndsPrinter { by: who, child, signal, lines, held });
        }
        if let Event::Exited { child, status: Status::Signal(signal), .. } = now.event
            && let Some(Lines { printed, written }) = self.lines.get(&child)
            && printed > written
        {
            let (who, held, signal) = (now.run.who(child), printed - written, SignalName(signal));
            story.once(DiedWithBuffer { who, held, signal });
        }
        false
    }
}

notes! {
    Buffered { who: Actor } samples (writer())
    en "{who} prints: the line is now in a buffer, in this process's own memory. No other \
        process can read it before this one hands it to the kernel with write(2)."
    zh "{who}打印了一行：这一行现在还在缓冲区里，也就是在这个进程自己的内存里。进程用 write(2) 把它\
        交给内核之前，别的进程都读不到。"

    brief Gathers { who: Actor, lines: usize, bytes: u64 } samples (writer(), 2, 4)
    en "{who} has {lines} lines in its buffer now, {bytes} bytes: its stdout is no terminal, so \
        print() waits until the buffer is full, and saves calls of the kernel."
    zh "{who}的缓冲区里现在有 {lines} 行，共 {bytes} 字节：它的 stdout 不是终端，所以 print() 要等\
        缓冲区满了才写，这样可以少调用内核。"

    brief Write { who: Actor, lines: usize, because: Because } samples
        (writer(), 1, Because::Terminal) (writer(), 1, Because::Flush)
        (writer(), 3, Because::Exit) (writer(), 3, Because::Unknown)
    en {
        let lines = count(*lines, "line");
        let because = match *because {
            Because::Terminal => " Its stdout is a terminal, so print() writes each line at once.",
            Because::Flush => " It flushes after each print(), so no line waits.",
            Because::Exit => " It comes to its end by itself, and flushes its buffer.",
            Because::Unknown => "",
        };
        format!("{who} writes {lines} with one call of write(2).{because} From here on that is the \
            kernel's: whatever becomes of the process, it can be read.")
    }
    zh {
        let because = match *because {
            Because::Terminal => "它的 stdout 是终端，所以 print() 每一行都立即写出。",
            Because::Flush => "它每次 print() 之后都刷新缓冲区，所以没有哪一行要等。",
            Because::Exit => "它自行走到结尾，于是刷新缓冲区。",
            Because::Unknown => "",
        };
        format!("{who}用一次 write(2) 写出了 {lines} 行。{because}从这时起，内容就在内核手里：这个\
            进程以后不论怎样，都读得到。")
    }

    Read { who: Actor, has_ended: bool } samples (parent(), true) (parent(), false)
    en {
        let ended = match *has_ended {
            true => ", although that one has ended: it was with the kernel",
            false => "",
        };
        format!("{who} reads what another process has written{ended}.")
    }
    zh {
        let ended = match *has_ended {
            true => "，尽管那个进程已经结束：内容一直保存在内核里",
            false => "",
        };
        format!("{who}读到了另一个进程写出的内容{ended}。")
    }

    brief EndsPrinter { by: Actor, child: Actor, signal: SignalName, lines: usize, held: usize }
        samples (parent(), reader(), SignalName(15), 3, 3) (parent(), reader(), SignalName(9), 3, 0)
        (parent(), reader(), SignalName(15), 3, 1)
    en {
        let held = match *held {
            0 => "and written all of them".into(),
            held => format!("of which {held} {} not written yet", was(held)),
        };
        let lines = count(*lines, "line");
        format!("{by} sends {signal} to {child}, which has printed {lines}, {held}.")
    }
    zh {
        let held = match *held {
            0 => "已经全部写出".into(),
            held if held == *lines => "都还没有写出".into(),
            held => format!("其中 {held} 行还没有写出"),
        };
        format!("{by}向{child}发送{signal}；这个进程打印了 {lines} 行，{held}。")
    }

    brief DiedWithBuffer { who: Actor, held: usize, signal: SignalName } samples
        (reader(), 1, SignalName(15)) (reader(), 3, SignalName(9))
    en {
        let lines = count(*held, "line");
        format!("{lines} {} in the buffer of {who} and died with it: {signal} ended the process \
            before it could flush, as it would when it exits.", was(*held))
    }
    zh "{who}的缓冲区里还有 {held} 行，随着进程一起没有了：自行退出时，它会刷新缓冲区，而{signal}没\
        有给它这个机会。"
}
