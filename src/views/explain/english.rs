//! The notes in English.

use super::notes::{self, JUST_NOW, List, NO_BREAK, Note, Series, Unit, Who};

/// The text of a note: one or two sentences.
pub fn text(note: &Note) -> String {
    let text = words(note);
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text,
    }
}

fn words(note: &Note) -> String {
    match note {
        Note::Run {
            options,
            seed,
            cores,
        } => format!(
            "Options of this run: {options}. --seed {seed} repeats the random pauses, where there are any; who runs when \
             stays the kernel's choice. This run may use {}.",
            count(*cores, "core")
        ),
        Note::ParentRuns { pid } => format!(
            "The process that you started is the parent, PID {pid}. All others of this run are its children."
        ),
        Note::ChildRunsEarly { who } => format!(
            "{} is already running while the parent is still busy starting it: from now on both run at the same time, in \
             whatever order the kernel chooses.",
            name(who)
        ),
        Note::ChildRuns { who, after } => format!(
            "{} begins {} after the parent has started it. Both run at the same time, so in another run their lines may \
             have changed places.",
            name(who),
            time(*after)
        ),
        Note::SameLine { who, other } => format!(
            "The same line as from {}, but this is {}. MainThread is the name of the first thread in every process: it \
             tells nobody which process it is.",
            name(other),
            name(who)
        ),
        Note::ThreadRuns { who, thread } => format!(
            "This line is from {thread}, a thread inside {}: no process of its own, but the same PID and the same \
             memory. When it gets to run, the kernel decides.",
            name(who)
        ),
        Note::ThreadRunsLate { who, thread } => format!(
            "{thread} of {} runs only now, when the main thread has left its loop: nobody waited for it there.",
            name(who)
        ),
        Note::NotYetStarted => {
            "The parent says this before it starts a child: none is running yet.".into()
        }
        Note::StartsBeside { running } => format!(
            "The parent goes on to the next child without waiting for {}: so the children run at the same time.",
            list(running)
        ),
        Note::StartsAfterJoin { waited } => format!(
            "Only now, after {} in join(), can the parent start the next child: with join() inside the loop, the \
             children run one after another.",
            time(*waited)
        ),
        Note::Started { by, child } => format!(
            "{} has started {}: this program once more, from its beginning, with ends of pipes, where it needs any, as \
             stdin and stdout. That is fork and exec in one, Python's start method spawn; the child is no copy of its \
             parent.",
            at_start(by),
            name(child)
        ),
        Note::StartedToo { by, child } => {
            format!(
                "{} has started {} in the same way.",
                at_start(by),
                name(child)
            )
        }
        Note::StartedForeign { child } => format!(
            "The parent has started {}: another program, CPython, which writes nothing to this log.",
            name(child)
        ),
        Note::StartedGrandchild { by, child } => format!(
            "{} was started by {}, in the same way: so it is {}, and not the parent, who has to reap it.",
            name(child),
            name(by),
            name(by)
        ),
        Note::Join { by, child, running } => format!(
            "{} now waits in join() for the end of {}, and of no other child{}.",
            at_start(by),
            name(child),
            match running.is_empty() {
                true => "; there is no other".into(),
                false => format!(": not of {}", list(running)),
            }
        ),
        Note::JoinNext { by, child } => {
            format!("{} goes on to the join() for {}.", name(by), name(child))
        }
        Note::JoinTerminated { child } => format!(
            "terminate() sends SIGTERM and does not wait, so a join() has to follow: without one, {} would stay a zombie until the \
             parent ends, and nobody would see its exit status.",
            name(child)
        ),
        Note::JoinUnreceived { by, child } => format!(
            "{} joins before it has received what {} sends. That is safe only for what fits into a pipe (64 KiB): with \
             more, one would wait in send() and the other in join(), for ever.",
            at_start(by),
            name(child)
        ),
        Note::Joined {
            by: _,
            child,
            waited,
            running,
        } => format!(
            "join() has returned after {}, because {} has ended.{}",
            time(*waited),
            name(child),
            match running.is_empty() {
                true => String::new(),
                false => format!(" Still running, and not joined yet: {}.", list(running)),
            }
        ),
        Note::JoinedNext {
            child,
            waited,
            running,
        } => format!(
            "join() has returned after {}: {} has ended.{}",
            time(*waited),
            name(child),
            still_running(running)
        ),
        Note::JoinedAtOnce { child, ago } => format!(
            "This join() returns at once: {} was reaped {}.",
            name(child),
            match *ago < JUST_NOW {
                true => "just before".into(),
                false => format!("{} ago", time(*ago)),
            }
        ),
        Note::AfterJoin { joined, running } => format!(
            "The parent says this although {} still {}: it has done {} only. Before the run ends it joins the rest as \
             well, as CPython does at exit.",
            list(running),
            runs(running),
            count(*joined, "join()")
        ),
        Note::AllEndedAfterJoin { joined, ended: 0 } => format!(
            "All children have ended: the parent has waited for each of them, in {} of join().",
            count(*joined, "call")
        ),
        Note::AllEndedAfterJoin { joined, ended } => format!(
            "The parent has waited in {} only. {} had ended by then, too, but only by chance: no join() waited for {}.",
            count(*joined, "join()"),
            match ended {
                1 => "The 1 other child".into(),
                _ => format!("The {ended} other children"),
            },
            it_or_them(*ended)
        ),
        Note::Terminate {
            by,
            child,
            put,
            left,
        } => format!(
            "{} can't wait for {}: its loop is endless, so a join() would never return. Hence SIGTERM (15){}.",
            at_start(by),
            name(child),
            match (put, left.len()) {
                (0, _) => String::new(),
                (_, 0) => ", now that every value has been got".into(),
                (_, 1) => format!(", although 1 value has not been got yet: {}", list(left)),
                (_, many) => format!(
                    ", although {many} values have not been got yet: {}",
                    list(left)
                ),
            }
        ),
        Note::TerminateToo { child } => format!("SIGTERM for {} as well.", name(child)),
        Note::TerminateEnded { child } => format!(
            "There is nobody to terminate: {} has already ended, so no signal is sent.",
            name(child)
        ),
        Note::Kill { by, child } => format!(
            "{} has not ended on SIGTERM. So {} sends SIGKILL (9), which can be neither ignored nor put off, not even by \
             a process that is stopped.",
            name(child),
            name(by)
        ),
        Note::KillRest { by, child } => format!(
            "{} can't go on and sends SIGKILL (9) to {}, so that nobody runs on when the run is over.",
            at_start(by),
            name(child)
        ),
        Note::ExitedWell { child, by } => format!(
            "{} has ended by itself, with exit status 0. {} has reaped it, so no zombie is left.",
            name(child),
            at_start(by)
        ),
        Note::ExitedWellToo { child } => {
            format!("{} has ended with exit status 0 as well.", name(child))
        }
        Note::ExitedUnasked { child, by, awaited } => format!(
            "{} has ended, but join() waits for {} and goes on waiting. {} has reaped it all the same, so no zombie is \
             left.",
            name(child),
            name(awaited),
            at_start(by)
        ),
        Note::ExitedBadly { child, code } => format!(
            "{} has ended with exit status {code}, which means that it failed. Python's exitcode and a shell's $? would \
             be {code} too.",
            name(child)
        ),
        Note::ExitedBySignal {
            child,
            signal,
            name: signal_name,
            sent_by,
        } => format!(
            "{} was killed by {}: in Python its exitcode is -{signal}, in a shell its exit status is \
             {}{NO_BREAK}={NO_BREAK}128{NO_BREAK}+{NO_BREAK}{signal}. {}",
            name(child),
            signal_words(*signal, signal_name),
            128 + i64::from(*signal),
            match sent_by {
                Some(by) => format!("{} has reaped it, so no zombie is left.", at_start(by)),
                None => "It was not the parent who sent that signal.".into(),
            }
        ),
        Note::ExitedBySignalToo {
            child,
            signal,
            name: signal_name,
        } => format!(
            "{} was killed by {} as well.",
            name(child),
            signal_words(*signal, signal_name)
        ),
        Note::Sleep { who, seconds } => format!(
            "{} now sleeps for {}. It needs no processor meanwhile; the others go on.",
            name(who),
            time(*seconds)
        ),
        Note::WaitGet { who } => format!(
            "{} calls get(). As long as the queue is empty the call blocks, until a value comes or the last write end \
             is closed.",
            name(who)
        ),
        Note::WaitRecv { who } => format!(
            "{} calls recv(), which blocks until the other end has sent something.",
            name(who)
        ),
        Note::WaitSend { who } => {
            format!(
                "{} calls send(), which blocks until the pipe has room.",
                name(who)
            )
        }
        Note::WaitJoin { who } => format!(
            "The main thread of {} waits in join() for the other threads of this process, which do the work.",
            name(who)
        ),
        Note::GetsAtOnce { who, there } => format!(
            "{} calls get() and hardly has to wait: {} already been put.",
            name(who),
            match there {
                1 => "1 value has".into(),
                _ => format!("{there} values have"),
            }
        ),
        Note::Put { who } => format!(
            "{} says this before it puts: the other way round, a reader might say first that it has the value. Here \
             put() itself writes into the pipe; in Python a hidden feeder thread does that, and put() does not wait for it.",
            name(who)
        ),
        Note::Get {
            who,
            value,
            from,
            took,
        } => format!(
            "{} got {value} {} after {} said that it puts it. The queue is a pipe in the kernel; no other process \
             passed the value on.",
            name(who),
            time(*took),
            name(from)
        ),
        Note::GetNext {
            who,
            value,
            took,
            waited,
        } => format!(
            "{value} took {}; {} had waited in get() for {}.",
            time(*took),
            name(who),
            time(*waited)
        ),
        Note::GetUnknown { who, value } => {
            format!(
                "{} got {value}; the log does not tell who put it.",
                name(who)
            )
        }
        Note::Compete {
            who,
            value,
            readers,
        } => format!(
            "{readers} processes have called get() on this queue by now, and {value} went to {} alone: each value goes to one reader. To \
             which one, nobody decides but the kernel.",
            name(who)
        ),
        Note::PutSentinel { by } => format!(
            "{} puts a sentinel behind the last value, one for each reader: a reader that gets it takes it out of the \
             queue, so the next one needs its own.",
            at_start(by)
        ),
        Note::GetSentinel { who } => format!(
            "{} got a sentinel: every value put before it has been got. It leaves its loop and ends by itself, and \
             nobody has to kill it.",
            name(who)
        ),
        Note::GetSentinelToo { who } => format!("{} got a sentinel of its own.", name(who)),
        Note::EndOfFile { who, writers } => format!(
            "{} came to the end of file (EOF): the pipe is empty and no process has a write end any more, {}. It leaves \
             its loop and ends by itself.",
            name(who),
            match writers.is_empty() {
                true => "not even the parent".into(),
                false => format!("neither the parent nor {}", list(writers)),
            }
        ),
        Note::EndOfFileToo { who } => format!(
            "{} came to EOF as well: unlike a sentinel, it is there for every reader.",
            name(who)
        ),
        Note::Send { who } => format!(
            "{} sends all of it as one message: a line of JSON here, a pickle in Python. A pipe holds 64 KiB; with more, \
             send() waits until the other end receives.",
            name(who)
        ),
        Note::SendBack { who } => format!(
            "{} now sends in the other direction. A two-way pipe has one: it is two kernel pipes here, a socket pair in \
             Python; a one-way pipe refuses.",
            at_start(who)
        ),
        Note::Recv { who, from, took } => format!(
            "{} received it {} after {} said that it sends: one send() is one recv(), however long the message.",
            at_start(who),
            time(*took),
            name(from)
        ),
        Note::RecvUnknown { who } => {
            format!(
                "{} received a message; the log does not tell who sent it.",
                at_start(who)
            )
        }
        Note::Print { who } => format!("{} prints what it has.", at_start(who)),
        Note::PrintReceived { who, from } => format!(
            "{} prints its own copy of what {} sent: processes share no variables.",
            at_start(who),
            name(from)
        ),
        Note::Refused { who, call } => format!(
            "Of a one-way pipe (duplex=False) one end can only receive and the other only send, so {}() of {} was \
             refused. Nothing is broken by that, and it goes on.",
            call.name(),
            name(who)
        ),
        Note::RefusedToo { who, call } => format!(
            "The same rule at the other end: {}() of {} was refused.",
            call.name(),
            name(who)
        ),
        Note::GivesUp { who, message } => format!(
            "{} gives up and will end with exit status 1, because of this: {message}",
            at_start(who)
        ),
        Note::Turn { who } => format!(
            "In each turn of its loop {} starts a thread and does not wait for it: the thread's line may come at any \
             time from now on.",
            name(who)
        ),
        Note::LoopOver { who, threads, left } => format!(
            "{} has left its loop, but {} {} not said anything yet. The process waits for all its threads before it \
             ends, as Python's do.",
            name(who),
            match left == threads {
                true => format!("its {}", count(*threads, "thread")),
                false => format!("{left} of its {threads} threads"),
            },
            match left {
                1 => "has",
                _ => "have",
            }
        ),
        Note::LoopOverLast { who, threads } => format!(
            "{} has left its loop, and this time its {} had run before that: it might as well have been the other way round.",
            name(who),
            count(*threads, "thread")
        ),
        Note::Counter {
            who,
            value,
            address,
        } => format!(
            "{} looks at a global variable: {value}, at the address {address} of its own memory.",
            at_start(who)
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
                "The same address as in {}, {address}, but other memory: for {} the variable is {value}, there it is \
                 {other_value}. An address means something within one process only.",
                name(other),
                name(who)
            ),
            false => format!(
                "{} has a variable of its own: {value} at {address}; that of {} is {other_value} at {other_address}.",
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
            "{} has counted from {from} to {to}, in its own memory.{}",
            name(who),
            match other {
                Some((other, value)) => format!(" What {} has is still {value}.", name(other)),
                None => String::new(),
            }
        ),
        Note::CounterUnchanged {
            who,
            value,
            other,
            other_value,
        } => format!(
            "Still {value} in {}: that {} counted to {other_value} has changed nothing here. A result has to be sent.",
            name(who),
            name(other)
        ),
        Note::CounterReceived { who, from, to } => format!(
            "{from} became {to} because {} has stored what it received: by a message, not by shared memory.",
            name(who)
        ),
        Note::Measured { cores } => format!(
            "What stands in this row was measured in this run, on this machine, with {} to use: another run gives other \
             figures.",
            count(*cores, "core")
        ),
        Note::Pool {
            kind,
            workers,
            with,
            tasks,
            cores,
        } => format!(
            "The parent starts a pool: {}, and {} in a queue.{}",
            workers_of(with, *workers),
            tasks_of(kind, *tasks),
            match kind.as_str() {
                "compute" => format!(
                    " Such a task needs a core all the time, and {} to be had.",
                    match cores {
                        1 => "1 core is".into(),
                        _ => format!("{cores} cores are"),
                    }
                ),
                "io" =>
                    " Such a task mostly waits, and any number of tasks can wait at the same time."
                        .into(),
                _ => String::new(),
            }
        ),
        Note::PoolNext {
            kind,
            workers,
            with,
            tasks,
        } => format!(
            "The next pool: {}, and {}.",
            workers_of(with, *workers),
            tasks_of(kind, *tasks)
        ),
        Note::TaskStart {
            who,
            task,
            in_thread: _,
        } => format!(
            "{} takes task {task}. Nobody hands tasks out: a worker that is free takes the next one from the queue.",
            name(who)
        ),
        Note::TaskDone {
            who,
            kind,
            task,
            seconds,
            processor_seconds,
        } => format!(
            "Task {task} ({}) took {} {}. For {} of that it was on a core; for the rest it waited.",
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
            "{} with a delay each. One after another they take {}, the sum; if all wait at the same time, {}, the \
             longest.",
            count(*customers, "customer"),
            time(*sum),
            time(*longest)
        ),
        Note::Request { who, customer } => format!(
            "{} asks the office for customer {customer}, and can do nothing else until the answer is there.",
            name(who)
        ),
        Note::RequestBeside { who, open } => format!(
            "{} has {open} requests open at the same time in one thread: that is its event loop, which goes on to the \
             next customer instead of waiting for the answer.",
            name(who)
        ),
        Note::RequestInOthers { processes } => format!(
            "{processes} processes now wait at the same time, each for its own customer: a call that blocks stops its own \
             process only."
        ),
        Note::Served {
            who,
            customer,
            took,
            delay,
        } => format!(
            "Customer {customer} of {} got the ticket {} after asking; the office's delay was {} of that.",
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
            "Customer {customer} got the ticket only {} after asking, though the office's delay was {}: until then \
             somebody else kept the one thread of {}.",
            time(*took),
            time(*delay),
            name(who)
        ),
        Note::NoMore { of } => format!("Further {} are not told one by one.", series(*of)),
        Note::Summary {
            started,
            codes,
            signals,
            unseen,
        } => {
            let mut ends: Vec<String> = Vec::new();
            for (code, many) in codes {
                ends.push(format!("{many} ended with exit status {code}"));
            }
            for (signal, signal_name, many) in signals {
                let (was, words) = (was(*many), signal_words(*signal, signal_name));
                ends.push(format!("{many} {was} killed by {words}"));
            }
            let all = match started {
                1 => "1 process was started".into(),
                _ => format!("{started} processes were started"),
            };
            let reaped = match (unseen, started) {
                (0, 1) => " and reaped".into(),
                (0, _) => ", and all were reaped".into(),
                (1, 1) => "; how it ended is not in the log".into(),
                _ => format!("; how {unseen} of them ended is not in the log"),
            };
            match ends.is_empty() {
                true => format!("In all, {all}{reaped}."),
                false => format!("In all, {all}{reaped}: {}.", ends.join(", ")),
            }
        }
        Note::Shares { gets } => format!("How many values each reader got: {}.", list(gets)),
        Note::Lost {
            lost,
            put,
            terminated,
        } => format!(
            "{} lost{}. That a writer has ended means that it has put everything, not that everything has been got.",
            match put {
                1 => "The 1 value that was put was".into(),
                _ => format!("Of {put} values that were put, {lost} {}", was(*lost)),
            },
            match terminated.is_empty() {
                true => ", because every reader had ended".into(),
                false => format!(
                    ", because a signal ended {} before the next get()",
                    list(terminated)
                ),
            }
        ),
        Note::NotGot { values } => format!(
            "{} {} put and, as far as this log goes, not got.",
            count(*values, "value"),
            was(*values)
        ),
    }
}

fn name(who: &Who) -> String {
    match who.is_parent {
        true => "the parent".into(),
        false => format!("{} (PID{NO_BREAK}{})", who.role, who.pid),
    }
}

fn at_start(who: &Who) -> String {
    match who.is_parent {
        true => "The parent".into(),
        false => name(who),
    }
}

fn list(of: &List) -> String {
    match (of.more, of.shown.split_last()) {
        (0, Some((last, others))) if !others.is_empty() => {
            format!("{} and {last}", others.join(", "))
        }
        (0, _) => of.shown.join(", "),
        (more, _) => format!("{} and {more} more", of.shown.join(", ")),
    }
}

fn still_running(running: &List) -> String {
    match running.is_empty() {
        true => String::new(),
        false => format!(" Still running: {}.", list(running)),
    }
}

fn workers_of(with: &str, workers: u16) -> String {
    match with {
        "processes" if workers == 1 => "1 worker process".into(),
        "processes" => format!("{workers} worker processes"),
        "threads" => count(workers, "worker thread"),
        with => format!("{} ({with})", count(workers, "worker")),
    }
}

fn tasks_of(kind: &str, tasks: u16) -> String {
    count(tasks, &format!("{} task", bound(kind)))
}

/// What bounds the tasks of a kind.
fn bound(kind: &str) -> &str {
    match kind {
        "compute" => "compute-bound",
        "io" => "IO-bound",
        other => other,
    }
}

fn it_or_them(many: usize) -> &'static str {
    match many {
        1 => "it",
        _ => "them",
    }
}

fn runs(running: &List) -> &'static str {
    match running.len() {
        1 => "runs",
        _ => "run",
    }
}

fn was(many: usize) -> &'static str {
    match many {
        1 => "was",
        _ => "were",
    }
}

fn count(many: impl ToString, what: &str) -> String {
    match many.to_string().as_str() {
        "1" => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

fn time(seconds: f64) -> String {
    let (number, unit) = notes::time(seconds);
    let unit = match unit {
        Unit::Seconds => "s",
        Unit::Milliseconds => "ms",
        Unit::Microseconds => "us",
    };
    format!("{number}{NO_BREAK}{unit}")
}

fn signal_words(signal: i32, name: &Option<String>) -> String {
    match name {
        Some(name) => format!("{name} ({signal})"),
        None => format!("signal {signal}"),
    }
}

fn series(of: Series) -> &'static str {
    match of {
        Series::Starts => "starts",
        Series::Joins => "calls of join()",
        Series::Ends => "ends of processes",
        Series::Signals => "signals",
        Series::Gets => "gets",
        Series::Marks => "ends of readers",
        Series::Pools => "pools and tasks",
    }
}
