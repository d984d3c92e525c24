//! Names that occur again and again, kept once.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// A text of [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub(super) u32);

/// Texts by number, one after the other in memory.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    /// Seeded anew in each run: names come from whoever wrote the catalog.
    state: RandomState,
}

impl Names {
    /// The name of a text; a text that is new is kept.
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = self.state.hash_one(text);
        let (all, ends) = (&self.text, &self.ends);
        if let Some(number) = self.numbers.find(hash, |number| slice(all, ends, *number) == text) {
            return Name(*number);
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        let (all, ends, state) = (&self.text, &self.ends, &self.state);
        let rehash = |number: &u32| state.hash_one(slice(all, ends, *number));
        self.numbers.insert_unique(hash, number, rehash);
        Name(number)
    }

    /// The name of a text that is known.
    pub fn find(&self, text: &str) -> Option<Name> {
        let hash = self.state.hash_one(text);
        let same = |number: &u32| slice(&self.text, &self.ends, *number) == text;
        self.numbers.find(hash, same).map(|number| Name(*number))
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        slice(&self.text, &self.ends, name.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'t>(all: &'t str, ends: &[u32], number: u32) -> &'t str {
    let start = number.checked_sub(1).map_or(0, |before| ends[before as usize] as usize);
    &all[start..ends[number as usize] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_name() {
        let mut names = Names::default();
        let all: Vec<Name> = ["a", "", "bc", "a", ""].map(|text| names.intern(text)).to_vec();
        assert_eq!((all[0], all[1]), (all[3], all[4]));
        assert_eq!(
            all[..3].iter().map(|name| names.text(*name)).collect::<Vec<_>>(),
            ["a", "", "bc"]
        );
        assert_eq!(names.find("bc"), Some(all[2]));
        assert_eq!(names.find("b"), None);
        assert_eq!(names.len(), 3);
    }
}
