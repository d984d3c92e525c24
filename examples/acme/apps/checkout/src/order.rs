//! An order: a basket, an address and a payment that was authorised.

/// What an order goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Placed,
    Authorised,
    Captured,
    Refused,
}

/// The state after Northpay answered, or did not.
pub fn after(answer: Option<bool>, deferred: bool) -> State {
    match answer {
        Some(true) => State::Authorised,
        Some(false) => State::Refused,
        None if deferred => State::Placed,
        None => State::Refused,
    }
}
