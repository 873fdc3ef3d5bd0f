//! What can be said of a run of any program.

use std::collections::HashMap;

use super::facts::{Facts, Few, in_brackets};
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
}

impl Judge for ProgramJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-got",
            sentence: ["every value that is put is got", "放入的每个值都被取走"],
            holds: |run, state| {
                let is_none_left = || {
                    run.facts.dropped.is_empty() && state.on_its_way(Way::Queue).next().is_none()
                };
                (run.facts.has_put && run.facts.is_over()).then(is_none_left)
            },
        },
        Claim {
            name: "in-order",
            sentence: ["values are got in the order of their puts", "各个值按放入的先后被取走"],
            holds: |run, _| (run.got > 1).then(|| run.disordered.is_empty()),
        },
        Claim {
            name: "all-joined",
            sentence: ["every process is joined", "每个进程都被 join()"],
            holds: |run, _| {
                let has_children = run.facts.lives.iter().any(|it| it.is_ours());
                let is_judged = has_children && run.facts.is_complete();
                is_judged.then(|| run.facts.unjoined(true).is_empty())
            },
        },
        Claim {
            name: "all-zero",
            sentence: ["every process ends with status 0", "每个进程的退出状态都是 0"],
            holds: |run, _| run.facts.is_over().then(|| run.facts.all_bad_ends().is_empty()),
        },
        Claim {
            name: "line-lost",
            sentence: ["a printed line is lost", "打印的行有丢失"],
            holds: |run, _| {
                let is_judged = run.facts.has_printed && run.facts.is_over();
                is_judged.then(|| !run.facts.lost_lines().is_empty())
            },
        },
        Claim {
            name: "outlives",
            sentence: ["a process outlives the program", "有进程在程序结束后仍在运行"],
            holds: |run, _| {
                let is_judged = run.facts.lives.len() > 1 && run.facts.is_complete();
                is_judged.then(|| !run.facts.survivors().is_empty())
            },
        },
        Claim {
            name: "dead-holder",
            sentence: ["a dead process holds a lock", "有进程结束时没有释放锁"],
            holds: |run, _| {
                let is_judged = run.facts.has_acquired && run.facts.is_over();
                is_judged.then(|| !run.facts.dead_holders().is_empty())
            },
        },
    ];

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
            let space = if self.printed.is_empty() { "" } else { " / " };
            self.printed += &format!("{space}{}", with_roles(line, seen.state));
            if self.printed.len() > KEPT {
                self.printed = shortened(&self.printed, KEPT / 8);
            }
        }
    }

    fn evidence(&self, claim: &str, state: &State) -> Vec<String> {
        let facts = &self.facts;
        let sentences = match claim {
            "all-got" => {
                let mut sentences = facts.lost_values(state, &[Way::Queue]).sentences();
                sentences.extend(facts.dropped.clone().sentences());
                return sentences;
            }
            "in-order" => self.disordered.clone(),
            "all-joined" => facts.unjoined(true),
            "all-zero" => facts.all_bad_ends(),
            "line-lost" => facts.lost_lines(),
            "outlives" => facts.survivors(),
            "dead-holder" => facts.dead_holders(),
            _ => return Vec::new(),
        };
        sentences.sentences()
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
