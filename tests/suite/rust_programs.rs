//! The Rust programs in `demos/`: saved, compiled and run as a learner does it, and held against the lessons.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::{env, fs, thread};

use rustix::process::{
    Pid, Signal, kill_process_group, test_kill_process, test_kill_process_group,
};

use crate::common::*;
use crate::demos::{Processes, assert_same_queue, group, of_ours};
use crate::memory::without_address;

const LESSONS: [&str; 7] = ["spawn", "queue", "pipe", "memory", "bound", "async", "cost"];

fn source(lesson: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    fs::read_to_string(format!("{root}/demos/{lesson}/program.rs")).unwrap()
}

/// Where a lesson's program is: saved under the lesson's name, and compiled once, by the command in its head.
fn program(lesson: &str) -> &'static Path {
    static PROGRAMS: [OnceLock<PathBuf>; LESSONS.len()] = [const { OnceLock::new() }; _];
    let number = LESSONS.iter().position(|name| *name == lesson).unwrap();
    PROGRAMS[number].get_or_init(|| {
        let source = source(lesson);
        let (_, head) = source.split_once("Run it with `").unwrap();
        let (compile, start) = head.split('`').next().unwrap().split_once(" && ").unwrap();
        assert_eq!(start, format!("./{lesson}"));
        let words: Vec<_> = compile.split(' ').collect();
        let file = format!("{lesson}.rs");
        assert_eq!((words[0], words.last()), ("rustc", Some(&file.as_str())));

        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust_programs");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(&file), &source).unwrap();
        let rustc = env::var("RUSTC").unwrap_or("rustc".into());
        let mut rustc = command(&rustc);
        rustc
            .args(["-Dwarnings", "-Funsafe-code"])
            .args(&words[1..]);
        run(rustc.current_dir(&folder)).succeeded();
        folder.join(lesson)
    })
}

fn command_of(lesson: &str) -> Command {
    command(program(lesson).to_str().unwrap())
}

/// The lines of a run that succeeded, said nothing on stderr, and left no process behind, not even a zombie.
fn lines_of(lesson: &str, args: &[&str]) -> Vec<String> {
    let mut command = command_of(lesson);
    command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Whoever it starts is in its process group. What they all print fits a pipe, so it can be read afterwards: until
    // they close it, which may be later than the end of their parent.
    let pid = Pid::from_child(&child);
    let hangs = !ends(pid);
    if hangs {
        let _ = kill_process_group(pid, Signal::KILL);
    }
    child.wait().unwrap();
    let is_anyone_left = test_kill_process_group(pid).is_ok();
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout), String::from_utf8(stderr));
    let ended = Ended {
        status,
        stdout: stdout.unwrap(),
        stderr: stderr.unwrap(),
    };
    assert!(!hangs, "it hangs: {ended:?}");
    assert!(!is_anyone_left, "it left a process behind: {ended:?}");
    ended
        .succeeded()
        .lines()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// A program's lines by the process that printed them: each says by its words whose it is.
fn of_rust(lesson: &str) -> Processes {
    let lines = lines_of(lesson, &[]);
    let pid_after = |label: &str| {
        let mut pids = lines.iter().filter_map(|line| line.strip_prefix(label));
        pids.next()
            .unwrap_or_else(|| panic!("no {label} in {lines:?}"))
            .to_owned()
    };
    group(lines.iter().map(|line| {
        let label = match line.split(' ').next().unwrap() {
            "Put" => "Process to write: ",
            "Get" => "Process to read: ",
            "Process" => &line[..line.find(": ").unwrap() + 2],
            _ => "Parent process ",
        };
        (pid_after(label), line.clone())
    }))
}

#[test]
fn each_is_narrow_enough_to_be_read_beside_the_other() {
    for lesson in LESSONS {
        for line in source(lesson).lines() {
            assert!(line.chars().count() <= 78, "{lesson}: {line}");
        }
    }
}

#[test]
fn spawn_prints_what_the_lesson_prints() {
    let ours = of_ours("spawn --speed 20 --json");
    thread::scope(|scope| {
        // All children print the same, so only one that is alone shows the order of its lines.
        let child = scope.spawn(|| lines_of("spawn", &["child"]));
        let lines = lines_of("spawn", &[]);
        let child = group(
            child
                .join()
                .unwrap()
                .into_iter()
                .map(|line| ("one".into(), line)),
        );
        assert_eq!(
            ours.iter().filter(|process| **process == child[0]).count(),
            5
        );

        let parent: Vec<_> = ours
            .iter()
            .filter(|process| **process != child[0])
            .collect();
        assert!(lines[0].starts_with("Parent process "), "{lines:?}");
        let is_parents = |line: &&String| line.starts_with("Child process ");
        let of_parent: Vec<_> = lines.iter().filter(is_parents).collect();
        assert_eq!(of_parent, parent[0].0[1..].iter().collect::<Vec<_>>());

        let ours = run_words("spawn --speed 20").succeeded();
        assert_eq!(
            sorted(&letters(&lines.join("\n"))),
            sorted(&letters(&ours.stdout))
        );
    });
}

#[test]
fn queue_prints_what_the_lesson_prints() {
    let ours = thread::spawn(|| of_ours("queue --seed 7 --json"));
    assert_same_queue(of_rust("queue"), ours.join().unwrap());
}

#[test]
fn the_queues_children_make_a_pipeline_in_a_shell() {
    let program = program("queue").display();
    let script = format!("'{program}' write | '{program}' read; echo ${{PIPESTATUS[@]}}");
    let ended = run(&mut shell(&script));
    // Here the reader comes to end-of-file, so it has got everything.
    assert_eq!(ended.stdout, "0 0\n");
    let lines: Vec<_> = ended.stderr.lines().collect();
    let of = |verb: &str| -> Vec<_> {
        lines
            .iter()
            .filter(|line| line.starts_with(verb))
            .copied()
            .collect()
    };
    assert_eq!(
        of("Put"),
        ["A", "B", "C"].map(|value| format!("Put {value} to queue..."))
    );
    assert_eq!(
        of("Get"),
        ["A", "B", "C"].map(|value| format!("Get {value} from queue."))
    );
    assert_eq!(lines.len(), 8, "{lines:?}");
}

#[test]
fn the_queues_children_end_when_their_parent_is_killed() {
    let mut run = Running::start(&mut command_of("queue"));
    let mut children = Vec::new();
    while children.len() < 2 {
        let line = run.line().unwrap();
        let pid = line
            .strip_prefix("Process to ")
            .and_then(|rest| rest.split(' ').nth(1));
        children.extend(pid.map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap()));
    }
    assert!(
        children
            .iter()
            .all(|child| test_kill_process(*child).is_ok())
    );
    run.signal(Signal::KILL);
    for child in children {
        assert!(ends(child), "{child:?} goes on");
    }
    run.finish();
}

#[test]
fn pipe_prints_what_the_lesson_prints() {
    assert_eq!(of_rust("pipe"), of_ours("pipe --speed 20 --json"));
}

#[test]
fn memory_prints_what_the_lesson_prints() {
    let screen = |lines: Vec<&str>| {
        let lines: String = lines.into_iter().map(without_address).collect();
        letters(&lines)
    };
    let lines = lines_of("memory", &[]);
    let ours = run_words("memory").succeeded();
    assert_eq!(
        screen(lines.iter().map(String::as_str).collect()),
        screen(ours.lines())
    );
}

#[test]
fn bound_prints_a_row_for_each_pool_and_waiting_gains_by_workers() {
    let lines = lines_of("bound", &[]);
    let mut lines = lines.iter();
    let cores = lines
        .next()
        .unwrap()
        .strip_prefix("Rust has no GIL; cores: ");
    assert!(cores.unwrap().parse::<usize>().unwrap() > 0);
    for kind in ["compute", "io"] {
        let heading = format!("{kind:<9}workers    wall  speed-up");
        assert_eq!(*lines.next().unwrap(), heading);
        for name in ["processes", "threads"] {
            let speed_ups = [1, 2, 4].map(|workers| {
                let line = lines.next().unwrap();
                let numbers: Vec<f64> = line
                    .split(' ')
                    .filter_map(|word| word.parse().ok())
                    .collect();
                let (wall, speed_up) = (numbers[1], numbers[2]);
                let row = format!("{name:<9}{workers:>7}{wall:>6.2} s{speed_up:>10.2}");
                assert_eq!(*line, row);
                speed_up
            });
            assert_eq!(speed_ups[0], 1.0);
            // Four wait at the same time, however busy this machine is. How many can compute is another matter.
            assert!(kind == "compute" || speed_ups[2] > 1.5, "{speed_ups:?}");
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn async_serves_the_customers_faster_in_a_loop_unless_it_is_blocked() {
    let lines = lines_of("async", &[]);
    let names = ["one after another", "event loop", "event loop, blocked"];
    assert_eq!(lines.len(), names.len());
    let seconds: Vec<f64> = lines
        .iter()
        .zip(names)
        .map(|(line, name)| {
            let seconds = line
                .split_whitespace()
                .rev()
                .nth(1)
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!(*line, format!("{name:<19} {seconds:6.3} s"));
            seconds
        })
        .collect();
    let [in_line, at_once, blocked] = seconds[..] else {
        panic!("{lines:?}")
    };
    assert!(in_line > 1.5 * at_once, "{lines:?}");
    assert!(blocked > at_once, "{lines:?}");
}

#[test]
fn cost_prints_what_one_of_each_takes() {
    let lines = lines_of("cost", &[]);
    let names = ["process", "thread", "queue", "round_trip", "mebibyte"];
    assert_eq!(lines.len(), names.len());
    let microseconds: Vec<f64> = lines
        .iter()
        .zip(names)
        .map(|(line, name)| {
            let microseconds = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            assert_eq!(*line, format!("{name:14} {microseconds:12.2} us"));
            assert!(microseconds > 0.0, "{line}");
            microseconds
        })
        .collect();
    // So far apart that no noise turns them round.
    let [process, thread, queue, _, mebibyte] = microseconds[..] else {
        panic!("{lines:?}")
    };
    assert!(process > thread, "{lines:?}");
    assert!(mebibyte > queue, "{lines:?}");
}
