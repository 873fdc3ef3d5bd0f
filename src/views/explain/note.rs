//! What a note is, and its facts, each in the form that a language has for it.

use std::fmt::{self, Debug, Display, Formatter};
use std::ops::Deref;

use serde_json::Value;

use crate::events::{Call, Status, repr};
pub(crate) use crate::words::figures::count;
use crate::words::figures::micros;
use crate::words::plain::is_obeyed;

/// How many names or values are listed before the rest is only counted.
const LISTED: usize = 5;

const CLIPPED: usize = 40;

/// A no-break space. On the screen it is a plain space.
pub const NO_BREAK: char = '\u{a0}';

/// Where names that are no Chinese begin and end: a space, unless something stands there that has
/// room of its own. Nothing in a note can be this character, since [`clipped`] leaves it out.
pub const GAP: char = '\u{1}';

/// One thing to tell about a run: one or two sentences, with the facts of this run in them.
pub trait Note: Debug + 'static {
    fn en(&self) -> String;
    /// The text in Chinese; roles, calls, options and signals keep their names.
    fn zh(&self) -> String;
    /// Whether the note says something new about this run, and not only what holds in every run.
    fn is_brief(&self) -> bool;
}

/// Declares notes, each with its facts, samples of it, and its text in both languages.
///
/// A text is a format string; or two of them, the second one for what happens `again`; or a block
/// that makes a string where it has more forms. It has the facts by their names; `{who}` is a
/// process in the form of the language, `{who:#}` that at the start of a sentence.
///
/// `brief` stands before a note that says something new about this run, for `--explain=brief`.
///
/// A sample lists the facts in their order. There is one for each form of a text: with them the
/// note's test, which has the note's name, compares the languages. It is declared here so that no
/// note can go without.
macro_rules! notes {
    () => {};
    (
        brief $name:ident $facts:tt samples $(($($sample:expr),*))+ en $en:tt zh $zh:tt
        $($rest:tt)*
    ) => {
        $crate::views::explain::note::note! {
            true, $name $facts samples $(($($sample),*))+ en $en zh $zh
        }
        $crate::views::explain::note::notes!($($rest)*);
    };
    ($name:ident $facts:tt samples $(($($sample:expr),*))+ en $en:tt zh $zh:tt $($rest:tt)*) => {
        $crate::views::explain::note::note! {
            false, $name $facts samples $(($($sample),*))+ en $en zh $zh
        }
        $crate::views::explain::note::notes!($($rest)*);
    };
}
pub(crate) use notes;

macro_rules! note {
    (
        $is_brief:literal, $name:ident { $($fact:ident: $type:ty),* }
        samples $(($($sample:expr),*))+ en $en:tt zh $zh:tt
    ) => {
        #[derive(Debug)]
        struct $name {
            $($fact: $type),*
        }

        #[allow(unused_variables)]
        impl $crate::views::explain::note::Note for $name {
            fn en(&self) -> String {
                let Self { $($fact),* } = self;
                $(let $fact = $crate::views::explain::note::En($fact);)*
                $crate::views::explain::note::english(&$crate::views::explain::note::text!($en))
            }

            fn zh(&self) -> String {
                let Self { $($fact),* } = self;
                $(let $fact = $crate::views::explain::note::Zh($fact);)*
                $crate::views::explain::note::chinese(&$crate::views::explain::note::text!($zh))
            }

            fn is_brief(&self) -> bool {
                $is_brief
            }
        }

        #[cfg(test)]
        #[test]
        #[allow(non_snake_case, unused_imports)]
        fn $name() {
            use $crate::views::explain::tests::*;
            let sample = |$($fact: $type),*| $name { $($fact),* };
            check(&[$(sample($($sample),*)),+]);
        }
    };
}
pub(crate) use note;

/// A text of a note, as [`notes`] has it.
macro_rules! text {
    ($text:literal) => {
        format!($text)
    };
    ({ $first:literal $again:ident $next:literal }) => {
        match *$again {
            false => format!($first),
            true => format!($next),
        }
    };
    ($text:block) => {
        $text
    };
}
pub(crate) use text;

/// The finished text of a note: a sentence that begins with the parent has a capital letter.
pub fn english(text: &str) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text.to_owned(),
    }
}

/// The finished text of a note: a space between Chinese and names, where nothing else stands there.
pub fn chinese(text: &str) -> String {
    let has_room = |character: char| " ，。：；、（）“".contains(character);
    let mut finished = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let needs_space = || !finished.is_empty() && !finished.ends_with(has_room);
        match character == GAP {
            true if needs_space() && rest.peek().is_some_and(|next| !has_room(*next)) => {
                finished.push(' ');
            }
            true => {}
            false => finished.push(character),
        }
    }
    finished
}

/// A fact as each language has it.
pub trait Word {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result;
    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result;
}

pub struct En<'a, T>(pub &'a T);

pub struct Zh<'a, T>(pub &'a T);

macro_rules! displays {
    ($Language:ident, $method:ident) => {
        impl<T: Word> Display for $Language<'_, T> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.0.$method(f)
            }
        }

        impl<T> Deref for $Language<'_, T> {
            type Target = T;

            fn deref(&self) -> &T {
                self.0
            }
        }
    };
}
displays!(En, en);
displays!(Zh, zh);

/// A fact that looks the same in both languages.
impl<T: Display> Word for T {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Word for Call {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}()", self.name())
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{GAP}{}(){GAP}", self.name())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub role: String,
    pub pid: u32,
    /// Whether this is the run's first process, for which each language has a word.
    pub is_parent: bool,
}

impl Word for Actor {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.is_parent, f.alternate()) {
            (true, true) => write!(f, "The parent"),
            (true, false) => write!(f, "the parent"),
            (false, _) => write!(f, "{} (PID{NO_BREAK}{})", self.role, self.pid),
        }
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.is_parent {
            true => write!(f, "父进程"),
            false => write!(f, "{GAP}{}（PID{NO_BREAK}{}）", self.role, self.pid),
        }
    }
}

/// The first few of many, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    shown: Vec<String>,
    more: usize,
}

impl<S: Into<String>> FromIterator<S> for List {
    fn from_iter<I: IntoIterator<Item = S>>(all: I) -> List {
        let mut all = all.into_iter();
        let shown = all.by_ref().take(LISTED).map(Into::into).collect();
        let more = all.count();
        List { shown, more }
    }
}

impl List {
    pub fn len(&self) -> usize {
        self.shown.len() + self.more
    }

    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

impl Word for List {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.more, self.shown.split_last()) {
            (0, Some((last, others))) if !others.is_empty() => {
                write!(f, "{} and {last}", others.join(", "))
            }
            (0, _) => write!(f, "{}", self.shown.join(", ")),
            (more, _) => write!(f, "{} and {more} more", self.shown.join(", ")),
        }
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names = self.shown.join("、");
        match self.more {
            0 => write!(f, "{GAP}{names}{GAP}"),
            more => write!(f, "{GAP}{names} 和另外 {more} 个"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Seconds(pub f64);

impl Seconds {
    /// From one time to a later one; nothing where a log has them in the wrong order.
    pub fn between(earlier: f64, later: f64) -> Seconds {
        Seconds((later - earlier).max(0.0))
    }

    /// The number in a suitable unit, and the unit's place among seconds, milliseconds and
    /// microseconds. The log's times have whole microseconds.
    fn in_unit(self) -> (String, usize) {
        let Seconds(seconds) = self;
        let milliseconds = seconds * 1e3;
        match milliseconds {
            _ if seconds >= 1e9 => (format!("{seconds:.2e}"), 0),
            _ if seconds >= 1.0 => (format!("{seconds:.2}"), 0),
            100.0.. => (format!("{milliseconds:.0}"), 1),
            10.0.. => (format!("{milliseconds:.1}"), 1),
            0.1.. => (format!("{milliseconds:.2}"), 1),
            _ => (format!("{:.0}", seconds * 1e6), 2),
        }
    }
}

impl Word for Seconds {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (number, unit) = self.in_unit();
        write!(f, "{number}{NO_BREAK}{}", ["s", "ms", micros()][unit])
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (number, unit) = self.in_unit();
        write!(f, "{number}{NO_BREAK}{}", ["秒", "毫秒", "微秒"][unit])
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignalName(pub i32);

impl SignalName {
    pub fn number(self) -> i32 {
        self.0
    }

    /// The signal's POSIX name, if it has one.
    fn name(self) -> Option<String> {
        let name = Status::Signal(self.0).signal_name();
        name.starts_with("SIG").then_some(name)
    }
}

impl Word for SignalName {
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "signal {}", self.0),
        }
    }

    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{GAP}{name}（{}）", self.0),
            None => write!(f, "信号 {}{GAP}", self.0),
        }
    }
}

pub fn was(many: usize) -> &'static str {
    match many {
        1 => "was",
        _ => "were",
    }
}

/// The Chinese pronoun for one process or for several.
pub fn them_in_chinese(many: usize) -> &'static str {
    match many {
        1 => "它",
        _ => "它们",
    }
}

/// A value as Python shows it, if it is short; else its beginning.
pub fn shown(value: &Value) -> String {
    clipped(&repr(value), CLIPPED)
}

pub fn clipped(text: &str, length: usize) -> String {
    // A note leaves control characters out: anybody may have written the log.
    let mut rest = text.chars().filter(|character| !is_obeyed(*character));
    let mut beginning: String = rest.by_ref().take(length).collect();
    if rest.next().is_some() {
        beginning += "...";
    }
    beginning
}
