//! `diff`: what a change really changes, and what that means.

use super::sides::{Asked, Sides, SidesError, Wanted};
use super::workspace::Place;
use crate::catalog::EntityId;
use crate::change::{ChangeSet, EntityChange, Side};
use crate::model::gitsm::Spec;
use crate::output::diff::{Compared, DiffReport, Known};
use crate::rules;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// Which change is meant.
    pub asked: Asked,
}

/// Looks at a change.
///
/// # Errors
///
/// There is no repository, no base, or no merge.
pub fn diff(
    request: &Request,
    environment: &crate::git::Environment<'_>,
) -> Result<DiffReport, SidesError> {
    let wanted = Wanted::default();
    let sides = Sides::open(&request.place, &request.asked, &wanted, environment)?;
    Ok(report(&sides, &sides.set()))
}

/// Puts a change down.
pub fn report(sides: &Sides, set: &ChangeSet) -> DiffReport {
    let names = &sides.names;
    let compared = Compared {
        base: names.base.clone(),
        base_commit: names.base_commit.clone(),
        head: match (&names.head, names.staged) {
            (Some(head), _) => head.clone(),
            (None, true) => "index".to_owned(),
            (None, false) => "worktree".to_owned(),
        },
        head_commit: Some(names.head_commit.clone()),
        how: names.how.clone(),
    };
    sides.base.show(|base| {
        sides.merged.show(|merged| {
            let known = |change: &EntityChange| known(base, merged, change);
            DiffReport::new(compared, set, &known, &|text| rules::starred(text, &[]))
        })
    })
}

/// What is known of an entity: as it will be, or as it was if it is gone.
fn known(base: &Side<'_>, merged: &Side<'_>, change: &EntityChange) -> Known {
    let name = change.former.as_ref().unwrap_or(&change.reference);
    let found = find(merged, &change.reference).map(|id| (merged, id));
    let Some((side, id)) = found.or_else(|| find(base, name).map(|id| (base, id))) else {
        return Known::default();
    };
    let catalog = side.catalog;
    let mut known = Known::default();
    for document in catalog.defined(catalog.entity(id).reference) {
        let entity = catalog.entity(document);
        let owners = entity.references.iter().filter(|one| one.field.relation == "ownedBy");
        known.owners.extend(owners.map(|one| catalog.names.text(one.target).to_owned()));
        let criticality = match entity.spec() {
            Some(Spec::Service(spec)) => spec.criticality,
            Some(Spec::ConfigurationItem(spec)) => spec.criticality,
            _ => None,
        };
        let word = criticality.and_then(|tier| serde_json::to_value(tier).ok());
        known.criticality = known.criticality.or(word.and_then(|word| Some(word.as_str()?.into())));
    }
    let document = side.reader.document(catalog.entity(id));
    let title = document.as_ref().and_then(|one| one.root()?.get("metadata")?.str("title"));
    known.title = title.map(str::to_owned);
    known
}

fn find(side: &Side<'_>, name: &str) -> Option<EntityId> {
    side.catalog.principal(side.catalog.names.find(name)?)
}
