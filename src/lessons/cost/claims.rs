//! What can be said of a run of the `cost` lesson.

use std::collections::HashMap;

use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Seen, judge};
use crate::events::Event;

/// Seconds for one, by row and side: `process mp_demo_seconds`.
type SecondsByRow = HashMap<String, f64>;

fn measure(seconds: &mut SecondsByRow, seen: &Seen) {
    let Event::Measured { figures } = &seen.record.event else {
        return;
    };
    let row = figures.0.get("row").and_then(|it| it.as_str());
    for side in ["mp_demo_seconds", "cpython_seconds"] {
        if let (Some(row), Some(value)) = (row, figures.0.get(side).and_then(|it| it.as_f64())) {
            seconds.insert(format!("{row} {side}"), value);
        }
    }
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "process-dearer",
        sentence: || {
            both!(
                "starting a process takes longer than starting a thread",
                "启动一个进程比启动一个线程慢"
            )
        },
        judge: || {
            judge::<SecondsByRow>(measure, |seconds, _| {
                Some(
                    seconds.get("process mp_demo_seconds")?
                        > seconds.get("thread mp_demo_seconds")?,
                )
            })
        },
    },
    Claim {
        name: "value-cheaper",
        sentence: || {
            both!(
                "a value through a queue takes less time than starting a thread",
                "一个值经过队列，比启动一个线程快"
            )
        },
        judge: || {
            judge::<SecondsByRow>(measure, |seconds, _| {
                Some(
                    seconds.get("queue mp_demo_seconds")?
                        < seconds.get("thread mp_demo_seconds")?,
                )
            })
        },
    },
    Claim {
        name: "python-slower",
        sentence: || both!("CPython takes longer in every row", "每一行都是 CPython 用的时间更长"),
        judge: || {
            judge::<SecondsByRow>(measure, |seconds, _| {
                let rows = seconds.iter().filter_map(|(name, python)| {
                    let row = name.strip_suffix(" cpython_seconds")?;
                    Some(python > seconds.get(&format!("{row} mp_demo_seconds"))?)
                });
                let rows: Vec<_> = rows.collect();
                (!rows.is_empty()).then(|| rows.iter().all(|it| *it))
            })
        },
    },
    NOBODY_GETS_STUCK,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::check;

    fn rows(process: f64, thread: f64, queue: f64, python: f64) -> String {
        let row = |name, seconds| {
            format!(
                r#"1 parent measured "row":"{name}","mp_demo_seconds":{seconds},"cpython_seconds":{python}"#
            )
        };
        [row("process", process), row("thread", thread), row("queue", queue)].join("\n")
    }

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        let (usual, strange) = (rows(3.0, 2.0, 1.0, 9.0), rows(1.0, 2.0, 3.0, 0.0));
        check(
            "cost",
            CLAIMS,
            &[
                ("process-dearer", &usual, &strange),
                ("value-cheaper", &usual, &strange),
                ("python-slower", &usual, &strange),
            ],
        );
    }
}
