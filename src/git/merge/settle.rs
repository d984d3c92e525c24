//! A merge path by path: for each file that the head changed, what the base made of it.

use super::{Contents, Outcome};
use crate::git::compare::{Difference, Differences};
use crate::git::lookup::{Standing, standings};
use crate::git::snapshot::LARGEST;
use crate::git::{BlobId, GitError, Version};

/// Merges what the head changed (since the merge base) into the base's tree. Nothing comes out if
/// one path needs more than itself to be looked at: a file that one side deleted or moved and the
/// other changed, one that both added or both deleted, a clash of a file and a folder, a conflict.
pub(super) fn settle(
    repository: &git2::Repository,
    base_tree: git2::Oid,
    theirs: Differences,
) -> Result<Option<Outcome>, GitError> {
    let paths: Vec<&[u8]> = theirs.keys().map(Vec::as_slice).collect();
    let found = standings(repository, Some(base_tree), &paths)?;
    let mut outcome = Outcome { differences: Differences::new(), contents: Contents::new() };
    for (standing, (path, theirs)) in found.into_iter().zip(&theirs) {
        let ours = match standing {
            Standing::Nothing => None,
            Standing::File(version) => Some(version),
            Standing::Folder | Standing::Blocked => return Ok(None),
        };
        let merge = Merge { repository, path, ours, theirs };
        let Some(result) = merge.result(&mut outcome.contents)? else { return Ok(None) };
        if result != ours {
            let difference = Difference { before: ours, after: result };
            outcome.differences.insert(path.clone(), difference);
        }
    }
    Ok(Some(outcome))
}

/// One path in a merge.
struct Merge<'m> {
    repository: &'m git2::Repository,
    path: &'m [u8],
    /// In the base's tip.
    ours: Option<Version>,
    /// From the merge base to the head.
    theirs: &'m Difference,
}

impl Merge<'_> {
    /// What stands at the path afterwards; nothing if that cannot be said by looking at it alone.
    fn result(&self, contents: &mut Contents) -> Result<Option<Option<Version>>, GitError> {
        let Difference { before, after } = *self.theirs;
        if self.ours == before {
            return Ok(Some(after));
        }
        match (before, self.ours, after) {
            (Some(before), Some(ours), Some(theirs)) => {
                let merged = self.content(before, ours, theirs, contents)?;
                Ok(merged.map(Some))
            }
            // Both added the same.
            (None, ours, theirs) if ours == theirs => Ok(Some(ours)),
            // Among others: both deleted it, which may be two moves to different places.
            _ => Ok(None),
        }
    }

    fn content(
        &self,
        before: Version,
        ours: Version,
        theirs: Version,
        contents: &mut Contents,
    ) -> Result<Option<Version>, GitError> {
        if ours == theirs {
            return Ok(Some(ours));
        }
        if [before, ours, theirs].iter().any(|version| !is_regular(*version)) {
            return Ok(None);
        }
        let bits = one_of(before.bits, ours.bits, theirs.bits);
        let Some(bits) = bits else { return Ok(None) };
        if let Some(blob) = one_of(before.blob, ours.blob, theirs.blob) {
            return Ok(Some(Version { bits, blob }));
        }
        if self.has_own_rules() {
            return Ok(None);
        }
        let Some(texts) = self.texts([before, ours, theirs])? else { return Ok(None) };
        let [before, ours, theirs] = texts.each_ref().map(|text| {
            let mut input = git2::MergeFileInput::new();
            input.content(text);
            input
        });
        let merged = git2::merge_file(&before, &ours, &theirs, None)?;
        if !merged.is_automergeable() {
            return Ok(None);
        }
        let blob = BlobId::of(merged.content())?;
        contents.insert(blob, merged.content().into());
        Ok(Some(Version { bits, blob }))
    }

    /// Whether attributes or settings say how this file is merged.
    fn has_own_rules(&self) -> bool {
        let Ok(path) = std::str::from_utf8(self.path) else { return true };
        let flags = git2::AttrCheckFlags::default();
        let rule = self.repository.get_attr_bytes(std::path::Path::new(path), "merge", flags);
        let default =
            self.repository.config().is_ok_and(|all| all.get_entry("merge.default").is_ok());
        default || !matches!(rule, Ok(None))
    }

    /// The contents, if all are texts of a size that lines are compared of.
    fn texts(&self, versions: [Version; 3]) -> Result<Option<[Vec<u8>; 3]>, GitError> {
        let database = self.repository.odb()?;
        let mut texts = [Vec::new(), Vec::new(), Vec::new()];
        for (text, version) in texts.iter_mut().zip(versions) {
            let id = version.blob.oid();
            let missing = |_: git2::Error| GitError::MissingObject {
                id: id.to_string(),
                path: String::from_utf8_lossy(self.path).into_owned(),
            };
            if database.read_header(id).map_err(missing)?.0 > LARGEST {
                return Ok(None);
            }
            let object = database.read(id).map_err(missing)?;
            let is_binary = object.data().iter().take(8000).any(|byte| *byte == 0);
            if is_binary || object.kind() != git2::ObjectType::Blob {
                return Ok(None);
            }
            *text = object.data().to_vec();
        }
        Ok(Some(texts))
    }
}

/// The one of three that was changed, if both did not change it differently.
fn one_of<T: PartialEq>(before: T, ours: T, theirs: T) -> Option<T> {
    if ours == theirs || theirs == before {
        return Some(ours);
    }
    (ours == before).then_some(theirs)
}

fn is_regular(version: Version) -> bool {
    version.bits & 0o170_000 == 0o100_000
}
