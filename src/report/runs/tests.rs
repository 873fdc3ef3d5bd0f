use super::*;
use crate::events::Times;
use crate::state::State;
use crate::words::locale::{Language, choose};

const CLAIMS: &[Claimed] = &[
    Claimed { name: "all-got", sentence: ["every value that is put is got", ""] },
    Claimed { name: "in-order", sentence: ["values are got in order", ""] },
    Claimed { name: "at-once", sentence: ["the first is got at once", ""] },
];

fn outcome(text: &str) -> Outcome {
    Outcome::new(text, &[], &State::default())
}

fn turn(role: &str, event: &'static str) -> Turn {
    let is_once = ["running", "terminate", "exited"].contains(&event);
    let times = if is_once { Times::Once } else { Times::Again };
    Turn { role: role.into(), event, times, child: String::new(), is_last: false }
}

/// 200 runs: 104 in which all was got, 90 nothing, 6 only A.
fn two_hundred() -> Tally {
    choose(Language::En);
    let mut tally = Tally { has_pauses: true, ..Tally::new(CLAIMS) };
    for run in 1..=200_u64 {
        let (text, all, terminated_at) = match run {
            1 | 98.. => ("A B C", true, 9),
            2..=91 => ("", false, 1),
            _ => ("A", false, 4),
        };
        let mut turns =
            vec![(turn("writer", "put"), 0), (turn("parent", "terminate"), terminated_at)];
        if text.is_empty() {
            // In a third of these runs the reader has begun.
            turns.extend((run % 3 == 0).then(|| (turn("reader", "running"), 2)));
        } else {
            turns.extend([(turn("reader", "running"), 2), (turn("reader", "get"), 3)]);
        }
        let verdicts = [Some(all), (text.len() > 1).then_some(true), Some(false)];
        tally.add(run, 7_000 + run, verdicts.into_iter(), outcome(text), turns);
    }
    tally
}

#[test]
fn claims_are_counted_and_their_counts_say_what_they_allow() {
    let table = two_hundred().claims_table(120);
    let expected = "\
every value that is put is got  sometimes  104 of 200  52 %  (45 to 59 %)
values are got in order         always     104 of 104        (no exception in 104: at most 2.9 % of runs)
the first is got at once        never        0 of 200        (not once in 200: at most 1.5 % of runs)
";
    assert_eq!(table, expected);
}

#[test]
fn in_few_columns_a_claim_has_several_lines() {
    let table = two_hundred().claims_table(60);
    let expected = "\
every value that is put is got
  sometimes  104 of 200  52 %  (45 to 59 %)
values are got in order
  always     104 of 104        (no exception in 104: at most
  2.9 % of runs)
";
    assert!(table.starts_with(expected), "{table}");
    for columns in [32, 40, 60, 80] {
        let table = two_hundred().claims_table(columns);
        assert!(table.lines().all(|line| line.chars().count() <= columns), "{table}");
    }
}

#[test]
fn outcomes_have_bars_and_the_run_in_which_each_came_first() {
    let table = two_hundred().outcomes_table("what was got", 80);
    let expected = "\
what was got  runs
A B C          104  ##########################  first in run 1: --seed 7001
nothing         90  #######################     first in run 2: --seed 7002
A                6  ##                          first in run 92: --seed 7092
";
    assert_eq!(table, expected);
    let narrow = two_hundred().outcomes_table("what was got", 40);
    let expected = "\
what was got  runs
A B C          104  ####################
  first in run 1: --seed 7001
";
    assert!(narrow.starts_with(expected), "{narrow}");
}

#[test]
fn of_many_outcomes_the_rest_is_counted() {
    choose(Language::En);
    let mut tally = Tally { has_pauses: true, ..Tally::new(CLAIMS) };
    for run in 1..=1_500 {
        tally.add(run, run, [].into_iter(), outcome(&format!("{run}")), Vec::new());
    }
    tally.add(1_501, 0, [].into_iter(), outcome("1"), Vec::new());
    let table = tally.outcomes_table("what was got", 80);
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(table.contains("\n1                2  "), "{table}");
    let last = table.lines().last().unwrap_or_default();
    assert_eq!(last, "and more than 997 more outcomes, in 1497 of the runs");
    assert_eq!((tally.runs, tally.outcomes().len(), tally.beyond), (1_501, 1_000, 500));
}

#[test]
fn outcomes_that_all_differ_are_folded_and_a_seed_that_repeats_nothing_is_not_offered() {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
    for run in 1..=50 {
        tally.add(run, run, [].into_iter(), outcome(&format!("order {run}")), Vec::new());
    }
    let table = tally.outcomes_table("order of the lines", 80);
    let expected = "\
order of the lines: 50 different ones in 50 runs, for example
  order 1
  order 2
";
    assert_eq!(table, expected);
    tally.add(51, 51, [].into_iter(), outcome("order 7"), Vec::new());
    let table = tally.outcomes_table("order of the lines", 80);
    assert!(table.contains("  first in run 7\n") && !table.contains("--seed"), "{table}");
    assert!(table.ends_with("\nand 47 more outcomes that came once each\n"), "{table}");
}

#[test]
fn long_outcomes_have_lines_of_their_own_so_that_they_can_be_told_apart() {
    choose(Language::En);
    let mut tally = Tally { has_pauses: true, ..Tally::new(CLAIMS) };
    for (run, last) in [(1, "x"), (2, "y"), (3, "x")] {
        let text = "child-1 child-2 ".repeat(6) + last;
        tally.add(run, run, [].into_iter(), outcome(&text), Vec::new());
    }
    let table = tally.outcomes_table("whose lines came in which order", 60);
    let expected = "\
runs  whose lines came in which order
   2  ##########################  first in run 1: --seed 1
      child-1 child-2 child-1 child-2 child-1 child-2
      child-1 child-2 child-1 child-2 child-1 child-2 x
   1  #############               first in run 2: --seed 2
      child-1 child-2 child-1 child-2 child-1 child-2
      child-1 child-2 child-1 child-2 child-1 child-2 y
";
    assert_eq!(table, expected);
    for columns in [34, 40, 80] {
        let table = tally.outcomes_table("whose lines came in which order", columns);
        assert!(table.lines().all(|line| line.chars().count() <= columns), "{table}");
    }
}

#[test]
fn what_decided_is_the_order_that_tells_outcomes_apart() {
    let tally = two_hundred();
    // The reader's first get tells as much, but in more runs both of these came.
    let expected = "\
What decided: which came first, \"parent terminate\" or \"reader running\".
  A signal ends its process a little later than it is sent.
  A B C: \"reader running\" first, in 104 of 104
  nothing: \"parent terminate\" first, in 90 of 90
  A: \"reader running\" first, in 6 of 6
";
    assert_eq!(tally.what_decided(80, true), expected);
}

/// What is said to have decided, after so many runs with these outcomes and turns.
fn decided(runs: u64, run: impl Fn(u64) -> (&'static str, Vec<(Turn, u64)>)) -> String {
    choose(Language::En);
    let mut tally = Tally { has_pauses: true, ..Tally::new(CLAIMS) };
    for number in 0..runs {
        let (text, turns) = run(number);
        tally.add(number, number, [].into_iter(), outcome(text), turns);
    }
    tally.what_decided(80, true)
}

#[test]
fn where_no_order_tells_outcomes_apart_nothing_is_named() {
    let said = decided(100, |run| {
        let places = if run % 2 == 0 { [1, 2] } else { [2, 1] };
        let turns = vec![(turn("a", "put"), places[0]), (turn("b", "put"), places[1])];
        (if run % 4 < 2 { "x" } else { "y" }, turns)
    });
    assert_eq!(said, "");
    // A process's end is not compared with the process's earlier events.
    let said = decided(20, |run| {
        let exited = Turn { child: "reader".into(), ..turn("parent", "exited") };
        let get = (run >= 10).then(|| (turn("reader", "get"), 5));
        let turns = [(exited, 9)].into_iter().chain(get).collect();
        (if run < 10 { "" } else { "A" }, turns)
    });
    assert_eq!(said, "");
}

#[test]
fn what_is_new_in_a_later_run_did_not_come_in_the_earlier_ones() {
    let said = decided(20, |run| {
        let new = (run >= 10).then(|| (turn("b", "put"), 0));
        let turns = new.into_iter().chain([(turn("a", "put"), 1)]).collect();
        (if run < 10 { "x" } else { "y" }, turns)
    });
    assert!(said.contains("x: \"a's first put\" first, in 10 of 10"), "{said}");
    assert!(said.contains("y: \"b's first put\" first, in 10 of 10"), "{said}");
}

#[test]
fn both_ends_of_an_interval_are_as_precise_as_one_has_to_be() {
    for (ends, text) in [
        ((0.764, 0.9911), ["76", "99"]),
        ((0.0035, 0.105), ["0.4", "10.5"]),
        ((0.9, 0.9996), ["90.00", "99.96"]),
        ((0.0, 0.45), ["0", "45"]),
    ] {
        assert_eq!(interval(ends), text);
    }
}

#[test]
fn a_share_is_as_precise_as_it_has_to_be() {
    for (share, text) in [
        (0.52, "52"),
        (0.031, "3.1"),
        (0.0025, "0.25"),
        (0.00003, "0.003"),
        (0.997, "99.7"),
        (0.9, "90"),
        (0.0, "0"),
        (1.0, "100"),
        (0.03, "3"),
    ] {
        assert_eq!(percent(share), text);
    }
}
