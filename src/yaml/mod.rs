//! YAML 1.2 documents with the place of every value.
//!
//! Floor 1. [`parse`] reads a [`Source`](crate::source::Source) once, event by event, into an
//! [`Arena`]; [`Node`] walks it, [`Pointer`] names a place in it. JSON Schema ([`schema`]) and
//! serde ([`de`]) read the arena as it is. What is wrong with a text is a [`Problem`], never an
//! `Err`: the rules turn problems into findings. [`splice`] makes an [`Edit`] of a text, and
//! [`Parsed`] says whether it changes what it replaces and nothing else. [`format`](format::format)
//! writes a text as it should look.

mod arena;
mod builder;
mod comment;
pub mod de;
mod edit;
pub mod emit;
mod fields;
pub mod format;
mod meaning;
mod parse;
mod plain;
#[cfg(test)]
mod plain_tests;
mod pointer;
mod scalar;
pub mod schema;
mod within;

pub use arena::{Arena, Node, NodeId, NodeKind};
pub use comment::{Comment, comments_with};
pub use edit::{Edit, moved, splice};
pub use fields::{Field, add_fields, add_first, push_item, remove_field, remove_item, requoted};
pub use meaning::{Misfit, Parsed, Target};
pub use parse::{Limits, Problem, ProblemKind, Stream, parse};
pub use pointer::{ITEM_NAMES, Pointer};
pub use scalar::Scalar;
pub use within::{follow, within};
