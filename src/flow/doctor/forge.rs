//! The forge, as far as its files stand in the repository; what only the forge knows is listed for
//! somebody to look at.

use std::collections::BTreeSet;

use super::pipelines::{Forge, GateJob, Pipeline, forge_of, pipeline};
use super::seen::Seen;
use super::{Check, Sighting, only_if};
use crate::flow::init::codeowners::PATHS;
use crate::output::doctor::Danger;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "pipeline-without-gate",
        severity: Danger::Danger,
        why: "Nobody asks the gate before something is merged.",
        remedy: "let a job that every pull request must pass run `gitsm gate`, with the whole history",
        find: |seen| {
            let is_missing = !forges(seen).is_empty() && gates(seen).is_empty() && !seen.is_bare();
            only_if(is_missing, || Sighting::new("no pipeline runs `gitsm gate`"))
        },
    },
    Check {
        id: "pipeline-shallow",
        severity: Danger::Danger,
        why: "Without every commit of the change nobody knows who made it: the gate cannot be \
              evaluated, or says no to everything.",
        remedy: "`with: {fetch-depth: 0}` for actions/checkout; `GIT_DEPTH: 0` in GitLab",
        find: |seen| of_gates(seen, |gate| gate.is_shallow, "the gate has no history here"),
    },
    Check {
        id: "pipeline-tolerant",
        severity: Danger::Danger,
        why: "A gate whose answer is ignored holds nothing up.",
        remedy: "let the job fail: no `|| true`, no `continue-on-error`, no `allow_failure`. To try \
                 it out set `gate: {all: report}` in gitsm.yaml",
        find: |seen| of_gates(seen, |gate| gate.is_tolerant, "what the gate says is ignored here"),
    },
    Check {
        id: "pipeline-privileged",
        severity: Danger::Danger,
        why: "Code of a stranger's pull request runs beside your secrets, such as the key with which \
              the pipeline writes to the ledger.",
        remedy: "run on `pull_request`, or check nothing of the pull request out on \
                 `pull_request_target`",
        find: |seen| {
            let all = pipelines(seen);
            let found = all.iter().filter_map(|(path, _, one)| Some((path, one.privileged?)));
            let told = |(path, line): (&String, u32)| {
                Sighting::new("pull_request_target checks out what the pull request brings")
                    .at(format!("{path}:{line}"))
            };
            found.map(told).collect()
        },
    },
    Check {
        id: "codeowners-missing",
        severity: Danger::Note,
        why: "The forge asks nobody to look at changes of the rules; the gate does, and later.",
        remedy: "gitsm codeowners --write",
        find: |seen| {
            let has = |path: &str| seen.files().iter().any(|file| file == path);
            let is_missing = !forges(seen).is_empty() && !PATHS.iter().any(|path| has(path));
            only_if(is_missing && !seen.is_bare(), || Sighting::new("there is no CODEOWNERS"))
        },
    },
    Check {
        id: "check-required",
        severity: Danger::Note,
        why: "A gate that need not pass holds nothing up.",
        remedy: "GitHub: a ruleset for the branch with the gate as a required status check, and \
                 branches up to date before merging; GitLab: pipelines must succeed",
        find: |seen| by_hand(seen, "the gate is a check that must pass before merging"),
    },
    Check {
        id: "check-force-push",
        severity: Danger::Note,
        why: "Whoever may push with --force, or to the branch itself, passes no gate.",
        remedy: "GitHub: in the ruleset block force pushes and deletions, and require a pull request; \
                 GitLab: a protected branch, allowed to push: no one",
        find: |seen| {
            let branch = seen.book.base_branch.trim_start_matches("refs/heads/");
            by_hand(seen, &format!("nobody pushes to {branch} itself, and nobody with --force"))
        },
    },
    Check {
        id: "check-ledger",
        severity: Danger::Note,
        why: "Whoever may rewind the ledger brings back approvals that were taken back.",
        remedy: "protect that branch, too: no force push, no deletion; a witness outside sees the \
                 rest: gitsm ledger witness",
        find: |seen| {
            let branch = seen.book.branch.reference.trim_start_matches("refs/heads/");
            by_hand(seen, &format!("nobody rewinds or deletes {branch}"))
        },
    },
    Check {
        id: "check-bypass",
        severity: Danger::Note,
        why: "A rule that administrators pass by is a rule for everybody else.",
        remedy: "GitHub: an empty bypass list in the ruleset; GitLab: who may maintain, may unprotect",
        find: |seen| by_hand(seen, "nobody passes these rules by, administrators included"),
    },
];

/// The pipelines of the protected branch.
fn pipelines(seen: &Seen) -> Vec<(String, Forge, Pipeline)> {
    let mut all = Vec::new();
    for path in seen.files() {
        let Some(forge) = forge_of(path) else { continue };
        let text = seen.text(path).unwrap_or_default();
        all.push((path.clone(), forge, pipeline(path, &text, forge)));
    }
    all
}

/// The forges that this goes to: by their files, or by where `origin` is.
fn forges(seen: &Seen) -> BTreeSet<Forge> {
    let mut all: BTreeSet<Forge> = seen.files().iter().filter_map(|path| forge_of(path)).collect();
    let url = seen.book.repository.setting("remote.origin.url").unwrap_or_default();
    let hosts = [
        ("github.", Forge::GitHub),
        ("gitlab.", Forge::GitLab),
        ("codeberg.", Forge::Forgejo),
        ("forgejo.", Forge::Forgejo),
        ("gitea.", Forge::Forgejo),
    ];
    all.extend(hosts.iter().filter(|(host, _)| url.contains(host)).map(|(_, forge)| *forge));
    all
}

fn gates(seen: &Seen) -> Vec<(String, GateJob)> {
    let all = pipelines(seen).into_iter();
    let of = |(path, _, one): (String, Forge, Pipeline)| {
        one.gates.into_iter().map(move |gate| (path.clone(), gate))
    };
    all.flat_map(of).collect()
}

fn of_gates(seen: &Seen, is_bad: fn(&GateJob) -> bool, words: &str) -> Vec<Sighting> {
    let bad = gates(seen).into_iter().filter(|(_, gate)| is_bad(gate));
    bad.map(|(path, gate)| Sighting::new(words).at(format!("{path}:{}", gate.line))).collect()
}

/// What somebody has to look at: only where there is a forge.
fn by_hand(seen: &Seen, words: &str) -> Vec<Sighting> {
    let names: Vec<&str> = forges(seen)
        .iter()
        .map(|forge| match forge {
            Forge::GitHub => "GitHub",
            Forge::Forgejo => "Forgejo",
            Forge::GitLab => "GitLab",
        })
        .collect();
    only_if(!names.is_empty() && !seen.is_bare(), || {
        Sighting::new(words).at(format!("the settings of {}", names.join(" and "))).by_hand()
    })
}
