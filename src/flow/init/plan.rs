//! What `init` is about to write: which documents fit the catalog that is there, and what to say
//! about a file that stays as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::starter::{CONFIG_SCHEMA, EDITOR, HOOKS, SCHEMA};
use super::survey::Survey;
use crate::catalog::{Catalog, Classes, Entity, Reference};
use crate::config::Config;
use crate::git::GitError;
use crate::model::{Accepts, EntityRef};
use crate::tree::Memory;

/// A file to write.
#[derive(Debug)]
pub(super) struct Document {
    /// Where it goes.
    pub(super) path: String,
    /// What it is, for the line that says so.
    pub(super) what: String,
    pub(super) text: Cow<'static, str>,
}

/// What only people can know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// What all items are.
    pub what: &'static str,
    /// The items.
    pub items: Vec<String>,
}

/// Documents that do not fit, by their path, and why.
///
/// A document fits if nothing else defines its name and all that it refers to is there: in the
/// catalog, or in another document that fits.
pub(super) fn misfits(
    there: &Catalog,
    planned: &[&Document],
) -> Result<BTreeMap<String, String>, GitError> {
    let mut misfits = BTreeMap::new();
    loop {
        let texts = planned.iter().filter(|one| !misfits.contains_key(&one.path));
        let tree = Memory::new(texts.map(|one| (one.path.as_str(), one.text.as_bytes())));
        let new = Survey::of(&tree, &Config::default())?.catalog;
        let classes = Classes::of(&new);
        let known = |one: &Reference| {
            let standard = one.field.accepts == Accepts::Families(&["ciclass"])
                && classes.resolve(new.names.text(one.target)).is_some();
            standard || leads(&new, one, &new) || leads(&new, one, there)
        };
        let before = misfits.len();
        for (_, entity) in new.entities() {
            let reason = defined_already(there, &new, entity).or_else(|| {
                let lost = entity.references.iter().find(|one| !known(one))?;
                let written = new.names.text(lost.written);
                Some(format!("it needs `{written}`, which this catalog does not define"))
            });
            if let Some(reason) = reason {
                misfits.entry(entity.file.path.clone()).or_insert(reason);
            }
        }
        if misfits.len() == before {
            return Ok(misfits);
        }
    }
}

fn defined_already(there: &Catalog, new: &Catalog, entity: &Entity) -> Option<String> {
    if entity.extends().is_some() {
        return None;
    }
    let reference = EntityRef::from_canonical(new.canonical(entity));
    let other = there.entity(there.find(&reference)?);
    let (kind, name) = (other.kind.name, there.names.text(other.written));
    Some(format!("{} defines the {kind} `{name}`", other.file.path))
}

/// Whether a reference of one catalog leads to an entity of another.
fn leads(from: &Catalog, reference: &Reference, to: &Catalog) -> bool {
    let target = EntityRef::from_canonical(from.names.text(reference.target));
    let families = match &reference.field.accepts {
        Accepts::Families(families) if reference.field.bare => *families,
        _ => &[],
    };
    let other = |family: &str| EntityRef::new(family, target.namespace(), target.name());
    to.find(&target).is_some() || families.iter().any(|family| to.find(&other(family)).is_some())
}

/// What somebody would have to add to a file that stays as it is, if it is not in it.
pub(super) fn by_hand(path: &str, is: &str, wanted: &str) -> Vec<String> {
    let lines = |lines: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        lines.map(str::to_owned).collect()
    };
    match path {
        EDITOR if !is.contains(SCHEMA) => {
            let mut inner = wanted.lines().skip_while(|line| !line.starts_with("  "));
            lines(&mut inner.by_ref().take_while(|line| line.starts_with("  ")))
        }
        HOOKS if !is.contains("gitsm-validate") => {
            lines(&mut wanted.lines().skip_while(|line| !line.starts_with("  ")))
        }
        SCHEMA if is != wanted => vec![format!("renew it: gitsm schema > {SCHEMA}")],
        CONFIG_SCHEMA if is != wanted => {
            vec![format!("renew it: gitsm schema config > {CONFIG_SCHEMA}")]
        }
        _ => Vec::new(),
    }
}
