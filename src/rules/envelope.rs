//! `apiVersion` and `kind`: whether a document is what it was meant to be.

use super::at::{At, Part, list, nearest, quoted};
use super::codes;
use crate::catalog::{DocumentView, FileView, Recognition};
use crate::finding::Finding;
use crate::model::{Group, KINDS, Kind, groups};
use crate::yaml::{NodeKind, Pointer};

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let at = At::new(view, document);
    match document.recognition {
        Recognition::EnvelopeMissing => findings.push(missing(&at)),
        Recognition::VersionUnknown(group) => findings.push(version(&at, group)),
        Recognition::KindUnknown(group) => findings.push(kind(&at, group)),
        Recognition::InList(_) => findings.push(
            at.finding(
                &codes::ENVELOPE_LIST,
                &Pointer::root().join("kind"),
                Part::Value,
                "Backstage reads no list of entities",
            )
            .help("write each entity as a document of its own, with `---` between them"),
        ),
        Recognition::Retired(group) => findings.push(retired(&at, group)),
        Recognition::Entity(_) | Recognition::Template | Recognition::Foreign => {}
    }
}

fn missing(at: &At<'_>) -> Finding {
    let root = at.root;
    if root.kind() != NodeKind::Mapping {
        let headline = format!("this document is {} and no entity", root.type_name());
        return at
            .finding(&codes::ENVELOPE_MISSING, &Pointer::root(), Part::Value, headline)
            .help("an entity begins with `apiVersion:`, `kind:`, `metadata:` and `spec:`");
    }
    let name = if root.str("apiVersion").is_none() { "apiVersion" } else { "kind" };
    let pointer = Pointer::root().join(name);
    if let Some(value) = root.get(name) {
        let headline = format!("`{name}` is {} and must be a string", value.type_name());
        return at
            .finding(&codes::ENVELOPE_MISSING, &pointer, Part::Value, headline)
            .help(wanted(root.str("kind")));
    }
    let keys = root.entries().filter_map(|(key, _)| key.text());
    let headline = format!("this document has no `{name}`");
    match nearest(name, keys) {
        Some(key) => {
            let near = Pointer::root().join(key);
            let place = at.place(at.span(&near, Part::Key));
            at.finding(&codes::ENVELOPE_MISSING, &near, Part::Key, headline)
                .help(format!("did you mean `{name}`?"))
                .fix(format!("rename `{key}` to `{name}`"), place, name)
        }
        None => at
            .finding(&codes::ENVELOPE_MISSING, &pointer, Part::Key, headline)
            .help(wanted(root.str("kind"))),
    }
}

/// What `apiVersion` a document of this kind would have.
fn wanted(kind: Option<&str>) -> String {
    let known = kind.and_then(|name| KINDS.iter().find(|kind| kind.name == name));
    match known {
        Some(kind) => format!("write `apiVersion: {}`", first_version(kind)),
        None => {
            let names: Vec<String> =
                KINDS.iter().filter(|kind| kind.group.foreign).map(|k| k.name.to_owned()).collect();
            format!("the kinds are {}", list(&names, "and"))
        }
    }
}

fn first_version(kind: &Kind) -> String {
    kind.api_versions().into_iter().next().unwrap_or_default()
}

fn version(at: &At<'_>, group: Option<&'static Group>) -> Finding {
    let pointer = Pointer::root().join("apiVersion");
    let root = at.root;
    let written = root.str("apiVersion").unwrap_or_default();
    let kind = root.str("kind").unwrap_or_default();
    let known = KINDS.iter().filter(|known| known.name == kind);
    let mut versions: Vec<String> = known
        .filter(|known| group.is_none_or(|group| known.group == group))
        .flat_map(|kind| kind.api_versions())
        .collect();
    if versions.is_empty() {
        let of_group = |kind: &&&Kind| group.is_none_or(|group| kind.group == group);
        versions = KINDS.iter().filter(of_group).flat_map(|kind| kind.api_versions()).collect();
        versions.sort();
        versions.dedup();
    }
    let headline = match group {
        Some(group) => format!("{} has no version {}", group.title, quoted(written)),
        None => format!("nobody reads documents of {} here", quoted(written)),
    };
    let finding = at.finding(&codes::API_VERSION_UNKNOWN, &pointer, Part::Value, headline);
    let place = finding.at.place.clone();
    let near = nearest(written, versions.iter().map(String::as_str)).map(str::to_owned);
    match near.or_else(|| (versions.len() == 1).then(|| versions[0].clone())) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            place,
            near,
        ),
        None => finding.help(format!("write {}", list(&versions, "or"))),
    }
}

fn kind(at: &At<'_>, group: &'static Group) -> Finding {
    let pointer = Pointer::root().join("kind");
    let written = at.root.str("kind").unwrap_or_default();
    let headline = format!("{} has no kind {}", group.title, quoted(written));
    let finding = at.finding(&codes::KIND_UNKNOWN, &pointer, Part::Value, headline);
    let place = finding.at.place.clone();
    let elsewhere = KINDS.iter().find(|kind| kind.name == written);
    if let Some(kind) = elsewhere {
        let version = first_version(kind);
        return finding.help(format!("`{written}` is a kind of `apiVersion: {version}`"));
    }
    let of_group = || KINDS.iter().filter(|kind| kind.group == group).map(|kind| kind.name);
    match nearest(written, of_group()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            place,
            near,
        ),
        None => {
            let names: Vec<String> = of_group().map(str::to_owned).collect();
            finding.help(format!("the kinds are {}", list(&names, "and")))
        }
    }
}

fn retired(at: &At<'_>, group: &'static Group) -> Finding {
    let pointer = Pointer::root().join("apiVersion");
    let written = at.root.str("apiVersion").unwrap_or_default();
    let newest = KINDS.iter().find(|kind| kind.group == group).map(|kind| first_version(kind));
    debug_assert!(groups().contains(&group));
    let headline = format!("{} is no longer read", quoted(written));
    at.finding(&codes::VERSION_RETIRED, &pointer, Part::Value, headline)
        .help(format!("write `apiVersion: {}`", newest.unwrap_or_default()))
}
