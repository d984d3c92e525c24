//! An index of a catalog through a stretch of history: what files said, and when.
//!
//! It is filled in the order of time, and then asked for any instant of it, by many at once: so the
//! changes of a history can be looked at side by side.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{Damaged, Filed, Index, Topic};
use crate::git::BlobId;

/// A point in time, counted in changes.
pub type Tick = u32;

/// What a file says, from when on, and before when.
#[derive(Debug)]
struct Stretch {
    filed: Arc<Filed>,
    blob: BlobId,
    from: Tick,
    until: Tick,
}

/// Numbers of stretches, in the order in which they begin.
type Numbers = Vec<u32>;

/// Summaries of files, and when they hold. A change costs in proportion to the file that changes.
#[derive(Debug, Default)]
pub struct Timeline {
    stretches: Vec<Option<Stretch>>,
    by_topic: HashMap<Topic, HashMap<String, Numbers, RandomState>, RandomState>,
    /// By when the last change request of a file ends.
    requests: BTreeSet<(i64, u32)>,
    /// Which stretches have ended.
    ended: Vec<u32>,
}

impl Timeline {
    /// From an instant on a file says something else, or nothing without it. Instants only grow.
    pub fn set(&mut self, at: Tick, path: &str, new: Option<(Arc<Filed>, BlobId)>) {
        let numbers = self.numbers(Topic::Path, path).to_vec();
        for number in numbers {
            if let Some(Some(old)) = self.stretches.get_mut(number as usize)
                && old.until == Tick::MAX
            {
                old.until = at;
                self.ended.push(number);
            }
        }
        let Some((filed, blob)) = new.filter(|(filed, _)| !filed.summary.is_empty()) else {
            return;
        };
        let number = self.stretches.len() as u32;
        let by_topic = &mut self.by_topic;
        filed.summary.topics(path, &mut |topic, key| {
            let of_topic = by_topic.entry(topic).or_default();
            let numbers = match of_topic.get_mut(key) {
                Some(numbers) => numbers,
                None => of_topic.entry(key.to_owned()).or_default(),
            };
            // A key may come twice.
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        });
        self.requests.extend(filed.summary.ends().map(|end| (end, number)));
        self.stretches.push(Some(Stretch { filed, blob, from: at, until: Tick::MAX }));
    }

    /// Forgets what ended at an instant or before it.
    pub fn forget(&mut self, before: Tick) {
        let (gone, kept) = std::mem::take(&mut self.ended).into_iter().partition(|number| {
            let stretch = self.stretches.get(*number as usize).and_then(Option::as_ref);
            stretch.is_none_or(|one| one.until <= before)
        });
        self.ended = kept;
        let gone: Vec<u32> = gone;
        for number in gone {
            let slot = self.stretches.get_mut(number as usize);
            let Some(old) = slot.and_then(Option::take) else { continue };
            let by_topic = &mut self.by_topic;
            old.filed.summary.topics(&old.filed.path, &mut |topic, key| {
                let Some(of_topic) = by_topic.get_mut(&topic) else { return };
                let Some(numbers) = of_topic.get_mut(key) else { return };
                // They only grow, and a key of very many files is a key of many that change.
                if let Ok(at) = numbers.binary_search(&number) {
                    numbers.remove(at);
                }
                if numbers.is_empty() {
                    of_topic.remove(key);
                }
            });
            if let Some(end) = old.filed.summary.ends() {
                self.requests.remove(&(end, number));
            }
        }
    }

    /// The index as it is at an instant.
    pub fn at(&self, at: Tick) -> Moment<'_> {
        Moment { timeline: self, at }
    }

    fn numbers(&self, topic: Topic, key: &str) -> &[u32] {
        let of_topic = self.by_topic.get(&topic);
        of_topic.and_then(|of_topic| of_topic.get(key)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A timeline at an instant.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'t> {
    timeline: &'t Timeline,
    at: Tick,
}

impl<'t> Moment<'t> {
    fn stretch(self, number: u32) -> Option<&'t Stretch> {
        let stretch = self.timeline.stretches.get(number as usize)?.as_ref()?;
        (stretch.from <= self.at && self.at < stretch.until).then_some(stretch)
    }

    fn of(self, numbers: impl Iterator<Item = u32>) -> Vec<Arc<Filed>> {
        let stretches = numbers.filter_map(|number| self.stretch(number));
        let mut found: Vec<Arc<Filed>> = stretches.map(|one| Arc::clone(&one.filed)).collect();
        if found.len() > 1 {
            found.sort_by(|a, b| a.path.cmp(&b.path));
        }
        found
    }

    /// A file of the catalog and its content; nothing if no file with entities stands there.
    pub fn file(self, path: &str) -> Option<(&'t Arc<Filed>, BlobId)> {
        let numbers = self.timeline.numbers(Topic::Path, path).iter();
        let found = numbers.rev().find_map(|number| self.stretch(*number))?;
        Some((&found.filed, found.blob))
    }

    /// The content of a file of the catalog; nothing if no file with entities stands there.
    pub fn blob(self, path: &str) -> Option<BlobId> {
        self.file(path).map(|(_, blob)| blob)
    }

    /// The paths of all files with entities, in no order.
    pub fn paths(self) -> impl Iterator<Item = &'t str> {
        let numbers = 0..self.timeline.stretches.len() as u32;
        let stretches = numbers.filter_map(move |number| self.stretch(number));
        stretches.map(|one| one.filed.path.as_str())
    }
}

impl Index for Moment<'_> {
    fn find(&self, topic: Topic, key: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        Ok(self.of(self.timeline.numbers(topic, key).iter().copied()))
    }

    fn requests(&self, from: i64) -> Result<Vec<Arc<Filed>>, Damaged> {
        Ok(self.of(self.timeline.requests.range((from, 0)..).map(|(_, number)| *number)))
    }

    fn each(&self, visit: &mut dyn FnMut(&Filed)) -> Result<(), Damaged> {
        let all = self.of(0..self.timeline.stretches.len() as u32);
        all.iter().for_each(|filed| visit(filed));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Defined, Summary};
    use super::*;
    use crate::model::kind_named;

    fn said(path: &str, name: &str, ends: Option<i64>) -> Option<(Arc<Filed>, BlobId)> {
        let one = Defined {
            kind: kind_named("change").unwrap(),
            name: name.to_owned(),
            extends: None,
            formerly: Vec::new(),
            mentions: Vec::new(),
            sources: Vec::new(),
            embeds: Vec::new(),
            spoken: Vec::new(),
            accounts: Vec::new(),
            ends,
            folder: false,
            board: false,
        };
        let filed =
            Filed { path: path.to_owned(), summary: Summary { blob: None, entities: vec![one] } };
        Some((Arc::new(filed), BlobId::of(name.as_bytes()).unwrap()))
    }

    fn defining(timeline: &Timeline, at: Tick, name: &str) -> Vec<String> {
        let found = timeline.at(at).find(Topic::Defines, name).unwrap();
        found.iter().map(|filed| filed.path.clone()).collect()
    }

    #[test]
    fn each_instant_has_its_own_answer() {
        let mut timeline = Timeline::default();
        timeline.set(0, "b.yaml", said("b.yaml", "x", Some(10)));
        timeline.set(1, "a.yaml", said("a.yaml", "x", None));
        timeline.set(2, "b.yaml", said("b.yaml", "y", Some(20)));
        timeline.set(3, "a.yaml", None);
        assert_eq!(defining(&timeline, 0, "x"), ["b.yaml"]);
        assert_eq!(defining(&timeline, 1, "x"), ["a.yaml", "b.yaml"]);
        assert_eq!(defining(&timeline, 2, "x"), ["a.yaml"]);
        assert_eq!(defining(&timeline, 3, "x"), [""; 0]);
        let ends = |at: Tick, from: i64| timeline.at(at).requests(from).unwrap().len();
        assert_eq!([ends(1, 10), ends(1, 11), ends(2, 11), ends(2, 21)], [1, 0, 1, 0]);
        assert_eq!(timeline.at(1).blob("b.yaml"), said("", "x", None).map(|(_, blob)| blob));
        assert_eq!(timeline.at(3).blob("a.yaml"), None);
    }

    #[test]
    fn what_ended_is_forgotten_and_what_holds_is_not() {
        let mut timeline = Timeline::default();
        timeline.set(0, "a.yaml", said("a.yaml", "x", Some(5)));
        timeline.set(4, "a.yaml", said("a.yaml", "y", Some(6)));
        timeline.set(6, "a.yaml", None);
        timeline.forget(5);
        assert_eq!(defining(&timeline, 3, "x"), [""; 0]);
        assert_eq!(defining(&timeline, 5, "y"), ["a.yaml"]);
        assert_eq!(timeline.at(5).paths().collect::<Vec<_>>(), ["a.yaml"]);
        assert_eq!(timeline.at(5).requests(0).unwrap().len(), 1);
    }
}
