//! Who had a hand in a change, and what is said of it beside its files.

use std::collections::BTreeSet;

use super::sides::Names;
use super::vouching::Evidence;
use crate::change::facts::{Contributor, Facts};
use crate::git::{CommitInfo, Environment, GitError, Person, PullRequest, Repository};

/// How many commits of a change are looked at.
pub(super) const MOST: usize = 2_000;

/// The trailer by which a commit names its change.
pub(super) const CHANGE: &str = "Gitsm-Change";

/// What commits and the forge say of a change.
///
/// # Errors
///
/// Its commits cannot be read.
pub fn facts(
    repository: &Repository,
    names: &Names,
    environment: &Environment<'_>,
) -> Result<Facts, GitError> {
    let request = PullRequest::of(environment).unwrap_or_default();
    Ok(with_evidence(repository, names, request, false)?.0)
}

/// The same, and what the signatures of its commits show, if that is asked.
pub(super) fn with_evidence(
    repository: &Repository,
    names: &Names,
    request: PullRequest,
    is_asked: bool,
) -> Result<(Facts, Option<Evidence>), GitError> {
    let evidence = is_asked.then(|| Evidence::of(repository, names, MOST)).transpose()?;
    let mut walk = repository.commits(&names.base_commit, &names.head_commit)?;
    let commits = walk.by_ref().take(MOST).collect::<Result<Vec<_>, _>>()?;
    let cut = commits.iter().any(|commit| commit.is_cut) || walk.next().is_some();
    let Gathered { mut all, trailers, said } = gathered(&commits);
    all.extend(evidence.iter().flat_map(Evidence::contributors));
    if names.head.is_none() {
        let me = repository.identity();
        all.extend(me.map(|person| contributor(&person, "author")));
    }
    if let Some(opener) = &request.opener {
        all.insert(Contributor {
            name: opener.clone(),
            email: String::new(),
            role: "opener".to_owned(),
            account: Some((request.forge.clone(), opener.clone())),
            vouched: Some(true),
        });
        all.extend(request.opener_id.map(|id| Contributor {
            name: opener.clone(),
            role: "opener".to_owned(),
            account: Some((format!("{}-id", request.forge), id.to_string())),
            vouched: Some(true),
            ..Contributor::default()
        }));
    }
    let text = request.text.filter(|text| !text.trim().is_empty());
    let message = text.or_else(|| (!said.is_empty()).then(|| said.join("\n\n")));
    let facts = Facts {
        contributors: all.into_iter().collect(),
        trailers: trailers.into_iter().collect(),
        pull_request: request.number,
        message,
        cut,
        ..Facts::default()
    };
    Ok((facts, evidence))
}

/// What commits say together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Who had a hand in them.
    pub(super) all: BTreeSet<Contributor>,
    /// Which changes they name.
    pub(super) trailers: BTreeSet<String>,
    /// What they say of themselves.
    pub(super) said: Vec<String>,
}

/// Gathers what commits say.
pub(super) fn gathered(commits: &[CommitInfo]) -> Gathered {
    let mut gathered = Gathered::default();
    for commit in commits {
        // A merge brings what others made already.
        if commit.parents.len() < 2 {
            gathered.all.extend(of_commit(commit));
        }
        gathered.trailers.extend(commit.trailers(CHANGE).map(str::to_owned));
        gathered.said.extend(body(commit));
    }
    gathered
}

/// Who had a hand in a commit.
pub fn of_commit(commit: &CommitInfo) -> Vec<Contributor> {
    let mut all = vec![contributor(&commit.author, "author")];
    // A forge commits for people when they press its button.
    if commit.committer != commit.author && forge_of(&commit.committer).is_none() {
        all.push(contributor(&commit.committer, "committer"));
    }
    all.extend(commit.co_authors.iter().map(|person| contributor(person, "co-author")));
    all
}

/// The forge that commits for people, by its address.
pub(super) fn forge_of(committer: &Person) -> Option<&'static str> {
    let known = FORGES.iter().find(|(email, _)| committer.email.eq_ignore_ascii_case(email));
    known.map(|(_, name)| *name)
}

/// The addresses under which forges commit.
const FORGES: &[(&str, &str)] = &[
    ("noreply@github.com", "GitHub"),
    ("noreply@gitlab.com", "GitLab"),
    ("noreply@gitea.io", "Gitea"),
    ("noreply@codeberg.org", "Codeberg"),
];

pub(super) fn contributor(person: &Person, role: &str) -> Contributor {
    Contributor {
        name: person.name.clone(),
        email: person.email.clone(),
        role: role.to_owned(),
        account: None,
        vouched: None,
    }
}

/// What a message says beside its subject and its trailers.
fn body(commit: &CommitInfo) -> Option<String> {
    let is_trailer = |line: &str| {
        commit.trailers.iter().any(|one| {
            line.strip_prefix(one.key.as_str()).is_some_and(|rest| rest.starts_with(':'))
        })
    };
    let lines: Vec<&str> = commit.body.lines().filter(|line| !is_trailer(line)).collect();
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}
