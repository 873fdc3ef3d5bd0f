//! Programs with their comments, strings and keywords highlighted.
//!
//! This knows just enough of Python and of Rust to make them easier to read; whatever it doesn't
//! know is plain text.

use logos::Logos;
use unicode_width::UnicodeWidthStr;

use super::Line;
use super::ink::Ink;

/// The lines of a Python program.
pub fn python(source: &str, colour: bool) -> Vec<Line> {
    lines(source, tokens::<Python>(source), colour)
}

/// The lines of a Rust program.
pub fn rust(source: &str, colour: bool) -> Vec<Line> {
    lines(source, tokens::<Rust>(source), colour)
}

/// What a Python program is made of.
#[derive(Logos, Clone, Copy)]
enum Python {
    #[regex("#[^\n]*", allow_greedy = true)]
    Comment,
    #[regex(r#"[bBfFrRuU]{0,2}"([^"\\\n]|\\[\s\S])*""#)]
    #[regex(r#"[bBfFrRuU]{0,2}'([^'\\\n]|\\[\s\S])*'"#)]
    #[regex(r#"[bBfFrRuU]{0,2}"""("{0,2}([^"\\]|\\[\s\S]))*""""#)]
    #[regex(r#"[bBfFrRuU]{0,2}'''('{0,2}([^'\\]|\\[\s\S]))*'''"#)]
    Literal,
    #[regex(r"[0-9][0-9a-zA-Z_]*(\.[0-9][0-9a-zA-Z_]*)?")]
    Number,
    #[regex(
        "and|as|assert|async|await|break|continue|del|elif|else|except|finally|for|from|global|if|import|in|is|\
         lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|False|None|True",
        priority = 100
    )]
    Keyword,
    #[regex("class|def", priority = 100)]
    Declaring,
    #[regex(r"[a-zA-Z_\u{80}-\u{10ffff}][0-9a-zA-Z_\u{80}-\u{10ffff}]*")]
    Word,
}

/// What a Rust program is made of.
#[derive(Logos, Clone, Copy)]
enum Rust {
    #[regex("//[^\n]*", allow_greedy = true)]
    #[regex(r"/\*([^*]|\*+[^*/])*\*+/")]
    Comment,
    #[regex(r#"[bc]?"([^"\\]|\\[\s\S])*""#)]
    #[regex(r##"[bc]?r"[^"]*""##)]
    #[regex(r###"[bc]?r#"([^"]|"+[^"#])*"+#"###)]
    #[regex(r"b?'([^'\\\n]|\\[^u\n]|\\x[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F_]*\})'")]
    Literal,
    #[regex(r"[0-9][0-9a-zA-Z_]*(\.[0-9][0-9a-zA-Z_]*)?")]
    Number,
    #[regex(
        "as|async|await|break|continue|crate|dyn|else|extern|false|for|if|impl|in|let|loop|match|mod|move|mut|pub|\
         ref|return|self|Self|super|true|unsafe|use|where|while",
        priority = 100
    )]
    Keyword,
    #[regex("const|enum|fn|static|struct|trait|type", priority = 100)]
    Declaring,
    #[regex(r"'?[a-zA-Z_\u{80}-\u{10ffff}][0-9a-zA-Z_\u{80}-\u{10ffff}]*")]
    Word,
}

/// A kind of token, in either language.
enum Kind {
    Ink(Ink),
    /// A keyword; the word behind it is the name that it declares.
    Declaring,
    Word,
}

impl From<Python> for Kind {
    fn from(token: Python) -> Kind {
        match token {
            Python::Comment => Kind::Ink(Ink::Comment),
            Python::Literal => Kind::Ink(Ink::Literal),
            Python::Number => Kind::Ink(Ink::Number),
            Python::Keyword => Kind::Ink(Ink::Keyword),
            Python::Declaring => Kind::Declaring,
            Python::Word => Kind::Word,
        }
    }
}

impl From<Rust> for Kind {
    fn from(token: Rust) -> Kind {
        match token {
            Rust::Comment => Kind::Ink(Ink::Comment),
            Rust::Literal => Kind::Ink(Ink::Literal),
            Rust::Number => Kind::Ink(Ink::Number),
            Rust::Keyword => Kind::Ink(Ink::Keyword),
            Rust::Declaring => Kind::Declaring,
            Rust::Word => Kind::Word,
        }
    }
}

/// The source in pieces, each with its ink. Together they are the whole source.
fn tokens<'s, T>(source: &'s str) -> Vec<(&'s str, Ink)>
where
    T: Logos<'s, Source = str> + Into<Kind>,
    T::Extras: Default,
{
    let mut pieces = Vec::new();
    let mut end = 0;
    let mut declares = false;
    for (token, range) in T::lexer(source).spanned() {
        // Space and signs are no tokens: they are between the ranges, or errors.
        let Ok(token) = token else { continue };
        pieces.push((&source[end..range.start], Ink::Plain));
        end = range.end;
        let kind = token.into();
        let ink = match kind {
            Kind::Ink(ink) => ink,
            Kind::Declaring => Ink::Keyword,
            Kind::Word if declares => Ink::Name,
            Kind::Word => Ink::Plain,
        };
        declares = matches!(kind, Kind::Declaring);
        pieces.push((&source[range], ink));
    }
    pieces.push((&source[end..], Ink::Plain));
    pieces
}

/// Each line is painted separately, because a pager forgets its style at the end of a line.
fn lines(source: &str, pieces: Vec<(&str, Ink)>, colour: bool) -> Vec<Line> {
    let mut painted = vec![String::new()];
    for (text, ink) in pieces {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                painted.push(String::new());
            }
            if let Some(line) = painted.last_mut() {
                *line += &ink.paint(part, colour);
            }
        }
    }
    let width = |line: &str| line.width();
    let lines = painted.into_iter().zip(source.lines());
    let lines = lines.map(|(text, line)| (text, width(line)));
    lines.map(|(text, width)| Line { text, width }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::DEMOS;

    fn shown<'s>(pieces: &[(&'s str, Ink)], wanted: Ink) -> Vec<&'s str> {
        let wanted = pieces.iter().filter(|(_, ink)| *ink == wanted);
        wanted.map(|(text, _)| *text).collect()
    }

    #[test]
    fn nothing_of_a_program_is_lost() {
        for demo in DEMOS {
            for (source, pieces) in [
                (demo.python, tokens::<Python>(demo.python)),
                (demo.rust, tokens::<Rust>(demo.rust)),
            ] {
                let together: String = pieces.iter().map(|(text, _)| *text).collect();
                assert_eq!(together, source);
            }
        }
    }

    #[test]
    fn python_is_told_apart() {
        let source = "def f(x): # it's \"\"\"\n  \"\"\"a \"quoted\" # text\n\"\"\" + f'{x}\\'' + \
            '' + r\"\\\"#\"\nif x == 1e6: in_line = 0x1F\n";
        let pieces = tokens::<Python>(source);
        assert_eq!(shown(&pieces, Ink::Comment), ["# it's \"\"\""]);
        assert_eq!(
            shown(&pieces, Ink::Literal),
            ["\"\"\"a \"quoted\" # text\n\"\"\"", "f'{x}\\''", "''", "r\"\\\"#\""]
        );
        assert_eq!(shown(&pieces, Ink::Number), ["1e6", "0x1F"]);
        assert_eq!(shown(&pieces, Ink::Keyword), ["def", "if"]);
        assert_eq!(shown(&pieces, Ink::Name), ["f"]);
    }

    #[test]
    fn rust_is_told_apart() {
        let source = "fn f<'a>(x: &'a str) { /* a * \"b\" **/ g('\\'', 'x', b'\\n', '\\u{e9}', \
            r#\"a\"b\"#); // it's\n  for i in 0..10 { \"//\\\"\"; x.0 } }";
        let pieces = tokens::<Rust>(source);
        assert_eq!(shown(&pieces, Ink::Comment), ["/* a * \"b\" **/", "// it's"]);
        assert_eq!(
            shown(&pieces, Ink::Literal),
            ["'\\''", "'x'", "b'\\n'", "'\\u{e9}'", "r#\"a\"b\"#", "\"//\\\"\""]
        );
        assert_eq!(shown(&pieces, Ink::Number), ["0", "10", "0"]);
        assert_eq!(shown(&pieces, Ink::Keyword), ["fn", "for", "in"]);
        assert_eq!(shown(&pieces, Ink::Name), ["f"]);
    }
}
