//! What is printed waits in a buffer.

use super::moment::Moment;
use super::note::{Signal, Who, count, notes, was};
use super::story::Story;
use crate::events::Status;

impl Story {
    /// A process has printed a line into its buffer.
    pub fn buffered(&mut self, bytes: u64, now: &Moment) {
        let who = now.me();
        let past = self.past(now.pid);
        past.printed += 1;
        match past.printed - past.written {
            1 => self.once(Buffered { who }),
            lines => self.once(Gathers { who, lines, bytes }),
        };
    }

    /// A process hands its buffer to the kernel.
    pub fn write(&mut self, now: &Moment) {
        let (who, past) = (now.me(), self.past(now.pid));
        let lines = past.printed - past.written;
        past.written = past.printed;
        self.once(Write { who, lines });
    }

    /// A process has read a line that another one had printed.
    pub fn read(&mut self, now: &Moment) {
        let who = now.me();
        self.once(Read { who });
    }

    /// A process is sent a signal; whether it is one that prints, so that this is all to be told of
    /// it.
    pub fn signal_to_printer(&mut self, child_pid: u32, signal: i32, now: &Moment) -> bool {
        let past = self.past(child_pid);
        if past.printed == 0 {
            return false;
        }
        let (lines, held) = (past.printed, past.printed - past.written);
        let (by, child, signal) = (now.me(), now.run.who(child_pid), Signal(signal));
        self.once(EndsPrinter { by, child, signal, lines, held })
    }

    /// A process has ended, perhaps with lines in its buffer.
    pub fn printer_ended(&mut self, child: u32, status: Status, now: &Moment) {
        let past = self.past(child);
        let held = past.printed - past.written;
        if let (Status::Signal(signal), 1..) = (status, held) {
            let (who, signal) = (now.run.who(child), Signal(signal));
            self.once(DiedWithBuffer { who, held, signal });
        }
    }
}

notes! {
    Buffered { who: Who } samples (writer())
    en "{who} prints: the line is now in a buffer, in this process's own memory. Nobody else can \
        read it before the process hands \
        it to the kernel with write(2)."
    zh "{who}打印了一行：这一行现在还在缓冲区里，也就是在这个进程自己的内存里。进程用 write(2) 把\
        它交给内核之前，别的进程都读不到。"

    brief Gathers { who: Who, lines: usize, bytes: u64 } samples (writer(), 2, 4)
    en "{who} has {lines} lines in its buffer now, {bytes} bytes: its stdout is no terminal, so \
        print() waits until the buffer is \
        full, and saves calls of the kernel."
    zh "{who}的缓冲区里现在有 {lines} 行，共 {bytes} 字节：它的 stdout 不是终端，所以 print() 要等\
        缓冲区满了才写，这样可以少调用内核。"

    brief Write { who: Who, lines: usize } samples (writer(), 1) (writer(), 3)
    en {
        let lines = count(*lines, "line");
        format!("{who} writes {lines} with one call of write(2). From here on that is the \
            kernel's: whatever becomes of the \
            process, it can be read.")
    }
    zh "{who}用一次 write(2) 写出了 {lines} 行。从这时起，内容就在内核手里：这个进程以后不论怎样，\
        都读得到。"

    Read { who: Who } samples (parent())
    en "{who} reads what the child has written, although the child has ended: it was with the \
        kernel."
    zh "{who}读到了子进程写出的内容，尽管子进程已经结束：内容一直保存在内核里。"

    brief EndsPrinter { by: Who, child: Who, signal: Signal, lines: usize, held: usize } samples
        (parent(), reader(), Signal(15), 3, 3) (parent(), reader(), Signal(9), 3, 0) (parent(), reader(), Signal(15), 3, 1)
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
            held => format!("其中 {held} 行还没有写出"),
        };
        format!("{by}向{child}发送{signal}；这个进程打印了 {lines} 行，{held}。")
    }

    brief DiedWithBuffer { who: Who, held: usize, signal: Signal } samples
        (reader(), 1, Signal(15)) (reader(), 3, Signal(9))
    en {
        let lines = count(*held, "line");
        format!("{lines} {} in the buffer of {who} and died with it: {signal} ended the process \
            before it could flush, as it does \
            when it exits.", was(*held))
    }
    zh "{who}的缓冲区里还有 {held} 行，随着进程一起消失了：进程正常退出时会刷新缓冲区，\
        而{signal}没有给它这个机会。"
}
