//! In which order the keys of a document stand, as data: whoever knows a kind says it.

/// The order of the keys of a value, and of what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// The keys that are known, in their order, each with the shape of its value.
    pub keys: Vec<(String, Shape)>,
    /// The shape of what other keys hold.
    pub rest: Option<Box<Shape>>,
    /// The shape of the items, where it is a list.
    pub items: Option<Box<Shape>>,
}

impl Shape {
    /// Where a key stands; those that are not known come after all others.
    pub(super) fn rank(&self, key: Option<&str>) -> usize {
        let known = key.and_then(|key| self.keys.iter().position(|(known, _)| known == key));
        known.unwrap_or(self.keys.len())
    }

    /// The shape of what a key holds.
    pub(super) fn field(&self, key: Option<&str>) -> Option<&Self> {
        let known = self.keys.iter().find(|(known, _)| Some(known.as_str()) == key);
        known.map(|(_, shape)| shape).or(self.rest.as_deref())
    }
}

/// The order in which things stand, by their ranks; those of one rank keep theirs. Nothing if they
/// stand like that already.
pub(super) fn order(ranks: &[usize]) -> Option<Vec<usize>> {
    if ranks.is_sorted() {
        return None;
    }
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by_key(|at| ranks.get(*at).copied());
    Some(order)
}
