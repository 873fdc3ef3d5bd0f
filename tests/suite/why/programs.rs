//! Programs that are not ours; the first lines of each say what is true of it: `edge:`, `shape:`,
//! `needs:`, and `also:` with the start methods under which its lines and its repair are the same.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::common::*;

/// Two threads may want to compile the same program.
static COMPILER: Mutex<()> = Mutex::new(());

/// A program with what its first lines say of it.
pub struct Program {
    pub name: String,
    /// A file, or a package of Python's.
    path: PathBuf,
    arguments: Vec<String>,
    lines: Vec<(String, String)>,
}

impl Program {
    /// All programs in a folder of `tests/why`.
    pub fn all_in(folder: &str) -> Vec<Program> {
        let folder = path_of(&format!("tests/why/{folder}"));
        let mut paths: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.into_iter().map(Program::at).collect()
    }

    fn at(path: PathBuf) -> Program {
        let file = if path.is_dir() { path.join("__main__.py") } else { path.clone() };
        let text = fs::read_to_string(file).unwrap();
        let comments = text
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with(['#', '/', '*', ' ']));
        let lines = comments.filter_map(|line| {
            let line = line.trim_start_matches(['#', '/', '*', '!', ' ']);
            let (key, value) = line.split_once(": ")?;
            Some((key.to_owned(), value.trim().to_owned()))
        });
        Program {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            lines: lines.collect(),
            arguments: Vec::new(),
            path,
        }
    }

    /// A copy in this folder for each other start method that it can have.
    pub fn also(&self, folder: &Path) -> Vec<Program> {
        let methods = self.said("also").flat_map(str::split_whitespace);
        methods.map(|method| self.with_method(method, &folder.join(method))).collect()
    }

    fn with_method(&self, method: &str, folder: &Path) -> Program {
        let path = folder.join(&self.name);
        fs::create_dir_all(folder).unwrap();
        run(Command::new("cp").arg("-r").args([&self.path, &path])).succeeded();
        let main = if path.is_dir() { path.join("__main__.py") } else { path.clone() };
        let text = fs::read_to_string(&main).unwrap();
        fs::write(main, text.replace("(\"fork\")", &format!("(\"{method}\")"))).unwrap();
        // The resource tracker is the program's first child, and a fork server the second one.
        let role = |role: &str| match role.strip_prefix("P.") {
            Some(child) if method == "forkserver" => format!("P.2.{child}"),
            Some(child) => format!("P.{}", child.parse::<u32>().unwrap() + 1),
            None => role.to_owned(),
        };
        // Other processes have the ends of pipes than under fork, so the edges differ.
        let lines = self.lines.iter().filter(|(key, _)| key != "edge" && key != "shape");
        let lines = lines.map(|(key, value)| match value.split_once(' ') {
            Some((who, line)) if key == "line" => (key.clone(), format!("{} {line}", role(who))),
            _ => (key.clone(), value.clone()),
        });
        // A lock has a name then, which others may open.
        let verdicts = ["stuck", "likely_stuck"].map(|it| ("verdict".to_owned(), it.to_owned()));
        let name = format!("{} with {method}", self.name);
        Program { name, path, arguments: Vec::new(), lines: lines.chain(verdicts).collect() }
    }

    /// The modes of a program: `try: ARGUMENTS = VERDICT CONDITIONS` each.
    pub fn modes(name: &str) -> Vec<Program> {
        let program = Program::at(path_of(&format!("tests/why/{name}")).into());
        let mode = |line: &str| {
            let (arguments, truth) = line.split_once(" = ").unwrap();
            let (verdict, unless) = truth.split_once(' ').unwrap_or((truth, ""));
            let said = [("verdict", verdict), ("unless", unless)];
            Program {
                name: format!("{name} {arguments}"),
                path: program.path.clone(),
                arguments: arguments.split(' ').map(Into::into).collect(),
                lines: said.map(|(key, value)| (key.into(), value.into())).into(),
            }
        };
        program.said("try").map(mode).collect()
    }

    /// The values of this key in its first lines.
    pub fn said<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let of_key = self.lines.iter().filter(move |(it, _)| it == key);
        of_key.map(|(_, value)| value.as_str())
    }

    /// The command that runs it, once it is compiled. Nothing, if the machine lacks what it needs.
    pub fn command(&self, folder: &Path) -> Option<Command> {
        let (program, compiles_with): (&str, &[&str]) =
            match self.path.extension().unwrap_or_default().to_str().unwrap() {
                "" => ("python3", &["-m"]),
                "c" => ("cc", &["-O1", "-pthread", "-o"]),
                "rs" => ("rustc", &["--edition", "2024", "-o"]),
                "py" => ("python3", &[]),
                "js" => ("node", &[]),
                "sh" => ("sh", &[]),
                other => panic!("{}: nobody knows how to run .{other}", self.name),
            };
        if !has(program) || !self.said("needs").all(has_version) {
            return None;
        }
        let mut run = if compiles_with == ["-m"] {
            let mut run = command(program);
            run.arg("-m").arg(self.path.file_name().unwrap());
            run.current_dir(self.path.parent().unwrap()).env("PYTHONDONTWRITEBYTECODE", "1");
            run
        } else if compiles_with.is_empty() {
            let mut run = command(program);
            run.arg(&self.path);
            run
        } else {
            let built = folder.join(self.path.file_name().unwrap()).with_extension("built");
            let _one_at_a_time = COMPILER.lock().unwrap_or_else(PoisonError::into_inner);
            if !built.exists() {
                let mut compiler = Command::new(program);
                let compiled = compiler.args(compiles_with).arg(&built).arg(&self.path).output();
                let compiled = compiled.unwrap();
                assert!(compiled.status.success(), "{}: {compiled:?}", self.name);
            }
            command(built.to_str().unwrap())
        };
        run.args(&self.arguments).env("TMPDIR", folder);
        Some(run)
    }
}

/// Whether this machine has a program of at least a version: `python 3.12`.
fn has_version(needed: &str) -> bool {
    if needed == "unshare-pid" {
        let script = ["-pf", "--mount-proc", "true"];
        return Command::new("unshare").args(script).status().is_ok_and(|it| it.success());
    }
    let Some((program, version)) = needed.split_once(' ') else {
        return has(needed);
    };
    assert_eq!(program, "python", "{needed}");
    let script =
        format!("import sys; sys.exit(sys.version_info < ({}))", version.replace('.', ","));
    let has_it = Command::new("python3").args(["-c", &script]).status();
    has_it.is_ok_and(|status| status.success())
}

/// A program that runs, until this is dropped.
pub struct Started(Child);

impl Started {
    pub fn start(command: &mut Command) -> Started {
        let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
        Started(command.process_group(0).spawn().unwrap())
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Its exit status, once it has ended.
    pub fn status(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }

    /// Waits until it says that it is ready; returns false if it doesn't.
    pub fn gets_ready(&mut self) -> bool {
        use std::io::{BufRead, BufReader};
        let mut stderr = BufReader::new(self.0.stderr.take().unwrap());
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            if stderr.read_line(&mut line).unwrap() == 0 {
                return false;
            }
        }
        // Kept open, so that writing to it later ends nobody.
        self.0.stderr = Some(stderr.into_inner());
        true
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

/// What `mp-demo why --json` says of a process.
pub fn graph(pid: u32) -> Value {
    let ended = run(&mut mp_demo(["why", "--json", &pid.to_string()])).succeeded();
    serde_json::from_str(&ended.stdout).unwrap()
}

/// What could end it after all, by the graph: signals, and what else may happen.
pub fn conditions(graph: &Value) -> BTreeSet<String> {
    let unless = graph["unless"].as_array().unwrap().iter();
    let of = |it: &Value| match it["what"].as_str() {
        Some(what) => vec![what.to_owned()],
        None => {
            it["signals"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().into()).collect()
        }
    };
    unless.flat_map(of).collect()
}

/// The same in words.
pub fn report(pid: u32) -> String {
    run(&mut mp_demo(["why", &pid.to_string()])).stdout
}

/// The PID of each role: `P` is the program, `P.2` its second child in the order of their starts.
pub fn pid_of(role: &str, root: u32, graph: &Value) -> u32 {
    let mut pid = root;
    for number in role.split('.').skip(1) {
        let nodes = graph["nodes"].as_array().unwrap();
        let node = |pid: u64| nodes.iter().find(|node| node["pid"] == pid);
        let children = node(pid.into()).unwrap()["children"].as_array().unwrap();
        let children = children.iter().filter_map(Value::as_u64);
        let alive: Vec<u64> = children.filter(|pid| node(*pid).is_some()).collect();
        let number: usize = number.parse().unwrap();
        let child = alive.get(number - 1);
        pid = *child.unwrap_or_else(|| panic!("there is no {role}: {graph:#}")) as u32;
    }
    pid
}

/// Where the threads of a Python process are, by the graph: `FILE:LINE in FUNCTION`, or `-` for a
/// thread of the library's. (Before 3.11, Python knew a method's name without its class.)
pub fn lines_of(pid: u32, graph: &Value) -> Vec<String> {
    let mut nodes = graph["nodes"].as_array().unwrap().iter();
    let node = nodes.find(|node| node["pid"] == pid).unwrap();
    let frames =
        node["threads"].as_array().unwrap().iter().filter_map(|it| it["frames"].as_array());
    let line = |frames: &Vec<Value>| {
        let Some(own) = frames.iter().find(|it| it["library"] == false) else {
            return "-".to_owned();
        };
        let file = own["file"].as_str().unwrap().rsplit('/').next().unwrap();
        let function = own["function"].as_str().unwrap().rsplit('.').next().unwrap();
        format!("{file}:{} in {function}", own["line"])
    };
    let mut lines: Vec<_> = frames.map(line).collect();
    lines.sort();
    lines
}

/// Whether the graph has this edge, `WHO NEEDS WHOM` in roles.
pub fn has_edge(graph: &Value, edge: &str, root: u32) -> bool {
    let words: Vec<_> = edge.split_whitespace().collect();
    let [who, needs, whom] = words[..] else {
        panic!("an edge has three words: {edge}");
    };
    let needs = match needs {
        "value" | "event" => "data",
        "open" => "opening",
        "signal" => "other",
        other => other,
    };
    let who = pid_of(who, root, graph);
    let whom: BTreeSet<u64> = whom
        .split(',')
        .filter(|role| *role != "-")
        .map(|role| pid_of(role, root, graph).into())
        .collect();
    let edges = graph["edges"].as_array().unwrap().iter();
    let mut of_needs = edges.filter(|it| it["pid"] == who && it["needs"] == needs);
    of_needs.any(|it| {
        let from = it["from"].as_object();
        let from = from.and_then(|from| from.values().next()?.as_array());
        let from: BTreeSet<u64> = from.into_iter().flatten().filter_map(Value::as_u64).collect();
        from == whom
    })
}
