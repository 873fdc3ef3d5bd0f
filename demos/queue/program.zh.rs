//! 队列：一个进程放入三个值，另一个进程取出。
//!
//! 保存：`mp-demo show queue --rust > queue.rs`
//! 编译并运行：`rustc queue.rs && ./queue`
//! 没有父进程也可以运行：`./queue write | ./queue read`

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, Write};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::Duration;

fn say(text: &str) -> io::Result<()> {
    // 子进程的 stdin 或 stdout 就是队列，所以子进程的输出走 stderr。stderr 没
    // 有缓冲区，所以先拼好整行，再一次写出。
    io::stderr().write_all(format!("{text}\n").as_bytes())
}

fn write(mut queue: impl Write) -> io::Result<()> {
    say(&format!("Process to write: {}", process::id()))?;
    for value in ["A", "B", "C"] {
        say(&format!("Put {value} to queue..."))?;
        // 这里的值是一行文本；实际的程序会用 serde_json 这个 crate 放入
        // JSON。这一步完成之后，值已经在管道里。
        writeln!(queue, "{value}")?;
        thread::sleep(Duration::from_secs_f64(random()));
    }
    Ok(())
}

fn read(queue: impl BufRead) -> io::Result<()> {
    say(&format!("Process to read: {}", process::id()))?;
    // 等待时不持有锁，所以读进程在这里被终止也不会连累其他读进程。循环会在文
    // 件末尾（EOF）结束，也就是所有写端都关闭的时候。
    for value in queue.lines() {
        say(&format!("Get {} from queue.", value?))?;
    }
    Ok(())
}

fn parent() -> io::Result<()> {
    writeln!(io::stdout(), "Parent process {}", process::id())?;
    let (get_end, put_end) = io::pipe()?;
    let writers_end = put_end.try_clone()?;
    let mut writer = start("write", Stdio::null(), writers_end.into())?;
    let mut reader = start("read", get_end.into(), Stdio::null())?;
    writer.wait()?;
    // 写进程已经结束，读进程却不一定取完了所有的值，这里也没有检查。如果换成
    // `drop(put_end)`，读进程就会取完所有的值，读到文件末尾，自己结束。
    terminate(&reader)?;
    // 没有这一行，读进程会一直是僵尸进程，直到父进程退出。到这里才能得知读进
    // 程的结束状态：被 15 号信号终止。
    reader.wait()?;
    Ok(())
}

/// 再次启动本程序，用一个参数指明要运行哪个函数。
fn start(target: &str, stdin: Stdio, stdout: Stdio) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(target).stdin(stdin).stdout(stdout);
    // 子进程写到 stderr 的内容，与父进程的输出出现在同一处。
    command.stderr(io::stdout()).spawn()
    // `command` 在这里被丢弃，手里的两端副本到此才关闭。
}

/// 发送 SIGTERM，与 Python 一样。std 只有 `Child::kill`，发送的是 SIGKILL；
/// shell 则能发送任何信号。实际的程序会用 rustix 这个 crate。
fn terminate(child: &Child) -> io::Result<()> {
    let kill = format!("kill {}", child.id());
    if Command::new("sh").args(["-c", &kill]).status()?.success() {
        return Ok(());
    }
    Err(io::Error::other("cannot terminate the reader"))
}

/// 0 到 1 之间的随机数。std 没有随机数，但每个 RandomState 都用自己的密钥来算
/// 哈希。实际的程序会用 fastrand 这个 crate。
fn random() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("write") => write(io::stdout()),
        Some("read") => read(io::stdin().lock()),
        _ => parent(),
    }
}
