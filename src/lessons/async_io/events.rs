//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    AsyncEvent:
    /// The customers of this run, each with a delay in seconds.
    Customers { delays: Vec<f64> } => Effect::Nothing, [];
    /// A customer is about to ask the office for a ticket.
    Request { customer: u16 } => Effect::Asks, ['▼' 'v' "asks" "请求", customer], Again;
    /// A customer has been handed a ticket.
    Served { customer: u16 } => Effect::IsAnswered, ['▲' '^' "is served" "拿到票", customer], Again;
}
