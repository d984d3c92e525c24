//! Writing what was proved: each file in one step, and only if all are what was looked at and none
//! is seen to refuse.

use super::proof::is_plain;
use super::{FileText, RevertError};
use crate::flow::workspace::Workspace;
use crate::output::{Standing, check_writable, create, remove, rewrite, set_executable, standing};
use crate::tree::is_writable_path;
use crate::tree::{Entry, EntryKind};

/// The largest file that is edited.
const LARGEST: u64 = 128 << 20;

/// Writes all files, if all are what they were; says which were written if one cannot be.
pub(super) fn write(
    workspace: &Workspace,
    files: &[FileText],
) -> Result<Option<(Vec<String>, String)>, RevertError> {
    let mut plans = Vec::new();
    for file in files {
        if !is_writable_path(&file.path) {
            let reason = format!("`{}` is no name that a file of a project has", file.path);
            return Err(RevertError::Refused { reason });
        }
        plans.push(
            Plan::of(workspace, file)
                .ok_or_else(|| RevertError::Changed { path: file.path.clone() })?,
        );
    }
    let going: Vec<&str> = plans
        .iter()
        .filter(|plan| plan.after.is_none())
        .map(|plan| plan.file.path.as_str())
        .collect();
    for plan in &plans {
        plan.check(workspace, &going).map_err(|reason| RevertError::Refused { reason })?;
    }
    // A file may come where a folder goes, so what goes is first.
    plans.sort_by_key(|plan| plan.after.is_some());
    let mut done = Vec::new();
    for plan in plans {
        if let Err(failure) = plan.perform(workspace) {
            return Ok(Some((done, failure)));
        }
        done.push(plan.file.path.clone());
    }
    Ok(None)
}

/// A file and what it holds on disk, to the byte.
struct Plan<'f> {
    file: &'f FileText,
    on_disk: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
}

impl<'f> Plan<'f> {
    /// What is to be written; nothing if the disk does not hold what was looked at.
    fn of(workspace: &Workspace, file: &'f FileText) -> Option<Self> {
        let after = file.after.as_ref().map(|(_, bytes)| bytes.to_vec());
        let Some((version, before)) = &file.before else {
            return Some(Self { file, on_disk: None, after });
        };
        if !is_plain(version.bits) {
            return None;
        }
        let on_disk = on_disk(workspace, &file.path)?;
        if on_disk.as_slice() == before.as_ref() {
            return Some(Self { file, on_disk: Some(on_disk), after });
        }
        // Git may keep line feeds for what has carriage returns on disk.
        let is_translated = without_returns(&on_disk) == before.as_ref();
        let after = after.map(|after| with_returns(&after));
        is_translated.then_some(Self { file, on_disk: Some(on_disk), after })
    }

    /// Whether the file system is seen to refuse, before anything is written; `going` are the files
    /// that are taken away.
    fn check(&self, workspace: &Workspace, going: &[&str]) -> Result<(), String> {
        let (top, path) = (&workspace.top, self.file.path.as_str());
        if self.on_disk.is_some() {
            return check_writable(top, path).map_err(|error| error.to_string());
        }
        let is_below =
            |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
        if going.iter().any(|one| is_below(one, path) || is_below(path, one)) {
            return Ok(());
        }
        match standing(top, path) {
            Ok(Standing::Nothing) => Ok(()),
            Ok(_) => Err(format!("something stands at {path} that Git does not know")),
            Err(error) => Err(error.to_string()),
        }
    }

    fn perform(&self, workspace: &Workspace) -> Result<(), String> {
        let (top, path) = (&workspace.top, self.file.path.as_str());
        let restless = || format!("{path} changed in the meantime: run the command again");
        let still = || on_disk(workspace, path) == self.on_disk;
        let bits = self.file.after.as_ref().map(|(version, _)| version.bits);
        let old_bits = self.file.before.as_ref().map(|(version, _)| version.bits);
        let is_done = match (&self.on_disk, &self.after) {
            (None, Some(after)) => create(top, path, after).map_err(|error| error.to_string())?,
            (Some(now), Some(after)) if now == after => still(),
            (Some(_), Some(after)) => {
                rewrite(top, path, after, &still).map_err(|error| error.to_string())?
            }
            (Some(_), None) => remove(top, path, &still).map_err(|error| error.to_string())?,
            (None, None) => true,
        };
        if !is_done {
            return Err(restless());
        }
        let was = old_bits.unwrap_or(0o100_644);
        match bits.filter(|bits| *bits != was) {
            Some(bits) => {
                set_executable(top, path, bits & 0o111 != 0).map_err(|error| error.to_string())
            }
            None => Ok(()),
        }
    }
}

fn on_disk(workspace: &Workspace, path: &str) -> Option<Vec<u8>> {
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
    let content = workspace.tree.read(&entry, LARGEST).ok()?;
    (content.bytes.len() as u64 == content.size).then_some(content.bytes)
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            kept.push(*byte);
        }
    }
    kept
}

fn with_returns(bytes: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' && at.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'\r') {
            made.push(b'\r');
        }
        made.push(*byte);
    }
    made
}
