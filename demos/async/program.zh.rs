//! 售票处：十位顾客，先排队，再用一个事件循环，最后有一位顾客阻塞了事件循环。
//!
//! 保存：`mp-demo show async --rust > async.rs`
//! 编译并运行：`rustc --edition 2024 async.rs && ./async`
//! std 有 future，却没有事件循环，所以这里自己写了一个，只能等时间。真正的事
//! 件循环（例如 tokio 这个 crate）还能等网络连接。

use std::cell::Cell;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// 售票处为每位顾客花的时间，以毫秒为单位。
const DELAYS: [u64; 10] = [120, 50, 200, 80, 30, 150, 100, 180, 60, 90];

type Task = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    /// 下一次该询问任务的最早时刻。
    static ASK_AGAIN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// 事件循环：逐个询问任务是否完成，然后睡眠，直到可能有任务完成。
fn run(mut tasks: Vec<Task>) {
    // 有了 waker，任务就能通知事件循环该来询问自己了。这里的循环每次都询问所
    // 有任务，所以用不上。
    let context = &mut Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        ASK_AGAIN.set(None);
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        // 整个线程只在这里等待。
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

    /// 从不等待：没到时间就回答“还没好”，循环接着询问下一个任务。
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
    // 出票之前，线程可以去服务其他顾客。
    sleep(delay).await;
}

async fn rude_customer(delay: u64) {
    // 错误在这里：这个 `sleep` 不知道事件循环的存在，睡眠期间其他顾客只能等
    // 着。
    thread::sleep(Duration::from_millis(delay));
}

fn all_at_once(blocker: Option<usize>) {
    let mut tasks: Vec<Task> = Vec::new();
    for (number, delay) in DELAYS.into_iter().enumerate() {
        // 在事件循环询问之前，这些函数里的代码都不会执行。
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
    // 延迟最长的顾客会阻塞事件循环。排在前面的顾客要等阻塞结束才拿到票，排在
    // 后面的顾客在此之前连票都没法要。
    let slowest = (0..DELAYS.len()).max_by_key(|number| DELAYS[*number]);
    measure("event loop, blocked", || all_at_once(slowest))
}
