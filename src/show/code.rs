//! Programs with their comments, strings and keywords highlighted.

use std::ops::Range;

use logos::Logos;

use super::ink::Ink;

pub(crate) fn python(source: &str, colour: bool) -> String {
    painted(python_pieces(source), colour)
}

pub(crate) fn rust(source: &str, colour: bool) -> String {
    painted(rust_pieces(source), colour)
}

/// A token of a Python program: only its ink matters.
#[derive(Logos)]
enum PythonToken {
    #[regex("#[^\n]*", |_| Ink::Comment, allow_greedy = true)]
    #[regex(r#"[bBfFrRuU]{0,2}"([^"\\\n]|\\[\s\S])*""#, |_| Ink::Literal)]
    #[regex(r#"[bBfFrRuU]{0,2}'([^'\\\n]|\\[\s\S])*'"#, |_| Ink::Literal)]
    #[regex(r#"[bBfFrRuU]{0,2}"""("{0,2}([^"\\]|\\[\s\S]))*""""#, |_| Ink::Literal)]
    #[regex(r#"[bBfFrRuU]{0,2}'''('{0,2}([^'\\]|\\[\s\S]))*'''"#, |_| Ink::Literal)]
    #[regex(r"[0-9][0-9a-zA-Z_]*(\.[0-9][0-9a-zA-Z_]*)?", |_| Ink::Number)]
    #[regex(
        "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|\
         global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|\
         False|None|True",
        |_| Ink::Keyword,
        priority = 100
    )]
    #[regex(r"[a-zA-Z_\u{80}-\u{10ffff}][0-9a-zA-Z_\u{80}-\u{10ffff}]*", |_| Ink::Plain)]
    Inked(Ink),
}

#[derive(Logos)]
enum RustToken {
    #[regex("//[^\n]*", |_| Ink::Comment, allow_greedy = true)]
    #[regex(r"/\*([^*]|\*+[^*/])*\*+/", |_| Ink::Comment)]
    #[regex(r#"[bc]?"([^"\\]|\\[\s\S])*""#, |_| Ink::Literal)]
    #[regex(r##"[bc]?r"[^"]*""##, |_| Ink::Literal)]
    #[regex(r###"[bc]?r#"([^"]|"+[^"#])*"+#"###, |_| Ink::Literal)]
    #[regex(
        r"b?'([^'\\\n]|\\[^u\n]|\\x[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F_]*\})'",
        |_| Ink::Literal
    )]
    #[regex(r"[0-9][0-9a-zA-Z_]*(\.[0-9][0-9a-zA-Z_]*)?", |_| Ink::Number)]
    #[regex(
        "as|async|await|break|const|continue|crate|dyn|else|enum|extern|false|fn|for|if|impl|in|\
         let|loop|match|mod|move|mut|pub|ref|return|self|Self|static|struct|super|trait|true|type|\
         unsafe|use|where|while",
        |_| Ink::Keyword,
        priority = 100
    )]
    #[regex(r"'?[a-zA-Z_\u{80}-\u{10ffff}][0-9a-zA-Z_\u{80}-\u{10ffff}]*", |_| Ink::Plain)]
    Inked(Ink),
}

/// The keywords that declare a name, which stands behind them.
const DECLARING: [&str; 9] =
    ["class", "def", "const", "enum", "fn", "static", "struct", "trait", "type"];

/// Pieces of a program, each with its ink: together the whole program.
pub(crate) type Pieces<'s> = Vec<(&'s str, Ink)>;

pub(crate) fn python_pieces(source: &str) -> Pieces<'_> {
    let tokens = PythonToken::lexer(source).spanned();
    pieces(source, tokens.map(|(token, range)| (token.map(|PythonToken::Inked(ink)| ink), range)))
}

pub(crate) fn rust_pieces(source: &str) -> Pieces<'_> {
    let tokens = RustToken::lexer(source).spanned();
    pieces(source, tokens.map(|(token, range)| (token.map(|RustToken::Inked(ink)| ink), range)))
}

/// Spaces and signs are no tokens: they are the text between the tokens' ranges.
fn pieces(
    source: &str,
    tokens: impl Iterator<Item = (Result<Ink, ()>, Range<usize>)>,
) -> Pieces<'_> {
    let mut pieces = Vec::new();
    let mut end = 0;
    let mut declares = false;
    for (ink, range) in tokens {
        let Ok(ink) = ink else { continue };
        pieces.push((&source[end..range.start], Ink::Plain));
        end = range.end;
        let token = &source[range];
        let is_name = declares && ink == Ink::Plain;
        pieces.push((token, if is_name { Ink::Name } else { ink }));
        declares = ink == Ink::Keyword && DECLARING.contains(&token);
    }
    pieces.push((&source[end..], Ink::Plain));
    pieces
}

/// Paints each line separately, because a pager forgets a style at the end of a line.
fn painted(pieces: Pieces, colour: bool) -> String {
    let painted = pieces.into_iter().map(|(text, ink)| {
        let lines = text.split('\n').map(|line| ink.paint(line, colour));
        lines.collect::<Vec<_>>().join("\n")
    });
    painted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<'s>(pieces: &[(&'s str, Ink)], wanted: Ink) -> Vec<&'s str> {
        let wanted = pieces.iter().filter(|(_, ink)| *ink == wanted);
        wanted.map(|(text, _)| *text).collect()
    }

    #[test]
    fn python_is_told_apart() {
        let source = "def f(x): # it's \"\"\"\n  \"\"\"a \"quoted\" # text\n\"\"\" + f'{x}\\'' + \
            '' + r\"\\\"#\"\nif x == 1e6: in_line = 0x1F\n";
        let pieces = python_pieces(source);
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
        let pieces = rust_pieces(source);
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
