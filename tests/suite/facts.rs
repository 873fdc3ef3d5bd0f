//! What the texts say of Python, held against Python: `tests/python/facts.py` finds it out, with
//! each start method.

use crate::common::*;

/// Facts that hold under every start method.
const ALWAYS: &str = "\
terminated: -15
interrupted: 1
put ends of a reader: 1
name of the first thread: MainThread
changed after put(): [1, 2]
a Lock that another process released is free: True
a Lock is in shared memory: True
another process releases an RLock: AssertionError
a Lock whose holder was killed is free: False
daemonic, its parent has ended: ended
daemonic, its parent was killed: S
Ctrl-C interrupts the parent: True
Ctrl-C interrupts the child: True";

/// Facts that have to do with a forked process, or with none.
const FORK: &str = "\
written with os.fork(): 2
written with Process: 1
a pipe takes 65532: True
a pipe takes 65533: False
writes of an unbuffered print(): 2";

/// The version of `python3`.
fn version() -> (u32, u32, u32) {
    let script = "import sys; print(*sys.version_info[:3])";
    let printed = run(command("python3").args(["-c", script])).succeeded().stdout;
    let numbers: Vec<u32> = printed.split_whitespace().map(|it| it.parse().unwrap()).collect();
    (numbers[0], numbers[1], numbers[2])
}

#[test]
fn python_is_as_the_texts_say() {
    if !has("python3") {
        return;
    }
    let version = version();
    at_once(["fork", "spawn", "forkserver"], |method| {
        let mut python = command("python3");
        python.args([&path_of("tests/python/facts.py"), method]);
        let ended = run(python.env("PYTHONDONTWRITEBYTECODE", "1"));
        // On stderr stands the traceback of the child that SIGINT has ended.
        assert_eq!(ended.code(), 0, "{method}: {ended:?}");
        let said: Vec<_> = ended.stdout.lines().collect();
        let is_server = method == "forkserver";
        // Up to 3.12 only spawn begins with an interpreter that ends as any other.
        let runs_atexit = version >= (3, 13, 0) || method == "spawn";
        let expected = [
            format!("default: {}", if version >= (3, 14, 0) { "forkserver" } else { "fork" }),
            format!("interrupt(): {}", if version >= (3, 14, 0) { "True" } else { "False" }),
            format!(
                "the child's parent is the program: {}",
                if is_server { "False" } else { "True" }
            ),
            format!("terminated, not joined: {}", if is_server { "gone" } else { "Z" }),
            format!("atexit in a child: {}", if runs_atexit { "ran" } else { "nothing" }),
            format!(
                "started in another thread: {}",
                if method == "fork" { "Thread" } else { "MainThread" }
            ),
        ];
        let fork = if method == "fork" { FORK } else { "" };
        let expected = expected.iter().map(String::as_str);
        for fact in expected.chain(ALWAYS.lines()).chain(fork.lines()) {
            assert!(said.contains(&fact), "{method}: {fact}: {said:#?}");
        }
        // The one `finally` is that of SIGINT: SIGTERM and SIGKILL run none.
        assert_eq!(said.iter().filter(|it| **it == "finally").count(), 1, "{method}: {said:#?}");
        let imports = said.iter().filter(|it| **it == "imported __mp_main__").count();
        let imports_once = version >= (3, 14, 1) || ((3, 13, 8)..(3, 14, 0)).contains(&version);
        match method {
            "fork" => assert_eq!(imports, 0, "{said:#?}"),
            "forkserver" if imports_once => assert!(imports >= 1, "{said:#?}"),
            _ => assert!(imports > 5, "{method}: {said:#?}"),
        }
    });
}
