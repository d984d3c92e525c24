//! Files on the machine that decide something: where secrets come from, whom a connection trusts, what
//! a folder's marks say. The protected branch names them, but a pull request is checked out while they
//! are read: so none of them is a file of the repository.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Credential;
use crate::git::{GitError, Repository};
use crate::plan::Fields;
use crate::target::is_inventory;

/// The settings that name a file which is trusted.
const FILES: [&str; 2] = ["ca", "alertmanagerConfig"];

/// The setting that names a folder whose marks are trusted.
const FOLDER: &str = "folder";

/// What tells files of the repository from those of the operator.
#[derive(Clone, Copy)]
pub(super) struct Guard<'a> {
    /// The repository, if there is one.
    pub(super) repository: Option<&'a Repository>,
    /// The folder that paths are relative to.
    pub(super) folder: &'a Path,
}

impl Guard<'_> {
    /// Why what is said of a target cannot be trusted.
    pub(super) fn objection(
        self,
        settings: &Fields,
        credentials: &BTreeMap<String, Credential>,
    ) -> Result<Option<String>, GitError> {
        let text = |name: &str| settings.get(name).and_then(|value| value.as_str());
        for name in FILES {
            let found = text(name).map(|path| self.file(&format!("`{name}`"), path));
            if let Some(why) = found.transpose()?.flatten() {
                return Ok(Some(why));
            }
        }
        let folder = text(FOLDER).map(|path| self.marks(path));
        if let Some(why) = folder.transpose()?.flatten() {
            return Ok(Some(why));
        }
        for (name, from) in credentials {
            let what = format!("the secret `{name}`");
            let file = from.file.as_deref().map(|path| self.file(&what, path));
            let file = file.transpose()?.flatten();
            let told = match (file, &from.command) {
                (Some(why), _) => Some(why),
                (None, Some(words)) => self.words(&what, words)?,
                (None, None) => None,
            };
            if told.is_some() {
                return Ok(told);
            }
        }
        Ok(None)
    }

    /// Why a file cannot be trusted.
    pub(super) fn file(self, what: &str, path: &str) -> Result<Option<String>, GitError> {
        Ok(self.held(path)?.map(|held| refusal(&format!("{what} is {path}"), &held)))
    }

    /// Why the marks of a folder cannot be trusted.
    fn marks(self, path: &str) -> Result<Option<String>, GitError> {
        if let Some(held) = self.held(path)? {
            return Ok(Some(refusal(&format!("`{FOLDER}` is {path}"), &held)));
        }
        let Some(repository) = self.repository else { return Ok(None) };
        let marks = repository.holds_in(&self.folder.join(path), &is_inventory)?;
        Ok(marks.map(|held| {
            format!(
                "`{FOLDER}` is {path}, and its marks ({held}) are a file of this repository: a pull \
                 request can write them; take them out of Git (`git rm --cached`), and ignore them"
            )
        }))
    }

    /// Why a program cannot be trusted: it is told of a file that it reads or runs.
    fn words(self, what: &str, words: &[String]) -> Result<Option<String>, GitError> {
        for word in words {
            let is_between = |one: char| {
                one.is_whitespace() || one.is_control() || "=@'\"`;|&<>(),$".contains(one)
            };
            let parts = std::iter::once(word.as_str()).chain(word.split(is_between));
            for part in parts.filter(|part| !part.is_empty()) {
                if self.folder.join(part).symlink_metadata().is_err() {
                    continue;
                }
                if let Some(held) = self.held(part)? {
                    return Ok(Some(refusal(
                        &format!("the command of {what} names {part}"),
                        &held,
                    )));
                }
            }
        }
        Ok(None)
    }

    /// The file of the repository that a path leads to.
    fn held(self, path: &str) -> Result<Option<String>, GitError> {
        let Some(repository) = self.repository else { return Ok(None) };
        repository.leads_into(&self.folder.join(path))
    }
}

fn refusal(what: &str, held: &str) -> String {
    format!(
        "{what}, and {held} is a file of this repository: a pull request can write it; keep it outside"
    )
}
