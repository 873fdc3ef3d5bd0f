//! 内存：子进程里计数，父进程的计数器不变。
//!
//! 保存：`mp-demo show memory --rust > memory.rs`
//! 编译并运行：`rustc memory.rs && ./memory`
//! 单独运行子进程：`./memory count`。子进程重新开始，相当于 Python 的启动方法
//! spawn。

use std::env;
use std::io::{self, Write};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

// 进程里所有的函数和线程都能看到这个计数器，其他进程都看不到。
static COUNTER: AtomicI64 = AtomicI64::new(0);

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // 整行一次写出：如果分几次写到 stderr，这一行可能被拆散。
    to.write_all(format!("{text}\n").as_bytes())
}

fn tell(to: impl Write, who: &str) -> io::Result<()> {
    let (pid, counter) = (process::id(), COUNTER.load(Relaxed));
    // 地址只在本进程内部有意义。两个进程里的地址可能不同；就算相同，背后也是
    // 两个计数器。
    let address = &raw const COUNTER;
    let what = format!("counter = {counter} at {address:p}");
    say(to, format!("{who} process {pid}: {what}"))
}

fn count(mut connection: impl Write) -> io::Result<()> {
    // stdout 就是管道，所以子进程的输出全部走 stderr。
    tell(io::stderr(), "Child")?;
    COUNTER.fetch_add(5, Relaxed);
    tell(io::stderr(), "Child")?;
    let (pid, counter) = (process::id(), COUNTER.load(Relaxed));
    say(io::stderr(), format!("Child process {pid} sends {counter}"))?;
    // 以文本发送；实际的程序会用 serde_json 这个 crate 发送 JSON。
    writeln!(connection, "{counter}")
}

fn parent() -> io::Result<()> {
    COUNTER.store(10, Relaxed);
    tell(io::stdout(), "Parent")?;
    let (parents_end, childs_end) = io::pipe()?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("count").stdin(Stdio::null()).stdout(childs_end);
    // 子进程的输出与本进程的输出出现在同一处。
    let mut child = command.stderr(io::stdout()).spawn()?;
    // command 手里有一个发送端，不丢弃就永远读不到文件末尾（EOF）。
    drop(command);
    child.wait()?;
    // 子进程的计数器变了，父进程的没有变。
    tell(io::stdout(), "Parent")?;
    let received = io::read_to_string(parents_end)?;
    let counter = received.trim().parse().map_err(io::Error::other)?;
    COUNTER.store(counter, Relaxed);
    let line = format!("Parent process {} receives {counter}", process::id());
    say(io::stdout(), line)?;
    tell(io::stdout(), "Parent")
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("count") => count(io::stdout()),
        _ => parent(),
    }
}
