//! `mp-demo async`.

use std::collections::BTreeMap;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::common::*;

const WAYS: [&str; 4] = [
    "one_after_another",
    "one_process_each",
    "event_loop",
    "blocked_loop",
];

/// The figures of the four ways.
fn figures(log: &[Value]) -> BTreeMap<&str, &Value> {
    let figures: BTreeMap<_, _> = named(log, "measured")
        .into_iter()
        .map(|figures| (figures["way"].as_str().unwrap(), figures))
        .collect();
    assert_eq!(figures.len(), WAYS.len());
    figures
}

fn number(figures: &Value, name: &str) -> f64 {
    figures[name].as_f64().unwrap()
}

fn said(log: &[Value]) -> Vec<&str> {
    let said = named(log, "say").into_iter();
    said.map(|e| e["line"].as_str().unwrap()).collect()
}

#[test]
fn every_customer_is_served_once_in_each_way() {
    let log = run_words("async --customers 12 --speed 20 --json")
        .succeeded()
        .events();
    let everybody: Vec<u64> = (1..=12).collect();
    for name in ["request", "served"] {
        for role in ["in-line", "customer", "loop", "blocked-loop"] {
            let mut customers: Vec<_> = named(&log, name)
                .into_iter()
                .filter(|e| {
                    let of = e["role"].as_str().unwrap();
                    of == role || (role == "customer" && of.starts_with("customer-"))
                })
                .map(|e| e["customer"].as_u64().unwrap())
                .collect();
            if role == "in-line" {
                assert_eq!(customers, everybody, "they are not in line");
            }
            customers.sort_unstable();
            assert_eq!(customers, everybody, "{name} of {role}");
        }
    }
    for event in named(&log, "served") {
        if let Some(number) = event["role"].as_str().unwrap().strip_prefix("customer-") {
            assert_eq!(event["customer"].to_string(), number);
        }
    }
}

#[test]
fn nobody_is_served_before_the_own_delay_is_over() {
    let log = run_words("async --customers 8 --wait 0.05 --json")
        .succeeded()
        .events();
    let delays = &named(&log, "customers")[0]["delays"];
    let delays: Vec<f64> = serde_json::from_value(delays.clone()).unwrap();
    assert_eq!(delays.len(), 8);
    for (way, figures) in figures(&log) {
        let served: Vec<f64> = serde_json::from_value(figures["served_seconds"].clone()).unwrap();
        assert_eq!(served.len(), 8);
        for (served, delay) in served.iter().zip(&delays) {
            // A timer may be less fine than the clock.
            assert!(*served > delay - 0.001, "{way}: {served} {delay}");
            assert!(*served <= number(figures, "wall_seconds"), "{way}");
        }
    }
    let wall = |way| number(figures(&log)[way], "wall_seconds");
    let in_all: f64 = delays.iter().sum();
    assert!(wall("one_after_another") > in_all - 0.008);
    assert!(wall("event_loop") < wall("one_after_another"));
}

#[test]
fn the_figures_are_there_and_plausible() {
    let log = run_words("async --customers 8 --wait 0.05 --json")
        .succeeded()
        .events();
    for (way, figures) in figures(&log) {
        let processes = if way == "one_process_each" { 8.0 } else { 1.0 };
        assert_eq!(number(figures, "processes"), processes, "{way}");
        assert_eq!(number(figures, "threads"), processes, "{way}");
        let shared = number(figures, "shared_memory_kib");
        let memory = number(figures, "memory_kib");
        assert!(shared > 100.0, "{way}: {figures}");
        assert!(memory >= shared + processes * 40.0, "{way}: {figures}");
        assert!(memory < shared + processes * 20_000.0, "{way}: {figures}");
        // Each wait for a ticket gives the processor up, in whatever process; the loop may see several at once.
        let switches = number(figures, "context_switches");
        let waits = if way.ends_with("loop") { 1.0 } else { 8.0 };
        assert!(switches >= waits, "{way}: {figures}");
    }
    let memory = |way| number(figures(&log)[way], "memory_kib");
    assert!(memory("one_process_each") > memory("one_after_another"));
}

#[test]
fn the_delays_are_the_seeds_and_speed_divides_them() {
    let delays = |words: &str| -> Vec<f64> {
        let log = run_words(words).succeeded().events();
        serde_json::from_value(named(&log, "customers")[0]["delays"].clone()).unwrap()
    };
    let slow = delays("async --seed 5 --customers 3 --wait 0.04 --json");
    let fast = delays("async --seed 5 --customers 3 --wait 0.04 --speed 4 --json");
    for (slow, fast) in slow.iter().zip(&fast) {
        // Both are whole microseconds.
        assert!((slow / 4.0 - fast).abs() < 2e-6, "{slow} {fast}");
    }
    assert_ne!(
        slow,
        delays("async --seed 6 --customers 3 --wait 0.04 --json")
    );
}

/// The ratio in words, as the verdicts have it.
fn times(ratio: f64, as_what: &str) -> String {
    if (0.95..1.05).contains(&ratio) {
        format!("about {as_what}")
    } else if ratio >= 10.0 {
        format!("{ratio:.0} times {as_what}")
    } else if ratio >= 1.0 {
        format!("{ratio:.1} times {as_what}")
    } else {
        format!("{ratio:.2} times {as_what}")
    }
}

#[test]
fn the_verdicts_follow_from_the_figures() {
    for words in [
        "async --customers 9 --wait 0.03 --json",
        "async --customers 2 --wait 0 --json",
        "async --customers 1 --wait 0.01 --json",
    ] {
        let log = run_words(words).succeeded().events();
        let figures = figures(&log);
        let ratio = |way: &str, name: &str| {
            number(figures[way], name) / number(figures["event_loop"], name)
        };
        let served = |way: &str| -> Vec<f64> {
            serde_json::from_value(figures[way]["served_seconds"].clone()).unwrap()
        };
        let half = |way: &str| {
            let mut served = served(way);
            served.sort_by(f64::total_cmp);
            let half = served[served.len().div_ceil(2) - 1];
            assert_eq!(half, number(figures[way], "half_served_seconds"));
            half
        };
        let delays = &named(&log, "customers")[0]["delays"];
        let delays: Vec<f64> = serde_json::from_value(delays.clone()).unwrap();
        let longest = delays.iter().copied().fold(0.0, f64::max);
        // The last one, if several are equal.
        let blocker = delays.iter().rposition(|delay| *delay == longest).unwrap();
        let (free, blocked) = (served("event_loop"), served("blocked_loop"));
        let later = (0..delays.len())
            .filter(|&customer| customer != blocker && blocked[customer] > free[customer])
            .count();

        let mut expected = vec![
            format!(
                "One after another: {} the event loop.",
                times(ratio("one_after_another", "wall_seconds"), "as long as")
            ),
            format!(
                "One process each: {} the loop, {} memory.",
                times(ratio("one_process_each", "wall_seconds"), "as long as"),
                times(ratio("one_process_each", "memory_kib"), "as much")
            ),
        ];
        if delays.len() == 1 {
            expected.push(
                "Nobody else was there to wait while the customer blocked the loop.".to_owned(),
            );
        } else {
            expected.push(format!(
                "Customer {} blocked the loop: {later} of {} others were served later.",
                blocker + 1,
                delays.len() - 1
            ));
            expected.push(format!(
                "Half of all were served after {:.3} s instead of {:.3} s.",
                half("blocked_loop"),
                half("event_loop")
            ));
        }
        assert_eq!(said(&log)[1..], expected, "{words}");
    }
}

#[test]
fn a_customer_who_blocks_the_loop_keeps_everybody_waiting() {
    let log = run_words("async --customers 8 --wait 0.2 --seed 1 --json")
        .succeeded()
        .events();
    let delays = &named(&log, "customers")[0]["delays"];
    let delays: Vec<f64> = serde_json::from_value(delays.clone()).unwrap();
    let longest = delays.iter().copied().fold(0.0, f64::max);
    let figures = figures(&log);
    let served = figures["blocked_loop"]["served_seconds"].clone();
    let served: Vec<f64> = serde_json::from_value(served).unwrap();
    for served in served {
        assert!(served > longest - 0.001, "{served} {longest}");
    }
    let half = |way| number(figures[way], "half_served_seconds");
    assert!(half("blocked_loop") > half("event_loop"));
}

#[test]
fn the_table_fits_78_columns_and_has_a_row_for_each_way() {
    for words in ["async --speed 20", "async --customers 100 --speed 200"] {
        let ended = run_words(words).succeeded();
        for line in ended.lines() {
            assert!(line.chars().count() <= 78, "{line}");
        }
        assert_eq!(ended.lines().len(), 10, "{ended:?}");
        let rows: Vec<_> = ended.lines()[2..6]
            .iter()
            .map(|row| row[..19].trim_end().to_owned())
            .collect();
        assert_eq!(
            rows,
            [
                "one after another",
                "one process each",
                "event loop",
                "event loop, blocked"
            ]
        );
    }
}

#[test]
fn progress_comes_to_its_end_and_never_goes_back() {
    let log = run_words("async --customers 60 --speed 200 --json")
        .succeeded()
        .events();
    let done: Vec<_> = named(&log, "progress")
        .iter()
        .map(|e| (e["done"].as_u64().unwrap(), e["of"].as_u64().unwrap()))
        .collect();
    assert!(done.is_sorted());
    assert_eq!(done.first(), Some(&(0, 240)));
    assert_eq!(done.last(), Some(&(240, 240)));
    assert!(done.len() <= 101);
}

#[test]
fn a_thousand_customers_need_no_more_than_the_hard_limit_of_descriptors() {
    let script = "ulimit -Sn 256 && ulimit -Hn 1024 && \
         mp-demo async --customers 1000 --wait 0.001 --json";
    let log = run(&mut shell(script)).succeeded().events();
    assert_eq!(named(&log, "served").len(), 4000);
}

#[test]
fn too_low_a_limit_of_descriptors_is_refused_before_anything_starts() {
    for (limit, code) in [(200, 2), (316, 0), (315, 2)] {
        let script =
            format!("ulimit -n {limit} && mp-demo async --customers 300 --wait 0.001 --json");
        let ended = run(&mut shell(&script));
        assert_eq!(ended.code(), code, "{ended:?}");
        if code == 2 {
            assert_eq!(ended.stdout, "");
            let first = ended.stderr.lines().next().unwrap();
            assert_eq!(
                first,
                format!(
                    "error: 300 customers at once need 316 open descriptors in one process, \
                     and the limit is {limit} (`ulimit -Hn`); ask for fewer, or raise the limit"
                )
            );
        }
    }
}

#[test]
fn the_office_may_be_killed_at_any_moment() {
    crate::ends::kill_at_every_moment("async --json --customers 2 --wait 0.01", "office");
}

#[test]
fn a_customer_may_be_killed_at_any_moment() {
    for role in ["in-line", "customer-2", "loop", "blocked-loop"] {
        crate::ends::kill_at_every_moment("async --json --customers 2 --wait 0.01", role);
    }
}

#[test]
fn a_killed_office_ends_a_run_that_would_wait_for_a_long_time() {
    let words = "async --json --customers 5 --wait 1000 --seed 1";
    let mut run = Running::start(&mut mp_demo(words.split(' ')));
    run.wait_for("request", "in-line");
    let office = named(&run.log, "started")[0]["child"].clone();
    kill_process(pid_in(&office), Signal::KILL).unwrap();
    let ended = run.finish();
    assert_eq!(ended.code(), 1);
    let in_line = "customer 1 got no ticket: the office is gone";
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(
        lines[0],
        format!("mp-demo: office (PID {office}) was killed by SIGKILL (9)")
    );
    assert!(lines[1].ends_with(in_line), "{ended:?}");
    assert_eq!(
        lines[2],
        "mp-demo: then the parent failed: not every customer has got a ticket"
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn the_parents_death_takes_office_and_customers_along() {
    for (signal, code) in [(Signal::INT, 130), (Signal::KILL, 137)] {
        let mut run = Running::start(&mut mp_demo("async --wait 1000 --json".split(' ')));
        run.wait_for("request", "in-line");
        // A child's first event may stand before its start.
        run.wait_for_several(2, "started");
        let started = named(&run.log, "started");
        let children: Vec<_> = started.iter().map(|e| pid_in(&e["child"])).collect();
        assert_eq!(children.len(), 2);
        run.signal(signal);
        assert_eq!(run.finish().code(), code);
        for child in children {
            assert!(ends(child), "{child:?} is left");
        }
    }
}

#[test]
fn closed_and_full_outputs_end_the_run() {
    let ended = run(&mut shell(
        "mp-demo async --speed 4 | head -1; echo ${PIPESTATUS[0]}",
    ))
    .succeeded();
    assert_eq!(ended.lines().len(), 2, "{ended:?}");
    assert_eq!(ended.lines()[1], "0");
    let ended = run(&mut shell("mp-demo async --wait 1000 >/dev/full"));
    assert_eq!(ended.code(), 1);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}

#[test]
fn an_office_by_hand_sells_tickets() {
    let ended = run(&mut shell(
        "name=by-hand-$$; \
         mp-demo child async-office --address $name 0.01 0.02 > >(head -1) & \
         sleep 0.3; \
         mp-demo child async-blocking --office $name 2 1 | grep -o 'customer\":[0-9]'; \
         kill $!",
    ));
    assert_eq!(ended.stderr, "", "{ended:?}");
    assert_eq!(
        sorted(&ended.stdout),
        "\"open\"\ncustomer\":1\ncustomer\":2",
        "{ended:?}"
    );
}

#[test]
fn the_python_program_shows_the_same() {
    if !crate::demos::python_is_there() {
        return;
    }
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/demos/async/program.py");
    let ended = run(command("python3").arg(program)).succeeded();
    let seconds: Vec<f64> = ended
        .lines()
        .into_iter()
        .map(|line| {
            let (_, figure) = line.rsplit_once("  ").unwrap();
            figure.trim().strip_suffix(" s").unwrap().parse().unwrap()
        })
        .collect();
    let [in_line, event_loop, blocked] = seconds[..] else {
        panic!("{ended:?}");
    };
    assert!(event_loop < blocked && blocked < in_line, "{ended:?}");
}
