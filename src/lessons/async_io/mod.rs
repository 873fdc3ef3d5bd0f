//! Asynchronous IO: at a ticket office, every customer waits for a while, in line or all together.
//!
//! What to look at: the same customers are served four times. One after another, by calls that
//! block (`AsyncBlocking`); with a process for each, which runs the same code; in one thread whose
//! event loop waits for all of them at once (`AsyncLoop`); and in that event loop again, while one
//! customer blocks it. What is left out: threads that block, one for each customer. They would do
//! as the processes do, and start faster.

mod claims;
mod customers;
mod events;
mod notes;
mod office;
mod tickets;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Serialize;
use strum::EnumCount as _;

use super::{Lesson, Parts};
use crate::arguments::{seconds, whole};
use crate::events::{PartnerGone, Vocabulary, sentence};
use crate::multiprocessing::{
    AnyTarget, ChildProcess, ChildProcesses, Context, Got, IntoProcess, Logs, Queue,
    check_descriptors,
};
use crate::report::statistics::micros;
use claims::AsyncJudge;
use customers::{AsyncBlocking, AsyncLoop, FromCustomers};
use events::AsyncEvent;
use notes::AsyncNarrator;
use office::{AsyncOffice, at_once};
use tickets::{Strategy, StrategyFigures, announcement, slowest, verdicts};

/// Wait for many answers: in line, in processes, in one event loop
///
/// A ticket office, a process of its own, serves each customer after that customer's own delay. The
/// same customers come four times: one after another; a process each; all at once in one thread
/// with an event loop; and in that loop again while one customer blocks it. An event loop waits
/// well and computes no faster: it is one process with one thread.
///
/// Measured of each way, without the office: wall time, from the start of its first process to the
/// end of its last; the time until half of the customers were served; processes; threads; memory,
/// the sum of the processes' peaks with the program's pages, which they share, counted once; and
/// context switches.
///
/// Rust and Python: tokio here is what asyncio is there; time.sleep blocks both.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo async                              ten customers, four ways
  mp-demo async --customers 1000 --speed 20  a process each gets heavy
  mp-demo async --wait 0                     nothing to wait for")]
pub struct Args {
    /// How many customers come, 1 to 1000
    #[arg(long, value_name = "N", default_value = "10", value_parser = whole(1..=1000_u16))]
    customers: u16,
    /// The longest random delay of a customer; in line, delays add up
    #[arg(long, value_name = "SECONDS", default_value = "0.2", value_parser = seconds)]
    wait: f64,
}

impl Lesson for Args {
    fn has_random_pauses(&self) -> bool {
        self.wait > 0.0
    }

    /// Each connection is a descriptor: too many are refused before anything starts.
    fn check(&self) -> Result<()> {
        at_once(self.customers.into(), check_descriptors)
    }

    fn run(&self, mp: &Context) -> Result<()> {
        let delays: Vec<f64> =
            (0..self.customers).map(|_| micros(mp.seconds_at_most(self.wait))).collect();
        let event = AsyncEvent::Customers { delays: delays.clone() };
        mp.happened_with_line(event, announcement(&delays))?;
        let (office, address) = open_office(mp, &delays)?;

        let customers = self.customers;
        let all = Strategy::COUNT as u64 * u64::from(customers);
        let mut run = Comparison { mp, customers, tickets: 0, all };
        mp.progress(0, all)?;
        mp.say(tickets::heading())?;

        let blocking = |customers| AsyncBlocking { office: address.clone(), customers };
        let in_line = run.measure(Strategy::OneAfterAnother, |queue| {
            let all = blocking((1..=customers).collect());
            mp.start_all("in-line", [all.puts_to(queue)].into_iter())
        })?;

        // The same code, and nobody is in line: each customer's process waits for that customer
        // alone. But it has to be started, and that takes its time and memory, too.
        let processes = run.measure(Strategy::OneProcessEach, |queue| {
            let each = (1..=customers).map(|customer| blocking(vec![customer]).puts_to(queue));
            mp.start_all("customer", each)
        })?;

        let event_loop = |blocker| AsyncLoop { office: address.clone(), customers, blocker };
        let in_loop = run.measure(Strategy::EventLoop, |queue| {
            mp.start_all("loop", [event_loop(None).puts_to(queue)].into_iter())
        })?;

        // The customer with the longest delay blocks, because that shows most.
        let blocker = slowest(&delays);
        let blocked = run.measure(Strategy::BlockedLoop, |queue| {
            let blocked = event_loop(Some(blocker)).puts_to(queue);
            mp.start_all("blocked-loop", [blocked].into_iter())
        })?;

        // The office never closes by itself: like the article's reader, it has to be terminated.
        // Here nothing is lost by that, for every customer has a ticket.
        office.terminate()?;
        office.join()?;
        let verdicts = verdicts(&in_line, &processes, &in_loop, &blocked, blocker);
        verdicts.iter().try_for_each(|line| mp.say(line))
    }
}

/// Starts the office, waits until it is open, and returns its address too.
fn open_office(mp: &Context, delays: &[f64]) -> Result<(ChildProcess, String)> {
    // The customers come over a Unix-domain socket. Pipes would not do: a child has three streams,
    // and the office talks to 1,000 customers, each of whom wants an answer of its own. The
    // socket's name is in Linux's abstract namespace, so there is no file that a killed run could
    // leave behind; but all processes of this machine share that namespace, so two runs must not
    // choose the same name.
    let address = format!("mp-demo-{}-{:08x}", mp.pid(), fastrand::u32(..));
    let queue = mp.queue(1)?.only_waits();
    let office = AsyncOffice { address: address.clone(), delays: delays.to_vec() };
    let office = mp.start("office", office.puts_to(&queue))?;
    // Without this the parent would wait for ever for an office that died before it opened.
    let mut queue = queue.close_put_end();
    match queue.get()? {
        Got::Value(_) => Ok((office, address)),
        Got::Sentinel | Got::EndOfFile => {
            bail!(PartnerGone(sentence!("the office did not open", "售票处没有开门")));
        }
    }
}

/// What all four ways share: the customers and the office.
struct Comparison<'a> {
    mp: &'a Context,
    customers: u16,
    /// How many tickets were handed out so far, of how many in all ways.
    tickets: u64,
    all: u64,
}

impl Comparison<'_> {
    /// Serves all customers in one way and measures that: each of the processes that `start` starts
    /// reports who is served, and at its end what it used.
    fn measure(
        &mut self,
        way: Strategy,
        start: impl FnOnce(&Queue) -> Result<ChildProcesses>,
    ) -> Result<StrategyFigures> {
        let mp = self.mp;
        let queue = mp.queue(1)?.only_waits();
        let began = mp.seconds();
        let processes = start(&queue)?;
        // Only the children can put now: when the last of them has ended, so has the queue.
        let mut queue = queue.close_put_end();
        // Processes that end meanwhile are reaped: none stays a zombie until all are served.
        let (mut served, mut used) = (BTreeMap::new(), Vec::new());
        while let Got::Value(value) = queue.get()? {
            match serde_json::from_value(value)? {
                FromCustomers::Served { customer, at } => {
                    served.insert(customer, micros(at - began));
                    self.count_ticket()?;
                }
                FromCustomers::Usage(usage) => used.push(usage),
            }
        }
        processes.join()?;
        let wall = micros(mp.seconds() - began);
        let served: Vec<f64> = served.into_values().collect();
        if served.len() != usize::from(self.customers) || used.len() != processes.count() {
            bail!(PartnerGone(sentence!(
                "not every customer has got a ticket",
                "不是每位顾客都拿到了票"
            )));
        }
        let figures = StrategyFigures { way, wall, served, used };
        mp.measured(figures.to_json(), figures.line())?;
        Ok(figures)
    }

    /// Counts a ticket, and tells it when that is another hundredth of the whole.
    fn count_ticket(&mut self) -> Result<()> {
        self.tickets += 1;
        let hundredths = |tickets| tickets * 100 / self.all;
        match hundredths(self.tickets) > hundredths(self.tickets - 1) {
            true => self.mp.progress(self.tickets, self.all),
            false => Ok(()),
        }
    }
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<AsyncEvent>(),
    children: &[
        AnyTarget::of::<AsyncOffice>(),
        AnyTarget::of::<AsyncBlocking>(),
        AnyTarget::of::<AsyncLoop>(),
    ],
    ..Parts::of::<AsyncJudge, AsyncNarrator>()
};
