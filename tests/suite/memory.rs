//! `mp-demo memory`

use crate::common::*;
use crate::programs::{lines_of_rust, python};

/// Lines as they come, without addresses, PIDs as letters.
fn screen<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines = lines.into_iter().map(without_address);
    letters(&lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_childs_counting_does_not_reach_the_parent_until_it_is_sent() {
    let ended = run_words("memory").succeeded();
    snapbox::assert_data_eq!(
        screen(ended.lines()),
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
fn the_programs_show_the_same_but_a_fork_begins_with_a_copy() {
    let ours = screen(run_words("memory").succeeded().lines());
    let of_rust = lines_of_rust("memory");
    assert_eq!(screen(of_rust.iter().map(String::as_str)), ours);
    if !has("python3") {
        return;
    }
    let copied = ours.replace("= 0 ", "= 10 ").replace('5', "15");
    for start_method in start_methods() {
        let expected = if *start_method == "fork" { &copied } else { &ours };
        let ended = run(python("memory").arg(start_method)).succeeded();
        assert_eq!(screen(ended.lines()), *expected, "{start_method}");
    }
}
