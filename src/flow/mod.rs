//! Use cases: each composes the floors below into what one command, or one request, does.
//!
//! Floor 8. Nothing here parses arguments or prints.

pub mod ask;
mod clock;
pub mod explain;
pub mod fix;
pub mod fmt;
pub mod init;
mod objection;
mod passes;
#[cfg(test)]
mod passes_tests;
pub mod schemas;
pub mod validate;
mod workspace;

pub use workspace::{Place, Settings, Workspace, WorkspaceError};
