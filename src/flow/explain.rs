//! `explain`: what a code means, why it matters, and what right and wrong look like; what a kind is
//! and which fields it has.

use crate::catalog::query;
use crate::finding::Code;
use crate::model::{class_page, kind_named, page};
use crate::rules::{CODES, code_named};

/// The page of a code, of a kind, of a standard class or about expressions (`cel`); else the code that was probably meant.
///
/// # Errors
///
/// There is nothing of that name; with the nearest code, if one is near.
pub fn explain(name: &str) -> Result<String, Option<&'static str>> {
    let name = name.trim().to_lowercase();
    if matches!(name.as_str(), "cel" | "expressions") {
        return Ok(query::page());
    }
    let of_code = code_named(&name).map(|code| code.page.to_owned());
    let of_kind = || kind_named(&name).map(page);
    of_code.or_else(of_kind).or_else(|| class_page(&name)).ok_or_else(|| {
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
