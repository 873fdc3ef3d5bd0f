//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    AsyncEvent:
    /// Who comes to the ticket office in this run.
    Customers {
        /// How long the office needs for each, after division by `--speed`, from customer 1 on.
        delays: Vec<f64>,
    } => Effect::Nothing, [];
    /// A customer is about to ask the office for a ticket.
    Request {
        /// The customer's number, from 1.
        customer: u16,
    } => Effect::Asks, ['▼' 'v' "asks" "请求", customer], Again;
    /// A customer has been handed a ticket.
    Served {
        /// The customer's number, from 1.
        customer: u16,
    } => Effect::IsAnswered, ['▲' '^' "is served" "拿到票", customer], Again;
}
