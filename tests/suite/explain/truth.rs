//! What a note says is true of the log that it is told of: of real runs, and of the same logs with
//! an event dropped or two processes exchanged. Then the note is gone, or still true.

#![expect(clippy::cmp_owned, reason = "a number's text is compared, not the JSON value")]

use std::collections::BTreeSet;

use serde_json::Value;

use super::notes;
use crate::common::*;

/// Recordings in `tests/logs/`.
const RECORDED: &[&str] = &[
    "bound-io",
    "memory",
    "pipe-refused",
    "queue-all-got",
    "queue-eof",
    "queue-four-lost",
    "queue-killed",
    "queue-late",
    "queue-one-sentinel",
    "spawn-each",
    "spawn-last",
];

/// Lessons that are run, for their own notes.
const RUN: &[&str] = &[
    "async --customers 3 --wait 0.02",
    "buffer",
    "buffer --end exit",
    "buffer --flush --end kill",
    "buffer --to terminal",
    "lock --turns 9",
    "lock --turns 9 --with lock",
    "lock --kill --patience 0.1",
    "lock --kill --kind flock",
    "lock --kill --kind flock --processes 3 --turns 20",
    "memory",
    "pipe --bytes 65537 --join last --speed 100",
    "pipe --bytes 65537 --patience 0.1",
    "pipe --simplex --reply --speed 100",
    "pipe --reply --speed 100",
    "pipe --receive all --speed 100",
    "queue --kill reader-1 --lock --patience 0.1 --pause 0",
    "queue --kill reader-1 --speed 100",
    "queue --lock --readers 2 --speed 100",
    "queue --stop eof --writers 2 --readers 2 --speed 100",
    "queue --stop eof --keep-end --patience 0.1 --pause 0",
    "queue --stop empty --speed 50",
    "queue --stop sentinel --readers 2 --sentinels 1 --patience 0.1 --pause 0",
    "queue --take 3 --speed 50",
    "spawn --children 2 --threads 2 --speed 50",
    "spawn --children 2 --threads 1 --join each --speed 50",
    "spawn --children 3 --threads 2 --join all --speed 50",
    "spawn --children 2 --threads 1 --sleep 1,0.1 --speed 50",
    "terminate --catch",
    "terminate --signal int",
    "terminate --signal kill",
    "terminate --grandchild --speed 100",
    "terminate --grandchild --catch",
    "zombie --speed 50",
    "zombie --join --speed 50",
    "zombie --orphan --speed 50",
];

/// Beginnings of notes that have no cause, number or name of this run, or only such as stand in the
/// event itself.
const GENERAL: &[&str] = &[
    "Further {} are not described one by one.",
    "In all, ",
    "The parent starts a pool: ",
    "The next pool: ",
    "{} takes task {}.",
    "Task {} ({}) took {}",
    "{} customers with a delay each.",
    "{} asks the office for customer {}, and waits",
    "Customer {} of {} got the ticket",
    "The figures in this row were measured in this run",
    "The process that you started is the parent, PID {}.",
];

struct Log(Vec<Value>);

impl Log {
    /// The PID of a process that a note names, if the log has it under this name.
    fn pid(&self, named: &str) -> Option<i64> {
        if named.trim_end_matches(':').eq_ignore_ascii_case("the parent") {
            return self.0[0]["pid"].as_i64();
        }
        let (role, pid) = named.split_once(" (PID ")?;
        let pid: i64 = pid.strip_suffix(')')?.parse().ok()?;
        let is_it = |e: &Value| {
            e["pid"] == pid && e["role"] == role || e["child"] == pid && e["child_role"] == role
        };
        self.0.iter().any(is_it).then_some(pid)
    }

    /// The places of a process's events with one of these names.
    fn of(&self, who: &str, names: &str) -> Vec<usize> {
        let Some(pid) = self.pid(who) else { return Vec::new() };
        self.at(|e| e["pid"] == pid && names.split('|').any(|name| e["event"] == name))
    }

    fn at(&self, is_it: impl Fn(&Value) -> bool) -> Vec<usize> {
        (0..self.0.len()).filter(|at| is_it(&self.0[*at])).collect()
    }

    /// The places of what a process did to its child.
    fn to(&self, who: &str, names: &str, child: &str) -> Vec<usize> {
        let Some(child) = self.pid(child) else { return Vec::new() };
        self.of(who, names).into_iter().filter(|at| self.0[*at]["child"] == child).collect()
    }

    fn waits(&self, who: &str, call: &str) -> Vec<usize> {
        self.of(who, "wait").into_iter().filter(|at| self.0[*at]["call"] == call).collect()
    }

    /// The roles of the children that a process has started and not reaped before a place.
    fn children(&self, of: &str, before: usize) -> BTreeSet<String> {
        let started = self.of(of, "started").into_iter().filter(|at| *at < before);
        let started = started.map(|at| &self.0[at]["child"]);
        let is_gone = |child: &&Value| {
            self.at(|e| e["event"] == "exited" && e["child"] == **child)
                .iter()
                .all(|it| *it > before)
        };
        let last_role = |child: &Value| {
            let mut roles = self.0[..before].iter().filter_map(|e| match e {
                e if e["child"] == *child => e["child_role"].as_str(),
                e if e["pid"] == *child => e["role"].as_str(),
                _ => None,
            });
            roles.next_back().unwrap_or_default().to_owned()
        };
        started.filter(is_gone).map(last_role).collect()
    }

    /// Whether a process has waited in `join()` for this child, and ran on when the children in the
    /// rest of the note still ran.
    fn has_joined(&self, child: &str, rest: &str) -> bool {
        let pid = self.pid(child);
        let running = rest.split_once("Still running").and_then(|(_, it)| it.rsplit_once(": "));
        let running = running.map(|(_, it)| listed(it)).unwrap_or_default();
        let is_it = |e: &Value, name: &str| e["event"] == name && e["child"].as_i64() == pid;
        self.at(|e| is_it(e, "joined")).into_iter().any(|at| {
            let by = &self.0[at]["pid"];
            let join = self.0[..at].iter().rev().find(|e| is_it(e, "join") && e["pid"] == *by);
            let by = match *by == self.0[0]["pid"] {
                true => "the parent".to_owned(),
                false => format!("{} (PID {by})", self.0[at]["role"].as_str().unwrap()),
            };
            join.is_some() && running.is_subset(&self.children(&by, at))
        })
    }

    /// How many values were put and not got before a place.
    fn on_its_way(&self, before: usize) -> usize {
        let mut values: Vec<&Value> = Vec::new();
        for event in &self.0[..before] {
            let gone = match event["event"].as_str() {
                Some("put") => {
                    values.push(event);
                    None
                }
                Some("get") => values.iter().position(|it| it["value"] == event["value"]),
                // A put that fails in the middle has put nothing.
                Some("error") => values.iter().rposition(|it| it["pid"] == event["pid"]),
                _ => None,
            };
            gone.map(|at| values.remove(at));
        }
        values.len()
    }

    fn option(&self, name: &str) -> &Value {
        &self.0[0]["options"][name]
    }
}

/// The texts that stand in a note for each `{}` of a pattern, if the note begins like it.
fn holes<'a>(note: &'a str, pattern: &str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = note.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    for part in parts {
        let end = if part.is_empty() { rest.len() } else { rest.find(part)? };
        holes.push(&rest[..end]);
        rest = &rest[end + part.len()..];
    }
    Some(holes)
}

/// `reader-1, reader-2 and writer`
fn listed(text: &str) -> BTreeSet<String> {
    let names = text.split(", ").flat_map(|it| it.split(" and ")).flat_map(|it| it.split(" or "));
    names.map(|it| it.trim_end_matches('.').to_owned()).collect()
}

type Fact = fn(&Log, &[&str]) -> bool;

/// Each pattern, and what has to be so in the log of a note that begins like it. Of several
/// patterns that fit, the first one counts.
const FACTS: &[(&str, Fact)] = &[
    ("Options of this run: {} --seed {} repeats its random pauses", |log, _| {
        log.0[0]["random_pauses"] != false
    }),
    ("Options of this run: {} This run may use {} core", |log, it| {
        log.0[0]["cores"].to_string() == it[1]
    }),
    ("{} is running before its start() has even returned", |log, it| {
        let began = log.of(it[0], "running");
        let pid = log.pid(it[0]);
        let started = log.at(|e| e["event"] == "started" && e["child"].as_i64() == pid);
        let ended = log.at(|e| e["event"] == "exited" && e["child"].as_i64() == pid);
        // After its end, a PID is another process's.
        let since = ended.first().copied().unwrap_or_default();
        began.iter().any(|began| started.iter().all(|it| it > began || *it < since))
    }),
    ("{} begins {} after {} has started it.", |log, it| {
        let started = log.to(it[2], "started", it[0]);
        started.first() < log.of(it[0], "running").first() && !started.is_empty()
    }),
    ("{} has printed the same line, but this is {}. ", |log, it| {
        let lines = |who| log.of(who, "running").into_iter().map(|at| log.0[at]["line"].clone());
        let ours: Vec<_> = lines(it[1]).collect();
        lines(it[0]).any(|line| line.to_string().contains("MainThread") && ours.contains(&line))
    }),
    ("{} has started {} in the same way.", |log, it| !log.to(it[0], "started", it[1]).is_empty()),
    ("{} has started {}: ", |log, it| !log.to(it[0], "started", it[1]).is_empty()),
    ("{} was started by {} in the same way", |log, it| !log.to(it[1], "started", it[0]).is_empty()),
    ("{} asks the kernel for its parent (getppid(2)): it is {}.", |log, it| {
        let parent = log.pid(it[1]);
        log.of(it[0], "parent").iter().any(|at| log.0[*at]["parent"].as_i64() == parent)
    }),
    ("{} is gone, and {} lives on, adopted by {}: ", |log, it| {
        let told = log.of(it[1], "parent").into_iter().map(|at| log.0[at]["parent"].as_i64());
        let told: Vec<_> = told.collect();
        told.contains(&log.pid(it[0])) && told.last() == Some(&log.pid(it[2]))
    }),
    ("{} waits in join() until {} ends. It has no other child.", |log, it| {
        let joins = log.to(it[0], "join", it[1]);
        joins.iter().any(|at| log.children(it[0], *at).len() <= 1)
    }),
    ("{} waits in join() until {} ends. It isn't waiting for {}.", |log, it| {
        let joins = log.to(it[0], "join", it[1]);
        joins.iter().any(|at| listed(it[2]).is_subset(&log.children(it[0], *at)))
    }),
    ("Next, {} calls join() for {}.", |log, it| !log.to(it[0], "join", it[1]).is_empty()),
    (
        "terminate() sends SIGTERM and does not wait{}without one, {} would stay a zombie until {} ends or",
        |log, it| {
            let terminated = log.to(it[2], "terminate", it[1]);
            terminated.first() < log.to(it[2], "join", it[1]).last() && !terminated.is_empty()
        },
    ),
    ("{} joins {} before receiving what it sends.", |log, it| {
        let long = |at: &usize| log.0[*at]["value"].is_array();
        !log.to(it[0], "join", it[1]).is_empty() && log.of(it[1], "send").iter().any(long)
    }),
    ("join() has returned after {}, because {} has ended.{}", |log, it| {
        log.has_joined(it[1], it[2])
    }),
    ("join() has returned after {}: {} has ended.{}", |log, it| log.has_joined(it[1], it[2])),
    ("This join() returns at once: {}", |log, it| {
        let child = it[0].split(" has just").next().and_then(|it| it.split(" was reaped").next());
        let pid = log.pid(child.unwrap());
        let ended = log.at(|e| e["event"] == "exited" && e["child"].as_i64() == pid);
        let joins = log.at(|e| e["event"] == "join" && e["child"].as_i64() == pid);
        ended.first() < joins.last() && !ended.is_empty()
    }),
    ("{} is a thread inside {}: ", |log, it| {
        let runs = log.of(it[1], "running");
        runs.iter().any(|at| log.0[*at]["thread"] == it[0] && log.0[*at]["line"].is_string())
    }),
    ("The main thread of {} waits in join()", |log, it| !log.waits(it[0], "join").is_empty()),
    ("{} now sleeps for ", |log, it| !log.of(it[0], "sleep").is_empty()),
    ("{} prints this first and puts the value afterwards", |log, it| {
        log.of(it[0], "put").iter().any(|at| log.0[*at]["line"].is_string())
    }),
    ("{} puts a value into a queue.", |log, it| !log.of(it[0], "put").is_empty()),
    ("{} calls get(). While", |log, it| !log.waits(it[0], "get").is_empty()),
    ("{} calls get() and hardly has to wait: {} value", |log, it| {
        log.waits(it[0], "get").iter().any(|at| log.on_its_way(*at).to_string() == it[1])
    }),
    ("{} processes have called get() on this queue by now, and only {} got {}: ", |log, it| {
        let gets = log.at(|e| e["event"] == "get" || e["call"] == "get");
        let readers: BTreeSet<_> = gets.iter().map(|at| log.0[*at]["pid"].to_string()).collect();
        readers.len() >= it[0].parse().unwrap() && !log.of(it[1], "get").is_empty()
    }),
    ("{} got a sentinel: every value put before it has been got.", |log, it| {
        let put = log.at(|e| e["event"] == "put_sentinel");
        let got = log.of(it[0], "get_sentinel");
        got.iter().any(|at| log.on_its_way(*at) == 0 && put.iter().any(|it| it < at))
    }),
    ("{} got a sentinel", |log, it| !log.of(it[0], "get_sentinel").is_empty()),
    ("{} got {} {} after {} began to put it.", |log, it| {
        let put =
            |value: &Value| log.of(it[3], "put").into_iter().any(|at| log.0[at]["value"] == *value);
        log.of(it[0], "get").iter().any(|at| put(&log.0[*at]["value"]))
    }),
    ("{} took {}; {} had waited in get() for ", |log, it| {
        !log.of(it[2], "get").is_empty() && !log.waits(it[2], "get").is_empty()
    }),
    ("{} got {} after ", |log, it| !log.of(it[0], "get").is_empty()),
    ("{} got {} value", |log, it| {
        let gets = log.at(|e| e["event"] == "get" && e["role"] == it[0]);
        gets.len().to_string() == it[1]
    }),
    ("{} puts a sentinel behind the values.", |log, it| !log.of(it[0], "put_sentinel").is_empty()),
    (
        "{} finds the queue empty, and gets no more.{}not that nothing more will come: {} may",
        |log, it| {
            let empty = log.of(it[0], "empty");
            listed(it[2]).iter().all(|writer| {
                let ended = log.at(|e| e["event"] == "exited" && e["child_role"] == **writer);
                log.0.iter().any(|e| e["event"] == "put" && e["role"] == **writer)
                    && ended.first().is_none_or(|ended| empty[0] < *ended)
            })
        },
    ),
    ("{} finds the queue empty", |log, it| !log.of(it[0], "empty").is_empty()),
    ("{} reached the end of file (EOF): ", |log, it| !log.of(it[0], "end_of_file").is_empty()),
    ("{} reached EOF as well", |log, it| !log.of(it[0], "end_of_file").is_empty()),
    (
        "Nothing has told {} to stop calling get(), so join() could wait for ever. {} sends SIGTERM",
        |log, it| {
            let is_told = log.of(it[0], "get_sentinel|empty|end_of_file");
            let reads = !log.of(it[0], "get").is_empty() || !log.waits(it[0], "get").is_empty();
            let sentinels = log.at(|e| e["event"] == "put_sentinel");
            let terminated = log.to(it[1], "terminate", it[0]);
            let earlier = |at: &usize| terminated.first().is_none_or(|it| at < it);
            reads && !terminated.is_empty() && !is_told.iter().chain(&sentinels).any(earlier)
        },
    ),
    ("SIGTERM for {} as well.", |log, it| {
        let pid = log.pid(it[0]);
        !log.at(|e| e["event"] == "terminate" && e["child"].as_i64() == pid).is_empty()
    }),
    ("{} has not ended in time. So {} sends SIGKILL (9)", |log, it| {
        !log.to(it[1], "kill", it[0]).is_empty()
    }),
    ("{} sends SIGKILL (9) to {}, so that no process is left", |log, it| {
        !log.to(it[0], "kill", it[1]).is_empty()
    }),
    ("{} sends SIGKILL (9) to {} while it waits, as --kill asks.", |log, it| {
        let killed = log.to(it[0], "kill", it[1]);
        let last = log.at(|e| e["pid"].as_i64() == log.pid(it[1]));
        let last = last.into_iter().rfind(|at| killed.first().is_some_and(|it| at < it));
        last.is_some_and(|at| log.0[at]["event"] == "wait")
    }),
    ("{} sends SIGKILL (9) to {}, which holds the lock.{}the semaphore stays 0", |log, it| {
        let lock = log.of(it[1], "acquired");
        !log.to(it[0], "kill", it[1]).is_empty()
            && lock.iter().any(|at| log.0[*at]["lock"] == "semaphore")
    }),
    (
        "{} sends SIGKILL (9) to {}, which holds the lock.{}the kernel closes its files",
        |log, it| {
            let lock = log.of(it[1], "acquired");
            !log.to(it[0], "kill", it[1]).is_empty()
                && lock.iter().any(|at| log.0[*at]["lock"] == "flock")
        },
    ),
    ("{} sends {} to {}, which has printed {} line{}, {}.", |log, it| {
        let printed = log.of(it[2], "buffered").len();
        let written: usize = log
            .of(it[2], "write")
            .iter()
            .map(|at| log.0[*at]["text"].as_str().unwrap().lines().count())
            .sum();
        let held = match it[5].split_once("of which ") {
            Some((_, held)) => held.split(' ').next().unwrap().parse().unwrap(),
            None => 0,
        };
        // A mutated log may lack a print of what is written.
        it[3].parse() == Ok(printed) && (held + written == printed || written > printed)
    }),
    ("{} sends SIGTERM (15) to {}, which would not end by itself: it waits in get()", |log, it| {
        !log.to(it[0], "terminate", it[1]).is_empty()
            && !log.waits(it[1], "get").is_empty()
            && log.at(|e| e["event"] == "put").is_empty()
    }),
    ("{} sends SIGTERM (15) to {}, which would end only after {}: ", |log, it| {
        !log.to(it[0], "terminate", it[1]).is_empty() && !log.to(it[1], "join", it[2]).is_empty()
    }),
    ("{} sends SIGTERM (15) to {}, although {} value", |log, it| {
        let sent = log.to(it[0], "terminate", it[1]);
        sent.iter().any(|at| log.on_its_way(*at).to_string() == it[2])
    }),
    ("{} sends SIG{} ({}) to {}, ", |log, it| {
        !log.to(it[0], "terminate|interrupt|kill", it[3]).is_empty()
    }),
    ("{} sends SIG{} ({}) to {}.", |log, it| {
        !log.to(it[0], "terminate|interrupt|kill", it[3]).is_empty()
    }),
    (
        "{} cleans up, and that includes its own child: a signal to {} does not reach {}.",
        |log, it| {
            let pid = log.pid(it[0]);
            let told = log.at(|e| {
                e["child"].as_i64() == pid
                    && ["terminate", "interrupt"].iter().any(|it| e["event"] == **it)
            });
            !told.is_empty() && it[0] == it[1] && !log.to(it[0], "terminate", it[2]).is_empty()
        },
    ),
    (
        "{} has ended by itself with exit status 0. {} has reaped it, so no zombie is left.",
        |log, it| log.to(it[1], "exited", it[0]).iter().any(|at| log.0[*at]["status"]["code"] == 0),
    ),
    ("{} has ended with exit status {}", |log, it| {
        let pid = log.pid(it[0]);
        let ended = log.at(|e| e["event"] == "exited" && e["child"].as_i64() == pid);
        ended.iter().any(|at| it[1].starts_with(&log.0[*at]["status"]["code"].to_string()))
    }),
    (
        "{} has ended, but join() goes on waiting for {}. {} has reaped {} all the same",
        |log, it| {
            let ended = log.to(it[2], "exited", it[0]);
            let joins = log.to(it[2], "join", it[1]);
            joins.first() < ended.last() && !joins.is_empty() && it[0] == it[3]
        },
    ),
    ("{} was killed by {} as well.", |log, it| {
        let pid = log.pid(it[0]);
        !log.at(|e| e["child"].as_i64() == pid && e["status"]["signal"].is_i64()).is_empty()
    }),
    ("{} was killed by {}: in Python{}The log doesn't say which process sent", |log, it| {
        let pid = log.pid(it[0]);
        let ended = log.at(|e| e["event"] == "exited" && e["child"].as_i64() == pid);
        let signals = ["terminate", "interrupt", "kill"];
        let is_signal = |e: &Value| signals.iter().any(|it| e["event"] == **it);
        let sent = log.at(|e| is_signal(e) && e["child"].as_i64() == pid);
        sent.first().is_none_or(|sent| ended.iter().any(|it| it < sent))
    }),
    ("{} has already ended, so terminate() sends no signal.", |log, it| {
        let pid = log.pid(it[0]);
        !log.at(|e| e["event"] == "terminate" && e["child"].as_i64() == pid).is_empty()
    }),
    (
        "{} was killed by {} ({}): in Python its exitcode is -{}, in a shell its exit status is {} = 128 + {}. {} has reaped it",
        |log, it| {
            let reaped = log.to(it[6], "exited", it[0]);
            let number = |at: &usize| log.0[*at]["status"]["signal"].to_string();
            it[2] == it[3] && it[3] == it[5] && reaped.iter().any(|at| number(at) == it[3])
        },
    ),
    ("{} gives up and will end with exit status 1: ", |log, it| !log.of(it[0], "error").is_empty()),
    (
        "Of {} values that were put, {} w{} lost: the last process that called get(), {}, {} without getting",
        |log, it| {
            let (puts, end) = (log.at(|e| e["event"] == "put").len(), log.0.len());
            let pid = log.pid(it[3]);
            let ended = log.at(|e| e["event"] == "exited" && e["child"].as_i64() == pid);
            puts.to_string() == it[0]
                && log.on_its_way(end).to_string() == it[1]
                && !ended.is_empty()
        },
    ),
    ("Of {} values that were put, {} w", |log, it| {
        let puts = log.at(|e| e["event"] == "put").len();
        puts.to_string() == it[0] && log.on_its_way(log.0.len()).to_string() == it[1]
    }),
    ("{} value{} put and not received by the end of this log.", |log, it| {
        log.on_its_way(log.0.len()).to_string() == it[0]
    }),
    ("The 1 value that was put was lost", |log, _| log.on_its_way(log.0.len()) == 1),
    ("{} sends it as one message: ", |log, it| !log.of(it[0], "send").is_empty()),
    ("{} now sends in the other direction.", |log, it| {
        log.of(it[0], "recv").first() < log.of(it[0], "send").last()
    }),
    ("{} calls recv(), which blocks", |log, it| !log.waits(it[0], "recv").is_empty()),
    ("{} received it {} after {} called send(): ", |log, it| {
        let sent = log.of(it[2], "send");
        sent.first() < log.of(it[0], "recv").last() && !sent.is_empty()
    }),
    ("{} received a message; the log doesn't say", |log, it| !log.of(it[0], "recv").is_empty()),
    ("{} prints its own copy of what {} sent: ", |log, it| {
        let values = |who, name| log.of(who, name).into_iter().map(|at| log.0[at]["value"].clone());
        let sent: Vec<_> = values(it[1], "send").collect();
        values(it[0], "print").any(|value| sent.contains(&value))
    }),
    ("One end of a one-way pipe{}so {}() in {} was refused.", |log, it| {
        log.of(it[2], "refused").iter().any(|at| log.0[*at]["call"] == it[1])
    }),
    ("The same rule applies at the other end: {}() in {} was refused.", |log, it| {
        log.of(it[1], "refused").iter().any(|at| log.0[*at]["call"] == it[0])
    }),
    ("{} got {}; the log doesn't say which process put it.", |log, it| {
        !log.of(it[0], "get").is_empty()
    }),
    // Of single lessons.
    ("The parent prints this before it starts its first child", |log, _| {
        let first = log.at(|e| e["event"] == "will_start");
        first.first() < log.at(|e| e["event"] == "started").first()
            || log.at(|e| e["event"] == "started").is_empty()
    }),
    ("The parent goes on to the next child without waiting for {}, so", |log, it| {
        let next = log.at(|e| e["event"] == "will_start");
        next.iter().any(|at| log.children("the parent", *at) == listed(it[0]))
    }),
    ("The parent has spent {} in join() and can start the next child only now", |log, _| {
        let next = log.at(|e| e["event"] == "will_start");
        next.iter().any(|at| {
            let joined = log.of("the parent", "joined").into_iter().any(|it| it < *at);
            joined && log.children("the parent", *at).is_empty()
        })
    }),
    ("{} of {} runs only now, after the main thread has left its loop", |log, it| {
        let runs = log.of(it[1], "running").into_iter().rfind(|at| log.0[*at]["thread"] == it[0]);
        log.of(it[1], "ended").first() < runs.as_ref() && !log.of(it[1], "ended").is_empty()
    }),
    ("In each turn of its loop {} starts a thread", |log, it| !log.of(it[0], "turn").is_empty()),
    ("{} has left its loop, and this time its {} thread", |log, it| {
        log.of(it[0], "turn").len().to_string() == it[1] && !log.of(it[0], "ended").is_empty()
    }),
    ("{} has left its loop, but ", |log, it| {
        !log.of(it[0], "ended").is_empty() && !log.of(it[0], "turn").is_empty()
    }),
    (
        "The parent prints this although {} still running, for it has called only {} join()",
        |log, it| {
            let prints = log.of("the parent", "after_join");
            let running = it[0].trim_end_matches(" is").trim_end_matches(" are");
            prints.iter().any(|at| {
                let joined =
                    log.of("the parent", "joined").into_iter().filter(|it| it < at).count();
                listed(running).is_subset(&log.children("the parent", *at))
                    && joined.to_string() == it[1]
            })
        },
    ),
    ("All children have ended: the parent has waited for each of them in {} call", |log, it| {
        let prints = log.of("the parent", "after_join");
        prints.iter().any(|at| {
            let joined = log.of("the parent", "joined").into_iter().filter(|it| it < at).count();
            log.children("the parent", *at).is_empty() && joined.to_string() == it[0]
        })
    }),
    ("The parent has called only {} join(). The other child had", |log, it| {
        let joined = log.at(|e| e["event"] == "joined").len();
        let exited = log.at(|e| e["event"] == "exited").len();
        it[0].parse::<usize>().unwrap() <= joined && exited >= 1
    }),
    ("The parent has called only {} join(). The {} other child", |log, it| {
        let exited = log.at(|e| e["event"] == "exited").len();
        let joined = log.at(|e| e["event"] == "joined").len();
        // Joins that come after the parent's line don't count.
        it[0].parse::<usize>().unwrap() <= joined && it[1].parse::<usize>().unwrap() <= exited
    }),
    ("{} looks at a global variable: its value is {}, at the address {} of", |log, it| {
        log.of(it[0], "counter")
            .iter()
            .any(|at| log.0[*at]["value"].to_string() == it[1] && log.0[*at]["address"] == it[2])
    }),
    (
        "The address is the same as in {}, {}, but the memory isn't: in {} the variable is {}, there it is {}.",
        |log, it| {
            let has = |who, value: &str| {
                log.of(who, "counter").iter().any(|at| {
                    log.0[*at]["value"].to_string() == value && log.0[*at]["address"] == it[1]
                })
            };
            has(it[0], it[4]) && has(it[2], it[3])
        },
    ),
    ("{} has a variable of its own, {} at {}; the one of {} is {} at {}.", |log, it| {
        let has = |who, value: &str| {
            log.of(who, "counter").iter().any(|at| log.0[*at]["value"].to_string() == value)
        };
        has(it[0], it[1]) && has(it[3], it[4])
    }),
    ("{} has set its own counter from {} to {}.", |log, it| {
        let values: Vec<_> =
            log.of(it[0], "counter").into_iter().map(|at| log.0[at]["value"].to_string()).collect();
        values.windows(2).any(|two| two == &it[1..3])
    }),
    ("Still {} in {}: although {} has set its own to {}, nothing has changed here.", |log, it| {
        let values = |who| {
            log.of(who, "counter")
                .into_iter()
                .map(|at| log.0[at]["value"].to_string())
                .collect::<Vec<_>>()
        };
        let theirs = values(it[2]);
        values(it[1]).windows(2).any(|two| two == [it[0], it[0]])
            && theirs.iter().any(|value| value == it[3])
            && theirs.iter().any(|value| value != it[3])
    }),
    ("{} became {} because {} stored what it received", |log, it| {
        log.of(it[2], "recv").iter().any(|at| log.0[*at]["value"].to_string() == it[1])
    }),
    ("{} waits at a gate.", |log, it| {
        let options = &log.0[0]["options"];
        let together = options["processes"].as_i64().unwrap() - i64::from(options["kill"] == true);
        let waits = log.waits(it[0], "acquire");
        together > 1 && waits.iter().any(|at| log.0[*at]["on"] == "gate")
    }),
    ("{} begins. Each of its {} turns is three steps: ", |log, it| {
        log.of(it[0], "counting")
            .iter()
            .any(|at| log.0[*at]["turns"].to_string() == it[1] && log.0[*at]["lock"].is_null())
    }),
    ("{} begins. Each of its {} turns is three steps, read", |log, it| {
        log.of(it[0], "counting")
            .iter()
            .any(|at| log.0[*at]["turns"].to_string() == it[1] && log.0[*at]["lock"].is_string())
    }),
    ("{} calls acquire(), before it reads", |log, it| !log.waits(it[0], "acquire").is_empty()),
    ("{} calls acquire(): ", |log, it| !log.waits(it[0], "acquire").is_empty()),
    ("{} has acquired the lock, ", |log, it| !log.of(it[0], "acquired").is_empty()),
    ("{} has written, and releases the lock", |log, it| !log.of(it[0], "release").is_empty()),
    ("{} releases the lock: ", |log, it| !log.of(it[0], "release").is_empty()),
    ("{} has done all its turns. The last number that it wrote is {}.", |log, it| {
        log.of(it[0], "counted").iter().any(|at| log.0[*at]["last"].to_string() == it[1])
    }),
    ("{} is done as well, and wrote {} last.", |log, it| {
        log.of(it[0], "counted").iter().any(|at| log.0[*at]["last"].to_string() == it[1])
    }),
    ("{} finds {}: not one addition is lost.", |log, it| {
        let total = &log.0[log.of(it[0], "total")[0]];
        total["of"] == total["value"]
    }),
    ("{} finds {}: {} addition{} lost. Each time, a process had read", |log, it| {
        let total = &log.0[log.of(it[0], "total")[0]];
        let lost = total["of"].as_u64().unwrap() - total["value"].as_u64().unwrap();
        let counting = log.at(|e| e["event"] == "counting");
        lost.to_string() == it[2]
            && counting.len() > 1
            && counting.iter().all(|at| log.0[*at]["lock"].is_null())
    }),
    ("{} finds {}: {} addition{} lost.", |log, it| {
        let total = &log.0[log.of(it[0], "total")[0]];
        (total["of"].as_u64().unwrap() - total["value"].as_u64().unwrap()).to_string() == it[2]
    }),
    ("{} prints: the line is now in a buffer", |log, it| !log.of(it[0], "buffered").is_empty()),
    ("{} has {} lines in its buffer now, {} bytes: its stdout is no terminal", |log, it| {
        let bytes = |at: &usize| log.0[*at]["bytes"].to_string() == it[2];
        log.option("to") == "pipe"
            && log.option("flush") == false
            && log.of(it[0], "buffered").iter().any(bytes)
    }),
    ("{} writes {} line{} with one call of write(2).{} From here", |log, it| {
        let is_so = match it[3] {
            " Its stdout is a terminal, so print() writes each line at once." => {
                log.option("to") == "terminal"
            }
            " It flushes after each print(), so no line waits." => log.option("flush") == true,
            " It comes to its end by itself, and flushes its buffer." => {
                !log.of(it[0], "end_of_file").is_empty()
            }
            because => because.is_empty(),
        };
        let lines =
            |at: &usize| log.0[*at]["text"].as_str().unwrap().lines().count().to_string() == it[1];
        is_so && log.of(it[0], "write").iter().any(lines)
    }),
    ("{} reads what another process has written, although that one has ended", |log, it| {
        let read = log.of(it[0], "read");
        log.at(|e| e["event"] == "exited").first() < read.first() && !read.is_empty()
    }),
    ("{} reads what another process has written", |log, it| !log.of(it[0], "read").is_empty()),
    ("{} line{} in the buffer of {} and died with it: ", |log, it| {
        let pid = log.pid(it[2]);
        let died = log.at(|e| e["child"].as_i64() == pid && e["status"]["signal"].is_i64());
        let lines = |name| -> usize {
            let texts = log.of(it[2], name).into_iter().map(|at| log.0[at]["text"].as_str());
            texts.map(|text| text.unwrap().lines().count()).sum()
        };
        let held = lines("buffered") - lines("write");
        !died.is_empty() && held.to_string() == it[0]
    }),
    ("From here on {} has something to clean up", |log, it| !log.of(it[0], "try").is_empty()),
    ("{} has not cleaned up: SIG{} ({}) has ended it", |log, it| {
        let pid = log.pid(it[0]);
        let died =
            log.at(|e| e["child"].as_i64() == pid && e["status"]["signal"].to_string() == it[2]);
        let cleaned = log.of(it[0], "finally");
        !log.of(it[0], "try").is_empty()
            && died.first().is_some_and(|died| cleaned.iter().all(|it| it > died))
    }),
    ("{} was sent SIG{} ({}) and has left the block", |log, it| {
        let pid = log.pid(it[0]);
        let sent = log.at(|e| {
            e["child"].as_i64() == pid
                && ["terminate", "interrupt"].iter().any(|it| e["event"] == **it)
        });
        !sent.is_empty() && !log.of(it[0], "finally").is_empty()
    }),
    ("This is what `ps` shows, too: {} sleeps", |log, it| {
        let pid = log.pid(it[0]);
        !log.at(|e| e["of"].as_i64() == pid && e["state"] == "S").is_empty()
    }),
    ("{} has ended: it has no memory any more{}, SIG{} ({}). That is kept for {}, ", |log, it| {
        let pid = log.pid(it[0]);
        log.of(it[4], "process_state").iter().any(|at| {
            log.0[*at]["of"].as_i64() == pid && log.0[*at]["status"]["signal"].to_string() == it[3]
        })
    }),
    ("Waiting changes nothing: {} stays a zombie until {} reaps it", |log, it| {
        let pid = log.pid(it[0]);
        let looks = log.of(it[1], "process_state");
        looks
            .iter()
            .filter(|at| log.0[**at]["of"].as_i64() == pid && log.0[**at]["state"] == "Z")
            .count()
            > 0
    }),
    ("join() has reaped {}: ", |log, it| {
        let pid = log.pid(it[0]);
        !log.at(|e| e["event"] == "joined" && e["child"].as_i64() == pid).is_empty()
    }),
    (
        "The lesson's program ends here, without a join(). It is mp-demo that reaps {} now",
        |log, it| {
            let pid = log.pid(it[0]);
            log.option("join") == false
                && !log.at(|e| e["event"] == "join" && e["child"].as_i64() == pid).is_empty()
        },
    ),
    ("{} is reaped, and nothing is left of it. {} used waitpid()", |log, it| {
        let pid = log.pid(it[0]);
        let by = log.at(|e| e["event"] == "started" && e["child"].as_i64() == pid);
        by.iter().all(|at| log.0[*at]["pid"].as_i64() != log.pid(it[1]))
    }),
    ("{} has ended, and its new parent has to reap it: here that is {}, ", |log, it| {
        let pid = log.pid(it[0]);
        let by = log.at(|e| e["event"] == "started" && e["child"].as_i64() == pid);
        by.iter().all(|at| log.0[*at]["pid"].as_i64() != log.pid(it[1]))
    }),
    ("{} has {} open requests at the same time", |log, it| {
        log.of(it[0], "request").len() >= it[1].parse().unwrap()
    }),
    ("{} processes now wait at the same time, each for its own customer", |log, it| {
        let asks = log.at(|e| e["event"] == "request");
        let who: BTreeSet<_> = asks.iter().map(|at| log.0[*at]["pid"].to_string()).collect();
        who.len() >= it[0].parse().unwrap()
    }),
    (
        "For {}s {} did nothing but wait for customer {}: {}The ticket of customer {} was ready before",
        |log, it| {
            let asked = log.of(it[1], "request");
            let at = asked.iter().copied().find(|at| log.0[*at]["customer"].to_string() == it[2]);
            let own = log.of(it[1], "request|served");
            let next = own.into_iter().find(|it| at.is_some_and(|at| *it > at));
            next.is_some_and(|next| {
                log.0[next]["event"] == "served" && log.0[next]["customer"].to_string() == it[2]
            }) && asked.iter().any(|at| log.0[*at]["customer"].to_string() == it[4])
        },
    ),
];

/// The log's lines, and how it was made.
fn logs() -> Vec<(String, Vec<Value>)> {
    let read = |text: &str| text.lines().map(event).collect::<Vec<_>>();
    let recorded = RECORDED
        .iter()
        .map(|log| (log.to_string(), read(&std::fs::read_to_string(recorded(log)).unwrap())));
    let run = RUN
        .iter()
        .map(|words| (words.to_string(), read(&run_words(&format!("{words} --json")).stdout)));
    let logs: Vec<_> = recorded.chain(run).collect();
    assert!(logs.iter().all(|(_, log)| log.len() > 3));
    logs
}

/// The log without each of its events; and with each two of its processes exchanged, in what they
/// did.
fn mutations(log: &[Value]) -> Vec<(String, Vec<Value>)> {
    let dull = ["run", "progress", "measured", "say"];
    let drops = (0..log.len()).filter(|at| !dull.contains(&log[*at]["event"].as_str().unwrap()));
    let drops = drops.map(|at| {
        let mut rest = log.to_vec();
        (format!("without {}", rest.remove(at)), rest)
    });
    let who: BTreeSet<_> = log.iter().map(|e| (e["pid"].as_i64(), e["role"].as_str())).collect();
    let who: Vec<_> = who.into_iter().collect();
    let pairs =
        who.iter().enumerate().flat_map(|(at, a)| who[at + 1..].iter().map(move |b| (a, b)));
    let swaps = pairs.filter(|(a, b)| a.1 != Some("parent") && b.1 != Some("parent"));
    let swaps = swaps.map(|(a, b)| {
        let mut swapped = log.to_vec();
        for event in &mut swapped {
            let (pid, role) = match event["pid"].as_i64() {
                pid if pid == a.0 => b,
                pid if pid == b.0 => a,
                _ => continue,
            };
            event["pid"] = (*pid).into();
            event["role"] = (*role).into();
        }
        (format!("{a:?} and {b:?} exchanged"), swapped)
    });
    drops.chain(swaps).collect()
}

/// What is wrong with the notes on this log, a line each.
fn lies(log: Vec<Value>) -> Vec<String> {
    let text: String = log.iter().map(|event| format!("{event}\n")).collect();
    let mut view = view(text, &["--explain", "--lang", "en"]);
    let ended = run(view.env("COLUMNS", "10000"));
    assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    let log = Log(log);
    let mut lies = Vec::new();
    for note in notes(&ended.stderr) {
        // A run that is stuck is told on stderr, too.
        let Some(note) = note.strip_prefix("    ") else { continue };
        if GENERAL.iter().any(|it| holes(note, it).is_some()) {
            continue;
        }
        let fact = FACTS.iter().find_map(|(pattern, fact)| Some((holes(note, pattern)?, fact)));
        match fact {
            Some((holes, fact)) if fact(&log, &holes) => {}
            Some(_) => lies.push(format!("not so: {note}")),
            None => lies.push(format!("which fact: {note}")),
        }
    }
    lies
}

#[test]
fn a_note_is_true_of_its_run_and_of_a_run_in_which_something_else_happened() {
    let wrong = std::sync::Mutex::new(Vec::new());
    at_once(logs(), |(name, log)| {
        // A run comes out otherwise each time, so that all of its mutations are tried in the soak.
        let is_mutated = is_soak() || RECORDED.contains(&&*name);
        let mutations = if is_mutated { mutations(&log) } else { Vec::new() };
        for (how, log) in [("as it is".to_owned(), log)].into_iter().chain(mutations) {
            for lie in lies(log) {
                wrong.lock().unwrap().push(format!("{name}, {how}:\n  {lie}"));
            }
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
}
