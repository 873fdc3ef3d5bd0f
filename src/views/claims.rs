//! The view `--claims`: which claims of the lesson are true of the run, and the run's outcome.

use std::io::Write;

use anyhow::Result;
use unicode_width::UnicodeWidthStr as _;

use super::view::{View, print};
use crate::both;
use crate::claims::{OfLesson, OfRun, Seen};
use crate::events::{Event, Record};
use crate::state::{Change, State};
use crate::words::figures::{left, wrapped};
use crate::words::locale::in_words;
use crate::words::plain::on_one_line;

/// Prints claims and outcome when the run is over. A claim that doesn't apply to this run is left
/// out.
pub struct Claims<W> {
    stdout: W,
    /// The width at which lines are broken, if they are.
    width: Option<usize>,
    /// Finds the claims of the lesson with this name.
    of_lesson: fn(&str) -> Option<OfLesson>,
    lesson: String,
    run: Option<(OfRun, OfLesson)>,
    /// Whether there are lines above.
    has_lines: bool,
}

impl<W: Write> Claims<W> {
    /// On a terminal, no line is wider than its `width`. `of_lesson` knows the lessons.
    pub fn new(
        stdout: W,
        width: Option<usize>,
        of_lesson: fn(&str) -> Option<OfLesson>,
    ) -> Claims<W> {
        Claims { stdout, width, of_lesson, lesson: String::new(), run: None, has_lines: false }
    }

    fn text(&self, state: &State) -> String {
        let Some((judged, of_lesson)) = &self.run else {
            let lesson = on_one_line(&self.lesson);
            return both!(
                "nothing is claimed of a lesson `{lesson}`\n",
                "没有关于 `{lesson}` 一课的论断\n"
            );
        };
        let [yes, no] = [both!("true", "成立"), both!("false", "不成立")];
        let column = no.width() + 2;
        let width = self.width.unwrap_or(usize::MAX);
        let indent = " ".repeat(column);
        let mut text = String::new();
        for (claim, verdict) in judged.verdicts(state) {
            let Some(verdict) = verdict else { continue };
            let word = left(if verdict { &yes } else { &no }, column);
            let line = format!("{word}{}", in_words(claim.sentence));
            text += &wrapped(&line, width, &indent);
            for evidence in judged.evidence(claim.name, state) {
                let evidence = on_one_line(&evidence);
                text += &wrapped(&format!("{indent}  {evidence}"), width, &format!("{indent}    "));
            }
        }
        let (heading, outcome) = (in_words(of_lesson.heading), judged.outcome(state).to_string());
        let outcome = on_one_line(&outcome);
        let line = both!("{heading}: {outcome}", "{heading}：{outcome}");
        text + &wrapped(&line, width, "  ")
    }
}

impl<W: Write> View for Claims<W> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        if let Event::Run { lesson, .. } = &record.event {
            self.lesson = lesson.clone().into_owned();
            self.run = (self.of_lesson)(lesson).map(|it| (OfRun::of(&it), it));
        }
        self.has_lines |= record.line.is_some();
        if let Some((judged, _)) = &mut self.run {
            judged.see(&Seen { record, state, change });
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        let gap = if self.has_lines { "\n" } else { "" };
        let text = format!("{gap}{}", self.text(state));
        print(&mut self.stdout, &text)
    }
}
