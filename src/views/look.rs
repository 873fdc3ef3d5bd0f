//! What a view may use, decided once by whoever knows the terminal.

use crate::locale::Language;

/// What a stream can show, and in which language.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether to use colours and other styles.
    pub colour: bool,
    /// How many columns a line may have.
    pub width: usize,
    /// Whether characters beyond ASCII can be shown.
    pub unicode: bool,
    /// The language of what is not the article's.
    pub language: Language,
}
