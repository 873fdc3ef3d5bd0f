//! The characters of a picture, box-drawing or ASCII, and their texts in the legend.

use super::lane::Doing;
use crate::events::{Mark, Status};
use crate::os::terminal::Look;
use crate::words::plain::{is_obeyed, push_escaped, shown};

/// What the legend explains, in its order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// What a lane does.
    Doing(Doing),
    /// What is marked on it.
    Mark(Mark),
    /// Several marks of different sorts in one place.
    Several,
    /// Several marks of one sort in one place: this sign, then their number.
    Times(usize),
    /// Values that are not named behind those that are: this sign, then their number.
    More(usize),
    /// A value that equals an earlier one: this sign, then how often it has come.
    Equal,
    /// The end of a zombie.
    Reaped,
}

impl Symbol {
    /// The symbol's character, its ASCII character, and its meaning, by language.
    fn table(self) -> (char, char, [&'static str; 2]) {
        match self {
            Symbol::Doing(Doing::Runs) => ('━', '=', ["runs", "运行"]),
            Symbol::Doing(Doing::Sleeps) => ('·', '.', ["sleeps", "睡眠"]),
            Symbol::Doing(Doing::Waits) => ('─', '-', ["waits for another", "等待其他进程"]),
            Symbol::Doing(Doing::Joins) => ('┄', '~', ["waits in join", "在 join 中等待"]),
            Symbol::Doing(Doing::Holds) => {
                ('█', 'H', ["held a lock in this column", "这一列里持有过锁"])
            }
            Symbol::Doing(Doing::HoldsAndWaits) => {
                ('▄', 'h', ["held a lock, and waited", "持有锁，又在等待"])
            }
            Symbol::Doing(Doing::Lives) => {
                ('┅', ':', ["another program, running", "别的程序，仍在运行"])
            }
            Symbol::Doing(Doing::IsZombie) => {
                ('z', 'z', ["zombie: ended, not reaped", "僵尸：已结束，未回收"])
            }
            Symbol::Mark(Mark::Thread) => ('╷', ',', ["a thread begins", "线程启动"]),
            Symbol::Mark(Mark::Task) => ('┯', '+', ["a task begins", "任务开始"]),
            Symbol::Mark(Mark::Own(sign)) => (sign.sign, sign.ascii, sign.legend),
            Symbol::Mark(Mark::Put) => ('▼', 'v', ["put"; 2]),
            Symbol::Mark(Mark::Get) => ('▲', '^', ["get"; 2]),
            Symbol::Mark(Mark::Send) => ('▼', 'v', ["send"; 2]),
            Symbol::Mark(Mark::Recv) => ('▲', '^', ["recv"; 2]),
            Symbol::Mark(Mark::EndOfFile) => ('△', 'E', ["end of file (EOF)", "读到 EOF"]),
            Symbol::Mark(Mark::Lost) => ('▽', 'V', ["put, never got", "put 后无人取走"]),
            // The lane itself shows the wait; the label says for whom.
            Symbol::Mark(Mark::Join) => Symbol::Doing(Doing::Joins).table(),
            Symbol::Mark(Mark::Terminate) => ('†', '!', ["terminate"; 2]),
            Symbol::Mark(Mark::Interrupt) => ('⌃', '&', ["SIGINT"; 2]),
            Symbol::Mark(Mark::Kill) => ('‡', '#', ["kill"; 2]),
            Symbol::Mark(Mark::Refused) => ('⊘', '%', ["is refused", "被拒绝"]),
            Symbol::Mark(Mark::Error) => ('✗', 'x', ["gives up", "出错退出"]),
            Symbol::Mark(Mark::Stuck) => ('∞', '8', ["no process can go on", "都无法继续"]),
            Symbol::Several => ('◆', '*', ["several of these", "同一时刻有多个标记"]),
            Symbol::Times(_) => ('×', 'x', ["so many at once", "同时这么多个"]),
            Symbol::More(_) => ('+', '+', ["so many more", "另外还有这么多个"]),
            Symbol::Equal => ('#', '#', ["an equal value again", "相同的值再次出现"]),
            Symbol::Reaped => ('╢', ']', ["reaped", "已回收"]),
        }
    }

    pub fn glyph(self, look: Look) -> char {
        let (unicode, ascii, _) = self.table();
        if look.boxes { unicode } else { ascii }
    }

    /// The symbol's entry in the legend.
    pub fn explained(self, look: Look) -> String {
        let (glyph, (_, _, words)) = (self.glyph(look), self.table());
        let words = words[look.language as usize];
        match self {
            Symbol::Times(number) | Symbol::More(number) => format!("{glyph}{number} {words}"),
            Symbol::Equal => format!("{glyph}2 {words}"),
            _ => format!("{glyph} {words}"),
        }
    }
}

/// How a lane ends.
pub fn end(status: Status, look: Look) -> char {
    match (status, look.boxes) {
        (Status::Code(0), true) => '┤',
        (Status::Code(0), false) => '|',
        (_, true) => '✗',
        (_, false) => 'x',
    }
}

/// A text from the log, as far as the terminal can show it.
pub fn in_picture(text: &str, look: Look) -> String {
    let is_shown = |c: char| match look.unicode {
        true => !is_obeyed(c),
        false => c.is_ascii() && !c.is_ascii_control(),
    };
    shown(text, |c| !is_shown(c), push_escaped).into_owned()
}
