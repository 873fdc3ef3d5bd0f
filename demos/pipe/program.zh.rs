//! 管道：子进程把一个列表发给父进程。
//!
//! 保存：`mp-demo show pipe --rust > pipe.rs`
//! 编译并运行：`rustc pipe.rs && ./pipe`
//! 单独运行子进程：`./pipe write`

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

fn write(mut connection: impl Write) -> io::Result<()> {
    // stdout 就是管道，所以这一行走 stderr。
    let line = format!("Process to write: {}\n", process::id());
    io::stderr().write_all(line.as_bytes())?;
    // 列表的每一项占一行，管道关闭就表示列表结束。实际的程序会用 serde_json
    // 这个 crate 以 JSON 发送列表。
    connection.write_all(b"A\nB\nC\n")?;
    // 0 到 1 之间的随机数。std 没有随机数，但每个 RandomState 都用自己的密钥
    // 来算哈希。实际的程序会用 fastrand 这个 crate。
    let hash = RandomState::new().build_hasher().finish();
    thread::sleep(Duration::from_secs_f64(hash as f64 / u64::MAX as f64));
    Ok(())
}

fn parent() -> io::Result<()> {
    writeln!(io::stdout(), "Parent process {}", process::id())?;
    // 只有一个方向。Python 的 Pipe() 是双向的；这里如果要双向，还需要另一个管
    // 道，接到子进程的 stdin。
    let (parents_end, childs_end) = io::pipe()?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("write").stdin(Stdio::null()).stdout(childs_end);
    // 子进程的输出与本进程的输出出现在同一处。
    let mut writer = command.stderr(io::stdout()).spawn()?;
    // 子进程有自己的副本。没有这一行，读取就永远不会结束：command 手里还有一
    // 个发送端，永远读不到文件末尾（EOF）。
    drop(command);
    // 先等待子进程，只对短列表可行。如果列表超出管道的容量，子进程就在写入时
    // 等待，父进程在这里等待子进程，形成死锁。应该先接收，再等待。
    writer.wait()?;
    let received = io::read_to_string(parents_end)?;
    let list: Vec<&str> = received.lines().collect();
    // 与 Python 打印列表的格式相同；"{list:?}" 会用双引号。
    writeln!(io::stdout(), "['{}']", list.join("', '"))
}

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("write") => write(io::stdout()),
        _ => parent(),
    }
}
