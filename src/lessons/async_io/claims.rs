//! What can be said of a run of the `async` lesson.

use std::collections::HashMap;

use super::events::AsyncEvent;
use super::tickets::slowest;
use crate::claims::{Both, Claim, Judge, Seen, is_over};
use crate::events::Event;
use crate::state::State;

const LOOP: &str = "loop";
pub(super) const BLOCKED_LOOP: &str = "blocked-loop";

#[derive(Default)]
pub(super) struct AsyncJudge {
    asked: u64,
    served: u64,
    asked_in_loop: Vec<u16>,
    served_in_loop: Vec<u16>,
    overlap: bool,
    blocker: Option<u16>,
    is_blocked: bool,
    /// Whether somebody else was served in the blocked loop before the blocker was.
    is_served_while_blocked: Option<bool>,
    /// The wall time of each way.
    seconds: HashMap<String, f64>,
    /// Each way, and the customers in the order in which they were served.
    ways: Vec<(String, Vec<String>)>,
}

impl Judge for AsyncJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-served",
            sentence: ["everybody who asks is served", "每个提出请求的顾客都拿到票"],
            holds: |run, state| {
                (run.asked > 0 && is_over(state)).then_some(run.asked == run.served)
            },
        },
        Claim {
            name: "loop-waits-for-several",
            sentence: [
                "in the event loop, a customer asks before the one before is served",
                "在事件循环里，前一位还没拿到票，后一位就提出请求",
            ],
            holds: |run, _| (run.asked_in_loop.len() > 1).then_some(run.overlap),
        },
        Claim {
            name: "loop-in-order",
            sentence: [
                "the event loop serves in the order of the requests",
                "事件循环按请求的先后出票",
            ],
            holds: |run, _| {
                let (asked, served) = (&run.asked_in_loop, &run.served_in_loop);
                (asked.len() > 1 && asked.len() == served.len()).then(|| asked == served)
            },
        },
        Claim {
            name: "served-while-blocked",
            sentence: [
                "somebody is served while another customer blocks the event loop",
                "一位顾客阻塞事件循环时，有别的顾客拿到票",
            ],
            holds: |run, _| run.is_served_while_blocked,
        },
        Claim {
            name: "loop-faster",
            sentence: ["the event loop is faster than serving in line", "事件循环比排队依次出票快"],
            holds: |run, _| {
                Some(run.seconds.get("event_loop")? < run.seconds.get("one_after_another")?)
            },
        },
    ];

    const HEADING: Both = ["who was served in which order", "以什么顺序出票"];

    fn see(&mut self, seen: &Seen) {
        let role = &*seen.record.role;
        if let Event::Measured { figures } = &seen.record.event
            && let (Some(way), Some(time)) = (figures.word("way"), figures.number("wall_seconds"))
        {
            self.seconds.insert(way.to_owned(), time);
        }
        match seen.record.event.own() {
            Some(AsyncEvent::Customers { delays }) => self.blocker = Some(slowest(&delays)),
            Some(AsyncEvent::Request { customer }) => {
                self.asked += 1;
                if role == LOOP {
                    self.asked_in_loop.push(customer);
                    self.overlap |= self.asked_in_loop.len() > self.served_in_loop.len() + 1;
                }
                self.is_blocked |= role == BLOCKED_LOOP && Some(customer) == self.blocker;
            }
            Some(AsyncEvent::Served { customer }) => {
                self.served += 1;
                if role == LOOP {
                    self.served_in_loop.push(customer);
                }
                if role == BLOCKED_LOOP && self.is_blocked {
                    self.is_served_while_blocked.get_or_insert(Some(customer) != self.blocker);
                }
                // Where each customer has a process, the way is the role without its number.
                let way = role.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
                match self.ways.last_mut() {
                    Some((last, served)) if last == way => served.push(customer.to_string()),
                    _ => self.ways.push((way.to_owned(), vec![customer.to_string()])),
                }
            }
            None => {}
        }
    }

    fn outcome(&self, _: &State) -> String {
        let texts = self.ways.iter().map(|(way, served)| format!("{way}: {}", served.join(" ")));
        texts.collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

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
    fn claims_and_outcomes_follow_from_the_log() {
        let kept = of("blocked-loop", "?1 ?2 !2 ?3 !1 !3");
        let two_ways = format!("{}\n{}", of("customer-1", "!1 !3"), of("loop", "!2 !1"));
        check(
            "async",
            &[
                (&of("in-line", "?1 !1 ?2 !2"), "true - - - - false", "in-line: 1 2"),
                (&of("in-line", "?1 !1 ?2"), "false - - - - false", "in-line: 1"),
                (&of("loop", "?1 ?2 !2 !1"), "true true false - - false", "loop: 2 1"),
                (&of("loop", "?1 !1 ?2 !2"), "true false true - - false", "loop: 1 2"),
                (&kept, "true - - false - false", "blocked-loop: 2 1 3"),
                (&of("blocked-loop", "?1 ?2 !1 !2"), "true - - true - false", "blocked-loop: 1 2"),
                (&measured(0.5), "- - - - true false", "nothing"),
                (&measured(2.0), "- - - - false false", "nothing"),
                (&two_ways, "- - - - - false", "customer: 1 3; loop: 2 1"),
            ],
        );
    }
}
