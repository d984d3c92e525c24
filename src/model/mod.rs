//! What the documents of a catalog mean: kinds, families, references and relations, as tables.
//!
//! Floor 2, pure data. [`KINDS`] is the table that schema, validation, graph, completion and
//! documentation read; a kind is one file below [`backstage`], [`openslo`] or [`gitsm`].

pub mod backstage;
mod class;
mod class_page;
mod example;
pub mod format;
pub mod gitsm;
mod kind;
mod metadata;
pub mod openslo;
mod order;
mod overview;
mod page;
mod practice;
mod prose;
mod reference;
mod relation;
mod schema;

pub use class::{StandardClass, standard_classes};
pub use class_page::class_page;
pub use example::example;
pub use format::{Format, Formatted, Position, VALUE_FORMATS};
pub use kind::{
    Accepts, Group, ITEMS, KINDS, Kind, ReferenceField, Variant, families_named, groups,
    kind_named, kind_words_near,
};
pub use metadata::{Link, Metadata};
pub use order::key_order;
pub use overview::overview;
pub use page::page;
pub use practice::{Column, FieldClass, LifeCycle, Practice, RECORD_FAMILIES};
pub use prose::prose;
pub use reference::{EntityRef, Malformed, parse_reference};
pub use relation::{Impact, RELATIONS, Relation, relation_named};
pub(crate) use schema::strict as strict_schema;
pub(crate) use schema::variant_schema;
pub use schema::{combined_schema, folder as schema_folder, kind_schema};
