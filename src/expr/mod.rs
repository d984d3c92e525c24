//! CEL, the Common Expression Language (<https://cel.dev>), made safe for expressions that strangers
//! write and pleasant for values that leave things out.
//!
//! Floor 1: nothing here knows what a catalog is. A [`Vocabulary`] names the variables with their
//! [`Shape`]s and the functions; [`Program::compile`] checks an expression against it, so that a
//! field that nothing has is an error at its place before anything is evaluated; and evaluation is
//! bounded in steps, depth and size.
//!
//! # What is absent
//!
//! A field that the shape knows and a document leaves out is `null`, an empty list or an empty
//! mapping, and so is what lies below it. Comparing it (`<`, `>=`) is false, calculating with it
//! gives `null`. So `entity.spec.continuity.rto` needs no guard, and `has()` still tells the
//! difference. That is where this differs from CEL elsewhere, which fails on missing fields.

mod absent;
mod calls;
mod check;
mod doc;
mod functions;
mod meter;
mod program;
mod shape;
mod texts;

pub use doc::{json_of, value_of};
pub use functions::{FUNCTIONS, FunctionRow};
pub use meter::charge;
pub use program::{ExprError, Outcome, Program, Variables};
pub use shape::{MethodRow, Shape, Vocabulary};

/// The longest expression, in bytes.
pub const LONGEST: usize = 4096;
