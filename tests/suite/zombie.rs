//! The `zombie` lesson: what is left of a process that has ended, and of one whose parent has.

use rustix::process::{Signal, kill_process};

use crate::common::*;

fn screen(words: &str) -> String {
    letters(&run_words(words).succeeded().stdout)
}

#[test]
fn a_terminated_child_stays_a_zombie_until_it_is_joined() {
    let without = "\
Parent process A
Child process B
The child: S (sleeping), memory of its own, my child
The child: Z (zombie), no memory, exit status kept: SIGTERM (15)
The child: Z (zombie), no memory, exit status kept: SIGTERM (15)
";
    assert_eq!(screen("zombie --speed 20"), without);
    let with = format!("{without}The child: no such process\n");
    assert_eq!(screen("zombie --speed 20 --join"), with);
    assert_refused("zombie --join --orphan", "cannot be used with");
    assert_refused("zombie --pause x", "number");
}

#[test]
fn an_orphan_lives_on_and_has_a_new_parent() {
    let log = log_of("zombie --orphan --speed 20");
    let parent = &log[0]["pid"];
    let child = child_as(&log, "child");
    // By its own words, and by the kernel's.
    assert_eq!(fields(&log, "parent", "parent"), [child, parent]);
    let states = named(&log, "process_state");
    let parents: Vec<_> = states.iter().map(|it| &it["parent"]).collect();
    assert_eq!(parents[..3], [child, parent, parent]);
    let letters: Vec<_> = states.iter().map(|it| it["state"].as_str()).collect();
    assert_eq!(letters, [Some("S"), Some("S"), Some("Z"), None]);
    assert_eq!(screen("zombie --orphan --speed 20").lines().count(), 8);
}

#[test]
fn an_orphan_that_is_stopped_is_not_left() {
    for signal in [Signal::HUP, Signal::TERM, Signal::KILL] {
        let mut run = Running::with_log("zombie --orphan --pause 1000");
        run.wait_for("sleep", "parent");
        let orphan = pid_in(child_as(&run.log, "grandchild"));
        kill_process(orphan, Signal::STOP).unwrap();
        run.signal(signal);
        assert_eq!(run.finish().code(), 128 + signal.as_raw());
        assert!(ends(orphan), "{signal:?}");
    }
}

#[test]
fn ps_shows_what_the_lesson_shows() {
    if !has("ps") {
        return;
    }
    // A zombie has no memory; of a process that was joined nothing is left.
    for (words, expected) in
        [("zombie --pause 1000", Some(("Z", "0"))), ("zombie --orphan --pause 1000", None)]
    {
        let mut run = Running::with_log(words);
        run.wait_for("sleep", "parent");
        let child = child_as(&run.log, "child").to_string();
        let ps = shown_by_ps(&child);
        let shown = ps.split_once(' ').map(|(state, memory)| (&state[..1], memory.trim()));
        assert_eq!(shown, expected, "{words}: {ps}");
        run.signal(Signal::KILL);
        run.finish();
    }
}

/// The state and the memory of a process, as ps(1) shows them.
fn shown_by_ps(pid: &str) -> String {
    let ended = run(command("ps").args(["-o", "stat=,rss=", "-p", pid]));
    ended.stdout.trim().to_owned()
}
