//! What became of the fix of a finding.

use super::Code;
use crate::source::Place;

/// A fix that was made, or left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What the finding is.
    pub code: &'static Code,
    /// What was to be replaced.
    pub place: Place,
    /// What the fix does.
    pub title: String,
    /// Why it was left alone; nothing if it was made.
    pub left: Option<String>,
}
