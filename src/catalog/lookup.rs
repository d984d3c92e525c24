//! From what a person types to an entity: any kind word, any case, old names, near misses.

use super::{Catalog, EntityId};
use crate::finding::allowed;
use crate::model::{EntityRef, Kind, kind_named, parse_reference};

/// The entity that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entity: the first document of its reference.
    pub id: EntityId,
    /// The canonical reference by which it was asked for, if it no longer goes by that
    /// (`metadata.formerly`).
    pub formerly: Option<String>,
}

/// Why a text names no entity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Nothing goes by that name.
    #[error("there is no {what}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What was probably meant, nearest first, as canonical references.
        near: Vec<String>,
    },
    /// Entities of several kinds or namespaces go by that name.
    #[error("`{text}` may mean {}", quoted(among))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// What it may mean, as canonical references.
        among: Vec<String>,
    },
}

impl LookupError {
    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { near, .. } if near.is_empty() => {
                Some("`gitsm get all -o name` lists everything there is".to_owned())
            }
            Self::Unknown { near, .. } => Some(format!("did you mean {}?", quoted(near))),
            Self::Ambiguous { among, .. } => {
                let first = among.first().map(|name| short(name));
                first.map(|name| format!("name its kind as well, such as `{name}`"))
            }
        }
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", short(name))).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A canonical reference as people write it: without the default namespace.
pub fn short(canonical: &str) -> String {
    canonical.replacen(":default/", ":", 1)
}

/// The most near misses that are offered.
const OFFERED: usize = 3;

impl Catalog {
    /// The entity that a text names: `service:checkout`, `service/checkout`, `svc:shop/checkout`,
    /// or `checkout` alone where only one entity goes by it. A kind that is given holds for a text
    /// that names none.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub fn lookup(&self, text: &str, kind: Option<&'static Kind>) -> Result<Found, LookupError> {
        let text = text.trim();
        let text = match text.split_once('/') {
            // `service/checkout`, as kubectl writes it.
            Some((word, name)) if kind.is_none() && !word.contains(':') => match kind_named(word) {
                Some(_) => format!("{word}:{name}"),
                None => text.to_owned(),
            },
            _ => text.to_owned(),
        };
        let assumed = kind.map(|kind| kind.family);
        match parse_reference(&text, assumed, "default") {
            Ok(reference) => self.lookup_reference(&reference, text.contains('/')),
            Err(_) => self.lookup_name(&text),
        }
    }

    fn lookup_reference(&self, wanted: &EntityRef, exact: bool) -> Result<Found, LookupError> {
        if let Some(id) = self.find(wanted) {
            return Ok(Found { id, formerly: None });
        }
        if let Some(id) = self.renamed(wanted.as_str()) {
            return Ok(Found { id, formerly: Some(wanted.as_str().to_owned()) });
        }
        // Whoever gives no namespace means the only one there is.
        let (mut others, mut near) = (Vec::new(), Vec::new());
        for (id, entity) in self.entities() {
            let canonical = self.canonical(entity);
            let Some((prefix, rest)) = canonical.split_once(':') else { continue };
            let name = rest.split_once('/').map_or(rest, |(_, name)| name);
            if prefix == wanted.prefix() && name == wanted.name() && !exact {
                others.push((id, canonical));
            }
            near.push((canonical, name, prefix == wanted.prefix()));
        }
        others.dedup_by_key(|(_, canonical)| *canonical);
        if let [(id, _)] = others.as_slice() {
            return Ok(Found { id: *id, formerly: None });
        }
        if !others.is_empty() {
            let among = others.iter().map(|(_, name)| (*name).to_owned()).collect();
            return Err(LookupError::Ambiguous { text: wanted.name().to_owned(), among });
        }
        let what = format!("{} `{}`", wanted.prefix(), short_name(wanted));
        Err(LookupError::Unknown { what, near: nearest(wanted.name(), near) })
    }

    fn lookup_name(&self, text: &str) -> Result<Found, LookupError> {
        let wanted = text.to_ascii_lowercase();
        let (mut found, mut near): (Vec<(EntityId, &str)>, _) = (Vec::new(), Vec::new());
        for (id, entity) in self.entities() {
            let canonical = self.canonical(entity);
            let rest = canonical.split_once(':').map_or("", |(_, rest)| rest);
            let name = rest.split_once('/').map_or(rest, |(_, name)| name);
            if name == wanted || rest == wanted {
                found.push((id, canonical));
            }
            near.push((canonical, name, false));
        }
        found.sort_by(|a, b| a.1.cmp(b.1));
        found.dedup_by_key(|(_, canonical)| *canonical);
        match found.as_slice() {
            [] => {
                let what = format!("entity `{text}`");
                Err(LookupError::Unknown { what, near: nearest(&wanted, near) })
            }
            [(id, _)] => Ok(Found { id: *id, formerly: None }),
            _ => {
                let among = found.iter().map(|(_, name)| (*name).to_owned()).collect();
                Err(LookupError::Ambiguous { text: text.to_owned(), among })
            }
        }
    }

    /// The entity that went by a canonical reference before.
    pub fn renamed(&self, canonical: &str) -> Option<EntityId> {
        let name = self.names.find(canonical)?;
        self.known_as(name).filter(|id| self.entity(*id).reference != name)
    }
}

fn short_name(reference: &EntityRef) -> String {
    match reference.namespace() {
        "default" => reference.name().to_owned(),
        namespace => format!("{namespace}/{}", reference.name()),
    }
}

/// The references whose names are nearly the wanted one, those of its kind first.
fn nearest(wanted: &str, all: Vec<(&str, &str, bool)>) -> Vec<String> {
    let allowed = allowed(wanted);
    let mut near: Vec<(usize, bool, &str)> = all
        .into_iter()
        // A cheap bound first: there may be very many names.
        .filter(|(_, name, _)| name.len().abs_diff(wanted.len()) <= allowed)
        .map(|(canonical, name, same)| (strsim::osa_distance(wanted, name), !same, canonical))
        .filter(|(distance, ..)| *distance <= allowed)
        .collect();
    near.sort_unstable_by_key(|(distance, other, name)| (*other, *distance, *name));
    near.dedup();
    near.into_iter().take(OFFERED).map(|(_, _, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Inspection, Subject, load};
    use crate::config::Config;
    use crate::tree::Memory;
    use crate::yaml::Limits;

    fn catalog() -> Catalog {
        let text = "\
{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {name: Checkout, formerly: [service:cart]}, spec: {owner: a}}
---
{apiVersion: gitsm/v1alpha1, kind: Team, metadata: {name: checkout}, spec: {}}
---
{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {name: billing, namespace: shop}, spec: {owner: a}}
";
        let inspect = |_: &Subject<'_>| Inspection::default();
        let tree = Memory::new([("a.yaml", text)]);
        load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0
    }

    fn ask(text: &str) -> Result<String, String> {
        let catalog = catalog();
        let found = catalog.lookup(text, None).map_err(|error| match error.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        })?;
        Ok(catalog.canonical(catalog.entity(found.id)).to_owned())
    }

    #[test]
    fn every_way_to_write_a_name_finds_it() {
        for text in
            ["service:checkout", "SERVICE/Checkout", "svc:default/checkout", "services/checkout"]
        {
            assert_eq!(ask(text).as_deref(), Ok("service:default/checkout"), "{text}");
        }
        assert_eq!(ask("service:cart").as_deref(), Ok("service:default/checkout"), "its old name");
        assert_eq!(ask("billing").as_deref(), Ok("service:shop/billing"));
        assert_eq!(ask("svc/billing").as_deref(), Ok("service:shop/billing"), "the only one");
    }

    #[test]
    fn what_is_not_there_is_answered_with_what_is() {
        assert_eq!(
            ask("service:chekout").unwrap_err(),
            "there is no service `chekout`; did you mean `service:checkout` or `team:checkout`?"
        );
        assert_eq!(
            ask("checkout").unwrap_err(),
            "`checkout` may mean `service:checkout` or `team:checkout`; name its kind as well, \
             such as `service:checkout`"
        );
    }
}
