//! Comparing, by cases and by chance: what is done leaves nothing to do, and nobody else's is touched.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const TARGET: &str = "acme/default/inventory";

fn object(name: &str, fields: Value) -> Object {
    Object {
        id: ObjectId::new("host", name),
        entity: format!("ci:default/{name}"),
        formerly: Vec::new(),
        fields: fields.as_object().unwrap().clone(),
        sensitive: Vec::new(),
        after: Vec::new(),
    }
}

/// A target in memory.
#[derive(Default)]
struct Place(BTreeMap<ObjectId, Observed>);

impl Place {
    fn all(&self) -> Vec<Observed> {
        self.0.values().cloned().collect()
    }

    fn compared(&self, desired: &[Object], take_drift: bool) -> Compared {
        self.compared_with(desired, &self.all(), take_drift)
    }

    fn compared_with(
        &self,
        desired: &[Object],
        observed: &[Observed],
        take_drift: bool,
    ) -> Compared {
        let (accepted, adopt) = (BTreeSet::new(), BTreeSet::new());
        compare(&Inputs {
            target: TARGET,
            commit: "c0ffee",
            desired,
            observed,
            unknown: &Unknown::default(),
            has: &|_| false,
            take_drift,
            accepted: &accepted,
            adopt: &adopt,
        })
    }

    /// Does what a plan says, as a driver does.
    fn carry_out(&mut self, compared: &Compared) {
        for step in &compared.steps {
            if let Some(observed) = &step.observed {
                self.0.remove(&observed.id);
            }
            let Some(mark) = &step.mark else { continue };
            let mut fields =
                step.observed.as_ref().and_then(|one| one.fields.clone()).unwrap_or_default();
            for change in &step.changes {
                match &change.after {
                    Some(value) => fields.insert(change.name.clone(), value.clone()),
                    None => fields.remove(&change.name),
                };
            }
            let (id, handle) = (step.id.clone(), step.id.name.clone());
            let (fields, mark) = (Some(fields), Some(mark.clone()));
            self.0.insert(step.id.clone(), Observed { id, handle, fields, mark });
        }
    }

    fn set(&mut self, name: &str, field: &str, value: Value) {
        let fields =
            self.0.get_mut(&ObjectId::new("host", name)).and_then(|one| one.fields.as_mut());
        fields.unwrap().insert(field.to_owned(), value);
    }

    fn holds(&self, name: &str) -> Value {
        let one = self.0.get(&ObjectId::new("host", name)).and_then(|one| one.fields.clone());
        one.map_or(Value::Null, Value::Object)
    }
}

fn signs(compared: &Compared) -> Vec<String> {
    compared.steps.iter().map(|step| format!("{}{}", step.action.sign(), step.id.name)).collect()
}

#[test]
fn a_field_that_the_catalog_drops_goes_and_others_stay() {
    let mut place = Place::default();
    let first = [object("a", json!({"x": 1, "y": 2}))];
    place.carry_out(&place.compared(&first, false));
    place.set("a", "default", json!(true));
    let next = [object("a", json!({"x": 1.0}))];
    let compared = place.compared(&next, false);
    assert_eq!(signs(&compared), ["~a"]);
    assert!(compared.drifts.is_empty());
    place.carry_out(&compared);
    assert_eq!(place.holds("a"), json!({"x": 1, "default": true}));
    assert!(place.compared(&next, false).steps.is_empty());
}

#[test]
fn beside_a_field_that_somebody_changed_the_others_follow() {
    let mut place = Place::default();
    place.carry_out(&place.compared(&[object("a", json!({"x": 1, "y": 1}))], false));
    place.set("a", "x", json!(9));
    let next = [object("a", json!({"x": 2, "y": 2}))];
    let compared = place.compared(&next, false);
    place.carry_out(&compared);
    assert_eq!(place.holds("a"), json!({"x": 9, "y": 2}));
    let again = place.compared(&next, false);
    assert!(again.steps.is_empty(), "{:?}", again.steps);
    assert_eq!(again.drifts[0].fields[0].name, "x");
    place.carry_out(&place.compared(&next, true));
    assert_eq!(place.holds("a"), json!({"x": 2, "y": 2}));
    assert!(place.compared(&next, false).drifts.is_empty());
}

#[test]
fn what_somebody_made_what_the_catalog_wants_is_agreed_to() {
    let mut place = Place::default();
    place.carry_out(&place.compared(&[object("a", json!({"x": 1}))], false));
    place.set("a", "x", json!(2));
    let next = [object("a", json!({"x": 2}))];
    let compared = place.compared(&next, false);
    assert_eq!(compared.steps[0].reason, Reason::Agreed);
    assert!(compared.drifts.is_empty() && compared.steps[0].changes.is_empty());
    place.carry_out(&compared);
    let compared = place.compared(&[object("a", json!({"x": 3}))], false);
    assert_eq!(compared.steps[0].reason, Reason::Changed, "it is gitsm's again");
}

#[test]
fn a_name_that_two_could_have_had_is_given_to_none() {
    let mut place = Place::default();
    let both = [object("a", json!({})), object("b", json!({}))];
    place.carry_out(&place.compared(&both, false));
    let mut one = object("c", json!({}));
    one.formerly = vec!["ci:default/a".to_owned(), "ci:default/b".to_owned()];
    assert_eq!(signs(&place.compared(&[one], false)), ["+c", "-a", "-b"]);
}

#[test]
fn what_is_not_known_to_be_wanted_is_not_taken_away() {
    let mut place = Place::default();
    place.carry_out(&place.compared(&[object("a", json!({"x": 1}))], false));
    let one = |name: &str| BTreeSet::from([name.to_owned()]);
    let unknown = [
        Unknown { entities: one("ci:default/a"), ..Unknown::default() },
        Unknown { kinds: one("host"), ..Unknown::default() },
        Unknown { all: true, ..Unknown::default() },
    ];
    for unknown in unknown {
        let compared = compare(&Inputs {
            target: TARGET,
            commit: "c0ffee",
            desired: &[],
            observed: &place.all(),
            unknown: &unknown,
            has: &|_| true,
            take_drift: true,
            accepted: &BTreeSet::new(),
            adopt: &BTreeSet::new(),
        });
        assert!(compared.steps.is_empty());
        assert_eq!((compared.unchanged, compared.unknown), (0, 1));
        assert_eq!(refusals(&compared, 0, &Shares::default(), Allowed::default()), []);
    }
}

#[test]
fn what_somebody_changed_is_not_as_the_catalog_wants_it() {
    let mut place = Place::default();
    let both = [object("a", json!({"x": 1})), object("b", json!({"x": 1}))];
    place.carry_out(&place.compared(&both, false));
    assert_eq!(place.compared(&both, false).unchanged, 2);
    place.set("a", "x", json!(9));
    let compared = place.compared(&both, false);
    assert_eq!((compared.unchanged, compared.drifts.len()), (1, 1));
    assert!(!compared.drifts[0].is_conflict);
    // The catalog changes the same.
    let next = [object("a", json!({"x": 2})), object("b", json!({"x": 1}))];
    assert!(place.compared(&next, false).drifts[0].is_conflict);
    assert!(!place.compared(&next, true).drifts[0].is_conflict);
}

#[test]
fn what_was_copied_with_its_mark_is_left_alone() {
    let mut place = Place::default();
    place.carry_out(&place.compared(&[object("b", json!({"x": 1}))], false));
    let own = place.all().remove(0);
    for name in ["a", "z"] {
        let id = ObjectId::new("host", name);
        let copy = Observed { id: id.clone(), handle: "99".to_owned(), ..own.clone() };
        for all in [vec![own.clone(), copy.clone()], vec![copy.clone(), own.clone()]] {
            for next in [vec![object("b", json!({"x": 2}))], vec![object("c", json!({}))]] {
                let compared = place.compared_with(&next, &all, true);
                assert_eq!((compared.own, compared.copies[0].id.name.as_str()), (1, name));
                let seen = compared.steps.iter().filter_map(|step| step.observed.as_ref());
                assert!(seen.into_iter().all(|seen| seen.id == own.id), "{:?}", compared.steps);
            }
            // What the catalog wants under its name is nobody's.
            let compared = place.compared_with(&[object(name, json!({}))], &all, true);
            assert_eq!(compared.foreign, [(id.clone(), None)]);
        }
    }
}

#[test]
fn of_two_with_one_mark_and_no_name_none_is_touched() {
    let mut place = Place::default();
    place.carry_out(&place.compared(&[object("a", json!({"x": 1}))], false));
    let own = place.all().remove(0);
    let all = [Observed { handle: "7".to_owned(), ..own.clone() }, own];
    for next in [vec![object("a", json!({"x": 2}))], vec![]] {
        let compared = place.compared_with(&next, &all, true);
        assert!(compared.steps.is_empty(), "{:?}", compared.steps);
        let why = refusals(&compared, next.len(), &Shares::default(), Allowed::default());
        let [why @ Refusal::Alike { handles, .. }] = why.as_slice() else { panic!("{why:?}") };
        assert_eq!(*handles, ["7", "a"]);
        assert!(why.words().starts_with("7 and a carry the mark of host/a"), "{}", why.words());
    }
}

/// Objects by chance: some of six names, each with some of three fields.
fn objects() -> impl Strategy<Value = Vec<Object>> {
    let fields = prop::collection::btree_map("[xyz]", 0..3_i32, 0..3);
    prop::collection::btree_map("[a-f]", fields, 0..6).prop_map(|all| {
        let one = |(name, fields): (String, BTreeMap<String, i32>)| object(&name, json!(fields));
        all.into_iter().map(one).collect()
    })
}

proptest! {
    #[test]
    fn what_is_done_leaves_nothing_to_do_and_nobody_elses_is_touched(
        before in objects(),
        after in objects(),
        edits in prop::collection::vec(("[a-f]", "[xyzw]", 5..8_i32), 0..4),
        theirs in prop::collection::btree_set("[a-f]", 0..3),
        take in any::<bool>(),
    ) {
        let mut place = Place::default();
        let own: Vec<Object> =
            before.into_iter().filter(|one| !theirs.contains(&one.id.name)).collect();
        place.carry_out(&place.compared(&own, false));
        for name in &theirs {
            let id = ObjectId::new("host", name);
            let fields = json!({"x": 77}).as_object().cloned();
            place.0.insert(id.clone(), Observed { id, handle: name.clone(), fields, mark: None });
        }
        for (name, field, value) in edits {
            let is_own = place.holds(&name) != Value::Null && !theirs.contains(&name);
            if is_own {
                place.set(&name, &field, json!(value));
            }
        }
        let compared = place.compared(&after, take);
        place.carry_out(&compared);
        let again = place.compared(&after, false);
        prop_assert!(again.steps.is_empty(), "{:?}", again.steps);
        for name in &theirs {
            prop_assert_eq!(place.holds(name), json!({"x": 77}));
        }
        if take {
            prop_assert!(again.drifts.is_empty());
        }
        // What is neither drift nor somebody else's is as the catalog wants it.
        for object in after.iter().filter(|one| !theirs.contains(&one.id.name)) {
            if again.drifts.iter().all(|drift| drift.id != object.id) {
                let there = place.holds(&object.id.name);
                for (name, value) in &object.fields {
                    prop_assert_eq!(&there[name], value);
                }
            }
        }
    }
}
