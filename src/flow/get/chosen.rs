//! From the words of a command line to entities: kinds, names, filters.

use std::collections::BTreeSet;

use super::{GetError, Request};
use crate::catalog::{EntityId, Found, LookupError, Name};
use crate::flow::ask::{AskError, Asked};
use crate::model::{KINDS, Kind, families_named, kind_named, kind_words_near, parse_reference};

/// What the words mean.
pub(super) struct Chosen {
    pub(super) ids: Vec<EntityId>,
    /// Whether one entity was named.
    pub(super) one: bool,
    pub(super) formerly: Option<String>,
}

/// Whether words name one entity, as far as they tell.
pub(super) fn names_one(words: &[String]) -> bool {
    match words {
        [word] => word.contains(['/', ':']) || kinds(word).is_err(),
        [first, _] => !first.contains(['/', ':', ',']),
        _ => false,
    }
}

pub(super) fn chosen(asked: &Asked, request: &Request) -> Result<Chosen, GetError> {
    let owner = request.owner.as_deref().map(|text| owner(asked, text)).transpose()?;
    let Chosen { ids, one, formerly } = named(asked, request)?;
    let catalog = &asked.catalog;
    let namespace = |id: &EntityId| match &request.namespace {
        Some(wanted) => {
            namespace_of(catalog.canonical(catalog.entity(*id))).eq_ignore_ascii_case(wanted)
        }
        None => true,
    };
    let owned = |id: &EntityId| owner.as_ref().is_none_or(|owner| is_owned(asked, *id, owner));
    let mut ids: Vec<EntityId> = ids.into_iter().filter(namespace).filter(owned).collect();
    if !request.selector.is_empty() {
        let reader = asked.reader();
        // Documents are read file by file.
        ids.sort();
        ids = reader.each(catalog, &ids, |id, document| {
            request.selector.matches(document.root()?).then_some(id)
        });
    }
    sort(asked, &mut ids);
    Ok(Chosen { ids, one, formerly })
}

/// The namespace in a canonical reference.
pub(super) fn namespace_of(canonical: &str) -> &str {
    let rest = canonical.split_once(':').map_or("", |(_, rest)| rest);
    rest.split_once('/').map_or("", |(namespace, _)| namespace)
}

/// By kind in the order of the table, then by name.
fn sort(asked: &Asked, ids: &mut Vec<EntityId>) {
    let catalog = &asked.catalog;
    let family = |id: EntityId| {
        let family = catalog.entity(id).kind.family;
        // gitsm's own kinds are what most people ask for.
        let first = KINDS.iter().rposition(|kind| kind.family == family && !kind.group.foreign);
        match first {
            Some(at) => (0, at),
            None => (1, KINDS.iter().position(|kind| kind.family == family).unwrap_or_default()),
        }
    };
    ids.sort_by_cached_key(|id| (family(*id), catalog.canonical(catalog.entity(*id)).to_owned()));
    ids.dedup();
}

fn named(asked: &Asked, request: &Request) -> Result<Chosen, GetError> {
    let Some((first, rest)) = request.words.split_first() else {
        return Ok(list(asked.catalog.distinct().collect()));
    };
    if first.contains(['/', ':']) {
        return references(asked, &request.words);
    }
    if first.eq_ignore_ascii_case("all") && !rest.is_empty() {
        return names(asked, rest);
    }
    let families = match kinds(first) {
        Ok(families) => families,
        // `get checkout`: no kind, so perhaps a name.
        Err(_) => return names(asked, &request.words),
    };
    if rest.is_empty() {
        return Ok(list(of_kinds(asked, &families)));
    }
    let mut all = Vec::new();
    let mut formerly = None;
    for name in rest {
        let found = match name.contains(['/', ':']) {
            true => asked.find(name)?,
            false => of_kind(asked, &families, name, request.namespace.as_deref())?,
        };
        formerly = formerly.or(found.formerly);
        all.push(found.id);
    }
    Ok(several(asked, all, formerly))
}

fn list(ids: Vec<EntityId>) -> Chosen {
    Chosen { ids, one: false, formerly: None }
}

/// Entities that were named, each by its principal document.
fn several(asked: &Asked, mut ids: Vec<EntityId>, formerly: Option<String>) -> Chosen {
    for id in &mut ids {
        *id = asked.catalog.principal(asked.catalog.entity(*id).reference).unwrap_or(*id);
    }
    Chosen { one: ids.len() == 1, ids, formerly }
}

fn references(asked: &Asked, words: &[String]) -> Result<Chosen, GetError> {
    let mut formerly = None;
    let mut ids = Vec::new();
    for word in words {
        // `services/checkout`, and a kind that does not exist is said to be none.
        if let Some((kind, _)) = word.split_once(['/', ':'])
            && kind_named(kind).is_none()
            && !word.contains(':')
            && asked.find(word).is_err()
        {
            return Err(unknown(kind));
        }
        let found = asked.find(word)?;
        formerly = formerly.or(found.formerly);
        ids.push(found.id);
    }
    Ok(several(asked, ids, formerly))
}

/// The families that a word means, several separated by commas; all kinds for `all`. Else the word
/// that means none.
fn kinds(word: &str) -> Result<Vec<Vec<&'static Kind>>, String> {
    if word.eq_ignore_ascii_case("all") {
        return Ok(vec![KINDS.to_vec()]);
    }
    let mut families = Vec::new();
    for one in word.split(',') {
        let found = families_named(one);
        if found.is_empty() {
            return Err(one.to_owned());
        }
        families.push(found.into_iter().flatten().collect());
    }
    Ok(families)
}

/// The families that words may mean, as far as they say so; nothing means any.
pub(super) fn wanted_families(words: &[String]) -> Option<BTreeSet<&'static str>> {
    let (first, rest) = words.split_first()?;
    let mut wanted = BTreeSet::new();
    let qualified = |word: &String| word.contains(['/', ':']);
    if !qualified(first) {
        wanted.extend(kinds(first).ok()?.iter().flatten().map(|kind| kind.family));
    }
    for word in std::iter::once(first).chain(rest).filter(|word| qualified(word)) {
        let (kind, _) = word.split_once(['/', ':'])?;
        wanted.insert(kind_named(kind)?.family);
    }
    Some(wanted)
}

/// The entities of kinds. A word that means two families, such as `service` (gitsm's and
/// OpenSLO's), means the first of which there is something.
fn of_kinds(asked: &Asked, words: &[Vec<&'static Kind>]) -> Vec<EntityId> {
    let catalog = &asked.catalog;
    let present: BTreeSet<&str> =
        catalog.entities().map(|(_, entity)| entity.kind.family).collect();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    for kinds in words {
        let there = kinds.iter().map(|kind| kind.family).filter(|one| present.contains(one));
        match kinds.len() == KINDS.len() {
            true => wanted.extend(there),
            false => wanted.extend(there.take(1)),
        }
    }
    let of_kind = |id: &EntityId| wanted.contains(catalog.entity(*id).kind.family);
    catalog.distinct().filter(of_kind).collect()
}

fn of_kind(
    asked: &Asked,
    words: &[Vec<&'static Kind>],
    name: &str,
    namespace: Option<&str>,
) -> Result<Found, AskError> {
    let name = match namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    };
    let mut failure = None;
    let mut tried: Vec<&str> = Vec::new();
    for kind in words.iter().flatten() {
        if tried.contains(&kind.family) {
            continue;
        }
        tried.push(kind.family);
        match asked.catalog.lookup(&name, Some(kind)) {
            Ok(found) => return Ok(found),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    let nothing = || LookupError::Unknown { what: format!("entity `{name}`"), near: Vec::new() };
    Err(failure.unwrap_or_else(nothing).into())
}

/// Names without a kind. One that several kinds have means all of them.
fn names(asked: &Asked, words: &[String]) -> Result<Chosen, GetError> {
    let mut ids = Vec::new();
    let mut formerly = None;
    for (number, text) in words.iter().enumerate() {
        match asked.catalog.lookup(text, None) {
            Ok(found) => {
                formerly = formerly.or(found.formerly);
                ids.push(found.id);
            }
            Err(LookupError::Ambiguous { among, .. }) => {
                let all = among.iter().filter_map(|name| asked.catalog.lookup(name, None).ok());
                ids.extend(all.map(|found| found.id));
            }
            // The first word may have been meant for a kind, or for several.
            Err(LookupError::Unknown { near, .. }) if number == 0 => {
                let unknown = text.split(',').find(|word| families_named(word).is_empty());
                return Err(unknown_word(unknown.unwrap_or(text), near));
            }
            Err(error) => return Err(AskError::from(error).into()),
        }
    }
    Ok(several(asked, ids, formerly))
}

fn unknown(word: &str) -> GetError {
    unknown_word(word, Vec::new())
}

fn unknown_word(word: &str, entities: Vec<String>) -> GetError {
    let near = kind_words_near(word).into_iter().map(str::to_owned);
    let entities = entities.iter().map(|name| crate::catalog::short(name));
    GetError::NoSuchKind { word: word.to_owned(), near: near.chain(entities).take(3).collect() }
}

/// The canonical references that mean an owner: its own, and those by which it was known before.
fn owner(asked: &Asked, text: &str) -> Result<Vec<Name>, GetError> {
    let catalog = &asked.catalog;
    let text = match text.split_once('/') {
        Some((word, name)) if kind_named(word).is_some() => format!("{word}:{name}"),
        _ => text.to_owned(),
    };
    match catalog.lookup(&text, kind_named("team")) {
        Ok(found) => Ok(names_of(asked, found.id)),
        // An owner that is kept elsewhere is still referred to.
        Err(error) => {
            let wanted = parse_reference(&text, Some("Team"), "default").ok();
            let known = wanted.and_then(|wanted| catalog.names.find(wanted.as_str()));
            known.map(|name| vec![name]).ok_or_else(|| AskError::from(error).into())
        }
    }
}

/// The canonical references that an entity goes or went by.
fn names_of(asked: &Asked, id: EntityId) -> Vec<Name> {
    let catalog = &asked.catalog;
    let own = catalog.entity(id).reference;
    let documents = catalog.defined(own);
    let former = documents.flat_map(|id| catalog.entity(id).formerly().iter().copied());
    std::iter::once(own).chain(former).collect()
}

/// Whether an owner of these names owns an entity.
fn is_owned(asked: &Asked, id: EntityId, owner: &[Name]) -> bool {
    let catalog = &asked.catalog;
    let documents = catalog.defined(catalog.entity(id).reference);
    let mut references = documents.flat_map(|id| &catalog.entity(id).references);
    references.any(|one| one.field.relation == "ownedBy" && owner.contains(&one.target))
}
