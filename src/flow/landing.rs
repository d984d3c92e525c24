//! Both sides of what landed, and whose work it was: of the commits that the branch has now, and of
//! those that were put forward as the same.
//!
//! A squash or a forge's rebase makes commits anew, without the signatures of those who wrote them
//! and often without their names. So whoever had a hand in what was put forward still had one, and
//! who vouched for that vouches for what landed: it is the same to the digit.

use std::collections::BTreeMap;

use super::contributors::with_evidence;
use super::sides::{Names, Sides, SidesError, Wanted, folder_in};
use super::vouching::{Evidence, is_asked};
use super::workspace::{Place, configuration};
use crate::change::facts::{Contributor, Facts};
use crate::git::{Contents, GitError, PullRequest, Repository};
use crate::tree::Revision;

/// Something that was put forward, and landed.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    /// The commit of the base then.
    pub(super) base: String,
    /// Its newest commit.
    pub(super) head: String,
    /// Whether a pipeline put it forward, whose forge knew whose work it was.
    pub(super) is_vouched: bool,
}

/// Opens what the branch became from one commit to another. Pull requests of the surroundings are
/// not looked at: they are about something else by now.
///
/// # Errors
///
/// There is no repository, or it lacks one of the commits.
pub(super) fn landed(
    place: &Place,
    (before, after): (&str, &str),
    wanted: &Wanted,
    earlier: &[Earlier],
) -> Result<Sides, SidesError> {
    let repository = Repository::discover(&place.current)?;
    let names = named(before, after);
    let changed = repository.compare(Some(before), after)?;
    let folder = folder_in(&repository, &place.current);
    let tree = Revision::unlisted(&repository, before)?;
    let asks = is_asked(&configuration(&tree, &folder, false).0);
    let (mut facts, evidence) = hands(&repository, &names, asks)?;
    // What is gone from this clone cannot be looked at any more.
    let known: Vec<(Facts, Option<Evidence>, bool)> = earlier
        .iter()
        .filter_map(|one| {
            let (facts, evidence) = hands(&repository, &named(&one.base, &one.head), asks).ok()?;
            Some((facts, evidence, one.is_vouched))
        })
        .collect();
    facts.contributors.extend(wanted.contributors.iter().cloned());
    let own = facts.contributors.clone();
    facts.contributors.extend(known.iter().flat_map(|(facts, ..)| facts.contributors.clone()));
    let tell = (wanted, facts);
    let mut sides = Sides::of(repository, names, (changed, Contents::new()), &folder, tell)?;
    let now = wanted.now.unwrap_or_default();
    let judge = |mut facts: Facts, evidence: Option<&Evidence>| {
        if let Some(evidence) = evidence {
            sides.base.show(|base| {
                sides.merged.show(|merged| evidence.judge(&mut facts, (base, merged), now));
            });
        }
        facts.contributors
    };
    let mut all = judge(Facts { contributors: own, ..Facts::default() }, evidence.as_ref());
    let mut vouched = earlier.iter().any(|one| one.is_vouched);
    for (facts, evidence, _) in known {
        let one = judge(facts, evidence.as_ref());
        let looked = one.iter().any(|one| one.vouched.is_some());
        vouched |= looked && one.iter().all(|one| one.vouched != Some(false));
        all.extend(one);
    }
    sides.facts.contributors = together(all, vouched);
    Ok(sides)
}

fn named(before: &str, after: &str) -> Names {
    Names {
        base: before.to_owned(),
        base_commit: before.to_owned(),
        head: Some(after.to_owned()),
        head_commit: after.to_owned(),
        how: "it landed".to_owned(),
        staged: false,
    }
}

fn hands(
    repository: &Repository,
    names: &Names,
    asks: bool,
) -> Result<(Facts, Option<Evidence>), GitError> {
    with_evidence(repository, names, PullRequest::default(), asks)
}

/// Everybody once. Where the same work was vouched for before it landed, it is.
fn together(all: Vec<Contributor>, vouched: bool) -> Vec<Contributor> {
    let mut once: BTreeMap<Contributor, Option<bool>> = BTreeMap::new();
    for one in all {
        let told = match one.vouched {
            Some(false) if vouched => Some(true),
            told => told,
        };
        let known = once.entry(Contributor { vouched: None, ..one }).or_insert(told);
        *known = match (*known, told) {
            (Some(a), Some(b)) => Some(a && b),
            (a, b) => a.or(b),
        };
    }
    once.into_iter().map(|(one, vouched)| Contributor { vouched, ..one }).collect()
}
