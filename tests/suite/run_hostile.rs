//! `run` of programs that make it hard: nothing breaks, nothing is lost in silence, nobody is left.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

use crate::common::*;
use crate::run_programs::{
    assert_same, check_log_of_run, check_same_with_run, mp_demo_run, python, recorded_in,
};

/// A Python program in a folder of its own.
struct Program {
    folder: tempfile::TempDir,
    path: String,
}

impl Program {
    fn new(text: &str) -> Program {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program.py").to_str().unwrap().to_owned();
        fs::write(&path, text).unwrap();
        Program { folder, path }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }
}

/// Runs a program with and without `run`, which has to make no difference. Its output, and its log.
#[track_caller]
fn same(text: &str) -> (Ended, Vec<Value>) {
    let program = Program::new(text);
    check_same_with_run(&[&program.path], |_| {})
}

/// The values of these events, in order.
fn of<'a>(log: &'a [Value], name: &str) -> Vec<&'a Value> {
    values(log, name)
}

#[test]
fn programs_that_close_and_reuse_all_descriptors_are_still_seen() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import multiprocessing, os, sys
def child(q):
    q.put("sent")
if __name__ == "__main__":
    os.closerange(3, 5000)
    files = [open(sys.argv[0] + str(n), "w") for n in range(300)]
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=child, args=(q,))
    p.start()
    print("main:", q.get())
    p.join()
    for f in files:
        f.close()
    print("main:", sum(os.path.getsize(f.name) for f in files))
"#,
    );
    assert_eq!(of(&log, "get"), ["sent"]);

    // Every number is somebody else's: not a byte of the log gets into these files.
    let (plain, log) = same(
        r#"
import os, sys, resource
most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 3000)
out = os.open(sys.argv[0] + ".out", os.O_WRONLY | os.O_CREAT)
for n in range(3, most):
    if n != out:
        os.dup2(out, n)
import multiprocessing
lock = multiprocessing.Lock()
with lock:
    print("main: locked", os.fstat(out).st_size)
os.closerange(3, most)
with lock:
    print("main: locked again")
"#,
    );
    assert!(plain.stdout.contains("locked 0\n"), "{plain:?}");
    assert_eq!(named(&log, "acquired").len(), 2);
}

#[test]
fn a_program_may_replace_what_it_likes() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import contextlib, io, multiprocessing, os, sys, time
class Tee:
    def __init__(self, stream):
        self.stream = stream
    def write(self, text):
        return self.stream.write(text.upper())
    def flush(self):
        self.stream.flush()
def child(q):
    sys.stdout = Tee(sys.__stdout__)
    print("child: loud")
    sys.stdout.flush()
    q.put(1)
    sys.stdout = sys.stderr
    print("child: on stderr")
if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()) as text:
        print("main: hidden")
    print("main:", repr(text.getvalue()))
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=child, args=(q,))
    p.start()
    print("main:", q.get())
    p.join()
    sys.stdout = None
    print("main: to nobody")
    sys.stdout = open(1, "w", closefd=False)
    print("main: another object")
    sys.stdout.close()
    time.sleep = lambda seconds: os.write(2, b"main: sleeps\n")
    time.sleep(100)
    import builtins
    builtins.print = None
"#,
    );
    assert_eq!(of(&log, "get"), [1]);

    // As many have it: lines stay in the buffer of an object that is sys.stdout no more.
    let (plain, log) = same(
        r#"
import sys
class Logger:
    def __init__(self):
        self.terminal = sys.stdout
    def write(self, text):
        self.terminal.write(text)
    def flush(self):
        pass
print("main: before")
sys.stdout = Logger()
print("main: behind")
"#,
    );
    assert_eq!(plain.stdout, "main: before\nmain: behind\n");
    assert!(named(&log, "unwritten").is_empty());
    // The first line is lost here, in plain Python, too.
    let (plain, _) = same(
        r#"
import io, sys
print("main: before")
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
print("main: behind")
"#,
    );
    assert_eq!(plain.stdout, "main: behind\n");

    // The output goes into a file from then on, and is nobody's line any more.
    let (plain, log) = same(
        r#"
import os, sys
print("main: before", flush=True)
out = os.open(sys.argv[0] + ".out", os.O_RDWR | os.O_CREAT)
saved = os.dup(1)
os.dup2(out, 1)
print("main: into the file", flush=True)
os.dup2(saved, 1)
print("main: size", os.fstat(out).st_size)
"#,
    );
    assert_eq!(plain.stdout, "main: before\nmain: size 20\n");
    let lines: Vec<_> = named(&log, "written").iter().filter_map(|e| e["line"].as_str()).collect();
    assert_eq!(lines, ["main: before", "main: size 20"]);
}

#[test]
fn what_runs_at_the_end_of_a_process_is_seen() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import atexit, multiprocessing, threading, time
def later(q, text):
    threading.main_thread().join()
    q.put(text)
    print("main: thread ends")
if __name__ == "__main__":
    q = multiprocessing.SimpleQueue()
    atexit.register(lambda: print("main:", q.get()))
    threading.Thread(target=later, args=(q, "late")).start()
    threading.Thread(target=time.sleep, args=(50,), daemon=True).start()
    print("main: end")
"#,
    );
    assert_eq!(of(&log, "get"), ["late"]);
}

#[test]
fn signals_reach_the_program_as_without_run() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import multiprocessing, os, signal, time
ticks = []
signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
q = multiprocessing.SimpleQueue()
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for n in range(500):
    q.put(n)
    assert q.get() == n
signal.setitimer(signal.ITIMER_REAL, 0)
print("main: ticks", bool(ticks))
print("main:", signal.getsignal(signal.SIGPIPE).name, signal.getsignal(signal.SIGTERM).name)
print("main: blocked", signal.pthread_sigmask(signal.SIG_BLOCK, []))
"#,
    );
    assert_eq!(of(&log, "get").len(), 500);
    for signal in ["TERM", "INT", "KILL", "SEGV", "HUP"] {
        same(&format!(
            "import os, signal\nprint('main: flushed', flush=True)\nprint('main: lost')\n\
             os.kill(os.getpid(), signal.SIG{signal})\nsignal.pause()\n"
        ));
    }
}

#[test]
fn values_of_all_kinds_arrive_and_none_of_their_own_code_is_called() {
    if !has("python3") {
        return;
    }
    let (plain, log) = same(
        r#"
import multiprocessing, sys
class Loud:
    def __repr__(self):
        print("main: repr is called")
        return repr(self)
    __str__ = __repr__
    def __eq__(self, other):
        print("main: eq is called")
        return True
    __hash__ = object.__hash__
class Words(list):
    def __iter__(self):
        print("main: iterates")
        return super().__iter__()
    def __len__(self):
        print("main: len is called")
        return super().__len__()
class Meta(type):
    @property
    def __name__(cls):
        print("main: name is asked for")
        return "Meta"
class WithMeta(metaclass=Meta):
    pass
circle = []
circle.append(circle)
deep = []
for _ in range(200):
    deep = [deep]
surrogate = "\ud800 and \x00 and \u2028"
for value in (Loud(), [Loud()], {"k": Loud()}, Words(["a"]), WithMeta(), circle, deep, surrogate,
              float("nan"), float("-inf"), 10 ** 400, -0.0, b"\xff\x00", (1,), {1, 2}, frozenset(),
              {1: 2}, ..., len, 1j, range(3), True, "é" * 500, {"a": [None, {"b": 1.5}]}):
    a, b = multiprocessing.Pipe()
    a.send(value)
    got = b.recv()
    print("main:", type(got) is type(value))
"#,
    );
    assert!(!plain.stdout.contains("called"), "{plain:?}");
    assert_eq!(of(&log, "send"), of(&log, "recv"));
    assert_eq!(of(&log, "recv")[0], &serde_json::json!({"python": "<Loud>"}));
}

#[test]
fn recursion_and_large_values_are_no_matter() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import multiprocessing, sys
q = multiprocessing.Queue()
a, b = multiprocessing.Pipe(False)
def down(n):
    try:
        q.put(n)
        down(n + 1)
    except RecursionError:
        return
def child(q, b):
    b.send_bytes(bytes(10_000_000))
    b.send("y" * 10_000_000)
    q.put(["z"] * 1_000_000)
if __name__ == "__main__":
    sys.setrecursionlimit(200)
    down(0)
    print("main:", q.get())
    sys.setrecursionlimit(1000)
    large = multiprocessing.Queue()
    p = multiprocessing.Process(target=child, args=(large, b))
    p.start()
    print("main:", len(a.recv_bytes()), len(a.recv()), len(large.get()))
    p.join()
    print("main:", "x" * 100_000)
    print("main: end")
"#,
    );
    assert_eq!(*of(&log, "get")[0], 0);
    for event in log.iter().filter(|event| event["event"] != "written") {
        assert!(event.to_string().len() < 8_000, "{}", &event.to_string()[..1000]);
    }
}

#[test]
fn a_process_that_becomes_another_program_or_another_python_is_seen_as_far_as_it_can_be() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import multiprocessing, os, sys
if len(sys.argv) == 1:
    print("main: first", flush=True)
    multiprocessing.SimpleQueue().put("first")
    os.execv(sys.executable, [sys.executable, sys.argv[0], "again"])
multiprocessing.SimpleQueue().put("second")
print("main: second", flush=True)
os.execvp("sh", ["sh", "-c", "echo sh: third; exit 3"])
"#,
    );
    assert_eq!(of(&log, "put"), ["first", "second"]);
}

#[test]
fn a_child_with_no_environment_or_no_hook_is_another_program() {
    if !has("python3") {
        return;
    }
    let (_, log) = same(
        r#"
import subprocess, sys
code = "import multiprocessing as m; q = m.SimpleQueue(); q.put(1); print('child:', q.get())"
for flags in ([], ["-S"], ["-E"], ["-I"]):
    subprocess.run([sys.executable] + flags + ["-c", code], check=True)
subprocess.run([sys.executable, "-c", code], env={}, check=True)
"#,
    );
    assert_eq!(of(&log, "get"), [1], "{log:#?}");
}

#[test]
fn where_no_python_has_the_hook_it_is_said_that_nothing_was_seen() {
    if !has("python3") {
        return;
    }
    let program = Program::new("print('main: here')\n");
    for flag in ["-S", "-E", "-I"] {
        let ended = run(&mut mp_demo_run(["--", "python3", flag, &program.path]));
        assert_eq!((ended.code(), &*ended.stdout), (0, "main: here\n"), "{ended:?}");
        let said: Vec<_> = ended.stderr.lines().collect();
        assert!(said.iter().any(|line| line.starts_with("mp-demo: ")), "{flag}: {ended:?}");
        assert!(ended.stderr.contains("why"), "{flag}: {ended:?}");
    }
}

/// Pythons that are too old for the hook, if they are there.
#[test]
fn old_pythons_run_and_it_is_said_which_they_are() {
    let home = std::env::var("HOME").unwrap_or_default();
    let Ok(versions) = fs::read_dir(Path::new(&home).join(".pyenv/versions")) else { return };
    let program = Program::new("import sys\nprint('main: here')\nsys.exit(3)\n");
    for folder in versions {
        let path = folder.unwrap().path();
        let version = path.file_name().unwrap().to_str().unwrap().to_owned();
        let is_old = ["2.7", "3.6", "3.7"].iter().any(|old| version.starts_with(old));
        let python = path.join("bin/python");
        if !is_old || !python.exists() {
            continue;
        }
        let ended = run(&mut mp_demo_run(["--", python.to_str().unwrap(), &program.path]));
        assert_eq!((ended.code(), &*ended.stdout), (3, "main: here\n"), "{ended:?}");
        assert!(ended.stderr.starts_with("mp-demo: "), "{ended:?}");
        assert!(ended.stderr.contains(&version), "{version}: {ended:?}");
    }
}

#[test]
fn the_users_own_python_path_and_sitecustomize_work() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing, os, sys, own\n\
         def child():\n    print('child:', own.WORD, sys.path.count(os.path.dirname(own.__file__)))\n\
         if __name__ == '__main__':\n    multiprocessing.set_start_method('spawn')\n    \
         p = multiprocessing.Process(target=child)\n    p.start()\n    p.join()\n    \
         print('main:', sys.path)\n    print('main:', sys.flags)\n",
    );
    let modules = tempfile::tempdir().unwrap();
    fs::write(modules.path().join("own.py"), "WORD = 'imported'\n").unwrap();
    let own = "import sys\nprint('site: is loaded', __file__)\nsys.argv.append('site')\n";
    fs::write(modules.path().join("sitecustomize.py"), own).unwrap();
    let mut path = modules.path().to_path_buf().into_os_string();
    path.push(":/no/such/folder");
    check_same_with_run(&[&program.path], |command| {
        command.env("PYTHONPATH", &path);
    });
    // One that fails is Python's matter, and so is the sentence about it.
    fs::write(modules.path().join("sitecustomize.py"), "import nothing_of_this_name\n").unwrap();
    check_same_with_run(&[&program.path], |command| {
        command.env("PYTHONPATH", modules.path());
    });
}

#[test]
fn a_virtual_environment_is_the_same_under_run() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing, sys\nq = multiprocessing.SimpleQueue()\nq.put(1)\n\
         print('main:', sys.prefix, sys.executable, q.get())\n",
    );
    let venv = program.file("venv");
    let made = run(&mut python(["-m", "venv", "--without-pip", &venv]));
    assert_eq!(made.code(), 0, "{made:?}");
    let in_it = format!("{venv}/bin/python3");
    let plain = run(command(&in_it).arg(&program.path)).succeeded();
    let log = program.file("log");
    let under = run(&mut mp_demo_run(["--record", &log, "--", &in_it, &program.path]));
    assert_eq!(plain.stdout, under.stdout);
    assert_eq!(of(&recorded_in(Path::new(&log)), "get"), [1]);
}

#[test]
fn several_pythons_in_one_command_are_all_in_the_log() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing, sys\nq = multiprocessing.SimpleQueue()\nq.put(sys.argv[1])\n\
         print('main:', q.get())\n",
    );
    let log = program.file("log");
    let script = "python3 $0 one; python3 -u $0 two & wait; python3 -m program three; exit 5";
    let mut under = mp_demo_run(["--record", &log, "--", "sh", "-c", script, &program.path]);
    let ended = run(under.current_dir(program.folder.path()));
    assert_eq!((ended.code(), &*ended.stdout), (5, "main: one\nmain: two\nmain: three\n"));
    let log = recorded_in(Path::new(&log));
    check_log_of_run(&log);
    assert_eq!(of(&log, "get"), ["one", "two", "three"]);
}

#[test]
fn exit_statuses_are_a_shells() {
    if !has("python3") {
        return;
    }
    let program = Program::new("import sys\nsys.exit(int(sys.argv[1]))\n");
    for code in if is_soak() { &[0, 1, 3, 255][..] } else { &[3] } {
        check_same_with_run(&[&program.path, &code.to_string()], |_| {});
    }
    let not_executable = program.file("text");
    fs::write(&not_executable, "no program").unwrap();
    for (file, code) in [("./no-such-file-here", 127), (&*not_executable, 126)] {
        let ended = run(&mut mp_demo_run(["--", file]));
        assert_eq!(ended.code(), code, "{ended:?}");
        assert_eq!((ended.stdout.lines().count(), ended.stderr.lines().count()), (0, 1));
    }
    let syntax = Program::new("print('main: never'\n");
    check_same_with_run(&[&syntax.path], |_| {});
    check_same_with_run(&[&program.path], |_| {});
}

#[test]
fn output_that_cannot_be_written_is_the_programs_own_matter() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing\n\
         def child(): print('child: prints')\n\
         if __name__ == '__main__':\n    p = multiprocessing.Process(target=child)\n    \
         p.start()\n    p.join()\n    \
         for n in range(700): print('main: line', n, 'x' * 200)\n",
    );
    let full_has_frames =
        run(&mut python(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]));
    for to in [">&-", "> /dev/full", "| head -n 1", "| head -c 0", "2>&- >&-", "<&-"] {
        if to == "> /dev/full" && full_has_frames.code() != 0 {
            continue;
        }
        let script = |start: &str| {
            let mut shell =
                shell(&format!("{start} {} {to}; echo ${{PIPESTATUS[0]}}", program.path));
            run(shell.env_remove("PYTHONUNBUFFERED"))
        };
        let (plain, under) = (script("python3"), script("mp-demo run"));
        assert_eq!(plain.stdout, under.stdout, "{to}: {plain:?}, {under:?}");
        let seen = |ended: &Ended| {
            let lines = ended.stderr.lines().filter(|line| !line.starts_with("mp-demo: "));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(seen(&plain), seen(&under), "{to}");
    }
}

/// A program with a child and a grandchild that all wait for ever, and print their PIDs.
const FAMILY: &str = r#"
import multiprocessing, os, signal, sys, time
def child(depth):
    if "deaf" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(os.getpid(), flush=True)
    if depth:
        multiprocessing.Process(target=child, args=(depth - 1,)).start()
    while True:
        time.sleep(0.05)
        multiprocessing.Event().set()
if __name__ == "__main__":
    child(2)
"#;

fn running_family(more: &[&str]) -> (Running, Vec<Pid>, Program) {
    let program = Program::new(FAMILY);
    let log = program.file("log");
    let words = ["--record", &log, &program.path].into_iter().chain(more.iter().copied());
    let mut run = Running::start(&mut mp_demo_run(words));
    let pids = (0..3).map(|_| Pid::from_raw(run.line().unwrap().parse().unwrap()).unwrap());
    let pids = pids.collect();
    (run, pids, program)
}

#[test]
fn nobody_is_left_when_run_is_ended_whatever_the_program_ignores() {
    if !has("python3") {
        return;
    }
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP] {
        for more in [&[][..], &["deaf"]] {
            if !is_soak() && (signal == Signal::HUP || (signal == Signal::TERM && more.is_empty()))
            {
                continue;
            }
            let (run, pids, program) = running_family(more);
            // What it did until then stands in the file.
            let log = || fs::read_to_string(program.file("log")).unwrap_or_default();
            while !log().contains("\"called\"") {
                thread::sleep(Duration::from_millis(5));
            }
            if signal == Signal::INT {
                // Ctrl-C reaches the whole foreground group, and is pressed again.
                for _ in 0..3 {
                    let _ = kill_process_group(run.pid(), signal);
                    thread::sleep(Duration::from_millis(100));
                }
            } else {
                run.signal(signal);
            }
            if !more.is_empty() && signal != Signal::KILL {
                // The program doesn't want to end: the user has the last word.
                let _ = kill_process(run.pid(), Signal::KILL);
            }
            let left: Vec<_> = pids.iter().filter(|pid| !ends(**pid)).collect();
            for pid in &left {
                let _ = kill_process(**pid, Signal::KILL);
            }
            assert!(left.is_empty(), "{signal:?} {more:?}");
            let ended = run.finish();
            assert_ne!(ended.code(), 0, "{ended:?}");
            // Each of its lines is whole, but perhaps the last one.
            let text = log();
            let (whole, _) = text.rsplit_once('\n').unwrap();
            assert!(whole.lines().map(event).any(|event| event["event"] == "called"), "{whole}");
        }
    }
}

/// Ctrl-C: what Python makes of it is what it makes of it without `run`.
#[test]
fn an_interrupt_ends_the_program_as_it_does_without_run() {
    if !has("python3") {
        return;
    }
    // Nobody is about to print when the signal comes.
    let program = Program::new(
        r#"
import multiprocessing, os, time
def child():
    try:
        time.sleep(0.2)
        os.write(1, b"child: ready\n")
        time.sleep(60)
    except KeyboardInterrupt:
        print("child: interrupted", flush=True)
if __name__ == "__main__":
    p = multiprocessing.Process(target=child)
    p.start()
    p.join()
"#,
    );
    // A terminal interrupts each process once. Without one, mp-demo passes on what it gets, so a
    // signal to the whole group would come twice.
    let interrupted = |mut command: Command, first: fn(Pid) -> Vec<Pid>| {
        let mut run = Running::start(&mut command);
        assert_eq!(run.line().unwrap(), "child: ready");
        for pid in first(run.pid()).into_iter().flat_map(|it| [children_of(it), vec![it]].concat())
        {
            let _ = kill_process(pid, Signal::INT);
        }
        run.finish()
    };
    let plain = interrupted(python([&*program.path]), |python| vec![python]);
    let under = interrupted(mp_demo_run([&*program.path]), children_of);
    assert_eq!(plain.stdout, "child: interrupted\n");
    assert_same(&plain, &under);
}

/// A child is killed while it sends numbers, at any moment: before it sends one, it has noted in a
/// file the one that it has sent before. Each number that was noted is in the log.
#[test]
fn no_event_before_a_sigkill_is_lost_or_torn() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        r#"
import multiprocessing, os, random, sys, time
def child(end, noted, ready):
    out = os.open(noted, os.O_WRONLY | os.O_CREAT)
    ready.set()
    for n in range(3000):
        end.send(n)
        os.pwrite(out, b"%d" % n, 0)
    time.sleep(60)
if __name__ == "__main__":
    for turn in range(int(sys.argv[2])):
        # Not read, so that nothing but a full pipe holds the child up.
        a, b = multiprocessing.Pipe(False)
        ready = multiprocessing.Event()
        name = "turn-%d" % turn
        noted = os.path.join(sys.argv[1], name)
        p = multiprocessing.Process(target=child, args=(b, noted, ready), name=name)
        p.start()
        ready.wait()
        time.sleep(random.random() * 0.04)
        p.kill()
        p.join()
"#,
    );
    let turns = if is_soak() { 500 } else { 8 };
    let (log, notes) = (program.file("log"), program.folder.path().to_str().unwrap().to_owned());
    let turns_text = turns.to_string();
    let words = ["--record", &log, &program.path, &notes, &turns_text];
    let ended = run(&mut mp_demo_run(words));
    assert_eq!((ended.code(), &*ended.stdout), (0, ""), "{ended:?}");
    let log = recorded_in(Path::new(&log));
    check_log_of_run(&log);
    let mut total = 0;
    for turn in 0..turns {
        let role = format!("turn-{turn}");
        let noted = fs::read_to_string(program.file(&role)).unwrap_or_default();
        let sent: Vec<_> = log
            .iter()
            .filter(|e| e["event"] == "send" && e["role"] == role.as_str())
            .map(|e| e["value"].as_u64().unwrap())
            .collect();
        assert_eq!(sent, (0..sent.len() as u64).collect::<Vec<_>>(), "{role}");
        let noted: usize = noted.parse().map_or(0, |last: usize| last + 1);
        assert!(noted <= sent.len(), "{role} has sent {noted}, and the log has {}", sent.len());
        total += noted;
    }
    assert!(total > 0, "none was killed while it sent");
    assert_eq!(named(&log, "kill").len(), turns);
}

/// The log may be wanted by nobody any more: its reader is killed, and the program does not hang.
#[test]
fn a_program_without_a_reader_of_its_log_ends() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing, os, time\nq = multiprocessing.SimpleQueue()\n\
         print(os.getpid(), flush=True)\n\
         while True:\n    q.put(1)\n    q.get()\n    os.fork() or os._exit(0)\n    os.wait()\n",
    );
    for _ in 0..if is_soak() { 30 } else { 2 } {
        let mut run = Running::start(&mut mp_demo_run([&*program.path]));
        let pid = Pid::from_raw(run.line().unwrap().parse().unwrap()).unwrap();
        run.signal(Signal::KILL);
        assert!(ends(pid));
        run.finish();
    }
}

#[test]
fn thousands_of_processes_in_turn_are_all_seen() {
    if !has("python3") {
        return;
    }
    let program = Program::new(
        "import multiprocessing, os, sys\n\
         def child(n): pass\n\
         if __name__ == '__main__':\n    for n in range(int(sys.argv[1])):\n        \
         p = multiprocessing.Process(target=child, args=(n,))\n        p.start()\n        \
         p.join()\n        p.close()\n    \
         print('main:', len([f for f in os.listdir('/proc/self/fd')]) < 20)\n",
    );
    let count = if is_soak() { 10_000 } else { 60 };
    let (_, log) = check_same_with_run(&[&program.path, &count.to_string()], |_| {});
    assert_eq!(named(&log, "started").len(), count);
    assert_eq!(named(&log, "joined").len(), count);
}

#[test]
fn what_comes_on_stdin_goes_to_the_program() {
    if !has("python3") {
        return;
    }
    let program =
        Program::new("import sys\nprint('main:', input('? '), sys.stdin.read().split())\n");
    for start in ["python3", "mp-demo run"] {
        let mut shell = shell(&format!("printf 'one\\ntwo three' | {start} {}", program.path));
        assert_eq!(run(&mut shell).stdout, "? main: one ['two', 'three']\n");
    }
}
