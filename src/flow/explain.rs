//! `explain`: what a code means, why it matters, and what right and wrong look like.

use crate::finding::Code;
use crate::rules::{CODES, code_named};

/// The code of a name; else the one that was probably meant.
///
/// # Errors
///
/// There is no such code; with the nearest one, if one is near.
pub fn explain(name: &str) -> Result<&'static Code, Option<&'static str>> {
    let name = name.trim().to_lowercase();
    code_named(&name).ok_or_else(|| {
        let begins = CODES.iter().find(|code| !name.is_empty() && code.name.starts_with(&name));
        if let Some(code) = begins {
            return Some(code.name);
        }
        let near = CODES.iter().map(|code| (strsim::osa_distance(code.name, &name), code.name));
        near.min().filter(|(distance, _)| *distance <= name.len() / 2).map(|(_, name)| name)
    })
}

/// Every code.
pub fn list() -> &'static [&'static Code] {
    CODES
}
