//! A recorded run: what `--json` printed, in a file or from a pipe.

use std::io::{BufRead, Read};

use anyhow::{Context as _, Error, Result, bail, ensure};

use super::event::Event;
use super::own::Vocabulary;
use super::record::{NoEvent, Record, VERSION};
use crate::both;

/// Hands each event of a recorded run to `see`, in the log's order. `name` is what the user calls
/// the file, and `own_of` knows the events of each lesson. A byte order mark at the start and empty
/// lines, which editors add, are skipped, as by `jq`.
///
/// # Errors
/// If the input is no recorded run. The sentence names the line and says what was expected there.
/// The events before that line have been handed over.
pub fn for_each(
    mut input: impl BufRead,
    name: &str,
    own_of: fn(&str) -> Vocabulary,
    mut see: impl FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    let mut is_begun = false;
    let mut own = Vocabulary::default();
    for number in 1_u64.. {
        bytes.clear();
        (&mut input)
            .take(LONGEST + 1)
            .read_until(b'\n', &mut bytes)
            .with_context(|| both!("cannot read {name}", "{name}：无法读取"))?;
        if bytes.is_empty() {
            ensure!(
                is_begun,
                both!(
                    "{name} is empty: expected a run that was recorded with --json",
                    "{name}：没有内容，这里应当是用 --json 记录下来的一次运行"
                )
            );
            return Ok(());
        }
        let place = both!("{name}, line {number}", "{name}，第 {number} 行");
        let expected = expected();
        ensure!(
            bytes.len() as u64 <= LONGEST,
            both!(
                "{place} has more than {LONGEST} bytes: {expected}",
                "{place}超过 {LONGEST} 字节：{expected}"
            )
        );
        let is_whole = bytes.ends_with(b"\n");
        let text = match bytes.strip_prefix("\u{feff}".as_bytes()) {
            Some(text) if number == 1 => text,
            _ => &bytes,
        };
        let Ok(text) = str::from_utf8(text).map(|text| text.trim_end_matches(['\r', '\n'])) else {
            bail!(both!(
                "{place} is not text in UTF-8: {expected}",
                "{place}不是 UTF-8 文本：{expected}"
            ));
        };
        if text.trim_ascii().is_empty() {
            continue;
        }
        let record =
            Record::read(text, own).map_err(|error| not_an_event(&error, &place, is_whole))?;
        let is_run = if let Event::Run { lesson, .. } = &record.event {
            own = own_of(lesson);
            true
        } else {
            false
        };
        let event = record.event.name();
        ensure!(
            is_begun || is_run,
            both!(
                "{place} is the event `{event}`: expected `run`, with which every recorded run \
                 begins",
                "{place}是事件 `{event}`：这里应当是 `run`，每次记录下来的运行都以它开头"
            )
        );
        ensure!(
            !(is_begun && is_run),
            both!(
                "{place} begins another run: expected only one, so keep each in a file of its own",
                "{place}开始了另一次运行：一个文件里只应有一次运行，请分开保存"
            )
        );
        is_begun = true;
        see(&record)?;
    }
    Ok(())
}

/// The longest line that is read. No event is longer: its values come from a command line, and
/// Linux limits that to 6 MiB (execve(2)).
const LONGEST: u64 = 64 << 20;

/// The sentence that says what every line should be.
fn expected() -> String {
    both!(
        "expected an event, a JSON object as mp-demo LESSON --json prints it",
        "这里应当是一个事件，即 mp-demo LESSON --json 输出的 JSON 对象"
    )
}

/// Why the line at this place is refused.
fn not_an_event(error: &NoEvent, place: &str, is_whole: bool) -> Error {
    let expected = expected();
    Error::msg(match error {
        NoEvent::Newer(version) => both!(
            "{place} is of version {version} of the log, and this mp-demo reads version \
             {VERSION}: a newer mp-demo is needed",
            "{place}的日志版本是 {version}，而本程序只能读版本 {VERSION}：需要更新的 mp-demo"
        ),
        NoEvent::Malformed(_) if !is_whole => both!(
            "{place} ends in the middle: {expected}, so the recording seems to have been cut off",
            "{place}没有写完：{expected}，看来记录在中途被截断"
        ),
        NoEvent::Malformed(what) => both!(
            "{place} is damaged or foreign ({what}): {expected}",
            "{place}已经损坏，或不是本程序写下的（{what}）：{expected}"
        ),
    })
}
