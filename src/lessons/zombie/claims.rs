//! What can be said of a run of the `zombie` lesson.

use super::events::ZombieEvent;
use crate::claims::{Both, Claim, Judge, Seen};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct ZombieJudge {
    /// The child's states that the parent saw, in order; nothing where there was no such process.
    states: Vec<Option<char>>,
    /// The parents that the grandchild told of.
    parents: Vec<u32>,
}

impl Judge for ZombieJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "ended-and-listed",
            sentence: ["a process that has ended is still listed", "已经结束的进程仍列在进程表里"],
            holds: |run, _| (run.states.len() > 1).then(|| run.states.contains(&Some('Z'))),
        },
        Claim {
            name: "listed-in-the-end",
            sentence: ["in the end it is still listed", "到最后它仍列在进程表里"],
            holds: |run, _| run.states.last().map(Option::is_some),
        },
        Claim {
            name: "dies-with-parent",
            sentence: ["a process ends when its parent does", "父进程结束时，子进程也结束"],
            // A process that has had two parents has survived one.
            holds: |run, _| run.parents.first().map(|it| run.parents.iter().all(|one| one == it)),
        },
    ];

    const HEADING: Both = ["the states that were seen", "依次看到的状态"];

    const WORDS: &'static [Both] = &[["gone", "已不存在"]];

    fn see(&mut self, seen: &Seen) {
        if let Event::Parent { parent } = seen.record.event {
            self.parents.push(parent);
        }
        if let Some(ZombieEvent::ProcessState { state, .. }) = seen.record.event.own() {
            self.states.push(state);
        }
    }

    fn outcome(&self, _: &State) -> String {
        let states = self.states.iter().map(|it| it.map_or("gone".into(), |it| it.to_string()));
        states.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        let looks = |states: &str| -> String {
            let line = |state: char| match state {
                '-' => "1 parent process_state \"of\":2\n".to_owned(),
                state => format!("1 parent process_state \"of\":2,\"state\":\"{state}\"\n"),
            };
            states.chars().map(line).collect()
        };
        let parents = |first: u32, second: u32| {
            let line = |parent| format!("3 grandchild parent \"parent\":{parent}");
            format!("{}\n{}", line(first), line(second))
        };
        check(
            "zombie",
            &[
                (&looks("SZ-"), "true false - false", "S Z gone"),
                (&looks("SZZ"), "true true - false", "S Z Z"),
                (&looks("S-"), "false false - false", "S gone"),
                (&parents(2, 2), "- - true false", "nothing"),
                (&parents(2, 1), "- - false false", "nothing"),
            ],
        );
    }
}
