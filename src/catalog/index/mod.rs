//! An index of a catalog: by name which files matter, so that a small part of a large catalog can be
//! read instead of all of it.
//!
//! Each file has a [`Summary`]; an [`Index`] finds summaries by what they say, its [`Topic`]s. There
//! are four: [`Stored`] is a file that is read in place, [`Live`] is in memory and can be changed,
//! [`Layered`] is a `Live` laid over a `Stored`, [`Timeline`] knows when files said what. [`slice`] asks an index for all files that what is
//! asked about a few entities depends on; [`load`](super::load) reads those as if they were the
//! catalog. Begin with [`Indexed`], which finds, makes and keeps the index of a tree.

mod claims;
mod code;
mod layered;
mod live;
mod open;
mod slice;
mod stored;
mod summary;
mod timeline;

use std::sync::Arc;

pub use claims::{Claim, claims, persons};
pub use layered::Layered;
pub use live::Live;
pub use open::{Changes, Indexed, Laid, Listed, Scope};
pub use slice::{Files, Quiet, Seeds, slice};
pub use stored::Stored;
pub use summary::{Defined, Mention, Summary, summaries, summary};
pub use timeline::{Moment, Tick, Timeline};

pub use crate::cache::Damaged;
use crate::model::{Impact, Relation};

/// A file and what it contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// Its path, from the top of the tree on.
    pub path: String,
    /// What it contributes.
    pub summary: Summary,
}

/// By what summaries are found. The key of each is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Topic {
    /// The file of a path.
    Path,
    /// Defines this canonical reference.
    Defines,
    /// Says that an entity had this canonical reference before.
    Former,
    /// Refers to this canonical reference, by whatever field, or extends it.
    Mentions,
    /// Refers to it by a relation along which its trouble comes.
    Needs,
    /// Refers to it by a relation along which trouble goes there.
    Brings,
    /// Says that it is a member of it.
    Joins,
    /// Says that it is redundant with it.
    Redundant,
    /// Says that it has this member.
    HasMember,
    /// Has a glob whose first folders, up to the last before any wildcard, are these.
    Folder,
    /// Claims exactly this path, or puts its content in the place of a value.
    Claims,
    /// Defines a person of this account or address, in lower case.
    Account,
    /// Holds what every judgement of a change needs; its key is empty.
    Global,
    /// Says to be a unit of it, or that it has this unit.
    Unit,
    /// Defines something of this family; or, with a `>` before it, is a document whose rules others
    /// make and refers to something of it. There may be very many: [`Index::any`] tells one.
    Family,
}

impl Topic {
    /// The topic that a relation has beside [`Topic::Mentions`].
    pub(crate) fn of(relation: &Relation) -> Option<Self> {
        Some(match (relation.impact, relation.name) {
            (Impact::TargetToSource | Impact::Degrades, _) => Self::Needs,
            (Impact::SourceToTarget, _) => Self::Brings,
            (Impact::BelowQuorum, _) => Self::Joins,
            (Impact::IfAllFail, _) => Self::Redundant,
            (Impact::None, "hasMember") => Self::HasMember,
            (Impact::None, "childOf" | "parentOf") => Self::Unit,
            (Impact::None, _) => return None,
        })
    }
}

/// Summaries by what they say.
pub trait Index {
    /// The files that say something under a key, by path. A few that do not may be among them, never
    /// one missing: whoever must know looks at the summary.
    ///
    /// # Errors
    ///
    /// What is kept of the index is damaged.
    fn find(&self, topic: Topic, key: &str) -> Result<Vec<Arc<Filed>>, Damaged>;

    /// The first of the files that say something under a key for which `is` holds.
    ///
    /// # Errors
    ///
    /// As [`Index::find`].
    fn any(
        &self,
        topic: Topic,
        key: &str,
        is: &dyn Fn(&Filed) -> bool,
    ) -> Result<Option<Arc<Filed>>, Damaged> {
        Ok(self.find(topic, key)?.into_iter().find(|filed| is(filed)))
    }

    /// The files with change requests that end at an instant (seconds since 1970) or later, by path.
    ///
    /// # Errors
    ///
    /// As [`Index::find`].
    fn requests(&self, from: i64) -> Result<Vec<Arc<Filed>>, Damaged>;

    /// Shows every file, by path.
    ///
    /// # Errors
    ///
    /// As [`Index::find`].
    fn each(&self, visit: &mut dyn FnMut(&Filed)) -> Result<(), Damaged>;
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
