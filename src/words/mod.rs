//! Words for the user: the language, error messages, figures, and text with its control characters
//! escaped.

pub(crate) mod comments;
pub(crate) mod errors;
pub(crate) mod figures;
pub mod locale;
pub(crate) mod plain;
