//! What the settings of a `files` target say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of a target of the driver `files`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// The folder that the files go to, absolute or relative to where gitsm is called.
    #[schemars(length(min = 1))]
    pub folder: String,
}
