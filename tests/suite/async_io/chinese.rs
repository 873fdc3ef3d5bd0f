//! The table and verdicts of `async` in Chinese.

use unicode_width::UnicodeWidthStr as _;

use super::{figures, number};
use crate::bound::chinese::{breaks_between_words_at, english_in};
use crate::common::*;

/// How a ratio to the event loop reads.
fn compared(what: &str, ratio: f64) -> String {
    match ratio {
        0.95..1.05 => format!("{what}与事件循环相当"),
        10.0.. => format!("{what}是事件循环的 {ratio:.0} 倍"),
        1.0.. => format!("{what}是事件循环的 {ratio:.1} 倍"),
        _ => format!("{what}是事件循环的 {ratio:.2} 倍"),
    }
}

#[test]
fn each_line_is_chinese_and_follows_from_the_figures() {
    for (customers, words) in [
        (9, "async --lang zh --json --customers 9 --wait 0.03"),
        (1, "async --lang zh --json --customers 1 --wait 0.01"),
    ] {
        let log = run_words(words).succeeded().events();
        let lines: Vec<_> = log.iter().filter_map(|e| e["line"].as_str()).collect();
        assert_eq!(english_in(&lines), [""; 0], "{lines:#?}");
        assert!(lines[0].starts_with(&format!("{customers} 位顾客，")));

        let figures = figures(&log);
        let ratio = |way: &str, name: &str| {
            number(figures[way], name) / number(figures["event_loop"], name)
        };
        let half = |way: &str| number(figures[way], "half_served_seconds");
        let wall = |way: &str| compared("用时", ratio(way, "wall_seconds"));
        let memory = compared("内存", ratio("one_process_each", "memory_kib"));
        let verdicts = &lines[6..];
        assert_eq!(verdicts[0], format!("一个接一个：{}。", wall("one_after_another")));
        assert_eq!(verdicts[1], format!("每人一个进程：{}，{memory}。", wall("one_process_each")));
        if customers == 1 {
            assert_eq!(verdicts.len(), 3);
            continue;
        }
        let (early, late) = (half("event_loop"), half("blocked_loop"));
        assert_eq!(verdicts[3], format!("半数顾客拿到票的时间从 {early:.3} 秒变成 {late:.3} 秒。"));
    }
}

#[test]
fn columns_stand_below_their_heads_and_a_narrow_terminal_breaks_between_them() {
    for language in ["en", "zh"] {
        let words = format!("async --customers 3 --wait 0.01 --lang {language}");
        let ended = run_words(&words).succeeded();
        for line in &ended.lines()[1..6] {
            assert_eq!(line.width(), 77, "{ended:?}");
            assert!(breaks_between_words_at(40, line), "{ended:?}");
        }
    }
}

#[test]
fn errors_are_chinese_in_children() {
    let script = "mp-demo child async-blocking --lang zh --office nowhere 1";
    let ended = run(&mut shell(script));
    assert_eq!(ended.stderr, "mp-demo: 顾客 1 没有拿到票：售票处已经不在了\n");
}
