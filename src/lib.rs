//! gitsm: a Git repository as the system of record for IT services.
pub mod source;
pub mod yaml;
