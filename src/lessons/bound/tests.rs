//! The table and its verdicts, for figures that this machine doesn't have.

use super::table::TaskKind::{self, Compute, Disk, Io};
use super::table::{PoolFigures, Table, WorkerKind};
use super::verdicts::compare;
use crate::words::locale::{Language, choose};

/// A table in which this many workers took these wall times. A compute task had its core all the
/// time, and an IO task for a tenth of its time.
fn table(kind: TaskKind, pools: &[(u16, f64)]) -> Table {
    choose(Language::En);
    let pools = pools.iter().map(|&(workers, wall_seconds)| PoolFigures {
        workers,
        wall_seconds,
        tasks_seconds: 0.8,
        processor_seconds: if kind == Compute { 0.8 } else { 0.08 },
    });
    Table { kind, with: WorkerKind::Processes, tasks: 8, pools: pools.collect() }
}

#[test]
fn verdicts_follow_from_the_figures_and_the_cores() {
    let stops: &[_] = &[(1, 0.8), (2, 0.4), (4, 0.39), (8, 0.41)];
    let gains = "Compute gains up to 2 workers (speed-up 2.00); more gain less than 10 %.";
    for (kind, pools, cores, expected) in [
        (Compute, stops, 1, [gains, "1 core, and 2 workers still help.", ""]),
        (Compute, stops, 2, [gains, "2 cores: one for each worker.", ""]),
        (Compute, stops, 16, [gains, "16 cores; its workers kept 2.05 cores busy at most.", ""]),
        (
            Compute,
            &[(1, 0.8), (2, 0.81), (8, 1.2)],
            1,
            [
                "Compute gains nothing from more than 1 worker (less than 10 %).",
                "8 workers took 1.50 times as long as 1 worker.",
                "1 core: one for each worker.",
            ],
        ),
        (
            Compute,
            &[(1, 0.9), (2, 0.45), (4, 0.3), (8, 0.3)],
            3,
            [
                "Compute gains up to 4 workers (speed-up 3.00); more gain less than 10 %.",
                "3 cores: 4 workers are the next number measured.",
                "",
            ],
        ),
        (
            Io,
            &[(1, 0.8), (8, 0.1), (64, 0.1)],
            2,
            [
                "IO gains up to 8 workers (speed-up 8.00); more gain less than 10 %.",
                "2 cores, and 8 workers still help.",
                "An IO worker waited 90.0 % of its tasks' time.",
            ],
        ),
        (
            Disk,
            &[(1, 0.8), (2, 0.4)],
            2,
            [
                "Disk gains up to 2 workers, the most that was tried (speed-up 2.00).",
                "2 cores: no limit here, since waiting needs none.",
                "With 1 worker, a disk task waited 90.0 % of its time.",
            ],
        ),
    ] {
        let verdicts = table(kind, pools).verdicts(cores);
        let verdicts = verdicts.iter().map(|it| it.trim_start_matches("This program may use "));
        let expected = expected.iter().copied().filter(|it| !it.is_empty());
        assert_eq!(verdicts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_disk_in_memory_needs_cores_and_workers_have_no_more_than_there_are() {
    let mut in_memory = table(Disk, &[(1, 0.8), (2, 0.4), (4, 0.4)]);
    in_memory.pools[0].processor_seconds = 0.792;
    assert_eq!(in_memory.verdicts(2)[1], "This program may use 2 cores: one for each worker.");
    let mut busy = table(Compute, &[(1, 0.8), (2, 0.8), (4, 0.8)]);
    busy.pools[2].processor_seconds = 3.21;
    let at_most = "This program may use 4 cores; its workers kept 4.00 cores busy at most.";
    assert_eq!(busy.verdicts(4)[1], at_most);
}

#[test]
fn nothing_follows_where_the_workers_did_not_get_their_cores() {
    let stops = [(1, 0.8), (2, 0.8), (4, 0.8)];
    let told = |kind, workers: usize, share, cores| {
        let mut table = table(kind, &stops);
        table.pools[2].processor_seconds = 0.4;
        table.pools[workers / 2].processor_seconds = 0.8 * share;
        (table.verdicts(cores), table.disturbed(cores).is_some())
    };
    let says_little = "Other programs (or a quota) were in the way, so these figures say little.";
    for (workers, share, cores, had) in [
        (2, 0.3, 2, "With 2 workers, a task had a core for 30.0 % of its time, not 100.0 %."),
        (1, 0.89, 2, "With 1 worker, a task had a core for 89.0 % of its time, not 100.0 %."),
        // More workers than cores take turns.
        (4, 0.4, 2, "With 4 workers, a task had a core for 40.0 % of its time, not 50.0 %."),
    ] {
        let expected = (vec![says_little.to_owned(), had.to_owned()], true);
        assert_eq!(told(Compute, workers, share, cores), expected);
    }
    for (kind, workers, share) in [(Compute, 2, 0.91), (Compute, 4, 0.46), (Io, 2, 0.01)] {
        let (verdicts, is_disturbed) = told(kind, workers, share, 2);
        assert!(!is_disturbed && verdicts[0].contains("gains nothing"), "{verdicts:?}");
    }
}

#[test]
fn no_line_is_longer_than_78_columns() {
    for kind in [Compute, Io, Disk] {
        for walls in [[900.0, 0.9], [900.0, 899.0], [100.0, 900.0]] {
            let mut table = table(kind, &[(999, walls[0]), (1000, walls[1])]);
            table.tasks = 999;
            table.pools[0].processor_seconds = 9e4;
            table.pools[1].tasks_seconds = 9e6;
            let mut lines = [table.heading(), table.verdicts(1000), table.verdicts(1)].concat();
            lines.extend(table.pools.iter().map(|pool| table.line(pool)));
            for line in lines {
                assert!(line.len() <= 78, "{line}");
            }
        }
    }
}

#[test]
fn what_is_said_of_ten_percent_agrees_with_the_figures_as_they_are_shown() {
    // 1.0995 is less than a tenth more, and shown as 1.10.
    for (speed_up, verdict) in [
        (1.0949, "gains nothing from more than 1 worker (less than 10 %)."),
        (1.0951, "gains up to 2 workers, the most that was tried (speed-up 1.10)."),
        (1.0995, "gains up to 2 workers, the most that was tried (speed-up 1.10)."),
    ] {
        let table = table(Io, &[(1, 0.8), (2, 0.8 / speed_up)]);
        assert_eq!(table.verdicts(4)[0], format!("IO {verdict}"));
    }
    let processes = table(Io, &[(1, 0.8), (2, 0.4)]);
    for (times, shown, gained) in [
        (2.0, "2.00", "less"),
        (1.0951, "1.10", "less"),
        (1.0949, "1.09", "as much"),
        (0.9051, "0.91", "as much"),
        (0.9049, "0.90", "more"),
    ] {
        let threads = table(Io, &[(1, 0.8), (2, 0.4 * times)]);
        assert_eq!(
            compare(&processes, &threads),
            format!("IO: threads took {shown} times as long as processes; they gained {gained}.")
        );
    }
}

#[test]
fn several_threads_that_compute_are_compared_with_one() {
    let figures = [(1, 0.8), (2, 0.84), (4, 0.88)];
    let compared = |kind, pools| table(kind, pools).compare_with_one();
    let slower = "Compute: 2 threads took 1.05 times as long as one thread.";
    assert_eq!(compared(Compute, &figures).as_deref(), Some(slower));
    assert_eq!(compared(Compute, &figures[..1]), None);
    assert_eq!(compared(Compute, &figures[1..]), None);
    assert_eq!(compared(Io, &figures), None);
}
