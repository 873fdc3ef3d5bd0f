//! What the processes of one parent have in common.

use std::path::PathBuf;

use super::children::Children;
use crate::events::Log;
use std::sync::Arc;

/// What a parent and each of its children's handles share.
pub(super) struct Parent {
    pub log: Log,
    pub children: Arc<Children>,
    /// This program's own file.
    pub program: PathBuf,
    /// Divides every pause.
    pub speed: f64,
}
