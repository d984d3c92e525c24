//! What a change is: values in, values out, no clock and no Git.
//!
//! Floor 4. A [`ChangeSet`] says what differs between two catalogs, in the words of the catalog.
//! [`set`] holds its parts, [`assessment`] says what it means, [`schedule`] when it may happen.

pub mod agreement;
pub mod approvals;
pub mod assessment;
pub mod backtest;
mod between;
pub mod change_type;
pub mod class;
pub mod criticality;
mod digest;
pub mod draft;
pub mod facts;
mod fields;
pub mod governance;
mod ignores;
pub mod impact;
pub mod informed;
mod inverse;
mod items;
pub(crate) mod lengths;
pub mod people;
pub mod policies;
pub mod policy;
pub mod request;
pub mod request_digest;
pub mod requirement;
mod rewrite;
pub mod risk;
pub mod schedule;
pub mod set;
#[cfg(test)]
mod set_tests;
mod side;
pub mod state;
pub mod subjects;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod timing;
pub mod undo;
pub mod value;
pub mod verdict;
pub mod weigh;

use crate::catalog::{Catalog, Classes, Graph, Reader, Suppression};
use crate::config::Config;
use crate::tree::Tree;

pub use digest::Digest;
pub use inverse::{Obstacle, patch};
pub use rewrite::{Document, Removed, Restored, Stuck, rewrite};
pub use set::{
    Action, ChangeSet, Doubt, EntityChange, FieldEdit, FileChange, IgnoreChange, ItemEdit, Standing,
};
pub use value::{Located, Value};
pub use weigh::{Hindrance, Wanted, Weighed, Why, hindrances, value_of, weigh};

/// One side of a change: the base, or what it becomes when the change is merged.
///
/// Its catalog need not be whole: it holds what has to do with the change (what changes, what that
/// can affect, who answers for it) and all policies, models, calendars and exceptions.
pub struct Side<'a> {
    /// The files.
    pub tree: &'a dyn Tree,
    /// What `gitsm.yaml` says.
    pub config: &'a Config,
    /// The entities.
    pub catalog: &'a Catalog,
    /// Their relations.
    pub graph: &'a Graph,
    /// The classes of configuration items.
    pub classes: &'a Classes<'a>,
    /// Comments that silence findings, of the files that differ at least.
    pub suppressions: &'a [Suppression],
    /// Reads documents again.
    pub reader: &'a Reader<'a>,
}
