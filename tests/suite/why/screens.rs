//! The reports of `why`, and how the program that it runs ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

use super::programs::{Program, Started};
use crate::common::*;

/// A program of `tests/why/stuck`, and how to run it.
fn stuck(name: &str, folder: &Path) -> Vec<String> {
    let program = Program::all_in("stuck").into_iter().find(|it| it.name == name);
    let command = program.unwrap().command(folder).unwrap();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect()
}

/// `mp-demo why` with options, and a program to run.
pub fn why(options: &[&str], program: &[impl AsRef<str>]) -> Command {
    let mut command = mp_demo([&["why"], options, &["--"]].concat());
    command.args(program.iter().map(AsRef::as_ref));
    command
}

#[test]
fn a_child_that_keeps_an_end_is_named_with_its_call_and_ended_on_request() {
    let folder = tempfile::tempdir().unwrap();
    if !has("cc") {
        return;
    }
    let program = stuck("kept_by_reader.c", folder.path());
    let ended = run(&mut why(&["--patience", "0.5", "--end"], &program));
    assert_eq!((ended.code(), ended.stdout.as_str()), (128 + 15, ""));
    let expected = "\
Stuck: neither of these 2 processes can go on.
  A  kept_by_reader.built
    B  kept_by_reader.built
A waits in wait4() for B to end.
B waits in read() for data or end-of-file from a pipe (fd 3), and only itself could bring it.
At which lines A waits, a debugger can tell: gdb -p A -batch -ex \"thread apply all bt\"
A dead end: B waits for what only B itself could bring.
The repair: close the end for writing in B: read() in B gets end-of-file only when no process has it open any more.
mp-demo ends it.
";
    assert_eq!(with_letters(&ended.stderr), expected);
    let ended = run(&mut why(&["--patience", "0.5", "--end", "--lang", "zh"], &program));
    let expected = "\
卡住了：这 2 个进程都无法继续。
  A  kept_by_reader.built
    B  kept_by_reader.built
A 在 wait4() 里等 B 结束。
B 在 read() 里等管道（fd 3）里的数据或 EOF，只有这个进程自己能带来。
A 停在哪些代码行，可以用调试器查看：gdb -p A -batch -ex \"thread apply all bt\"
走进了死胡同：B 等的东西只有 B 自己能带来。
修法：在 B 里关闭写端：没有任何进程打开着写端，B 的 read() 才会得到 EOF。
mp-demo 就此结束这个程序。
";
    assert_eq!(with_letters(&ended.stderr), expected);
}

#[test]
fn a_queue_that_is_joined_too_early_is_shown_with_its_full_pipe() {
    let folder = tempfile::tempdir().unwrap();
    // The program's name is shown, however deep its folder is.
    let deep = folder.path().join("folder/".repeat(10));
    fs::create_dir_all(&deep).unwrap();
    let script = deep.join("join_before_get.py").to_str().unwrap().to_owned();
    fs::copy(path_of("tests/why/stuck/join_before_get.py"), &script).unwrap();
    let ended = run(&mut why(&["--patience", "0.5", "--end"], &["python3", &script]));
    let screen = with_letters(&ended.stderr);
    // How many bytes of the value fit is up to CPython.
    let mut lines: Vec<&str> = screen.lines().collect();
    let full = lines.remove(6);
    assert!(full.starts_with("B, feeder thread, waits in write(): pipe full"), "{screen}");
    assert!(full.ends_with(", and only A could read from it."), "{screen}");
    let expected = [
        "Stuck: neither of these 2 processes can go on (Ctrl-C would end it).",
        "  A  python3 join_before_get.py",
        "    B  python3 join_before_get.py",
        "A waits in writer.join() for B to end.",
        "      join_before_get.py:23 in <module>:   writer.join()",
        "B waits at its exit for its queue's feeder thread.",
        "A circle: A -> B -> A. A deadlock.",
        "The repair: get everything from this queue before writer.join() (join_before_get.py:23).",
        "mp-demo ends it.",
    ];
    assert_eq!(lines, expected, "{screen}");
}

#[test]
fn the_exit_status_is_the_programs() {
    for (script, code) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -TERM $$", 128 + 15),
        ("kill -SEGV $$", 128 + 11),
        ("kill -KILL $$", 128 + 9),
        // Even if it leaves its process group and its session.
        ("exec setsid sh -c 'exit 5'", 5),
    ] {
        let ended = run(&mut why(&[], &["sh", "-c", script]));
        assert_eq!((ended.code(), ended.stderr.as_str()), (code, ""), "{script}");
    }
    let ended = run(&mut why(&[], &["nobody-has-this"]));
    let expected = "mp-demo: cannot run nobody-has-this: No such file or directory\n";
    assert_eq!((ended.code(), ended.stderr.as_str()), (127, expected));
    let ended = run(&mut why(&[], &["/etc/passwd"]));
    let expected = "mp-demo: cannot run /etc/passwd: Permission denied\n";
    assert_eq!((ended.code(), ended.stderr.as_str()), (126, expected));
}

#[test]
fn the_program_has_stdin_stdout_and_the_terminal() {
    let mut echo = why(&[], &["cat"]);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"A\n").unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    assert_eq!(run(echo.stdin(file)).succeeded().stdout, "A\n");
    let script = "test -t 0 && test -t 1 && echo 'on a terminal'";
    let screen = on_terminal(&["why", "--", "sh", "-c", script], &[], (24, 80));
    assert_eq!(screen, "on a terminal\n");
}

#[test]
fn ctrl_c_is_the_programs() {
    let script = "trap 'exit 3' INT; echo ready; while :; do sleep 0.1; done";
    let mut run = Running::start(&mut why(&[], &["sh", "-c", script]));
    assert_eq!(run.line().as_deref(), Some("ready"));
    // A terminal sends the signal to the whole group.
    kill_process_group(run.pid(), Signal::INT).unwrap();
    assert_eq!(run.finish().code(), 3);
}

/// A run whose stderr is read as it comes.
pub struct Watched {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Watched {
    pub fn start(command: &mut Command) -> Watched {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Watched { child, stderr }
    }

    pub fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "no more lines");
        line
    }

    /// The next line that begins so.
    pub fn line_with(&mut self, start: &str) -> String {
        loop {
            let line = self.line();
            if line.starts_with(start) {
                return line;
            }
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

#[test]
fn whoever_is_told_to_be_stuck_is_left_alone_and_may_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let script = format!("mkfifo {0}; exec 3<>{0}; exec cat <&3", fifo.display());
    let mut command = why(&["--patience", "0.5"], &["sh", "-c", &script]);
    let mut run = Watched::start(command.stdout(Stdio::piped()));
    let mut stdout = BufReader::new(run.child.stdout.take().unwrap());
    for value in ["A\n", "B\n"] {
        // A FIFO has a name, by which others may open it.
        let stuck = format!(
            "Most likely stuck: this process can't go on, unless another process opens the FIFO {}.\n",
            fifo.display()
        );
        assert_eq!(run.line(), stuck);
        let process = run.line();
        run.line_with("It is left as it is; Ctrl-C ends it.\n");
        // It holds none of the program's descriptors.
        let pid = process.split_whitespace().next().unwrap();
        let held = |pid: &str| -> Vec<String> {
            let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
            let links = links.filter_map(|it| fs::read_link(it.unwrap().path()).ok());
            links.map(|link| link.to_string_lossy().into_owned()).collect()
        };
        let fifo = fifo.to_string_lossy().into_owned();
        assert!(held(pid).contains(&fifo));
        assert!(!held(&run.child.id().to_string()).contains(&fifo));
        // Another process helps from outside.
        let mut end = fs::OpenOptions::new().write(true).open(&fifo).unwrap();
        end.write_all(value.as_bytes()).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, value);
        drop(end);
        assert_eq!(run.line(), "It goes on again.\n");
    }
}

#[test]
fn whoever_waits_for_a_stopped_process_is_not_stuck() {
    let script = "sleep 1000 & echo $!; wait";
    let mut command = command("sh");
    let mut child = command.args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let sleeper = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
    // Before exec it is a copy of its shell.
    let command_line = || fs::read(format!("/proc/{}/cmdline", sleeper.as_raw_pid())).unwrap();
    while !command_line().starts_with(b"sleep") {}
    kill_process(sleeper, Signal::STOP).unwrap();
    // It may not have reached wait() yet.
    let look = || run(&mut mp_demo(["why", &child.id().to_string()])).succeeded();
    let ended = loop {
        let ended = look();
        if !ended.stdout.contains("has done something") {
            break ended;
        }
    };
    kill_process_group(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    let expected = "\
These 2 processes wait for one that is stopped.
  A  sh -c sleep 1000 & echo $!; wait
    B  sleep 1000
A waits in sigsuspend() for B to end.
B is stopped.
B was stopped by SIGSTOP (19); `kill -CONT B` lets it go on.
";
    let screen = with_letters(&ended.stdout);
    // Some shells use another call to wait.
    let screen = screen.replace("wait4() for", "sigsuspend() for");
    assert_eq!(screen, expected);
}

#[test]
fn the_graph_has_nodes_edges_and_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    if !has("cc") {
        return;
    }
    let program = stuck("wait_before_read.py", folder.path());
    let ended = run(&mut why(&["--patience", "0.5", "--end", "--json"], &program));
    let graph: Value = serde_json::from_str(&ended.stderr).unwrap();
    let nodes = graph["nodes"].as_array().unwrap();
    let child = nodes.iter().find(|it| it["command"][0] == "seq").unwrap();
    let (child, parent, node) = (&child["pid"], &child["parent"], child);
    assert_eq!(graph["v"], 1);
    assert_eq!(graph["verdict"], "stuck");
    let mut circle = graph["circle"].as_array().unwrap().clone();
    circle.sort_by_key(|pid| pid != parent);
    assert_eq!(circle, [parent.clone(), child.clone()]);
    assert_eq!(graph["repairs"], serde_json::json!(["read_before_wait"]));
    assert_eq!(node["command"], serde_json::json!(["seq", "1000000"]));
    assert_eq!((&node["fate"], &node["children"]), (&"stuck".into(), &serde_json::json!([])));
    let thread = &node["threads"][0];
    assert_eq!((&thread["tid"], &thread["call"]), (child, &"write".into()));
    assert_eq!(thread["arguments"][0], "0x1");
    let edges = graph["edges"].as_array().unwrap();
    let full = edges.iter().find(|edge| edge["pid"] == *child).unwrap();
    assert_eq!((&full["needs"], &full["fd"]), (&"room".into(), &1.into()));
    assert_eq!(full["from"], serde_json::json!({ "processes": [parent] }));
    assert_eq!((&full["bytes"], &full["capacity"]), (&65_536.into(), &65_536.into()));
}

#[test]
fn a_process_that_is_not_there_is_told_in_one_sentence() {
    let mut gone = command("true").spawn().unwrap();
    gone.wait().unwrap();
    let pid = gone.id().to_string();
    let ended = run(&mut mp_demo(["why", &pid]));
    let expected = format!("mp-demo: there is no process {pid}; `ps` shows those that there are\n");
    assert_eq!((ended.code(), ended.stderr), (1, expected));

    // It ends while `why` looks: its parent, this test, may not have reaped it yet.
    let mut child = command("cat").stdin(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let mut look = Watched::start(mp_demo(["why", &pid]).stdout(Stdio::null()));
    let opened = || fs::read_link(format!("/proc/{}/exe", look.child.id()));
    while !opened().is_ok_and(|exe| exe.ends_with("mp-demo")) {}
    drop(child.stdin.take());
    child.wait().unwrap();
    let mut said = String::new();
    look.stderr.read_to_string(&mut said).unwrap();
    let ended = format!("mp-demo: process {pid} ended while this command looked at it\n");
    let never = format!("mp-demo: there is no process {pid}; `ps` shows those that there are\n");
    assert!(said == ended || said == never, "{said}");
}

#[test]
fn what_is_no_pid_is_refused() {
    assert_refused("why", "required arguments were not provided");
    assert_refused("why x", "to run a program, put -- before it: `mp-demo why -- COMMAND`");
    for pid in ["0", "-1", "2147483648", "99999999999999999999"] {
        assert_refused(&format!("why {pid}"), "");
    }
    assert_refused("why 1 -- true", "cannot be used with");
    assert_refused("why --end 1", "--end");
    assert_refused("why --group -- true", "--group");
    assert_refused("why --timeline 1", "doesn't take --timeline");
}

#[test]
fn of_another_users_process_it_says_that_it_may_not_look() {
    let as_user = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
    if run(command("setpriv").args(as_user).arg("true")).code() != 0 {
        skipped("this user can't become another one");
        return;
    }
    let ours = Started::start(command("sleep").arg("1000"));
    let pid = ours.pid().to_string();
    let folder = tempfile::tempdir().unwrap();
    // A copy where that user may run it.
    let program = copied(&folder);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), mode).unwrap();
    let ended = run(command("setpriv").args(as_user).arg(&program).args(["why", &pid])).succeeded();
    let expected = format!(
        "\
Whether they are stuck can't be told: the kernel doesn't say enough.
  {pid}  sleep 1000
{pid} waits; the kernel doesn't tell here in which call.
The kernel shows the calls of {pid} to its user and to root only: look as root (`sudo mp-demo why`).
"
    );
    assert_eq!(ended.stdout, expected);
}

#[test]
fn lines_can_be_left_out_and_are_not_quoted_from_a_file_that_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("hang.py");
    fs::write(&script, "import queue\n\ndef main():\n    queue.Queue().get()\n\nmain()\n").unwrap();
    let started = Started::start(command("python3").arg("hang.py").current_dir(folder.path()));
    let pid = started.pid().to_string();
    let shown = |options: &[&str]| loop {
        let screen = run(&mut mp_demo([&["why", &pid], options].concat())).succeeded().stdout;
        if screen.starts_with("Stuck") {
            break screen.lines().skip(2).map(|it| it.replace(&pid, "A")).collect::<Vec<_>>();
        }
    };
    let line = "      hang.py:4 in main:   queue.Queue().get()";
    let says = "A waits in queue.Queue().get() for a value, and it has no other thread.";
    assert_eq!(shown(&[])[..2], [says, line]);
    let without = shown(&["--lines", "never"]);
    let says = "A waits in futex() for another of its threads, and it has no other.";
    assert_eq!(without[0], says);
    assert!(!without.concat().contains("hang.py"), "{without:?}");

    fs::write(&script, "import queue\n").unwrap();
    let line = "      hang.py:4 in main (the file has changed since the start)";
    assert_eq!(
        shown(&[])[..2],
        ["A waits in get() for a value, and it has no other thread.", line]
    );
    fs::remove_file(&script).unwrap();
    assert_eq!(shown(&[])[1], "      hang.py:4 in main");
}

#[test]
fn whoever_only_looks_like_python_has_no_lines_and_a_report_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    if !has("cc") {
        return;
    }
    let program = stuck("kept_by_reader.c", folder.path());
    let python = folder.path().join("python3");
    fs::copy(&program[0], &python).unwrap();
    let ended = run(&mut why(&["--patience", "0.5", "--end"], &[python.to_str().unwrap()]));
    let screen = with_letters(&ended.stderr);
    let expected = "\
A waits in wait4() for B to end.
B waits in read() for data or end-of-file from a pipe (fd 3), and only itself could bring it.
No lines for A, B: what the memory holds can't be read as Python's.
";
    assert!(screen.contains(expected), "{screen}");
}
