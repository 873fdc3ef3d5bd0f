//! Why something happened: why a process gave up, why a call was refused, why a child is killed or
//! said to be idle. The log has a reason's facts; the view that shows them words them in the
//! reader's language.

use std::error::Error;
use std::fmt;
use std::io;

use rustix::io::Errno;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::parts::PIPE_BUF;
use super::status::Status;
use super::stream::Stream;
use crate::both;
use crate::words::errors::{errno_of, io_error, json_text};
use crate::words::figures::count;

/// A process with the names by which it is told: role, PID and command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The process's role.
    pub role: String,
    /// The process's PID.
    pub pid: u32,
    /// The user's command that the process runs, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named { role, pid, command } = self;
        f.write_str(&match command {
            Some(command) => {
                both!("{role} (PID {pid}, `{command}`)", "{role}（PID {pid}，`{command}`）")
            }
            None => both!("{role} (PID {pid})", "{role}（PID {pid}）"),
        })
    }
}

/// Of `NoReader {} => "...", "..."` this makes the variant `Reason::NoReader {}`, in the log
/// `{"kind": "no_reader"}`, and its words in both languages, with what stands behind `where` in
/// them.
macro_rules! reasons {
    ($(
        $(#[$doc:meta])*
        $Name:ident { $($field:ident: $type:ty),* }
            $(where $($part:ident = $value:expr),+)? => $en:literal, $zh:literal;
    )*) => {
        /// One reason: its kind, and the facts that belong to it. It is an error, too.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Reason {
            $( $(#[$doc])* $Name { $($field: $type),* }, )*
        }

        impl Reason {
            /// Each kind's name in Rust, and its fields.
            #[cfg(test)]
            pub(crate) const KINDS: &[(&str, &[&str])] =
                &[$( (stringify!($Name), &[$(stringify!($field)),*]) ),*];
        }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&match self {
                    $( Reason::$Name { $($field),* } => {
                        $($( let $part = $value; )+)?
                        both!($en, $zh)
                    } )*
                })
            }
        }
    };
}

reasons! {
    // What is foreign.
    /// A sentence, in the language in which it was said.
    Said { text: String } => "{text}", "{text}";
    /// A sentence in both languages, for what hardly ever comes: see [`sentence`].
    Sentence { en: String, zh: String } => "{en}", "{zh}";
    /// The operating system refused something.
    Os { errno: i32 } where error = os(*errno) => "{error}", "{error}";
    /// An error of input or output that has no number.
    Io { text: String } => "{text}", "输入或输出出错";
    /// Some JSON is not what it should be, in serde_json's words.
    Json { text: String } where what = json_text(text) => "{what}", "{what}";

    // Reasons about processes.
    CannotStart { role: String, file: String, errno: Option<i32>, running: u64, no_null: bool }
        where error = errno.map_or_else(|| Reason::RunIsOver {}.to_string(), os),
            running = others_running(*running),
            advice = advice(*errno, *no_null) =>
        "cannot start {role} ({file}): {error}; {running}; {advice}",
        "无法启动 {role}（{file}）：{error}；{running}；{advice}";
    CannotStartThread { number: u32, of: u32, errno: i32 } where error = os(*errno) =>
        "cannot start thread {number} of {of}: {error}; ask for fewer, or raise the limit \
         (`ulimit -u`, `ulimit -v`)",
        "无法启动第 {number} 个线程（共 {of} 个）：{error}；请减少线程，或者提高上限（`ulimit \
         -u`、`ulimit -v`）";
    CannotStartOwnThread {} => "cannot start a thread", "无法启动线程";
    CannotFindProgram {} => "cannot find this program's own file", "找不到本程序自己的文件";
    NotTheParent { parent: u32 } =>
        "PID {parent} is not the parent of this process; to start a child by hand, leave out the \
         options under \"What its parent tells a child\"",
        "PID {parent} 不是本进程的父进程；手动启动子进程时，请不要给出帮助里“父进程告诉子进程的事”那些选项";
    NoChild { process: Named } =>
        "cannot wait for {process}: it is no child of this process",
        "无法等待 {process}：它不是本进程的子进程";
    CannotOpenSockets {} =>
        "cannot open the sockets that tell of a process's end",
        "无法打开用来得知进程结束的套接字";
    CannotCatchSignal { signal: i32 } => "cannot catch signal {signal}", "无法捕获信号 {signal}";
    CannotWaitForEnd {} => "cannot wait for the end of a process", "无法等待进程结束";
    RunIsOver {} => "the run is over", "本次运行已经结束";
    /// A child has outlived a signal, so it is killed.
    Outlived { process: Named, signal: i32, seconds: u64 }
        where signal = Status::Signal(*signal).signal_name(), grace = grace(*seconds) =>
        "{process} did not end within {grace} of {signal}, so it gets SIGKILL",
        "{process}收到 {signal} {grace}后仍未结束，所以再发送 SIGKILL";
    /// A program that was asked something has not answered, so it is killed.
    NoAnswer { program: String } =>
        "{program} does not answer; it is left out",
        "{program} 没有应答，不参加测量";

    // Reasons about queues, pipes and the values in them.
    CannotOpenPipe {} => "cannot open a pipe", "无法打开管道";
    CannotOpenTerminal {} => "cannot open a pseudo-terminal", "无法打开伪终端";
    CannotWaitForPipe {} => "cannot wait for a pipe", "无法等待管道";
    CannotWrite {} => "cannot write to the pipe", "无法写入管道";
    CannotReadOutput {} => "cannot read the child's output", "无法读取子进程的输出";
    CannotReadLine { line: u64 } => "cannot read line {line}", "无法读取第 {line} 行";
    NoPacketMode {} =>
        "cannot put the queue's pipe in packet mode, which several readers need (fcntl with \
         O_DIRECT, Linux 3.4 or later); ask for one reader",
        "无法把队列的管道设为数据包模式，而多个读进程需要这种模式（fcntl 的 O_DIRECT，Linux 3.4 \
         及以上）；请只用一个读进程";
    NoReader {} =>
        "cannot put into the queue: it has no reader any more",
        "无法放入队列：已经没有读进程了";
    CannotGet {} => "cannot get from the queue", "无法从队列取值";
    TooLong { bytes: u64 } =>
        "a value of {bytes} bytes is too long for a queue: as a line of JSON it may have \
         {PIPE_BUF} bytes, because the kernel keeps no longer write in one piece; a pipe takes \
         any size",
        "这个值有 {bytes} 字节，对队列来说太长：写成一行 JSON 最多 {PIPE_BUF} 字节，因为更长的\
         写入内核不保证一次完成；管道则不限长短";
    NoReceiver {} =>
        "cannot send: the other end of the pipe is closed",
        "无法发送：管道的另一端已经关闭";
    NoSender {} =>
        "cannot receive: the other end of the pipe is closed (EOFError in Python)",
        "无法接收：管道的另一端已经关闭（在 Python 里是 EOFError）";
    CannotReceive {} => "cannot receive from the pipe", "无法从管道接收";
    /// `send()` on an end that only receives.
    ReceivingEnd {} =>
        "cannot send: this is the receiving end of a one-way pipe (duplex=False)",
        "无法发送：这是单向管道（duplex=False）的接收端";
    /// `recv()` on an end that only sends.
    SendingEnd {} =>
        "cannot receive: this is the sending end of a one-way pipe (duplex=False)",
        "无法接收：这是单向管道（duplex=False）的发送端";
    LineTooLong { line: u64, limit: u64 } =>
        "line {line} is longer than {limit} bytes",
        "第 {line} 行超过 {limit} 字节";
    LineCutOff { line: u64 } =>
        "line {line} ends before its newline",
        "第 {line} 行没有写完，缺少换行符";
    NoJson { line: u64, column: u64, text: String } where what = json_text(text) =>
        "line {line} is no JSON value: {what} at column {column}",
        "第 {line} 行不是 JSON 值：{what}，在第 {column} 列";

    // Reasons about locks and shared memory.
    CannotMakeLock { errno: i32 } where error = os(*errno) =>
        "cannot make a lock: {error}",
        "无法创建锁：{error}";
    CannotUseLock {} => "cannot use the lock", "无法使用锁";
    NoLock { errno: i32 } where error = os(*errno) =>
        "cannot use the lock: {error}; a process that is started by hand needs one as its stdout",
        "无法使用锁：{error}；手动启动的进程要以锁作为标准输出";
    CannotMakeMemoryFile {} => "cannot make a file in memory", "无法创建内存里的文件";
    NoSharedFile {} =>
        "cannot open the shared file; a process that is started by hand needs one as its stdin: \
         0<>FILE",
        "无法打开共享的文件；手动启动的进程要以一个文件作为标准输入：0<>FILE";
    CannotReadShared {} => "cannot read the shared file", "无法读取共享的文件";
    CannotWriteShared {} => "cannot write the shared file", "无法写入共享的文件";
    CannotLockShared {} => "cannot lock the shared file", "无法给共享的文件加锁";

    // Reasons about limits and files.
    CannotRaiseDescriptors { needed: u64 } =>
        "cannot raise the limit of open descriptors to {needed}",
        "无法把文件描述符的上限提高到 {needed}";
    CannotMakeTemporaryFile {} =>
        "cannot create a file in the temporary folder (`TMPDIR` chooses another)",
        "无法在临时目录里建立文件（可以用 `TMPDIR` 指定另一个目录）";
    CannotUseTemporaryFile {} => "cannot write to the temporary file", "无法读写临时文件";

    // Reasons about users' programs.
    CannotRun { program: String } => "cannot run `{program}`", "无法运行 `{program}`";
    /// No folder in PATH has the program; `here` if the current folder does.
    NotInPath { program: String, here: bool } where hint = path_hint(program, *here) =>
        "no folder in PATH has `{program}`{hint}",
        "PATH 里的目录都没有 `{program}`{hint}";
    NoSuchProgram { program: String } =>
        "there is no `{program}`, or the interpreter in its first line is missing",
        "没有 `{program}`，或者缺少其第一行指定的解释器";
    NotExecutable { program: String, errno: i32 } where error = os(*errno) =>
        "cannot run `{program}`: {error}; `chmod +x` makes it a program, or put its interpreter \
         before it",
        "无法运行 `{program}`：{error}；可以用 `chmod +x` 把它变成程序，或者在前面写上它的解释器";
    CannotWaitFor { program: Named } => "cannot wait for {program}", "无法等待 {program}";
    CannotReadFrom { program: Named } =>
        "cannot read what {program} writes",
        "无法读取 {program}写的内容";
    CannotWriteTo { program: Named } => "cannot write to {program}", "无法写给 {program}";
    /// The rest of the chain is about this line of the program's output.
    InLine { program: Named, line: u64 } => "line {line} of {program}", "{program}的第 {line} 行";
    OverlongLine { program: Named, line: u64, limit: u64 } =>
        "line {line} of {program} is longer than {limit} bytes",
        "{program}的第 {line} 行超过 {limit} 字节";
    NotUtf8 { program: Named, line: u64 } =>
        "line {line} of {program} is not text in UTF-8",
        "{program}的第 {line} 行不是 UTF-8 文本";
    ReadsNothing { program: Named, seconds: f64 } =>
        "{program} has read nothing for {seconds} s, and a value waits on its stdin",
        "{program}已有 {seconds} 秒没有读取，而它的 stdin 上有一个值在等";
    NoNewline { program: Named, seconds: f64, bytes: u64 } where written = count(bytes, "byte") =>
        "{program} has written {written}, and for {seconds} s no newline: a value is a whole \
         line, of which the rest may still be in its own buffer",
        "{program}写了 {bytes} 字节，之后 {seconds} 秒没有换行符：一个值要占完整的一行，其余部分可\
         能还留在它自己的缓冲区里";
    WritesNothing { program: Named, seconds: f64, runtime: Runtime }
        where way_out = runtime.way_out() =>
        "{program} has written nothing for {seconds} s: if it has printed something, that is \
         still in its own buffer, since its stdout is a pipe; {way_out}",
        "{program}已有 {seconds} 秒没有写出任何内容：如果它已经打印过，内容还留在它自己的缓冲区里，\
         因为它的 stdout 是管道；{way_out}";
    /// A user's program that does nothing is ended; `before` is what was told of it.
    DoesNothing { before: Box<Reason> } =>
        "{before}; it does nothing at all, so it is ended (a longer patience waits longer)",
        "{before}；它什么都不做，所以结束它（等待的上限可以调长）";
    LivesOn { program: Named } =>
        "{program} has closed its stdout and lives on: the run waits for its end",
        "{program}关闭了 stdout，但没有结束：这次运行在等它结束";
    TerminatedUnread { program: Named } =>
        "{program} was sent SIGTERM before it had read the value that waits on its stdin",
        "{program}还没有读 stdin 上等着的那个值，就收到了 SIGTERM";
    /// A user's program has ended with this status, or has only closed its stdin.
    LeftUnread { program: Named, status: Option<Status> } where how = end_of(*status, "stdin") =>
        "{program} {how} before it had read all that it was given",
        "{program}{how}，却还没有读完交给它的内容";
    /// A user's program has ended with this status, or has only closed its stdout.
    NoMessage { program: Named, status: Option<Status> } where how = end_of(*status, "stdout") =>
        "{program} {how} without a message",
        "{program}{how}，一条消息也没有发送";
    /// A user's program has ended, and other processes still have one of its streams open.
    HeldOpen { program: Named, status: Status, stream: Stream, holders: Vec<Named> }
        where stream = <&str>::from(stream),
            have = if holders.len() > 1 { "have" } else { "has" },
            holders = names_of(holders) =>
        "{program} {status}, but {holders} still {have} its {stream} open: a process that is left \
         behind has to close it, or to end",
        "{program}{status}，但是 {holders}仍然开着它的 {stream}：留下的进程应当关闭它，或者结束";
}

fn others_running(count: u64) -> String {
    match count {
        0 => both!("no other process was running", "当时没有其他进程在运行"),
        1 => both!(
            "1 other process was running and has been ended",
            "当时还有 1 个进程在运行，已经结束"
        ),
        _ => both!(
            "{count} other processes were running and have been ended",
            "当时还有 {count} 个进程在运行，已经全部结束"
        ),
    }
}

fn grace(seconds: u64) -> String {
    match seconds {
        1 => both!("a second", "一秒"),
        _ => both!("{seconds} seconds", "{seconds} 秒"),
    }
}

fn path_hint(program: &str, is_here: bool) -> String {
    match is_here {
        true => {
            both!("; the one in this folder is ./{program}", "；当前目录里的要写成 ./{program}")
        }
        false => String::new(),
    }
}

/// How a program has ended, or that it has only closed this stream.
fn end_of(status: Option<Status>, stream: &str) -> String {
    let closed = || both!("has closed its {stream}", "关闭了 {stream}");
    status.map_or_else(closed, |status| status.to_string())
}

fn names_of(holders: &[Named]) -> String {
    let names: Vec<_> = holders.iter().map(Named::to_string).collect();
    match names.is_empty() {
        true => both!("another process", "另一个进程"),
        false => names.join(&both!(" and ", " 和 ")),
    }
}

/// A reason in words, as [`both`] takes them: `sentence!("no {thing}", "没有 {thing}")`.
macro_rules! sentence {
    ($english:literal, $chinese:literal $(,)?) => {
        $crate::events::Reason::Sentence { en: format!($english), zh: format!($chinese) }
    };
}
pub(crate) use sentence;

impl Error for Reason {}

/// The language runtime of a program, which decides how the program flushes its stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runtime {
    Python,
    Ruby,
    Perl,
    Java,
    Awk,
    /// Any other program that is statically linked. stdbuf(1) needs a shared C library.
    Static,
    /// Any other program.
    C,
}

impl Runtime {
    fn way_out(self) -> String {
        match self {
            Runtime::Python => both!(
                "run it with `python3 -u`, set PYTHONUNBUFFERED=1, or print with flush=True",
                "可以用 `python3 -u` 运行，设置 PYTHONUNBUFFERED=1，或者打印时加上 flush=True"
            ),
            Runtime::Ruby => {
                both!("let it set `$stdout.sync = true`", "可以在程序里设置 `$stdout.sync = true`")
            }
            Runtime::Perl => both!("let it set `$| = 1`", "可以在程序里设置 `$| = 1`"),
            Runtime::Java => both!(
                "let it call System.out.flush() after each line",
                "可以在每一行之后调用 System.out.flush()"
            ),
            Runtime::Awk => {
                both!("let it call fflush() after each line", "可以在每一行之后调用 fflush()")
            }
            Runtime::Static => both!(
                "let it flush after each line, in C with fflush(stdout)",
                "可以在每一行之后刷新缓冲区（C 语言用 fflush(stdout)）"
            ),
            Runtime::C => both!(
                "let it flush after each line, in C with fflush(stdout), or run it with `stdbuf \
                 -oL`",
                "可以在每一行之后刷新缓冲区（C 语言用 fflush(stdout)），或者用 `stdbuf -oL` 运行"
            ),
        }
    }
}

fn os(errno: i32) -> String {
    io_error(&io::Error::from_raw_os_error(errno))
}

/// What to do when a process can't be started.
fn advice(errno: Option<i32>, no_null: bool) -> String {
    if no_null {
        return both!("there is no /dev/null: mount /dev", "没有 /dev/null：请挂载 /dev");
    }
    match errno.map(Errno::from_raw_os_error) {
        Some(Errno::NOENT | Errno::ACCESS | Errno::PERM) => both!(
            "put the program back where it was and run it again",
            "请把本程序放回原处，再运行一次"
        ),
        Some(Errno::TOOBIG) => both!("give fewer or shorter values", "请减少或缩短要传的值"),
        _ => both!(
            "ask for fewer processes, or raise the limit (`ulimit -u`, `ulimit -n`)",
            "请减少进程数，或者提高上限（`ulimit -u`、`ulimit -n`）"
        ),
    }
}

/// Why: a chain of reasons, from what could not be done to its innermost cause.
///
/// In version 1 of the log there is a sentence in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Why(pub Vec<Reason>);

impl Why {
    /// The chain of an error's causes. An error that is not ours is kept by its errno or its text.
    pub fn of(error: &anyhow::Error) -> Why {
        Why(error.chain().map(Reason::of).collect())
    }
}

impl Reason {
    /// This reason as an error, with another error as its cause.
    pub fn before(self, cause: anyhow::Error) -> anyhow::Error {
        Link { reason: self, cause }.into()
    }

    pub fn of(link: &(dyn Error + 'static)) -> Reason {
        let reason = link.downcast_ref::<Link>().map(|link| &link.reason);
        let gone = link.downcast_ref::<PartnerGone>().map(|gone| &gone.0);
        if let Some(reason) = reason.or(gone).or_else(|| link.downcast_ref()) {
            return reason.clone();
        }
        let text = link.to_string();
        if link.is::<serde_json::Error>() {
            return Reason::Json { text };
        }
        match errno_of(link) {
            Some(errno) => Reason::Os { errno },
            None if link.is::<io::Error>() => Reason::Io { text },
            None => Reason::Said { text },
        }
    }
}

/// The error of a call on a pipe whose other end is closed. It is no `io::Error` of the kind
/// `BrokenPipe`, which the rest of the program takes for a closed stdout (`| head -1`).
#[derive(Debug)]
pub struct PartnerGone(pub Reason);

impl fmt::Display for PartnerGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for PartnerGone {}

/// Puts a reason before an error: what could not be done because of the error. anyhow's `context`
/// would keep only the text of a reason that has another one before it.
pub trait Because<T> {
    /// The same result, with this reason before its error.
    fn because(self, reason: impl FnOnce() -> Reason) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> Because<T> for Result<T, E> {
    fn because(self, reason: impl FnOnce() -> Reason) -> anyhow::Result<T> {
        self.map_err(|error| reason().before(error.into()))
    }
}

#[derive(Debug)]
struct Link {
    reason: Reason,
    cause: anyhow::Error,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Why {
        Why(vec![reason])
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<_> = self.0.iter().map(Reason::to_string).collect();
        f.write_str(&reasons.join(&both!(": ", "：")))
    }
}

impl<'de> Deserialize<'de> for Why {
    /// By way of a [`Value`]: serde buffers an enum's fields until it has seen the tag, and numbers
    /// of any length (serde_json's `arbitrary_precision`) survive that only in a `Value`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Why, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Reason::Said { text }.into()),
            reasons => Vec::deserialize(reasons).map(Why).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::events::{Event, Record, Vocabulary};

    /// Every kind of reason, and each of its forms.
    const EVERY_REASON: &str = include_str!("../../tests/logs/every-reason.jsonl");

    #[test]
    fn every_reason_is_read_back_as_it_was_written() {
        let mut kinds = BTreeSet::new();
        for text in EVERY_REASON.lines().skip(1) {
            let record = Record::read(text, Vocabulary::default()).expect(text);
            let Event::Refused { why, .. } = &record.event else { panic!("{text}") };
            let written = serde_json::to_string(why).expect("JSON");
            assert!(text.ends_with(&format!("\"why\":{written}}}")), "{written} in {text}");
            let name = format!("{:?}", why.0[0]);
            kinds.insert(name.split(' ').next().unwrap_or_default().to_owned());
        }
        assert_eq!(kinds, Reason::KINDS.iter().map(|(name, _)| name.to_string()).collect());
    }

    #[test]
    fn an_error_keeps_its_chain_and_the_numbers_in_it() {
        let cannot_run = || Reason::CannotRun { program: "x".into() };
        let failed = Err::<(), _>(io::Error::from_raw_os_error(2)).because(cannot_run);
        let error = failed.because(|| Reason::CannotGet {}).expect_err("an error");
        let expected = [Reason::CannotGet {}, cannot_run(), Reason::Os { errno: 2 }];
        assert_eq!(Why::of(&error).0, expected);
        let words = "cannot get from the queue: cannot run `x`: No such file or directory";
        assert_eq!(Why::of(&error).to_string(), words);
    }
}
