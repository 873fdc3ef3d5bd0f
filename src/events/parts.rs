//! Events too long for one write: other writers would tear a write that is longer than `PIPE_BUF`
//! (pipe(7)). Such an event is cut into parts, each a line of its own:
//!
//! ```text
//! RS 4711/Thread-1 < {"v":1,...      the first part
//! RS 4711/Thread-1 + ...             more parts follow
//! RS 4711/Thread-1 = ...}            the last part
//! ```
//!
//! RS is the byte 0x1E (record separator): neither an event nor a panic message begins with it.
//! Parts of several writers may alternate; the sender's name puts them together again.

use std::borrow::Cow;
use std::collections::HashMap;

/// The most bytes that a write to a pipe may have and still go in undivided (`PIPE_BUF` on Linux).
pub const PIPE_BUF: usize = 4096;

/// The writes for one event, `text` being its line with the newline.
pub fn split<'a>(text: &'a [u8], pid: u32, thread: Option<&str>) -> Vec<Cow<'a, [u8]>> {
    if text.len() <= PIPE_BUF {
        return vec![Cow::Borrowed(text)];
    }
    let sender = format!("{pid}/{}", thread.unwrap_or_default());
    let body = &text[..text.len() - 1];
    let room = PIPE_BUF - sender.len() - "RS + \n".len();
    let chunks = body.chunks(room);
    let last = chunks.len() - 1;
    let part = |(number, chunk)| {
        let sign = match number {
            0 => "<",
            _ if number == last => "=",
            _ => "+",
        };
        let head = format!("\u{1e}{sender} {sign} ");
        Cow::Owned([head.as_bytes(), chunk, b"\n"].concat())
    };
    chunks.enumerate().map(part).collect()
}

/// Puts parts together again.
#[derive(Default)]
pub struct Joiner {
    unfinished: HashMap<Vec<u8>, Vec<u8>>,
}

impl Joiner {
    /// Takes a line without its newline. Returns the event that it completes, or the line if it is
    /// no part; nothing as long as the event's end is still to come.
    pub fn take<'a>(&mut self, line: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let Some((sender, sign, chunk)) = parse(line) else {
            return Some(Cow::Borrowed(line));
        };
        let text = self.unfinished.entry(sender.to_vec()).or_default();
        // A process with this PID may have been killed between two parts.
        if sign == b'<' {
            text.clear();
        }
        text.extend_from_slice(chunk);
        (sign == b'=').then(|| self.unfinished.remove(sender).unwrap_or_default().into())
    }
}

/// Sender, which part it is, and the part itself.
fn parse(line: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let line = line.strip_prefix(b"\x1e")?;
    let mut fields = line.splitn(3, |&byte| byte == b' ');
    match (fields.next()?, fields.next()?, fields.next()?) {
        (sender, &[sign @ (b'<' | b'+' | b'=')], chunk) => Some((sender, sign, chunk)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_killed_process_are_not_put_before_those_of_the_next_one_with_its_pid() {
        let [killed, next] = ["a", "b"].map(|byte| byte.repeat(9_000) + "\n");
        let parts = split(killed.as_bytes(), 1, None);
        let mut joiner = Joiner::default();
        let parts = parts[..2].iter().cloned().chain(split(next.as_bytes(), 1, None));
        let whole =
            parts.filter_map(|part| Some(joiner.take(part.strip_suffix(b"\n")?)?.into_owned()));
        assert_eq!(whole.collect::<Vec<_>>(), [next.trim_end().as_bytes()]);
    }
}
