//! The standard streams, by their names in the log.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// A stream of a program of the user's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Stream {
    Stdin,
    Stdout,
    Stderr,
}
