//! The few words of a timeline, in both languages.

use super::lane::Doing;
use crate::events::{Mark, Status};
use crate::words::locale::Language;

/// A word of the timeline.
#[derive(Clone, Copy)]
pub enum PictureWord {
    /// What a lane does.
    Doing(Doing),
    /// What is marked on it.
    Mark(Mark),
    /// Marks of several sorts in one place.
    Several,
    /// Several marks of one sort in one place.
    Times,
    /// The sentinel in a queue.
    Sentinel,
    /// Nothing was there.
    Empty,
}

/// A word in this language.
pub fn word(word: PictureWord, language: Language) -> &'static str {
    let (english, chinese) = match word {
        PictureWord::Doing(Doing::Runs) => ("runs", "运行"),
        PictureWord::Doing(Doing::Sleeps) => ("sleeps", "睡眠"),
        PictureWord::Doing(Doing::Waits) => ("waits for another", "等待对方"),
        PictureWord::Doing(Doing::Joins) => ("waits in join", "在 join 中等待"),
        PictureWord::Doing(Doing::Lives) => ("lives, another program", "别的程序，还在"),
        PictureWord::Mark(Mark::Thread) => ("a thread begins", "线程启动"),
        PictureWord::Mark(Mark::Task) => ("a task begins", "任务开始"),
        PictureWord::Mark(Mark::Own(sign)) => (sign.legend[0], sign.legend[1]),
        PictureWord::Mark(Mark::Put) => ("put", "put"),
        PictureWord::Mark(Mark::Get) => ("get", "get"),
        PictureWord::Mark(Mark::Send) => ("send", "send"),
        PictureWord::Mark(Mark::Recv) => ("recv", "recv"),
        PictureWord::Mark(Mark::Lost) => ("put, never got", "put 后无人取走"),
        PictureWord::Mark(Mark::Join) => ("join", "join"),
        PictureWord::Mark(Mark::Terminate) => ("terminate", "terminate"),
        PictureWord::Mark(Mark::Interrupt) => ("SIGINT", "SIGINT"),
        PictureWord::Mark(Mark::Kill) => ("kill", "kill"),
        PictureWord::Mark(Mark::Refused) => ("is refused", "被拒绝"),
        PictureWord::Mark(Mark::Error) => ("gives up", "出错退出"),
        PictureWord::Mark(Mark::Stuck) => ("nobody can go on", "都无法继续"),
        PictureWord::Times => ("so many at once", "同时这么多个"),
        PictureWord::Several => ("several of these", "以上几种同时发生"),
        PictureWord::Empty => ("empty", "空"),
        PictureWord::Sentinel => ("sentinel", "哨兵值"),
    };
    match language {
        Language::En => english,
        Language::Zh => chinese,
    }
}

/// How a process ended, at the end of its lane.
pub fn ending(status: Status, language: Language, is_short: bool) -> String {
    let signal = status.signal_name();
    match (status, language, is_short) {
        (Status::Code(code), Language::En, _) => format!("exit {code}"),
        (Status::Code(code), Language::Zh, _) => format!("退出状态 {code}"),
        (Status::Signal(_), _, true) => signal,
        (Status::Signal(_), Language::En, false) => format!("killed by {signal}"),
        (Status::Signal(_), Language::Zh, false) => format!("被 {signal} 终止"),
    }
}

/// What is not in the picture: so many processes and threads.
pub fn left_out(lanes: usize, language: Language) -> String {
    match (language, lanes) {
        (Language::En, 1) => "1 more is left out; --trace FILE has all".into(),
        (Language::En, _) => format!("{lanes} more are left out; --trace FILE has all"),
        (Language::Zh, _) => format!("另有 {lanes} 个没有画出；--trace FILE 里有全部"),
    }
}
