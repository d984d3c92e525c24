//! Two small trees, and the change set between them, made by comparing plain values.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::catalog::{Catalog, Classes, Graph, Inspection, Reader, Subject, load};
use crate::change::assessment::{Assessment, assess};
use crate::change::facts::Facts;
use crate::change::governance::{is_governance, removes_relation};
use crate::change::{Action, ChangeSet, EntityChange, FieldEdit, FileChange, Located, Side, Value};
use crate::config::Config;
use crate::git::ChangedPath;
use crate::model::{FieldClass, Kind};
use crate::source::{File, Source};
use crate::tree::Memory;
use crate::yaml::{Limits, Pointer};

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
        reader: &reader,
    };
    let after = Side {
        tree: &merged.tree,
        config: &merged.config,
        catalog: &merged.catalog,
        graph: &later_graph,
        classes: &later_classes,
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

fn names(side: &Side<'_>) -> BTreeSet<String> {
    side.catalog.distinct().map(|id| side.name(id).to_owned()).collect()
}

pub(super) fn compare(base: &Side<'_>, merged: &Side<'_>) -> ChangeSet {
    let (before, after) = (names(base), names(merged));
    let mut entities = Vec::new();
    for name in before.union(&after) {
        let (was, is) = (base.value(name), merged.value(name));
        let action = match (&was, &is) {
            (Some(_), Some(_)) => Action::Update,
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
        };
        let id = merged.find(name).map(|id| merged.catalog.entity(id).kind);
        let kind = id.or(base.find(name).map(|id| base.catalog.entity(id).kind)).unwrap();
        let mut edits = Vec::new();
        differ(kind, &mut Vec::new(), was.as_ref(), is.as_ref(), &mut edits);
        if edits.is_empty() {
            continue;
        }
        let class = edits.iter().map(|edit| edit.class).max().unwrap();
        let reference = name.clone();
        entities.push(EntityChange {
            reference,
            former: None,
            kind,
            action,
            before: None,
            after: None,
            edits,
            class,
        });
    }
    ChangeSet { entities, ..ChangeSet::default() }
}

fn differ(
    kind: &'static Kind,
    path: &mut Vec<String>,
    was: Option<&Json>,
    is: Option<&Json>,
    edits: &mut Vec<FieldEdit>,
) {
    if was == is {
        return;
    }
    if let (Some(Json::Object(a)), Some(Json::Object(b))) = (was, is) {
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for key in keys {
            path.push(key.clone());
            differ(kind, path, a.get(key), b.get(key), edits);
            path.pop();
        }
        return;
    }
    if let (Some(Json::Array(a)), Some(Json::Array(b))) = (was, is) {
        for (own, others, gone) in [(a, b, true), (b, a, false)] {
            for item in own.iter().filter(|item| !others.contains(item)) {
                path.push(format!("[{}]", item.as_str().unwrap_or("item")));
                let (was, is) = if gone { (Some(item), None) } else { (None, Some(item)) };
                edits.push(edit(kind, path, was, is));
                path.pop();
            }
        }
        return;
    }
    edits.push(edit(kind, path, was, is));
}

fn edit(kind: &'static Kind, path: &[String], was: Option<&Json>, is: Option<&Json>) -> FieldEdit {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut edit = FieldEdit {
        pointer: path.iter().fold(Pointer::root(), |pointer, token| pointer.join(token)),
        before: was.map(located),
        after: is.map(located),
        class: kind.practice.class_of(&words),
        reordered: false,
    };
    if removes_relation(kind, &edit) {
        edit.class = FieldClass::Governance;
    }
    edit
}

fn located(value: &Json) -> Located {
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Int(number.to_string()),
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(located).collect()),
        Json::Object(fields) => {
            Value::Map(fields.iter().map(|(name, value)| (name.clone(), located(value))).collect())
        }
    };
    Located { value, place: None }
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
