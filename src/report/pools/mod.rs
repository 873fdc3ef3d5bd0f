//! What pools of workers took, from few workers to many, and what follows from it.

mod table;
#[cfg(test)]
mod tests;
mod verdicts;

pub use table::{Kind, PoolFigures, Table, With};
pub use verdicts::compare;
