//! What can be said of a run of the `cost` lesson.

use std::collections::HashMap;

use crate::claims::{Both, Claim, Judge, Seen};
use crate::events::Event;
use crate::state::State;

/// Seconds for one repetition, by row.
#[derive(Default)]
pub(super) struct CostJudge {
    ours: HashMap<String, f64>,
    python: HashMap<String, f64>,
}

impl Judge for CostJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "process-dearer",
            sentence: [
                "starting a process takes longer than starting a thread",
                "启动一个进程比启动一个线程慢",
            ],
            holds: |run, _| Some(run.ours.get("process")? > run.ours.get("thread")?),
        },
        Claim {
            name: "value-cheaper",
            sentence: [
                "a value through a queue takes less time than starting a thread",
                "一个值经过队列，比启动一个线程快",
            ],
            holds: |run, _| Some(run.ours.get("queue")? < run.ours.get("thread")?),
        },
        Claim {
            name: "python-slower",
            sentence: ["CPython takes longer in every row", "每一行都是 CPython 用的时间更长"],
            holds: |run, _| {
                let mut rows = run.python.iter().peekable();
                rows.peek()?;
                Some(rows.all(|(row, python)| run.ours.get(row).is_none_or(|ours| python > ours)))
            },
        },
    ];

    const HEADING: Both = ["what costs most in CPython", "CPython 里最贵的一项"];

    const WORDS: &'static [Both] = &[
        ["starting a process (spawn)", "启动进程（spawn）"],
        ["starting a process (fork)", "启动进程（fork）"],
        ["starting a thread", "启动线程"],
        ["a value through a queue", "一个值经过队列"],
        ["a round trip over a pipe", "经管道一个来回"],
        ["1 MiB over a pipe", "1 MiB 经过管道"],
        ["counting primes", "数素数"],
    ];

    fn see(&mut self, seen: &Seen) {
        if let Event::Measured { figures } = &seen.record.event
            && let Some(row) = figures.word("row")
        {
            let of = |side| figures.number(side).map(|seconds| (row.to_owned(), seconds));
            self.ours.extend(of("mp_demo_seconds"));
            self.python.extend(of("cpython_seconds"));
        }
    }

    fn outcome(&self, _: &State) -> String {
        let dearest = self.python.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
        let place = |row: &String| ROWS.iter().position(|name| name == row);
        let place = dearest.and_then(|(row, _)| place(row));
        place.map(|place| Self::WORDS[place][0].to_owned()).unwrap_or_default()
    }
}

/// The rows, in the order of their words.
const ROWS: [&str; 7] =
    ["process_spawn", "process", "thread", "queue", "round_trip", "mebibyte", "compute"];

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    fn rows(process: f64, thread: f64, queue: f64, more: f64) -> String {
        let row = |name, seconds| {
            let python = seconds + more;
            let figures = format!(r#""mp_demo_seconds":{seconds},"cpython_seconds":{python}"#);
            format!(r#"1 parent measured "row":"{name}",{figures}"#)
        };
        [row("process", process), row("thread", thread), row("queue", queue)].join("\n")
    }

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "cost",
            &[
                (&rows(3.0, 2.0, 1.0, 0.5), "true true true false", "starting a process (fork)"),
                (&rows(1.0, 2.0, 3.0, -0.5), "false false false false", "a value through a queue"),
            ],
        );
    }
}
