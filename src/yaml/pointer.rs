//! A path into a document: JSON Pointer (RFC 6901).

use std::fmt;

/// The fields by which an item of a list is known, the first that it has: fingerprints name items by
/// them, and so do changes.
pub const ITEM_NAMES: &[&str] =
    &["id", "name", "url", "target", "displayName", "conditionRef", "targetRef"];

/// A JSON Pointer; the empty pointer is the document itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Takes a pointer that is already written in RFC 6901's form.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pointer to a field or an item of what this one points to.
    #[must_use]
    pub fn join(&self, token: impl fmt::Display) -> Self {
        let token = token.to_string();
        let mut text = String::with_capacity(self.0.len() + token.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        text.push_str(&token.replace('~', "~0").replace('/', "~1"));
        Self(text)
    }

    /// Its tokens from the root, unescaped.
    pub fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
    }

    /// What this pointer's value is a field or an item of; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let at = self.0.rfind('/')?;
        Some(Self(self.0[..at].to_owned()))
    }

    /// Whether `other` is this place or lies below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// As people write it: `spec.owner`, `metadata.links[0].url`, `spec.steps[drain].timeout`.
    pub fn dotted(&self) -> String {
        let mut text = String::new();
        for token in self.tokens() {
            let is_number = token.chars().all(|c| c.is_ascii_digit()) && !text.is_empty();
            let is_item = token.starts_with('[') && token.ends_with(']');
            if is_item {
                text.push_str(&token);
            } else if is_number {
                text.push_str(&format!("[{token}]"));
            } else if token.contains(['.', '/', ' ']) {
                text.push_str(&format!("[\"{token}\"]"));
            } else {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&token);
            }
        }
        text
    }

    /// RFC 6901's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped_and_come_back() {
        let pointer = Pointer::root().join("metadata").join("backstage.io/a~b").join(3);
        assert_eq!(pointer.as_str(), "/metadata/backstage.io~1a~0b/3");
        let tokens: Vec<String> = pointer.tokens().collect();
        assert_eq!(tokens, ["metadata", "backstage.io/a~b", "3"]);
    }

    #[test]
    fn a_pointer_covers_what_is_below_it_only() {
        let spec = Pointer::from_text("/spec");
        assert!(spec.covers(&Pointer::from_text("/spec/owner")));
        assert!(spec.covers(&spec));
        assert!(!spec.covers(&Pointer::from_text("/special")));
        assert_eq!(Pointer::from_text("/a/b").parent(), Some(Pointer::from_text("/a")));
        assert_eq!(Pointer::root().parent(), None);
    }
}
