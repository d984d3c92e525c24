//! Who vouches for the commits of a change: signatures by keys that the base lists, and the forge
//! that knows who opened it.
//!
//! It is only asked where the base's `gitsm.yaml` pins a ledger: there approvals are signed, so
//! people have keys. Elsewhere nobody looks, and nothing follows from it. What is not committed is
//! the work of whoever sits there, and is not asked about either.

use std::collections::{BTreeMap, BTreeSet};

use super::contributors::of_commit;
use super::sides::Names;
use crate::change::Side;
use crate::change::facts::{Contributor, Facts};
use crate::change::people::{KEY, People};
use crate::config::Config;
use crate::git::{CommitInfo, CommitSignature, GitError, Repository};
use crate::ledger::Authority;
use crate::ledger::keys::{Keys, UNSEEN};

/// The commits of a change, with what their signatures show.
pub(super) struct Evidence {
    commits: Vec<(CommitInfo, CommitSignature)>,
    /// Whether these are all of its commits.
    is_whole: bool,
}

/// Whether signatures are looked at, by the settings of the base.
pub(super) fn is_asked(base: &Config) -> bool {
    base.settings.ledger.as_ref().is_some_and(|ledger| ledger.genesis.is_some())
}

impl Evidence {
    /// Looks at the signature of each commit, once. `most` commits are looked at.
    ///
    /// # Errors
    ///
    /// Git cannot read them.
    pub(super) fn of(
        repository: &Repository,
        names: &Names,
        most: usize,
    ) -> Result<Self, GitError> {
        let mut walk = repository.commits(&names.base_commit, &names.head_commit)?;
        let (mut commits, mut is_whole) = (Vec::new(), true);
        for commit in walk.by_ref().take(most) {
            let commit = commit?;
            let is_merge = commit.parents.len() > 1;
            is_whole &= !commit.is_cut;
            // The merge that a forge makes to try a change, and any other that adds nothing.
            if is_merge && !commit.is_cut && repository.is_plain_merge(&commit.id)? {
                continue;
            }
            let signature = repository.commit_signature(&commit.id)?;
            commits.push((commit, signature));
        }
        is_whole &= walk.next().is_none();
        Ok(Self { commits, is_whole })
    }

    /// Those who signed, and those who made merges that are more than merges.
    pub(super) fn contributors(&self) -> impl Iterator<Item = Contributor> {
        let merges = self.commits.iter().filter(|(commit, _)| commit.parents.len() > 1);
        let merges = merges.flat_map(|(commit, _)| of_commit(commit));
        self.commits.iter().filter_map(|(_, one)| signer(one)).chain(merges)
    }

    /// Says of each contributor whether somebody vouches for their work.
    pub(super) fn judge(
        &self,
        facts: &mut Facts,
        (base, merged): (&Side<'_>, &Side<'_>),
        now: i64,
    ) {
        let keys = Keys::of(&Authority::of(base.catalog, base.config));
        let known = Known::of(base, facts, self);
        let mut said: BTreeMap<Contributor, bool> = BTreeMap::new();
        let openers = facts.contributors.iter().filter(|one| one.role == "opener");
        let openers: Vec<&str> = openers.filter_map(|one| known.one(one)).collect();
        for (commit, signature) in &self.commits {
            let by = match signature {
                CommitSignature::Good(by) => person(&keys, &by.fingerprint, now),
                CommitSignature::Unsigned | CommitSignature::Bad(_) => None,
            };
            for one in of_commit(commit).into_iter().filter(|one| one.role != "co-author") {
                let who = known.one(&one);
                let vouched = who.is_some_and(|who| by == Some(who) || openers.contains(&who));
                *said.entry(one).or_insert(true) &= vouched;
            }
        }
        // A key that leads nowhere, such as that of a forge, names no contributor.
        let leads = People::new(base, merged, &facts.contributors);
        let leads = leads.contributors.into_iter().filter(|one| !one.persons.is_empty());
        let leads: BTreeSet<Contributor> = leads.map(|one| one.contributor).collect();
        facts.contributors.retain(|one| one.role != SIGNER || leads.contains(one));
        if !self.is_whole {
            return;
        }
        // Whoever pushes what others vouch for has only landed it.
        if !said.is_empty() && said.values().all(|vouched| *vouched) {
            facts.contributors.retain(|one| one.role != PUSHER);
        }
        for one in &mut facts.contributors {
            if let Some(vouched) = said.get(one) {
                one.vouched = Some(*vouched);
            } else if one.role == SIGNER {
                let print = one.account.as_ref().map_or("", |(_, print)| print.as_str());
                one.vouched = Some(person(&keys, print, now).is_some());
            }
        }
    }
}

const SIGNER: &str = "signer";

/// The role of whoever pushes.
pub(super) const PUSHER: &str = "pusher";

/// The person whose key counts now.
fn person<'k>(keys: &'k Keys, fingerprint: &str, now: i64) -> Option<&'k str> {
    let writer = keys.writer(fingerprint).filter(|name| name.starts_with("person:"))?;
    keys.standing(fingerprint, writer, now, UNSEEN).is_valid().then_some(writer)
}

/// Whoever holds a key.
fn signer(signature: &CommitSignature) -> Option<Contributor> {
    let CommitSignature::Good(by) = signature else { return None };
    Some(Contributor {
        name: by.fingerprint.clone(),
        role: SIGNER.to_owned(),
        account: Some((KEY.to_owned(), by.fingerprint.clone())),
        ..Contributor::default()
    })
}

/// The persons that contributors are, by the base alone: no change says whose work it is.
struct Known {
    persons: BTreeMap<Contributor, Vec<String>>,
}

impl Known {
    fn of(base: &Side<'_>, facts: &Facts, evidence: &Evidence) -> Self {
        let mut all = facts.contributors.clone();
        all.extend(evidence.commits.iter().flat_map(|(commit, _)| of_commit(commit)));
        let people = People::new(base, base, &all);
        let pairs = people.contributors.into_iter().map(|one| (one.contributor, one.persons));
        Self { persons: pairs.collect() }
    }

    /// The one person that somebody is.
    fn one(&self, contributor: &Contributor) -> Option<&str> {
        match self.persons.get(contributor)?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}
