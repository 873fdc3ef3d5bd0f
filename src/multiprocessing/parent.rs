//! What the processes of one parent have in common.

use std::path::PathBuf;
use std::sync::Arc;

use super::children::Children;
use super::watch::Watch;
use crate::events::Log;

/// What a parent and each of its children's handles share.
pub(super) struct Parent {
    pub log: Log,
    pub children: Arc<Children>,
    /// This program's own file.
    pub program: PathBuf,
    /// Divides every pause.
    pub speed: f64,
}

impl Parent {
    pub fn watch(&self) -> Watch {
        Watch { children: Arc::clone(&self.children), log: self.log.clone() }
    }
}
