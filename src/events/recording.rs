//! A recorded run: what `--json` printed, in a file or from a pipe.

use std::io::{BufRead, Read};

use anyhow::{Context as _, Result, bail, ensure};

use super::event::Event;
use super::record::{NoEvent, Record, VERSION};
use crate::plain::on_one_line;

/// Hands each event of a recorded run to `see`, in the log's order. `name` is what the user calls the file.
///
/// # Errors
/// When the file can't be read or is no recorded run of this version: the sentence names the line and what was expected
/// there. What stands before that line has been handed over. Or whatever `see` returned.
pub fn for_each(
    mut input: impl BufRead,
    name: &str,
    mut see: impl FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    let mut has_begun = false;
    for number in 1_u64.. {
        bytes.clear();
        (&mut input)
            .take(LONGEST + 1)
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("cannot read {name}"))?;
        ensure!(
            bytes.len() as u64 <= LONGEST,
            "{name}, line {number} has more than {LONGEST} bytes: {EXPECTED}"
        );
        if bytes.is_empty() {
            ensure!(
                has_begun,
                "{name} is empty: expected a run that was recorded with --json"
            );
            return Ok(());
        }
        let place = format!("{name}, line {number}");
        let is_whole = bytes.ends_with(b"\n");
        // As jq does: some editors begin a file with this mark, and leave a line empty.
        let bytes = match number {
            1 => bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes),
            _ => &bytes,
        };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let Ok(text) = str::from_utf8(bytes).map(|text| text.trim_end_matches(['\r', '\n'])) else {
            bail!("{place} is no text in UTF-8: {EXPECTED}");
        };
        let record = Record::read(text).map_err(|error| wrong(&error, &place, is_whole))?;
        match (has_begun, &record.event) {
            (false, Event::Run { .. }) => has_begun = true,
            (false, other) => bail!(
                "{place} is the event `{}`: expected `run`, with which every recorded run begins",
                other.name()
            ),
            (_, Event::Run { .. }) => bail!(
                "{place} begins another run: expected one only, so keep each in a file of its own"
            ),
            _ => {}
        }
        see(&record)?;
    }
    Ok(())
}

/// No event is longer: its values come from a command line, and Linux takes 6 MiB of that at most (execve(2)).
const LONGEST: u64 = 64 << 20;

const EXPECTED: &str = "expected an event, a JSON object as mp-demo LESSON --json prints it";

fn wrong(error: &NoEvent, place: &str, is_whole: bool) -> anyhow::Error {
    match error {
        NoEvent::Newer(version) => anyhow::anyhow!(
            "{place} is of version {version} of the log, and this mp-demo reads version {VERSION}: a newer mp-demo is needed"
        ),
        NoEvent::Malformed(_) if !is_whole => anyhow::anyhow!(
            "{place} ends in the middle: {EXPECTED}, so the recording seems to have been cut off"
        ),
        NoEvent::Malformed(what) => {
            let what = on_one_line(what);
            anyhow::anyhow!("{place} is damaged or foreign ({what}): {EXPECTED}")
        }
    }
}
