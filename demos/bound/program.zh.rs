//! 计算密集型与 IO 密集型任务：增加工作进程或线程有多少收益。
//!
//! 保存：`mp-demo show bound --rust > bound.rs`
//! 编译并运行：`rustc -O bound.rs && ./bound`

use std::env;
use std::io::{self, PipeReader as GetEnd, PipeWriter as PutEnd};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const TASKS: usize = 8;
const WORKERS: [usize; 3] = [1, 2, 4];
const SECONDS: f64 = 0.04;

fn count_primes(numbers: u64) -> u64 {
    let is_prime = |n: &u64| !(2..=n.isqrt()).any(|d| n.is_multiple_of(d));
    (100_000..100_000 + numbers).filter(is_prime).count() as u64
}

/// 求出要检查多少个数，CPU 才会忙碌大约一个 IO 任务那么久。（std 不能测量 CPU
/// 时间，只能测量实际经过的时间。）
fn calibrate() -> u64 {
    let mut numbers = 50;
    loop {
        let start = Instant::now();
        count_primes(numbers);
        let seconds = start.elapsed().as_secs_f64();
        if seconds > SECONDS / 4.0 {
            return (numbers as f64 * SECONDS / seconds) as u64;
        }
        numbers *= 2;
    }
}

fn put(mut queue: impl Write, value: u64) -> io::Result<()> {
    queue.write_all(&value.to_ne_bytes())
}

/// 多个工作进程或线程从同一个管道取值。每个值有 8 个字节，一次也读 8 个字节，
/// 所以每个值都会完整地交给其中一个。如果有缓冲区，就会多读，把其他工作进程或
/// 线程的任务也拿走。读到文件末尾（EOF）在这里算错误。
fn get(mut queue: impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    queue.read_exact(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

fn answer(requests: GetEnd, answers: PutEnd) -> io::Result<()> {
    // 代表另一台机器：答复要花时间，但这段时间不占用本机的 CPU。
    while let Ok(request) = get(&requests) {
        thread::sleep(Duration::from_secs_f64(SECONDS));
        put(&answers, request)?;
    }
    Ok(())
}

// 进程和线程运行的是同一个函数，区别只在于由谁来运行。
fn work(kind: &str, tasks: GetEnd, results: PutEnd) -> io::Result<()> {
    let (requests, connection) = io::pipe()?;
    let (answers, answerers_end) = io::pipe()?;
    // 由工作进程来启动，而不是父进程：工作进程的 stdin 和 stdout 已经用作任务
    // 和结果，父进程没法再传两个管道过来。
    let mut answerer = None;
    if kind == "io" {
        answerer = Some(start("answer", requests, answerers_end)?);
    }
    put(&results, 0)?; // 已经就绪。
    while let Ok(numbers) = get(&tasks) {
        if answerer.is_none() {
            // 没有 GIL：线程也能同时计算。
            put(&results, count_primes(numbers))?;
        } else {
            put(&connection, numbers)?;
            // 这里在等待，不占用 CPU，其他工作进程或线程可以运行。
            put(&results, get(&answers)?)?;
        }
    }
    // 这样一来，负责答复的进程也会读到文件末尾（EOF），随之结束。
    drop(connection);
    if let Some(mut answerer) = answerer {
        answerer.wait()?;
    }
    Ok(())
}

fn measure(
    worker_class: &str,
    kind: &'static str,
    workers: usize,
    numbers: u64,
) -> io::Result<f64> {
    let (get_end, tasks) = io::pipe()?;
    let (results, put_end) = io::pipe()?;
    let (mut processes, mut threads) = (Vec::new(), Vec::new());
    for _ in 0..workers {
        let (tasks, results) = (get_end.try_clone()?, put_end.try_clone()?);
        if worker_class == "threads" {
            threads.push(thread::spawn(move || work(kind, tasks, results)));
        } else {
            processes.push(start(kind, tasks, results)?);
        }
    }
    // 否则，如果工作进程全部被终止，`get` 永远读不到文件末尾（EOF），因为本进
    // 程自己还持有一个写端。
    drop(put_end);
    // 启动进程要花一段时间。这段时间不应该计入。
    for _ in 0..workers {
        get(&results)?;
    }

    let begin = Instant::now();
    for _ in 0..TASKS {
        put(&tasks, numbers)?;
    }
    let first = get(&results)?;
    for _ in 1..TASKS {
        assert_eq!(get(&results)?, first, "tasks that are the same differ");
    }
    let seconds = begin.elapsed().as_secs_f64();

    // 读到文件末尾（EOF），工作进程就知道没有任务了。
    drop(tasks);
    for mut process in processes {
        process.wait()?;
    }
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a panic"))??;
    }
    Ok(seconds)
}

fn parent() -> io::Result<()> {
    let cores = thread::available_parallelism()?;
    writeln!(io::stdout(), "Rust has no GIL; cores: {cores}")?;
    let numbers = calibrate();
    for kind in ["compute", "io"] {
        writeln!(io::stdout(), "{kind:<9}workers    wall  speed-up")?;
        for name in ["processes", "threads"] {
            let mut first = None;
            for workers in WORKERS {
                let seconds = measure(name, kind, workers, numbers)?;
                let speed_up = *first.get_or_insert(seconds) / seconds;
                let row = format!("{name:<9}{workers:>7}{seconds:>6.2} s");
                writeln!(io::stdout(), "{row}{speed_up:>10.2}")?;
            }
        }
    }
    Ok(())
}

fn start(word: &str, stdin: GetEnd, stdout: PutEnd) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(word).stdin(stdin).stdout(stdout).spawn()
}

fn main() -> io::Result<()> {
    let Some(word) = env::args().nth(1) else {
        return parent();
    };
    // 直接使用管道，不经过 io::stdin 和 io::stdout 的缓冲区。
    let stdin = io::stdin().as_fd().try_clone_to_owned()?.into();
    let stdout = io::stdout().as_fd().try_clone_to_owned()?.into();
    match word.as_str() {
        "answer" => answer(stdin, stdout),
        kind => work(kind, stdin, stdout),
    }
}
