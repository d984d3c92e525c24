//! The ledger: whether it is there, whether it is the right one, and who may write to it.

use super::seen::{LedgerState, Seen};
use super::{Check, Sighting, only_if};
use crate::ledger::Standing;
use crate::output::doctor::Danger;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "ledger-missing",
        severity: Danger::Danger,
        why: "Nothing that people decide can be recorded, so nothing can be asked for.",
        remedy: "gitsm ledger init",
        find: |seen| {
            only_if(seen.ledger == LedgerState::Missing, || {
                Sighting::new("the ledger has not begun, as far as this clone knows").at(seen
                    .book
                    .branch
                    .reference
                    .clone())
            })
        },
    },
    Check {
        id: "ledger-rewound",
        severity: Danger::Danger,
        why: "An approval that was taken back counts again when the entry that took it back is gone.",
        remedy: "have whoever runs the remote put the commits back: git log refs/gitsm/witness/ledger",
        find: |seen| match &seen.ledger {
            LedgerState::Unreadable { is_rewound: true, why } => vec![told(seen, why)],
            LedgerState::There { standing: Standing::Rewound, .. } => {
                vec![told(seen, "entries that were seen before are gone")]
            }
            _ => Vec::new(),
        },
    },
    Check {
        id: "ledger-broken",
        severity: Danger::Danger,
        why: "What is not as it was written proves nothing.",
        remedy: "gitsm ledger verify",
        find: |seen| match &seen.ledger {
            LedgerState::Unreadable { is_rewound: false, why } => vec![told(seen, why)],
            LedgerState::There { standing: Standing::Broken | Standing::Forked, .. } => {
                vec![told(seen, "its chain is broken, or it is not the one that is pinned")]
            }
            _ => Vec::new(),
        },
    },
    Check {
        id: "ledger-not-pinned",
        severity: Danger::Danger,
        why: "Whoever may push could put another ledger in its place, with approvals of their own.",
        remedy: "write `ledger: {genesis: …}` into gitsm.yaml; gitsm ledger verify prints it",
        find: |seen| match &seen.ledger {
            LedgerState::There { genesis, .. } if seen.book.pinned().is_none() => {
                let genesis = genesis.as_deref().unwrap_or("…");
                let remedy =
                    format!("write `ledger: {{genesis: {genesis}}}` into gitsm.yaml, and merge it");
                let words = "gitsm.yaml does not say which ledger counts";
                vec![Sighting::new(words).at(seen.settings_path()).remedy(remedy)]
            }
            _ => Vec::new(),
        },
    },
    Check {
        id: "ledger-other",
        severity: Danger::Danger,
        why: "Only the ledger that gitsm.yaml pins counts; what stands in another one is ignored.",
        remedy: "fetch the one that is pinned: gitsm ledger sync",
        find: |seen| match (&seen.ledger, seen.book.pinned()) {
            (LedgerState::There { genesis: Some(here), .. }, Some(pinned)) if here != pinned => {
                vec![told(seen, &format!("it begins with {here}, and {pinned} is pinned"))]
            }
            _ => Vec::new(),
        },
    },
    Check {
        id: "ledger-alone",
        severity: Danger::Warning,
        why: "A ledger that only one clone has is gone with it, and can be rewound by whoever has it.",
        remedy: "share it: `ledger: {remote: origin}` in gitsm.yaml, then gitsm ledger sync",
        find: |seen| {
            let is_alone = seen.book.branch.remote.is_none() && !seen.is_bare();
            only_if(is_alone && is_there(seen), || {
                told(seen, "no remote has it: there is no `origin`, and gitsm.yaml names none")
            })
        },
    },
    Check {
        id: "ledger-pending",
        severity: Danger::Warning,
        why: "What others do not have counts for nobody but you.",
        remedy: "gitsm ledger sync",
        find: |seen| match &seen.ledger {
            LedgerState::There { pending, .. }
                if *pending > 0 && seen.book.branch.remote.is_some() =>
            {
                let words = "entries of this clone that others do not have";
                vec![told(seen, &format!("{words}: {pending}"))]
            }
            _ => Vec::new(),
        },
    },
    Check {
        id: "ledger-remote",
        severity: Danger::Danger,
        why: "What the remote does not have, other clones and pipelines cannot ask.",
        remedy: "gitsm ledger sync",
        find: remote,
    },
    Check {
        id: "remote-silent",
        severity: Danger::Warning,
        why: "Whether others have the ledger as it is here could not be seen.",
        remedy: "try it with Git itself: git ls-remote",
        find: |seen| match &seen.remote {
            Some(Err(error)) => vec![told(seen, &error.to_string())],
            _ => Vec::new(),
        },
    },
    Check {
        id: "no-operators",
        severity: Danger::Warning,
        why: "Nobody may begin the ledger in the name of all, or record what no pipeline did.",
        remedy: "list one or two people in `ledger.operators` of gitsm.yaml",
        find: |seen| {
            let is_empty = seen.base.config.exists && seen.crowd.authority.operators.is_empty();
            only_if(is_empty, || Sighting::new("no `ledger.operators`").at(seen.settings_path()))
        },
    },
    Check {
        id: "no-writers",
        severity: Danger::Warning,
        why: "Nobody records what landed and copies the reviews of a forge: changes never leave the \
              state in which they were agreed to.",
        remedy: "list the pipeline of the default branch in `ledger.writers` of gitsm.yaml, with its \
                 key, and let it run `gitsm change merged --as pipeline:NAME`",
        find: |seen| {
            let writers = &seen.crowd.authority.writers;
            let is_empty = !writers.keys().any(|name| name.starts_with("pipeline:"));
            only_if(seen.base.config.exists && is_empty, || {
                Sighting::new("no `ledger.writers`").at(seen.settings_path())
            })
        },
    },
];

fn is_there(seen: &Seen) -> bool {
    matches!(seen.ledger, LedgerState::There { .. })
}

fn told(seen: &Seen, words: &str) -> Sighting {
    Sighting::new(words).at(seen.book.branch.reference.clone())
}

/// What the remote says, where it was asked.
fn remote(seen: &Seen) -> Vec<Sighting> {
    let Some(answer) = &seen.remote else { return Vec::new() };
    let branch = &seen.book.branch;
    let name = branch.remote.as_deref().map(crate::git::masked).unwrap_or_default();
    // That it cannot be asked is another finding.
    let Ok(branches) = answer else { return Vec::new() };
    let repository = &seen.book.repository;
    let known = branch.tips(repository).ok().and_then(|tips| tips.shared);
    match (branches.get(&branch.reference), known) {
        (None, _) if is_there(seen) => vec![told(seen, &format!("{name} has no such branch"))],
        (Some(there), Some(known)) if *there != known => {
            // A commit that is not here yet is newer, as far as anybody can tell.
            let is_older = repository.contains(&known, there).unwrap_or(false);
            let (known, there) = (shortened(&known), shortened(there));
            let words = match is_older {
                true => format!("{name} was rewound: it has {there}, and {known} was there before"),
                false => format!("{name} has {there}, this clone knows {known} only"),
            };
            vec![told(seen, &words)]
        }
        (Some(there), None) => {
            vec![told(seen, &format!("{name} has {}, this clone none of it", shortened(there)))]
        }
        _ => Vec::new(),
    }
}

fn shortened(commit: &str) -> String {
    commit.chars().take(10).collect()
}
