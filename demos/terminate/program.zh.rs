//! 终止：信号结束一个进程，该清理的没有清理。
//!
//! 保存：`mp-demo show terminate --rust > terminate.rs`。
//! 运行：`rustc terminate.rs && ./terminate`，也可以用 `./terminate INT`
//! 或 `./terminate KILL`。`./terminate child` 单独运行子进程。
//! 只用 std 的程序无法捕获信号，要捕获就得用别的 crate。

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Command, Stdio};
use std::{env, thread};

fn say(mut to: impl Write, text: &str) -> io::Result<()> {
    // 整行一次写出：分几次写，在 stderr 上可能被拆开。
    to.write_all(format!("{text}\n").as_bytes())
}

/// 要清理的东西：该删除的文件、该结束的进程等等。
struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        let line = format!("Child process {} cleans up", process::id());
        // drop 无法返回错误。
        let _ = say(io::stdout(), &line);
    }
}

fn wait_for_ever(mut queue: impl Read) -> io::Result<()> {
    let me = format!("Child process {}", process::id());
    say(io::stdout(), &me)?;
    say(io::stdout(), &format!("{me} has something to clean up"))?;
    let _cleanup = Cleanup;
    // 信号到来时进程在这里，就地结束。没有函数返回，
    // 也就没有 drop。
    queue.read(&mut [0]).map(drop)
}

fn parent(signal: &str) -> io::Result<()> {
    say(io::stdout(), &format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    // 这个管道里永远读不到东西，所以子进程一直等在那里。
    command.arg("child").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    // 一直开着，直到子进程结束：管道关闭也会让它不再等待。
    let _queue = child.stdin.take();
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = output.lines();
    // 到这里，它已经有东西要清理了。
    for line in lines.by_ref().take(2) {
        say(io::stdout(), &line?)?;
    }

    // std 只能发送 SIGKILL，所以由另一个程序来发送信号。
    let pid = child.id().to_string();
    Command::new("kill").args(["-s", signal, &pid]).status()?;
    // 放到另一个线程里：子进程结束前也可能把管道写满。
    let rest = thread::spawn(move || lines.collect::<Result<Vec<_>, _>>());
    let status = child.wait()?;
    for line in rest.join().expect("no panic")? {
        say(io::stdout(), &line)?;
    }

    let signal = status.signal();
    let python = signal.map(|it| -it).or(status.code());
    let shell = signal.map(|it| 128 + it).or(status.code());
    let number = Option::unwrap_or_default;
    say(io::stdout(), &format!("Python: exitcode {}", number(python)))?;
    say(io::stdout(), &format!("Shell: $? {}", number(shell)))?;
    say(io::stdout(), &format!("Rust: {status}"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => wait_for_ever(io::stdin()),
        Some(signal) => parent(signal),
        None => parent("TERM"),
    }
}
