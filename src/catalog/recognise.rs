//! Which documents are entities: nothing that was meant to be one vanishes silently.

use crate::model::{Group, KINDS, Kind, backstage, groups};
use crate::source::Source;
use crate::yaml::{Node, NodeKind};

/// What a document is, before anybody asks whether it is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recognition {
    /// A document of a known kind.
    Entity(&'static Kind),
    /// A Backstage entity in a list, which Backstage does not read.
    InList(&'static Kind),
    /// A template of an entity: its values hold expressions for a scaffolder.
    Template,
    /// A version that is no longer read.
    Retired(&'static Group),
    /// A known group, and a version that it does not have.
    VersionUnknown(Option<&'static Group>),
    /// A known group and version, and a kind that they do not have.
    KindUnknown(&'static Group),
    /// `apiVersion` or `kind` is missing, or is no text, where an entity must be.
    EnvelopeMissing,
    /// A document of somebody else: passed over.
    Foreign,
}

impl Recognition {
    /// Whether the document was meant to be an entity and is looked at.
    pub fn is_judged(self) -> bool {
        !matches!(self, Self::Template | Self::Foreign | Self::Retired(_))
    }
}

/// Whether a file's name says that every document in it is an entity.
pub fn is_catalog_info(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "catalog-info.yaml" | "catalog-info.yml")
}

/// The text of a document root's field, if it is a string.
fn field<'a>(root: Node<'a>, key: &str) -> Option<&'a str> {
    root.str(key)
}

/// The group that an `apiVersion` belongs to, and the version in it.
pub(super) fn group_of(api_version: &str) -> Option<(&'static Group, &str)> {
    let (name, version) = api_version.split_once('/').unwrap_or((api_version, ""));
    groups().into_iter().find(|group| group.name == name).map(|group| (group, version))
}

/// Recognises each document of a file.
///
/// `roots` are the documents, or the items of a list that stands for several documents.
pub(super) fn recognise(source: &Source, roots: &[(Node<'_>, bool)]) -> Vec<Recognition> {
    let path = &source.file().path;
    let expressions = source.text().contains("{{");
    let mut found: Vec<Recognition> = roots
        .iter()
        .map(|(root, in_list)| match one(*root, *in_list) {
            Recognition::Foreign => Recognition::Foreign,
            // Others' documents may be templates of entities; gitsm's own never are.
            _ if expressions && may_be_template(*root) && is_template(*root, source) => {
                Recognition::Template
            }
            other => other,
        })
        .collect();
    let meant = is_catalog_info(path) || found.iter().any(|one| *one != Recognition::Foreign);
    if meant {
        for ((root, _), recognition) in roots.iter().zip(&mut found) {
            let lacks = field(*root, "apiVersion").is_none() || field(*root, "kind").is_none();
            if *recognition != Recognition::Foreign {
                continue;
            }
            if expressions && may_be_template(*root) && is_template(*root, source) {
                *recognition = Recognition::Template;
            } else if lacks {
                *recognition = Recognition::EnvelopeMissing;
            } else if is_catalog_info(path) {
                *recognition = Recognition::VersionUnknown(None);
            }
        }
    }
    found
}

fn one(root: Node<'_>, in_list: bool) -> Recognition {
    let kind = field(root, "kind");
    let known_kind = kind.is_some_and(|name| KINDS.iter().any(|kind| kind.name == name));
    let Some(api_version) = field(root, "apiVersion") else {
        let entity_like = known_kind && root.get("metadata").is_some_and(Node::is_mapping);
        return if entity_like { Recognition::EnvelopeMissing } else { Recognition::Foreign };
    };
    let Some((group, version)) = group_of(api_version) else {
        let name = api_version.split('/').next().unwrap_or_default();
        let near = groups()
            .into_iter()
            .any(|group| strsim::levenshtein(group.name, &name.to_ascii_lowercase()) <= 2);
        let entity_like = known_kind && root.get("metadata").is_some_and(Node::is_mapping);
        let meant = entity_like && (near || !is_api_version(api_version));
        return if meant { Recognition::VersionUnknown(None) } else { Recognition::Foreign };
    };
    if group.retired.contains(&version) {
        return Recognition::Retired(group);
    }
    let of_group = || KINDS.iter().filter(|kind| kind.group == group);
    let Some(kind) = kind else { return Recognition::EnvelopeMissing };
    match of_group().find(|candidate| candidate.name == kind) {
        Some(kind) if !kind.versions.contains(&version) => Recognition::VersionUnknown(Some(group)),
        Some(kind) if in_list && is_backstage(group) => Recognition::InList(kind),
        Some(kind) => Recognition::Entity(kind),
        None if of_group().any(|kind| kind.versions.contains(&version)) => {
            Recognition::KindUnknown(group)
        }
        None => Recognition::VersionUnknown(Some(group)),
    }
}

fn is_backstage(group: &Group) -> bool {
    group == &backstage::GROUP || group == &backstage::SCAFFOLDER
}

/// Whether a text could be some API's `apiVersion` (Kubernetes: `[group/]version`).
fn is_api_version(text: &str) -> bool {
    let plain = |part: &str| {
        let of = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        (1..=253).contains(&part.len()) && part.chars().all(of)
    };
    match text.split_once('/') {
        Some((group, version)) => plain(group) && plain(version),
        None => plain(text),
    }
}

/// Scaffolder templates hold expressions by nature, and gitsm's own documents are never templates.
fn may_be_template(root: Node<'_>) -> bool {
    let group = field(root, "apiVersion").and_then(group_of).map(|(group, _)| group);
    let scaffolder = group == Some(&backstage::SCAFFOLDER);
    let own = group.is_some_and(|group| !group.foreign);
    !own && !scaffolder && field(root, "kind") != Some("Template")
}

/// Whether a text holds an expression of a scaffolder: Backstage's `${{` and `{{ values`,
/// cookiecutter's.
pub(super) fn has_expression(text: &str) -> bool {
    if text.contains("${{") {
        return true;
    }
    text.match_indices("{{").any(|(at, _)| {
        let inside = text[at + 2..].trim_start_matches(['-', ' ']);
        inside.starts_with("cookiecutter") || inside.starts_with("values")
    })
}

/// Whether the values of a document hold such an expression.
fn is_template(root: Node<'_>, source: &Source) -> bool {
    let mut found = false;
    root.walk(&mut |node| {
        // Unquoted, `{{ values.name }}` is a mapping in a mapping to YAML.
        let text = match node.kind() {
            NodeKind::Scalar(_) => node.text().unwrap_or_default(),
            NodeKind::Mapping if node.entries().any(|(key, _)| key.is_mapping()) => {
                source.slice(node.span())
            }
            _ => return,
        };
        found = found || has_expression(text);
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::{Limits, parse};

    fn recognised(path: &str, text: &str) -> Vec<Recognition> {
        let source = Source::new(File::local(path), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let roots: Vec<_> =
            stream.documents.iter().map(|id| (stream.arena.node(*id), false)).collect();
        recognise(&source, &roots)
    }

    #[test]
    fn what_was_meant_to_be_an_entity_never_vanishes() {
        let entity = "apiVersion: backstage.io/v1alpha1\nkind: System\n";
        let pod = "apiVersion: v1\nkind: Pod\n";
        let bare = "metadata: {name: x}\n";
        let beside = format!("{entity}---\n{pod}---\n{bare}");
        let found = recognised("all.yaml", &beside);
        assert!(matches!(found[0], Recognition::Entity(_)));
        assert_eq!(found[1..], [Recognition::Foreign, Recognition::EnvelopeMissing]);
        assert_eq!(recognised("pod.yaml", pod), [Recognition::Foreign]);
        assert_eq!(recognised("catalog-info.yaml", pod), [Recognition::VersionUnknown(None)]);
        assert_eq!(recognised("x/catalog-info.yml", bare), [Recognition::EnvelopeMissing]);
        let typo = "apiVersion: backstge.io/v1alpha1\nkind: System\nmetadata: {name: x}\n";
        assert_eq!(recognised("x.yaml", typo), [Recognition::VersionUnknown(None)]);
        let lost = "apiVersoin: backstage.io/v1alpha1\nkind: System\nmetadata: {name: x}\n";
        assert_eq!(recognised("x.yaml", lost), [Recognition::EnvelopeMissing]);
    }

    #[test]
    fn templates_of_entities_are_told_from_scaffolder_templates_and_own_documents() {
        let head = "apiVersion: backstage.io/v1alpha1\nkind: Component\n";
        for name in ["${{ values.name }}", "\"{{ cookiecutter.name }}\"", "{{ values.name }}"] {
            let text = format!("{head}metadata: {{name: x}}\nspec:\n  owner: {name}\n");
            assert_eq!(recognised("x.yaml", &text), [Recognition::Template], "{name}");
        }
        let comment = format!("{head}metadata: {{name: x}} # ${{{{ not a value }}}}\n");
        assert!(matches!(recognised("x.yaml", &comment)[0], Recognition::Entity(_)));
        let scaffolder = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n\
                          spec: {steps: [{action: \"${{ x }}\"}]}\n";
        assert!(matches!(recognised("x.yaml", scaffolder)[0], Recognition::Entity(_)));
        let own = "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: \"${{ x }}\"}\n";
        assert!(matches!(recognised("x.yaml", own)[0], Recognition::Entity(_)));
    }
}
