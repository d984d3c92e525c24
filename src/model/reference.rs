//! References to entities: `[kind:][namespace/]name`, as Backstage writes them.

use std::fmt;

use super::kind::kind_named;

/// The canonical name of an entity: lower-case `prefix:namespace/name`.
///
/// The prefix is the family's, so that `group:payments` and `team:payments` are one entity. The
/// origin is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityRef(String);

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// A part is empty, as in `group:` or `/x`.
    EmptyPart,
    /// The field assumes no kind, and the text names none.
    KindMissing,
    /// A part breaks the rules for names.
    BadName,
}

impl EntityRef {
    /// The canonical reference of a family's prefix, a namespace and a name in any case.
    pub fn new(prefix: &str, namespace: &str, name: &str) -> Self {
        let mut text = String::with_capacity(prefix.len() + namespace.len() + name.len() + 2);
        for part in [prefix, ":", namespace, "/", name] {
            text.push_str(part);
        }
        text.make_ascii_lowercase();
        Self(text)
    }

    /// Takes a text that is canonical already.
    pub fn from_canonical(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The family's prefix.
    pub fn prefix(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        let rest = self.0.split_once(':').map_or("", |(_, rest)| rest);
        rest.split_once('/').map_or("", |(namespace, _)| namespace)
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a reference as Backstage's `parseEntityRef` does, with a kind and a namespace to assume.
///
/// A kind that no table knows is taken as its own family.
///
/// # Errors
///
/// The text is no reference.
pub fn parse_reference(
    text: &str,
    assumed_kind: Option<&str>,
    namespace: &str,
) -> Result<EntityRef, Malformed> {
    let slash = text.find('/');
    let colon = text.find(':').filter(|colon| slash.is_none_or(|slash| *colon < slash));
    let kind = colon.map(|at| &text[..at]);
    let own_namespace = slash.map(|at| &text[colon.map_or(0, |colon| colon + 1)..at]);
    let name = &text[slash.or(colon).map_or(0, |at| at + 1)..];
    if kind == Some("") || own_namespace == Some("") || name.is_empty() {
        return Err(Malformed::EmptyPart);
    }
    let kind = kind.or(assumed_kind).ok_or(Malformed::KindMissing)?;
    let namespace = own_namespace.unwrap_or(namespace);
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !plain(kind) || !plain(namespace) || !plain(name) {
        return Err(Malformed::BadName);
    }
    let prefix =
        kind_named(kind).map_or_else(|| kind.to_lowercase(), |kind| kind.family.to_owned());
    Ok(EntityRef::new(&prefix, namespace, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str, kind: Option<&str>) -> Result<String, Malformed> {
        parse_reference(text, kind, "shop").map(|reference| reference.as_str().to_owned())
    }

    #[test]
    fn parts_that_are_left_out_are_assumed() {
        assert_eq!(canonical("pay", Some("Group")), Ok("team:shop/pay".to_owned()));
        assert_eq!(canonical("group:Pay", None), Ok("team:shop/pay".to_owned()));
        assert_eq!(canonical("API:core/Orders", None), Ok("api:core/orders".to_owned()));
        assert_eq!(canonical("core/x", Some("Component")), Ok("component:core/x".to_owned()));
        assert_eq!(canonical("gadget:x", None), Ok("gadget:shop/x".to_owned()));
    }

    #[test]
    fn what_backstage_cannot_read_is_malformed() {
        for text in ["", ":x", "group:", "group:/x", "/x", "group:ns/"] {
            assert_eq!(canonical(text, Some("Group")), Err(Malformed::EmptyPart), "{text}");
        }
        assert_eq!(canonical("db", None), Err(Malformed::KindMissing));
        assert_eq!(canonical("group:a b", None), Err(Malformed::BadName));
    }

    #[test]
    fn every_spelling_of_a_family_is_one_entity() {
        assert_eq!(canonical("user:a", None), canonical("person:A", None));
        let reference = parse_reference("team:core/pay", None, "x").unwrap();
        assert_eq!(
            (reference.prefix(), reference.namespace(), reference.name()),
            ("team", "core", "pay")
        );
    }
}
