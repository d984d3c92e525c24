//! gitsm: a Git repository as the system of record for IT services.
//!
//! The floors, from the ground up; each may use those above it in this list and none below:
//!
//! 0. [`finding`], [`source`]: one located statement
//! 1. [`yaml`], [`git`], [`tree`]: files and history; [`signature`]: who signed what
//! 2. [`model`]: kinds, relations, references, as tables
//! 3. [`catalog`], [`config`], [`cache`]: the catalog of a tree; [`ledger`]: what happened
//! 4. [`change`]: what a change is, and what it means
//! 5. [`rules`]: everything that is checked
//! 6. [`forge`]: what forges say
//! 7. [`output`]: findings to bytes; [`render`]: a site to bytes
//! 8. [`flow`]: use cases
//! 9. [`cli`]: parse, call, print
//!
//! Begin with [`flow::validate`] and follow it down.

pub mod cache;
pub mod catalog;
pub mod change;
pub mod cli;
pub mod config;
pub mod expr;
pub mod finding;
pub mod flow;
pub mod forge;
pub mod git;
pub mod ledger;
pub mod model;
pub mod output;
pub mod render;
pub mod rules;
pub mod signature;
pub mod source;
pub mod tree;
pub mod yaml;
