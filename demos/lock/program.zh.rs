//! 锁：两个进程数同一个共享的计数器，不加锁和加锁。
//!
//! 保存：`mp-demo show lock --rust > lock.rs`
//! 编译并运行：`rustc lock.rs && ./lock`。加锁：`./lock lock`。

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::FileExt;
use std::process::{self, Child, Command, Stdio};
use std::thread;

const TURNS: u64 = 1000;

fn say(mut to: impl Write, text: String) -> io::Result<()> {
    // 整行一次写出：分几次写，stderr 上的行可能会断开。
    to.write_all(format!("{text}\n").as_bytes())
}

fn count(path: &str, has_lock: bool) -> io::Result<()> {
    // 每个进程自己打开一次：文件锁属于一次打开，如果是继承来的，大家用的就是
    // 同一次打开，锁就挡不住任何进程。
    let file = File::options().read(true).write(true).open(path)?;
    // 准备好了，等大家都准备好：等 stdin 结束。
    say(io::stdout(), "ready".into())?;
    io::stdin().read_to_end(&mut Vec::new())?;

    let pid = process::id();
    let line = format!("Child process {pid}: counter += 1, {TURNS} times");
    say(io::stderr(), line)?;
    for _ in 0..TURNS {
        if has_lock {
            file.lock()?;
        }
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, 0)?;
        thread::yield_now();
        let value = u64::from_ne_bytes(bytes) + 1;
        file.write_all_at(&value.to_ne_bytes(), 0)?;
        if has_lock {
            file.unlock()?;
        }
    }
    Ok(())
}

fn parent(how: &str) -> io::Result<()> {
    say(io::stdout(), format!("Parent process {}", process::id()))?;
    let path = env::temp_dir().join(format!("lock-{}", process::id()));
    // 文件就是大家都看得见的内存。实际的程序会用 memmap2 这个 crate 映射
    // 文件，但照样需要锁。
    fs::write(&path, 0_u64.to_ne_bytes())?;
    let mut children = Vec::new();
    for _ in 0..2 {
        let mut command = Command::new(env::current_exe()?);
        command.arg("count").arg(&path).arg(how);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        children.push(command.stderr(io::stdout()).spawn()?);
    }
    for child in &mut children {
        let ready = child.stdout.take().unwrap();
        BufReader::new(ready).read_line(&mut String::new())?;
    }
    // 现在同时开始。（`wait` 也会关闭 stdin，但那样就是一个接一个。）
    children.iter_mut().for_each(|child| drop(child.stdin.take()));
    children.iter_mut().try_for_each(|child: &mut Child| child.wait().map(drop))?;

    let mut bytes = [0; 8];
    File::open(&path)?.read_exact_at(&mut bytes, 0)?;
    fs::remove_file(&path)?;
    let total = format!("{} of {}", u64::from_ne_bytes(bytes), 2 * TURNS);
    let pid = process::id();
    say(io::stdout(), format!("Parent process {pid}: counter = {total}"))
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[1..] {
        ["count", path, how] => count(path, how == "lock"),
        [how] => parent(how),
        _ => parent("none"),
    }
}
