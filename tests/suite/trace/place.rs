//! Where a trace is written: whole, or not at all.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use rustix::process::Signal;
use tempfile::TempDir;

use super::check::check_form;
use crate::common::*;

pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A folder in which a trace from an earlier run stands.
fn folder_with_trace() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace.json");
    fs::write(&file, "earlier").unwrap();
    let name = file.to_str().unwrap().to_owned();
    (folder, name)
}

fn assert_untouched(folder: &TempDir) {
    assert_eq!(names_in(folder.path()), ["trace.json"]);
    let content = fs::read_to_string(folder.path().join("trace.json")).unwrap();
    assert_eq!(content, "earlier");
}

#[test]
fn a_run_that_nobody_watches_to_its_end_leaves_no_trace() {
    let (folder, name) = folder_with_trace();
    let script = format!("mp-demo spawn --sleep 1000 --trace {name} | head -1");
    run(&mut shell(&script)).succeeded();
    assert_untouched(&folder);
}

#[test]
fn a_run_that_is_killed_leaves_no_trace() {
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        let (folder, name) = folder_with_trace();
        let mut run =
            Running::start(&mut mp_demo(["spawn", "--sleep", "1000", "--json", "--trace", &name]));
        run.wait_for_several(5, "sleep");
        run.signal(signal);
        run.finish();
        assert_untouched(&folder);
    }
}

#[test]
fn a_damaged_recording_leaves_no_trace() {
    let (folder, name) = folder_with_trace();
    let script = format!("head -5 {}; echo oops", recorded("spawn"));
    let ended = run(&mut shell(&format!("({script}) | mp-demo view - --trace {name}")));
    assert_eq!(ended.code(), 1);
    assert_untouched(&folder);
}

#[test]
fn where_nothing_can_be_written_nothing_is_started() {
    let (folder, name) = folder_with_trace();
    fs::set_permissions(&name, fs::Permissions::from_mode(0o444)).unwrap();
    let linked = format!("{name}-linked");
    symlink(folder.path().join("missing/trace.json"), &linked).unwrap();
    // Not even root may write in /sys.
    for (file, why) in [
        (&*name, "it is read-only; choose another file"),
        (&*linked, "No such file or directory"),
        ("/sys/trace.json", "Permission denied"),
    ] {
        let ended = run(&mut mp_demo(["queue", "--trace", file]));
        assert_eq!((ended.code(), &*ended.stdout), (1, ""), "{ended:?}");
        let expected = format!("mp-demo: cannot write to {file}: {why}");
        assert!(ended.stderr.starts_with(&expected), "{ended:?}");
    }
    fs::remove_file(linked).unwrap();
    assert_untouched(&folder);
}

/// Whether that is a whole trace of the pipe lesson.
fn is_trace(text: &str) -> bool {
    let events = check_form(text);
    events.iter().any(|e| e["name"] == "print")
}

fn write_trace(file: &Path) {
    let mut pipe = mp_demo(["pipe", "--speed", "100", "--trace"]);
    run(pipe.arg(file)).succeeded();
}

#[test]
fn a_trace_is_written_where_a_link_points_to() {
    let (folder, name) = folder_with_trace();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    symlink(&name, path("folder/to-trace")).unwrap();
    symlink("../new.json", path("folder/to-new")).unwrap();
    symlink("folder/to-new", path("to-link")).unwrap();
    for (link, target) in [("folder/to-trace", "trace.json"), ("to-link", "new.json")] {
        write_trace(&path(link));
        assert!(path(link).is_symlink());
        assert!(is_trace(&fs::read_to_string(path(target)).unwrap()));
    }
    assert_eq!(names_in(folder.path()), ["folder", "new.json", "to-link", "trace.json"]);
}

#[test]
fn a_trace_keeps_owner_and_permissions_of_a_file_or_has_those_that_a_shell_would_give_it() {
    let (folder, name) = folder_with_trace();
    // Only root can give a file away.
    let is_foreign = chown(&name, Some(65534), None).is_ok();
    fs::set_permissions(&name, fs::Permissions::from_mode(0o6750)).unwrap();
    let script = "umask 027; cd $FOLDER; for file in trace.json new.json; do
        mp-demo pipe --speed 100 --trace $file >/dev/null; done; umask 0; mp-demo pipe --speed 100 --trace all.json";
    run(shell(script).env("FOLDER", folder.path())).succeeded();
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).unwrap();
        assert!(metadata.len() > 100);
        metadata.permissions().mode() & 0o7777
    };
    // No right of the file's owner is handed on.
    assert_eq!(["trace.json", "new.json", "all.json"].map(mode), [0o750, 0o640, 0o666]);
    assert_eq!(fs::metadata(&name).unwrap().uid() == 65534, is_foreign);
}

#[test]
fn a_trace_can_go_to_what_is_no_file() {
    let folder = TempDir::new().unwrap();
    let script = |script: &str| {
        let mut shell = shell(&format!("cd $FOLDER; {script}"));
        run(shell.env("FOLDER", folder.path())).succeeded().stdout
    };
    let pipe = "mp-demo pipe --speed 100 --trace";
    script(&format!("{pipe} /dev/null"));
    let through_fifo = format!("{pipe} fifo >/dev/null & cat fifo; wait");
    assert!(is_trace(&script(&format!("mkfifo fifo; {through_fifo}"))));
    let through_descriptor = format!("{{ {pipe} >(cat >&3) >/dev/null; }} 3>&1 | cat");
    assert!(is_trace(&script(&through_descriptor)));
    // The trace comes behind the lines, whether stdout is a pipe or a file, and whatever name it
    // goes by.
    for stdout in [" /dev/stdout | cat", " /dev/stdout > out; cat out", " out >> out; cat out"] {
        let output = script(&format!("rm -f out; touch out; {pipe}{stdout}"));
        let (lines, trace) = output.split_once("{\"displayTimeUnit").unwrap();
        assert_eq!(lines.lines().count(), 3, "{output}");
        assert!(is_trace(&format!("{{\"displayTimeUnit{trace}")));
    }
}

#[test]
fn a_fifo_without_a_reader_is_waited_for_aloud() {
    let folder = TempDir::new().unwrap();
    // The reader comes when the sentence has.
    let script =
        "cd $FOLDER; mkfifo fifo said; mp-demo pipe --speed 100 --trace fifo 2>said >/dev/null &
        read -r line <said; echo \"$line\" >&2; exec cat fifo";
    let ended = run(shell(script).env("FOLDER", folder.path()));
    let sentence = "mp-demo: fifo has no reader yet; the run begins when it has one\n";
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, sentence));
    assert!(is_trace(&ended.stdout));
}
