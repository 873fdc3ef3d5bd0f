//! 中文的说明。The notes in Chinese; roles, calls, options and signals keep their names.

use super::notes::{self, JUST_NOW, List, NO_BREAK, Note, Series, Unit, Who};

/// Where names that are no Chinese begin and end: a space, unless something stands there that has room of its own.
/// Nothing in a note can be this character, since [`notes::clipped`] leaves it out.
const GAP: char = '\u{1}';

/// The text of a note: one or two sentences.
pub fn text(note: &Note) -> String {
    let has_room = |character: char| " ，。：；、（）“".contains(character);
    let words = words(note);
    let mut text = String::new();
    let mut rest = words.chars().peekable();
    while let Some(character) = rest.next() {
        let needs_space = || !text.is_empty() && !text.ends_with(has_room);
        match character == GAP {
            true if needs_space() && rest.peek().is_some_and(|next| !has_room(*next)) => {
                text.push(' ');
            }
            true => {}
            false => text.push(character),
        }
    }
    text
}

fn words(note: &Note) -> String {
    match note {
        Note::Run {
            options,
            seed,
            cores,
        } => format!(
            "本次运行的选项：{options}。加上 --seed {seed} 可以重现随机停顿（如果有的话），但各进程何时运行仍由内核决定。\
             本次运行可用的 CPU 核心有 {cores} 个。"
        ),
        Note::ParentRuns { pid } => {
            format!("你启动的就是父进程，PID 是 {pid}。本次运行的其他进程都是它的子进程。")
        }
        Note::ChildRunsEarly { who } => format!(
            "父进程启动子进程的调用尚未返回，{}就已经在运行了：从这一刻起两者同时运行，先后由内核决定。",
            name(who)
        ),
        Note::ChildRuns { who, after } => format!(
            "{}在父进程启动它 {}之后才开始执行。两者同时运行，再运行一次，这几行的先后可能就不同了。",
            name(who),
            time(*after)
        ),
        Note::SameLine { who, other } => format!(
            "这一行和{}的一模一样，却出自{}。每个进程的第一个线程都叫 MainThread，光凭这个名字认不出是哪个进程。",
            name(other),
            name(who)
        ),
        Note::ThreadRuns { who, thread } => format!(
            "这一行出自{}里的线程 {thread}。它不是另一个进程：PID 相同，内存也是同一份；何时轮到它运行，由内核决定。",
            name(who)
        ),
        Note::ThreadRunsLate { who, thread } => format!(
            "{}的线程 {thread} 到现在才运行，这时主线程已经离开循环了：循环里没有谁等它。",
            name(who)
        ),
        Note::NotYetStarted => {
            "父进程在启动子进程之前就打印了这一行：此刻还没有子进程在运行。".into()
        }
        Note::StartsBeside { running } => format!(
            "父进程没有等{}结束，就去启动下一个子进程了：所以这些子进程是同时运行的。",
            list(running)
        ),
        Note::StartsAfterJoin { waited } => format!(
            "父进程在 join() 里等了 {}，现在才能启动下一个子进程：join() 写在循环里，子进程就只能一个接一个地运行。",
            time(*waited)
        ),
        Note::Started { by, child } => format!(
            "{}启动了{}：把本程序从头再运行一遍，需要管道时，管道的一端就接在它的 stdin 或 stdout 上。这相当于 fork 加 exec，也就是 Python 的启动方法 \
             spawn；子进程并不是父进程的副本。",
            name(by),
            name(child)
        ),
        Note::StartedToo { by, child } => {
            format!("{}以同样的方式启动了{}。", name(by), name(child))
        }
        Note::StartedForeign { child } => format!(
            "父进程启动了{}：这是另一个程序 CPython，它不往这份日志里写东西。",
            name(child)
        ),
        Note::StartedGrandchild { by, child } => format!(
            "{}是由{}以同样的方式启动的，所以要由{}而不是父进程来回收它。",
            name(child),
            name(by),
            name(by)
        ),
        Note::Join { by, child, running } => format!(
            "{}这时在 join() 里等{}结束，{}。",
            name(by),
            name(child),
            match running.is_empty() {
                true => "此外没有别的子进程".into(),
                false => format!("只等它一个，不等{}", list(running)),
            }
        ),
        Note::JoinNext { by, child } => {
            format!("{}接着在 join() 里等{}。", name(by), name(child))
        }
        Note::JoinTerminated { child } => format!(
            "terminate() 只发送 SIGTERM，并不等待，所以后面还要有 join()：不然{}会一直是僵尸进程，直到父进程结束，退出状态也\
             没有谁看得到。",
            name(child)
        ),
        Note::JoinUnreceived { by, child } => format!(
            "{}还没有接收{}发送的内容，就先调用了 join()。只有管道装得下（64 KiB）时这样才安全：再长一些，一个会卡在 send()，\
             另一个会卡在 join()，永远等下去。",
            name(by),
            name(child)
        ),
        Note::Joined {
            by,
            child,
            waited,
            running,
        } => format!(
            "join() 等了 {}后返回，因为{}结束了。{}",
            time(*waited),
            name(child),
            match running.is_empty() {
                true => String::new(),
                false => format!(
                    "{}仍在运行，{}还没有对{}调用 join()。",
                    list(running),
                    name(by),
                    match running.len() {
                        1 => "它",
                        _ => "它们",
                    }
                ),
            }
        ),
        Note::JoinedNext {
            child,
            waited,
            running,
        } => format!(
            "join() 等了 {}后返回：{}结束了。{}",
            time(*waited),
            name(child),
            still_running(running)
        ),
        Note::JoinedAtOnce { child, ago } => format!(
            "这次 join() 立即返回：{}{}。",
            name(child),
            match *ago < JUST_NOW {
                true => "刚刚已被回收".into(),
                false => format!("在 {}之前就已被回收", time(*ago)),
            }
        ),
        Note::AfterJoin { joined, running } => format!(
            "父进程说这句话时，{}仍在运行：它只调用了 {joined} 次 join()。整个运行结束之前，它还会对其余的子进程调用 \
             join()，就像 CPython 退出时那样。",
            list(running)
        ),
        Note::AllEndedAfterJoin { joined, ended: 0 } => {
            format!("子进程都结束了：父进程逐个等过它们，共调用了 {joined} 次 join()。")
        }
        Note::AllEndedAfterJoin { joined, ended } => format!(
            "父进程只调用了 {joined} 次 join()。另外 {ended} 个子进程此时也已结束，但只是碰巧：没有哪次 join() 等过{}。",
            match ended {
                1 => "它",
                _ => "它们",
            }
        ),
        Note::Terminate {
            by,
            child,
            put,
            left,
        } => format!(
            "{}等不到{}自己结束：它在无限循环里，join() 永远不会返回。于是只好发送 SIGTERM（15）。{}",
            name(by),
            name(child),
            match (put, left.len()) {
                (0, _) => String::new(),
                (_, 0) => "这时所有的值都已取走。".into(),
                (_, many) => format!("这时还有 {many} 个值没有取走：{}。", list(left)),
            }
        ),
        Note::TerminateToo { child } => format!("对{}也发送 SIGTERM。", name(child)),
        Note::TerminateEnded { child } => format!(
            "已经没有谁可以终止了：{}早已结束，所以没有发送信号。",
            name(child)
        ),
        Note::Kill { by, child } => format!(
            "{}收到 SIGTERM 后没有结束，于是{}发送 SIGKILL（9）：它既不能忽略也不能推迟，对已暂停的进程同样有效。",
            name(child),
            name(by)
        ),
        Note::KillRest { by, child } => format!(
            "{}无法继续，于是向{}发送 SIGKILL（9），以免运行结束后还有进程留下来。",
            name(by),
            name(child)
        ),
        Note::ExitedWell { child, by } => format!(
            "{}正常结束，退出状态是 0。{}已经把它回收，不会留下僵尸进程。",
            name(child),
            name(by)
        ),
        Note::ExitedWellToo { child } => format!("{}也正常结束，退出状态是 0。", name(child)),
        Note::ExitedUnasked { child, by, awaited } => format!(
            "{}结束了，但 join() 等的是{}，所以还要继续等。不过{}照样把它回收了，不会留下僵尸进程。",
            name(child),
            name(awaited),
            name(by)
        ),
        Note::ExitedBadly { child, code } => format!(
            "{}结束了，退出状态是 {code}，说明它失败了。Python 的 exitcode 和 shell 的 $? 也都会是 {code}。",
            name(child)
        ),
        Note::ExitedBySignal {
            child,
            signal,
            name: signal_name,
            sent_by,
        } => format!(
            "{}被{}终止：在 Python 里，它的 exitcode 为 -{signal}；在 shell 里，退出状态为 {}{NO_BREAK}={NO_BREAK}128{NO_BREAK}+{NO_BREAK}{signal}。{}",
            name(child),
            signal_words(*signal, signal_name),
            128 + i64::from(*signal),
            match sent_by {
                Some(by) => format!("{}已经把它回收，不会留下僵尸进程。", name(by)),
                None => "这个信号不是父进程发送的。".into(),
            }
        ),
        Note::ExitedBySignalToo {
            child,
            signal,
            name: signal_name,
        } => format!(
            "{}也被{}终止。",
            name(child),
            signal_words(*signal, signal_name)
        ),
        Note::Sleep { who, seconds } => format!(
            "{}现在睡眠 {}。这段时间它不占用 CPU，其他进程照常运行。",
            name(who),
            time(*seconds)
        ),
        Note::WaitGet { who } => format!(
            "{}调用 get()。只要队列是空的，这个调用就一直阻塞，直到有值到来，或者最后一个写端关闭。",
            name(who)
        ),
        Note::WaitRecv { who } => format!(
            "{}调用 recv()，它会一直阻塞，直到另一端发来内容。",
            name(who)
        ),
        Note::WaitSend { who } => {
            format!("{}调用 send()，它会一直阻塞，直到管道里有空位。", name(who))
        }
        Note::WaitJoin { who } => format!(
            "{}的主线程在 join() 里等待，执行任务的是同一个进程里的其他线程。",
            name(who)
        ),
        Note::GetsAtOnce { who, there } => format!(
            "{}调用 get()，几乎不用等：已经放入了 {there} 个值。",
            name(who)
        ),
        Note::Put { who } => format!(
            "{}先说这句话，然后才放值：反过来的话，读进程可能会抢先报告已经取到了这个值。在这里 put() \
             自己把值写进管道；在 Python 里，由一个看不见的后台线程（feeder thread）来写，put() 并不等它。",
            name(who)
        ),
        Note::Get {
            who,
            value,
            from,
            took,
        } => format!(
            "从{}说要放入 {value}，到{}取到它，用了 {}。队列就是内核里的一根管道，中间不经过别的进程。",
            name(from),
            name(who),
            time(*took)
        ),
        Note::GetNext {
            who,
            value,
            took,
            waited,
        } => format!(
            "{value} 传递用了 {}；{}在 get() 里等了 {}。",
            time(*took),
            name(who),
            time(*waited)
        ),
        Note::GetUnknown { who, value } => {
            format!("{}取到了 {value}；日志里没有记下是谁放的。", name(who))
        }
        Note::Compete {
            who,
            value,
            readers,
        } => format!(
            "到此时已有 {readers} 个进程在这个队列上调用过 get()，而 {value} 只到了{}手里：每个值只归一个读进程。归哪一个，只由内核决定。",
            name(who)
        ),
        Note::PutSentinel { by } => format!(
            "{}在最后一个值后面放哨兵值，每个读进程一个：哨兵值一被取走就离开了队列，所以下一个读进程需要自己的那一个。",
            name(by)
        ),
        Note::GetSentinel { who } => format!(
            "{}取到了哨兵值：此前放入的值都已取走。它离开循环，自行结束，不需要谁来终止它。",
            name(who)
        ),
        Note::GetSentinelToo { who } => format!("{}取到了自己的那个哨兵值。", name(who)),
        Note::EndOfFile { who, writers } => format!(
            "{}读到了文件末尾（EOF）：管道空了，写端也全都关闭了，{}。它离开循环，自行结束。",
            name(who),
            match writers.is_empty() {
                true => "父进程也不再持有".into(),
                false => format!("父进程和{}都不再持有", list(writers)),
            }
        ),
        Note::EndOfFileToo { who } => format!(
            "{}也读到了 EOF：和哨兵值不同，它对每个读进程都有效。",
            name(who)
        ),
        Note::Send { who } => format!(
            "{}把全部内容作为一条消息发送：在这里是一行 JSON，在 Python 里是 pickle。管道能装 64 KiB；再长一些，send() \
             就要等另一端接收。",
            name(who)
        ),
        Note::SendBack { who } => format!(
            "{}现在朝另一个方向发送。双向管道有这个方向：在这里是两根内核管道，在 Python 里是一对套接字（socket）；单向管道\
             没有，调用会被拒绝。",
            name(who)
        ),
        Note::Recv { who, from, took } => format!(
            "从{}说要发送，到{}收到，用了 {}：一次 send() 对应一次 recv()，消息多长都一样。",
            name(from),
            name(who),
            time(*took)
        ),
        Note::RecvUnknown { who } => {
            format!("{}收到了一条消息；日志里没有记下是谁发送的。", name(who))
        }
        Note::Print { who } => format!("{}打印自己手里的内容。", name(who)),
        Note::PrintReceived { who, from } => format!(
            "{}打印的是自己的一份副本，原件在{}那里：进程之间不共享变量。",
            name(who),
            name(from)
        ),
        Note::Refused { who, call } => format!(
            "单向管道（duplex=False）的一端只能接收，另一端只能发送，所以{}的 {}() 被拒绝了。这并不影响什么，它会继续运行。",
            name(who),
            call.name()
        ),
        Note::RefusedToo { who, call } => format!(
            "在另一端也是同样的规则：{}的 {}() 被拒绝了。",
            name(who),
            call.name()
        ),
        Note::GivesUp { who, message } => format!(
            "{}放弃了，将以退出状态 1 结束，原因是：{message}",
            name(who)
        ),
        Note::Turn { who } => format!(
            "{}每循环一次就启动一个线程，而且不等它：从现在起，线程的那一行随时可能出现。",
            name(who)
        ),
        Note::LoopOver { who, threads, left } => format!(
            "{}离开了循环，而它的 {threads} 个线程{}。进程会等所有线程运行完再结束，Python 的进程也是这样。",
            name(who),
            match (left == threads, threads) {
                (true, 1) => "还没有输出".into(),
                (true, _) => "都还没有输出".into(),
                (false, _) => format!("里还有 {left} 个没有输出"),
            }
        ),
        Note::LoopOverLast { who, threads } => format!(
            "{}离开了循环，这一次它的 {threads} 个线程在那之前都运行过了：反过来也完全可能。",
            name(who)
        ),
        Note::Counter {
            who,
            value,
            address,
        } => format!(
            "{}查看一个全局变量：值是 {value}，在它自己内存里的地址 {address}。",
            name(who)
        ),
        Note::CounterElsewhere {
            who,
            value,
            address,
            other,
            other_value,
            other_address,
        } => match address == other_address {
            true => format!(
                "地址和{}的一样，都是 {address}，内存却不是同一份：在{}那里变量是 {value}，在{}那里是 {other_value}。\
                 地址只在一个进程之内才有意义。",
                name(other),
                name(who),
                name(other)
            ),
            false => format!(
                "{}有自己的变量：{value}，在 {address}；{}的是 {other_value}，在 {other_address}。",
                name(who),
                name(other)
            ),
        },
        Note::CounterChanged {
            who,
            from,
            to,
            other,
        } => format!(
            "{}在自己的内存里从 {from} 数到了 {to}。{}",
            name(who),
            match other {
                Some((other, value)) => format!("{}的变量仍是 {value}。", name(other)),
                None => String::new(),
            }
        ),
        Note::CounterUnchanged {
            who,
            value,
            other,
            other_value,
        } => format!(
            "{}这里仍是 {value}：{}数到了 {other_value}，这里什么也没有变。结果必须发送过来。",
            name(who),
            name(other)
        ),
        Note::CounterReceived { who, from, to } => format!(
            "{from} 变成了 {to}，是因为{}把收到的值存了进去：靠的是消息，不是共享内存。",
            name(who)
        ),
        Note::Measured { cores } => format!(
            "这一行的数字是本次运行在这台机器上测得的，可用的核心有 {cores} 个；再运行一次，数字会有所不同。"
        ),
        Note::Pool {
            kind,
            workers,
            with,
            tasks,
            cores,
        } => format!(
            "父进程启动一个工作池：{}，队列里有 {}。{}",
            workers_of(with, *workers),
            tasks_of(kind, *tasks),
            match kind.as_str() {
                "compute" => format!("这种任务一直要占用一个核心，而可用的核心有 {cores} 个。"),
                "io" => "这种任务大部分时间在等待，而同时等待的任务可以有任意多个。".into(),
                _ => String::new(),
            }
        ),
        Note::PoolNext {
            kind,
            workers,
            with,
            tasks,
        } => format!(
            "下一个工作池：{}，{}。",
            workers_of(with, *workers),
            tasks_of(kind, *tasks)
        ),
        Note::TaskStart {
            who,
            task,
            in_thread,
        } => format!(
            "{}取走了任务 {task}。任务不由父进程分派：哪个{}空闲，就自己从队列里取下一个。",
            name(who),
            match in_thread {
                true => "工作线程",
                false => "工作进程",
            }
        ),
        Note::TaskDone {
            who,
            kind,
            task,
            seconds,
            processor_seconds,
        } => format!(
            "任务 {task}（{}）在{}那里花了 {}，其中 {}在 CPU 上运行，其余时间在等待。",
            bound(kind),
            name(who),
            time(*seconds),
            time(*processor_seconds)
        ),
        Note::Customers {
            customers,
            sum,
            longest,
        } => format!(
            "来了 {customers} 位顾客，各有各的延迟。一个接一个地等，需要各人延迟之和 {}；大家同时等，只需最长的延迟 {}。",
            time(*sum),
            time(*longest)
        ),
        Note::Request { who, customer } => format!(
            "{}替顾客 {customer} 向售票处提出请求，在答复到来之前什么也做不了。",
            name(who)
        ),
        Note::RequestBeside { who, open } => format!(
            "{}在一个线程里同时有 {open} 个请求在等答复：这就是事件循环，它不原地等待，而是接着处理下一位顾客。",
            name(who)
        ),
        Note::RequestInOthers { processes } => format!(
            "现在有 {processes} 个进程同时在等，各自替自己的顾客等票：阻塞的调用只会停住它自己的进程。"
        ),
        Note::Served {
            who,
            customer,
            took,
            delay,
        } => format!(
            "{}的顾客 {customer} 发出请求后过了 {}拿到票，其中售票处的延迟占 {}。",
            name(who),
            time(*took),
            time(*delay)
        ),
        Note::ServedLate {
            who,
            customer,
            took,
            delay,
        } => format!(
            "顾客 {customer} 发出请求后过了 {}才拿到票，而售票处的延迟只有 {}：在那之前，{}唯一的线程一直被别的顾客占着。",
            time(*took),
            time(*delay),
            name(who)
        ),
        Note::NoMore { of } => format!("后面的{}不再一一说明。", series(*of)),
        Note::Summary {
            started,
            codes,
            signals,
            unseen,
        } => {
            let mut ends: Vec<String> = Vec::new();
            for (code, many) in codes {
                ends.push(format!("{many} 个以退出状态 {code} 结束"));
            }
            for (signal, signal_name, many) in signals {
                let words = signal_words(*signal, signal_name);
                ends.push(format!("{many} 个被{words}终止"));
            }
            let reaped = match (unseen, started) {
                (0, 1) => "已回收".into(),
                (0, _) => "全部已回收".into(),
                (1, 1) => "它如何结束，日志里没有记下".into(),
                _ => format!("其中 {unseen} 个如何结束，日志里没有记下"),
            };
            match ends.is_empty() {
                true => format!("总共启动了 {started} 个进程，{reaped}。"),
                false => format!(
                    "总共启动了 {started} 个进程，{reaped}：{}。",
                    ends.join("，")
                ),
            }
        }
        Note::Shares { gets } => format!("各读进程取到的值的个数：{}。", list(gets)),
        Note::Lost {
            lost,
            put,
            terminated,
        } => format!(
            "放入的 {put} 个值里丢失了 {lost} 个，因为{}。写进程结束，只说明值都放进了队列，不说明都被取走了。",
            match terminated.is_empty() {
                true => "读进程都已结束".into(),
                false => format!("{}还没来得及 get()，就被信号终止了", list(terminated)),
            }
        ),
        Note::NotGot { values } => {
            format!("就这份日志来看，有 {values} 个值放入后没有被取走。")
        }
    }
}

/// A process, ready to stand beside Han characters.
fn name(who: &Who) -> String {
    match who.is_parent {
        true => "父进程".into(),
        false => format!("{GAP}{}（PID{NO_BREAK}{}）", who.role, who.pid),
    }
}

fn list(of: &List) -> String {
    let names = of.shown.join("、");
    match of.more {
        0 => format!("{GAP}{names}{GAP}"),
        more => format!("{GAP}{names} 和另外 {more} 个"),
    }
}

fn still_running(running: &List) -> String {
    match running.is_empty() {
        true => String::new(),
        false => format!("仍在运行的有：{}。", list(running)),
    }
}

fn workers_of(with: &str, workers: u16) -> String {
    match with {
        "processes" => format!("{workers} 个工作进程"),
        "threads" => format!("{workers} 个工作线程"),
        with => format!("{workers} 个工作者（{with}）"),
    }
}

fn tasks_of(kind: &str, tasks: u16) -> String {
    format!("{tasks} 个{}任务", bound(kind))
}

/// What bounds the tasks of a kind.
fn bound(kind: &str) -> String {
    match kind {
        "compute" => "计算密集型".into(),
        "io" => format!("{GAP}IO 密集型"),
        other => format!("{GAP}{other}{GAP}"),
    }
}

fn time(seconds: f64) -> String {
    let (number, unit) = notes::time(seconds);
    let unit = match unit {
        Unit::Seconds => "秒",
        Unit::Milliseconds => "毫秒",
        Unit::Microseconds => "微秒",
    };
    format!("{number}{NO_BREAK}{unit}")
}

fn signal_words(signal: i32, name: &Option<String>) -> String {
    match name {
        Some(name) => format!("{GAP}{name}（{signal}）"),
        None => format!("信号 {signal}{GAP}"),
    }
}

fn series(of: Series) -> &'static str {
    match of {
        Series::Starts => "启动",
        Series::Joins => "\u{1}join()\u{1}",
        Series::Ends => "进程结束",
        Series::Signals => "信号",
        Series::Gets => "取值",
        Series::Marks => "读进程结束",
        Series::Pools => "工作池和任务",
    }
}
