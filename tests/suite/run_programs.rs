//! `run` of the Python programs in `tests/run` and in `demos/`: they do what they do without it, and
//! the log has what they did.
//!
//! `tests/run/NAME.log`, written by hand, is what the log of `NAME.py` has to say: a line an event,
//! `WHO: WHAT at LINE`, in the order of that process or thread (`ROLE/THREAD`). How a process ended
//! is written by another one, at some time: `end of ROLE: code 0`. Waits, pauses and what the feeder
//! threads do are left out, as they depend on who comes first.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::*;
use crate::lessons::for_each_lesson;

const METHODS: [&str; 3] = ["fork", "spawn", "forkserver"];

/// The names of the programs in `tests/run`.
fn programs() -> Vec<String> {
    let files = fs::read_dir(path_of("tests/run")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> =
        names.filter_map(|name| Some(name.strip_suffix(".py")?.to_owned())).collect();
    names.sort();
    assert!(names.len() >= 40);
    names
}

fn path_of_program(name: &str) -> String {
    path_of(&format!("tests/run/{name}.py"))
}

/// Each program with each start method that it takes as its argument; not in a soak, one of them,
/// and most often "fork", with which a program starts several times as fast.
fn programs_with_methods() -> Vec<(String, Vec<String>)> {
    let runs = programs().into_iter().enumerate().flat_map(|(index, name)| {
        let path = path_of_program(&name);
        let methods = match fs::read_to_string(&path).unwrap().contains("sys.argv[1]") {
            true if is_soak() => METHODS.to_vec(),
            true if index % 2 == 0 => vec![METHODS[0]],
            true => vec![METHODS[1 + index / 2 % 2]],
            false => vec![""],
        };
        let with = move |method: &str| {
            let words = [&path, method].into_iter().filter(|word| !word.is_empty());
            (name.clone(), words.map(str::to_owned).collect())
        };
        methods.into_iter().map(with).collect::<Vec<_>>()
    });
    runs.collect()
}

/// Python, with these words behind it.
pub fn python<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut python = command("python3");
    python.args(words);
    python.env("PYTHONIOENCODING", "utf-8").env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// `mp-demo run` with these words behind it.
pub fn mp_demo_run<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    // On a busy machine a start can take longer than the patience.
    let mut run = mp_demo(["run", "--patience", "never"].into_iter().chain(words));
    run.env("PYTHONIOENCODING", "utf-8").env("PYTHONDONTWRITEBYTECODE", "1");
    run
}

/// The lines of each process in its order, found by what they begin with; of those without a text
/// only the end of a line that another process began.
fn by_process<'a>(lines: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Vec<String>> {
    let mut processes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        let who = line.split_once(": ").map_or("", |(who, _)| who);
        processes.entry(who.to_owned()).or_default().push(line.to_owned());
    }
    processes
}

/// What stands on stderr, sorted: without what mp-demo says, and without addresses. Up to Python
/// 3.10 a hook can't take itself out of a traceback.
fn errors(stderr: &str) -> Vec<String> {
    let has_frames = stderr.contains("~~~") || stderr.contains("^^^");
    let lines = stderr.lines().filter(|line| !line.starts_with("mp-demo: ") && !line.is_empty());
    let lines = lines.filter(|line| has_frames || !line.starts_with("  "));
    let mut lines: Vec<_> = lines.map(without_addresses).collect();
    lines.sort();
    lines
}

fn without_addresses(line: &str) -> String {
    let mut parts = line.split("0x");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        shown += "0x…";
        shown += part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    shown
}

#[track_caller]
pub fn assert_same(plain: &Ended, under: &Ended) {
    assert_eq!(by_process(plain.lines()), by_process(under.lines()), "{plain:?}, {under:?}");
    assert_eq!(errors(&plain.stderr), errors(&under.stderr), "{plain:?}, {under:?}");
    assert_eq!(plain.code(), under.code(), "{plain:?}, {under:?}");
}

/// The log that `--record` has written.
pub fn recorded_in(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines().map(event).collect()
}

/// Runs a program with and without `run`, which has to make no difference. The run without it, and
/// the log.
#[track_caller]
pub fn check_same_with_run(words: &[&str], prepare: impl Fn(&mut Command)) -> (Ended, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let with_record = ["--record", file.to_str().unwrap(), "--", "python3"];
    let [plain, under] = [
        python(words.iter().copied()),
        mp_demo_run(with_record.into_iter().chain(words.iter().copied())),
    ]
    .map(|mut command| {
        prepare(&mut command);
        run(&mut command)
    });
    assert_same(&plain, &under);
    let log = recorded_in(&file);
    check_log_of_run(&log);
    (plain, log)
}

/// What holds for the log of every run of a Python program.
pub fn check_log_of_run(log: &[Value]) {
    assert_eq!((&log[0]["event"], &log[0]["lesson"]), (&"run".into(), &"run".into()));
    let mut last_seen: HashMap<String, f64> = HashMap::new();
    let mut on_their_way: HashMap<String, &Value> = HashMap::new();
    let mut holders: HashMap<&str, &Value> = HashMap::new();
    let mut ended = HashSet::new();
    for event in log {
        assert_eq!(event["v"], 2, "{event}");
        let (pid, name) = (&event["pid"], event["event"].as_str().unwrap());
        let t = number(event, "t");
        let before = last_seen.insert(format!("{pid}/{}", event["thread"]), t).unwrap_or(0.0);
        assert!(before <= t, "time goes backwards at {event}");
        let is_own_end = name == "exited" && event["child"] == *pid;
        assert!(is_own_end || !ended.contains(pid), "{event} after its process has ended");

        let number = event["number"].to_string();
        match name {
            "put" | "send" => {
                assert!(event["number"].is_u64(), "{event}");
                let before = on_their_way.insert(number, event);
                assert!(before.is_none(), "{event} has the number of {}", before.unwrap());
            }
            // It was changed since its put.
            "fed" if event["value"].is_null() => {}
            "fed" => _ = on_their_way.insert(number, event),
            "get" | "recv" => {
                let left = on_their_way.remove(&number);
                let left = left.unwrap_or_else(|| panic!("{event} comes without its cause"));
                assert_eq!(left["value"], event["value"], "{left} and {event}");
            }
            "acquired" => {
                let lock = event["lock"].as_str().unwrap();
                if let Some(holder) = holders.insert(lock, pid) {
                    assert!(ended.contains(holder), "{event}, but {holder} has the lock");
                }
            }
            "release" => {
                let holder = holders.remove(event["lock"].as_str().unwrap());
                assert_eq!(holder, Some(pid), "{event}");
            }
            "exited" => assert!(ended.insert(&event["child"]), "{event}: once more"),
            "joined" => assert!(ended.contains(&event["child"]), "{event} before the end"),
            _ => {}
        }
    }
    for (lock, holder) in holders {
        assert!(ended.contains(holder), "{lock} is never released by {holder}");
    }
}

/// The lines on stdout that the log has.
fn lines_of(log: &[Value]) -> BTreeMap<String, Vec<String>> {
    let written = named(log, "written").into_iter().filter_map(|event| {
        let end = if event["open"] == true { "" } else { "\n" };
        Some(event["line"].as_str()?.to_owned() + end)
    });
    by_process(written.collect::<String>().lines())
}

/// The same without what no Python has written, or none through its `sys.stdout`.
fn seen_lines(stdout: &str) -> BTreeMap<String, Vec<String>> {
    by_process(stdout.lines().filter(|line| *line != "main: os.write"))
}

#[test]
fn each_program_does_what_it_does_without_run_and_what_it_does_is_in_the_log() {
    if !has("python3") {
        return;
    }
    at_once(programs_with_methods(), |(name, words)| {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let (plain, log) = check_same_with_run(&words, |_| {});
        assert_eq!(lines_of(&log), seen_lines(&plain.stdout), "{words:?}");
        if let Ok(expected) = fs::read_to_string(path_of(&format!("tests/run/{name}.log"))) {
            let method = words.get(1).copied().unwrap_or("fork");
            check_by_hand(&log, &expected, &name, method);
        }
    });
}

/// Where the log takes the place of the output, nothing is missing in it.
#[test]
fn each_program_has_the_same_lines_in_the_log_that_is_printed() {
    if !has("python3") || !is_soak() {
        return;
    }
    at_once(programs_with_methods(), |(_, words)| {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let plain = run(&mut python(words.iter().copied()));
        let with_json = ["--json", "--", "python3"];
        let under = run(&mut mp_demo_run(with_json.into_iter().chain(words.iter().copied())));
        let log: Vec<_> = under.lines().into_iter().map(event).collect();
        check_log_of_run(&log);
        assert_eq!(lines_of(&log), seen_lines(&plain.stdout), "{words:?}");
        assert_eq!(under.code(), plain.code(), "{words:?}");
        // What goes past the log goes to stderr.
        let elsewhere = under.stderr.replace("main: os.write\n", "");
        assert_eq!(errors(&plain.stderr), errors(&elsewhere), "{words:?}");
    });
}

/// An event in the form of `tests/run/*.log`; nothing for those that are left out there.
fn in_words(event: &Value, file: &str) -> Option<String> {
    let text = |field: &str| event[field].as_str().unwrap_or_default();
    let (name, child) = (text("event"), text("child_role"));
    let on = match text("on") {
        "" => String::new(),
        on => format!(" on {on}"),
    };
    let is_stderr = text("stream") == "stderr";
    let what = match name {
        "exited" => {
            let status = event["status"].as_object().unwrap();
            let (kind, number) = status.iter().next().unwrap();
            return Some(format!("end of {child}: {kind} {number}"));
        }
        "printed" | "written" if is_stderr => return None,
        "started" | "join" | "joined" | "terminate" | "kill" => format!("{name} {child}"),
        // How a pipe's ends are called in the log is another matter.
        "send" | "recv" => format!("{name} {}", event["value"]),
        "put" | "get" => format!("{name} {}{on}", event["value"]),
        "closed" | "end_of_file" if !is_queue(text("on")) => name.to_owned(),
        "empty" | "full" | "closed" | "done" => format!("{name}{on}"),
        "acquired" | "release" => format!("{name} {}", text("lock")),
        "called" => format!("{}{on}", text("call")),
        "returned" if ["wait", "acquire", "join"].contains(&text("call")) => {
            let result = match &event["result"] {
                Value::Null => String::new(),
                result => format!(": {result}"),
            };
            format!("returned {}{on}{result}", text("call"))
        }
        "submit" => format!("submit {} {}", text("function"), event["tasks"]),
        "begin" => format!("begin {} {}", text("function"), event["values"]),
        "end" => format!("end {}", text("exception")).trim_end().to_owned(),
        "raised" => format!("raised {}", text("exception")),
        "printed" => format!("printed {}", event["text"]),
        "written" => format!("written {}", event["line"]),
        "running" | "thread_end" => name.to_owned(),
        _ => return None,
    };
    let who = match text("thread") {
        "" => text("role").to_owned(),
        thread => format!("{}/{thread}", text("role")),
    };
    let has_place = !["written", "running", "thread_end", "begin", "end"].contains(&name);
    let place = match &event["at"] {
        at if has_place && at.is_object() => {
            assert!(at["file"].as_str().unwrap().ends_with(file), "{event}");
            format!(" at {}", at["line"])
        }
        _ => String::new(),
    };
    Some(format!("{who}: {what}{place}"))
}

/// Whether this is the name of a queue in one of the programs with a log.
fn is_queue(name: &str) -> bool {
    name == "q"
}

/// The lines of each process and thread.
fn by_who(lines: impl IntoIterator<Item = String>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<_, String> = BTreeMap::new();
    for line in lines {
        let (who, _) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        let lines = all.entry(who.to_owned()).or_default();
        *lines += &line;
        lines.push('\n');
    }
    all
}

/// Whether what was written by hand of a program stands in its log.
fn check_by_hand(log: &[Value], expected: &str, name: &str, method: &str) {
    // The first process runs as soon as it is there, which nobody needs to be told.
    let first = &log[0]["pid"];
    let told = log.iter().filter(|event| {
        let is_of_first = match event["event"].as_str() {
            Some("running") => event["pid"] == *first && event["thread"].is_null(),
            Some("exited") => event["child"] == *first,
            _ => false,
        };
        !is_of_first
    });
    let file = format!("{name}.py");
    let actual = by_who(told.filter_map(|event| in_words(event, &file)));
    let worker = match method {
        "fork" => "ForkPool",
        "spawn" => "SpawnPool",
        _ => "ForkServerPool",
    };
    let expected = by_who(expected.replace("ForkPool", worker).lines().map(str::to_owned));
    let whole =
        |lines: BTreeMap<String, String>| lines.into_values().collect::<Vec<_>>().join("\n");
    let (actual, expected) = (whole(actual), whole(expected));
    assert!(actual == expected, "{name} {method}:\n{}", difference(&actual, &expected));
}

/// The lines that only one of two texts has; both, if their order is the difference.
fn difference(actual: &str, expected: &str) -> String {
    if sorted(actual) == sorted(expected) {
        return format!("{actual}\nis in another order than\n{expected}");
    }
    let [actual, expected] = [actual, expected].map(|text| text.lines().collect::<Vec<_>>());
    let more =
        actual.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}"));
    let missing =
        expected.iter().filter(|line| !actual.contains(line)).map(|line| format!("- {line}"));
    more.chain(missing).collect::<Vec<_>>().join("\n")
}

/// What each process of a lesson's program prints, in any order of the processes, and of the lines in
/// them, as some are threads'; each line has its process's PID in front. `has_figures`: without figures.
fn said(stdout: &str, has_figures: bool) -> Vec<String> {
    let mut processes: HashMap<&str, String> = HashMap::new();
    for line in stdout.lines() {
        let (pid, line) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
        let lines = processes.entry(pid).or_default();
        *lines += &without_address(line);
        lines.push('\n');
    }
    let mut said: Vec<_> = processes.into_values().map(|lines| sorted(&letters(&lines))).collect();
    if has_figures {
        for lines in &mut said {
            let without: String = lines.split(|c: char| c.is_ascii_digit()).collect();
            *lines = words_of(&without);
        }
    }
    said.sort();
    said
}

#[test]
fn each_lessons_python_program_does_what_it_does_without_run() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Pauses are the same in each run, so the same values are got.
    let own = text_of("tests/python/sitecustomize.py");
    let own = format!("{own}\nimport random\n\nrandom.random = lambda: 0.2\n");
    fs::write(folder.path().join("sitecustomize.py"), own).unwrap();
    for_each_lesson(|lesson| {
        // What the zombie's program prints has PIDs everywhere; what `cost` measures takes minutes
        // on a busy machine, and is figures only.
        let has_figures = ["bound", "async", "lock", "zombie"].contains(&lesson);
        let is_of_article = ["spawn", "queue", "pipe"].contains(&lesson);
        if lesson == "cost" || !(is_of_article || is_soak()) {
            return;
        }
        let methods: &[_] = match lesson {
            "async" => &[""],
            _ if is_soak() => &METHODS,
            _ => &METHODS[1..2],
        };
        for method in methods {
            let program = path_of(&format!("demos/{lesson}/program.py"));
            let words = [method].into_iter().copied().filter(|word| !word.is_empty());
            let [plain, under] = [
                python([&*program].into_iter().chain(words.clone())),
                mp_demo_run([lesson].into_iter().chain(words)),
            ]
            .map(|mut command| run(command.env("PYTHONPATH", folder.path())));
            let what = format!("{lesson} {method}: {plain:?}, {under:?}");
            assert_eq!(
                said(&plain.stdout, has_figures),
                said(&under.stdout, has_figures),
                "{what}"
            );
            assert_eq!(errors(&plain.stderr), errors(&under.stderr), "{what}");
            assert_eq!(plain.code(), under.code(), "{what}");
        }
    });
}
