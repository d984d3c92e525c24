//! Which files steer controls.

use crate::config::Config;

/// Whether a file steers controls.
pub fn is_governance(_path: &str, _config: &Config) -> bool {
    false
}
