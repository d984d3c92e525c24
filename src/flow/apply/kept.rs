//! What this clone keeps of a target between runs, in a small file each below `.git`.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::output::replace;

/// The bytes that are read of one.
const LONGEST: u64 = 1 << 16;

/// A small file about a target.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    folder: PathBuf,
    path: PathBuf,
}

impl Kept {
    /// What is kept of a target below a repository's folder (`.git`).
    pub(super) fn of(common: &Path, what: &str, target: &str) -> Self {
        let folder = common.join("gitsm").join("apply");
        let name = target.replace([':', '/'], "-");
        let path = folder.join(format!("{what}-{name}.json"));
        Self { folder, path }
    }

    /// What is kept; nothing if it was not, or cannot be understood.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let mut text = String::new();
        let file = File::options().read(true).open(&self.path).ok()?;
        file.take(LONGEST).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps something instead.
    ///
    /// # Errors
    ///
    /// In words, why it cannot be written.
    pub(super) fn write(&self, what: &impl Serialize) -> Result<(), String> {
        let text = serde_json::to_string(what).map_err(|error| error.to_string())?;
        fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
        replace(&self.path, text.as_bytes()).map_err(|error| error.to_string())
    }
}
