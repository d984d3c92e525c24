//! Where a change stands, as a fold over what happened: nobody types it.
//!
//! [`TRANSITIONS`] says all there is to say of it, as data: from which state to which, and when, for
//! each way in which changes live. [`state`] walks that table over the ledger; [`page`] prints it.
//! `facts` finds which of the conditions hold.

mod facts;
mod fold;
mod landing;
mod next;
mod page;
mod table;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(in crate::change) use fold::straight;
pub use fold::{Told, Visited, state};
pub use landing::{Landing, landing};
pub use next::Next;
pub use page::page;
pub use table::{Life, State, TRANSITIONS, Transition, When};

use super::agreement::{Asked, Debt};

/// What is known of a change to say where it stands.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The change as it is now, or as it landed, and the ledger.
    pub asked: &'a Asked<'a>,
    /// What its band wants a person to say and nobody has said: `plan`, `test` …
    pub unsaid: &'a [&'a str],
    /// The targets to which it is applied, as canonical references.
    pub targets: &'a [String],
    /// Reviews that are owed by others and hold it up.
    pub blocked_by: &'a [&'a Debt],
    /// Whether it was only found: something runs otherwise than the catalog says.
    pub found: bool,
    /// Whether it landed as what takes another landing back, to the digit, which needs no agreement
    /// of its own.
    pub undoes: bool,
}
