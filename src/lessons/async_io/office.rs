//! The ticket office: serves all customers at the same time, each after that customer's own delay.

use std::collections::HashMap;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener as StdListener};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::arguments::seconds;
use crate::events::{Because as _, Call, Event, sentence};
use crate::multiprocessing::{CurrentProcess, Logs, Target, ensure_descriptors};

/// The descriptors of a process besides its customers' connections: three streams, the office's
/// listening socket, those of the event loop; with room to spare.
const OTHER_DESCRIPTORS: u64 = 16;

/// Holds the descriptors of so many customers at once against the `limit`.
pub fn at_once(customers: usize, limit: fn(u64, usize) -> Result<()>) -> Result<()> {
    limit(customers as u64 + OTHER_DESCRIPTORS, customers)
}

pub fn event_loop() -> Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.because(|| sentence!("cannot set up an event loop", "无法建立事件循环"))
}

/// Office of the `async` lesson: serves each customer after a delay, until it is terminated
#[derive(clap::Args, Serialize)]
pub struct AsyncOffice {
    /// The name of its socket, in the abstract namespace
    #[arg(long, value_name = "NAME")]
    pub address: String,
    /// The delays of customers 1, 2 and so on, in seconds
    #[arg(value_name = "DELAY", value_parser = seconds)]
    pub delays: Vec<f64>,
}

impl Target for AsyncOffice {
    const NAME: &'static str = "async-office";

    fn run(self, process: CurrentProcess) -> Result<()> {
        at_once(self.delays.len(), ensure_descriptors)?;
        let delays: Delays = (1..).zip(self.delays).collect();

        // From this call on, customers can connect, and wait in the kernel until they are accepted:
        // as many as 4,096 (net.core.somaxconn), for std asks for all the room there is.
        let listener = SocketAddr::from_abstract_name(&self.address)
            .and_then(|address| StdListener::bind_addr(&address))
            .because(|| {
                let address = self.address;
                sentence!("cannot open the office at {address}", "无法在 {address} 开设售票处")
            })?;
        listener.set_nonblocking(true)?;
        process.put_end().silent().put(&Value::from("open"))?;
        // From here on the office waits for the next customer.
        process.happened(Event::Wait { call: Call::Recv, on: None })?;
        LocalSet::new().block_on(&event_loop()?, serve_all(listener, Rc::new(delays)))
    }
}

/// The delay of each customer, in seconds.
type Delays = HashMap<u16, f64>;

async fn serve_all(listener: StdListener, delays: Rc<Delays>) -> Result<()> {
    let listener = UnixListener::from_std(listener)?;
    loop {
        let (customer, _) = listener
            .accept()
            .await
            .because(|| sentence!("cannot let a customer in", "无法让顾客进门"))?;
        let delays = Rc::clone(&delays);
        // This task is not awaited: the next customer can come in while this one waits. An error
        // with one customer (one that was killed, say) doesn't end the office.
        tokio::task::spawn_local(async move { serve(customer, &delays).await });
    }
}

/// Serves one customer: a line with the customer's number comes in, and a while later the same goes
/// out as the ticket. A stranger who talks about something else is turned away.
async fn serve(customer: UnixStream, delays: &Delays) -> Result<()> {
    let (request, mut answer) = customer.into_split();
    let mut line = String::new();
    BufReader::new(request).read_line(&mut line).await?;
    let delay = delays.get(&line.trim_end().parse()?).ok_or_else(|| {
        sentence!("no customer with this number is expected", "没有这个号码的顾客")
    })?;
    tokio::time::sleep(Duration::try_from_secs_f64(*delay).unwrap_or(Duration::MAX)).await;
    answer.write_all(line.as_bytes()).await?;
    Ok(())
}
