//! What a run did, line by line, in a file of this clone: for whoever looks into one that was cut off.
//!
//! Nothing depends on it: a run that goes on where another was cut off looks at the target again. No
//! line holds a value. Lines reach the disk together, many times a second and before each sign of life.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long lines may wait for the disk.
const LATE: Duration = Duration::from_millis(100);

/// How many files are kept.
const KEPT: usize = 20;

/// A journal that is written; without a file where none can be made.
pub(super) struct Journal {
    file: Option<File>,
    synced: Instant,
    waiting: Vec<u8>,
}

/// A line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    /// When, as RFC 3339 writes it.
    pub(super) at: String,
    /// `begin`, `done`, `failed`, `unknown`, `end`.
    pub(super) what: &'a str,
    /// What is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<&'a str>,
    /// To which object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<String>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<&'a str>,
}

impl Journal {
    /// Begins one below a repository's folder (`.git`), and throws away the oldest.
    pub(super) fn begin(common: &Path, run: &str) -> Self {
        let folder = common.join("gitsm").join("apply");
        let path = folder.join(format!("{run}.ndjson"));
        let file = fs::create_dir_all(&folder).ok().and_then(|()| {
            tidy(&folder);
            File::options().create_new(true).append(true).open(&path).ok()
        });
        Self { file, synced: Instant::now(), waiting: Vec::new() }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        if self.file.is_none() {
            return;
        }
        let _ = serde_json::to_writer(&mut self.waiting, entry);
        self.waiting.push(b'\n');
        if self.synced.elapsed() >= LATE {
            self.sync();
        }
    }

    /// Brings all lines to the disk. A disk that takes none holds nothing up.
    pub(super) fn sync(&mut self) {
        let lines = std::mem::take(&mut self.waiting);
        let written = |file: &mut File| -> io::Result<()> {
            file.write_all(&lines)?;
            file.sync_data()
        };
        if !lines.is_empty() && self.file.as_mut().is_some_and(|file| written(file).is_err()) {
            self.file = None;
        }
        self.synced = Instant::now();
    }
}

fn tidy(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ndjson"))
        .collect();
    names.sort();
    let many = names.len().saturating_sub(KEPT - 1);
    for path in names.into_iter().take(many) {
        let _ = fs::remove_file(path);
    }
}
