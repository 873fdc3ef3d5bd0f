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

/// A report of `why` with letters for PIDs, which the list of processes in it names, and without
/// folders.
pub fn with_letters(report: &str) -> String {
    let is_process = |line: &&str| line.starts_with("  ");
    let pids = report.lines().filter(is_process).filter_map(|line| line.split_whitespace().next());
    let pids: Vec<_> = pids.collect();
    let word = |word: &str| {
        let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
        match pids.iter().position(|pid| *pid == digits) {
            Some(index) => word.replace(digits, &char::from(b'A' + index as u8).to_string()),
            None if word.starts_with('/') => word.rsplit('/').next().unwrap().to_owned(),
            None if word.starts_with("(/") => format!("({}", word.rsplit('/').next().unwrap()),
            None => word.to_owned(),
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ") + "\n";
    report.lines().map(line).collect()
}
