//! What can be said of a run of the `async` lesson.

use std::collections::HashMap;

use super::events::AsyncEvent;
use super::tickets::slowest;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, tell};
use crate::events::Event;

const LOOP: &str = "loop";
const BLOCKED_LOOP: &str = "blocked-loop";

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "all-served",
        sentence: || both!("everybody who asks is served", "每个提出请求的顾客都拿到票"),
        judge: || {
            judge::<(u64, u64)>(
                |(asked, served), seen| match seen.record.event.own() {
                    Some(AsyncEvent::Request { .. }) => *asked += 1,
                    Some(AsyncEvent::Served { .. }) => *served += 1,
                    _ => {}
                },
                |(asked, served), state| (*asked > 0 && is_over(state)).then_some(asked == served),
            )
        },
    },
    Claim {
        name: "loop-waits-for-several",
        sentence: || {
            both!(
                "in the event loop, a customer asks before the one before is served",
                "在事件循环里，前一位还没拿到票，后一位就提出请求"
            )
        },
        judge: || {
            judge::<(u64, u64, bool)>(
                |(open, asked, is_overlapping), seen| match seen.record.event.own() {
                    Some(AsyncEvent::Request { .. }) if seen.record.role == LOOP => {
                        *open += 1;
                        *asked += 1;
                        *is_overlapping |= *open > 1;
                    }
                    Some(AsyncEvent::Served { .. }) if seen.record.role == LOOP => {
                        *open = open.saturating_sub(1)
                    }
                    _ => {}
                },
                |(_, asked, is_overlapping), _| (*asked > 1).then_some(*is_overlapping),
            )
        },
    },
    Claim {
        name: "loop-in-order",
        sentence: || {
            both!("the event loop serves in the order of the requests", "事件循环按请求的先后出票")
        },
        judge: || {
            judge::<[Vec<u16>; 2]>(
                |[asked, served], seen| match seen.record.event.own() {
                    Some(AsyncEvent::Request { customer }) if seen.record.role == LOOP => {
                        asked.push(customer)
                    }
                    Some(AsyncEvent::Served { customer }) if seen.record.role == LOOP => {
                        served.push(customer)
                    }
                    _ => {}
                },
                |[asked, served], _| {
                    (asked.len() > 1 && asked.len() == served.len()).then(|| asked == served)
                },
            )
        },
    },
    Claim {
        name: "blocker-keeps-all",
        sentence: || {
            both!(
                "while one customer blocks the event loop, nobody else is served there",
                "一位顾客阻塞事件循环时，那里没有别的顾客拿到票"
            )
        },
        judge: || {
            judge::<(Option<u16>, Option<bool>, bool)>(
                |(blocker, is_kept, is_blocked), seen| match seen.record.event.own() {
                    Some(AsyncEvent::Customers { delays }) => *blocker = Some(slowest(&delays)),
                    Some(AsyncEvent::Request { customer }) if seen.record.role == BLOCKED_LOOP => {
                        *is_blocked |= Some(customer) == *blocker;
                    }
                    Some(AsyncEvent::Served { customer })
                        if seen.record.role == BLOCKED_LOOP && *is_blocked =>
                    {
                        is_kept.get_or_insert(Some(customer) == *blocker);
                    }
                    _ => {}
                },
                |(_, is_kept, _), _| *is_kept,
            )
        },
    },
    Claim {
        name: "loop-faster",
        sentence: || {
            both!("the event loop is faster than serving in line", "事件循环比排队依次出票快")
        },
        judge: || {
            judge::<HashMap<String, f64>>(
                |seconds, seen| {
                    if let Event::Measured { figures } = &seen.record.event
                        && let Some(way) = figures.0.get("way").and_then(|it| it.as_str())
                        && let Some(time) = figures.0.get("wall_seconds").and_then(|it| it.as_f64())
                    {
                        seconds.insert(way.to_owned(), time);
                    }
                },
                |seconds, _| Some(seconds.get("event_loop")? < seconds.get("one_after_another")?),
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("who was served in which order", "以什么顺序出票"),
    teller: || {
        tell::<Vec<(String, Vec<String>)>>(
            |ways, seen| {
                let Some(AsyncEvent::Served { customer }) = seen.record.event.own() else {
                    return;
                };
                // A process each: what they have in common is the way.
                let role = &seen.record.role;
                let way = role.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
                if ways.last().is_none_or(|(last, _)| last != way) {
                    ways.push((way.to_owned(), Vec::new()));
                }
                if let Some((_, served)) = ways.last_mut() {
                    served.push(customer.to_string());
                }
            },
            |ways, _| {
                let texts = ways.iter().map(|(way, served)| format!("{way}: {}", served.join(" ")));
                texts.collect::<Vec<_>>().join("; ")
            },
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    fn of(role: &str, events: &str) -> String {
        let customers = r#"1 parent customers "delays":[0.1,0.3,0.2]"#.to_owned();
        let lines = events.split(' ').map(|event| {
            let (name, customer) = event.split_at(1);
            let name = if name == "?" { "request" } else { "served" };
            format!(r#"2 {role} {name} "customer":{customer}"#)
        });
        let lines: Vec<_> = [customers].into_iter().chain(lines).collect();
        lines.join("\n")
    }

    fn measured(in_loop: f64) -> String {
        let line =
            |way, seconds| format!(r#"1 parent measured "way":"{way}","wall_seconds":{seconds}"#);
        format!("{}\n{}", line("one_after_another", 1.0), line("event_loop", in_loop))
    }

    #[test]
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "async",
            CLAIMS,
            &[
                ("all-served", &of("in-line", "?1 !1 ?2 !2"), &of("in-line", "?1 !1 ?2")),
                ("loop-waits-for-several", &of("loop", "?1 ?2 !2 !1"), &of("loop", "?1 !1 ?2 !2")),
                ("loop-in-order", &of("loop", "?1 ?2 !1 !2"), &of("loop", "?1 ?2 !2 !1")),
                (
                    "blocker-keeps-all",
                    &of("blocked-loop", "?1 ?2 !2 ?3 !1 !3"),
                    &of("blocked-loop", "?1 ?2 !1 !2"),
                ),
                ("loop-faster", &measured(0.5), &measured(2.0)),
            ],
        );
    }

    #[test]
    fn an_outcome_is_the_order_in_which_each_way_served() {
        let events = format!("{}\n{}", of("customer-1", "!1 !3"), of("loop", "!2 !1"));
        let outcome = outcome(&OUTCOMES, &log("async", &events));
        assert_eq!(outcome.in_english(), "customer: 1 3; loop: 2 1");
    }
}
