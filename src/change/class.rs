//! What the edit of a field means, from the tables of kinds.

use super::set::{Action, EntityChange, FieldEdit};
use super::value::Located;
use crate::model::{FieldClass, Impact, Kind, relation_named};
use crate::yaml::Pointer;

/// Relations that steer controls though no impact travels along them.
const STEERING: &[&str] = &["agreedIn", "restsOn", "appliesTo"];

/// Whether all of what a kind says steers controls.
pub fn is_governance(kind: &Kind) -> bool {
    kind.practice.class_of(&["spec"]) == FieldClass::Governance
}

/// What an edit means. A field that steers controls does so in what exists; what is new has nothing
/// that could be steered yet, and what is gone is gone as a whole.
pub(super) fn of_edit(
    kind: &Kind,
    action: Action,
    pointer: &Pointer,
    before: Option<&Located>,
    after: Option<&Located>,
) -> FieldClass {
    if pointer.as_str().starts_with('#') {
        return match action {
            Action::Create => FieldClass::Operational,
            Action::Update | Action::Delete => FieldClass::Governance,
        };
    }
    let tokens: Vec<String> = pointer.tokens().collect();
    let path: Vec<&str> = tokens.iter().map(String::as_str).collect();
    // A rule that becomes another kind of document loses what only its kind can say.
    let is_kind = matches!(pointer.as_str(), "/kind" | "/apiVersion");
    let own = match is_kind && is_governance(kind) {
        true => FieldClass::Governance,
        false => kind.practice.class_of(&path),
    };
    match action {
        Action::Create if is_governance(kind) => own,
        Action::Create => own.min(FieldClass::Operational),
        Action::Delete if is_governance(kind) => own.max(FieldClass::Destructive),
        Action::Delete => FieldClass::Destructive,
        Action::Update if before.is_some() && is_lost(kind, &path, before, after) => {
            FieldClass::Governance
        }
        Action::Update => own,
    }
}

/// Whether an edit takes a relation away along which impact travels, or which steers controls: what
/// is not related is not asked.
fn is_lost(kind: &Kind, path: &[&str], before: Option<&Located>, after: Option<&Located>) -> bool {
    let fits = |steps: &[&str]| {
        steps.len() == path.len()
            && steps.iter().zip(path).all(|(step, name)| step == name || *step == "*")
    };
    let spec_types = kind.variants.iter().map(|variant| Some(variant.value)).chain([None]);
    let mut fields = spec_types.flat_map(|spec_type| kind.references_of(spec_type));
    let relation = fields.find(|field| fits(field.path)).map(|field| field.relation);
    // A list of references that is gone, or that is not told apart, takes its items along.
    let list = || {
        let mut all = kind.references.iter();
        let field = all.find(|field| {
            field.path.last() == Some(&"*") && fits(&field.path[..field.path.len() - 1])
        });
        field.map(|field| field.relation)
    };
    let relation = match relation {
        Some(relation) => Some(relation),
        None => list().filter(|_| {
            let after = after.map(|after| after.value.items()).unwrap_or_default();
            before.is_some_and(|old| old.value.items().iter().any(|item| !after.contains(item)))
        }),
    };
    let steers = |name: &str| {
        STEERING.contains(&name)
            || relation_named(name).is_some_and(|relation| relation.impact != Impact::None)
    };
    relation.is_some_and(steers)
}

/// What all edits of an entity mean together.
pub(super) fn of_entity(kind: &Kind, action: Action, edits: &[FieldEdit]) -> FieldClass {
    let gravest = edits.iter().map(|edit| edit.class).max();
    match action {
        Action::Create | Action::Delete if is_governance(kind) => FieldClass::Governance,
        Action::Create => FieldClass::Operational,
        Action::Delete => FieldClass::Destructive,
        Action::Update => gravest.unwrap_or(FieldClass::Operational),
    }
}

impl EntityChange {
    /// Says again what its edits mean, after they were turned around.
    pub(super) fn reclassify(&mut self) {
        let (kind, action) = (self.kind, self.action);
        for edit in &mut self.edits {
            for item in &mut edit.items {
                item.class =
                    of_edit(kind, action, &item.pointer, item.before.as_ref(), item.after.as_ref());
            }
            let own =
                of_edit(kind, action, &edit.pointer, edit.before.as_ref(), edit.after.as_ref());
            edit.class = edit.items.iter().map(|item| item.class).max().unwrap_or(own);
        }
        self.class = of_entity(kind, action, &self.edits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Value;
    use crate::model::kind_named;

    #[test]
    fn a_lost_dependency_steers_controls_and_a_new_one_does_not() {
        let kind = kind_named("service").unwrap();
        let at = Pointer::from_text("/spec/dependsOn/[ci:db]");
        let db = Located::from(Value::text("ci:db"));
        let class = |action, before, after| of_edit(kind, action, &at, before, after);
        assert_eq!(class(Action::Update, Some(&db), None), FieldClass::Governance);
        assert_eq!(class(Action::Update, None, Some(&db)), FieldClass::Operational);
        assert_eq!(class(Action::Delete, Some(&db), None), FieldClass::Destructive);
        let at = Pointer::from_text("/spec/dependsOn");
        let list = Located::from(Value::Seq(vec![db]));
        let class = of_edit(kind, Action::Update, &at, Some(&list), None);
        assert_eq!(class, FieldClass::Governance);
    }

    #[test]
    fn an_owner_steers_controls_in_what_exists() {
        let kind = kind_named("service").unwrap();
        let at = Pointer::from_text("/spec/owner");
        let class = |action| of_edit(kind, action, &at, None, None);
        assert_eq!(class(Action::Create), FieldClass::Operational);
        assert_eq!(class(Action::Update), FieldClass::Governance);
        let team = kind_named("team").unwrap();
        assert!(is_governance(team));
        let title = Pointer::from_text("/metadata/title");
        assert_eq!(of_edit(team, Action::Update, &title, None, None), FieldClass::Cosmetic);
    }
}
