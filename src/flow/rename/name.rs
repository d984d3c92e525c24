//! What an entity is to be called: what the user typed, and whether it may be.

use super::RenameError;
use crate::catalog::{Catalog, EntityId, short};
use crate::model::{EntityRef, Kind, Position, kind_named};

/// A name that an entity can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewName {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) reference: EntityRef,
}

/// Reads `[kind:][namespace/]name` or `kind/name`; what it leaves out stays as it is.
pub(super) fn read(text: &str, kind: &Kind, namespace: &str) -> Result<NewName, RenameError> {
    let text = text.trim();
    let (word, rest) = match (text.split_once(':'), text.split_once('/')) {
        (Some((word, rest)), _) => (Some(word), rest),
        // `service/basket`, as kubectl writes it.
        (None, Some((word, rest))) if kind_named(word).is_some() => (Some(word), rest),
        _ => (None, text),
    };
    if let Some(word) = word {
        let meant = kind_named(word);
        if meant.is_none_or(|meant| meant.family != kind.family) {
            let (word, kind) = (word.to_owned(), kind.name);
            return Err(RenameError::OtherKind { word, kind });
        }
    }
    let (namespace, name) = match rest.split_once('/') {
        Some((namespace, name)) => (namespace, name),
        None => (namespace, rest),
    };
    let parts = [("name", name), ("namespace", namespace)];
    for (part, text) in parts {
        check(kind, part, text)?;
    }
    let reference = EntityRef::new(kind.family, namespace, name);
    Ok(NewName { name: name.to_owned(), namespace: namespace.to_owned(), reference })
}

/// Whether a part of a name has the form that its kind asks for.
fn check(kind: &Kind, part: &'static str, text: &str) -> Result<(), RenameError> {
    let is_part = |path: &[&str]| path == ["metadata", part];
    let mut forms = kind.formats.iter().filter(|one| one.position == Position::Value);
    let form = forms.find(|one| is_part(one.path)).map(|one| one.format);
    match form {
        Some(form) if !(form.check)(text) => {
            Err(RenameError::BadName { part, text: text.to_owned(), expected: form.expected })
        }
        None if part == "namespace" && text != "default" => {
            Err(RenameError::NoNamespaces { kind: kind.name, group: kind.group.title })
        }
        _ => Ok(()),
    }
}

/// Refuses a name that somebody has, or had.
pub(super) fn is_free(catalog: &Catalog, id: EntityId, new: &NewName) -> Result<(), RenameError> {
    let own = catalog.entity(id).reference;
    let taken = catalog.find(&new.reference).map(|other| catalog.entity(other));
    if let Some(other) = taken.filter(|other| other.reference != own) {
        return Err(RenameError::Taken {
            name: short(new.reference.as_str()),
            place: other.name_place.in_file(&other.file).to_string(),
        });
    }
    let former = catalog.renamed(new.reference.as_str()).map(|other| catalog.entity(other));
    if let Some(other) = former.filter(|other| other.reference != own) {
        return Err(RenameError::Former {
            name: short(new.reference.as_str()),
            of: short(catalog.canonical(other)),
            place: other.name_place.in_file(&other.file).to_string(),
        });
    }
    Ok(())
}

/// A reference with the name that its entity has now, written as it was: with the kind, the
/// namespace and the case that it had. A namespace that it inherits is written out where it no
/// longer is the one of its document.
pub(super) fn rewritten(written: &str, new: &NewName, inherited: &str) -> String {
    let slash = written.find('/');
    let colon = written.find(':').filter(|colon| slash.is_none_or(|slash| *colon < slash));
    let (kind, rest) = written.split_at(colon.map_or(0, |at| at + 1));
    let namespace = match rest.split_once('/') {
        Some((own, _)) if own.eq_ignore_ascii_case(&new.namespace) => Some(own),
        Some(_) => Some(new.namespace.as_str()),
        None if inherited.eq_ignore_ascii_case(&new.namespace) => None,
        None => Some(new.namespace.as_str()),
    };
    match namespace {
        Some(namespace) => format!("{kind}{namespace}/{}", new.name),
        None => format!("{kind}{}", new.name),
    }
}

/// A reference with the namespace that it inherits written out; nothing if it has one.
pub(super) fn spelled_out(written: &str, namespace: &str) -> Option<String> {
    if written.contains('/') {
        return None;
    }
    let (kind, name) = written.split_at(written.find(':').map_or(0, |at| at + 1));
    Some(format!("{kind}{namespace}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> Result<NewName, RenameError> {
        read(text, kind_named("service").unwrap(), "shop")
    }

    #[test]
    fn what_is_left_out_stays_as_it_is() {
        let name = |text: &str| new(text).unwrap().reference.as_str().to_owned();
        for text in ["basket", "service:basket", "services/basket", "svc:shop/Basket"] {
            let text = text.replace("svc", "Service");
            assert_eq!(name(&text), "service:shop/basket", "{text}");
        }
        assert_eq!(name("web/basket"), "service:web/basket");
    }

    #[test]
    fn another_kind_or_a_wrong_form_is_refused() {
        assert!(matches!(new("team:basket"), Err(RenameError::OtherKind { .. })));
        assert!(matches!(new("gadget:basket"), Err(RenameError::OtherKind { .. })));
        for text in ["", "a b", "-a", "Web_x/a", "a/b/c", "service:"] {
            assert!(matches!(new(text), Err(RenameError::BadName { .. })), "{text}");
        }
    }

    #[test]
    fn a_reference_is_written_as_it_was() {
        let new = new("basket").unwrap();
        let cases = [
            ("checkout", "shop", "basket"),
            ("service:checkout", "shop", "service:basket"),
            ("Shop/checkout", "other", "Shop/basket"),
            ("Service:old/checkout", "other", "Service:shop/basket"),
            ("checkout", "other", "shop/basket"),
            ("service:checkout", "other", "service:shop/basket"),
        ];
        for (written, inherited, expected) in cases {
            assert_eq!(rewritten(written, &new, inherited), expected);
        }
        assert_eq!(spelled_out("team:a", "shop").as_deref(), Some("team:shop/a"));
        assert_eq!(spelled_out("x/a", "shop"), None);
    }
}
