//! What `run` puts into a Python, by itself: which records it writes, and that programs do with it
//! what they do without it.

use crate::common::*;

#[test]
fn the_hook_in_a_python_program_writes_its_records_and_changes_nothing() {
    if !has("python3") {
        return;
    }
    let ended = run(command("python3").arg(path_of("tests/python/hook_check.py")));
    assert_eq!((ended.code(), &*ended.stdout), (0, "ok\n"), "{ended:?}");
}
