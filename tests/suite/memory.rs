//! `mp-demo memory`

use crate::common::*;

/// A line without the address, which is another one in each run.
pub fn without_address(line: &str) -> String {
    match line.split_once(" at 0x") {
        Some((start, address)) => {
            assert!(address.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
            format!("{start} at ADDRESS\n")
        }
        None => format!("{line}\n"),
    }
}

#[test]
fn the_childs_counting_does_not_reach_the_parent_until_it_is_sent() {
    let ended = run_words("memory").succeeded();
    let screen: String = ended.stdout.lines().map(without_address).collect();
    snapbox::assert_data_eq!(
        letters(&screen),
        snapbox::str![[r#"
Parent process A: counter = 10 at ADDRESS
Child process B: counter = 0 at ADDRESS
Child process B: counter = 5 at ADDRESS
Child process B sends 5
Parent process A: counter = 10 at ADDRESS
Parent process A receives 5
Parent process A: counter = 5 at ADDRESS

"#]]
    );
}

#[test]
fn a_counter_stays_where_it_is() {
    let events = run_words("memory --json").succeeded().events();
    let counters = named(&events, "counter");
    for role in ["parent", "child"] {
        let addresses: Vec<_> = counters
            .iter()
            .filter(|e| e["role"] == role)
            .map(|e| e["address"].as_str().unwrap())
            .collect();
        assert!(addresses.len() >= 2);
        assert!(
            addresses.iter().all(|address| *address == addresses[0]),
            "{addresses:?}"
        );
    }
}

#[test]
fn the_python_program_shows_the_same_under_spawn_and_a_copy_under_fork() {
    if !crate::demos::python_is_there() {
        return;
    }
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/demos/memory/program.py");
    let screen = |start_method| {
        let ended = run(command("python3").args([program, start_method])).succeeded();
        letters(
            &ended
                .stdout
                .lines()
                .map(without_address)
                .collect::<String>(),
        )
    };
    let ours = run_words("memory").succeeded();
    let ours = letters(&ours.stdout.lines().map(without_address).collect::<String>());
    assert_eq!(screen("spawn"), ours);
    assert_eq!(screen("forkserver"), ours);
    assert_eq!(
        screen("fork"),
        ours.replace("= 0 ", "= 10 ").replace('5', "15")
    );
}

#[test]
fn the_child_may_be_killed_at_any_moment() {
    crate::ends::kill_at_every_moment("memory --json", "child");
}
