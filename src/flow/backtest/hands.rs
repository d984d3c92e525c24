//! Who had a hand in a landing, as far as Git can show: nothing here is proved.

use std::collections::BTreeSet;

use super::super::contributors::forge_of;
use super::history::Landed;
use crate::change::backtest::{Hand, Shown};
use crate::git::{CommitInfo, Person};

/// The trailers by which somebody says to have looked at a change.
const REVIEWS: &[&str] = &["Reviewed-by", "Approved-by", "Acked-by"];

/// Who wrote the commits of a landing, each once: authors and co-authors, but for those of merges.
pub(super) fn authors(commits: &[CommitInfo]) -> Vec<Person> {
    let written = commits.iter().filter(|commit| commit.parents.len() < 2);
    let mut all: Vec<Person> = Vec::new();
    for commit in written {
        for person in std::iter::once(&commit.author).chain(&commit.co_authors) {
            if !all.iter().any(|known| is_same(known, person)) {
                all.push(person.clone());
            }
        }
    }
    all.sort();
    all
}

/// Who beside its authors had a hand in a landing.
pub(super) fn hand(landed: &Landed, all: &[CommitInfo], authors: &[Person]) -> Hand {
    let is_author = |person: &Person| authors.iter().any(|author| is_same(author, person));
    let reviewers: BTreeSet<String> = all
        .iter()
        .flat_map(|commit| REVIEWS.iter().flat_map(|key| commit.trailers(key)))
        .map(named)
        .filter(|person| !is_author(person))
        .map(|person| said(&person))
        .collect();
    if !reviewers.is_empty() {
        let by = reviewers.into_iter().collect();
        return Hand { shown: Shown::Reviewed, by, how: "trailer" };
    }
    let landers: Vec<(Option<&Person>, &'static str)> = landed.commits.iter().map(lander).collect();
    let others: BTreeSet<String> = landers
        .iter()
        .filter_map(|(person, _)| person.filter(|person| !is_author(person)))
        .map(said)
        .collect();
    let how = landers.last().map_or("committer", |(_, how)| how);
    if !others.is_empty() {
        return Hand { shown: Shown::Other, by: others.into_iter().collect(), how };
    }
    if let Some((_, how)) = landers.iter().find(|(person, _)| person.is_none()) {
        let forge = landed.commits.iter().find_map(|commit| forge_of(&commit.committer));
        let by = forge.into_iter().map(str::to_owned).collect();
        return Hand { shown: Shown::Unknown, by, how };
    }
    // Several who wrote it together have seen each other's work.
    let by: Vec<String> = authors.iter().map(said).collect();
    let shown = if authors.len() > 1 { Shown::Other } else { Shown::Alone };
    Hand { shown, by, how }
}

/// Who brought a commit of the branch there, and how that is told. A forge's merge commit names who
/// pressed the button as its author; of a squash it keeps the author of the change.
fn lander(commit: &CommitInfo) -> (Option<&Person>, &'static str) {
    let is_merge = commit.parents.len() > 1;
    match (forge_of(&commit.committer).is_some(), is_merge) {
        (true, true) => (Some(&commit.author), "merge"),
        (true, false) => (None, "forge"),
        (false, true) => (Some(&commit.committer), "merge"),
        (false, false) => (Some(&commit.committer), "committer"),
    }
}

/// People go by their address; by their name where there is none.
fn is_same(one: &Person, other: &Person) -> bool {
    match one.email.is_empty() || other.email.is_empty() {
        true => one.name.eq_ignore_ascii_case(&other.name),
        false => one.email.eq_ignore_ascii_case(&other.email),
    }
}

/// `Ada <ada@example.com>`.
fn named(text: &str) -> Person {
    let (name, email) = text.split_once('<').unwrap_or((text, ""));
    let email = email.split('>').next().unwrap_or_default();
    Person { name: name.trim().to_owned(), email: email.trim().to_owned() }
}

/// A person by their name, or else by their address.
pub(super) fn said(person: &Person) -> String {
    match person.name.trim() {
        "" => person.email.clone(),
        name => name.to_owned(),
    }
}
