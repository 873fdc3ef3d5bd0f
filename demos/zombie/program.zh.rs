//! 僵尸进程：进程已经结束，却还列在那里，直到父进程调用 wait()。
//!
//! 保存：`mp-demo show zombie --rust > zombie.rs`
//! 运行：`rustc zombie.rs && ./zombie`，或者 `./zombie --join`。
//! `./zombie child` 是单独的子进程。

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{self, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // 整行只写一次：分几次写，在 stderr 上可能被打断。
    to.write_all(format!("{text}\n").as_bytes())
}

fn wait_for_ever(mut queue: impl Read) -> io::Result<()> {
    say(io::stdout(), format!("Child process {}", process::id()))?;
    queue.read(&mut [0]).map(drop)
}

/// 状态、父进程和退出状态，内核向所有进程公开。
fn look(pid: u32) -> Option<(String, u32, i32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // 在名字后面；名字里可能有空格（proc(5)）。
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let status = fields.last()?.parse().ok()?;
    Some((fields[0].to_owned(), fields[1].parse().ok()?, status))
}

fn show(pid: u32) -> io::Result<()> {
    let mut seen = look(pid);
    // 马上就要睡眠或者结束了。
    while seen.as_ref().is_some_and(|(state, ..)| state == "R") {
        seen = look(pid);
    }
    let line = match seen {
        None => "The child: no such process".to_owned(),
        Some((state, _, status)) if state == "Z" => {
            // 本程序不发送别的信号。
            let kept = format!("exit status kept: SIGTERM ({status})");
            format!("The child: Z (zombie), no memory, {kept}")
        }
        Some((state, parent, _)) => {
            let whose = match parent == process::id() {
                true => "my child".to_owned(),
                false => format!("a child of {parent}"),
            };
            let own = "memory of its own";
            format!("The child: {state} (sleeping), {own}, {whose}")
        }
    };
    say(io::stdout(), line)
}

fn parent(joins: bool) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    // 这个管道里永远不会有数据，所以子进程一直在那里睡眠。
    command.arg("child").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let pid = child.id();
    // 读到这一行，子进程就已经在了。
    let output = child.stdout.take().expect("a pipe");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    say(io::stdout(), line.trim_end().to_owned())?;
    show(pid)?;

    // 标准库只能发送 SIGKILL，所以由另一个程序发送 SIGTERM。
    Command::new("kill").arg(pid.to_string()).status()?;
    while look(pid).is_some_and(|(state, ..)| state != "Z") {
        thread::yield_now();
    }
    show(pid)?;
    thread::sleep(Duration::from_millis(100));
    show(pid)?;
    if joins {
        child.wait()?;
        return show(pid);
    }
    // 丢弃 `Child` 并不会等待子进程；Python 在退出时会这样做。
    child.wait().map(drop)
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("child") => wait_for_ever(io::stdin()),
        Some("--join") => parent(true),
        _ => parent(false),
    }
}
