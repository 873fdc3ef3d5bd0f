//! What can be said of a run of the `buffer` lesson.

use super::events::BufferEvent;
use crate::both;
use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, is_over, judge, tell};
use crate::events::Event;

/// What was printed, written and read.
#[derive(Default)]
struct Texts {
    printed: String,
    written: String,
    read: String,
    /// Whether something was printed while an earlier line was still in the buffer.
    has_gathered: bool,
    /// What was written by the time when the parent or the child itself began to end it.
    written_before_end: Option<usize>,
}

impl Texts {
    fn see(&mut self, event: &Event) {
        match event.own() {
            Some(BufferEvent::Buffered { text, .. }) => {
                self.has_gathered |= self.printed.len() > self.written.len();
                self.printed += &text;
            }
            Some(BufferEvent::Write { text }) => self.written += &text,
            Some(BufferEvent::Read { text }) => self.read += &text,
            None => {}
        }
        if let Event::Terminate { .. } | Event::Kill { .. } | Event::EndOfFile { .. } = event {
            self.written_before_end.get_or_insert(self.written.len());
        }
    }
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "all-read",
        sentence: || both!("every line that is printed is read", "打印的每一行都被读到"),
        judge: || {
            judge::<Texts>(
                |texts, seen| texts.see(&seen.record.event),
                |texts, state| {
                    let all = texts.printed == texts.read;
                    (!texts.printed.is_empty() && is_over(state)).then_some(all)
                },
            )
        },
    },
    Claim {
        name: "written-at-once",
        sentence: || {
            both!(
                "each line is written before the next one is printed",
                "打印下一行之前，上一行已经写出"
            )
        },
        judge: || {
            judge::<(Texts, u32)>(
                |(texts, lines), seen| {
                    let own = seen.record.event.own();
                    *lines += u32::from(matches!(own, Some(BufferEvent::Buffered { .. })));
                    texts.see(&seen.record.event);
                },
                |(texts, lines), _| (*lines > 1).then_some(!texts.has_gathered),
            )
        },
    },
    Claim {
        name: "written-before-end",
        sentence: || {
            both!(
                "all is written before the child is to end",
                "要求子进程结束之前，所有内容都已写出"
            )
        },
        judge: || {
            judge::<Texts>(
                |texts, seen| texts.see(&seen.record.event),
                |texts, _| Some(texts.written_before_end? == texts.printed.len()),
            )
        },
    },
    NOBODY_GETS_STUCK,
];

pub(super) const OUTCOMES: Outcomes = Outcomes {
    heading: || both!("what was read", "读到了什么"),
    teller: || {
        tell::<Texts>(
            |texts, seen| texts.see(&seen.record.event),
            |texts, _| texts.read.lines().collect::<Vec<_>>().join(" "),
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::tests::{check, log, outcome};

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
    fn each_claim_is_true_of_one_run_and_false_of_another() {
        check(
            "buffer",
            CLAIMS,
            &[
                ("all-read", LINE_BY_LINE, LOST),
                ("written-at-once", LINE_BY_LINE, LOST),
                ("written-before-end", LINE_BY_LINE, LOST),
            ],
        );
    }

    #[test]
    fn an_outcome_is_what_was_read() {
        let of = |events| outcome(&OUTCOMES, &log("buffer", events)).in_english();
        assert_eq!(of(LINE_BY_LINE), "A B");
        assert_eq!(of(LOST), "nothing");
    }
}
