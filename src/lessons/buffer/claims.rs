//! What can be said of a run of the `buffer` lesson.

use super::events::BufferEvent;
use crate::claims::{Both, Claim, Judge, Seen, is_over};
use crate::events::Event;
use crate::state::State;

#[derive(Default)]
pub(super) struct BufferJudge {
    printed: String,
    written: String,
    read: String,
    /// Whether something was printed while an earlier line was still in the buffer.
    has_gathered: bool,
    /// How many lines were written when the child's end began.
    written_before_end: Option<usize>,
}

impl Judge for BufferJudge {
    const CLAIMS: &'static [Claim<Self>] = &[
        Claim {
            name: "all-read",
            sentence: ["every line that is printed is read", "打印的每一行都被读到"],
            holds: |run, state| {
                (!run.printed.is_empty() && is_over(state)).then(|| run.printed == run.read)
            },
        },
        Claim {
            name: "written-at-once",
            sentence: [
                "each line is written before the next one is printed",
                "打印下一行之前，上一行已经写出",
            ],
            holds: |run, _| (run.printed.lines().count() > 1).then_some(!run.has_gathered),
        },
        Claim {
            name: "written-before-end",
            sentence: [
                "all is written before the child is to end",
                "要求子进程结束之前，所有内容都已写出",
            ],
            holds: |run, _| Some(run.written_before_end? == run.printed.len()),
        },
    ];

    const HEADING: Both = ["what was read", "读到了什么"];

    fn see(&mut self, seen: &Seen) {
        match &seen.record.event {
            Event::Terminate { .. } | Event::Kill { .. } | Event::EndOfFile { .. } => {
                self.written_before_end.get_or_insert(self.written.len());
            }
            event => match event.own() {
                Some(BufferEvent::Buffered { text, .. }) => {
                    self.has_gathered |= self.printed.len() > self.written.len();
                    self.printed += &text;
                }
                Some(BufferEvent::Write { text }) => self.written += &text,
                Some(BufferEvent::Read { text }) => self.read += &text,
                None => {}
            },
        }
    }

    fn outcome(&self, _: &State) -> String {
        self.read.lines().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::tests::check;

    const LOST: &str = r#"
        1 parent started "child":2,"child_role":"child"
        2 child buffered "text":"A\n","bytes":2
        2 child buffered "text":"B\n","bytes":4
        1 parent terminate "child":2,"child_role":"child"
        1 parent exited "child":2,"child_role":"child","status":{"signal":15}"#;

    const LINE_BY_LINE: &str = r#"
        1 parent started "child":2,"child_role":"child"
        2 child buffered "text":"A\n","bytes":2
        2 child write "text":"A\n"
        2 child buffered "text":"B\n","bytes":2
        2 child write "text":"B\n"
        1 parent kill "child":2,"child_role":"child"
        1 parent exited "child":2,"child_role":"child","status":{"signal":9}
        1 parent read "text":"A\n"
        1 parent read "text":"B\n""#;

    #[test]
    fn claims_and_outcomes_follow_from_the_log() {
        check(
            "buffer",
            &[
                (LOST, "false false false false", "nothing"),
                (LINE_BY_LINE, "true true true false", "A B"),
            ],
        );
    }
}
