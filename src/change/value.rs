//! Values as a change set compares them: what YAML's core schema makes of a text, and nothing of how
//! it is written.

use crate::source::Place;

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// An integer in decimal digits, of any length.
    Int(String),
    /// A number that is no integer, in the shortest digits that mean it (ECMAScript's form).
    Float(String),
    /// A text.
    Str(String),
    /// A list.
    Seq(Vec<Located>),
    /// Fields, in the order in which they are written.
    Map(Vec<(String, Located)>),
}

/// A value and where it is written.
#[derive(Debug, Clone)]
pub struct Located {
    /// The value.
    pub value: Value,
    /// Where it is written: of a field or an item, its value. Nothing for what follows from where a
    /// document stands.
    pub place: Option<Place>,
}

/// Equal values are equal wherever they stand.
impl PartialEq for Located {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Located {}
