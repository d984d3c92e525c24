//! What is there, by what it goes by: what gitsm made, and everything else.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::Inputs;
use super::object::{Object, ObjectId, Observed};
use super::step::Copied;

/// What is there, by what it goes by.
pub(super) struct There<'a> {
    /// What gitsm made for this target, as the catalog called it.
    pub(super) own: BTreeMap<&'a ObjectId, &'a Observed>,
    /// Everything else, by the name that it has there.
    pub(super) others: BTreeMap<&'a ObjectId, &'a Observed>,
    /// What carries the mark of another object.
    pub(super) copies: Vec<Copied>,
    /// What of several that carry one mark is the object that gitsm made, nobody can say.
    pub(super) alike: Vec<(ObjectId, Vec<String>)>,
}

impl<'a> There<'a> {
    pub(super) fn of(inputs: &Inputs<'a>) -> Self {
        let mut there = Self {
            own: BTreeMap::new(),
            others: BTreeMap::new(),
            copies: Vec::new(),
            alike: Vec::new(),
        };
        let mut marked: BTreeMap<&ObjectId, Vec<&Observed>> = BTreeMap::new();
        for one in inputs.observed {
            match &one.mark {
                Some(mark) if mark.target == inputs.target => {
                    marked.entry(&mark.id).or_default().push(one);
                }
                _ => _ = there.others.insert(&one.id, one),
            }
        }
        for (id, all) in marked {
            there.add(id, &all);
        }
        there
    }

    /// Adds all that carry one mark. "Clone" copies it at many systems, and a copy is somebody else's:
    /// the object has the name that the mark says.
    fn add(&mut self, id: &'a ObjectId, all: &[&'a Observed]) {
        if let [only] = all {
            self.own.insert(id, only);
            return;
        }
        let mut named = all.iter().filter(|one| one.id == *id);
        let (Some(own), None) = (named.next(), named.next()) else {
            let mut handles: Vec<String> = all.iter().map(|one| one.handle.clone()).collect();
            handles.sort();
            self.alike.push((id.clone(), handles));
            return;
        };
        self.own.insert(id, own);
        for copy in all.iter().filter(|one| one.id != *id) {
            self.others.insert(&copy.id, copy);
            self.copies.push(Copied {
                id: copy.id.clone(),
                handle: copy.handle.clone(),
                of: id.clone(),
            });
        }
        self.copies.sort();
    }

    /// The one object that was made of the same entity, or of what it was called before, and that the
    /// catalog wants no more under that name.
    pub(super) fn renamed(
        &mut self,
        object: &Object,
        wanted: &BTreeSet<&ObjectId>,
    ) -> Option<&'a Observed> {
        let mut found = self.own.iter().filter(|(id, one)| {
            let entity = one.mark.as_ref().map(|mark| &mark.entity);
            let same = entity
                .is_some_and(|entity| *entity == object.entity || object.formerly.contains(entity));
            same && id.kind == object.id.kind && !wanted.contains(*id)
        });
        let (id, _) = found.next()?;
        let (id, is_only) = (*id, found.next().is_none());
        if is_only { self.own.remove(id) } else { None }
    }
}
