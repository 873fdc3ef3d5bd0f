//! What can be said of a run of the `zombie` lesson.

use super::events::ZombieEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, Seen, judge, tell};
use crate::events::Event;

/// What the parent saw of one process, in order: its state, if it was there at all.
type StateLooks = Vec<(u32, Option<char>)>;

fn look(looks: &mut StateLooks, seen: &Seen) {
    if let Some(ZombieEvent::ProcessState { of, state, .. }) = seen.record.event.own() {
        looks.push((of, state));
    }
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "ended-and-listed",
        sentence: || both!("a process that has ended is still listed", "已经结束的进程还列在那里"),
        judge: || {
            judge::<StateLooks>(look, |looks, _| {
                let (_, last) = looks.get(1)?;
                let is_zombie = |(_, state): &(u32, Option<char>)| *state == Some('Z');
                Some(looks.iter().any(is_zombie) || *last == Some('Z'))
            })
        },
    },
    Claim {
        name: "join-takes-it",
        sentence: || both!("in the end nothing is left of it", "最后什么都不剩"),
        judge: || {
            judge::<StateLooks>(look, |looks, _| {
                let (_, last) = looks.last()?;
                Some(last.is_none())
            })
        },
    },
    Claim {
        name: "dies-with-parent",
        sentence: || both!("a process ends when its parent does", "父进程结束时，子进程也结束"),
        judge: || {
            judge::<Vec<u32>>(
                |parents, seen| {
                    if let Event::Parent { parent } = seen.record.event {
                        parents.push(parent);
                    }
                },
                // Whoever has had two parents has survived one.
                |parents, _| parents.first().map(|first| parents.iter().all(|it| it == first)),
            )
        },
    },
    NOBODY_GETS_STUCK,
];

/// The states that were seen, one after the other.
pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("the states that were seen", "依次看到的状态"),
    teller: || {
        tell::<StateLooks>(look, |looks, _| {
            let states = looks.iter().map(|(_, state)| match state {
                Some(state) => state.to_string(),
                None => "gone".to_owned(),
            });
            states.collect::<Vec<_>>().join(" ")
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

    #[test]
    fn each_claim_is_true_of_one_log_and_false_of_another() {
        let looks = |states: &[&str]| -> String {
            let line = |state: &&str| match *state {
                "gone" => r#"1 parent process_state "of":2"#.to_owned() + "\n",
                state => format!("1 parent process_state \"of\":2,\"state\":\"{state}\"\n"),
            };
            states.iter().map(line).collect()
        };
        let parents = |first: u32, second: u32| {
            format!(
                "3 grandchild parent \"parent\":{first}\n3 grandchild parent \"parent\":{second}"
            )
        };
        check(
            "zombie",
            CLAIMS,
            &[
                ("ended-and-listed", &looks(&["S", "Z", "Z"]), &looks(&["S", "gone"])),
                ("join-takes-it", &looks(&["S", "Z", "gone"]), &looks(&["S", "Z", "Z"])),
                ("dies-with-parent", &parents(2, 2), &parents(2, 1)),
            ],
        );
        let log = log("zombie", &looks(&["S", "Z", "gone"]));
        assert_eq!(outcome(&OUTCOMES, &log).in_english(), "S Z gone");
    }
}
