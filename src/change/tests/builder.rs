//! Two small trees, and what the change between them means.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Classes, Graph, Inspection, Reader, Subject, load};
use crate::change::assessment::{Assessment, assess};
use crate::change::facts::Facts;
use crate::change::governance::is_governance;
use crate::change::{ChangeSet, FileChange, Side};
use crate::config::Config;
use crate::git::{BlobId, ChangedPath, Version};
use crate::source::{File, Source};
use crate::tree::{Entry, EntryKind, Memory};
use crate::yaml::Limits;

/// A tree of a catalog, and all that is read from it.
pub(super) struct Tree {
    tree: Memory,
    config: Config,
    catalog: Catalog,
}

impl Tree {
    pub(super) fn new(files: &[(String, String)]) -> Self {
        let tree = Memory::new(files.iter().cloned());
        let config = files.iter().find(|(path, _)| path == "gitsm.yaml").map(|(_, text)| {
            let source = Source::new(File::local("gitsm.yaml"), text.clone());
            let (config, faults) = Config::read(&source, "");
            assert_eq!(faults, []);
            config
        });
        let config = config.unwrap_or_default();
        let inspect = |_: &Subject<'_>| Inspection::default();
        let catalog = load(&tree, &config, &Limits::default(), &inspect).unwrap().0;
        Self { tree, config, catalog }
    }
}

/// Assesses the change between two trees; `files` are changed files and whom they implement.
pub(super) fn between(
    base: &Tree,
    merged: &Tree,
    files: &[(&str, &[&str])],
    facts: &Facts,
) -> Assessment {
    with_sides(base, merged, |before, after| {
        let mut set = compare(before, after);
        set.files = files.iter().map(|(path, of)| file(path, of, before.config)).collect();
        assess(&set, before, after, facts)
    })
}

pub(super) fn with_sides<T>(
    base: &Tree,
    merged: &Tree,
    tell: impl FnOnce(&Side<'_>, &Side<'_>) -> T,
) -> T {
    let (graph, later_graph) = (Graph::of(&base.catalog), Graph::of(&merged.catalog));
    let (classes, later_classes) = (Classes::of(&base.catalog), Classes::of(&merged.catalog));
    let (reader, later_reader) = (Reader::new(&base.tree), Reader::new(&merged.tree));
    let before = Side {
        tree: &base.tree,
        config: &base.config,
        catalog: &base.catalog,
        graph: &graph,
        classes: &classes,
        suppressions: &[],
        reader: &reader,
    };
    let after = Side {
        tree: &merged.tree,
        config: &merged.config,
        catalog: &merged.catalog,
        graph: &later_graph,
        classes: &later_classes,
        suppressions: &[],
        reader: &later_reader,
    };
    tell(&before, &after)
}

pub(super) fn file(path: &str, of: &[&str], config: &Config) -> FileChange {
    FileChange {
        changed: ChangedPath { path: path.to_owned(), before: None, after: None },
        entities: of.iter().map(|one| (*one).to_owned()).collect(),
        governance: is_governance(path, config),
    }
}

/// What differs between two sides, all files looked at.
pub(super) fn compare(base: &Side<'_>, merged: &Side<'_>) -> ChangeSet {
    let version = |side: &Side<'_>, path: &str| {
        let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
        let bytes = side.tree.read(&entry, u64::MAX).ok()?.bytes;
        Some(Version { bits: 0o100_644, blob: BlobId::of(&bytes).unwrap() })
    };
    let paths = [base, merged].map(|side| side.tree.files().unwrap()).concat();
    let paths: BTreeSet<String> = paths.into_iter().collect();
    let changed = paths.into_iter().map(|path| ChangedPath {
        before: version(base, &path),
        after: version(merged, &path),
        path,
    });
    let changed: Vec<ChangedPath> = changed.filter(|one| one.before != one.after).collect();
    ChangeSet::between(base, merged, &changed, &BTreeSet::new())
}

/// A configuration item: its class, and further fields of its spec.
pub(super) fn ci(name: &str, class: &str, more: &str) -> (String, String) {
    let text = format!(
        "{{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {{name: {name}}}, spec: \
         {{class: {class}, owner: team:infra, environment: production, lifecycle: {{stage: \
         operational}}{more}}}}}\n"
    );
    (format!("{name}.yaml"), text)
}

/// A live service: its tier, its owner, and further fields of its spec.
pub(super) fn service(name: &str, tier: &str, owner: &str, more: &str) -> (String, String) {
    let text = format!(
        "{{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {{name: {name}}}, spec: {{owner: \
         team:{owner}, lifecycle: live, criticality: {tier}{more}}}}}\n"
    );
    (format!("{name}.yaml"), text)
}

/// A document of another kind.
pub(super) fn other(kind: &str, name: &str, spec: &str) -> (String, String) {
    let text = format!(
        "{{apiVersion: gitsm/v1alpha1, kind: {kind}, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n"
    );
    (format!("{kind}-{name}.yaml"), text)
}

/// A shop on a database, with its teams and people.
pub(super) fn shop() -> Vec<(String, String)> {
    vec![
        service("shop", "tier1", "shop", ", supportedBy: [ci:web]"),
        service("reports", "tier3", "data", ", dependsOn: [ci:db]"),
        ci("web", "application.component", ", relations: {dependsOn: [ci:db]}"),
        ci("db", "database.instance", ", version: '16.4', attributes: {engine: postgresql}"),
        ci("idle", "compute.vm", ""),
        other("Team", "shop", "members: [person:ada, person:bo]"),
        other(
            "Team",
            "infra",
            "members: [person:cy], approvers: {quorum: 1, deputies: [person:dee]}",
        ),
        other("Team", "data", "members: [person:eve]"),
        other(
            "Team",
            "board",
            "type: cab, members: [person:dee, person:eve, person:fay], approvers: {quorum: 2}",
        ),
        other("Team", "ecab", "type: ecab, members: [person:fay]"),
        other("Person", "ada", "accounts: {git: ada@example.com}"),
        other("Person", "bo", "accounts: {github: bo}"),
        other("Person", "cy", "accounts: {git: 'cy@example.com, cy@old.example.com'}"),
        other("Person", "dee", "lifecycle: active"),
        other("Person", "eve", "lifecycle: active"),
        other("Person", "fay", "lifecycle: active"),
        other(
            "ChangeModel",
            "resize",
            "type: standard, owner: team:infra, lifecycle: approved, selector: {classes: [database.instance]}, \
             fields: [/spec/attributes], preauthorized: {by: team:board, at: 2026-01-01, reviewBy: 2026-12-31, \
             maxFailureRate: 0.1}",
        ),
    ]
}

/// Replaces or adds files.
pub(super) fn with(files: &[(String, String)], new: &[(String, String)]) -> Vec<(String, String)> {
    let kept = files.iter().filter(|(path, _)| !new.iter().any(|(other, _)| other == path));
    kept.chain(new).cloned().collect()
}

pub(super) fn without(files: &[(String, String)], name: &str) -> Vec<(String, String)> {
    files.iter().filter(|(path, _)| path != &format!("{name}.yaml")).cloned().collect()
}

pub(super) fn facts() -> Facts {
    Facts { today: "2026-11-21".to_owned(), ..Facts::default() }
}

/// Assesses what becomes of the shop when files are replaced or added.
pub(super) fn changed(new: &[(String, String)]) -> Assessment {
    changed_by(new, &facts())
}

pub(super) fn changed_by(new: &[(String, String)], facts: &Facts) -> Assessment {
    let base = shop();
    between(&Tree::new(&base), &Tree::new(&with(&base, new)), &[], facts)
}

/// `name points` of all addends that count and add something.
pub(super) fn points(assessment: &Assessment) -> Vec<String> {
    let addends = assessment.risk.addends.iter().filter(|one| one.counts && one.points > 0);
    addends.map(|one| format!("{} {}", one.name.words(), one.points)).collect()
}

pub(super) fn asked(assessment: &Assessment) -> Vec<String> {
    let all = assessment.approvals.requirements.iter();
    all.map(|one| format!("{} {}", one.id, one.count)).collect()
}
