//! What `--explain` tells of this lesson only.

use crate::events::Event;
use crate::views::explain::{Moment, Narrator, Story};

#[derive(Default)]
pub(super) struct PipeNarrator;

impl Narrator for PipeNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        if let Event::Run { options, .. } = &now.event {
            // A command of the user's makes pauses of its own.
            story.has_random_pauses = !options.get().contains(r#""child":"#);
        }
        false
    }
}
