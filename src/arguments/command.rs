//! A command as one argument: `'python3 w.py'`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::both;

/// A program and its arguments in one word of the command line, as a shell would split it. Nothing
/// else that a shell does is done: no variables, no `*`, no `|`.
#[derive(Clone)]
pub(crate) struct CommandArg {
    text: String,
    words: Vec<String>,
}

impl CommandArg {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The command as one word of a shell's command line.
    pub(crate) fn quoted(&self) -> String {
        quoted(&self.text)
    }

    /// The same command with unbuffered output: by Python's option `-u`, or else by stdbuf(1),
    /// which works for programs that use C's stdio. Nothing if the output is unbuffered already.
    pub(crate) fn unbuffered(&self) -> Option<CommandArg> {
        let program = self.words.first().map_or("", String::as_str);
        let name = program.rsplit('/').next().unwrap_or(program);
        let is_python = name.starts_with("python");
        // Programs whose output is unbuffered already, or that have no option for it.
        let others = ["stdbuf", "node", "perl", "ruby", "java", "sh", "bash", "dash", "zsh", "cat"];
        if others.contains(&name) || (is_python && self.words.get(1).is_some_and(|it| it == "-u")) {
            return None;
        }
        let (first, rest) = match is_python && self.text.starts_with(program) {
            true => (format!("{program} -u"), &self.text[program.len()..]),
            false => ("stdbuf -oL ".to_owned(), &*self.text),
        };
        let text = format!("{first}{rest}");
        let words = shlex::split(&text).unwrap_or_else(|| self.words());
        Some(CommandArg { text, words })
    }

    pub(crate) fn words(&self) -> Vec<String> {
        self.words.clone()
    }
}

impl FromStr for CommandArg {
    type Err = String;

    fn from_str(text: &str) -> Result<CommandArg, String> {
        if let Some(operator) = operator(text) {
            return Err(both!(
                "it is run without a shell, which `{operator}` needs: write \"sh -c '...'\"",
                "它不经过 shell 运行，而 `{operator}` 需要 shell：请写成 \"sh -c '...'\""
            ));
        }
        let words = shlex::split(text).ok_or_else(|| {
            both!(
                "a quote in it is not closed, or it ends with a backslash",
                "其中有引号没有闭合，或者以反斜杠结尾"
            )
        })?;
        match words.first().is_some_and(|program| !program.is_empty()) {
            _ if text.contains('\0') => Err(both!("it has a zero byte", "其中有零字节")),
            true => Ok(CommandArg { text: text.to_owned(), words }),
            false => Err(both!(
                "expected a program and its arguments, like 'python3 program.py'",
                "应当是程序和它的参数，例如 'python3 program.py'"
            )),
        }
    }
}

/// The first character that a shell would read as an operator: one of `|`, `&`, `;`, `<` and `>`
/// outside of quotes.
fn operator(text: &str) -> Option<char> {
    let (mut quote, mut is_escaped) = (None, false);
    for c in text.chars() {
        match (c, quote) {
            _ if is_escaped => is_escaped = false,
            ('\\', None | Some('"')) => is_escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('|' | '&' | ';' | '<' | '>', None) => return Some(c),
            _ => {}
        }
    }
    None
}

/// A word as a shell reads it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_=./,:+@%".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

impl fmt::Display for CommandArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for CommandArg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_does() {
        for (text, words) in [
            ("./r", &["./r"][..]),
            ("python3  w.py", &["python3", "w.py"]),
            (r#"python3 -c 'print("a b")'"#, &["python3", "-c", r#"print("a b")"#]),
            (
                r#"a\ b "c 'd'" '' $HOME *.py '|' x\;"#,
                &["a b", "c 'd'", "", "$HOME", "*.py", "|", "x;"],
            ),
        ] {
            let command: CommandArg = text.parse().expect(text);
            assert_eq!(command.words(), words, "{text}");
            assert_eq!(command.to_string(), text);
        }
        for (text, unbuffered) in [
            ("python3 w.py 'a b'", "python3 -u w.py 'a b'"),
            ("/usr/bin/python3.11 w.py", "/usr/bin/python3.11 -u w.py"),
            ("./w x", "stdbuf -oL ./w x"),
            ("'python3' w.py", "stdbuf -oL 'python3' w.py"),
        ] {
            let command: CommandArg = text.parse().expect(text);
            let command = command.unbuffered().expect(text);
            assert_eq!(command.text(), unbuffered);
            assert!(command.unbuffered().is_none(), "{unbuffered}");
            assert_eq!(Some(command.words()), shlex::split(unbuffered));
        }
    }
}
