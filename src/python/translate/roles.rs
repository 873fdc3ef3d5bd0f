//! What processes and objects are called.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use crate::words::plain::on_one_line;

/// Names that are given once each.
#[derive(Default)]
pub struct Names(HashMap<String, u64>);

impl Names {
    /// This name, or with `-2`, `-3` and so on behind it where others have it.
    pub fn unique(&mut self, name: &str) -> Rc<str> {
        let name = on_one_line(name).into_owned();
        let mut given = name.clone();
        while self.0.contains_key(&given) {
            let count = self.0.get_mut(&name).map_or(2, |count| {
                *count += 1;
                *count
            });
            given = format!("{name}-{count}");
        }
        self.0.insert(given.clone(), 1);
        given.into()
    }

    /// This name with a number, from 1: the object's kind, for which the program has no name.
    pub fn numbered(&mut self, kind: &str) -> Rc<str> {
        let count = self.0.entry(format!("{kind}-")).or_default();
        *count += 1;
        let name = format!("{kind}-{count}");
        self.unique(&name)
    }
}

/// The role of a process of multiprocessing: its name, unless that is the one that Python gives if
/// there is none; then the function that it runs, if it isn't the library's.
pub fn of_process<'a>(name: &'a str, target: Option<&'a str>, is_librarys: bool) -> &'a str {
    let Some((class, number)) = name.rsplit_once('-') else {
        return name;
    };
    let kind = ["ForkServer", "Fork", "Spawn"].iter().find_map(|it| class.strip_prefix(it));
    let is_default = number.split(':').all(|it| it.parse::<u64>().is_ok())
        && ["Process", "PoolWorker"].contains(&kind.unwrap_or(class));
    match target {
        Some(target) if is_default && !is_librarys => target,
        _ => name,
    }
}

/// Whether a program of this name is a Python.
pub fn is_python(command: &[String]) -> bool {
    let name = command.first().map(|it| base(it)).unwrap_or_default();
    let rest = name.strip_prefix("python").or(name.strip_prefix("pypy"));
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 't'))
}

/// The role of another program: its name, of a Python that of its script.
pub fn of_command(command: &[String]) -> &str {
    let name = command.first().map(|it| base(it)).unwrap_or_default();
    // A line for the shell.
    if let [line] = command
        && line.contains(' ')
    {
        return "sh";
    }
    if !is_python(command) {
        return if name.is_empty() { "program" } else { name };
    }
    let mut rest = command[1..].iter().map(String::as_str);
    while let Some(word) = rest.next() {
        match word {
            "-m" => return rest.next().unwrap_or(name),
            "-W" | "-X" => _ = rest.next(),
            "-c" | "-" => return name,
            _ if word.starts_with('-') => {}
            script => return base(script),
        }
    }
    name
}

fn base(path: &str) -> &str {
    Path::new(path).file_name().and_then(|it| it.to_str()).unwrap_or(path)
}
