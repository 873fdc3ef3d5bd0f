//! Events too long for one write.
//!
//! A write to a pipe is torn by other writers when it is longer than `PIPE_BUF` (4,096 bytes on
//! Linux, see pipe(7)). A longer event is cut into parts, each a line of its own and short enough
//! for one write:
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

use super::who::Who;

/// The most bytes that a write to a pipe may have and still go in undivided (`PIPE_BUF` on Linux).
pub const PIPE_BUF: usize = 4096;

const RECORD_SEPARATOR: u8 = 0x1e;

/// The writes for one event, `text` being its line with the newline.
pub fn split<'a>(text: &'a [u8], who: &Who) -> Vec<Cow<'a, [u8]>> {
    if text.len() <= PIPE_BUF {
        return vec![Cow::Borrowed(text)];
    }
    let sender = format!("{}/{}", who.pid, who.thread.as_deref().unwrap_or_default());
    let body = &text[..text.len() - 1];
    let room = PIPE_BUF - sender.len() - "RS + \n".len();
    let chunks = body.chunks(room);
    let last = chunks.len() - 1;
    let mut parts = Vec::new();
    for (number, chunk) in chunks.enumerate() {
        let sign = match number {
            0 => "<",
            _ if number == last => "=",
            _ => "+",
        };
        let mut part = vec![RECORD_SEPARATOR];
        part.extend_from_slice(format!("{sender} {sign} ").as_bytes());
        part.extend_from_slice(chunk);
        part.push(b'\n');
        parts.push(Cow::Owned(part));
    }
    parts
}

/// Puts parts together again.
#[derive(Default)]
pub struct Joiner {
    unfinished: HashMap<Vec<u8>, Vec<u8>>,
}

/// What a line of the log was.
pub enum Joined<'a> {
    /// No part: here it is, unchanged.
    Whole(Cow<'a, [u8]>),
    /// A part of an event whose end is still to come.
    Unfinished,
}

impl Joiner {
    /// Takes a line without its newline.
    pub fn take<'a>(&mut self, line: &'a [u8]) -> Joined<'a> {
        let Some((sender, sign, chunk)) = parse(line) else {
            return Joined::Whole(Cow::Borrowed(line));
        };
        let text = self.unfinished.entry(sender.to_vec()).or_default();
        // A process with this PID may have been killed between two parts.
        if sign == PartSign::First {
            text.clear();
        }
        text.extend_from_slice(chunk);
        match sign {
            PartSign::Last => {
                Joined::Whole(Cow::Owned(self.unfinished.remove(sender).unwrap_or_default()))
            }
            PartSign::First | PartSign::More => Joined::Unfinished,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartSign {
    First,
    More,
    Last,
}

/// Sender, which part it is, and the part itself.
fn parse(line: &[u8]) -> Option<(&[u8], PartSign, &[u8])> {
    let line = line.strip_prefix(&[RECORD_SEPARATOR])?;
    let mut fields = line.splitn(3, |&byte| byte == b' ');
    let (sender, sign, chunk) = (fields.next()?, fields.next()?, fields.next()?);
    let sign = match sign {
        b"<" => PartSign::First,
        b"+" => PartSign::More,
        b"=" => PartSign::Last,
        _ => return None,
    };
    Some((sender, sign, chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(pid: u32, thread: Option<&str>) -> Who {
        Who { pid, role: "child".into(), thread: thread.map(str::to_owned) }
    }

    fn line(byte: char, len: usize) -> Vec<u8> {
        let mut text = byte.to_string().repeat(len - 1).into_bytes();
        text.push(b'\n');
        text
    }

    #[test]
    fn what_fits_one_write_stays_as_it_is() {
        let text = line('a', PIPE_BUF);
        assert_eq!(split(&text, &who(1, None)), [Cow::Borrowed(&text[..])]);
    }

    #[test]
    fn parts_of_several_senders_come_together_whole() {
        let texts = [line('a', 4097), line('b', 20_000), line('c', 12_345)];
        let senders = [who(1, None), who(1, Some("Thread-1")), who(2, None)];
        let mut queues: Vec<_> =
            texts.iter().zip(&senders).map(|(text, who)| split(text, who).into_iter()).collect();

        let mut joiner = Joiner::default();
        let mut whole = Vec::new();
        loop {
            let round: Vec<_> = queues.iter_mut().filter_map(Iterator::next).collect();
            if round.is_empty() {
                break;
            }
            for part in round {
                assert!(part.len() <= PIPE_BUF);
                let (newline, part) = part.split_last().expect("a part is never empty");
                assert_eq!(*newline, b'\n');
                if let Joined::Whole(mut text) = joiner.take(part) {
                    text.to_mut().push(b'\n');
                    whole.push(text.into_owned());
                }
            }
        }
        whole.sort();
        assert_eq!(whole, texts);
    }

    #[test]
    fn parts_of_a_killed_process_are_not_put_before_those_of_the_next_one_with_its_pid() {
        let (killed, next) = (line('a', 9_000), line('b', 9_000));
        let parts = split(&killed, &who(1, None));
        let mut joiner = Joiner::default();
        let mut whole = Vec::new();
        for part in parts[..2].iter().chain(&split(&next, &who(1, None))) {
            if let Joined::Whole(text) = joiner.take(&part[..part.len() - 1]) {
                whole.push(text.into_owned());
            }
        }
        assert_eq!(whole, [&next[..next.len() - 1]]);
    }
}
