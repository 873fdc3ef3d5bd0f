//! Notes at the end of the log.

use std::collections::BTreeMap;

use super::note::{En, List, SignalName, Zh, count, notes, was};
use super::story::Story;
use crate::events::Way;
use crate::state::State;

impl Story {
    /// The log is at its end.
    pub(super) fn end(&mut self, run: &State) {
        self.end_of_values(run);
        let readers = self.which(|past| past.is_reader);
        if readers.len() > 1 && self.puts > 0 {
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
        let signalled = run.processes().filter(|process| process.signalled.is_some());
        let mut signalled: Vec<_> = signalled.map(|process| process.pid).collect();
        signalled.sort_unstable();
        let has_readers = !self.which(|past| past.is_reader).is_empty() || !signalled.is_empty();
        // A log may stop before its run did. If all processes have ended, the values are lost.
        match has_readers && run.alive().count() == 0 {
            true => self.tell(Lost { lost, put: self.puts, terminated: run.roles(&signalled) }),
            false => self.tell(NotGot { values: lost }),
        };
    }
}

notes! {
    brief Lost { lost: usize, put: usize, terminated: List } samples
        (1, 1, none()) (2, 3, none()) (2, 3, one()) (2, 3, two()) (2, 3, many())
    en {
        let were = match *put {
            1 => "The 1 value that was put was".into(),
            _ => format!("Of {put} values that were put, {lost} {}", was(*lost)),
        };
        let because = match terminated.is_empty() {
            true => "every reader had ended".into(),
            false => format!("a signal ended {terminated} too early"),
        };
        format!("{were} lost, because {because}. When a writer has ended, it has put everything; \
            that doesn't mean that everything has been got.")
    }
    zh {
        let because = match terminated.is_empty() {
            true => "读进程都已结束".into(),
            false => format!("{terminated}还没有取走这些值，就被信号终止了"),
        };
        format!("放入的 {put} 个值里丢失了 {lost} 个，因为{because}。写进程结束，只说明值都放进了队\
            列，不说明都被取走了。")
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
