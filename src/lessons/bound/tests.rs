//! The table and its verdicts, held against machines that nobody here has.

use super::table::{PoolFigures, Table, TaskKind, WorkerKind};
use super::verdicts::compare;
use crate::words::locale::{Language, choose};

/// A table in which this many workers took these wall times. A compute task had its core all the
/// time, and an IO task for a tenth of its time.
fn table(kind: TaskKind, tasks: u16, pools: &[(u16, f64)]) -> Table {
    choose(Language::En);
    let pools = pools.iter().map(|&(workers, wall_seconds)| PoolFigures {
        workers,
        wall_seconds,
        tasks_seconds: 0.8,
        processor_seconds: if kind == TaskKind::Compute { 0.8 } else { 0.08 },
    });
    Table { kind, with: WorkerKind::Processes, tasks, pools: pools.collect() }
}

#[test]
fn compute_stops_gaining_at_the_cores() {
    let table = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.39), (8, 0.41)]);
    assert_eq!(
        table.verdicts(2),
        [
            "Compute gains up to 2 workers (speed-up 2.00); more gain less than 10 %.",
            "This program may use 2 cores: one for each worker.",
        ]
    );
    assert_eq!(
        table.verdicts(4)[1],
        "This program may use 4 cores; its workers had 2.05 of them at most."
    );
    assert_eq!(
        table.verdicts(16)[1],
        "This program may use 16 cores; its workers had 2.05 of them at most."
    );
    assert_eq!(
        table.verdicts(1)[1],
        "This program may use 1 core: fewer than the 2 workers it gains up to."
    );
}

#[test]
fn one_core_gains_nothing_and_too_many_workers_lose() {
    let table = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.81), (8, 1.2)]);
    assert_eq!(
        table.verdicts(1),
        [
            "Compute gains nothing from more than 1 worker (less than 10 %).",
            "8 workers took 1.50 times as long as 1 worker.",
            "This program may use 1 core: one for each worker.",
        ]
    );
}

#[test]
fn the_knee_may_lie_between_the_numbers_measured() {
    let table = table(TaskKind::Compute, 8, &[(1, 0.9), (2, 0.45), (4, 0.3), (8, 0.3)]);
    assert_eq!(
        table.verdicts(3)[1],
        "This program may use 3 cores: 4 workers are the next number measured."
    );
}

#[test]
fn io_gains_until_there_are_no_more_tasks() {
    let table = table(TaskKind::Io, 8, &[(1, 0.8), (8, 0.1), (64, 0.1)]);
    assert_eq!(
        table.verdicts(2),
        [
            "IO gains up to 8 workers (speed-up 8.00); more gain less than 10 %.",
            "This program may use 2 cores: fewer than the 8 workers it gains up to.",
            "An IO worker waited 90.0 % of its tasks' time.",
        ]
    );
}

#[test]
fn cores_are_no_limit_for_io() {
    let table = table(TaskKind::Io, 2, &[(1, 0.2), (2, 0.1)]);
    assert_eq!(
        table.verdicts(2)[1],
        "This program may use 2 cores: no limit here, since waiting needs none."
    );
}

#[test]
fn the_most_workers_measured_may_be_the_best() {
    let table = table(TaskKind::Io, 8, &[(2, 0.4), (4, 0.2)]);
    assert_eq!(
        table.verdicts(2)[0],
        "IO gains up to 4 workers, the most measured (speed-up 2.00)."
    );
    assert_eq!(table.heading()[1], "Speed-up is over 2 workers, the fewest measured.");
}

#[test]
fn one_pool_alone_shows_no_gain() {
    let table = table(TaskKind::Compute, 8, &[(2, 0.4)]);
    assert_eq!(
        table.verdicts(2),
        [
            "Compute: only 2 workers measured, so nothing shows what others gain.",
            "This program may use 2 cores.",
        ]
    );
}

#[test]
fn threads_are_compared_at_their_fastest() {
    let processes = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.4)]);
    for (seconds, expected) in [
        (0.42, "1.05 times as long as processes; they gained as much."),
        (0.8, "2.00 times as long as processes; they gained less."),
        (0.2, "0.50 times as long as processes; they gained more."),
    ] {
        let threads = table(TaskKind::Compute, 8, &[(1, 0.8), (2, seconds)]);
        let verdict = compare(&processes, &threads);
        assert_eq!(verdict, format!("Compute: threads took {expected}"));
        assert!(verdict.len() <= 78);
    }
}

#[test]
fn no_line_is_longer_than_78_columns() {
    for kind in [TaskKind::Compute, TaskKind::Io, TaskKind::Disk] {
        for walls in [[900.0, 0.9], [900.0, 899.0], [100.0, 900.0]] {
            let mut table = table(kind, 999, &[(999, walls[0]), (1000, walls[1])]);
            table.pools[0].processor_seconds = 9e4;
            table.pools[1].tasks_seconds = 9e6;
            let mut lines = [table.heading(), table.verdicts(1000)].concat();
            lines.extend(table.verdicts(1));
            lines.extend(table.pools.iter().map(|pool| table.line(pool)));
            for line in lines {
                assert!(line.len() <= 78, "{line}");
            }
        }
    }
}

#[test]
fn bars_grow_as_far_as_the_gain_does() {
    let table = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.4)]);
    let rows: Vec<_> = table.pools.iter().map(|pool| table.line(pool)).collect();
    let bars: Vec<_> = rows.iter().map(|row| row.matches('#').count()).collect();
    assert_eq!(bars, [14, 28, 28]);
    assert_eq!(rows[0], "      1 0.800 s 0.100 s     1.00 100 %  ##############");
}

#[test]
fn what_is_said_of_ten_percent_agrees_with_the_figures_as_they_are_shown() {
    // 1.0995 is less than a tenth more, and shown as 1.10.
    for (speed_up, verdict) in [
        (1.0949, "gains nothing from more than 1 worker (less than 10 %)."),
        (1.0951, "gains up to 2 workers, the most measured (speed-up 1.10)."),
        (1.0995, "gains up to 2 workers, the most measured (speed-up 1.10)."),
        (1.1049, "gains up to 2 workers, the most measured (speed-up 1.10)."),
    ] {
        let table = table(TaskKind::Io, 8, &[(1, 0.8), (2, 0.8 / speed_up)]);
        assert_eq!(table.verdicts(4)[0], format!("IO {verdict}"));
    }
    let table = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.4 / 1.0995)]);
    assert!(table.line(&table.pools[2]).contains(" 2.20 "));
    assert_eq!(
        table.verdicts(4)[0],
        "Compute gains up to 4 workers, the most measured (speed-up 2.20)."
    );
}

#[test]
fn threads_that_took_shown_tenths_longer_gained_less() {
    let processes = table(TaskKind::Io, 8, &[(1, 0.8), (2, 0.4)]);
    for (times, shown, gained) in [
        (1.0949, "1.09", "as much"),
        (1.0951, "1.10", "less"),
        (0.9051, "0.91", "as much"),
        (0.9049, "0.90", "more"),
    ] {
        let threads = table(TaskKind::Io, 8, &[(1, 0.8), (2, 0.4 * times)]);
        assert_eq!(
            compare(&processes, &threads),
            format!("IO: threads took {shown} times as long as processes; they gained {gained}.")
        );
    }
}

#[test]
fn a_disk_that_is_waited_for_needs_no_cores_and_one_in_memory_does() {
    let waits = table(TaskKind::Disk, 8, &[(1, 0.8), (2, 0.4)]);
    assert_eq!(
        waits.verdicts(2),
        [
            "Disk gains up to 2 workers, the most measured (speed-up 2.00).",
            "This program may use 2 cores: no limit here, since waiting needs none.",
            "With 1 worker, a disk task waited 90.0 % of its time.",
        ]
    );
    let mut in_memory = table(TaskKind::Disk, 8, &[(1, 0.8), (2, 0.4), (4, 0.4)]);
    in_memory.pools[0].processor_seconds = 0.792;
    assert_eq!(
        in_memory.verdicts(2)[1..],
        [
            "This program may use 2 cores: one for each worker.",
            "With 1 worker, a disk task waited 1.0 % of its time.",
        ]
    );
}

#[test]
fn several_threads_that_compute_are_compared_with_one() {
    let figures = [(1, 0.8), (2, 0.84), (4, 0.88)];
    let compared = |kind, pools| table(kind, 8, pools).compare_with_one();
    assert_eq!(
        compared(TaskKind::Compute, &figures).as_deref(),
        Some("Compute: 2 threads took 1.05 times as long as one thread.")
    );
    assert_eq!(compared(TaskKind::Compute, &figures[..1]), None);
    assert_eq!(compared(TaskKind::Compute, &figures[1..]), None);
    assert_eq!(compared(TaskKind::Io, &figures), None);
}

#[test]
fn workers_have_no_more_cores_than_there_are() {
    let mut table = table(TaskKind::Compute, 8, &[(1, 0.8), (2, 0.8), (4, 0.8)]);
    table.pools[2].processor_seconds = 3.21;
    assert_eq!(
        table.verdicts(4)[1],
        "This program may use 4 cores; its workers had 4.00 of them at most."
    );
}
