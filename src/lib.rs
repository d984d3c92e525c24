//! gitsm: a Git repository as the system of record for IT services.
pub mod catalog;
pub mod config;
pub mod finding;
pub mod git;
pub mod model;
pub mod rules;
pub mod source;
pub mod tree;
pub mod yaml;
