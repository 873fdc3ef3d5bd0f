//! What can be said of a run of any program.

use std::collections::HashMap;

use super::facts::{Facts, Few, in_brackets};
use super::is_open;
use crate::both;
use crate::claims::{Both, Claim, Judge, Seen, how, shortened};
use crate::events::{CodeLine, Event, Status, Way};
use crate::state::State;
use crate::views::explain::note::shown;

/// How much text is kept of what was printed, in bytes.
const KEPT: usize = 4096;

#[derive(Default)]
pub(super) struct ProgramJudge {
    facts: Facts,
    /// The number of the last value that was got from each queue.
    last: HashMap<String, u64>,
    /// How many values were got.
    got: usize,
    /// Values that were got after one that was put later.
    disordered: Few,
    /// What was printed, a role in place of its PID.
    printed: String,
    /// Whether no newline stands behind that.
    is_open: bool,
}

/// Claims about whose evidence [`ProgramJudge::found`] decides.
macro_rules! claims {
    ($($name:literal $en:literal $zh:literal)*) => {
        &[$(Claim {
            name: $name,
            sentence: [$en, $zh],
            holds: |run, state| {
                let (is_judged, holds_without, found) = run.found($name, state);
                is_judged.then_some(found.is_empty() == holds_without)
            },
        }),*]
    };
}

impl ProgramJudge {
    /// Whether this claim is judged, whether it holds where nothing is found, and what is found.
    fn found(&self, claim: &str, state: &State) -> (bool, bool, Few) {
        let facts = &self.facts;
        let (has, is_over, is_complete) =
            (|event| facts.seen.contains(event), facts.is_over(), facts.is_complete());
        match claim {
            "all-got" => {
                let mut lost = facts.lost_values(state, &[Way::Queue]);
                lost.extend(facts.dropped.clone().sentences());
                (has("put") && is_over, true, lost)
            }
            "in-order" => (self.got > 1, true, self.disordered.clone()),
            "all-joined" => {
                let has_children = facts.lives.iter().any(|it| it.is_ours());
                (has_children && is_complete, true, facts.unjoined(true))
            }
            "all-zero" => {
                let bad = facts.all_bad_ends();
                (is_over && (!bad.is_empty() || facts.knows_all_ends()), true, bad)
            }
            "line-lost" => (has("printed") && is_over, false, facts.lost_lines()),
            "outlives" => (facts.lives.len() > 1 && is_complete, false, facts.survivors()),
            "dead-holder" => (has("acquired") && is_over, false, facts.dead_holders()),
            "opposite-order" => (has("acquired") && is_over, false, facts.opposite_orders()),
            "object-changed" => (has("put") && is_over, false, facts.changed.clone()),
            "line-doubled" => (has("written") && is_over, false, facts.copied_lines()),
            "task-undone" => (has("submit") && is_over, false, facts.undone_tasks()),
            "exception-unseen" => (has("submit") && is_over, false, facts.unseen_exceptions(state)),
            _ => (false, false, Few::default()),
        }
    }
}

impl Judge for ProgramJudge {
    const CLAIMS: &'static [Claim<Self>] = claims! {
        "all-got" "every value that is put is got" "放入的每个值都被取走"
        "in-order" "values are got in the order of their puts" "各个值按放入的先后被取走"
        "all-joined" "every process is joined" "每个进程都被 join()"
        "all-zero" "every process ends with status 0" "每个进程的退出状态都是 0"
        "line-lost" "a printed line is lost" "打印的行有丢失"
        "outlives" "a process outlives the program" "有进程在程序结束后仍在运行"
        "dead-holder" "a dead process holds a lock" "有锁仍由已结束的进程持有"
        "opposite-order" "two processes take two locks in opposite order"
            "有两个进程获取两把锁的顺序相反"
        "object-changed" "an object is changed between its put() and pickling"
            "有对象在 put() 之后、pickle 之前被改动"
        "line-doubled" "a line is written twice, since a fork has copied it"
            "有的行因为 fork 复制了缓冲区而写出两次"
        "task-undone" "a task of a pool is not done" "进程池里有任务没有做完"
        "exception-unseen" "a task ends by an exception that nobody sees"
            "有任务因异常结束，却没有谁看到这个异常"
    };

    const HEADING: Both = ["what came out", "输出了什么"];

    fn see(&mut self, seen: &Seen) {
        let record = seen.record;
        if let Event::Get { on, number: Some(number), value } = &record.event {
            self.got += 1;
            let on = on.as_deref().unwrap_or_default();
            let last = self.last.entry(on.to_owned()).or_default();
            if *number < *last {
                let place = record.at.as_ref().map(CodeLine::from);
                let (value, at) = (shown(value), in_brackets(place.as_ref()));
                let who = seen.state.who(record.pid);
                let (role, pid) = (&who.role, who.pid);
                self.disordered.extend([both!(
                    "{role} ({pid}) got {value} from {on} after a value that was put later{at}",
                    "{role}（{pid}）从 {on} 取到 {value} 之前，已有后放入的值被取走{at}"
                )]);
            }
            *last = (*last).max(*number);
        }
        self.facts.see(record, seen.state);
        if let Some(line) = &record.line {
            let space = if self.printed.is_empty() || self.is_open { "" } else { " / " };
            self.is_open = is_open(record);
            self.printed += &format!("{space}{}", with_roles(line, seen.state));
            if self.printed.len() > KEPT {
                self.printed = shortened(&self.printed, KEPT / 8);
            }
        }
    }

    fn evidence(&self, claim: &str, state: &State) -> Vec<String> {
        self.found(claim, state).2.sentences()
    }

    fn is_over(&self, _: &State) -> bool {
        self.facts.is_over()
    }

    fn outcome(&self, _: &State) -> String {
        let status = self.facts.lives.first().filter(|it| !it.is_beyond);
        let status = status.and_then(|it| it.status).map(|status| match status {
            Status::Code(code) => format!("exit {code}"),
            Status::Signal(_) => how(status),
        });
        let parts = [Some(self.printed.clone()).filter(|it| !it.is_empty()), status];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// A line in which the PIDs of the run's processes are their roles.
fn with_roles(line: &str, state: &State) -> String {
    let mut shown = String::new();
    for word in line.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let process = digits.parse().ok().and_then(|pid| state.process(pid));
        match process {
            Some(process) => shown += &(process.role.clone() + &word[digits.len()..]),
            None => shown += word,
        }
    }
    shown
}
