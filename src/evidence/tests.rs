//! What is read here against the kernel's own files, read in the plainest way.

use std::fs::{self, read_link};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use super::wait::{Awaited, Direction};
use super::*;

/// A child that is ended with the test.
struct TestChild(Child);

impl Drop for TestChild {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &str, args: &[&str]) -> TestChild {
    let mut command = Command::new(program);
    command
        .args(args)
        // In an orphaned process group, which that of the tests may be, SIGTSTP stops nobody
        // (setpgid(2)).
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    TestChild(command.spawn().expect("a process"))
}

/// The process's only thread, once it waits in this call.
fn waiting_in(child: &TestChild, call: &[&str]) -> (Snapshot, TaskLook) {
    loop {
        let look = Snapshot::at(child.0.id()).expect("a process");
        if let [thread] = &look.threads[..]
            && thread.state == ThreadState::Waits
            && let Some(it) = &thread.call
            && call.contains(&it.name)
        {
            let thread = thread.clone();
            return (look, thread);
        }
        thread::yield_now();
    }
}

#[test]
fn whoever_sleeps_goes_on_by_itself() {
    let child = start("sleep", &["1000"]);
    let (_, thread) = waiting_in(&child, &["clock_nanosleep", "nanosleep"]);
    let pid = child.0.id();
    let call = thread.call.expect("a call");
    assert_eq!(call.until, Until::Time);
    // The kernel says it as a number.
    let syscall = fs::read_to_string(format!("/proc/{pid}/syscall")).expect("a file");
    let number = syscall.split(' ').next().and_then(|it| it.parse().ok());
    let name = number.and_then(syscalls::Sysno::new).map(|it| it.name());
    assert_eq!(name, Some(call.name));
    assert_eq!(thread.tid as u32, pid);
}

#[test]
fn whoever_reads_from_an_empty_pipe_waits_for_its_other_end() {
    let child = start("cat", &[]);
    let (look, thread) = waiting_in(&child, &["read"]);
    let call = thread.call.expect("a call");
    assert_eq!(call.until, Until::Ready(vec![Awaited { fd: 0, direction: Direction::Read }]));

    let link = |pid: String, fd: i32| read_link(format!("/proc/{pid}/fd/{fd}")).expect("a link");
    let stdin = link(child.0.id().to_string(), 0);
    let holds = look.holds.expect("descriptors");
    let held = &holds[&0];
    assert_eq!(stdin.to_string_lossy(), format!("pipe:[{}]", held.inode().expect("a pipe")));
    assert!(held.reads && !held.writes);
    assert!(holds[&1].writes && !holds[&1].reads);

    // This process has the other end.
    let ours = child.0.stdin.as_ref().expect("a pipe").as_raw_fd();
    assert_eq!(link("self".into(), ours), stdin);
    let this = Snapshot::at(std::process::id()).expect("this process");
    let other = &this.holds.expect("descriptors")[&ours];
    assert_eq!((&other.what, other.writes), (&held.what, true));
    assert!(this.children.contains(&child.0.id()));
}

#[test]
fn whoever_has_done_something_has_moved() {
    let mut child = start("cat", &[]);
    let (before, _) = waiting_in(&child, &["read"]);
    let (same, _) = waiting_in(&child, &["read"]);
    assert!(!same.moved_since(&before));
    let stdin = child.0.stdin.as_mut().expect("a pipe");
    stdin.write_all(b"x").expect("a reader");
    loop {
        let (after, _) = waiting_in(&child, &["read"]);
        if after.moved_since(&before) {
            break;
        }
        thread::yield_now();
    }
}

#[test]
fn a_stopped_process_says_which_signal_it_was() {
    let child = start("sleep", &["1000"]);
    let pid = Pid::from_child(&child.0);
    assert_eq!(stopped_by(child.0.id()), None);
    for signal in [Signal::STOP, Signal::TSTP] {
        kill_process(pid, signal).expect("a signal");
        while stopped_by(child.0.id()) != Some(signal.as_raw()) {
            thread::yield_now();
        }
        let look = Snapshot::at(child.0.id()).expect("a process");
        assert_eq!(look.threads[0].state, ThreadState::Stopped);
        kill_process(pid, Signal::CONT).expect("a signal");
        while stopped_by(child.0.id()).is_some() {
            thread::yield_now();
        }
    }
}

#[test]
fn a_pipe_says_how_full_it_is_at_both_ends() {
    let (reader, mut writer) = os_pipe::pipe().expect("a pipe");
    writer.write_all(b"12345").expect("room");
    let fill = Fill::at(&reader).expect("a pipe");
    assert_eq!(Fill::at(&writer), Some(fill));
    assert_eq!(fill.bytes, 5);
    let link = read_link(format!("/proc/self/fd/{}", reader.as_raw_fd())).expect("a link");
    assert_eq!(link.to_string_lossy(), format!("pipe:[{}]", fill.inode));
    // What goes in whole pages fills it to the last byte.
    let (reader, mut writer) = os_pipe::pipe().expect("a pipe");
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).expect("flags");
    let all = vec![0; 2 * fill.capacity];
    assert_eq!(writer.write(&all).ok(), Some(fill.capacity));
    let full = Fill::at(&reader).expect("a pipe");
    assert_eq!(full.bytes, full.capacity as u64);
}

#[test]
fn whoever_is_gone_shows_nothing() {
    let mut child = start("true", &[]);
    child.0.wait().expect("an end");
    assert!(Snapshot::at(child.0.id()).is_none());
}
