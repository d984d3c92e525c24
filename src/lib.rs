//! gitsm: a Git repository as the system of record for IT services.
//!
//! The floors, from the ground up; each may use those above it in this list and none below:
//!
//! 0. [`finding`], [`source`]: one located statement
//! 1. [`yaml`], [`git`], [`tree`]: files and history; [`signature`]: who signed what; [`expr`],
//!    [`template`], [`markdown`]: small languages, made safe
//! 2. [`model`]: kinds, relations, references, as tables
//! 3. [`catalog`], [`config`], [`cache`]: the catalog of a tree; [`ledger`]: what happened
//! 4. [`change`]: what a change is, and what it means; [`plan`]: what a target needs to follow
//! 5. [`rules`]: everything that is checked
//! 6. [`forge`]: what forges say; [`target`]: the systems that a catalog is applied to
//! 7. [`output`], [`render`]: findings and sites to bytes
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
pub mod markdown;
pub mod model;
pub mod output;
pub mod plan;
pub mod render;
pub mod rules;
pub mod signature;
pub mod source;
pub mod target;
pub mod template;
pub mod tree;
pub mod yaml;
