//! 进程：启动五个子进程，每个子进程再启动五个线程。
//!
//! 保存：`mp-demo show spawn --rust > spawn.rs`
//! 编译并运行：`rustc spawn.rs && ./spawn`
//! 单独运行一个子进程：`./spawn child`

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};
use std::thread;
use std::time::Duration;

const CHILDREN: usize = 5;
const THREADS: usize = 5;

fn say(text: &str) -> io::Result<()> {
    // 在这次调用期间 stdout 被锁住，遇到换行符才写出，所以一行不会被拆散。
    // println! 也是这样，但如果管道的读端已经关闭，println! 会 panic。
    writeln!(io::stdout(), "{text}")
}

fn in_thread() -> io::Result<()> {
    say("这是多线程启动的")
}

fn child() -> io::Result<()> {
    // Python 把每个进程的第一个线程叫作 MainThread，Rust 叫作 main。
    let name = "MainThread";
    say(&format!("thread {name} is running..."))?;
    thread::sleep(Duration::from_secs(2));
    // CPython 在进程退出时会 join 进程里的线程。在 Rust 里，`main` 一返回，线
    // 程无论执行到哪里都会结束。这里由 scope 来 join 线程。
    thread::scope(|threads| {
        for i in 0..THREADS {
            say(&format!("thread {name} >>> {i}"))?;
            threads.spawn(in_thread);
        }
        // 线程还没有被 join，所以线程的输出可能排在这一行之后。
        say(&format!("thread {name} ended."))
    })
}

fn parent() -> io::Result<()> {
    say(&format!("Parent process {}", process::id()))?;
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        // 不像 fork 那样复制本进程，而是把程序重新运行一遍。
        let mut process = Command::new(env::current_exe()?);
        process.arg("child");
        say("Child process will start.")?;
        children.push(process.spawn()?);
    }
    // 只等最后一个子进程。
    if let Some(mut last) = children.pop() {
        last.wait()?;
    }
    say("Child process end.")?;
    // 其余的子进程，CPython 会在退出时等待，Rust 则不会：Child 被丢弃时，进程
    // 既不会被终止，也不会被等待，可能比父进程活得更久。
    for mut process in children {
        process.wait()?;
    }
    Ok(())
}

// 子进程也从这里开始执行：如果没有 `child` 这个参数，子进程会以为自己是父进
// 程，又去启动自己的子进程。
fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => child(),
        _ => parent(),
    }
}
