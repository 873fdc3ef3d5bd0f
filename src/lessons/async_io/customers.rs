//! The customers, written twice: with calls that block, and with `await`.

use std::io::{self, BufRead, BufReader, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream as StdStream};
use std::time::Duration;

use anyhow::Result;
use procfs::process::Process;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinSet;

use super::events::AsyncEvent;
use super::office::{at_once, event_loop};
use super::tickets::Usage;
use crate::arguments::whole;
use crate::events::{Log, Reason, sentence};
use crate::multiprocessing::{CurrentProcess, Logs, Target, ensure_descriptors};

/// What a customers' process puts into the queue.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromCustomers {
    /// A customer has a ticket, since so many seconds on the run's clock.
    Served { customer: u16, at: f64 },
    /// What the process has used in its life, put at its end.
    Usage(Usage),
}

/// Customers of the `async` lesson: one after another, each call blocks
#[derive(clap::Args, Serialize)]
pub struct AsyncBlocking {
    /// The name of the office's socket
    #[arg(long, value_name = "NAME")]
    pub office: String,
    /// The customers' numbers
    #[arg(value_name = "CUSTOMER", value_parser = whole(1..=1000_u16))]
    pub customers: Vec<u16>,
}

impl Target for AsyncBlocking {
    const NAME: &'static str = "async-blocking";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let mut queue = process.put_end().silent();
        for &customer in &self.customers {
            buy_blocking(&self.office, customer, process.log())?;
            queue.put(&served(customer, process.log())?)?;
        }
        queue.put(&used_by_this_process()?)
    }
}

/// Customers of the `async` lesson: all at once, one event loop
#[derive(clap::Args, Serialize)]
pub struct AsyncLoop {
    /// The name of the office's socket
    #[arg(long, value_name = "NAME")]
    pub office: String,
    /// How many customers
    #[arg(long, value_name = "N", value_parser = whole(1..=1000_u16))]
    pub customers: u16,
    /// The customer who blocks the loop
    #[arg(long, value_name = "CUSTOMER", value_parser = whole(1..=1000_u16))]
    pub blocker: Option<u16>,
}

impl Target for AsyncLoop {
    const NAME: &'static str = "async-loop";

    fn run(self, process: CurrentProcess) -> Result<()> {
        at_once(self.customers.into(), ensure_descriptors)?;
        let mut queue = process.put_end().silent();
        event_loop()?.block_on(async {
            let mut tasks = JoinSet::new();
            for customer in 1..=self.customers {
                let (office, log) = (self.office.clone(), process.log().clone());
                let blocks = Some(customer) == self.blocker;
                // A task is no thread: it runs when the loop has time for it, in this thread, up to
                // its next `await`.
                tasks.spawn(async move {
                    buy_async(&office, customer, blocks, &log).await?;
                    served(customer, &log)
                });
            }
            while let Some(task) = tasks.join_next().await {
                // Strictly, this put may block, too: the pipe could be full. The parent does
                // nothing but read it; a loop that serves strangers would await here as well.
                queue.put(&task??)?;
            }
            anyhow::Ok(())
        })?;
        queue.put(&used_by_this_process()?)
    }
}

/// Buys a ticket; the thread can do nothing else until it is there.
fn buy_blocking(office: &str, customer: u16, log: &Log) -> Result<()> {
    let no_ticket = |error| no_ticket(customer, &error);
    let mut stream = SocketAddr::from_abstract_name(office)
        .and_then(|address| StdStream::connect_addr(&address))
        .map_err(no_ticket)?;
    log.happened(AsyncEvent::Request { customer })?;
    stream.write_all(request(customer).as_bytes()).map_err(no_ticket)?;
    let mut ticket = String::new();
    BufReader::new(stream).read_line(&mut ticket).map_err(no_ticket)?;
    check(&ticket, customer)
}

/// Buys a ticket. At each `await` the thread is free for others, unless this one `blocks`.
async fn buy_async(office: &str, customer: u16, blocks: bool, log: &Log) -> Result<()> {
    let no_ticket = |error| no_ticket(customer, &error);
    let mut stream = connect(office).await.map_err(no_ticket)?;
    log.happened(AsyncEvent::Request { customer })?;
    stream.write_all(request(customer).as_bytes()).await.map_err(no_ticket)?;
    let mut ticket = String::new();
    if blocks {
        // The mistake: a read that blocks, in the middle of a task. It works, the compiler doesn't
        // object, and while it waits the loop stands still: no other customer can ask, nor be
        // handed a ticket that is ready. `std::thread::sleep` and a long computation do the same.
        let stream = stream.into_std()?;
        stream.set_nonblocking(false)?;
        BufReader::new(stream).read_line(&mut ticket).map_err(no_ticket)?;
    } else {
        let mut stream = tokio::io::BufReader::new(stream);
        stream.read_line(&mut ticket).await.map_err(no_ticket)?;
    }
    check(&ticket, customer)
}

/// Connects to the office. If too many are waiting to be let in, a call that blocks would wait for
/// its turn; one that must not block fails instead (EAGAIN), and has to come again later.
async fn connect(office: &str) -> io::Result<UnixStream> {
    let address = SocketAddr::from_abstract_name(office)?.into();
    loop {
        match UnixStream::connect_addr(&address).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            connected => return connected,
        }
    }
}

fn request(customer: u16) -> String {
    format!("{customer}\n")
}

/// Checks that the ticket is this customer's. An office that was killed sends nothing at all.
fn check(ticket: &str, customer: u16) -> Result<()> {
    if ticket != request(customer) {
        return Err(no_ticket(customer, &io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(())
}

/// The error of a customer who can't talk to the office. A broken pipe is made a sentence: in
/// an error's chain it means to the rest of the program that the *user* has seen enough.
fn no_ticket(customer: u16, error: &io::Error) -> anyhow::Error {
    use io::ErrorKind::{BrokenPipe, ConnectionRefused, ConnectionReset, UnexpectedEof};
    let why = match error.kind() {
        BrokenPipe | ConnectionRefused | ConnectionReset | UnexpectedEof => {
            sentence!("the office is gone", "售票处已经不在了")
        }
        _ => Reason::of(error),
    };
    sentence!("customer {customer} got no ticket", "顾客 {customer} 没有拿到票").before(why.into())
}

/// Tells the log, and makes the report, that this customer has a ticket now.
fn served(customer: u16, log: &Log) -> Result<Value> {
    let at = log.seconds();
    log.happened(AsyncEvent::Served { customer })?;
    Ok(serde_json::to_value(FromCustomers::Served { customer, at })?)
}

/// Reports what the kernel says that this process has used (proc(5), /proc/pid/status). The peak of
/// getrusage(2) starts from the parent's memory, for a child is a copy of its parent until it runs
/// its program.
fn used_by_this_process() -> Result<Value> {
    let used = || {
        let status = Process::myself().ok()?.status().ok()?;
        Some(Usage {
            threads: status.threads,
            peak_memory_kib: status.vmhwm?,
            file_memory_kib: status.rssfile?,
            // The main thread's switches are all, since it is the only thread.
            context_switches: status.voluntary_ctxt_switches? + status.nonvoluntary_ctxt_switches?,
        })
    };
    let used = used().ok_or_else(|| {
        sentence!(
            "/proc/self/status doesn't tell what this process has used",
            "/proc/self/status 没有说明本进程用了多少资源"
        )
    })?;
    Ok(serde_json::to_value(FromCustomers::Usage(used))?)
}
