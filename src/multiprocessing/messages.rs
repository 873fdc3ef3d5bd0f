//! Messages on a pipe: each value is one line of JSON.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::time::Duration;

use anyhow::{Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde_json::Value;

use super::ends::{PIPE_CAPACITY, ReadEnd, WriteEnd};
use super::parent::Parent;
use crate::events::{Because as _, PIPE_BUF, PartnerGone, Reason};

/// Writes messages to a pipe: first the message is made, then it is written in one go.
pub struct MessageWriter {
    pipe: WriteEnd,
    /// The message. The buffer is kept for the next message, because fresh memory for 1 MiB costs
    /// as much as its JSON.
    line: Vec<u8>,
}

impl MessageWriter {
    pub fn new(pipe: WriteEnd) -> MessageWriter {
        MessageWriter { pipe, line: Vec::new() }
    }

    pub fn pipe(&self) -> &WriteEnd {
        &self.pipe
    }

    /// Makes the message for a value, its JSON on a line of its own, and returns its length in
    /// bytes.
    pub fn encode(&mut self, value: &Value) -> Result<usize> {
        encode(value, &mut self.line)?;
        Ok(self.line.len())
    }

    /// Makes a message that is no value.
    pub fn set(&mut self, line: &[u8]) {
        self.line.clear();
        self.line.extend_from_slice(line);
        self.line.push(b'\n');
    }

    /// Writes the message. The error is [`PartnerGone`] when nobody can read it any more. A
    /// `parent` writes the message in pieces that fit a ready pipe: as the pipe's only writer, it
    /// then waits in poll(2), where it also learns of its children's ends.
    pub fn write(&mut self, gone: Reason, parent: Option<&Parent>) -> Result<()> {
        let length = parent.map_or(usize::MAX, |_| PIPE_BUF);
        for piece in self.line.chunks(length) {
            if let Some(parent) = parent {
                parent.until_ready(&self.pipe, PollFlags::OUT)?;
            }
            match self.pipe.write_all(piece) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    bail!(PartnerGone(gone))
                }
                written => written.because(|| Reason::CannotWrite {})?,
            }
        }
        Ok(())
    }
}

/// Puts the message for a value into `line`, in place of what was there.
pub fn encode(value: &Value, line: &mut Vec<u8>) -> serde_json::Result<()> {
    line.clear();
    match value {
        Value::String(text) if is_its_own_json(text.as_bytes()) => {
            line.push(b'"');
            line.extend_from_slice(text.as_bytes());
            line.push(b'"');
        }
        _ => serde_json::to_writer(&mut *line, value)?,
    }
    line.push(b'\n');
    Ok(())
}

fn decode(line: &[u8]) -> serde_json::Result<Value> {
    if let [b'"', text @ .., b'"', b'\n'] = line
        && is_its_own_json(text)
        && let Ok(text) = str::from_utf8(text)
    {
        return Ok(text.into());
    }
    serde_json::from_slice(line)
}

/// Whether JSON has nothing to escape in this text. serde_json checks that too, one to eight bytes
/// at a time: a string of 1 MiB took 0.7 ms to send instead of 0.07.
fn is_its_own_json(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    // The loop has no early end, so that it can be vectorized.
    text.iter().fold(true, |plain, byte| plain & is_plain(byte))
}

/// Reads messages, and counts them as lines, so that an error can name the line.
pub struct MessageReader {
    input: BufReader<ReadEnd>,
    line: Vec<u8>,
    count: u64,
    /// The longest line in bytes, newline included.
    limit: u64,
}

impl MessageReader {
    /// Messages of at most `limit` bytes each, newline included.
    pub fn new(end: ReadEnd, limit: u64) -> MessageReader {
        let input = BufReader::with_capacity(PIPE_CAPACITY, end);
        MessageReader { input, line: Vec::new(), count: 0, limit }
    }

    pub fn pipe(&self) -> &ReadEnd {
        self.input.get_ref()
    }

    pub fn pipe_mut(&mut self) -> &mut ReadEnd {
        self.input.get_mut()
    }

    /// The pipe end without this reader. Lines that were read ahead are lost.
    pub fn into_pipe(self) -> ReadEnd {
        self.input.into_inner()
    }

    /// Waits until there is something to read, EOF included, at most for `timeout`. Returns whether
    /// there is.
    pub fn is_ready_within(&self, timeout: Duration) -> Result<bool> {
        // Bytes that were read ahead are in this buffer, and no longer in the pipe.
        if !self.input.buffer().is_empty() {
            return Ok(true);
        }
        let mut fds = [PollFd::new(self.input.get_ref(), PollFlags::IN)];
        match poll(&mut fds, Some(&Timespec::try_from(timeout)?)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error).because(|| Reason::CannotWaitForPipe {}),
        }
    }

    /// The next line without its newline; nothing at the end of the input.
    pub fn next(&mut self, parent: Option<&Parent>) -> Result<Option<&[u8]>> {
        self.line.clear();
        self.count += 1;
        while !self.line.ends_with(b"\n") && (self.line.len() as u64) < self.limit {
            if self.input.buffer().is_empty() {
                if let Some(parent) = parent {
                    parent.until_ready(self.input.get_ref(), PollFlags::IN)?;
                }
                let line = self.count;
                match self.input.fill_buf() {
                    Ok([]) => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    // Another reader of the same pipe was faster.
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                    read => read.map(drop).because(|| Reason::CannotReadLine { line })?,
                }
            }
            let room = self.limit - self.line.len() as u64;
            let read_ahead = self.input.buffer().len() as u64;
            let mut input = self.input.by_ref().take(room.min(read_ahead));
            input.read_until(b'\n', &mut self.line)?;
        }
        if self.line.is_empty() {
            return Ok(None);
        }
        // EOF between two messages is a goodbye. EOF within a message means that its writer died.
        match self.line.strip_suffix(b"\n") {
            None if self.line.len() as u64 == self.limit => {
                bail!(Reason::LineTooLong { line: self.count, limit: self.limit })
            }
            None => bail!(Reason::LineCutOff { line: self.count }),
            line => Ok(line),
        }
    }

    /// The value in the line that [`MessageReader::next`] has just read.
    pub fn value(&self) -> Result<Value, Reason> {
        decode(&self.line).map_err(|error| {
            // serde_json counts lines from the start of what it was given: that is always line 1.
            let (line, column) = (self.count, error.column() as u64);
            Reason::NoJson { line, column, text: error.to_string() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_the_same_json_however_it_was_made() {
        let mut line = Vec::new();
        for text in ["", "plain", "\"", "\\", "\u{1f}", " ", "\u{7f}", "\n", "你好", "a\"b"] {
            let value = Value::from(text);
            let expected = format!("{}\n", serde_json::to_string(&value).expect("a string"));
            encode(&value, &mut line).expect("a string");
            assert_eq!(line, expected.as_bytes(), "{text:?}");
            assert_eq!(decode(&line).expect("JSON"), value);
        }
        for rubbish in ["\"\x01\"\n", "\"a\"b\"\n", "\"\\\"\n"] {
            assert!(decode(rubbish.as_bytes()).is_err(), "{rubbish:?}");
        }
        assert!(decode(b"\"\xff\"\n").is_err());
        for line in ["\"a\" \n", "\"a\"", "\"\\u0061\"\n"] {
            assert_eq!(decode(line.as_bytes()).expect("JSON"), Value::from("a"), "{line:?}");
        }
    }
}
