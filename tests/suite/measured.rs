//! What is said of times: true on a quiet machine, so `.ci/soak` runs these one after the other and
//! nothing beside them.

use crate::bound::{io_gains, rows_of_python, rows_of_rust};
use crate::common::*;

#[test]
#[ignore = "shares of time, on a quiet machine"]
fn io_gains_from_more_workers_than_cores_and_hardly_computes() {
    for with in ["processes", "threads"] {
        let events = log_of(&format!("bound --with {with} --tasks 8 --workers 1,8"));
        let rows = named(&events, "measured");
        let (one, eight) = (rows[2], rows[3]);
        assert_eq!(one["kind"], "io");
        assert!(number(eight, "speed_up") > 2.0, "{eight}");
        let share = |row| number(row, "processor_seconds") / number(row, "tasks_seconds");
        assert!(share(one) < 0.3, "{one}");
        assert!(share(rows[0]) > 2.0 * share(one), "{} {one}", rows[0]);
    }
}

#[test]
#[ignore = "shares of time, on a quiet machine"]
fn what_is_always_or_never_true_of_more_workers_is_so_in_every_run() {
    crate::predict::check_what_is_always_or_never_true(u64::MAX, "", true);
}

#[test]
#[ignore = "shares of time, on a quiet machine"]
fn the_measuring_costs_little() {
    // Not how long a task takes, but what comes on top of it. The best of some: another program may
    // come in between two tasks.
    let costs = (0..5).map(|_| {
        let events = log_of("bound --kind compute --tasks 4 --workers 1");
        let row = named(&events, "measured")[0];
        number(row, "wall_seconds") / number(row, "tasks_seconds")
    });
    let least = costs.fold(f64::INFINITY, f64::min);
    assert!(least <= 1.05, "{least}");
}

#[test]
#[ignore = "shares of time, on a quiet machine"]
fn four_workers_that_wait_gain_in_the_programs_as_well() {
    assert!(io_gains(&rows_of_rust()));
    if has("python3") {
        for start_method in start_methods() {
            assert!(io_gains(&rows_of_python(start_method)), "{start_method}");
        }
    }
}
