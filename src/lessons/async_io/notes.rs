//! What `--explain` tells of this lesson only.

use std::collections::HashMap;

use super::events::AsyncEvent;
use crate::views::explain::{Actor, Moment, Narrator, Seconds, Story, count, notes};

/// A customer who was served this much later than the office needed did not wait for the office.
const LATE: f64 = 1.5;

#[derive(Default)]
pub(super) struct AsyncNarrator {
    /// How long the office needs for each customer.
    delays: Vec<f64>,
    /// The time of each open request, by PID and customer.
    asked: HashMap<(u32, u16), f64>,
    /// How many open requests each process has, and the most that it had at the same time.
    open: HashMap<u32, (usize, usize)>,
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
        let (open, most) = self.open.entry(now.pid).or_default();
        *open += 1;
        *most = (*most).max(*open);
        let (who, open) = (now.me(), *open);
        if story.times::<Request>() > 0 && open > 1 {
            let who = who.clone();
            story.once(RequestBeside { who, open });
        }
        story.once(Request { who, customer });
        let processes = self.open.values().filter(|(open, _)| *open > 0).count();
        if processes > 1 {
            story.once(RequestInOthers { processes });
        }
    }

    fn served(&mut self, customer: u16, now: &Moment, story: &mut Story) {
        let asked = self.asked.remove(&(now.pid, customer));
        let (open, most) = self.open.entry(now.pid).or_default();
        *open = open.saturating_sub(1);
        let is_loop = *most > 1;
        let took = Seconds::between(asked.unwrap_or(now.t), now.t);
        let delay = self.delays.get(usize::from(customer).wrapping_sub(1));
        let Some(delay) = delay.copied().map(Seconds) else {
            return;
        };
        let who = now.me();
        if story.times::<Served>() == 0 {
            story.tell(Served { who, customer, took, delay });
        } else if is_loop && took.0 > LATE * delay.0 + 0.002 {
            story.once(ServedLate { who, customer, took, delay });
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
    en "{who} asks the office for customer {customer}, and can do nothing else until the answer is \
        there."
    zh "{who}替顾客 {customer} 向售票处提出请求，在答复到来之前什么也做不了。"

    RequestBeside { who: Actor, open: usize } samples (writer(), 2)
    en "{who} has {open} open requests at the same time, all in one thread: that is its event \
        loop, which goes on to the next customer instead of waiting for the answer."
    zh "{who}在一个线程里同时有 {open} 个请求在等答复：这就是事件循环，它不原地等待，而是接着处理下\
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

    brief ServedLate { who: Actor, customer: u16, took: Seconds, delay: Seconds } samples
        (writer(), 3, AFTER, AGO)
    en "Customer {customer} got the ticket only {took} after asking, though the office's delay was \
        {delay}: until then, another customer blocked the one thread of {who}."
    zh "顾客 {customer} 发出请求后过了 {took}才拿到票，而售票处的延迟只有 {delay}：在那之前，{who}\
        唯一的线程一直被别的顾客占着。"
}
