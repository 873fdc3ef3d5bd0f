//! Pipes, sockets, FIFOs and files: whoever reads, writes, opens or keeps an end.

use rustix::fs::stat;

use crate::both;
use crate::evidence::{Duty, From, Goal, Need, On, Snapshot, Thing, What};

use super::{Advice, Case, Waiter, pids, repair};

/// A queue's feeder thread can't write what was put, and whoever could get waits for its process.
pub fn get_before_join(case: &Case) -> Option<Advice> {
    let feeders = case.all_roots(|it| it.is_feeder())?;
    let mut readers: Vec<u32> = feeders.iter().flat_map(|it| it.others(Need::Room)).collect();
    // At its exit, a process gets nothing any more.
    readers.retain(|pid| !case.stacks.is_at_exit(*pid));
    readers.sort_unstable();
    readers.dedup();
    if let [reader] = readers[..] {
        let join = case.joiner(reader)?.at();
        return repair(
            "get_before_join",
            both!(
                "get everything from this queue before {join}",
                "在 {join} 之前把这个队列里的值全部取出来"
            ),
        );
    }
    let full = feeders.into_iter().find(|it| it.thing(Need::Room).is_some())?.pid();
    let what = both!(
        "another process has to get what {full} has put, or it has to call cancel_join_thread() of the \
         queue if that may be lost",
        "要有进程取走 {full} 放进队列的值；如果丢掉也没关系，就调用队列的 cancel_join_thread()"
    );
    readers.is_empty().then(|| repair("get_what_was_put", what))?
}

/// A process waits for the end of one whose output only it could read.
pub fn read_before_wait(case: &Case) -> Option<Advice> {
    // Without frames, a feeder thread is known by not being the main one.
    let is_main = |it: &Waiter| it.stack.is_some() || it.wait.tid as u32 == it.pid();
    let writers =
        case.all_roots(|it| it.thing(Need::Room).is_some() && !it.is_feeder() && is_main(it))?;
    let is_writer = |pid: &u32| writers.iter().any(|it| it.pid() == *pid);
    let mut readers: Vec<u32> = writers.iter().flat_map(|it| it.others(Need::Room)).collect();
    readers.retain(|it| !is_writer(it));
    readers.dedup();
    let [reader] = readers[..] else { return None };
    let (join, writer) = (case.joiner(reader)?, writers[0]);
    let pid = writer.pid();
    // Whoever should have read may be one that has ended.
    let is_handed_on = join.mentions(&["stdin=", ".stdout"]) == Some(true);
    let has_dead = || case.finding.dead.iter().any(|it| it.0 == reader);
    if is_handed_on || writer.stream().is_none() && has_dead() {
        return None;
    }
    let on = writer.thing(Need::Room).map(|it| &it.on);
    let is_terminal = matches!(on, Some(On::Terminal(_)));
    let output = match writer.stream() {
        Some(stream) if !is_terminal => both!("the {stream} of {pid}", "{pid} 的 {stream}"),
        _ => both!("what {pid} writes", "{pid} 写出的内容"),
    };
    let called = join.stack.and_then(|it| it.called());
    let is_loop = case.threads_of(reader).any(|it| it.told.duty == Some(Duty::Loop));
    let what = match &join.told.call {
        _ if is_loop => both!(
            "read {output} while it runs, as communicate() does",
            "在它运行的同时读取 {output}，例如用 communicate()"
        ),
        Some(_) => {
            let (join, is_popen) =
                (join.at(), called.is_some_and(|it| it.file.ends_with("subprocess.py")));
            let way = match is_popen {
                true => both!("; communicate() does both", "；communicate() 两件事都做"),
                false => String::new(),
            };
            both!("read {output} before {join}{way}", "在 {join} 之前读取 {output}{way}")
        }
        None => both!(
            "{reader} has to read {output} before it waits for its end",
            "{reader} 要先读取 {output}，再等它结束"
        ),
    };
    repair("read_before_wait", what)
}

/// Each of two processes writes what the other one doesn't read.
pub fn two_full_pipes(case: &Case) -> Option<Advice> {
    let [a, b] = case.pair()?;
    let fills =
        |it: &Waiter, other: &Waiter| it.is_only(Need::Room, other.pid()) && !it.is_feeder();
    if !fills(a, b) || !fills(b, a) {
        return None;
    }
    let (a, b) = (a.at(), b.at());
    repair(
        "one_writes_while_other_reads",
        both!(
            "one of the two has to read before or while it writes: {a}, or {b}",
            "其中一方要先读，或者边写边读：{a}，或者 {b}"
        ),
    )
}

/// A process reads from one stream of another one, which has filled the other stream.
pub fn other_stream(case: &Case) -> Option<Advice> {
    let [a, b] = case.pair()?;
    let (reader, writer) = if a.thing(Need::Data).is_some() { (a, b) } else { (b, a) };
    // A shell may stand in between.
    let [source] = reader.others(Need::Data)[..] else { return None };
    if source != writer.pid() && case.joiner(source).is_none()
        || !writer.is_only(Need::Room, reader.pid())
        || writer.is_feeder()
    {
        return None;
    }
    let (pid, read, write) = (writer.pid(), reader.at(), writer.at());
    let awaited = reader.wait.things.iter().find(|it| it.of().contains(&source))?;
    let is_stream = |fd: &i32| [1, 2].contains(fd);
    // (A shell keeps its stdout elsewhere while it uses another one.)
    let is_output = source != writer.pid() || writes_to(writer.look, awaited).iter().any(is_stream);
    if is_output && writer.stream().is_some() && reader.told.goal.is_none() {
        let way = match reader.look.is_python() {
            true => both!(" (communicate(), stderr=STDOUT)", "（communicate()、stderr=STDOUT）"),
            false => String::new(),
        };
        return repair(
            "read_both_streams",
            both!(
                "read both streams of {source} at the same time{way}: one is full while {read} \
                 waits for the other one",
                "同时读取 {source} 的两个输出{way}：一个已经满了，而 {read} 在等另一个"
            ),
        );
    }
    let is_message = reader.told.goal == Some(Goal::Message) && writer.call().contains(".send");
    let what = both!(
        "receive in the order in which {pid} sends: it is at {write}, while {read} waits for \
         another message",
        "按 {pid} 发送的顺序接收：它停在 {write}，而 {read} 等的是另一条消息"
    );
    is_message.then(|| repair("read_in_order", what))?
}

/// The descriptors with which this process could write to a pipe.
fn writes_to(look: &Snapshot, thing: &Thing) -> Vec<i32> {
    let is_it = |what: &What| match (what, &thing.on) {
        (What::Pipe(inode), On::Pipe(it)) => inode == it,
        (What::Socket(inode), On::Socket { peer, .. }) => Some(*inode) == *peer,
        (What::Path(path), On::Fifo(it)) => path == it,
        _ => false,
    };
    let held = look.holds.iter().flatten();
    held.filter(|(_, it)| it.writes && is_it(&it.what)).map(|(fd, _)| *fd).collect()
}

/// The channel of Node's fork() keeps both sides alive.
pub fn node_channel(case: &Case) -> Option<Advice> {
    let is_channel = |it: &&Waiter| {
        let file = format!("/proc/{}/environ", it.pid());
        let environment = std::fs::read_to_string(file).unwrap_or_default();
        let fd = environment.split('\0').find_map(|it| it.strip_prefix("NODE_CHANNEL_FD="));
        let is_it = |thing: &Thing| matches!(thing.on, On::Socket { .. }) && thing.fd.is_some();
        let mut sockets = it.wait.things.iter().filter(|it| is_it(it));
        it.look.program() == "node"
            && sockets.any(|it| it.fd.map(|it| it.to_string()).as_deref() == fd)
    };
    let child = case.waiters.iter().find(is_channel)?;
    let [parent] = child.others(Need::Data)[..] else { return None };
    let is_one = |it: &Waiter| [parent, child.pid()].contains(&it.pid());
    let pid = child.pid();
    let what = both!(
        "disconnect() when there is nothing more to send, in {parent} of the child's object, or in \
         {pid} of process: the channel of fork() keeps both alive",
        "没有消息要发了就调用 disconnect()：在 {parent} 里用子进程对象的，或者在 {pid} 里用 process \
         的；fork() 的通道会让双方都不退出"
    );
    let is_right = case.waiters.iter().all(is_one) && case.look(parent)?.program() == "node";
    is_right.then(|| repair("disconnect_channel", what))?
}

/// A reader waits for end-of-file, and those who have the end for writing don't write any more.
pub fn kept_end(case: &Case) -> Option<Advice> {
    if let Some(advice) = open_stdin(case) {
        return Some(advice);
    }
    let readers = case.all_roots(|it| awaits_end(case, it))?;
    let holders = |it: &Waiter| it.thing(Need::Data).map(Thing::of).unwrap_or_default().to_vec();
    let is_silent = |reader: &Waiter, holder: u32| {
        let same =
            |it: &&&Waiter| it.pid() == holder && it.stack.is_some() && it.at() == reader.at();
        // A descriptor that a program was started with, and that is none of its streams.
        let is_left = |it: &&&Waiter| {
            let thing = reader.thing(Need::Data);
            let fds = thing.map(|thing| writes_to(it.look, thing)).unwrap_or_default();
            let parent = case.look(it.look.parent).filter(|it| it.pid == reader.look.parent);
            let is_executed = parent.is_some_and(|parent| parent.command != it.look.command);
            it.pid() == holder && is_executed && !fds.iter().any(|fd| *fd <= 2)
        };
        let mut roots = readers.iter();
        holder == reader.pid()
            || case.joiner(holder).is_some()
            || case.stacks.is_at_exit(holder)
            || roots.clone().any(|it| same(&it))
            || roots.any(|it| is_left(&it))
    };
    if !readers.iter().all(|it| holders(it).iter().all(|pid| is_silent(it, *pid))) {
        return None;
    }
    let is_joined = |reader: &&&Waiter| {
        case.waiters.iter().any(|it| it.others(Need::End).contains(&reader.pid()))
    };
    let reader = readers.iter().find(is_joined).unwrap_or(&readers[0]);
    let (at, holders) = (reader.at(), holders(reader));
    let who = pids(&holders);
    let what = match holders[..] {
        [holder] if let Some(join) = case.joiner(holder).filter(|it| it.told.call.is_some()) => {
            let (join, reader) = (join.at(), reader.pid());
            both!(
                "close the end for writing in {holder} before {join}, so that {reader} gets \
                 end-of-file",
                "在 {holder} 里先关闭写端，再到 {join}，这样 {reader} 才会得到 EOF"
            )
        }
        _ => both!(
            "close the end for writing in {who}: {at} gets end-of-file only when no process has it \
             open any more",
            "在 {who} 里关闭写端：没有任何进程打开着写端，{at} 才会得到 EOF"
        ),
    };
    repair("close_write_end", what)
}

/// Whether end-of-file would end the thread's wait, and is what it waits for.
pub fn awaits_end(case: &Case, reader: &Waiter) -> bool {
    let Some(thing) = reader.thing(Need::Data) else { return false };
    let is_own = thing.of() == [reader.pid()] && case.threads_of(reader.pid()).count() == 1;
    let is_stdin = thing.fd == Some(0);
    let is_pipe = matches!(thing.on, On::Pipe(_) | On::Fifo(_));
    let is_read = matches!(reader.told.goal, None | Some(Goal::Message));
    let is_loop = reader.wait.things.len() > 1 || reader.told.duty == Some(Duty::Loop);
    let reads_to_end = match reader.look.is_python() {
        true => {
            reader.told.goal.is_none() && reader.call().contains(".read")
                || reader.mentions(&["EOFError"]) == Some(true)
        }
        false => is_pipe,
    };
    // Others may be about to open a FIFO that has a name.
    matches!(thing.from, From::Processes(_))
        && (is_pipe || matches!(thing.on, On::Socket { .. }))
        && is_read
        && !is_loop
        && (is_own || is_stdin || reads_to_end)
}

/// A process reads another one's output to its end, and has the other one's stdin open.
fn open_stdin(case: &Case) -> Option<Advice> {
    let [a, b] = case.pair()?;
    let is_stdin = |it: &Waiter| it.thing(Need::Data).and_then(|it| it.fd) == Some(0);
    let (reader, other) = if is_stdin(b) { (a, b) } else { (b, a) };
    let reads_to_end = [".read()", ".readlines()"].iter().any(|it| reader.call().ends_with(it));
    let is_it = reads_to_end
        && is_stdin(other)
        && other.is_only(Need::Data, reader.pid())
        && reader.is_only(Need::Data, other.pid());
    let (at, pid) = (reader.at(), other.pid());
    let what = both!(
        "close the stdin of {pid} before {at}: it ends when it gets end-of-file",
        "在 {at} 之前关闭 {pid} 的 stdin：它得到 EOF 才会结束"
    );
    is_it.then(|| repair("close_write_end", what))?
}

/// To open a FIFO waits until the other end is opened.
pub fn opening(case: &Case) -> Option<Advice> {
    let openers = case.all_roots(|it| it.thing(Need::Opening).is_some())?;
    let name = |it: &&Waiter| match it.thing(Need::Opening).map(|it| &it.on) {
        Some(On::Fifo(name)) => name.clone(),
        _ => String::new(),
    };
    let names: Vec<String> = openers.iter().map(name).collect();
    let who: Vec<u32> = openers.iter().map(|it| it.pid()).collect();
    let (who, first) = (pids(&who), &names[0]);
    let what = match names.iter().all(|it| it == first) {
        true => both!(
            "open the other end of {first} before, or from the background: {who} waits until both \
             ends are opened",
            "事先打开 {first} 的另一端，或者在后台打开：{who} 要等两端都打开"
        ),
        false => both!(
            "open the other end of each FIFO, in the same order everywhere: {who} wait at different \
             ones, and to open one waits until both ends are opened",
            "打开每个 FIFO 的另一端，在所有地方按同样的顺序：{who} 等的不是同一个，而打开 FIFO 要等两端都打开"
        ),
    };
    repair("open_both_ends", what)
}

/// Locks on files: two in opposite orders, or one that a process may have inherited.
pub fn file_lock(case: &Case) -> Option<Advice> {
    let lock =
        |it: &Waiter| it.thing(Need::Lock).filter(|it| matches!(it.on, On::File(_))).cloned();
    if let Some([a, b]) = case.pair()
        && let (Some(its), Some(others)) = (lock(a), lock(b))
        && its.on != others.on
        && a.is_only(Need::Lock, b.pid())
        && b.is_only(Need::Lock, a.pid())
    {
        let (a, b) = (a.pid(), b.pid());
        let what = both!(
            "lock the two files in the same order in {a} and {b}",
            "在 {a} 和 {b} 里按同样的顺序锁这两个文件"
        );
        return repair("one_order", what);
    }
    let waiter = case.roots().find(|it| lock(it).is_some())?;
    let [holder] = waiter.others(Need::Lock)[..] else { return None };
    let file = stat(format!("/proc/{}/fd/{}", waiter.pid(), lock(waiter)?.fd?)).ok()?;
    let mut locks = procfs::locks().ok()?.into_iter();
    if locks.any(|it| it.inode == file.st_ino && it.pid == Some(holder as i32)) {
        return None;
    }
    let sentence = both!(
        "The lock is free when no process has the file open any more with which it was taken: has \
         {holder} only inherited it (`9>&-`, flock -o)?",
        "获取锁时打开的文件要全部关闭，锁才会释放：{holder} 是不是只是继承了它（`9>&-`、flock -o）？"
    );
    Some(Advice { name: "close_locked_file", sentence, is_question: true })
}

/// Each of two programs waits for the other one's text, which may be in a buffer.
pub fn flush(case: &Case) -> Option<Advice> {
    let [a, b] = case.pair().filter(wait_for_each_other)?;
    let is_stdin = |it: &Waiter| it.thing(Need::Data).and_then(|it| it.fd) == Some(0);
    let (reader, child) = if is_stdin(b) { (a, b) } else { (b, a) };
    let is_buffered = match reader.look.is_python() {
        true => {
            let reads = [".read", "select"].iter().any(|it| reader.call().contains(it));
            reader.told.goal.is_none() && reads
        }
        false => reader.wait.call == "read",
    };
    if !is_stdin(child) || !is_buffered || reader.call().starts_with("os.") {
        return None;
    }
    let way = |look: &Snapshot| match look.program() {
        "cat" | "tee" | "node" => None,
        "sed" => Some("sed -u".to_owned()),
        "grep" => Some("grep --line-buffered".to_owned()),
        "sh" | "bash" | "dash" => None,
        _ if look.is_python() => Some("print(..., flush=True), python3 -u".to_owned()),
        other => Some(format!("stdbuf -oL {other}")),
    };
    let (a, b) = (reader.pid(), child.pid());
    let own = reader.look.is_python().then(|| both!("{a}: flush()", "{a}：flush()"));
    let its = way(child.look).map(|it| both!("{b}: {it}", "{b}：{it}"));
    let ways = own.into_iter().chain(its).collect::<Vec<_>>().join(&both!("; ", "；"));
    let sentence = both!(
        "Each of {a} and {b} waits for what the other one writes: is something still in a buffer \
         ({ways})?",
        "{a} 和 {b} 都在等对方写：是不是有内容还在缓冲区里（{ways}）？"
    );
    Some(Advice { name: "flush", sentence, is_question: true })
}

/// Each of two processes waits until the other one has written.
pub fn who_sends(case: &Case) -> Option<Advice> {
    let pair = case.pair().filter(wait_for_each_other)?;
    let (who, deaths) = (pids(&pair.map(Waiter::pid)), case.deaths());
    let sentence = both!(
        "Which of {who} should write now, or close its end for writing? Each waits for the \
         other.{deaths}",
        "{who} 在互相等待：该由哪一方来写，或者关掉自己的写端？{deaths}"
    );
    Some(Advice { name: "who_sends", sentence, is_question: true })
}

fn wait_for_each_other([a, b]: &[&Waiter; 2]) -> bool {
    let waits = |it: &Waiter, other: &Waiter| {
        it.is_only(Need::Data, other.pid())
            && !matches!(it.told.goal, Some(Goal::Value | Goal::Answer))
            && matches!(it.told.duty, None | Some(Duty::Loop))
    };
    waits(a, b) && waits(b, a)
}
