//! What a verdict names of its inputs, in ids and digests.

use serde_json::{Value, json};

use crate::change::Side;
use crate::change::verdict::OpenBranch;
use crate::flow::change::meant::Meant;
use crate::flow::sides::Sides;
use crate::git::GitError;
use crate::ledger::entry::{canonical, sha256};
use crate::tree::{Entry, EntryKind};

/// The branches that were looked at for what else is under way.
pub(super) fn open_branches(meant: &Meant) -> Vec<OpenBranch> {
    let mut all: Vec<OpenBranch> = meant
        .open
        .iter()
        .filter_map(|one| {
            Some(OpenBranch { name: one.branch.clone()?, commit: one.commit.clone()? })
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The kinds of documents by which changes are judged.
const POLICIES: &[&str] = &["ChangePolicy", "Policy", "ChangeModel", "Exception"];

/// The digest of the settings and the policies of both sides.
pub(super) fn policy_digest(sides: &Sides) -> String {
    let both = json!({"base": sides.base.show(ruled), "merged": sides.merged.show(ruled)});
    format!("sha256:{}", sha256(&canonical(&both)))
}

fn ruled(side: &Side<'_>) -> Value {
    let mut rules: Vec<Value> = side
        .catalog
        .entities()
        .filter(|(_, entity)| POLICIES.contains(&entity.kind.name))
        .map(|(_, entity)| side.catalog.canonical(entity).to_owned())
        .map(|name| json!([name, side.value(&name)]))
        .collect();
    rules.sort_by_key(canonical);
    rules.dedup();
    json!({"settings": side.config.settings, "rules": rules})
}

/// The id of the Git tree that the merge gives. Nothing is written.
///
/// # Errors
///
/// Git cannot read what it is made of.
pub(super) fn merged_tree(sides: &Sides) -> Result<String, GitError> {
    let read = |path: &str| {
        let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
        sides.merged.tree.read(&entry, u64::MAX).ok().map(|content| content.bytes)
    };
    sides.repository.tree_after(&sides.names.base_commit, &sides.changed, &read)
}
