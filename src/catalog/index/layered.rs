//! Changed files laid over an index that does not change.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Damaged, Filed, Index, Live, Stored, Summary, Topic};

/// A stored index, and the files that are not as it says.
#[derive(Debug)]
pub struct Layered {
    base: Stored,
    over: Live,
    /// The files of which the base knows nothing that still holds.
    hidden: BTreeSet<String>,
}

impl Layered {
    /// A stored index as it is.
    pub fn new(base: Stored) -> Self {
        Self { base, over: Live::default(), hidden: BTreeSet::new() }
    }

    /// Puts the summary of a file in the place of the one it had; an empty one takes it away.
    pub fn replace(&mut self, path: &str, summary: Summary) {
        self.hidden.insert(path.to_owned());
        self.over.replace(path, summary);
    }

    /// How many files are not as the base says.
    pub fn changed(&self) -> usize {
        self.hidden.len()
    }

    /// How many files the base has.
    pub fn stored(&self) -> usize {
        self.base.len()
    }

    /// Puts another base below the same changes.
    pub(super) fn rebase(&mut self, base: Stored) {
        self.base = base;
    }

    fn join(&self, below: Vec<Arc<Filed>>, above: Vec<Arc<Filed>>) -> Vec<Arc<Filed>> {
        let mut found = below;
        found.retain(|filed| !self.hidden.contains(&filed.path));
        found.extend(above);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }
}

impl Index for Layered {
    fn find(&self, topic: Topic, key: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        Ok(self.join(self.base.find(topic, key)?, self.over.find(topic, key)?))
    }

    fn any(
        &self,
        topic: Topic,
        key: &str,
        is: &dyn Fn(&Filed) -> bool,
    ) -> Result<Option<Arc<Filed>>, Damaged> {
        let above = self.over.any(topic, key, is)?;
        let shown = |filed: &Filed| !self.hidden.contains(&filed.path) && is(filed);
        match above {
            Some(found) => Ok(Some(found)),
            None => self.base.any(topic, key, &shown),
        }
    }

    fn requests(&self, from: i64) -> Result<Vec<Arc<Filed>>, Damaged> {
        Ok(self.join(self.base.requests(from)?, self.over.requests(from)?))
    }

    fn each(&self, visit: &mut dyn FnMut(&Filed)) -> Result<(), Damaged> {
        let mut above = self.over.all().peekable();
        self.base.each(&mut |filed| {
            while let Some(next) = above.next_if(|next| next.path < filed.path) {
                visit(next);
            }
            if !self.hidden.contains(&filed.path) {
                visit(filed);
            }
        })?;
        above.for_each(|filed| visit(filed));
        Ok(())
    }
}
