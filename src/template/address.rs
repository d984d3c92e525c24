//! The path of a URL as a template, which values cannot leave.

use minijinja::Value;

use super::TemplateError;
use super::wire::{Template, Wire, Writing};
use crate::source::Span;

/// The steps that it may take.
const STEPS: u64 = 100_000;

/// The longest path, in bytes: servers take 8,000 at least (RFC 9110 §4.1).
const LONGEST: usize = 8_000;

/// The path of a URL, with its query, as a template of a repository.
///
/// What the template itself writes stands as it is. Every value is percent-encoded but for the
/// unreserved characters (RFC 3986 §2.3), so none ends the part in which it stands; `urlencode` may be
/// written, and changes nothing.
pub struct Address {
    wire: Wire,
    template: Template,
    pointer: String,
}

impl Address {
    /// A template of a path. `pointer` is where it stands in its document, for messages.
    ///
    /// # Errors
    ///
    /// It does not parse, does not begin with `/`, or uses what templates of a repository cannot use.
    pub fn new(pointer: &str, source: &str) -> Result<Self, TemplateError> {
        if !source.starts_with('/') {
            let message = "a path begins with `/`; the host stands in `url`";
            return Err(TemplateError::at(pointer, source, Span::new(0, 0), message));
        }
        let mut wire = Wire::new(Writing::Url);
        let template = wire.add(pointer, source)?;
        wire.allow(STEPS);
        Ok(Self { wire, template, pointer: pointer.to_owned() })
    }

    /// The path for values, which are the fields of a mapping. It begins with one `/`.
    ///
    /// # Errors
    ///
    /// A value is missing, empty or no text; or what comes out is no path, or leads elsewhere.
    pub fn render(&self, values: &Value) -> Result<String, TemplateError> {
        let path = self.wire.text(&self.template, values)?;
        match wrong(&path) {
            None => Ok(path),
            Some(message) => Err(TemplateError::at(&self.pointer, "", Span::new(0, 0), message)),
        }
    }
}

/// What is wrong with a path.
fn wrong(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST {
        return Some("the path is longer than 8,000 bytes");
    }
    let is_odd = |byte: u8| !byte.is_ascii_graphic() || b"#\\<>\"^`{|}".contains(&byte);
    if path.bytes().any(is_odd) {
        return Some("a path holds no blanks, no `#`, and nothing that is to be percent-encoded");
    }
    let parts = path.split('?').next().unwrap_or_default();
    if parts.contains("//") {
        return Some("the path holds `//`: a part of it is empty");
    }
    let climbs = |part: &str| {
        let part = part.to_ascii_lowercase().replace("%2e", ".");
        part == "." || part == ".."
    };
    match parts.split('/').any(climbs) {
        true => Some("the path holds `.` or `..`, which would lead to another one"),
        false => None,
    }
}
