//! What is to be done so that a target holds what a catalog says: values in, values out.
//!
//! Floor 4. It knows no system: a driver says what is there ([`Observed`]), a mapping what should be
//! ([`Object`]), and this says what to do.

mod mark;
mod object;

pub use mark::{Mark, digest};
pub use object::{Fields, Object, ObjectId, Observed, same};
