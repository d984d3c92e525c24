//! Expressions over the entities of a catalog: the environment that `query` and policies share.
//!
//! A [`World`] is a catalog with its relations; [`World::entity`] is one of its entities as a CEL
//! value, which reads its fields from its document and walks the graph when a method asks.

mod change;
mod entity;
mod methods;
mod names;
mod page;
mod policy;
mod selector;
mod world;

pub use change::{change_shape, misnamed};
pub use methods::METHODS;
pub use names::{narrowed, shape_of, vocabulary};
pub use page::{EXAMPLES, page};
pub use policy::{Judge, Judgement, PolicyFault};
pub use selector::{Matcher, SelectorError, UnknownName, unknown_names};
pub use world::World;
