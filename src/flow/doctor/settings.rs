//! `gitsm.yaml` of the protected branch: whether anything is enforced, and what it lets through.

use super::seen::Seen;
use super::{Check, Sighting, only_if};
use crate::config::{Gate, Hold, Level};
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::PolicyLifecycle;
use crate::output::doctor::Danger;

/// Reads what holds for one requirement.
type Held = fn(&Gate) -> Option<Hold>;

/// The requirements of the gate, each with where the settings speak of it.
const REQUIREMENTS: &[(&str, Held)] = &[
    ("valid", |gate| gate.valid),
    ("policies", |gate| gate.policies),
    ("request", |gate| gate.request),
    ("approvals", |gate| gate.approvals),
    ("governance", |gate| gate.governance),
    ("schedule", |gate| gate.schedule),
    ("conflicts", |gate| gate.conflicts),
    ("attribution", |gate| gate.attribution),
];

/// Codes by which a document, or a file of them, drops out of the catalog: off, nobody is told.
const HIDING: &[&str] = &[
    "api-version-unknown",
    "catalog-empty",
    "envelope-missing",
    "file-encoding",
    "file-lfs-pointer",
    "file-too-large",
    "file-unreadable",
    "kind-unknown",
    "yaml-limit",
    "yaml-syntax",
];

/// How many people may break glass before it is no exception any more.
const MANY: usize = 5;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "no-settings",
        severity: Danger::Danger,
        why: "Only mistakes in the catalog hold up a merge: nobody has to agree to anything.",
        remedy: "write a gitsm.yaml with `gate: {all: enforce}`, an `id` and a `ledger`, and merge it",
        find: |seen| {
            only_if(!seen.base.config.exists, || {
                Sighting::new("the protected branch has no gitsm.yaml")
            })
        },
    },
    Check {
        id: "settings-broken",
        severity: Danger::Danger,
        why: "What is wrong in gitsm.yaml is left out, as if it were not written there.",
        remedy: "gitsm validate says what to write; merge that",
        find: |seen| {
            let told = |(line, message): &(u32, String)| {
                Sighting::new(message.clone()).at(format!("{}:{line}", seen.settings_path()))
            };
            seen.faults.iter().map(told).collect()
        },
    },
    Check {
        id: "gate-open",
        severity: Danger::Danger,
        why: "Only mistakes in the catalog hold up a merge; approvals, freezes and policies are told \
              and bind nobody.",
        remedy: "add `gate: {all: enforce}` to gitsm.yaml, or begin with some: `gate: {approvals: \
                 enforce, governance: enforce}`",
        find: |seen| {
            let is_open = seen.base.config.exists && !enforces_more(seen);
            only_if(is_open, || {
                Sighting::new("`gate` enforces nothing but a valid catalog")
                    .at(seen.settings_path())
            })
        },
    },
    Check {
        id: "gate-reports",
        severity: Danger::Warning,
        why: "A requirement that is only told holds nothing up.",
        remedy: "set it to `enforce` below `gate` in gitsm.yaml, when you trust what it says",
        find: |seen| {
            let free: Vec<&str> =
                REQUIREMENTS.iter().filter(|one| !enforced(seen, one)).map(|one| one.0).collect();
            only_if(enforces_more(seen) && !free.is_empty(), || {
                let what = free.join(", ");
                Sighting::new(format!("only reported: {what}")).at(seen.settings_path())
            })
        },
    },
    Check {
        id: "governance-reports",
        severity: Danger::Danger,
        why: "Who may weaken a policy, a freeze or a team without anybody's word gets around the rest \
              in two steps.",
        remedy: "set `gate: {governance: enforce}` in gitsm.yaml",
        find: |seen| {
            let is_free = !REQUIREMENTS
                .iter()
                .filter(|one| one.0 == "governance")
                .all(|one| enforced(seen, one));
            only_if(enforces_more(seen) && is_free, || {
                Sighting::new("changes of the rules themselves are only reported")
                    .at(seen.settings_path())
            })
        },
    },
    Check {
        id: "no-id",
        severity: Danger::Danger,
        why: "An approval names the repository that it is for; without a name it cannot be given.",
        remedy: "add `id: NAME/OF-THIS-REPOSITORY` to gitsm.yaml; it never changes",
        find: |seen| {
            let is_missing = seen.base.config.exists && seen.base.config.settings.id.is_none();
            only_if(is_missing, || Sighting::new("no `id`").at(seen.settings_path()))
        },
    },
    Check {
        id: "level-hides",
        severity: Danger::Danger,
        why: "A file with such a mistake is no part of the catalog, and nobody is told: whatever is \
              in it is under no rule.",
        remedy: "remove the line below `levels` in gitsm.yaml",
        find: |seen| {
            let hidden = off(seen).filter(|(code, _)| HIDING.contains(code));
            hidden.map(|(code, level)| level_of(seen, code, level)).collect()
        },
    },
    Check {
        id: "level-off",
        severity: Danger::Warning,
        why: "The gate does not hold up what is not reported as an error.",
        remedy: "remove the line below `levels` in gitsm.yaml, or say why it is there",
        find: |seen| {
            let plain =
                off(seen).filter(|(code, level)| !HIDING.contains(code) && *level == Level::Off);
            plain.map(|(code, level)| level_of(seen, code, level)).collect()
        },
    },
    Check {
        id: "no-change-policy",
        severity: Danger::Note,
        why: "How risky changes are and who agrees is judged by the tables that come with gitsm, which \
              name no board and nobody for emergencies.",
        remedy: "gitsm init --with change",
        find: |seen| {
            only_if(!seen.crowd.has_policy, || {
                Sighting::new("there is no ChangePolicy of your own")
            })
        },
    },
    Check {
        id: "policy-draft",
        severity: Danger::Note,
        why: "A policy in draft only notes: it holds nothing up.",
        remedy: "set `lifecycle: active`, when it says what you mean",
        find: drafts,
    },
    Check {
        id: "break-glass-empty",
        severity: Danger::Note,
        why: "When it burns at night and nobody is there to agree, somebody turns the gate off.",
        remedy: "list two people in `breakGlass.people` of your ChangePolicy",
        find: |seen| {
            let is_empty = seen.crowd.has_policy && able(seen).next().is_none();
            only_if(is_empty, || Sighting::new("nobody may break glass"))
        },
    },
    Check {
        id: "break-glass-wide",
        severity: Danger::Warning,
        why: "Whoever may break glass needs nobody's word; that many make it the usual way.",
        remedy: "list fewer in `breakGlass.people` of your ChangePolicy",
        find: |seen| {
            let (able, all) = (able(seen).count(), seen.crowd.active().count());
            only_if(able > MANY || able > 2 && able * 2 > all, || {
                Sighting::new(format!("{able} of {all} people may break glass"))
            })
        },
    },
];

/// Whether a requirement holds a merge up.
fn enforced(seen: &Seen, (name, held): &(&str, Held)) -> bool {
    let Some(gate) = &seen.base.config.settings.gate else { return *name == "valid" };
    let default = if *name == "valid" { Hold::Enforce } else { Hold::Report };
    held(gate).or(gate.all).unwrap_or(default) == Hold::Enforce
}

/// Whether anything but a valid catalog is enforced.
fn enforces_more(seen: &Seen) -> bool {
    REQUIREMENTS.iter().any(|one| one.0 != "valid" && enforced(seen, one))
}

/// The codes that are made less than an error.
fn off(seen: &Seen) -> impl Iterator<Item = (&str, Level)> {
    let levels = seen.base.config.settings.levels.iter().flatten();
    let levels = levels.filter(|(_, level)| matches!(level, Level::Off | Level::Note));
    levels.map(|(code, level)| (code.as_str(), *level))
}

fn level_of(seen: &Seen, code: &str, level: Level) -> Sighting {
    let word = if level == Level::Off { "off" } else { "note" };
    Sighting::new(format!("`{code}: {word}`")).at(seen.settings_path())
}

fn drafts(seen: &Seen) -> Vec<Sighting> {
    let catalog = &seen.base.catalog;
    let draft = |entity: &&crate::catalog::Entity| match entity.spec() {
        Some(Spec::Policy(spec)) => spec.lifecycle == PolicyLifecycle::Draft,
        _ => false,
    };
    let all = catalog.entities().map(|(_, entity)| entity).filter(draft);
    let told = |entity: &crate::catalog::Entity| {
        let name = crate::catalog::short(catalog.canonical(entity));
        Sighting::new(format!("{name} is a draft"))
            .at(format!("{}:{}", entity.file.path, entity.name_place.start.line))
    };
    all.map(told).collect()
}

/// Those who may break glass and still work here.
fn able(seen: &Seen) -> impl Iterator<Item = &String> {
    let authority = &seen.crowd.authority;
    authority.break_glass.iter().filter(|name| !authority.left.contains(*name))
}
