//! Notes at the end of the log.

use std::collections::BTreeMap;

use super::note::{Actor, En, List, SignalName, Zh, count, notes, was};
use super::story::Story;
use crate::events::{Status, Way};
use crate::state::State;

impl Story {
    /// The log is at its end.
    pub(super) fn end(&mut self, run: &State) {
        self.end_of_values(run);
        let readers = self.which(|past| past.reads.is_some());
        // Of readers of several queues, it isn't known which of them could have got more.
        let queue = |pid| &self.past[pid].reads;
        let is_shared = readers.windows(2).all(|two| queue(&two[0]) == queue(&two[1]));
        if readers.len() > 1 && is_shared && self.puts > 0 {
            let share = |pid| (run.role(pid), self.past[&pid].gets);
            let gets = readers.into_iter().map(share).collect();
            self.tell(Shares { gets });
        }
        if self.started > 0 {
            let (started, unseen) = (self.started, run.alive().count());
            let (codes, signals) = (self.codes.clone(), self.signals.clone());
            self.tell(Summary { started, codes, signals, unseen });
        }
    }

    /// Tells what has become of the values that nobody got.
    fn end_of_values(&mut self, run: &State) {
        let lost = run.on_its_way(Way::Queue).count();
        // Of a program of the user's, the remarks tell it.
        if lost == 0 || self.puts == 0 {
            return;
        }
        let ended = run.processes().filter_map(|it| Some((it.pid, it.ended?)));
        let readers =
            ended.filter(|(pid, _)| self.past.get(pid).is_some_and(|it| it.reads.is_some()));
        let last = readers.max_by(|(_, one), (_, other)| one.t.total_cmp(&other.t));
        let last = last.map(|(pid, ended)| (run.who(pid), ended.status));
        // A log may stop before its run did. If all processes have ended, the values are lost.
        match run.processes().count() > 1 && run.alive().count() == 0 {
            true => self.tell(Lost { lost, put: self.puts, last }),
            false => self.tell(NotGot { values: lost }),
        };
    }
}

notes! {
    brief Lost { lost: usize, put: usize, last: Option<(Actor, Status)> } samples
        (1, 1, None) (2, 3, Some((reader(), Status::Code(0))))
        (2, 3, Some((reader(), Status::Signal(15))))
    en {
        let were = match *put {
            1 => "The 1 value that was put was".into(),
            _ => format!("Of {put} values that were put, {lost} {}", was(*lost)),
        };
        let last = match &*last {
            None => "no process got any in time".into(),
            Some((who, status)) => {
                let (who, how) = (En(who), match status {
                    Status::Code(code) => format!("ended with exit status {code}"),
                    Status::Signal(signal) => format!("was killed by {}", En(&SignalName(*signal))),
                });
                format!("the last process that called get(), {who}, {how}, without getting them")
            }
        };
        format!("{were} lost: {last}. When a writer has ended, it has put everything; that doesn't \
            mean that everything has been got.")
    }
    zh {
        let last = match &*last {
            None => "没有哪个进程来得及取".into(),
            Some((who, status)) => {
                let (who, how) = (Zh(who), match status {
                    Status::Code(code) => format!("退出状态为 {code}"),
                    Status::Signal(signal) => format!("被{}终止", Zh(&SignalName(*signal))),
                });
                format!("最后一个调用 get() 的进程{who}没有取走它们就结束了（{how}）")
            }
        };
        format!("放入的 {put} 个值里丢失了 {lost} 个：{last}。写进程结束，只说明值都放进了队列，不\
            说明都被取走了。")
    }

    brief NotGot { values: usize } samples (1) (3)
    en {
        let (count, were) = (count(*values, "value"), was(*values));
        format!("{count} {were} put and not received by the end of this log.")
    }
    zh "就这份日志来看，有 {values} 个值放入后没有被取走。"

    brief Shares { gets: Vec<(String, usize)> }
        samples (vec![("reader-1".into(), 2), ("reader-2".into(), 0)])
    en {
        let gets: List = gets.iter().map(|(reader, many)| format!("{reader} got \
            {}", count(*many, "value"))).collect();
        format!("{}.", En(&gets))
    }
    zh {
        let gets: List = gets.iter().map(|(reader, many)| format!("{reader} 取了 {many} \
            个")).collect();
        format!("{}。", Zh(&gets))
    }

    brief Summary {
        started: usize, codes: BTreeMap<i32, usize>, signals: BTreeMap<i32, usize>, unseen: usize
    }
        samples (1, [(0, 2)].into(), [(15, 1)].into(), 0) (3, [(0, 2)].into(), [(15, 1)].into(), 0)
            (4, [(0, 2)].into(), [(15, 1)].into(), 1) (1, [].into(), [].into(), 1)
            (2, [].into(), [].into(), 2)
    en {
        let by_code = codes.iter().map(|(code, many)| format!("{many} ended with exit status \
            {code}"));
        let by_signal = signals.iter().map(|(signal, many)| {
            format!("{many} {} killed by {}", was(*many), En(&SignalName(*signal)))
        });
        let ends = by_code.chain(by_signal).collect::<Vec<_>>().join(", ");
        let all = match *started {
            1 => "1 process was started".into(),
            _ => format!("{started} processes were started"),
        };
        let reaped = match (*unseen, *started) {
            (0, 1) => " and reaped".into(),
            (0, _) => ", and all were reaped".into(),
            (1, 1) => "; the log doesn't say how it ended".into(),
            _ => format!("; the log doesn't say how {unseen} of them ended"),
        };
        match ends.is_empty() {
            true => format!("In all, {all}{reaped}."),
            false => format!("In all, {all}{reaped}: {ends}."),
        }
    }
    zh {
        let by_code = codes.iter().map(|(code, many)| format!("{many} 个以退出状态 {code} 结束"));
        let by_signal = signals.iter().map(|(signal, many)| format!("{many} 个被{}终\
            止", Zh(&SignalName(*signal))));
        let ends = by_code.chain(by_signal).collect::<Vec<_>>().join("，");
        let reaped = match (*unseen, *started) {
            (0, 1) => "已回收".into(),
            (0, _) => "全部已回收".into(),
            (1, 1) => "它如何结束，日志里没有记下".into(),
            _ => format!("其中 {unseen} 个如何结束，日志里没有记下"),
        };
        match ends.is_empty() {
            true => format!("总共启动了 {started} 个进程，{reaped}。"),
            false => format!("总共启动了 {started} 个进程，{reaped}：{ends}。"),
        }
    }
}
