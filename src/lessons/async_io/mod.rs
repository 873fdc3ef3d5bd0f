//! Asynchronous IO: at a ticket office, every customer waits for a while. Who waits in line, and who waits together?
//!
//! What to look at: the same customers are served four times. One after another, by calls that block
//! (`customers::one_after_another`); with a process for each, which runs the same code; in one thread whose event loop
//! waits for all of them at once (`customers::event_loop`); and in that event loop again, while one customer blocks it.
//! What is left out: threads that block, one for each customer. They would do as the processes do, and start faster.
//!
//! Nothing is printed here: what happens is written to the log.

mod customers;
mod office;
mod reports;

use anyhow::{Result, bail};
use serde::Serialize;
use strum::EnumCount as _;

use super::numbered;
use crate::arguments::{one_to_thousand, seconds};
use crate::events::{Call, Event};
use crate::multiprocessing::{
    Context, CurrentProcess, Got, PartnerGone, Process, PutEnd, Queue, check_descriptors,
};
use crate::report::statistics::micros;
use crate::report::tickets::{self, Way, WayFigures};

use reports::FromCustomers;

/// Wait for many answers: in line, in many processes, in one event loop
///
/// A ticket office, a process of its own, serves each customer after that customer's own delay. The same customers
/// come four times: one after another; a process each; all at once in one thread with an event loop; and in that
/// loop again while one customer blocks it. An event loop waits well and computes no faster: it is one process with
/// one thread.
///
/// Measured of each way, without the office: wall time, from the start of its first process to the end of its last;
/// the time until half of the customers were served; processes; threads; memory, the sum of the processes' peaks
/// with the program's pages, which they share, counted once; and context switches.
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
    #[arg(long, value_name = "N", default_value = "10", value_parser = one_to_thousand, allow_negative_numbers = true)]
    customers: u16,

    /// The longest random delay of a customer; in line, delays add up
    #[arg(long, value_name = "SECONDS", default_value = "0.2", value_parser = seconds, allow_negative_numbers = true)]
    wait: f64,
}

/// What a process has open beside the connections of its customers: its three streams, the socket on which the office
/// listens, the event loop's own; with room to spare.
const OTHER_DESCRIPTORS: u64 = 16;

/// How many descriptors a process needs that serves this many customers at once.
fn descriptors(customers: usize) -> u64 {
    customers as u64 + OTHER_DESCRIPTORS
}

impl Args {
    /// Each connection is a descriptor: refused here, before anything starts, is better than halfway.
    pub(super) fn check(&self) -> Result<()> {
        let what = format!("{} customers at once", self.customers);
        check_descriptors(descriptors(self.customers.into()), &what)
    }
}

/// The parent's half.
pub(super) fn parent(args: &Args, context: &Context) -> Result<()> {
    let log = context.log();
    let delays: Vec<f64> = (0..args.customers)
        .map(|_| micros(context.seconds_at_most(args.wait)))
        .collect();
    log.write(Event::Customers {
        delays: &delays,
        line: tickets::announcement(&delays),
    })?;
    let (office, address) = open_office(context, &delays)?;

    let customers = args.customers;
    let mut run = Run {
        context,
        customers,
        tickets: 0,
    };
    log.write(Event::Progress {
        done: 0,
        of: run.all_tickets(),
    })?;
    log.write(Event::Say {
        line: tickets::heading(),
    })?;

    let in_line = run.measure(Way::OneAfterAnother, |queue| {
        let process = context
            .process("in-line", "async-blocking")
            .option("--office", &address)
            .values(1..=customers)
            .puts_to(&queue.put_end)
            .start()?;
        Ok(vec![process])
    })?;

    // The same code as above, and here nobody is in line: each customer's process waits for that customer alone.
    // Before it can, it has to be started, and that takes its time and memory too.
    let processes = run.measure(Way::OneProcessEach, |queue| {
        let start = |customer| {
            context
                .process(&numbered("customer", customer, customers), "async-blocking")
                .option("--office", &address)
                .values([customer])
                .puts_to(&queue.put_end)
                .start()
        };
        (1..=customers).map(start).collect()
    })?;

    let event_loop = run.measure(Way::EventLoop, |queue| {
        let process = context
            .process("loop", "async-loop")
            .option("--office", &address)
            .option("--customers", customers)
            .puts_to(&queue.put_end)
            .start()?;
        Ok(vec![process])
    })?;

    // The customer with the longest delay is the one who blocks: so there is most to see.
    let blocker = tickets::slowest(&delays);
    let blocked = run.measure(Way::BlockedLoop, |queue| {
        let process = context
            .process("blocked-loop", "async-loop")
            .option("--office", &address)
            .option("--customers", customers)
            .option("--blocker", blocker)
            .puts_to(&queue.put_end)
            .start()?;
        Ok(vec![process])
    })?;

    // The office never closes by itself: like the article's reader, it has to be terminated. Here nothing is lost by
    // that, for every customer has a ticket.
    office.terminate()?;
    office.join()?;
    for line in tickets::verdicts(&in_line, &processes, &event_loop, &blocked, blocker) {
        log.write(Event::Say { line })?;
    }
    Ok(())
}

/// Starts the office, waits until it is open, and returns its address too.
fn open_office<'a>(context: &'a Context, delays: &[f64]) -> Result<(Process<'a>, String)> {
    // The customers come over a Unix-domain socket. Pipes would not do: a child has three streams, and the office
    // talks to 1,000 customers, each of whom wants an answer of its own. The socket's name is in Linux's abstract
    // namespace, so there is no file that a killed run could leave behind; but everybody on this machine sees the
    // same names, so two runs must not choose the same one.
    let address = format!("mp-demo-{}-{:08x}", std::process::id(), fastrand::u32(..));
    let mut queue = Queue::new(1)?;
    let office = context
        .process("office", "async-office")
        .option("--address", &address)
        .values(delays)
        .puts_to(&queue.put_end)
        .start()?;
    // Without this the parent would wait for ever for an office that died before it opened.
    drop(queue.put_end);
    context.log().write(Event::Wait { call: Call::Get })?;
    match queue.get_end.get()? {
        Got::Value(_) => Ok((office, address)),
        Got::Sentinel | Got::EndOfFile => bail!(PartnerGone("the office did not open")),
    }
}

/// What stays the same while the ways change.
struct Run<'a> {
    context: &'a Context,
    customers: u16,
    /// How many tickets were handed out so far, in all ways.
    tickets: u64,
}

impl<'a> Run<'a> {
    /// Serves all customers in one way and measures that. `start` starts the processes; each of them reports to the
    /// queue when a customer is served, and at its end what it used.
    fn measure(
        &mut self,
        way: Way,
        start: impl FnOnce(&Queue) -> Result<Vec<Process<'a>>>,
    ) -> Result<WayFigures> {
        let log = self.context.log();
        let mut figures = WayFigures::new(way, self.customers);
        let mut queue = Queue::new(1)?;
        let began = log.seconds();
        let processes = start(&queue)?;
        // From here on only the children can put: when the last of them has ended, so has the queue.
        drop(queue.put_end);
        loop {
            // Reaps whoever has ended: a customer who has a ticket stays a zombie as long as nobody does. And without one
            // of them who was killed, there is nothing to wait for.
            self.context.check_children()?;
            log.write(Event::Wait { call: Call::Get })?;
            let Got::Value(value) = queue.get_end.get()? else {
                break;
            };
            match serde_json::from_value(value)? {
                FromCustomers::Served { customer, at } => {
                    figures.add_served(customer, at - began)?;
                    self.progress()?;
                }
                FromCustomers::Used(used) => figures.add_process(&used),
            }
        }
        for process in &processes {
            process.join()?;
        }
        figures.end(log.seconds() - began);
        if !figures.is_complete(processes.len()) {
            bail!(PartnerGone("not every customer has got a ticket"));
        }
        log.write(Event::Measured {
            figures: figures.to_json(),
            line: figures.line(),
        })?;
        Ok(figures)
    }

    fn all_tickets(&self) -> u64 {
        Way::COUNT as u64 * u64::from(self.customers)
    }

    /// Counts a ticket, and tells it when that is another hundredth of the whole.
    fn progress(&mut self) -> Result<()> {
        let of = self.all_tickets();
        let before = self.tickets * 100 / of;
        self.tickets += 1;
        let done = self.tickets;
        if done * 100 / of > before {
            self.context.log().write(Event::Progress { done, of })?;
        }
        Ok(())
    }
}

/// The children's halves.
#[derive(clap::Subcommand)]
pub enum Child {
    /// Office of the `async` lesson: serves each customer after a delay, until it is terminated
    #[command(name = "async-office")]
    Office {
        /// The name of its socket, in the abstract namespace
        #[arg(long, value_name = "NAME")]
        address: String,
        /// The delays of customers 1, 2 and so on, in seconds
        #[arg(value_name = "DELAY", value_parser = seconds)]
        delays: Vec<f64>,
    },
    /// Customers of the `async` lesson: one after another, each call blocks
    #[command(name = "async-blocking")]
    Blocking {
        /// The name of the office's socket
        #[arg(long, value_name = "NAME")]
        office: String,
        /// The customers' numbers
        #[arg(value_name = "CUSTOMER", value_parser = one_to_thousand)]
        customers: Vec<u16>,
    },
    /// Customers of the `async` lesson: all at once, one event loop
    #[command(name = "async-loop")]
    Loop {
        /// The name of the office's socket
        #[arg(long, value_name = "NAME")]
        office: String,
        /// How many customers
        #[arg(long, value_name = "N", value_parser = one_to_thousand)]
        customers: u16,
        /// The customer who blocks the loop
        #[arg(long, value_name = "CUSTOMER", value_parser = one_to_thousand)]
        blocker: Option<u16>,
    },
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        match self {
            Child::Office { .. } => "async-office",
            Child::Blocking { .. } => "async-blocking",
            Child::Loop { .. } => "async-loop",
        }
    }

    pub(super) fn play(self, process: CurrentProcess) -> Result<()> {
        let queue = &mut PutEnd::stdout();
        match self {
            Child::Office { address, delays } => {
                office::office(&address, delays, process.log(), queue)
            }
            Child::Blocking { office, customers } => {
                customers::one_after_another(&office, &customers, process.log(), queue)
            }
            Child::Loop {
                office,
                customers,
                blocker,
            } => customers::event_loop(&office, customers, blocker, process.log(), queue),
        }
    }
}
