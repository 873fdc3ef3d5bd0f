//! Foreign text on one line.

/// A message without what moves the cursor: it may come from somebody else's recording.
pub fn on_one_line(message: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().collect(),
        false => String::from(c),
    };
    message.chars().map(shown).collect()
}
