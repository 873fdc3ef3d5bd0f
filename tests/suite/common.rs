//! The program under test, and a small builder for its runs.

mod lessons;
mod log;
mod running;
mod screen;

use std::ffi::OsStr;
use std::io::{Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

pub use lessons::*;
pub use log::*;
pub use running::*;
pub use screen::*;

/// Where the program is.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mp-demo");

/// Variables that change what the program does, so that a test has them only if it sets them.
const VARIABLES: [&str; 16] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LESS",
    "LINES",
    "LV",
    "NO_COLOR",
    "PAGER",
    "PYTHONUNBUFFERED",
    "RUST_BACKTRACE",
    "TERM",
];

/// A locale's variable: with all characters, and with ASCII only.
pub const UTF_8: (&str, &str) = ("LC_ALL", "C.UTF-8");
pub const ASCII: (&str, &str) = ("LC_ALL", "C");

/// A command in a clean environment, with nothing on stdin.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    // A group of its own, so that a run that hangs can be ended with all that belongs to it.
    command.process_group(0);
    command
}

/// `mp-demo` with these arguments.
pub fn mp_demo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = command(PROGRAM);
    command.args(args);
    command
}

/// A shell script in which `mp-demo` is the program under test.
pub fn shell(script: &str) -> Command {
    let folder = PROGRAM.strip_suffix("/mp-demo").unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = command("bash");
    command.args(["-c", script]);
    command.env("PATH", format!("{folder}:{path}"));
    command
}

/// Copies the program, for tests that replace it or change its permissions.
pub fn copied(folder: &tempfile::TempDir) -> String {
    let program = folder.path().join("mp-demo").to_str().unwrap().to_owned();
    // Another process copies it: if this one had it open for writing, a child that another test
    // starts at this moment would inherit that, and the copy could not be run (ETXTBSY).
    run(command("cp").args([PROGRAM, &program])).succeeded();
    program
}

/// Makes a shell script that can be run; by another process, as above.
pub fn script(file: &Path, text: &str) {
    let mut shell = command("sh");
    shell.args(["-c", r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#, "sh"]);
    run(shell.arg(file).arg(text)).succeeded();
}

/// Whether this machine has a program that a test needs, and if not, says so. With `CI` set it has
/// to be there.
pub fn has(program: &str) -> bool {
    let find = Command::new("sh").args(["-c", "command -v \"$0\"", program]).output();
    let is_there = find.is_ok_and(|output| output.status.success());
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing");
        skipped(&format!("there is no {program} to test with"));
    }
    is_there
}

/// Whether `.ci/soak` runs the tests. Then they try all variants, and otherwise only some.
pub fn is_soak() -> bool {
    std::env::var_os("SOAK").is_some()
}

/// The start methods that Python programs are tried with.
pub fn start_methods() -> &'static [&'static str] {
    if is_soak() { &["spawn", "fork", "forkserver"] } else { &["spawn"] }
}

/// Checks several things, six at a time, as most checks wait.
pub fn at_once<T>(things: impl IntoIterator<Item = T, IntoIter: Send>, check: impl Fn(T) + Sync) {
    let things = Mutex::new(things.into_iter());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(thing) = { things.lock().unwrap().next() } {
                    check(thing);
                }
            });
        }
    });
}

/// Says on the terminal, in spite of the test harness, what is not tested here, and why.
pub fn skipped(why: &str) {
    let skipped = format!("SKIPPED: {why}\n");
    std::io::stderr().write_all(skipped.as_bytes()).unwrap();
}

/// `mp-demo view -` with these options, and a log on its stdin.
pub fn view(log: impl AsRef<[u8]>, options: &[&str]) -> Command {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(log.as_ref()).unwrap();
    file.rewind().unwrap();
    let mut command = mp_demo(["view", "-"]);
    command.args(options).stdin(file);
    command
}

/// What a terminal of so many rows and columns is sent when the program runs on it.
pub fn on_terminal(args: &[&str], variables: &[(&str, &str)], size: (u16, u16)) -> String {
    let (code, screen) = code_and_screen(args, variables, size);
    assert_eq!(code, Some(0), "{screen}");
    screen
}

/// The same, whatever the exit status is, which comes first.
pub fn code_and_screen(
    args: &[&str],
    variables: &[(&str, &str)],
    size: (u16, u16),
) -> (Option<i32>, String) {
    let (mut terminal, other_side) = pty_process::blocking::open().unwrap();
    let (rows, columns) = size;
    terminal.resize(pty_process::Size::new(rows, columns)).unwrap();
    let mut command = pty_process::blocking::Command::new(PROGRAM).args(args);
    for variable in VARIABLES.iter().chain(&["CI"]) {
        command = command.env_remove(variable);
    }
    command = command.env("TERM", "xterm-256color").envs(variables.iter().copied());
    let mut child = command.spawn(other_side).unwrap();
    let mut screen = Vec::new();
    // On Linux a terminal whose other side is closed says EIO, not end-of-file.
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = terminal.read(&mut buffer) {
        screen.extend_from_slice(&buffer[..length]);
    }
    let screen = String::from_utf8(screen).unwrap().replace("\r\n", "\n");
    (child.wait().unwrap().code(), screen)
}
