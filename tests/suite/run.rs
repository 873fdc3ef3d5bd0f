//! `mp-demo run`: its command line, where output goes, how it ends, and what it leaves behind.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};

use crate::common::*;

/// Prints its arguments.
const ARGUMENTS: &str = "import sys; print(*sys.argv[1:])";

/// Writes in every way there is, to both streams.
const WRITES: &str = "\
import os, subprocess, sys
print('printed', sys.stdout.isatty(), sys.stderr.isatty(), flush=True)
print('warned', file=sys.stderr, flush=True)
os.write(1, b'by os.write\\n')
os.write(2, b'by os.write, too\\n')
subprocess.run(['echo', 'by echo'])
print('read', repr(sys.stdin.read()))
";

/// Waits for a value that never comes.
const STUCK: &str = "\
import multiprocessing, os, sys
def read(queue):
    queue.get()
if __name__ == '__main__':
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=read, args=(queue,))
    reader.start()
    print(os.getpid(), reader.pid, flush=True)
    reader.join()
";

/// Its first process ends at once, and a child lives on.
const LEAVES: &str = "\
import os, subprocess, sys
print(subprocess.Popen(['sleep', '1000'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid, flush=True)
if sys.argv[1:]:
    sys.stdin.read()
";

/// A folder for temporary files, and in it another one with a program.
struct Place(tempfile::TempDir);

impl Place {
    fn with(program: &str) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        for folder in ["work", "tmp", "home"] {
            fs::create_dir(place.0.path().join(folder)).unwrap();
        }
        fs::write(place.path("work/program.py"), program).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `mp-demo` with these words, in the folder with the program.
    fn mp_demo(&self, words: &[&str]) -> Command {
        let mut command = mp_demo(words);
        command.current_dir(self.path("work")).env("TMPDIR", self.path("tmp"));
        command.env("HOME", self.path("home")).env_remove("XDG_CACHE_HOME");
        command.env_remove("PYTHONPATH");
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        run(&mut self.mp_demo(words))
    }

    /// Checks that no file of a run is left.
    fn is_tidy(&self) {
        let left: Vec<_> = fs::read_dir(self.path("tmp")).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// The lines of stdout in a log.
fn lines_in(log: &Ended) -> Vec<String> {
    let events = log.stdout.lines().map(event);
    events.filter_map(|it| it["line"].as_str().map(str::to_owned)).collect()
}

fn pids(line: Option<String>) -> Vec<Pid> {
    let line = line.unwrap();
    line.split(' ').map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap()).collect()
}

#[test]
fn what_follows_the_program_is_its_own() {
    let place = Place::with(ARGUMENTS);
    for (words, expected) in [
        (&["run", "program.py", "a", "--lang", "zh", "--timeline"][..], "a --lang zh --timeline\n"),
        (&["--timeline", "run", "--seed", "3", "program.py", "--seed"], "--seed\n"),
        (&["run", "program.py", "--", "-x", "help", "y"], "-- -x help y\n"),
        (&["run", "--", "python3", "program.py", "--", "z"], "-- z\n"),
        (&["run", "--values=no", "--speed", "2", "./program.py"], "\n"),
    ] {
        let ended = place.run(words);
        assert_eq!((ended.code(), &*ended.stdout), (0, expected), "{words:?}: {ended:?}");
        let is_english = !ended.stderr.chars().any(|c| c > '\u{2fff}');
        assert!(is_english, "{ended:?}");
        assert_eq!(
            ended.stderr.contains("MainProcess "),
            words.contains(&"run") && {
                let run = words.iter().position(|it| it.ends_with("program.py")).unwrap();
                words[..run].contains(&"--timeline")
            }
        );
    }
    place.is_tidy();
}

#[test]
fn what_cannot_be_run_is_told_in_one_sentence_with_a_shells_status() {
    let place = Place::with(ARGUMENTS);
    for (words, status, said) in [
        (&["run", "nowhere.py"][..], 2, "there is no program nowhere.py, and no lesson of that"),
        (&["run", "--", "nowhere"], 127, "cannot run nowhere: No such file or directory"),
        (&["run", "--repeat", "3", "--", "./program.py"], 126, "cannot run ./program.py: Perm"),
        (&["run", "--record", ".", "program.py"], 1, "cannot write the recording to .: "),
    ] {
        let ended = place.run(words);
        assert_eq!(ended.code(), status, "{words:?}: {ended:?}");
        assert!(ended.stderr.starts_with(&format!("mp-demo: {said}")), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        crate::chinese::check(&place.run(&[&["--lang", "zh"], words].concat()), false, said);
    }
    let ended = run(place.mp_demo(&["run", "program.py"]).env("PATH", "/nowhere"));
    assert_eq!(ended.code(), 127);
    assert!(ended.stderr.starts_with("mp-demo: cannot run python3: "), "{ended:?}");
    assert_refused("x.py", "error: x.py is no command of mp-demo; did you mean: mp-demo run x.py?");
    assert_refused("run", "error: the following required arguments were not provided");
    assert_refused("run --json --claims x.py", "--json and --claims can't be used together");
    assert_refused("run --keep x x.py", "--keep goes with --repeat");
    assert_refused("view --record x x", "`mp-demo view` doesn't take --record");
    place.is_tidy();
}

#[test]
fn it_ends_as_the_program_does() {
    let place = Place::with("import sys; sys.exit(int(sys.argv[1]))");
    for options in [&[][..], &["--timeline"], &["--labels"], &["--json"]] {
        let words = [&["run"], options, &["program.py", "3"]].concat();
        assert_eq!(place.run(&words).code(), 3, "{options:?}");
        let words = [&["run"], options, &["--", "sh", "-c", "kill -USR1 $$"]].concat();
        assert_eq!(place.run(&words).code(), 128 + 10, "{options:?}");
    }
    let repeated = place.run(&["run", "--repeat", "2", "--jitter", "program.py", "3"]);
    assert_eq!(repeated.code(), 0, "{repeated:?}");
    let head = "run --jitter program.py 3: 2 runs in ";
    assert!(repeated.stdout.starts_with(head), "{}", repeated.stdout);
    for said in ["with random pauses of up to 2 ms", "The log slows each call by some microseconds"]
    {
        assert!(repeated.stdout.contains(said), "{}", repeated.stdout);
    }
    place.is_tidy();
}

#[test]
fn a_folder_with_a_main_file_is_a_program_and_a_lessons_name_its_python_program() {
    let place = Place::with(ARGUMENTS);
    fs::rename(place.path("work/program.py"), place.path("work/__main__.py")).unwrap();
    assert_eq!(place.run(&["run", ".", "a"]).succeeded().stdout, "a\n");
    // A file of that name is `./queue`.
    fs::write(place.path("work/queue"), ARGUMENTS).unwrap();
    assert_eq!(place.run(&["run", "./queue", "b"]).succeeded().stdout, "b\n");
    let lesson = place.run(&["run", "queue", "--help"]).succeeded();
    assert!(lesson.stdout.starts_with("usage: queue_demo.py"), "{lesson:?}");
    place.is_tidy();
}

#[test]
fn output_goes_where_it_went_or_comes_from_the_log() {
    let place = Place::with(WRITES);
    let run = |options: &[&str]| {
        let words = [&["run"], options, &["program.py"]].concat();
        let mut command = place.mp_demo(&words);
        let mut input = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut input, b"typed").unwrap();
        std::io::Seek::rewind(&mut input).unwrap();
        let ended = run(command.stdin(input));
        assert_eq!(ended.code(), 0, "{ended:?}");
        ended
    };
    let (out, err) = (
        ["printed False False", "by os.write", "by echo", "read 'typed'"],
        ["warned", "by os.write, too"],
    );
    for options in [&[][..], &["--timeline", "--claims"], &["--trace", "trace", "--record", "log"]]
    {
        let ended = run(options);
        assert_eq!(ended.lines(), out, "{options:?}");
        let lines: Vec<_> = ended.stderr.lines().collect();
        assert_eq!(lines[..2], err, "{options:?}");
        assert_eq!(ended.stderr.contains("every process ends"), options.contains(&"--claims"));
    }
    // Each line once, on its stream; whether before or after another's is the kernel's choice.
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let explained = run(&["--explain"]);
    assert_eq!(sorted(&explained.stdout), sorted(&out.join("\n")));
    let labelled = run(&["--labels"]);
    let is_labelled = |line: &&str| line.contains("  MainProcess  ");
    for (text, labels) in [(&labelled.stdout, 2), (&labelled.stderr, 1)] {
        assert_eq!(text.lines().filter(is_labelled).count(), labels, "{text}");
    }
    let logged = run(&["--json"]);
    assert_eq!(lines_in(&logged), ["printed False False", "read 'typed'"]);
    let aside = ["by echo", "by os.write", "by os.write, too", "warned"];
    assert_eq!(sorted(&logged.stderr), aside);
    // Nobody types into one of many runs.
    let repeated = run(&["--repeat", "1"]);
    assert!(repeated.stdout.contains("read ''"), "{}", repeated.stdout);
    // What stays out of the log goes where it went.
    let secret = run(&["--json", "--values=no"]);
    assert!(!secret.stdout.contains("typed"), "{}", secret.stdout);
    assert!(secret.stderr.contains("read 'typed'\n"), "{}", secret.stderr);
    place.is_tidy();
}

#[test]
fn a_recording_shows_the_run_again() {
    let place = Place::with(WRITES);
    fs::write(place.path("work/log"), "older").unwrap();
    let live = place.run(&["run", "--record", "log", "--timeline", "program.py"]);
    let again = place.run(&["view", "log", "--timeline"]);
    let (_, picture) = live.stderr.split_once("\n\n").unwrap();
    assert!(again.stdout.ends_with(picture), "{again:?}");
    assert!(again.stdout.starts_with("printed False False\nread ''\n"), "{again:?}");
    assert_eq!(again.stderr, "warned\n");
    // Lessons are recorded, too.
    let lesson = place.run(&["memory", "--record", "log", "--json"]).succeeded();
    assert_eq!(fs::read_to_string(place.path("work/log")).unwrap(), lesson.stdout);
}

#[test]
fn one_that_is_stuck_is_told_and_ended() {
    let place = Place::with(STUCK);
    let ended = place.run(&["run", "--patience", "0.6", "--record", "log", "program.py"]);
    assert_eq!(ended.code(), 1, "{ended:?}");
    for said in [
        "Deadlock: no process can go on. Who waits for whom:\n",
        " in reader.join() at program.py:9 ",
        " in queue.get() at program.py:3 ",
    ] {
        assert!(ended.stderr.contains(said), "{said}: {ended:?}");
    }
    assert!(pids(ended.stdout.lines().next().map(str::to_owned)).into_iter().all(ends));
    let again = place.run(&["view", "log"]);
    assert!(ended.stderr.starts_with(&again.stderr), "{again:?}");
    let repeated = place.run(&["run", "--patience", "0.6", "--repeat", "1", "program.py"]);
    assert!(repeated.stdout.contains("stuck"), "{repeated:?}");
    place.is_tidy();
}

#[test]
fn a_signal_ends_all_and_a_normal_end_leaves_the_others() {
    let place = Place::with(LEAVES);
    let mut left = Running::start(&mut place.mp_demo(&["run", "program.py"]));
    let sleeper = pids(left.line())[0];
    let ended = left.finish();
    assert_eq!(ended.code(), 0);
    let said = format!("mp-demo: sleep ({}) goes on after", sleeper.as_raw_pid());
    assert!(ended.stderr.starts_with(&said), "{ended:?}");
    assert!(exists(sleeper));
    kill_process(sleeper, Signal::KILL).unwrap();
    for (signal, options) in [(Signal::INT, &[][..]), (Signal::TERM, &["--timeline"])] {
        let words = [&["run"], options, &["program.py", "waits"]].concat();
        let (stdin, _writer) = std::io::pipe().unwrap();
        let mut interrupted = Running::start(place.mp_demo(&words).stdin(stdin));
        let sleeper = pids(interrupted.line())[0];
        interrupted.signal(signal);
        let ended = interrupted.finish();
        assert_eq!(ended.code(), 128 + signal.as_raw(), "{ended:?}");
        assert!(ends(sleeper));
        assert!(!ended.stderr.contains("goes on after"), "{ended:?}");
    }
    place.is_tidy();
}

#[test]
fn ctrl_c_ends_one_of_many_runs_and_shows_the_others() {
    let place =
        Place::with("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(1000)");
    // The pipe can be opened when the program has written its PID.
    run(command("mkfifo").arg(place.path("work/pid"))).succeeded();
    let repeated = Running::start(&mut place.mp_demo(&["run", "--repeat", "9", "program.py"]));
    let program = pids(Some(fs::read_to_string(place.path("work/pid")).unwrap()));
    repeated.signal(Signal::INT);
    let ended = repeated.finish();
    assert_eq!(ended.code(), 130, "{ended:?}");
    assert!(ended.stdout.contains("0 of 9 runs in "), "{ended:?}");
    assert!(program.into_iter().all(ends));
    place.is_tidy();
}

#[test]
fn when_it_is_killed_its_program_ends_and_no_file_is_left() {
    let place = Place::with(STUCK);
    let command = &mut place.mp_demo(&["run", "--patience", "never", "program.py"]);
    let mut killed = Running::start(command);
    let program = pids(killed.line());
    let guard = children_of(killed.pid());
    killed.signal(Signal::KILL);
    assert_eq!(killed.finish().code(), 128 + 9);
    assert!(program.into_iter().chain(guard).all(ends));
    place.is_tidy();
}

#[test]
fn the_program_inherits_what_it_would_without_and_nothing_more() {
    let place = Place::with("");
    let shell = ["sh", "-c", "ls -l /proc/$$/fd; pwd; ulimit -a; env; cat <&7"];
    let seen = |before: &[&str]| {
        let mut command = command("sh");
        command.args(["-c", "exec 7<program.py \"$@\"", "sh"]).args(before).args(shell);
        command.current_dir(place.path("work"));
        let text = run(&mut command).stdout;
        let names = |line: &str| line.rsplit(' ').next().unwrap_or_default().to_owned();
        let lines =
            text.lines().filter(|it| !it.contains("pipe:") && !it.starts_with("PYTHONPATH="));
        lines.skip(1).map(names).collect::<Vec<_>>()
    };
    assert_eq!(seen(&[PROGRAM, "run", "--"]), seen(&[]));
}

#[test]
fn folders_that_cannot_be_used_are_replaced_or_named() {
    let place = Place::with(ARGUMENTS);
    for folder in ["with space", "with:colon"] {
        fs::create_dir(place.path(folder)).unwrap();
        let mut command = place.mp_demo(&["run", "--json", "program.py", "a"]);
        let ended = run(command.env("TMPDIR", place.path(folder)));
        assert!(ended.stdout.contains(r#""line":"a""#), "{folder}: {ended:?}");
        fs::remove_dir(place.path(folder)).unwrap();
    }
    for home in [Some("/proc/nowhere"), Some("relative"), None] {
        let mut command = place.mp_demo(&["run", "--json", "program.py", "a"]);
        match home {
            Some(home) => command.env("HOME", home),
            None => command.env_remove("HOME"),
        };
        let ended = run(&mut command);
        assert!(ended.stdout.contains(r#""line":"a""#), "{home:?}: {ended:?}");
    }
    let mut command = place.mp_demo(&["run", "program.py"]);
    let ended = run(command.env("TMPDIR", "/proc"));
    let said = "mp-demo: cannot write the files of this run in /proc";
    assert!(ended.code() == 1 && ended.stderr.starts_with(said), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    place.is_tidy();
}

/// Two processes count to five each. One of them has to read between the other one's reading and
/// writing for an update to be lost, and the first is done when the second begins.
const UPDATES: &str = "\
import multiprocessing as mp
def add(lock, total):
    for _ in range(5):
        with lock:
            now = total.value
        with lock:
            total.value = now + 1
if __name__ == '__main__':
    mp.set_start_method('fork')
    lock, total = mp.Lock(), mp.RawValue('i', 0)
    adders = [mp.Process(target=add, args=(lock, total)) for _ in range(2)]
    for adder in adders: adder.start()
    for adder in adders: adder.join()
    print(total.value)
";

#[test]
fn random_pauses_make_a_rare_order_less_rare() {
    let place = Place::with(UPDATES);
    let [rare, less_rare] = [None, Some("--jitter")].map(|jitter| {
        let words = ["run", "--repeat", "6", "--json"].into_iter().chain(jitter);
        let ended = place.run(&words.chain(["program.py"]).collect::<Vec<_>>()).succeeded();
        let runs = ended.stdout.lines().map(event).filter_map(|it| it.get("outcome").cloned());
        let outcomes: Vec<_> = runs.collect();
        assert_eq!(outcomes.len(), 6, "{ended:?}");
        outcomes.iter().filter(|it| *it != "10; exit 0").count()
    });
    assert!(rare < less_rare, "{rare} and {less_rare} of 6");
}

#[test]
fn injected_code_of_other_versions_is_removed_when_no_run_uses_it() {
    let place = Place::with(ARGUMENTS);
    let cache = place.path("home/.cache/mp-demo");
    let [old, used, others] = ["0123456789abcdef", "fedcba9876543210", "notes"].map(|name| {
        fs::create_dir_all(cache.join(name)).unwrap();
        fs::write(cache.join(name).join("mp_demo_hook.py"), "").unwrap();
        cache.join(name)
    });
    let lock = fs::File::open(&used).unwrap();
    flock(&lock, FlockOperation::LockShared).unwrap();
    place.run(&["run", "program.py"]).succeeded();
    assert_eq!([&old, &used, &others].map(|it| it.exists()), [false, true, true]);
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 3);
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let place = Place::with(ARGUMENTS);
    at_once(0..12, |number: i32| {
        let number = number.to_string();
        let ended = place.run(&["run", "--json", "program.py", &number]);
        assert_eq!(lines_in(&ended), [number]);
    });
    place.is_tidy();
}

#[test]
fn that_nothing_was_seen_is_said() {
    let place = Place::with(ARGUMENTS);
    for command in [&["sh", "-c", "echo a"][..], &["python3", "-S", "program.py", "a"]] {
        let ended = place.run(&[&["run", "--"], command].concat());
        assert_eq!((ended.code(), &*ended.stdout), (0, "a\n"));
        assert!(ended.stderr.starts_with("mp-demo: nothing was seen of this program"), "{ended:?}");
        let in_chinese = place.run(&[&["--lang", "zh", "run", "--"], command].concat());
        crate::chinese::check(&in_chinese, true, "nothing was seen");
    }
}
