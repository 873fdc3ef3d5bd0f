//! What `--explain` tells of this lesson only.

use std::collections::HashMap;

use super::claims::BLOCKED_LOOP;
use super::events::AsyncEvent;
use crate::views::explain::{Actor, Moment, Narrator, Seconds, Story, count, notes};

#[derive(Default)]
pub(super) struct AsyncNarrator {
    /// How long the office needs for each customer.
    delays: Vec<f64>,
    /// The time of each open request, by PID and customer.
    asked: HashMap<(u32, u16), f64>,
    /// How many open requests each process has.
    open: HashMap<u32, usize>,
    /// The last customer for whom each process has asked, if it has done nothing since.
    last: HashMap<u32, u16>,
}

impl Narrator for AsyncNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        if let Some(pid) = now.change.replaces {
            self.open.remove(&pid);
        }
        match now.event.own() {
            Some(AsyncEvent::Customers { delays }) => {
                story.once(Customers {
                    customers: delays.len(),
                    sum: Seconds(delays.iter().sum()),
                    longest: Seconds(delays.iter().copied().fold(0.0, f64::max)),
                });
                self.delays = delays;
            }
            Some(AsyncEvent::Request { customer }) => self.request(customer, now, story),
            Some(AsyncEvent::Served { customer }) => self.served(customer, now, story),
            None => return false,
        }
        true
    }
}

impl AsyncNarrator {
    fn request(&mut self, customer: u16, now: &Moment, story: &mut Story) {
        self.asked.insert((now.pid, customer), now.t);
        self.last.insert(now.pid, customer);
        let open = self.open.entry(now.pid).or_default();
        *open += 1;
        let (who, open) = (now.me(), *open);
        if story.times::<Request>() > 0 && open > 1 {
            let who = who.clone();
            story.once(RequestBeside { who, open });
        }
        story.once(Request { who, customer });
        let (processes, requests) =
            self.open.values().fold((0, 0), |(processes, requests), open| {
                (processes + usize::from(*open > 0), requests + *open)
            });
        if processes > 1 && requests == processes {
            story.once(RequestInOthers { processes });
        }
    }

    fn served(&mut self, customer: u16, now: &Moment, story: &mut Story) {
        let asked = self.asked.remove(&(now.pid, customer));
        let has_blocked = self.last.remove(&now.pid) == Some(customer);
        let open = self.open.entry(now.pid).or_default();
        *open = open.saturating_sub(1);
        let took = Seconds::between(asked.unwrap_or(now.t), now.t);
        let delay = self.delays.get(usize::from(customer).wrapping_sub(1));
        let Some(delay) = delay.copied().map(Seconds) else {
            return;
        };
        let Some(asked) = asked else { return };
        let who = now.me();
        story.once(Served { who: who.clone(), customer, took, delay });
        // For whom was the ticket ready, although the process has done nothing since this customer's
        // request?
        let is_late = |(of, customer): &(u32, u16), since: f64| {
            let delay = usize::from(*customer).checked_sub(1).and_then(|at| self.delays.get(at));
            *of == now.pid && delay.is_some_and(|delay| since + delay < asked + took.0 / 2.0)
        };
        let mut late = self.asked.iter().filter(|(who, since)| is_late(who, **since));
        let late = late.next().map(|((_, late), _)| *late);
        if let Some(late) = late.filter(|_| has_blocked && who.role == BLOCKED_LOOP) {
            story.once(Blocks { who, customer, took, late });
        }
    }
}

notes! {
    brief Customers { customers: usize, sum: Seconds, longest: Seconds } samples (3, WAITED, AFTER)
    en {
        let customers = count(*customers, "customer");
        format!("{customers} with a delay each. One after another, that takes {sum} in all; if all \
            wait at the same time, only the longest delay, {longest}.")
    }
    zh "来了 {customers} 位顾客，延迟各不相同。依次等，总共 {sum}；同时等，只需最长的 {longest}。"

    Request { who: Actor, customer: u16 } samples (writer(), 3)
    en "{who} asks the office for customer {customer}, and waits for the reply."
    zh "{who}替顾客 {customer} 向售票处提出请求，等待回复。"

    RequestBeside { who: Actor, open: usize } samples (writer(), 2)
    en "{who} has {open} open requests at the same time, all in one thread: that is its event \
        loop, which goes on to the next customer instead of waiting for the reply."
    zh "{who}在一个线程里同时有 {open} 个请求在等回复：这就是事件循环，它不原地等待，而是接着处理下\
        一位顾客。"

    RequestInOthers { processes: usize } samples (2)
    en "{processes} processes now wait at the same time, each for its own customer: a call that \
        blocks stops only its own process."
    zh "现在有 {processes} 个进程同时在等，各自替自己的顾客等票：阻塞的调用只会停住它自己的进程。"

    Served { who: Actor, customer: u16, took: Seconds, delay: Seconds } samples
        (writer(), 3, AFTER, AGO)
    en "Customer {customer} of {who} got the ticket {took} after asking; the office's delay was \
        {delay} of that."
    zh "{who}的顾客 {customer} 发出请求后过了 {took}拿到票，其中售票处的延迟占 {delay}。"

    brief Blocks { who: Actor, customer: u16, took: Seconds, late: u16 } samples
        (writer(), 3, AFTER, 2)
    en "For {took} {who} did nothing but wait for customer {customer}: that call blocks its only \
        thread. The ticket of customer {late} was ready before, and could not be handed out."
    zh "有 {took}之久，{who}只等顾客 {customer}，别的什么也没做：这次调用阻塞了它唯一的线程。顾客 \
        {late} 的票早已备好，却没法递出去。"
}
