//! Use cases: each composes the floors below into what one command, or one request, does.
//!
//! Floor 8. Nothing here parses arguments or prints.

pub mod apply;
pub mod ask;
pub mod backtest;
pub mod calendar;
pub mod change;
mod clock;
pub mod codeowners;
mod compared;
pub mod contributors;
pub mod demo;
pub mod diff;
pub mod doctor;
pub mod drift;
pub mod explain;
pub mod fix;
pub mod fmt;
pub mod gate;
pub mod get;
pub mod graph;
pub mod hook;
pub mod impact;
pub mod init;
pub mod judged;
mod judging;
mod landing;
pub mod ledger;
mod mentions;
pub mod newly;
mod objection;
mod passes;
#[cfg(test)]
mod passes_tests;
pub mod plan;
pub mod policy;
pub mod query;
mod records;
pub mod refs;
pub mod rename;
pub mod render;
pub mod revert;
pub mod schemas;
pub mod sides;
mod slices;
pub mod target;
pub mod underway;
pub mod validate;
mod vouching;
pub mod whoami;
pub mod workspace;

pub use workspace::{Notices, Place, Settings, Workspace, WorkspaceError};
