//! What `mp-demo run` says of programs: who waits for whom where one is stuck, and what it says
//! without being asked.

use std::fs;

use crate::common::*;

/// Programs that get stuck, each with what is said of who waits.
const STUCK: &[(&str, &[&str])] = &[
    (
        "\
def child(q):
    q.put('x' * 1000000)
if __name__ == '__main__':
    q = mp.Queue()
    p = mp.Process(target=child, args=(q,))
    p.start()
    p.join()
",
        &[
            "MainProcess N in p.join() at program.py:8 waits for child N to end",
            "child N's feeder thread in write(2) waits for room: its pipe is full with 62,029 of \
             65,536 bytes, as each write takes whole pages, and only MainProcess N could take some",
            "A circle: MainProcess -> child -> MainProcess.",
            "The repair: get everything from this queue before p.join() (program.py:8).\n\
             mp-demo ends the run.",
        ],
    ),
    (
        "\
def both(first, second, met):
    with first:
        met.wait()
        with second:
            pass
if __name__ == '__main__':
    fork, knife, met = mp.Lock(), mp.Lock(), mp.Barrier(2)
    a = mp.Process(target=both, args=(fork, knife, met), name='ann')
    b = mp.Process(target=both, args=(knife, fork, met), name='bob')
    a.start(); b.start(); a.join(); b.join()
",
        &[
            "ann N in knife.acquire() at program.py:5 waits for the lock, which bob N took at \
             program.py:3",
            "bob N in fork.acquire() at program.py:5 waits for the lock, which ann N took at \
             program.py:3",
            "A circle: ann -> bob -> ann.",
        ],
    ),
    (
        "\
import os
def hold(lock):
    lock.acquire()
    os._exit(0)
if __name__ == '__main__':
    lock = mp.Lock()
    p = mp.Process(target=hold, args=(lock,)); p.start(); p.join()
    lock.acquire()
",
        &[
            "MainProcess N in lock.acquire() at program.py:9 waits for the lock, which hold N took \
             at program.py:4 and had when it ended",
            "mp-demo: hold (N) had the lock lock, acquired at program.py:4, when it ended, and \
             did not release it",
        ],
    ),
    (
        "\
def read(q, ready):
    ready.set()
    q.get()
if __name__ == '__main__':
    q, ready = mp.Queue(), mp.Event()
    victim = mp.Process(target=read, args=(q, ready)); victim.start()
    ready.wait()
    while open(f'/proc/{victim.pid}/syscall').read().split()[0] not in ('0', '63'): pass  # read(2)
    victim.kill(); victim.join()
    q.put(1)
    q.get()
",
        &["MainProcess N in q.get() at program.py:12 waits for the lock, which read N took at \
             program.py:4 and had when it ended"],
    ),
    (
        "\
import os, signal
def die(n):
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == '__main__':
    with mp.Pool(1) as pool:
        pool.map(die, [1])
",
        &[
            "MainProcess N in pool.result() at program.py:7 waits for the result, which no process \
             can bring",
            "mp-demo: ForkPoolWorker-1 (N) was killed by SIGKILL (9) in the middle of a task",
        ],
    ),
    (
        "\
def work(q):
    while True:
        q.get()
if __name__ == '__main__':
    q = mp.JoinableQueue()
    mp.Process(target=work, args=(q,)).start()
    q.put(1)
    q.join()
",
        &[
            "MainProcess N in q.join() at program.py:9 waits for task_done(), which only work N \
             could call",
            "work N in q.get() at program.py:4 waits for a value, which only MainProcess N could \
             bring",
        ],
    ),
];

/// Runs a program with these options, under fork.
fn run_program(program: &str, options: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let program =
        format!("import multiprocessing as mp; mp.set_start_method('fork', force=True)\n{program}");
    fs::write(folder.path().join("program.py"), program).unwrap();
    let words = ["run"].iter().chain(options).chain(&["program.py"]);
    let mut command = mp_demo(words);
    command.current_dir(folder.path()).env("HOME", folder.path());
    run(command.env_remove("XDG_CACHE_HOME").env_remove("PYTHONUNBUFFERED"))
}

/// A text with one space between words, and N for each PID.
fn without_pids(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words = line.split_whitespace().map(|word| {
            let digits: String = word.chars().filter(char::is_ascii_digit).collect();
            match digits.len() > 1
                && digits != "15"
                && word.trim_matches(['(', ')', ',']).starts_with(&digits)
            {
                true => word.replace(&digits, "N"),
                false => word.to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_stuck_program_is_told_by_its_own_lines_and_names() {
    if !has("python3") {
        return;
    }
    at_once(STUCK, |(program, said)| {
        let ended = run_program(program, &["--patience", "0.7"]);
        let told = without_pids(&ended.stderr);
        for said in *said {
            assert!(told.contains(said), "{said}\n{told}");
        }
        assert_eq!(ended.code(), 1, "{told}");
    });
}

/// The programs in `tests/run/stuck`: what each says stands at its top.
#[test]
fn why_nobody_ends_a_wait_is_told_where_the_log_proves_it() {
    if !has("python3") {
        return;
    }
    let files = fs::read_dir(path_of("tests/run/stuck")).unwrap();
    let files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
    assert!(files.len() >= 11);
    at_once(files, |file| {
        let program = fs::read_to_string(&file).unwrap();
        let said: Vec<_> = program.lines().filter_map(|it| it.strip_prefix("# says: ")).collect();
        assert!(!said.is_empty(), "{file:?}");
        let folder = file.parent().unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut command = mp_demo(["run", "--patience", "0.7", name]);
        let ended = run(command.current_dir(folder).env_remove("PYTHONUNBUFFERED"));
        let told = without_pids(&ended.stderr);
        for said in said {
            assert!(told.contains(said), "{said}\n{told}");
        }
        assert_eq!(ended.code(), 1, "{told}");
    });
}

/// The article's program: its reader waits when it is terminated, its lines are in the buffer.
const ARTICLES: &str = "\
import time
def write(q):
    for value in ['A', 'B', 'C']:
        print('Put %s to queue...' % value)
        q.put(value)
def read(q, done):
    while True:
        print('Get %s from queue.' % q.get(True))
        done.release()
if __name__ == '__main__':
    q, done = mp.Queue(), mp.Semaphore(0)
    pw = mp.Process(target=write, args=(q,))
    pr = mp.Process(target=read, args=(q, done))
    pw.start()
    pr.start()
    pw.join()
    for _ in range(3): done.acquire()
    pr.terminate()
    pr.join()
";

#[test]
fn a_program_is_told_its_lost_lines_unasked_and_claims_with_their_evidence() {
    if !has("python3") {
        return;
    }
    let lost =
        "read (N) printed 3 lines that stayed in its buffer when SIGTERM ended it (program.py:9)";
    let ended = run_program(ARTICLES, &["--claims"]);
    let told = without_pids(&ended.stderr);
    assert!(told.starts_with(&format!("mp-demo: {lost}\n")), "{told}");
    for claim in [
        "true every value that is put is got",
        "true values are got in the order of their puts",
        "true every process is joined",
        "false every process ends with status 0\n\
         read (N) was killed by SIGTERM (15) (program.py:19)",
        &format!("true a printed line is lost\n{lost}"),
        "what came out: Put A to queue... / Put B to queue... / Put C to queue...; exit 0",
    ] {
        assert!(told.contains(claim), "{claim}\n{told}");
    }
    let fine = ARTICLES.replace("q.get(True))", "q.get(True), flush=True)");
    let ended = run_program(&fine, &[]);
    assert_eq!((&*ended.stderr, ended.code()), ("", 0));
}

/// Programs in which nothing is wrong, though it might look so.
const FINE: &[&str] = &[
    // Whoever cancels a task does not miss it.
    "\
from concurrent.futures import ProcessPoolExecutor
import time
if __name__ == '__main__':
    with ProcessPoolExecutor(1) as executor:
        futures = [executor.submit(time.sleep, 0.1) for _ in range(6)]
        assert futures[-1].cancel()
",
    // asyncio asks for the result.
    "\
import asyncio
from concurrent.futures import ProcessPoolExecutor
async def main():
    with ProcessPoolExecutor(1) as executor:
        number = asyncio.get_running_loop().run_in_executor(executor, int, 'x')
        print(await asyncio.gather(number, return_exceptions=True))
if __name__ == '__main__':
    asyncio.run(main())
",
    // Another process receives what a joined one has sent.
    "\
def receive(end):
    print(end.recv())
if __name__ == '__main__':
    end, sending = mp.Pipe(duplex=False)
    sender = mp.Process(target=sending.send, args=([1] * 100,))
    receiver = mp.Process(target=receive, args=(end,))
    sender.start(); sender.join()
    receiver.start(); receiver.join()
",
];

#[test]
fn what_only_looks_wrong_is_not_said_to_be_so() {
    if !has("python3") {
        return;
    }
    at_once(FINE, |program| {
        let ended = run_program(program, &["--explain"]);
        for said in ["mp-demo: ", "before receiving"] {
            assert!(!ended.stderr.contains(said), "{said}: {ended:?}");
        }
        assert_eq!(ended.code(), 0, "{ended:?}");
    });
    let listener = path_of("tests/run/listener.py");
    let ended = run(&mut mp_demo(["run", &listener]));
    assert_eq!((&*ended.stderr, ended.code()), ("", 0));
}

#[test]
fn other_programs_are_spoken_of_as_subprocess_does_and_an_unknown_status_is_no_0() {
    if !has("python3") {
        return;
    }
    let ended = run_program(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'pass'])\n",
        &["--explain"],
    );
    let told = without_pids(&ended.stderr).replace('\n', " ");
    assert!(told.contains("by exec: another program"), "{told}");
    assert!(told.contains("in Python its returncode is 0"), "{told}");
    assert!(!told.contains("join()"), "{told}");
    // os.waitpid() is not seen, so the status may be known or not.
    let program = "import os, time\nif os.fork() == 0: os._exit(5)\nos.wait()\ntime.sleep(0.1)\n";
    let ended = run_program(program, &["--claims"]);
    assert!(!ended.stderr.contains("true   every process ends with status 0"), "{ended:?}");
}

#[test]
fn a_torn_line_is_torn_and_a_copied_one_is_copied_in_what_came_out() {
    if !has("python3") {
        return;
    }
    let said = |name: &str| {
        let program = path_of(&format!("tests/run/{name}.py"));
        run(&mut mp_demo(["run", "--claims", &program, "fork"])).stderr
    };
    let torn =
        "what came out: first: begins, second: writes between / and ends / main: ends; exit 0";
    assert!(said("torn").contains(torn));
    let copied = said("copied");
    let times = |text: &str| copied.matches(text).count();
    assert_eq!((times("main: before"), times("wrote 1 line that MainProcess")), (2, 2), "{copied}");
}
