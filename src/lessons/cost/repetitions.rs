//! How often each row is done.

use super::table::Row;

/// How often a row is done in one turn, by us and by the limit below. So often that the clock and,
/// for the last three, the start of the child hardly count.
pub fn repetitions(row: Row) -> usize {
    match row {
        Row::Process => 60,
        Row::ProcessSpawn => 20,
        Row::Thread => 300,
        Row::Queue => 100_000,
        Row::RoundTrip => 3_000,
        Row::Mebibyte => 30,
        Row::Compute => 5,
    }
}
