//! 缓冲区：进程打印的内容，可能还在它自己的内存里。
//!
//! 保存：`mp-demo show buffer --rust > buffer.rs`
//! 运行：`rustc buffer.rs && ./buffer`。用 `./buffer exit`，子进程自行退出。
//! 单独运行子进程：`./buffer print < /dev/null`。

use std::env;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, LineWriter};
use std::io::{Read, Write};
use std::process::{self, Child, Command, Stdio};

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // 整行一次写出：分几次写，stderr 上的行可能会断开。
    to.write_all(format!("{text}\n").as_bytes())
}

fn print() -> io::Result<()> {
    // println!() 总是逐行写出，写到管道也一样。C 和 Python 会先看 stdout
    // 是什么，这里也这样做。
    let mut out: Box<dyn Write> = match io::stdout().is_terminal() {
        true => Box::new(LineWriter::new(io::stdout())),
        false => Box::new(BufWriter::new(io::stdout())),
    };
    for word in ["A", "B", "C"] {
        writeln!(out, "{word}")?;
        let pid = process::id();
        say(io::stderr(), format!("Child process {pid} prints {word}"))?;
    }
    // 等一个永远不会来的值：等 stdin 结束。
    io::stdin().read_to_end(&mut Vec::new())?;
    // SIGTERM 会让进程到不了这里。（丢弃 `out` 时也会刷新，但出错了也没有
    // 提示。）
    out.flush()
}

fn parent(how: &str) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("print").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let (stdin, output) = (child.stdin.take(), child.stdout.take());

    // 子进程的行由本进程转印。第三行到了，就不会有哪一行打印得太晚。
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines.take(3) {
        say(io::stdout(), line?)?;
    }
    match how {
        "exit" => drop(stdin),
        _ => terminate(&child)?,
    }
    child.wait()?;

    let text = io::read_to_string(output.unwrap())?;
    let lines = match text.as_str() {
        "" => "nothing",
        text => text,
    };
    for line in lines.lines() {
        let line = format!("Parent process {} reads {line}", process::id());
        say(io::stdout(), line)?;
    }
    Ok(())
}

/// 发送 SIGTERM，与 Python 一样。std 只有 `Child::kill`，发送的是 SIGKILL；
/// shell 则能发送任何信号。实际的程序会用 rustix 这个 crate。
fn terminate(child: &Child) -> io::Result<()> {
    let kill = format!("kill {}", child.id());
    if Command::new("sh").args(["-c", &kill]).status()?.success() {
        return Ok(());
    }
    Err(io::Error::other("cannot terminate the child"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("print") => print(),
        how => parent(how.unwrap_or("terminate")),
    }
}
