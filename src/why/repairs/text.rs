//! What a program's text says about a line in it. It goes by the indentation, and knows no more of
//! Python's grammar.

use crate::evidence::PythonFrame;

use super::super::lines::{Source, source};
use super::Waiter;

/// The text of a function, with the line at which it waits.
struct Function {
    name: String,
    file: String,
    /// The lines from its head down to the one at which it waits, each with its indentation.
    lines: Vec<(usize, String)>,
    /// Whether another function of the file releases something: then a lock may be a signal.
    others_release: bool,
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The name of the function whose head this line is.
fn head(line: &str) -> Option<&str> {
    line.trim_start().trim_start_matches("async ").strip_prefix("def ")?.split('(').next()
}

/// The name of the function in which the line with this index is.
fn around(text: &str, at: usize) -> &str {
    let lines: Vec<&str> = text.lines().take(at + 1).collect();
    let least = lines.last().map_or(0, |it| indent(it));
    let is_around = |(above, it): &(usize, &&str)| *above == 0 || indent(it) < least;
    let mut heads = lines.iter().rev().enumerate().filter(is_around);
    heads.find_map(|(_, it)| head(it)).unwrap_or("<module>")
}

impl Function {
    fn of(text: &str, frame: &PythonFrame) -> Option<Function> {
        let all: Vec<&str> = text.lines().take(frame.line as usize).collect();
        let mut least = indent(all.last()?);
        let is_made = frame.name().starts_with('<') && frame.name() != "<module>";
        let mut lines = Vec::new();
        for text in all.iter().rev() {
            let code = text.split(" #").next().unwrap_or_default().trim();
            if code.is_empty() || code.starts_with('#') {
                continue;
            }
            lines.push((indent(text), code.to_owned()));
            // A lambda or a comprehension, or a function in one line.
            let is_all = lines.len() == 1 && (is_made || head(text).is_some());
            if is_all || head(text).is_some() && indent(text) < least {
                break;
            }
            least = least.min(indent(text));
        }
        lines.reverse();
        let name = frame.name().to_owned();
        let mut releases = text.lines().enumerate().filter(|(_, it)| it.contains(".release("));
        let others_release = releases.any(|(at, _)| around(text, at) != name);
        Some(Function { name, file: frame.file.clone(), lines, others_release })
    }

    /// The line itself and the heads of the statements in whose bodies it is, the innermost first.
    fn heads(&self) -> Vec<&str> {
        let mut heads: Vec<&str> = Vec::new();
        let mut least = usize::MAX;
        for (indent, code) in self.lines.iter().rev() {
            if *indent < least {
                least = *indent;
                heads.push(code);
            }
        }
        heads
    }

    /// What is taken on the way to the line: by a `with` around it, or by an `acquire()` above it
    /// that is sure to be run before, and without a `release()` in between.
    fn taken(&self) -> Vec<String> {
        let mut taken: Vec<String> = Vec::new();
        let heads = self.heads();
        for head in heads.iter().skip(1) {
            taken.extend(items(head).map(Into::into));
        }
        let mut least = self.lines.last().map_or(0, |it| it.0);
        for (at, (indent, code)) in self.lines.iter().enumerate().rev().skip(1) {
            if *indent <= least
                && !self.others_release
                && let Some(lock) = code.strip_suffix(".acquire()")
                && !self.lines[at..].iter().any(|it| it.1.contains(&format!("{lock}.release(")))
            {
                taken.push(lock.to_owned());
            }
            least = least.min(*indent);
        }
        taken
    }
}

/// The names in a line.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split(|it: char| !it.is_alphanumeric() && it != '_')
}

/// Whether this name is bound in a file once and for all, outside of any function: then it means the
/// same object everywhere in it.
fn is_global(text: &str, name: &str) -> bool {
    let is_bound = |line: &str| {
        let code = line.trim_start();
        let between = |start, end| code.split_once(start)?.1.split(end).next();
        let bound = [
            code.split_once(" = ").map(|it| it.0),
            Some(code).filter(|it| it.starts_with("def ")),
            between("lambda ", ":"),
            between(" as ", ":"),
            between("for ", " in "),
        ];
        bound.into_iter().flatten().flat_map(names).any(|it| it == name)
    };
    let mut bound = text.lines().filter(|it| is_bound(it)).map(|it| it.starts_with(' '));
    bound.next() == Some(false) && bound.next().is_none()
}

/// Whether each of these functions, innermost first, was called as a method of the same object by
/// the one behind it.
fn are_of_self(functions: &[Function]) -> bool {
    functions.windows(2).all(|pair| {
        let line = pair[1].lines.last().map_or("", |it| &it.1);
        line.contains(&format!("self.{}(", pair[0].name))
    })
}

/// What a `with` statement enters.
fn items(head: &str) -> impl Iterator<Item = &str> {
    let all = head.strip_prefix("with ").and_then(|it| it.split(':').next()).unwrap_or_default();
    let items = all.split(',').filter_map(|it| it.split(" as ").next());
    // What a call returns is hardly a lock.
    items.map(str::trim).filter(|it| !it.is_empty() && !it.contains(['(', ')']))
}

impl Waiter<'_> {
    /// The learner's own frames.
    fn own(&self) -> impl Iterator<Item = &PythonFrame> {
        self.stack.iter().flat_map(|it| &it.frames).filter(|it| !it.library)
    }

    fn functions(&self) -> Vec<Function> {
        self.own().filter_map(|it| Function::of(&self.text(it)?, it)).collect()
    }

    /// The text of the file in which this frame is, if it is known.
    fn text(&self, frame: &PythonFrame) -> Option<String> {
        match source(self.look, frame) {
            Source::Known(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the text of the file in which the thread waits has a line with all of these. Nothing
    /// if the text isn't known.
    pub(super) fn mentions(&self, words: &[&str]) -> Option<bool> {
        self.has_line(|line| words.iter().all(|it| line.contains(it)))
    }

    fn has_line(&self, is_meant: impl Fn(&str) -> bool) -> Option<bool> {
        let text = self.text(self.own().next()?)?;
        Some(text.lines().any(is_meant))
    }

    /// Whether its file puts what looks like a sentinel into a queue.
    pub(super) fn puts_a_sentinel(&self) -> Option<bool> {
        const WORDS: [&str; 10] =
            ["none", "stop", "end", "done", "sentinel", "poison", "quit", "exit", "-1", "\"\""];
        self.has_line(|line| {
            let is_constant = |it: &str| it.starts_with(|it: char| it.is_ascii_uppercase());
            let line = line.split_once("put").map_or("", |it| it.1);
            let small = line.to_lowercase();
            WORDS.iter().any(|it| small.contains(it)) || line.split('(').skip(1).any(is_constant)
        })
    }

    /// Whether its line writes to a stream of Python's, and does nothing else that could wait.
    pub(super) fn prints(&self) -> bool {
        let functions = self.functions();
        let line = functions.first().and_then(|it| it.lines.last());
        let has =
            |calls: &[&str]| line.is_some_and(|(_, line)| calls.iter().any(|it| line.contains(it)));
        has(&["print(", ".write(", ".flush("]) && !has(&["get(", "acquire("])
    }

    /// Whether one of its functions has made an object of one of these classes.
    pub(super) fn makes(&self, classes: &[&str]) -> bool {
        let has = |line: &str| classes.iter().any(|it| line.contains(it));
        self.functions().iter().any(|it| it.lines.iter().any(|(_, line)| has(line)))
    }

    /// Whether this name means one object in all of its file.
    pub(super) fn is_global(&self, name: &str) -> bool {
        self.own().next().and_then(|it| self.text(it)).is_some_and(|it| is_global(&it, name))
    }

    /// Whether the object of this name was made before the process of which this is the main thread:
    /// a global one, an argument of the process's target, or an attribute that is made in `__init__`
    /// of the target's object.
    pub(super) fn is_given(&self, object: &str) -> bool {
        let functions = self.functions();
        let Some(text) = self.own().next().and_then(|it| self.text(it)) else { return false };
        let is_made = |line: &str| line.trim_start().starts_with(&format!("{object} = "));
        let makers = text.lines().enumerate().filter(|(_, it)| is_made(it));
        let makers: Vec<&str> = makers.map(|(at, _)| around(&text, at)).collect();
        let head = functions.first().and_then(|it| it.lines.first()).map_or("", |it| &it.1);
        let is_argument = || {
            functions.len() == 1 && head.starts_with("def ") && names(head).any(|it| it == object)
        };
        match object.strip_prefix("self.") {
            Some(_) => are_of_self(&functions) && makers == ["__init__"],
            None => is_argument() || self.is_global(object),
        }
    }

    /// Whether its file hands the object of this name to a process.
    pub(super) fn hands_on(&self, object: &str) -> bool {
        let is_meant = |line: &str| {
            ["Process(", "args"].iter().any(|it| line.contains(it))
                && names(line).any(|it| it == object)
        };
        self.has_line(is_meant) == Some(true)
    }

    /// Whether it gets in a loop that only a value can end.
    pub(super) fn gets_until_a_value(&self) -> bool {
        let is_loop = |head: &&str| match head.strip_prefix("while ") {
            Some(until) => until.starts_with("True") || until.starts_with("1:") || gets(until),
            None => head.starts_with("for ") && head.contains("iter(") && head.contains(".get"),
        };
        fn gets(text: &str) -> bool {
            text.contains(".get(")
        }
        self.functions().iter().any(|it| it.heads().iter().any(is_loop))
    }

    /// The locks that its functions have taken, by their text.
    pub(super) fn taken(&self) -> Vec<String> {
        let functions = self.functions();
        let mut taken: Vec<String> = functions.iter().flat_map(Function::taken).collect();
        // Of `with a, a`, the first one is taken before the second.
        let last = functions.first().and_then(|it| it.heads().first().copied());
        let items: Vec<&str> = last.map(items).into_iter().flatten().collect();
        taken.extend(items.split_last().into_iter().flat_map(|it| it.1).map(|it| it.to_string()));
        taken
    }

    /// Whether it has taken this lock before it waits for it. That two functions call a lock the same
    /// doesn't prove that it is one: it is if the name is global, or if it is an attribute of `self`
    /// and each of them has called the next one as a method of `self`.
    pub(super) fn has_taken(&self, lock: &str) -> bool {
        let functions = self.functions();
        let Some(innermost) = functions.first().filter(|_| functions.len() == self.own().count())
        else {
            return false;
        };
        let with = innermost.heads().first().map(|it| items(it).collect::<Vec<_>>());
        let with = with.filter(|it| it.iter().filter(|it| **it == lock).count() > 1);
        let is_of_self = |at| lock.starts_with("self.") && are_of_self(&functions[..=at]);
        let is_same = |(at, it): (usize, &Function)| {
            it.taken().iter().any(|it| it == lock)
                && (at == 0 || is_of_self(at) || it.file == innermost.file && self.is_global(lock))
        };
        with.is_some() || functions.iter().enumerate().any(is_same)
    }

    /// The lock that it waits for, by its text: the last one of a `with`.
    pub(super) fn wanted(&self) -> Option<String> {
        let call = self.call();
        let with = call.strip_prefix('`').and_then(|it| it.strip_suffix('`'));
        match with {
            Some(with) => items(with).last().map(Into::into),
            None => call.strip_suffix(".acquire()").map(Into::into),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_before_a_line_is_told_by_the_text_above_it() {
        for (text, taken) in [
            ("def f():\n    with a:\n        both()\n        with b:", vec!["a"]),
            ("def f():\n    with a:\n        pass\n    with b:", vec![]),
            ("a.acquire()\na.acquire()", vec!["a"]),
            ("a.acquire()\na.release()\na.acquire()", vec![]),
            ("a.acquire()\nif x:\n    a.release()\na.acquire()", vec![]),
            ("if x:\n    a.acquire()\na.acquire()", vec![]),
            ("a.acquire()\ndef f():\n    a.acquire()", vec![]),
            ("a.acquire()\ndef f(): a.acquire()", vec![]),
            ("a.acquire()\ndef f():\n    a.release()\na.acquire()", vec![]),
            ("with a, b as c:\n    x = 1 # with d:\n    f()", vec!["a", "b"]),
        ] {
            let line = text.lines().count() as u32;
            let frame = PythonFrame { line, ..PythonFrame::default() };
            let function = Function::of(text, &frame);
            assert_eq!(function.map(|it| it.taken()).unwrap_or_default(), taken, "{text}");
        }
    }

    #[test]
    fn a_name_is_global_if_it_is_bound_once_and_in_no_function() {
        for (text, is_it) in [
            ("lock = Lock()\ndef f():\n    with lock:", true),
            ("a, lock = Lock(), Lock()", true),
            ("lock = Lock()\ndef f(lock):", false),
            ("lock = Lock()\ndef f():\n    lock = g()", false),
            ("lock = Lock()\nfor a, lock in all:", false),
            ("lock = Lock()\nf(lambda lock: 1)", false),
            ("if x:\n    lock = Lock()", false),
            ("clock = 1", false),
        ] {
            assert_eq!(is_global(text, "lock"), is_it, "{text}");
        }
    }
}
