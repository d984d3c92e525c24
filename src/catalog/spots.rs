//! Places that name an entity, as values: what `refs` shows, and what a rename looks at.

use crate::source::Place;

/// Every place that names an entity.
#[derive(Debug)]
pub struct Refs {
    /// Its canonical reference.
    pub entity: String,
    /// Its kind.
    pub kind: &'static str,
    /// The canonical reference that was asked for, if it is a former one.
    pub formerly: Option<String>,
    /// The places, by file and line.
    pub spots: Vec<Spot>,
}

/// A place that names an entity.
#[derive(Debug)]
pub struct Spot {
    /// Where.
    pub place: Place,
    /// The text that names it.
    pub written: String,
    /// The line that it stands in, without secrets.
    pub line: String,
    /// What it says there.
    pub says: Says,
}

/// What a place says of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Here it is defined.
    Definition,
    /// This document adds fields to it.
    Extension,
    /// It had this name before.
    Former,
    /// Another entity refers to it.
    Reference {
        /// The field, dotted.
        field: String,
        /// The relation that it makes.
        relation: &'static str,
        /// The canonical reference of the other entity.
        of: String,
        /// Whether it uses a name that the entity no longer has.
        old: bool,
    },
    /// A text speaks of it.
    Mention {
        /// The field, dotted, if it is one and not a comment or a page.
        field: Option<String>,
        /// The canonical reference of the entity whose document it is.
        of: Option<String>,
    },
}

impl Refs {
    /// The places that say something.
    pub fn those(&self, says: impl Fn(&Says) -> bool) -> impl Iterator<Item = &Spot> {
        self.spots.iter().filter(move |spot| says(&spot.says))
    }

    /// The former names as they are written, each once.
    pub fn former(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.those(|says| *says == Says::Former).map(|spot| spot.written.as_str()).collect();
        names.dedup();
        names
    }

    /// The canonical references of the entities that refer to it, each once, sorted.
    pub fn users(&self) -> Vec<String> {
        let of = |spot: &'_ Spot| match &spot.says {
            Says::Reference { of, .. } => Some(of.clone()),
            _ => None,
        };
        let mut users: Vec<String> = self.spots.iter().filter_map(of).collect();
        users.sort_unstable();
        users.dedup();
        users
    }
}

impl Spot {
    /// What places are sorted by: the file, and where in it.
    pub fn key(&self) -> (&str, u32) {
        (&self.place.file.path, self.place.span.start)
    }
}

impl Says {
    /// Whether only free text says it.
    pub fn is_mention(&self) -> bool {
        matches!(self, Self::Mention { .. })
    }
}
