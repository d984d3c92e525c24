//! What is to be done so that a target holds what a catalog says: values in, values out.
//!
//! Floor 4. It knows no system: a driver says what is there ([`Observed`]), a mapping what should be
//! ([`Object`]), [`compare`] what to do, [`order`] when, and [`refusals`] why not.

mod compare;
#[cfg(test)]
mod compare_tests;
pub mod document;
mod limits;
mod mark;
mod object;
mod order;
mod step;
mod there;

pub use compare::{Compared, Inputs, MISSING, Unknown, compare, observed_digest};
pub use limits::{Allowed, Refusal, Shares, refusals};
pub use mark::{Mark, digest};
pub use object::{Fields, Object, ObjectId, Observed, same};
pub use order::{Phases, order};
pub use step::{Action, Copied, Drift, DriftedField, FieldChange, Reason, Step};
