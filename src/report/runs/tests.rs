use super::*;
use crate::claims::Which;
use crate::events::Times;
use crate::state::State;
use crate::words::locale::{Language, choose};

const CLAIMS: &[Claimed] = &[
    Claimed { name: "all-got", sentence: || "every value that is put is got".into() },
    Claimed { name: "in-order", sentence: || "values are got in order".into() },
    Claimed { name: "at-once", sentence: || "the first is got at once".into() },
];

fn outcome(text: &str) -> Outcome {
    Outcome::new(text, &State::default())
}

fn turn(role: &str, event: &'static str) -> Turn {
    let is_once = ["running", "terminate", "exited"].contains(&event);
    let times = if is_once { Times::Once } else { Times::Again };
    Turn { role: role.into(), event, times, child: String::new(), which: Which::First }
}

/// The runs of the issue: 104 in which all was got, 90 nothing, 6 only A.
fn two_hundred() -> Tally {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
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
every value that is put is got  sometimes  104 of 200  52 %  (45 to 59)
values are got in order         always     104 of 104        (never otherwise in 104: less than 2.9 %)
the first is got at once        never        0 of 200        (not once in 200: less than 1.5 %)
";
    assert_eq!(table, expected);
}

#[test]
fn in_few_columns_a_claim_has_several_lines() {
    let table = two_hundred().claims_table(60);
    let expected = "\
every value that is put is got
  sometimes  104 of 200  52 %  (45 to 59)
values are got in order
  always     104 of 104
  (otherwise: less than 2.9 %)
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
    let mut tally = Tally::new(CLAIMS);
    for run in 1..=1_500 {
        tally.add(run, run, [].into_iter(), outcome(&format!("{run}")), Vec::new());
    }
    tally.add(1_501, 0, [].into_iter(), outcome("1"), Vec::new());
    let table = tally.outcomes_table("what was got", 80);
    assert_eq!(table.lines().count(), 22, "{table}");
    assert!(table.contains("\n1                2  "), "{table}");
    let last = table.lines().last().unwrap_or_default();
    assert_eq!(last, "and more than 980 more outcomes, in 1480 of the runs");
    assert_eq!((tally.runs(), tally.outcomes().len(), tally.beyond()), (1_501, 1_000, 500));
}

#[test]
fn long_outcomes_have_lines_of_their_own_so_that_they_can_be_told_apart() {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
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
    let expected = "\
What decided: which came first, \"parent terminate\" or \"reader's first get\".
  A B C: \"reader's first get\" first, in 104 of 104
  nothing: \"parent terminate\" first, in 90 of 90
  A: \"reader's first get\" first, in 6 of 6
";
    // The reader's begin tells as much, and in more runs both came: so that is named.
    let expected = expected.replace("reader's first get", "reader running");
    assert_eq!(tally.what_decided(80, true), expected);
}

#[test]
fn where_no_order_tells_outcomes_apart_nothing_is_named() {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
    for run in 0..100_u64 {
        let places = if run % 2 == 0 { [1, 2] } else { [2, 1] };
        let turns = vec![(turn("a", "put"), places[0]), (turn("b", "put"), places[1])];
        let text = if run % 4 < 2 { "x" } else { "y" };
        tally.add(run, run, [].into_iter(), outcome(text), turns);
    }
    assert_eq!(tally.what_decided(80, true), "");
    assert_eq!(tally.decided_by(), None);
}

#[test]
fn what_is_new_in_a_later_run_did_not_come_in_the_earlier_ones() {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
    for run in 0..20_u64 {
        let mut turns = vec![(turn("a", "put"), 1)];
        if run >= 10 {
            turns.insert(0, (turn("b", "put"), 0));
        }
        let text = if run < 10 { "x" } else { "y" };
        tally.add(run, run, [].into_iter(), outcome(text), turns);
    }
    let decided = tally.what_decided(80, true);
    assert!(decided.contains("x: \"a's first put\" first, in 10 of 10"), "{decided}");
    assert!(decided.contains("y: \"b's first put\" first, in 10 of 10"), "{decided}");
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

#[test]
fn an_end_is_not_held_against_what_came_before_it() {
    choose(Language::En);
    let mut tally = Tally::new(CLAIMS);
    for run in 0..20_u64 {
        let mut exited = turn("parent", "exited");
        exited.child = "reader".into();
        let mut turns = vec![(exited, 9)];
        if run >= 10 {
            turns.push((turn("reader", "get"), 5));
        }
        let text = if run < 10 { "" } else { "A" };
        tally.add(run, run, [].into_iter(), outcome(text), turns);
    }
    assert_eq!(tally.what_decided(80, true), "");
}
