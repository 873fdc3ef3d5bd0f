//! Words for the user: in which language, what went wrong, and text that no terminal obeys.

pub(crate) mod comments;
pub(crate) mod errors;
pub(crate) mod figures;
pub mod locale;
pub(crate) mod plain;
