//! What the customers are told beforehand, and what follows from the figures.

use super::StrategyFigures;
use crate::both;
use crate::words::figures::{factor, seconds};

/// What awaits the customers, who have these delays in seconds.
pub fn announcement(delays: &[f64]) -> String {
    let all = seconds(delays.iter().sum());
    match delays {
        [_] => both!("1 customer, with a delay of {all}", "1 位顾客，延迟 {all}"),
        _ => {
            let longest = seconds(delays.iter().copied().fold(0.0, f64::max));
            let customers = delays.len();
            both!(
                "{customers} customers, with delays of up to {longest} and {all} in all",
                "{customers} 位顾客，延迟最长 {longest}，总共 {all}"
            )
        }
    }
}

/// The number of the customer with the longest delay.
pub fn slowest(delays: &[f64]) -> u16 {
    let longest = (1..).zip(delays).max_by(|a, b| a.1.total_cmp(b.1));
    longest.map_or(1, |(customer, _)| customer)
}

/// What follows from the figures; this customer was the `blocker`.
pub fn verdicts(
    in_line: &StrategyFigures,
    processes: &StrategyFigures,
    event_loop: &StrategyFigures,
    blocked: &StrategyFigures,
    blocker: u16,
) -> Vec<String> {
    let memory = |figures: &StrategyFigures| figures.memory_kib() as f64;
    let in_line = as_long(in_line.wall / event_loop.wall);
    let each = as_long(processes.wall / event_loop.wall);
    let memory = as_much(memory(processes) / memory(event_loop));
    let mut lines = vec![
        both!("One after another: {in_line} the event loop.", "一个接一个：{in_line}。"),
        both!(
            "One process each: {each} the loop, {memory} memory.",
            "每人一个进程：{each}，{memory}。"
        ),
    ];
    let others = event_loop.served.len().saturating_sub(1);
    if others == 0 {
        lines.push(both!(
            "Nobody else was there to wait while the customer blocked the loop.",
            "只有这一位顾客，阻塞事件循环时没有别人在等。"
        ));
        return lines;
    }
    let served = event_loop.served.iter().zip(&blocked.served);
    let later = (1..)
        .zip(served)
        .filter(|(customer, (free, blocked))| *customer != blocker && blocked > free)
        .count();
    lines.push(both!(
        "Customer {blocker} blocked the loop: {later} of {others} others were served later.",
        "顾客 {blocker} 阻塞了事件循环：另外 {others} 位顾客中有 {later} 位更晚拿到票。"
    ));
    let (late, early) = (blocked.half_served(), event_loop.half_served());
    let (late, early) = (seconds(late), seconds(early));
    lines.push(both!(
        "Half of all were served after {late} instead of {early}.",
        "半数顾客拿到票的时间从 {early}变成 {late}。"
    ));
    lines
}

/// How a way's time compares with that of the event loop.
fn as_long(ratio: f64) -> String {
    match factor(ratio) {
        Some(factor) => both!("{factor} times as long as", "用时是事件循环的 {factor} 倍"),
        None => both!("about as long as", "用时与事件循环相当"),
    }
}

/// How a way's memory compares with that of the event loop.
fn as_much(ratio: f64) -> String {
    match factor(ratio) {
        Some(factor) => both!("{factor} times as much", "内存是事件循环的 {factor} 倍"),
        None => both!("about as much", "内存与事件循环相当"),
    }
}
