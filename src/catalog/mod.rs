//! The catalog of a tree: which documents are entities, and how they refer to each other.
//!
//! Floor 3. [`load`] reads a [`Tree`](crate::tree::Tree) file by file and in parallel, lets the
//! rules look at each text while it is in memory, and keeps only what an entity contributes to the
//! whole: its reference, its references to others, and their places. [`Graph`] adds the relations
//! in both directions.

mod classes;
pub mod drawing;
mod entity;
pub mod exemptions;
mod graph;
pub mod impact;
pub mod index;
mod intern;
mod labels;
mod load;
mod lookup;
mod naming;
pub mod prose;
pub mod query;
mod read;
mod reader;
mod recognise;
pub mod rota;
mod shelf;
mod sources;
mod spots;
mod uses;
mod view;
mod whole;

pub use classes::Classes;
pub use entity::{Catalog, CompactPlace, Entity, EntityId, Reference};
pub use graph::{Edge, Graph};
pub use intern::{Name, Names};
pub use labels::{LabelSelector, SelectorError};
pub(crate) use load::roots;
pub use load::{FileRecord, Outcome, load, load_with};
pub use lookup::{Found, LookupError, short};
pub use naming::Naming;
pub use read::FileFault;
pub use reader::{Reader, Reopened, ReopenedFile};
pub use recognise::{Recognition, is_catalog_info};
pub use shelf::Shelf;
pub use sources::{
    Claims, Gives, folders_above, from_top, glob_from_top, implied, placeholder, source_glob,
};
pub use spots::{Refs, Says, Spot};
pub use uses::Use;
pub use view::{DocumentView, FileView, FoundReference, Inspection, Subject, Suppression};
