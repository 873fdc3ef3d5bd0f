//! Figures and verdicts of customers that nobody served.

use super::*;
use crate::words::locale::{Language, choose};

fn way(way: Strategy, wall: f64, served: &[f64], processes: u64) -> StrategyFigures {
    choose(Language::En);
    let mut figures = StrategyFigures::new(way, served.len() as u16);
    for (customer, &seconds) in (1..).zip(served) {
        assert!(figures.add_served(customer, seconds).is_ok());
    }
    for _ in 0..processes {
        figures.add_process(&Usage {
            threads: 1,
            peak_memory_kib: 3_000,
            file_memory_kib: 2_000,
            context_switches: 10,
        });
    }
    figures.end(wall);
    figures
}

#[test]
fn shared_pages_are_counted_once_and_half_served_is_somebodys_time() {
    let figures = way(Strategy::OneProcessEach, 0.35, &[0.3, 0.1, 0.2, 0.25], 4);
    assert_eq!(
        figures.line(),
        "one process each     0.350 s     0.200 s         4       4   5.9 MiB       40"
    );
    assert!(figures.is_complete(4));
    assert!(!figures.is_complete(5));
}

#[test]
fn nobody_gets_two_tickets_and_no_stranger_one() {
    let mut figures = way(Strategy::EventLoop, 0.1, &[0.1], 1);
    for customer in [0, 1, 2] {
        let added = figures.add_served(customer, 0.1);
        assert_eq!(
            added.map_err(|error| error.to_string()),
            Err(format!("customer {customer} got one ticket too many"))
        );
    }
}

#[test]
fn those_whom_the_blocker_kept_waiting_are_counted_without_the_blocker() {
    let verdicts = verdicts(
        &way(Strategy::OneAfterAnother, 0.9, &[0.3, 0.5, 0.9], 1),
        &way(Strategy::OneProcessEach, 0.41, &[0.3, 0.2, 0.4], 3),
        &way(Strategy::EventLoop, 0.4, &[0.3, 0.2, 0.4], 1),
        &way(Strategy::BlockedLoop, 0.5, &[0.3, 0.5, 0.5], 1),
        slowest(&[0.3, 0.2, 0.4]),
    );
    assert_eq!(
        verdicts,
        [
            "One after another: 2.2 times as long as the event loop.",
            "One process each: about as long as the loop, 1.7 times as much memory.",
            "Customer 3 blocked the loop: 1 of 2 others were served later.",
            "Half of all were served after 0.500 s instead of 0.300 s.",
        ]
    );
}
