//! What a program writes beside its values.

use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use os_pipe::PipeReader;

use crate::events::{Event, Log, Stream};

/// A longer line is logged in pieces, since it may have no end. In bytes.
const LONGEST_SHOWN: u64 = 1 << 24;

/// Logs what a program writes, line by line, until the pipe's end.
pub(super) fn tell(
    log: &Log,
    pipe: PipeReader,
    child: u32,
    child_role: &str,
    stream: Stream,
    has_said: &AtomicBool,
) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = (&mut pipe).take(LONGEST_SHOWN).read_until(b'\n', &mut line);
        if !length.is_ok_and(|length| length > 0) {
            return;
        }
        has_said.store(true, Ordering::Relaxed);
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line));
        let event =
            Event::Output { child, child_role: child_role.into(), stream, text: (&*text).into() };
        // If that fails, the log has no reader any more.
        if log.write_with_line(event, (stream == Stream::Stdout).then_some(&*text)).is_err() {
            return;
        }
    }
}
