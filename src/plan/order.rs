//! In which order steps are done: what others need first, and taken away last.
//!
//! Steps come in waves. Those of one wave do not wait for each other. What is made or changed comes
//! after what it needs, what is taken away goes after that, and before what it needed.

use std::collections::{BTreeMap, HashMap};

use super::object::ObjectId;
use super::step::{Action, Step};

/// Which kinds of objects come before a kind.
pub type Phases = BTreeMap<String, Vec<String>>;

/// Puts steps into waves, and in the order of these.
pub fn order(steps: &mut [Step], phases: &Phases) {
    let kinds = depths(phases.keys().map(String::as_str).collect(), |kind| {
        phases.get(kind).into_iter().flatten().map(String::as_str).collect()
    });
    let made = |step: &&Step| step.action != Action::Delete;
    let needs: HashMap<&ObjectId, Vec<&ObjectId>> = steps
        .iter()
        .filter(made)
        .map(|step| {
            let after = step.object.iter().flat_map(|object| &object.after);
            (&step.id, after.filter(|id| **id != step.id).collect())
        })
        .collect();
    let mut ids: Vec<&ObjectId> = needs.keys().copied().collect();
    ids.sort();
    let own = depths(ids, |id| {
        let all = needs.get(id).into_iter().flatten().copied();
        all.filter(|id| needs.contains_key(id)).collect()
    });
    let phase = |id: &ObjectId| kinds.get(id.kind.as_str()).copied().unwrap_or(0);
    let mut keys: Vec<(u32, u32, u32)> = Vec::with_capacity(steps.len());
    for step in steps.iter() {
        keys.push(match step.action {
            Action::Delete => (1, u32::MAX - phase(&step.id), 0),
            _ => (0, phase(&step.id), own.get(&step.id).copied().unwrap_or(0)),
        });
    }
    let mut waves: Vec<(u32, u32, u32)> = keys.clone();
    waves.sort_unstable();
    waves.dedup();
    for (step, key) in steps.iter_mut().zip(keys) {
        step.wave = waves.binary_search(&key).map_or(0, |at| u32::try_from(at).unwrap_or(u32::MAX));
    }
    steps.sort_by(|a, b| (a.wave, a.action, &a.id).cmp(&(b.wave, b.action, &b.id)));
}

/// How many others stand before each, at most. What waits for itself in a circle waits for the rest of
/// it only as far as it can.
fn depths<'a, T: Copy + Eq + std::hash::Hash + 'a>(
    all: Vec<T>,
    before: impl Fn(T) -> Vec<T>,
) -> HashMap<T, u32> {
    let mut known: HashMap<T, u32> = HashMap::new();
    let mut open: HashMap<T, ()> = HashMap::new();
    for start in all {
        // By hand and not by recursion: chains can be as long as the catalog.
        let mut stack = vec![(start, before(start), 0_u32)];
        open.insert(start, ());
        while let Some((one, mut rest, mut depth)) = stack.pop() {
            if known.contains_key(&one) {
                continue;
            }
            let mut next = None;
            while let Some(other) = rest.pop() {
                match known.get(&other) {
                    Some(found) => depth = depth.max(found + 1),
                    None if open.contains_key(&other) => {}
                    None => {
                        next = Some(other);
                        break;
                    }
                }
            }
            match next {
                Some(other) => {
                    rest.push(other);
                    stack.push((one, rest, depth));
                    open.insert(other, ());
                    stack.push((other, before(other), 0));
                }
                None => {
                    open.remove(&one);
                    known.insert(one, depth);
                }
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::object::{Fields, Object};
    use crate::plan::step::Reason;

    fn step(action: Action, id: &str, after: &[&str]) -> Step {
        let id = ObjectId::read(id).unwrap();
        let object = Object {
            id: id.clone(),
            entity: "ci:default/x".to_owned(),
            formerly: Vec::new(),
            fields: Fields::new(),
            sensitive: Vec::new(),
            after: after.iter().map(|id| ObjectId::read(id).unwrap()).collect(),
        };
        Step {
            action,
            id,
            from: None,
            entity: object.entity.clone(),
            reason: Reason::New,
            last: None,
            changes: Vec::new(),
            object: (action != Action::Delete).then_some(object),
            observed: None,
            mark: None,
            wave: 0,
        }
    }

    fn ordered(mut steps: Vec<Step>, phases: &[(&str, &[&str])]) -> Vec<String> {
        let phases = phases.iter().map(|(kind, before)| {
            ((*kind).to_owned(), before.iter().map(|one| (*one).to_owned()).collect())
        });
        order(&mut steps, &phases.collect());
        steps
            .iter()
            .map(|step| format!("{}{} {}", step.action.sign(), step.id, step.wave))
            .collect()
    }

    #[test]
    fn what_others_need_comes_first_and_goes_last() {
        let steps = vec![
            step(Action::Create, "service/a", &[]),
            step(Action::Create, "host/b", &["host/c"]),
            step(Action::Create, "host/c", &[]),
            step(Action::Delete, "host/d", &[]),
            step(Action::Delete, "service/d", &[]),
        ];
        let phases: &[(&str, &[&str])] = &[("service", &["host"]), ("host", &[])];
        assert_eq!(
            ordered(steps, phases),
            ["+host/c 0", "+host/b 1", "+service/a 2", "-service/d 3", "-host/d 4"]
        );
    }

    #[test]
    fn a_circle_of_needs_is_done_all_the_same() {
        let steps = vec![
            step(Action::Create, "host/a", &["host/b"]),
            step(Action::Update, "host/b", &["host/a"]),
            step(Action::Update, "host/c", &["host/c", "host/a"]),
        ];
        let all = ordered(steps, &[("host", &["host"])]);
        assert_eq!(all.len(), 3);
        assert!(all[2].contains("host/c"), "{all:?}");
    }

    #[test]
    fn a_chain_as_long_as_a_catalog_is_ordered() {
        let all = 0..50_000;
        let steps = all.map(|n| {
            let before = format!("host/{:06}", n + 1);
            step(Action::Create, &format!("host/{n:06}"), &[&before])
        });
        let ordered = ordered(steps.collect(), &[]);
        assert_eq!(ordered[0], "+host/049999 0");
        assert_eq!(ordered[49_999], "+host/000000 49999");
    }
}
