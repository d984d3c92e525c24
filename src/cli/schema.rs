//! `gitsm schema`.

use super::args::Schema;
use super::error::{Failure, print};
use crate::flow::schemas;
use crate::model::{KINDS, combined_schema};
use crate::output::replace;

pub(super) fn run(arguments: &Schema) -> Result<u8, Failure> {
    if let Some(folder) = &arguments.write {
        for published in schemas::all() {
            replace(&folder.join(&published.path), published.text.as_bytes())?;
        }
        return Ok(0);
    }
    let schema = match &arguments.kind {
        None => combined_schema(),
        Some(word) => schemas::named(word).ok_or_else(|| no_such_kind(word))?,
    };
    print(&format!("{schema:#}\n"))?;
    Ok(0)
}

fn no_such_kind(word: &str) -> Failure {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let formats: Vec<String> =
        schemas::FORMATS.iter().map(|(name, _)| format!("`{name}`")).collect();
    let hint = format!("the kinds are {}; also `config`, {}", names.join(", "), formats.join(", "));
    Failure::usage(format!("there is no kind `{word}`"), Some(hint))
}
