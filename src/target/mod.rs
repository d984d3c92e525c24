//! The systems that a catalog is applied to: one driver each.
//!
//! Floor 6. A [`Driver`] says what is there and carries out one act. Which acts, in which order, how
//! many at a time, how often again and who may: all of that is decided above it, once for all.

mod credential;
mod fault;
pub mod files;
mod folder;
pub mod http;
pub mod prometheus;
mod secret;
pub mod web;

use serde_json::Value;

use crate::catalog::EntityId;
use crate::catalog::query::World;
use crate::model::gitsm::target as model;
use crate::plan::{Fields, Mark, Object, ObjectId, Observed};

pub use credential::{Around, fetch};
pub use fault::{Fault, FaultKind, LONGEST};
pub use folder::{is_inventory, misnamed};
pub use secret::{HIDDEN, Secret, Secrets};

/// A system that can be looked at and changed. All of it may be called from several threads at once.
pub trait Driver: Send + Sync {
    /// What can be relied on.
    fn traits(&self) -> Traits;

    /// Every object of the kinds that the target's mapping names, also those that gitsm did not make.
    ///
    /// # Errors
    ///
    /// It cannot be asked, or its answer cannot be understood: never a part of the answer.
    fn observe(&self) -> Result<Vec<Observed>, Fault>;

    /// One object, as it is now.
    ///
    /// # Errors
    ///
    /// As [`Driver::observe`].
    fn look(&self, id: &ObjectId, handle: Option<&str>) -> Result<Option<Observed>, Fault>;

    /// Does one thing, once. It never tries again by itself.
    ///
    /// # Errors
    ///
    /// It was not done, refused, or nobody knows.
    fn carry_out(&self, act: &Act<'_>) -> Result<(), Fault>;

    /// After the last act: makes it count where that takes a step of its own (a reload), and makes sure
    /// that it does.
    ///
    /// # Errors
    ///
    /// What was written does not count yet, and why.
    fn settle(&self) -> Result<(), Fault>;

    /// What is written there and does not count yet, in one phrase; nothing if all of it does, or if the
    /// target does not tell. It reaches every server that [`Driver::settle`] speaks to, and changes
    /// nothing there.
    ///
    /// # Errors
    ///
    /// It cannot be asked, so nobody knows.
    fn unsettled(&self) -> Result<Option<String>, Fault> {
        Ok(None)
    }
}

/// What a driver can be relied on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// Whether no two objects can have one name there. Without it a creation of which nobody knows
    /// whether it happened is never repeated.
    pub has_names: bool,
    /// Whether an object can get another name. Without it a renamed one keeps the name that it has
    /// there.
    pub can_rename: bool,
    /// Whether [`Driver::observe`] also tells of what gitsm did not make. Without it, each object that
    /// is to be made is looked for by its name first.
    pub sees_all: bool,
    /// Whether what is written there counts only after [`Driver::settle`]: then that is owed until it
    /// succeeded, also by a later run that finds nothing else to do. Doing it once more is harmless.
    pub settles: bool,
    /// How many acts it can take at a time.
    pub at_once: usize,
}

/// One thing to do.
#[derive(Debug, Clone, Copy)]
pub enum Act<'a> {
    /// Make an object that is not there.
    Create {
        /// The object.
        object: &'a Object,
        /// What to leave at it.
        mark: &'a Mark,
    },
    /// Change an object that is there.
    Update {
        /// As it was seen.
        observed: &'a Observed,
        /// As it should be.
        object: &'a Object,
        /// The fields to set. A field that is `null` here and not in the object was set before and is
        /// not any more.
        fields: &'a Fields,
        /// What to leave at it.
        mark: &'a Mark,
    },
    /// Take an object away, of which only the mark may be left.
    Delete {
        /// As it was seen.
        observed: &'a Observed,
    },
}

/// What makes the objects of a target of the entities that its selector takes, where a driver does that
/// itself. All others are made by the templates of the target's mapping.
pub type Maker = fn(&World<'_>, &[EntityId], &Fields) -> Result<Vec<Object>, Vec<Unmade>>;

/// An entity of which no object can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade {
    /// The entity, as a canonical reference.
    pub entity: String,
    /// The field of its document that stands in the way, as a JSON Pointer.
    pub pointer: String,
    /// What is wrong and what to do, in one phrase.
    pub message: String,
}

/// A row of the table of drivers.
pub struct Row {
    /// Which one.
    pub driver: model::Driver,
    /// What it speaks to, in a phrase.
    pub summary: &'static str,
    /// Opens a target. It looks at nothing there yet.
    pub open: fn(&Connection) -> Result<Box<dyn Driver>, Fault>,
    /// What makes its objects, if it does that itself.
    pub maker: Option<Maker>,
}

/// All drivers.
pub static DRIVERS: &[Row] = &[
    Row {
        driver: model::Driver::Files,
        summary: "a folder that templates fill",
        open: files::open,
        maker: None,
    },
    Row {
        driver: model::Driver::Prometheus,
        summary: "Prometheus and Alertmanager, by files that they load",
        open: prometheus::open,
        maker: Some(prometheus::make),
    },
    Row {
        driver: model::Driver::Http,
        summary: "any REST API, described by the target's settings",
        open: http::open,
        maker: None,
    },
];

/// The row of a driver.
pub fn row(driver: model::Driver) -> Option<&'static Row> {
    DRIVERS.iter().find(|row| row.driver == driver)
}

/// With what a driver is opened.
#[derive(Debug)]
pub struct Connection {
    /// The target as marks name it.
    pub target: String,
    /// What the target's settings say, those of the operator before those of the catalog.
    pub settings: Fields,
    /// Its secrets, by what the driver calls them.
    pub secrets: Secrets,
    /// The kinds of objects of its mapping.
    pub kinds: Vec<String>,
    /// The folder that paths on the operator's machine are relative to.
    pub folder: std::path::PathBuf,
    /// How long one answer may take.
    pub timeout: std::time::Duration,
}

impl Connection {
    /// A path on the operator's machine, from where gitsm is called.
    pub fn path(&self, name: &str) -> Option<std::path::PathBuf> {
        self.text(name).map(|path| self.folder.join(path))
    }

    /// A setting that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str)
    }
}
