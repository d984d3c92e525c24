//! An index in memory that can be changed file by file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Damaged, Filed, Index, Summary, Topic};

/// Summaries in memory. A change costs in proportion to the file that changes.
#[derive(Debug, Default)]
pub struct Live {
    files: BTreeMap<Arc<str>, Arc<Filed>>,
    by_topic: HashMap<Topic, HashMap<String, BTreeSet<Arc<str>>>>,
    /// By when the last change request of a file ends.
    requests: BTreeSet<(i64, Arc<str>)>,
}

impl Live {
    /// Puts the summary of a file in the place of the one it had.
    pub fn replace(&mut self, path: &str, summary: Summary) {
        self.remove(path);
        if summary.is_empty() {
            return;
        }
        let key: Arc<str> = path.into();
        let by_topic = &mut self.by_topic;
        summary.topics(path, &mut |topic, text| {
            let of_topic = by_topic.entry(topic).or_default();
            match of_topic.get_mut(text) {
                Some(paths) => {
                    paths.insert(Arc::clone(&key));
                }
                None => {
                    of_topic.insert(text.to_owned(), BTreeSet::from([Arc::clone(&key)]));
                }
            }
        });
        self.requests.extend(summary.ends().map(|end| (end, Arc::clone(&key))));
        self.files.insert(key, Arc::new(Filed { path: path.to_owned(), summary }));
    }

    /// Forgets a file.
    pub fn remove(&mut self, path: &str) {
        let Some((key, old)) = self.files.remove_entry(path) else { return };
        let by_topic = &mut self.by_topic;
        old.summary.topics(path, &mut |topic, text| {
            let Some(of_topic) = by_topic.get_mut(&topic) else { return };
            let Some(paths) = of_topic.get_mut(text) else { return };
            paths.remove(&key);
            if paths.is_empty() {
                of_topic.remove(text);
            }
        });
        if let Some(end) = old.summary.ends() {
            self.requests.remove(&(end, key));
        }
    }

    /// How many files it has.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Filed>> {
        self.files.values()
    }
}

impl Index for Live {
    fn find(&self, topic: Topic, key: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        let paths = self.by_topic.get(&topic).and_then(|of_topic| of_topic.get(key));
        let paths = paths.into_iter().flatten();
        Ok(paths.filter_map(|path| self.files.get(path)).cloned().collect())
    }

    fn requests(&self, from: i64) -> Result<Vec<Arc<Filed>>, Damaged> {
        let paths = self.requests.range((from, Arc::from(""))..).map(|(_, path)| path);
        let mut found: Vec<Arc<Filed>> =
            paths.filter_map(|path| self.files.get(path)).cloned().collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn each(&self, visit: &mut dyn FnMut(&Filed)) -> Result<(), Damaged> {
        self.files.values().for_each(|filed| visit(filed));
        Ok(())
    }
}
