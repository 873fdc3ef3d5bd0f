//! Screens without what is different in each run.

/// Replaces each PID by a letter in the order of first sight, so that the same process is the same
/// letter. PIDs are found by their label: in a new container they can be as small as any number.
pub fn letters(text: &str) -> String {
    const LABELS: [&str; 13] = [
        "Parent process ",
        "Child process ",
        "Grandchild process ",
        "Process to write: ",
        "Process to read: ",
        "(PID ",
        "parent ",
        "writer ",
        "reader ",
        "reader-1 ",
        "reader-2 ",
        "\"pid\":",
        "\"child\":",
    ];
    let mut known: Vec<&str> = Vec::new();
    let mut shown = String::new();
    let mut rest = text;
    loop {
        let found = LABELS
            .iter()
            .flat_map(|label| rest.match_indices(label).map(|(at, label)| at + label.len()))
            .filter(|start| rest[*start..].starts_with(|c: char| c.is_ascii_digit()))
            .min();
        let Some(start) = found else {
            return shown + rest;
        };
        let end = rest[start..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |length| start + length);
        let pid = &rest[start..end];
        let index = known.iter().position(|known| *known == pid).unwrap_or_else(|| {
            known.push(pid);
            known.len() - 1
        });
        shown.push_str(&rest[..start]);
        shown.push(char::from(b'A' + u8::try_from(index).unwrap()));
        rest = &rest[end..];
    }
}

/// A line without the address, which differs from run to run.
pub fn without_address(line: &str) -> String {
    match line.split_once(" at 0x") {
        Some((start, address)) => {
            assert!(address.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
            format!("{start} at ADDRESS")
        }
        None => line.to_owned(),
    }
}

/// Sorts lines, where their order between processes is open.
pub fn sorted(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Whether the screen has just these lines, PIDs as letters, in whatever order the processes had.
#[track_caller]
pub fn assert_same_lines(actual: &str, expected: &str) {
    snapbox::assert_data_eq!(sorted(&letters(actual)), sorted(expected));
}
