//! A ticket office: ten customers are served in line, by one event loop, and
//! by an event loop that one of them blocks.
//!
//! Save it with `mp-demo show async --rust > async.rs`.
//! Run it with `rustc --edition 2024 async.rs && ./async`. std has futures
//! but no event loop, so here is one that waits for points in time only. A
//! real one, such as the crate tokio's, waits for connections, too.

use std::cell::Cell;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// How long the office needs for each customer, in milliseconds.
const DELAYS: [u64; 10] = [120, 50, 200, 80, 30, 150, 100, 180, 60, 90];

type Task = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    /// The earliest moment at which a task wants to be asked again.
    static ASK_AGAIN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The event loop: asks each task whether it is done, and sleeps until one of
/// them may be.
fn run(mut tasks: Vec<Task>) {
    // With a waker a task can say that it wants to be asked again. This loop
    // asks all of them each time and needs none.
    let context = &mut Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        ASK_AGAIN.set(None);
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        // The one place where this thread may wait.
        if let Some(moment) = ASK_AGAIN.get() {
            thread::sleep(moment.saturating_duration_since(Instant::now()));
        }
    }
}

struct Sleep {
    until: Instant,
}

fn sleep(milliseconds: u64) -> Sleep {
    let until = Instant::now() + Duration::from_millis(milliseconds);
    Sleep { until }
}

impl Future for Sleep {
    type Output = ();

    /// Never waits: it says "not yet", and the loop goes on to the next task.
    fn poll(self: Pin<&mut Self>, _: &mut Context) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        let others = ASK_AGAIN.get().unwrap_or(self.until);
        ASK_AGAIN.set(Some(others.min(self.until)));
        Poll::Pending
    }
}

fn in_line() {
    for delay in DELAYS {
        thread::sleep(Duration::from_millis(delay));
    }
}

async fn customer(delay: u64) {
    // The thread is free for the other customers until the ticket is ready.
    sleep(delay).await;
}

async fn rude_customer(delay: u64) {
    // The mistake: this `sleep` knows nothing of the loop, and no other
    // customer gets on while it lasts.
    thread::sleep(Duration::from_millis(delay));
}

fn all_at_once(blocker: Option<usize>) {
    let mut tasks: Vec<Task> = Vec::new();
    for (number, delay) in DELAYS.into_iter().enumerate() {
        // Nothing in these functions runs before the loop asks.
        tasks.push(match Some(number) == blocker {
            true => Box::pin(rude_customer(delay)),
            false => Box::pin(customer(delay)),
        });
    }
    run(tasks);
}

fn measure(name: &str, serve: impl FnOnce()) -> io::Result<()> {
    let start = Instant::now();
    serve();
    let seconds = start.elapsed().as_secs_f64();
    writeln!(io::stdout(), "{name:<19} {seconds:6.3} s")
}

fn main() -> io::Result<()> {
    measure("one after another", in_line)?;
    measure("event loop", || all_at_once(None))?;
    // The customer with the longest delay blocks the loop. Those before it
    // get their tickets only afterwards; those behind it cannot even ask
    // before.
    let slowest = (0..DELAYS.len()).max_by_key(|number| DELAYS[*number]);
    measure("event loop, blocked", || all_at_once(slowest))
}
