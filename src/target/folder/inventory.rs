//! The marks of what gitsm put into a folder: one file of rows, each a line of JSON.
//!
//! A row is appended and on the disk before the next thing happens: a pending mark before an object is
//! written, its mark behind that, `{"gone": …}` when it was taken away. So whoever reads the rows after
//! a killed run knows of each object that it is as before, as meant, or one of the two, and its content
//! tells which. Each target has a file of its own, so that nobody else writes to it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use cap_std::fs::{Dir, OpenOptions};
use serde::{Deserialize, Serialize};

use super::name::{OWN, short};
use super::place::{Found, Mode, Write, not_done, read, replace, synced};
use crate::plan::{Fields, Mark, ObjectId};
use crate::target::Fault;

/// The bytes of an inventory that are read: some hundred thousand rows.
const LARGEST: u64 = 256 << 20;

/// The marks of one target.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    /// The file's name.
    name: String,
    entries: BTreeMap<ObjectId, Entry>,
    /// The folders that gitsm made.
    folders: BTreeSet<String>,
    /// The bytes of whole rows, where the file ends with a torn one.
    torn: Option<u64>,
    /// Whether there are rows that say nothing any more.
    long: bool,
}

/// What is known of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As it was left.
    pub(crate) left: Option<Mark>,
    /// As it was about to be made, if nobody said that it was.
    pub(crate) pending: Option<Mark>,
}

impl Entry {
    /// The mark that an object with these fields has. What is neither as it was meant nor was left by
    /// gitsm before has none: somebody else made it.
    pub(crate) fn mark(&self, fields: Option<&Fields>) -> Option<&Mark> {
        let meant = |mark: &&Mark| {
            fields.is_none_or(|has| mark.fields.keys().all(|name| mark.left(name, has.get(name))))
        };
        match (&self.left, &self.pending) {
            (Some(left), Some(pending)) => {
                let done = fields.is_some() && meant(&pending);
                Some(if done { pending } else { left })
            }
            (Some(left), None) => Some(left),
            (None, pending) => pending.as_ref().filter(meant),
        }
    }

    /// The target that it belongs to.
    pub(crate) fn target(&self) -> Option<&str> {
        self.left.as_ref().or(self.pending.as_ref()).map(|mark| mark.target.as_str())
    }
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Row {
    Mark(Mark),
    Gone { gone: ObjectId },
    Made { made: String },
    Unmade { unmade: String },
}

impl Inventory {
    /// The inventory of a target that has none yet.
    pub(crate) fn new(target: &str) -> Self {
        Self { name: format!("{OWN}{}.ndjson", short(target)), ..Self::default() }
    }

    /// All inventories of a folder, that of the target first.
    pub(crate) fn all(dir: Option<&Dir>, target: &str) -> Result<Vec<Self>, Fault> {
        let mut all = vec![Self::new(target)];
        let Some(dir) = dir else { return Ok(all) };
        let own = all.first().map(|own| own.name.clone()).unwrap_or_default();
        let mut others = BTreeSet::new();
        for entry in dir.entries().map_err(|error| not_done("the folder", &error))? {
            let entry = entry.map_err(|error| not_done("the folder", &error))?;
            let name = entry.file_name().into_string().unwrap_or_default();
            if name.starts_with(OWN) && name.ends_with(".ndjson") && name != own {
                others.insert(name);
            }
        }
        all.extend(others.into_iter().map(|name| Self { name, ..Self::default() }));
        for inventory in &mut all {
            inventory.load(dir)?;
        }
        Ok(all)
    }

    fn load(&mut self, dir: &Dir) -> Result<(), Fault> {
        let content = match read(dir, &self.name, LARGEST + 1) {
            Ok(Found::File { content, .. }) => content,
            Ok(Found::Nothing) => return Ok(()),
            Ok(Found::Other(why)) => return Err(self.odd(why)),
            Err(error) => return Err(not_done(&self.name, &error)),
        };
        if content.len() as u64 > LARGEST {
            return Err(self.odd("it has more than 256 MiB"));
        }
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        // The last row was being written when the run was killed: what it tells had not begun.
        self.torn = (whole < content.len()).then_some(whole as u64);
        let mut rows = 0;
        for line in content.get(..whole).unwrap_or_default().split_inclusive(|byte| *byte == b'\n')
        {
            rows += 1;
            let row = serde_json::from_slice(line).ok();
            if !row.is_some_and(|row| self.take(row)) {
                return Err(self.odd(&format!("line {rows} is none of this version of gitsm")));
            }
        }
        self.long = rows > self.entries.len() + self.folders.len();
        Ok(())
    }

    fn odd(&self, why: &str) -> Fault {
        Fault::settings(format!(
            "the inventory {}: {why}; without it nobody knows which files are gitsm's: bring it back \
             from a backup, or use the gitsm that wrote it",
            self.name
        ))
    }

    /// Takes a row in; whether it can be understood.
    fn take(&mut self, row: Row) -> bool {
        match row {
            Row::Mark(mark) => {
                let Some(mark) = Mark::read(&mark.text()) else { return false };
                let entry = self.entries.entry(mark.id.clone()).or_default();
                match mark.pending {
                    true => entry.pending = Some(mark),
                    false => *entry = Entry { left: Some(mark), pending: None },
                }
            }
            Row::Gone { gone } => _ = self.entries.remove(&gone),
            Row::Made { made } => _ = self.folders.insert(made),
            Row::Unmade { unmade } => _ = self.folders.remove(&unmade),
        }
        true
    }

    /// The objects, with what is known of each.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&ObjectId, &Entry)> {
        self.entries.iter()
    }

    /// What is known of an object.
    pub(crate) fn entry(&self, id: &ObjectId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Whether gitsm made a folder.
    pub(super) fn made(&self, folder: &str) -> bool {
        self.folders.contains(folder)
    }

    /// An object is about to be made as the mark says.
    pub(crate) fn begin(&mut self, dir: &Dir, mark: &Mark) -> Result<(), Fault> {
        self.append(dir, Row::Mark(Mark { pending: true, ..mark.clone() }))
    }

    /// An object is as the mark says.
    pub(crate) fn end(&mut self, dir: &Dir, mark: &Mark) -> Result<(), Fault> {
        let row = Row::Mark(Mark { pending: false, ..mark.clone() });
        // The object is there, and only its mark may be missing.
        self.append(dir, row).map_err(|fault| Fault::unknown(fault.message))
    }

    /// An object is there no more.
    pub(crate) fn gone(&mut self, dir: &Dir, id: &ObjectId) -> Result<(), Fault> {
        let row = Row::Gone { gone: id.clone() };
        self.append(dir, row).map_err(|fault| Fault::unknown(fault.message))
    }

    /// A folder is about to be made.
    pub(super) fn making(&mut self, dir: &Dir, folder: &str) -> Result<(), Fault> {
        self.append(dir, Row::Made { made: folder.to_owned() })
    }

    /// A folder is there no more, or is somebody else's now.
    pub(super) fn unmade(&mut self, dir: &Dir, folder: &str) -> Result<(), Fault> {
        self.append(dir, Row::Unmade { unmade: folder.to_owned() })
    }

    fn append(&mut self, dir: &Dir, row: Row) -> Result<(), Fault> {
        self.write(dir, &row).map_err(|error| not_done(&self.name, &error))?;
        self.long = true;
        self.take(row);
        Ok(())
    }

    fn write(&mut self, dir: &Dir, row: &Row) -> std::io::Result<()> {
        let is_new = match dir.symlink_metadata(&self.name) {
            Ok(meta) if meta.is_file() => false,
            Ok(_) => return Err(std::io::Error::other("the inventory is no file")),
            Err(_) => true,
        };
        let mut options = OpenOptions::new();
        options.append(true).create_new(is_new);
        let mut file = dir.open_with(&self.name, private(&mut options))?;
        if let Some(whole) = self.torn {
            file.set_len(whole)?;
        }
        let before = file.metadata()?.len();
        let written = file.write_all(line(row).as_bytes()).and_then(|()| file.sync_data());
        if written.is_err() {
            // A full disk may have taken half of it.
            self.torn = Some(before);
            return written;
        }
        self.torn = None;
        if is_new { synced(dir) } else { Ok(()) }
    }

    /// Writes the inventory anew with what still counts; without anything it goes.
    pub(crate) fn compact(&mut self, dir: &Dir) -> Result<(), Fault> {
        if !self.long && self.torn.is_none() {
            return Ok(());
        }
        let failed = |error: std::io::Error| not_done(&self.name, &error);
        if self.entries.is_empty() && self.folders.is_empty() {
            match dir.remove_file(&self.name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed(error));
                }
                _ => synced(dir).map_err(failed)?,
            }
        } else {
            let folders = self.folders.iter().map(|made| line(&Row::Made { made: made.clone() }));
            let marks = self.entries.values().flat_map(|entry| [&entry.left, &entry.pending]);
            let marks = marks.flatten().map(|mark| line(&Row::Mark(mark.clone())));
            let content: String = folders.chain(marks).collect();
            let mode = if self.exists(dir) { Mode::Kept } else { PRIVATE };
            let write = Write { content: content.as_bytes(), mode, replace: true };
            replace(dir, &self.name, &write).map_err(failed)?;
        }
        self.long = false;
        self.torn = None;
        Ok(())
    }

    fn exists(&self, dir: &Dir) -> bool {
        dir.symlink_metadata(&self.name).is_ok_and(|meta| meta.is_file())
    }
}

fn line(row: &Row) -> String {
    serde_json::to_string(row).unwrap_or_default() + "\n"
}

/// Digests of short secrets can be guessed: an inventory is for whoever applies.
#[cfg(unix)]
const PRIVATE: Mode = Mode::Set(0o600);

#[cfg(not(unix))]
const PRIVATE: Mode = Mode::Default;

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &OpenOptions {
    use cap_std::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &OpenOptions {
    options
}
