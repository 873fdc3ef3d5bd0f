//! The inks of texts and programs, and their colours on a terminal.

use owo_colors::{OwoColorize, Style, XtermColors};

/// The style of a piece of text or of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ink {
    Plain,
    Heading,
    /// Code in the text, or a command to type.
    Code,
    /// The name, the number and the address of a link.
    Link,
    // In a program:
    Comment,
    /// A string or a character.
    Literal,
    Number,
    Keyword,
    /// A name where it is declared.
    Name,
}

impl Ink {
    /// The text in this ink, or unchanged without colours.
    pub(crate) fn paint(self, text: &str, colour: bool) -> String {
        match self.style().filter(|_| colour && !text.is_empty()) {
            Some(style) => text.style(style).to_string(),
            None => text.to_owned(),
        }
    }

    /// Colours with fixed values, as those of the processes: they can be read on light and on dark
    /// terminals, unlike some of the 16 that each terminal chooses for itself.
    fn style(self) -> Option<Style> {
        let colour = |number| Style::new().color(XtermColors::from(number));
        match self {
            Ink::Plain => None,
            Ink::Heading => Some(Style::new().bold()),
            Ink::Code | Ink::Comment => Some(colour(30)),
            Ink::Link | Ink::Number => Some(colour(67)),
            Ink::Literal => Some(colour(28)),
            Ink::Keyword => Some(colour(133)),
            Ink::Name => Some(colour(63).bold()),
        }
    }
}
