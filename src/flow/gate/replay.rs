//! Making a verdict again from the inputs that it names: the same, to the byte, without a network.

use chrono::DateTime;
use serde::Deserialize;

use super::{GateError, Gated, Request, gate};
use crate::change::verdict::{FORMAT, Inputs};
use crate::flow::ledger::Around;
use crate::flow::workspace::Place;

/// A verdict that was made again.
pub struct Replayed {
    /// The new one.
    pub gated: Gated,
    /// The instant of the old one, and the commits that it was about, in words.
    pub of: String,
}

#[derive(Deserialize)]
struct Written {
    format: String,
    gitsm: String,
    inputs: Inputs,
}

/// Makes a verdict again. It is printed by the same code, so the bytes can be compared.
///
/// # Errors
///
/// It is no verdict, it was made by another version, or this clone does not hold what it is about.
pub fn replay(text: &str, place: &Place, around: &Around) -> Result<Replayed, GateError> {
    let refused = |why: String| GateError::Replay(why);
    let head: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| refused(format!("this is no verdict: {error}")))?;
    let format = head.get("format").and_then(|format| format.as_str()).unwrap_or_default();
    if format != FORMAT {
        return Err(refused(format!("this is no {FORMAT}: its format is `{format}`")));
    }
    let written: Written = serde_json::from_value(head)
        .map_err(|error| refused(format!("this is no {}: {error}", FORMAT)))?;
    let own = env!("CARGO_PKG_VERSION");
    if written.gitsm != own {
        let theirs = &written.gitsm;
        let why = format!("gitsm {theirs} made it and this is {own}: replay it with that version");
        return Err(refused(why));
    }
    debug_assert_eq!(written.format, FORMAT);
    let inputs = written.inputs;
    let now = DateTime::parse_from_rfc3339(&inputs.now)
        .map_err(|error| refused(format!("its instant cannot be read: {error}")))?;
    let (Some(base), Some(head)) = (inputs.base.clone(), inputs.head.clone()) else {
        return Err(refused(
            "it looked at no change, so there is nothing to make again".to_owned(),
        ));
    };
    let open = inputs.open.into_iter().map(|one| (one.name, one.commit)).collect();
    let request = Request {
        place: place.clone(),
        base: Some(base.clone()),
        head: Some(head.clone()),
        base_branch: Some(inputs.base_branch),
        forge: Some(inputs.forge.unwrap_or_default()),
        pushers: inputs.pushers,
        name: inputs.name,
        kept_here: false,
        witnesses: Vec::new(),
        around: Around { now: Some(now.to_utc()), ..around.clone() },
        ledger: inputs.ledger,
        open: Some(open),
        folder: Some(inputs.folder),
    };
    let gated = gate(&request, &|_| None)?;
    let of = format!("{} of {} on {}", inputs.now, short(&head), short(&base));
    Ok(Replayed { gated, of })
}

fn short(commit: &str) -> &str {
    commit.get(..9).unwrap_or(commit)
}
