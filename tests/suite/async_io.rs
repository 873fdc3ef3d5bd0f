//! `mp-demo async`.

use std::collections::BTreeMap;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::bound::breaks_between_words_at;
use crate::common::*;
use crate::programs::{lines_of_rust, python};

const WAYS: [&str; 4] = ["one_after_another", "one_process_each", "event_loop", "blocked_loop"];

/// The figures of the four ways.
fn figures(log: &[Value]) -> BTreeMap<&str, &Value> {
    let figures = named(log, "measured").into_iter();
    let figures = figures.map(|figures| (figures["way"].as_str().unwrap(), figures));
    let figures: BTreeMap<_, _> = figures.collect();
    assert_eq!(figures.len(), WAYS.len());
    figures
}

fn seconds(of: &Value, name: &str) -> Vec<f64> {
    serde_json::from_value(of[name].clone()).unwrap()
}

/// How long the office needs for each customer.
fn delays_in(log: &[Value]) -> Vec<f64> {
    seconds(named(log, "customers")[0], "delays")
}

#[test]
fn every_customer_is_served_once_in_each_way() {
    let log = log_of("async --customers 12 --speed 20");
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
fn the_figures_are_plausible_and_nobody_is_served_before_the_own_delay_is_over() {
    let log = log_of("async --customers 8 --wait 0.05");
    let delays = delays_in(&log);
    assert_eq!(delays.len(), 8);
    for (way, figures) in figures(&log) {
        let served = seconds(figures, "served_seconds");
        assert_eq!(served.len(), 8);
        for (served, delay) in served.iter().zip(&delays) {
            // A timer may be less fine than the clock.
            assert!(*served > delay - 0.001, "{way}: {served} {delay}");
            assert!(*served <= number(figures, "wall_seconds"), "{way}");
        }
        let processes = if way == "one_process_each" { 8.0 } else { 1.0 };
        assert_eq!(number(figures, "processes"), processes, "{way}");
        assert_eq!(number(figures, "threads"), processes, "{way}");
        let shared = number(figures, "shared_memory_kib");
        let memory = number(figures, "memory_kib");
        assert!(shared > 100.0, "{way}: {figures}");
        assert!(memory >= shared + processes * 40.0, "{way}: {figures}");
        assert!(memory < shared + processes * 20_000.0, "{way}: {figures}");
        // Each wait for a ticket gives up the processor, in every process; the loop may see several
        // tickets at once.
        let switches = number(figures, "context_switches");
        let waits = if way.ends_with("loop") { 1.0 } else { 8.0 };
        assert!(switches >= waits, "{way}: {figures}");
    }
    let wall = |way| number(figures(&log)[way], "wall_seconds");
    let in_all: f64 = delays.iter().sum();
    assert!(wall("one_after_another") > in_all - 0.008);
    assert!(wall("event_loop") < wall("one_after_another"));
    let memory = |way| number(figures(&log)[way], "memory_kib");
    assert!(memory("one_process_each") > memory("one_after_another"));
}

#[test]
fn the_delays_are_the_seeds_and_speed_divides_them() {
    let delays =
        |seed| delays_in(&log_of(&format!("async --customers 3 --wait 0.04 --seed {seed}")));
    let (slow, fast) = (delays("5"), delays("5 --speed 4"));
    assert_eq!(slow.len(), 3);
    for (slow, fast) in slow.iter().zip(&fast) {
        // Both are whole microseconds.
        assert!((slow / 4.0 - fast).abs() < 2e-6, "{slow} {fast}");
    }
    assert_ne!(slow, delays("6"));
}

#[test]
fn the_verdicts_follow_from_the_figures_in_each_language() {
    for words in [
        "async --customers 9 --wait 0.03 --lang en",
        "async --customers 2 --wait 0 --lang en",
        "async --customers 1 --wait 0.01 --lang en",
        "async --customers 9 --wait 0.03 --lang zh",
    ] {
        let log = log_of(words);
        let is_english = words.ends_with("en");
        let figures = figures(&log);
        let compared = |way: &str, name: &str, english: &str, chinese: &str| {
            let ratio = number(figures[way], name) / number(figures["event_loop"], name);
            let figure = match ratio {
                10.0.. => format!("{ratio:.0}"),
                1.0.. => format!("{ratio:.1}"),
                _ => format!("{ratio:.2}"),
            };
            match ((0.95..1.05).contains(&ratio), is_english) {
                (true, true) => format!("about {english}"),
                (true, false) => format!("{chinese}与事件循环相当"),
                (false, true) => format!("{figure} times {english}"),
                (false, false) => format!("{chinese}是事件循环的 {figure} 倍"),
            }
        };
        let wall = |way: &str| compared(way, "wall_seconds", "as long as", "用时");
        let (in_line, each) = (wall("one_after_another"), wall("one_process_each"));
        let memory = compared("one_process_each", "memory_kib", "as much", "内存");
        let half = |way: &str| {
            let mut served = seconds(figures[way], "served_seconds");
            served.sort_by(f64::total_cmp);
            let half = served[served.len().div_ceil(2) - 1];
            assert_eq!(half, number(figures[way], "half_served_seconds"));
            half
        };
        let (early, late) = (half("event_loop"), half("blocked_loop"));

        let said = fields(&log, "say", "line");
        if !is_english {
            assert_eq!(said[1], &format!("一个接一个：{in_line}。"));
            assert_eq!(said[2], &format!("每人一个进程：{each}，{memory}。"));
            let expected = format!("半数顾客拿到票的时间从 {early:.3} 秒变成 {late:.3} 秒。");
            assert_eq!(said[4], &expected);
            continue;
        }
        assert_eq!(said[1], &format!("One after another: {in_line} the event loop."));
        assert_eq!(said[2], &format!("One process each: {each} the loop, {memory} memory."));
        let delays = delays_in(&log);
        if delays.len() == 1 {
            let expected =
                "No other customer was there to wait while the customer blocked the loop.";
            assert_eq!(said[3], expected);
            continue;
        }
        let longest = delays.iter().copied().fold(0.0, f64::max);
        // The last of several equal ones.
        let blocker = delays.iter().rposition(|delay| *delay == longest).unwrap();
        let served = |way| seconds(figures[way], "served_seconds");
        let (free, blocked) = (served("event_loop"), served("blocked_loop"));
        let others = (0..delays.len()).filter(|customer| *customer != blocker);
        let later = others.clone().filter(|&customer| blocked[customer] > free[customer]).count();
        let expected = format!(
            "Customer {} blocked the loop: {later} of {} others were served later.",
            blocker + 1,
            others.count()
        );
        assert_eq!(said[3], &expected);
        let half = format!("Half of all were served after {late:.3} s instead of {early:.3} s.");
        assert_eq!(said[4], &half);
    }
}

#[test]
fn a_customer_who_blocks_the_loop_keeps_everybody_waiting() {
    let log = log_of("async --customers 8 --wait 0.2 --seed 1");
    let delays = delays_in(&log);
    let longest = delays.iter().copied().fold(0.0, f64::max);
    let figures = figures(&log);
    for served in seconds(figures["blocked_loop"], "served_seconds") {
        assert!(served > longest - 0.001, "{served} {longest}");
    }
    let half = |way| number(figures[way], "half_served_seconds");
    assert!(half("blocked_loop") > half("event_loop"));
}

#[test]
fn the_table_has_a_row_for_each_way_and_columns_below_their_heads() {
    for words in ["--speed 20 --lang en", "--customers 100 --speed 200 --lang zh"] {
        let ended = run_words(&format!("async {words}")).succeeded();
        let lines = ended.lines();
        assert_eq!(lines.len(), 10, "{ended:?}");
        for line in &lines[1..6] {
            assert_eq!(line.width(), 77, "{ended:?}");
            assert!(breaks_between_words_at(40, line), "{ended:?}");
        }
        if words.ends_with("en") {
            let rows: Vec<_> = lines[2..6].iter().map(|row| row[..19].trim_end()).collect();
            let names =
                ["one after another", "one process each", "event loop", "event loop, blocked"];
            assert_eq!(rows, names);
        }
    }
}

#[test]
fn progress_comes_to_its_end_and_never_goes_back() {
    let log = log_of("async --customers 60 --speed 200");
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
            let refused = format!(
                "error: 300 customers at once need 316 open descriptors in one process, and the \
                 limit is {limit} (`ulimit -Hn`); ask for fewer, or raise the limit"
            );
            assert_eq!(ended.stderr.lines().next(), Some(refused.as_str()));
        }
    }
}

#[test]
fn an_office_by_hand_sells_tickets() {
    let ended = run(&mut shell(
        "name=by-hand-$$; \
         coproc mp-demo child async-office --address $name 0.01 0.02; \
         read -r line <&${COPROC[0]}; echo $line; \
         mp-demo child async-blocking --office $name 2 1 | grep -o 'customer\":[0-9]'; \
         kill $COPROC_PID",
    ));
    assert_eq!(ended.stderr, "", "{ended:?}");
    assert_eq!(sorted(&ended.stdout), "\"open\"\ncustomer\":1\ncustomer\":2", "{ended:?}");
}

#[test]
fn its_programs_show_the_same() {
    let mut outputs = vec![lines_of_rust("async")];
    if has("python3") {
        let ended = run(&mut python("async")).succeeded();
        outputs.push(ended.stdout.lines().map(str::to_owned).collect());
    }
    for lines in outputs {
        let names = ["one after another", "event loop", "event loop, blocked"];
        assert_eq!(lines.len(), names.len());
        let seconds = lines.iter().zip(names).map(|(line, name)| {
            let figure = line.split_whitespace().rev().nth(1).unwrap();
            let seconds: f64 = figure.parse().unwrap();
            assert_eq!(*line, format!("{name:<19} {seconds:6.3} s"));
            seconds
        });
        let [in_line, at_once, blocked] = seconds.collect::<Vec<_>>()[..] else {
            panic!("{lines:?}")
        };
        assert!(in_line > 1.5 * at_once, "{lines:?}");
        assert!(at_once < blocked && blocked < in_line, "{lines:?}");
    }
}
