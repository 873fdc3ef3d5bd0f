//! The Rust programs in `demos/`: saved, compiled and run as a learner does it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::{env, fs};

use rustix::process::{
    Pid, Signal, kill_process_group, test_kill_process, test_kill_process_group,
};

use crate::common::*;

/// The commands in a program's head: the first compiles and runs it, others start parts of it.
fn commands(lesson: &str) -> Vec<String> {
    let source = demo(lesson, "program.rs");
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let head = words_of(&head.collect::<Vec<_>>().join(" "));
    let (_, commands) = head.split_once("Run it with `").unwrap();
    let commands = commands.split('`').step_by(2);
    let is_command = |words: &&str| words.contains(&format!("./{lesson}"));
    commands.filter(is_command).map(str::to_owned).collect()
}

/// Where a lesson's program is: saved under the lesson's name, and compiled once, by the command in
/// its head.
pub fn program(lesson: &str) -> PathBuf {
    static PROGRAMS: Mutex<BTreeMap<String, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let of_lesson = PROGRAMS.lock().unwrap().entry(lesson.to_owned()).or_default().clone();
    of_lesson.get_or_init(|| compile(lesson)).clone()
}

fn compile(lesson: &str) -> PathBuf {
    let commands = commands(lesson);
    let (compile, start) = commands[0].split_once(" && ").unwrap();
    assert_eq!(start, format!("./{lesson}"));
    let words: Vec<_> = compile.split(' ').collect();
    let file = format!("{lesson}.rs");
    assert_eq!((words[0], words.last()), ("rustc", Some(&file.as_str())));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust_programs");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&file), demo(lesson, "program.rs")).unwrap();
    let mut rustc = command(&env::var("RUSTC").unwrap_or("rustc".into()));
    rustc.args(["-Dwarnings", "-Funsafe-code"]).args(&words[1..]);
    run(rustc.current_dir(&folder)).succeeded();
    folder.join(lesson)
}

/// The lines of a run that succeeded, said nothing on stderr, and left no process behind, not even
/// a zombie.
pub fn lines_of_rust(lesson: &str) -> Vec<String> {
    let mut command = command(program(lesson).to_str().unwrap());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // All processes that it starts are in its process group. Their output fits into a pipe, so it
    // can be read afterwards, up to end-of-file, which may come later than the parent's end.
    let pid = Pid::from_child(&child);
    let hangs = !ends(pid);
    if hangs {
        let _ = kill_process_group(pid, Signal::KILL);
    }
    child.wait().unwrap();
    let is_anyone_left = test_kill_process_group(pid).is_ok();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let ended = Ended { status, stdout, stderr };
    assert!(!hangs, "it hangs: {ended:?}");
    assert!(!is_anyone_left, "it left a process behind: {ended:?}");
    let ended = ended.succeeded();
    ended.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_parts_that_its_head_names_can_be_run_alone() {
    for lesson in lessons() {
        let folder = program(&lesson);
        for command in &commands(&lesson)[1..] {
            let mut shell = shell(&format!("set -o pipefail; {command}"));
            let ended = run(shell.current_dir(folder.parent().unwrap()));
            assert_eq!(ended.code(), 0, "{command}: {ended:?}");
            assert_ne!(ended.stdout + &ended.stderr, "", "{command}");
        }
    }
}

#[test]
fn the_queues_children_end_when_their_parent_is_killed() {
    let mut run = Running::start(&mut command(program("queue").to_str().unwrap()));
    let mut children = Vec::new();
    while children.len() < 2 {
        let line = run.line().unwrap();
        let pid = line.strip_prefix("Process to ").and_then(|rest| rest.split(' ').nth(1));
        children.extend(pid.map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap()));
    }
    let is_there = |child: &Pid| test_kill_process(*child).is_ok();
    assert!(children.iter().all(is_there));
    run.signal(Signal::KILL);
    for child in children {
        assert!(ends(child), "{child:?} goes on");
    }
    run.finish();
}
