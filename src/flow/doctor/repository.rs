//! The repository itself: what this clone lacks, and what a server's lets happen.

use std::path::PathBuf;

use super::seen::Seen;
use super::{Check, Sighting, only_if};
use crate::output::doctor::Danger;

/// The longest hook that is read, in bytes.
const LONGEST: u64 = 1 << 20;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "clone-shallow",
        severity: Danger::Danger,
        why: "Who made a change, and what the ledger says, is only known with all of its commits: the \
              gate cannot be evaluated here.",
        remedy: "git fetch --unshallow; in a pipeline `fetch-depth: 0`, or `GIT_DEPTH: 0`",
        find: |seen| {
            only_if(seen.book.repository.is_shallow(), || {
                Sighting::new("this clone is shallow: its history is cut off")
            })
        },
    },
    Check {
        id: "default-branch-guessed",
        severity: Danger::Warning,
        why: "What a change is compared with, and whose rules count, is that branch: a guess may be \
              wrong.",
        remedy: "git remote set-head origin --auto",
        find: |seen| {
            let repository = &seen.book.repository;
            let known =
                repository.reference("refs/remotes/origin/HEAD").is_ok_and(|id| id.is_some());
            only_if(repository.has_remote("origin") && !known, || {
                let branch = seen.branch.trim_start_matches("refs/");
                Sighting::new(format!(
                    "this clone does not know the default branch of origin; {branch} is a guess"
                ))
            })
        },
    },
    Check {
        id: "server-rewind",
        severity: Danger::Danger,
        why: "Whoever pushes with --force replaces what was agreed to, or drops entries of the ledger.",
        remedy: "git config receive.denyNonFastForwards true",
        find: |seen| unless_set(seen, "receive.denyNonFastForwards"),
    },
    Check {
        id: "server-delete",
        severity: Danger::Danger,
        why: "Whoever deletes a branch and pushes it anew has rewound it.",
        remedy: "git config receive.denyDeletes true",
        find: |seen| unless_set(seen, "receive.denyDeletes"),
    },
    Check {
        id: "hook-missing",
        severity: Danger::Danger,
        why: "Nothing looks at what is pushed here.",
        remedy: "write hooks/pre-receive with two lines: #!/bin/sh, and exec gitsm hook pre-receive; \
                 then chmod +x hooks/pre-receive",
        find: |seen| {
            let is_missing = seen.is_bare() && hook(seen, GATE).is_none();
            only_if(is_missing, || Sighting::new("there is no pre-receive hook").at(HOOK))
        },
    },
    Check {
        id: "hook-not-executable",
        severity: Danger::Danger,
        why: "Git skips a hook that cannot be executed, and lets everything in.",
        remedy: "chmod +x hooks/pre-receive",
        find: |seen| {
            let skipped = hook(seen, GATE).is_some_and(|file| !is_executable(&file));
            only_if(seen.is_bare() && skipped, || {
                Sighting::new("the pre-receive hook cannot be executed").at(HOOK)
            })
        },
    },
    Check {
        id: "hook-foreign",
        severity: Danger::Danger,
        why: "A hook that does not ask gitsm lets everything in that gitsm would refuse.",
        remedy: "let hooks/pre-receive run: gitsm hook pre-receive, and end as it does",
        find: |seen| {
            let foreign = hook(seen, GATE).is_some_and(|file| !asks(&file, GATE));
            only_if(seen.is_bare() && foreign, || {
                Sighting::new("the pre-receive hook does not ask gitsm").at(HOOK)
            })
        },
    },
    Check {
        id: "hook-records-nothing",
        severity: Danger::Warning,
        why: "Nobody records what landed: changes never leave the state in which they were agreed to, \
              and an approval of one merge could serve another.",
        remedy: "write hooks/post-receive with two lines: #!/bin/sh, and exec gitsm hook \
                 post-receive; then chmod +x hooks/post-receive",
        find: |seen| {
            let records = hook(seen, "post-receive")
                .is_some_and(|file| is_executable(&file) && asks(&file, "post-receive"));
            only_if(seen.is_bare() && !records, || {
                Sighting::new("no post-receive hook asks gitsm").at("hooks/post-receive")
            })
        },
    },
    Check {
        id: "server-without-key",
        severity: Danger::Warning,
        why: "What the server records must be signed by somebody who may, or it does not count.",
        remedy: "git config gitsm.as pipeline:NAME, and git config gitsm.key /etc/gitsm/key; the name \
                 and its public key stand in `ledger.writers` of gitsm.yaml",
        find: |seen| {
            let key = seen.book.repository.setting("gitsm.key");
            only_if(seen.is_bare() && key.is_none_or(|key| key.is_empty()), || {
                Sighting::new("gitsm.key is not set").at("config")
            })
        },
    },
    Check {
        id: "push-unattributed",
        severity: Danger::Warning,
        why: "Without it nobody knows who pushes: a pusher counts as a contributor, and here anybody \
              could push in anybody's name.",
        remedy: "git config receive.certNonceSeed \"$(openssl rand -hex 32)\", and have people set \
                 push.gpgSign=if-asked; or name the variable in which your server says who pushes: \
                 `gate: {pusher: VARIABLE}` in gitsm.yaml",
        find: |seen| {
            let gate = seen.base.config.settings.gate.as_ref();
            let is_told = gate.is_some_and(|gate| gate.pusher.is_some());
            let seed = seen.book.repository.setting("receive.certNonceSeed");
            only_if(seen.is_bare() && !is_told && seed.is_none_or(|seed| seed.is_empty()), || {
                Sighting::new("receive.certNonceSeed is not set, and gitsm.yaml names no variable")
            })
        },
    },
    Check {
        id: "push-options-off",
        severity: Danger::Note,
        why: "Without push options a push cannot say which change it is, or that it breaks glass.",
        remedy: "git config receive.advertisePushOptions true",
        find: |seen| unless_set(seen, "receive.advertisePushOptions"),
    },
];

/// Where Git looks for it, from the repository on.
const HOOK: &str = "hooks/pre-receive";

/// A setting of a server that is not switched on.
fn unless_set(seen: &Seen, name: &str) -> Vec<Sighting> {
    let value = seen.book.repository.setting(name).map(|value| value.to_lowercase());
    let is_on = value.is_some_and(|value| matches!(value.as_str(), "true" | "yes" | "on" | "1"));
    only_if(seen.is_bare() && !is_on, || Sighting::new(format!("{name} is not set")).at("config"))
}

/// The hook that lets pushes in, or not.
const GATE: &str = "pre-receive";

/// Whether a hook asks gitsm; what a comment says is not run.
fn asks(file: &std::path::Path, hook: &str) -> bool {
    let text = read(file).unwrap_or_default();
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.any(|line| line.contains("gitsm") && line.contains(hook))
}

/// The file of a hook, if there is one.
fn hook(seen: &Seen, name: &str) -> Option<PathBuf> {
    let repository = &seen.book.repository;
    let folder = match repository.setting("core.hooksPath") {
        Some(path) => repository.git_dir().join(path),
        None => repository.common_dir().join("hooks"),
    };
    Some(folder.join(name)).filter(|file| file.is_file())
}

#[cfg(unix)]
fn is_executable(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &std::path::Path) -> bool {
    true
}

#[allow(clippy::disallowed_methods, reason = "a hook is no file of a tree")]
fn read(file: &std::path::Path) -> Option<String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
